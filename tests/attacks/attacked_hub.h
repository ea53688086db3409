#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "tests/crash_campaign/stage.h"
#include "tests/servers/child_process.h"

namespace switchboard::attacks {

// What the daemon uses, as the kernel counts it.
struct HubUse {
  int64_t resident_kib = 0;
  double cpu_seconds = 0;  // since its start
  int descriptors = 0;
  int64_t file_bytes = 0;  // of its database, with the log of that
};

// A real daemon of its own on SQLite, with bystanders' certificates; keep it in the thread that
// made it. Not thread-safe.
class AttackedHub {
 public:
  // `more_config`: further lines of hub.yaml.
  static absl::StatusOr<std::unique_ptr<AttackedHub>> Start(const std::string& more_config,
                                                            Clock& clock);

  const std::string& address() const { return address_; }
  int port() const { return port_; }
  int metrics_port() const { return metrics_port_; }
  std::string TlsOf(const std::string& peer) const { return stage_->TlsOf(peer); }
  std::string VendorFolder(const std::string& vendor_id) const {
    return stage_->VendorFolder(vendor_id);
  }
  std::string Log() const;

  absl::StatusOr<HubUse> Use();
  bool Running() { return process_->Running(); }
  // SIGTERM. Errors: INTERNAL, PROCESS_ENDED.
  absl::Status Stop();

 private:
  AttackedHub() = default;

  std::unique_ptr<crash::Stage> stage_;
  std::optional<servers::ChildProcess> process_;
  std::string address_;
  int port_ = 0;
  int metrics_port_ = 0;
};

}  // namespace switchboard::attacks
