#include "hub/edge/grpc_lines.h"

#include <grpc/support/log.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::edge {
namespace {

// gRPC's function has no argument of its own.
struct Target {
  Mutex mutex;
  telemetry::Log* log SWITCHBOARD_GUARDED_BY(mutex) = nullptr;
};
Target& TheTarget() {
  static Target target;
  return target;
}

std::string_view FileName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

void Write(gpr_log_func_args* line) {
  MutexLock lock(TheTarget().mutex);
  telemetry::Log* log = TheTarget().log;
  if (log == nullptr) return;
  const std::string where = absl::StrCat(std::string(FileName(line->file)), ":", line->line);
  const absl::Status what = absl::UnknownError(line->message);
  switch (line->severity) {
    case GPR_LOG_SEVERITY_ERROR:
      return log->Error("grpc_error", {{"where", where}, {"what", what}});
    case GPR_LOG_SEVERITY_INFO:
      return log->Info("grpc_info", {{"where", where}, {"what", what}});
    case GPR_LOG_SEVERITY_DEBUG:
      return log->Debug("grpc_debug", {{"where", where}, {"what", what}});
  }
}

}  // namespace

GrpcLines::GrpcLines(telemetry::Log& log) {
  MutexLock lock(TheTarget().mutex);
  SWITCHBOARD_ASSERT(TheTarget().log == nullptr);
  TheTarget().log = &log;
  gpr_set_log_function(Write);
}

GrpcLines::~GrpcLines() {
  gpr_set_log_function(nullptr);
  MutexLock lock(TheTarget().mutex);
  TheTarget().log = nullptr;
}

}  // namespace switchboard::edge
