#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/done.h"
#include "hub/base/executor.h"
#include "hub/base/mutex.h"
#include "hub/base/weak_by_name.h"
#include "hub/contracts/contracts.h"
#include "hub/masking/to_vendor.h"
#include "hub/storage/readers.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::api {

// One RequestPermits stream: what a dialer was given on it, and may have to be told of.
// Thread-safe.
class PermitStream final : public std::enable_shared_from_this<PermitStream> {
 public:
  // Where what the hub says by itself goes: gRPC, or a test. Calls must not block and must not call
  // back.
  class Outlet {
   public:
    virtual ~Outlet() = default;
    virtual void Tell(masking::ToVendor<v1::RequestPermitsResponse> message) = 0;
    // Ends the stream once all requests are answered.
    virtual void End(const absl::Status& status) = 0;
  };
  // Asks for one permit; as VendorApi::RequestPermit.
  using Answer = masking::ToVendor<v1::RequestPermitResponse>;
  using Ask = std::function<void(const v1::RequestPermitRequest&, Done<Answer>)>;

  // `outlet` is used until Detach() returned.
  PermitStream(std::string vendor_id, absl::Time open_time, Ask ask, Outlet* outlet)
      : vendor_id_(std::move(vendor_id)),
        open_time_(open_time),
        ask_(std::move(ask)),
        outlet_(outlet) {}

  // Answers one request, given as its bytes. An error ends the stream.
  void Take(const std::string& bytes,
            const Done<masking::ToVendor<v1::RequestPermitsResponse>>& done);
  // The peer is gone.
  void Detach();

  // A permit of the vendor's became void. Told if it was given here.
  void PermitVoid(const std::string& permit_id);
  void End(const absl::Status& status);

  // Forgets what has expired, and says what is open still.
  std::vector<std::string> OpenPermits(absl::Time now);

  // Whether it was told to end.
  bool ending();
  // True for one caller at a time, until Looked().
  bool BeginLook() { return !looking_.exchange(true); }
  void Looked() { looking_ = false; }

  const std::string& vendor_id() const { return vendor_id_; }
  absl::Time open_time() const { return open_time_; }

 private:
  struct Given {
    std::string assignment_id;
    absl::Time expire_time;
  };
  // Void before it was given here, as two lanes may have it: how many are remembered.
  static constexpr size_t kEarlyMax = 256;

  void Note(const std::string& assignment_id, const v1::Permit& permit,
            const std::function<void()>& answer);
  void TellVoid(const std::string& permit_id, const std::string& assignment_id)
      SWITCHBOARD_REQUIRES(mutex_);

  const std::string vendor_id_;
  const absl::Time open_time_;
  const Ask ask_;

  Mutex mutex_;                                    // taken before the outlet's own
  Outlet* outlet_ SWITCHBOARD_GUARDED_BY(mutex_);  // null once detached
  std::map<std::string, Given> given_ SWITCHBOARD_GUARDED_BY(mutex_);  // by permit id
  std::deque<std::string> early_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool ending_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::atomic<bool> looking_{false};
};

// The RequestPermits streams open at this hub, by vendor. Holds them weakly. Thread-safe.
class PermitStreams {
 public:
  // Of one vendor; when one more opens the oldest ends.
  static constexpr size_t kOfVendorMax = 64;

  // `lifetime`: how old a stream may grow.
  PermitStreams(contracts::Contracts& contracts, storage::Readers& readers, Executor& executor,
                absl::Duration lifetime)
      : contracts_(contracts), readers_(readers), executor_(executor), lifetime_(lifetime) {}

  void Add(const std::shared_ptr<PermitStream>& stream);
  void PermitVoid(const std::string& vendor_id, const std::string& permit_id);
  // The contract of a vendor changed, began or ended. Ends its streams with NO_CONTRACT if none is
  // in force at `now`.
  void ContractChanged(const std::string& vendor_id, absl::Time now);
  // Ends streams that are too old, and looks for what became void without a word: what one hub
  // tells another may be lost. Call about once a second.
  // `true_now`: see HubOptions; streams are as old as that says.
  void Tick(absl::Time now, absl::Time true_now);

 private:
  void LookFor(const std::shared_ptr<PermitStream>& stream, absl::Time now);

  contracts::Contracts& contracts_;
  storage::Readers& readers_;
  Executor& executor_;
  const absl::Duration lifetime_;

  WeakByName<PermitStream> streams_;  // by vendor
};

}  // namespace switchboard::api
