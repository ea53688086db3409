#pragma once

#include <functional>
#include <memory>
#include <string>

#include "hub/base/clock.h"
#include "hub/base/executor.h"
#include "hub/base/mutex.h"
#include "hub/feed/vendor_feed.h"
#include "hub/masking/to_vendor.h"
#include "hub/storage/readers.h"
#include "hub/storage/writer.h"
#include "hub/sync/vendor_session.h"

namespace switchboard::sync {

// Where a stream's messages go: gRPC, or a test. Calls must not block and must not call back.
class Outlet {
 public:
  virtual ~Outlet() = default;
  virtual void Send(masking::ToVendor<v1::SyncResponse> message) = 0;
  // The last call.
  virtual void Finish(const absl::Status& status) = 0;
};

// Drives one VendorSession: reads pages on the executor, writes through the writer, sends to the
// outlet. Holds one page at a time; the rest of a slow vendor's feed stays in the table.
// Thread-safe.
class SyncStream final : public std::enable_shared_from_this<SyncStream> {
 public:
  struct Parts {
    const feed::VendorFeed& feed;
    storage::Writer& writer;
    storage::Readers& readers;
    Executor& executor;
    Clock& clock;
    Clock& true_clock;  // how long streams last and vendors are silent; see HubOptions
    // Told of each batch sent, for metrics. May be empty.
    std::function<void(const std::string& vendor_id, int changes)> observe;
    // Told of whatever was withheld, by the class of what was found, once that is written down. May
    // be empty.
    std::function<void(const std::string& vendor_id, v1::DataClass)> withheld;
  };

  // `outlet` is used until Finish was called on it or Detach() returned.
  SyncStream(std::string vendor_id, Parts parts, const SessionLimits& limits, Outlet* outlet)
      : vendor_id_(std::move(vendor_id)),
        parts_(std::move(parts)),
        outlet_(outlet),
        session_(limits) {}

  void OnRequest(const v1::SyncRequest& request);
  // The peer sends no more.
  void OnHalfClose();
  // The peer is gone; the outlet is not used any more.
  void Detach();

  void FeedAdvanced();
  void WithdrawalsCame();
  // A stream of this vendor opened the feed with that session number. Ends this one if it is older.
  void OpenedElsewhere(int64_t session);
  // The vendor's contract changed, began or ended. Ends this stream, without a page being read, if
  // it may not be shown anything any more.
  void ContractChanged();
  void Tick();
  void Shutdown();

  const std::string& vendor_id() const { return vendor_id_; }

  // Is told the name of the peer's client once the feed is open. Set before the first request; must
  // not call back.
  void OnAdapter(std::function<void(const std::string& adapter)> tell) { tell_ = std::move(tell); }

 private:
  void Run(VendorSession::Actions actions) SWITCHBOARD_REQUIRES(mutex_);
  void RunOne(const VendorSession::OpenFeed& action) SWITCHBOARD_REQUIRES(mutex_);
  void RunOne(const VendorSession::ReadPage& action) SWITCHBOARD_REQUIRES(mutex_);
  void RunOne(const VendorSession::ReadWithdrawals& action) SWITCHBOARD_REQUIRES(mutex_);
  void RunOne(const VendorSession::StoreAck& action) SWITCHBOARD_REQUIRES(mutex_);
  void RunOne(VendorSession::Send& action) SWITCHBOARD_REQUIRES(mutex_);
  void RunOne(const VendorSession::Finish& action) SWITCHBOARD_REQUIRES(mutex_);

  void Opened(const absl::StatusOr<feed::OpenedFeed>& opened);
  void LoadPage(const v1::Cursor& after, int limit, int64_t session);
  void CheckSession();
  void TellWithheld(const feed::Page& page) const;
  void PageLoaded(absl::StatusOr<masking::ShownPage> page);
  // Runs `task` on the executor while the stream lives, never on the caller's thread.
  void Later(std::function<void(SyncStream&)> task);

  const std::string vendor_id_;
  const Parts parts_;
  std::function<void(const std::string& adapter)> tell_;  // constant from the first request on

  Mutex mutex_;                                    // taken before the outlet's own
  Outlet* outlet_ SWITCHBOARD_GUARDED_BY(mutex_);  // null once detached or finished
  VendorSession session_ SWITCHBOARD_GUARDED_BY(mutex_);
  int64_t fence_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;  // the feed's session number
};

}  // namespace switchboard::sync
