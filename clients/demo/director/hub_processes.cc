#include "clients/demo/director/hub_processes.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/demo/director/hub_metrics.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/monotonic.h"
#include "hub/base/error.h"
#include "tests/servers/web_page.h"

namespace switchboard::demo {
namespace {

constexpr int64_t kStartNanosMax = 180'000'000'000;
constexpr int kStopMilliseconds = 60'000;

}  // namespace

absl::StatusOr<HubProcesses> HubProcesses::Make(const WorkFolder& folder,
                                                const std::string& program, int count,
                                                const std::string& postgres_url,
                                                const Rehearsal& day) {
  HubProcesses processes(folder, program);
  for (int number = 1; number <= count; ++number) {
    ASSIGN_OR_RETURN(servers::ReservedPort port, servers::ReservedPort::Take());
    const std::string id = absl::StrCat("hub-", number);
    RETURN_IF_ERROR(folder.WriteHubConfig({id, port.number(), postgres_url, day}));
    processes.hubs_.push_back({id, std::move(port), std::nullopt});
  }
  return processes;
}

std::vector<std::string> HubProcesses::addresses() const {
  std::vector<std::string> addresses;
  for (const Hub& hub : hubs_) addresses.push_back(hub.port.address());
  return addresses;
}

absl::Status HubProcesses::Begin(size_t number) {
  Hub& hub = hubs_[number];
  std::error_code error;
  std::filesystem::remove(folder_.PortsOf(hub.id), error);
  ASSIGN_OR_RETURN(hub.process,
                   servers::ChildProcess::Start({program_, "--config", folder_.ConfigOf(hub.id)},
                                                folder_.LogOf(hub.id)));
  return absl::OkStatus();
}

absl::Status HubProcesses::AwaitListening(size_t number) {
  Hub& hub = hubs_[number];
  const int64_t deadline = MonotonicNanos() + kStartNanosMax;
  // The hub writes this file once it listens.
  for (std::error_code error; !std::filesystem::exists(folder_.PortsOf(hub.id), error);) {
    if (!hub.process->Running()) return hub.process->Ended(hub.id);
    if (MonotonicNanos() > deadline) {
      return Error(absl::StatusCode::kDeadlineExceeded, "NO_PROGRESS",
                   absl::StrCat(hub.id, " does not listen; see ", folder_.LogOf(hub.id)));
    }
    RETURN_IF_ERROR(Pause(10));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::set<std::string>> HubProcesses::StreamingAt(size_t number) const {
  ChildStatus ports = ReadChildStatus(folder_.PortsOf(hubs_[number].id));
  ASSIGN_OR_RETURN(const servers::WebPage page,
                   servers::ReadPage(static_cast<int>(ports["metrics"]), "/metrics"));
  return StreamingVendors(page.body);
}

void HubProcesses::Kill(size_t number) {
  hubs_[number].process->Kill();
  hubs_[number].process.reset();
}

absl::Status HubProcesses::CheckAlive() {
  for (Hub& hub : hubs_) {
    if (hub.process.has_value() && !hub.process->Running()) return hub.process->Ended(hub.id);
  }
  return absl::OkStatus();
}

absl::Status HubProcesses::Stop() {
  for (Hub& hub : hubs_) {
    if (hub.process.has_value() && !hub.process->Stop(kStopMilliseconds))
      return hub.process->Ended(hub.id);
  }
  return absl::OkStatus();
}

}  // namespace switchboard::demo
