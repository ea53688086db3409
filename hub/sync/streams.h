#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "hub/base/mutex.h"
#include "hub/base/weak_by_name.h"
#include "hub/sync/sync_stream.h"

namespace switchboard::sync {

// The streams open at this hub, by vendor. Holds them weakly: gRPC or a test owns them. Outlives
// them. Thread-safe.
class Streams {
 public:
  void Add(const std::shared_ptr<SyncStream>& stream);

  // The feed of a vendor changed.
  void FeedAdvanced(const std::string& vendor_id);
  // Work of a vendor was withdrawn.
  void WithdrawalsCame(const std::string& vendor_id);
  // A stream of the vendor opened the feed with that session number: older ones end.
  void Opened(const std::string& vendor_id, int64_t session);
  // The contract of a vendor changed, began or ended.
  void ContractChanged(const std::string& vendor_id);
  // Heartbeats and lifetimes. Call about ten times per heartbeat interval.
  void Tick();
  // Ends all streams and every one added later.
  void Shutdown();

  bool Connected(const std::string& vendor_id);
  // Name and version of the client that opened a stream of the vendor last; empty when none did.
  std::string Adapter(const std::string& vendor_id);
  // Open streams by vendor; a vendor that had one before stays, with 0.
  std::map<std::string, int64_t> Counts();

 private:
  WeakByName<SyncStream> streams_;  // by vendor
  Mutex mutex_;                     // taken after a stream's own; never held while one is called
  std::map<std::string, int64_t> counts_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<std::string, std::string> adapters_ SWITCHBOARD_GUARDED_BY(mutex_);  // by vendor
  bool shutting_down_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

}  // namespace switchboard::sync
