#include "hub/edge/library_lines.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::edge {
namespace {

// The libraries' functions have no argument of their own.
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

std::string Place(std::string_view file, int line) {
  return absl::StrCat(std::string(FileName(file)), ":", line);
}

void WriteGrpc(gpr_log_func_args* line) {
  MutexLock lock(TheTarget().mutex);
  telemetry::Log* log = TheTarget().log;
  if (log == nullptr) return;
  const std::string where = Place(line->file, line->line);
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

// protobuf ends the process by itself behind a fatal one.
void WriteProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                   const std::string& message) {
  MutexLock lock(TheTarget().mutex);
  telemetry::Log* log = TheTarget().log;
  if (log == nullptr) return;
  const std::string where = Place(file, line);
  const absl::Status what = absl::UnknownError(message);
  if (level >= google::protobuf::LOGLEVEL_ERROR)
    log->Error("protobuf_error", {{"where", where}, {"what", what}});
  else
    log->Info("protobuf_info", {{"where", where}, {"what", what}});
}

}  // namespace

LibraryLines::LibraryLines(telemetry::Log& log) {
  MutexLock lock(TheTarget().mutex);
  SWITCHBOARD_ASSERT(TheTarget().log == nullptr);
  TheTarget().log = &log;
  gpr_set_log_function(WriteGrpc);
  google::protobuf::SetLogHandler(WriteProtobuf);
}

LibraryLines::~LibraryLines() {
  gpr_set_log_function(nullptr);
  MutexLock lock(TheTarget().mutex);
  TheTarget().log = nullptr;
}

}  // namespace switchboard::edge
