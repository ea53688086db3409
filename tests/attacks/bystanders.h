#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/client/sync_client.h"
#include "clients/core/core_client.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "hub/base/mutex.h"

namespace switchboard::attacks {

// Those who do their work while somebody else attacks the hub: a core that posts stops and a vendor
// that asks for permits, each twenty times a second. Each call counts as it ends; none is tried
// again.
class Bystanders {
 public:
  struct Options {
    std::string hub_address;
    std::string core_tls;  // folders of their certificates
    std::string vendor_tls;
    std::string vendor_folder;  // for the vendor's copy
  };
  // What they met since the last time.
  struct Met {
    int64_t answered = 0;
    std::vector<std::string> refused;  // "PostEvents: UNAVAILABLE …"
    std::vector<absl::Duration> stops, permits;
    // Of the slower half of both, in words, for a log.
    std::string Describe() const;
  };

  // Imports accounts, waits until the vendor has its share, and begins. `clock` outlives it.
  static absl::StatusOr<std::unique_ptr<Bystanders>> Start(const Options& options, Clock& clock);
  ~Bystanders();

  Met TakeMet();

 private:
  Bystanders(Clock& clock) : clock_(clock), ids_(clock) {}
  absl::Status Connect(const Options& options);
  absl::Status Prepare();
  void PostForEver();
  void AskForEver();
  // Until the next twentieth of a second; false: it is over.
  bool Pause();
  void Note(const char* call, const absl::Status& status, absl::Time begun,
            std::vector<absl::Duration> Met::*took);

  Clock& clock_;
  SteadyClock steady_;
  IdMint ids_;
  std::unique_ptr<clients::CoreClient> core_;
  std::unique_ptr<adapters::SyncClient> vendor_;
  std::vector<std::string> assignments_;

  Mutex mutex_;
  CondVar ending_;
  bool ends_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  Met met_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::thread poster_, asker_;
};

}  // namespace switchboard::attacks
