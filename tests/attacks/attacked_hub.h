#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "tests/attacks/process_use.h"
#include "tests/crash_campaign/stage.h"
#include "tests/servers/child_process.h"

namespace switchboard::attacks {

// What the daemon uses, and its files.
struct HubUse : ProcessUse {
  int64_t file_bytes = 0;  // of its database, with the log of that
};

// A real daemon of its own on SQLite, with bystanders' certificates; keep it in the thread that
// made it. The contract of vendor beni has the budgets that a contract has which names none. Not
// thread-safe.
class AttackedHub {
 public:
  // `more_config`: further lines of hub.yaml. `folder`: a new folder to be made for everything;
  // empty: a temporary one.
  static absl::StatusOr<std::unique_ptr<AttackedHub>> Start(const std::string& more_config,
                                                            Clock& clock,
                                                            const std::string& folder = "");

  const std::string& address() const { return address_; }
  int port() const { return port_; }
  int metrics_port() const { return metrics_port_; }
  std::string TlsOf(const std::string& peer) const { return stage_->TlsOf(peer); }
  std::string VendorFolder(const std::string& vendor_id) const {
    return stage_->VendorFolder(vendor_id);
  }
  std::string Log() const;

  // Folder of the material of another vendor, which has no contract, whose certificate ends then.
  // Errors: those of AddDevelopmentCertificates.
  absl::StatusOr<std::string> AddVendor(const std::string& vendor_id, absl::Duration validity);
  // Puts the peer's certificate on a revocation list, which the hub sees within a second. Errors:
  // those of DevelopmentAuthority.
  absl::Status Revoke(const std::string& peer);

  absl::StatusOr<HubUse> Use();
  bool Running() { return process_->Running(); }
  // SIGKILL, and a start on what it left, with the same port. Errors: INTERNAL, PROCESS_ENDED.
  absl::Status KillAndStart();
  // SIGTERM. Errors: INTERNAL, PROCESS_ENDED.
  absl::Status Stop();

 private:
  explicit AttackedHub(Clock& clock) : clock_(clock) {}
  absl::Status StartProcess();

  Clock& clock_;
  std::unique_ptr<crash::Stage> stage_;
  std::optional<servers::ChildProcess> process_;
  std::string address_;
  int port_ = 0;
  int metrics_port_ = 0;
};

}  // namespace switchboard::attacks
