#include "tests/attacks/attacked_hub.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/demo/parties/child_status.h"
#include "hub/base/error.h"

namespace switchboard::attacks {
namespace {

namespace fs = std::filesystem;

std::string Programs() { return fs::read_symlink("/proc/self/exe").parent_path().string(); }

std::string Text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

absl::StatusOr<std::unique_ptr<AttackedHub>> AttackedHub::Start(const std::string& more_config,
                                                                Clock& clock) {
  std::unique_ptr<AttackedHub> made(new AttackedHub);
  crash::Stage::Options options;
  options.programs = Programs();
  ASSIGN_OR_RETURN(made->stage_, crash::Stage::Make(options, clock));
  RETURN_IF_ERROR(made->stage_->BeginRound(1));
  const std::string folder = made->stage_->HubFolder();
  {
    std::ofstream config(folder + "/hub.yaml", std::ios::app);
    config << more_config;
  }
  ASSIGN_OR_RETURN(made->process_, servers::ChildProcess::Start({options.programs + "/switchboardd",
                                                                 "--config", folder + "/hub.yaml"},
                                                                folder + "/log"));
  for (std::error_code error; !fs::exists(folder + "/ports", error);) {
    if (!made->process_->Running()) return made->process_->Ended("the hub");
    demo::WaitForStop(5);
  }
  const demo::ChildStatus ports = demo::ReadChildStatus(folder + "/ports");
  made->port_ = static_cast<int>(ports.at("grpc"));
  made->metrics_port_ = static_cast<int>(ports.at("metrics"));
  made->address_ = absl::StrCat("127.0.0.1:", made->port_);
  return made;
}

std::string AttackedHub::Log() const { return Text(stage_->HubFolder() + "/log"); }

absl::StatusOr<HubUse> AttackedHub::Use() {
  if (!process_->Running()) return process_->Ended("the hub");
  const std::string proc = absl::StrCat("/proc/", process_->pid());
  HubUse use;
  for (absl::string_view line : absl::StrSplit(Text(proc + "/status"), '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar("\t "), absl::SkipEmpty());
    if (words.size() > 1 && words[0] == "VmRSS:" && !absl::SimpleAtoi(words[1], &use.resident_kib))
      return absl::InternalError("no VmRSS");
  }
  // proc(5): fields 14 and 15, counted behind the name in brackets.
  const std::string stat = Text(proc + "/stat");
  const std::vector<absl::string_view> words =
      absl::StrSplit(absl::string_view(stat).substr(stat.rfind(')') + 2), ' ');
  int64_t user = 0, system = 0;
  if (words.size() < 13 || !absl::SimpleAtoi(words[11], &user) ||
      !absl::SimpleAtoi(words[12], &system)) {
    return absl::InternalError("no CPU time");
  }
  use.cpu_seconds = static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(proc + "/fd", error)) {
    (void)entry;
    ++use.descriptors;
  }
  for (const char* part : {"hub.db", "hub.db-wal"}) {
    const auto size = fs::file_size(stage_->HubFolder() + "/" + part, error);
    if (!error) use.file_bytes += static_cast<int64_t>(size);
  }
  return use;
}

absl::Status AttackedHub::Stop() {
  return process_->Stop(60'000) ? absl::OkStatus() : process_->Ended("the hub");
}

}  // namespace switchboard::attacks
