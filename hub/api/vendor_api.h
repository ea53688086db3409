#pragma once

#include <memory>
#include <string>

#include "hub/base/done.h"
#include "hub/contracts/contracts.h"
#include "hub/outcomes/outcomes.h"
#include "hub/permits/permits.h"
#include "hub/assignments/recalls.h"
#include "hub/sync/streams.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::api {

inline constexpr int kOutcomesMax = 500;
inline constexpr size_t kOutcomesBytesMax = 1024 * 1024;

// What VendorService does, behind the gRPC edge. `vendor_id` is that of an authorized peer. Every
// method refuses a vendor without a contract in force: PERMISSION_DENIED, NO_CONTRACT. Thread-safe.
class VendorApi {
 public:
  // `stream_parts.admit` and `on_opened` are set here.
  VendorApi(SyncStream::Parts stream_parts, const SessionLimits& limits, Streams& streams,
             contracts::Contracts& contracts, const outcomes::Outcomes& outcomes,
             const permits::Permits& permits, storage::Sealer& sealer, IdMint& ids);

  // Opens a stream that sends to `outlet`. The caller owns it and calls Detach() before the outlet
  // goes. The contract is checked when its Open message comes.
  std::shared_ptr<SyncStream> OpenStream(std::string vendor_id, Outlet* outlet);

  // `serialized`: a ReportOutcomesRequest as received.
  void ReportOutcomes(std::string vendor_id, std::string serialized,
                      Done<v1::ReportOutcomesResponse> done);
  void RequestPermit(std::string vendor_id, v1::RequestPermitRequest request,
                     Done<v1::RequestPermitResponse> done);
  void ReleasePermit(std::string vendor_id, v1::ReleasePermitRequest request,
                     Done<v1::ReleasePermitResponse> done);
  void ObjectToRecall(std::string vendor_id, v1::ObjectToRecallRequest request,
                      Done<v1::ObjectToRecallResponse> done);

 private:
  // The vendor's contract if it is in force at the transaction's time.
  absl::StatusOr<std::shared_ptr<const contracts::CompiledContract>> ContractOf(
      storage::Transaction& transaction, const std::string& vendor_id);

  SyncStream::Parts parts_;  // constant after construction
  const SessionLimits limits_;
  Streams& streams_;
  contracts::Contracts& contracts_;
  const outcomes::Outcomes& outcomes_;
  const permits::Permits& permits_;
  storage::Sealer& sealer_;
  IdMint& ids_;
};

}  // namespace switchboard::api
