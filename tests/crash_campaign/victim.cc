#include "tests/crash_campaign/victim.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::crash {
namespace {

// A hub under load on a busy machine, in a sanitizer's build.
constexpr int kEndMilliseconds = 60'000;

absl::StatusOr<bool> ServingOf(servers::PostgresServer& server) {
  if (!server.Running()) return server.Ended();
  return true;
}

}  // namespace

ProcessVictim::ProcessVictim(std::string name,
                             std::function<std::vector<std::string>(int start)> command,
                             std::string serving_file, std::string log)
    : name_(std::move(name)),
      command_(std::move(command)),
      serving_file_(std::move(serving_file)),
      log_(std::move(log)) {}

absl::Status ProcessVictim::Begin() {
  std::error_code error;
  std::filesystem::remove(serving_file_, error);
  ASSIGN_OR_RETURN(process_, servers::ChildProcess::Start(command_(++starts_), log_));
  return absl::OkStatus();
}

absl::StatusOr<bool> ProcessVictim::Serving() {
  if (!process_->Running()) return process_->Ended(name_);
  std::error_code error;
  return std::filesystem::exists(serving_file_, error);
}

void ProcessVictim::Kill() { process_->Kill(); }

absl::Status ProcessVictim::End() {
  return process_->Stop(kEndMilliseconds) ? absl::OkStatus() : process_->Ended(name_);
}

absl::Status DatabaseVictim::Begin() {
  return server_.Running() ? absl::OkStatus() : server_.Start();
}

absl::StatusOr<bool> DatabaseVictim::Serving() { return ServingOf(server_); }

absl::Status PrimaryVictim::Begin() {
  if (pair_.primary().Running()) return absl::OkStatus();
  RETURN_IF_ERROR(pair_.Promote());
  return pair_.Rejoin();
}

absl::StatusOr<bool> PrimaryVictim::Serving() { return ServingOf(pair_.primary()); }

}  // namespace switchboard::crash
