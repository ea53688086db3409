#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/api/permit_streams.h"
#include "hub/audit/quarantine.h"
#include "hub/base/done.h"
#include "hub/base/party_executor.h"
#include "hub/contracts/contracts.h"
#include "hub/identity/peer.h"
#include "hub/ingest/hand_over.h"
#include "hub/masking/to_vendor.h"
#include "hub/masking/withheld_answer.h"
#include "hub/outcomes/outcomes.h"
#include "hub/permits/permits.h"
#include "hub/storage/sealer.h"
#include "hub/sync/streams.h"
#include "hub/unmasking/unmaskings.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::api {

inline constexpr int kOutcomesMax = 500;
inline constexpr size_t kOutcomesBytesMax = 1024 * 1024;

// Whether a vendor signed the statement of its request, by a certificate with which it could call
// now; see identity/statement_signature.h. PERMISSION_DENIED, SIGNATURE_INVALID. Thread-safe.
using SignatureCheck =
    std::function<absl::Status(const identity::Peer& vendor, const v1::ConfirmDeletionRequest&)>;

// What VendorService does, behind the gRPC edge, a function a method. `caller` is an authorized
// vendor. Whoever asks for something new needs a contract in force; whoever speaks of the past, one
// at any time: PERMISSION_DENIED, NO_CONTRACT. Thread-safe.
class VendorApi {
 public:
  template <typename Message>
  using ToVendor = masking::ToVendor<Message>;

  struct Parts {
    sync::SyncStream::Parts stream;
    sync::SessionLimits limits;
    sync::Streams& streams;
    PermitStreams& permit_streams;
    contracts::Contracts& contracts;
    const outcomes::Outcomes& outcomes;
    const audit::Quarantine& quarantine;
    const permits::Permits& permits;
    const ingest::HandOvers& hand_overs;
    const unmasking::Unmaskings& unmaskings;
    storage::Sealer& sealer;
    IdMint& ids;
    PartyExecutor& reports;
    SignatureCheck check_signature;  // null: no signature stands
  };

  explicit VendorApi(const Parts& parts) : parts_(parts) {}

  // Opens a stream that sends to `outlet`. The caller owns it and calls Detach() before the outlet
  // goes. The contract is asked for when its Open message comes, and at every page.
  std::shared_ptr<sync::SyncStream> OpenStream(const identity::Peer& caller, sync::Outlet* outlet);

  // `serialized`: a ReportOutcomesRequest as received.
  void ReportOutcomes(const identity::Peer& caller, std::string serialized,
                      Done<ToVendor<v1::ReportOutcomesResponse>> done);
  void RequestPermit(const identity::Peer& caller, v1::RequestPermitRequest request,
                     Done<ToVendor<v1::RequestPermitResponse>> done);
  // Opens a stream for a dialer; what becomes void is told to `outlet`. The caller owns it and
  // calls Detach() before the outlet goes.
  std::shared_ptr<PermitStream> OpenPermits(const identity::Peer& caller,
                                            PermitStream::Outlet* outlet);
  void PlanContacts(const identity::Peer& caller, v1::PlanContactsRequest request,
                    Done<ToVendor<v1::PlanContactsResponse>> done);
  void ReleasePermit(const identity::Peer& caller, v1::ReleasePermitRequest request,
                     Done<ToVendor<v1::ReleasePermitResponse>> done);
  void ObjectToRecall(const identity::Peer& caller, v1::ObjectToRecallRequest request,
                      Done<ToVendor<v1::ObjectToRecallResponse>> done);
  void HandOver(const identity::Peer& caller, v1::HandOverRequest request,
                Done<ToVendor<v1::HandOverResponse>> done);
  void ListMissingRecordings(const identity::Peer& caller, v1::ListMissingRecordingsRequest request,
                             Done<ToVendor<v1::ListMissingRecordingsResponse>> done);
  void RequestUnmasking(const identity::Peer& caller, v1::RequestUnmaskingRequest request,
                        Done<ToVendor<v1::RequestUnmaskingResponse>> done);
  void ListDeletionOrders(const identity::Peer& caller, v1::ListDeletionOrdersRequest request,
                          Done<ToVendor<v1::ListDeletionOrdersResponse>> done);
  void ConfirmDeletion(const identity::Peer& caller, v1::ConfirmDeletionRequest request,
                       Done<ToVendor<v1::ConfirmDeletionResponse>> done);
  void PassOn(const identity::Peer& caller, v1::PassOnRequest request,
              Done<ToVendor<v1::PassOnResponse>> done);

 private:
  struct Reported;
  // Here, or where reports run if the notes take long.
  void CleanNotes(const identity::Peer& caller, const std::shared_ptr<Reported>& reported,
                  const Done<v1::ReportOutcomesResponse>& done);
  void WriteOutcomes(const identity::Peer& caller, const std::shared_ptr<Reported>& reported,
                     Done<v1::ReportOutcomesResponse> done);
  void WriteHandOver(const identity::Peer& caller, v1::HandOverRequest request,
                     ingest::HandOverNote note, Done<v1::HandOverResponse> done);
  // Writes down what was withheld, and answers then.
  void KeepWithheld(const identity::Peer& caller, const masking::WithheldAnswer& withheld,
                    std::function<void()> answer);
  void WriteConfirmation(const identity::Peer& caller, v1::ConfirmDeletionRequest request,
                         v1::DeletionStatement statement, Done<v1::ConfirmDeletionResponse> done);
  // The answer to a request that may show something, or what is done in its place.
  template <typename Response>
  Done<ToVendor<Response>> AnswerOrKeep(const identity::Peer& caller,
                                        std::shared_ptr<masking::WithheldAnswer> withheld,
                                        Done<ToVendor<Response>> done);
  absl::Status EndWaiting(storage::Transaction& transaction, const std::string& vendor_id,
                          absl::Span<const outcomes::ReceivedOutcome> reported,
                          const v1::ReportOutcomesResponse& response) const;
  // The contract of now, or else the newest: for what speaks of the past.
  absl::StatusOr<contracts::Contracts::Compiled> AnyContract(storage::Transaction& transaction,
                                                             const std::string& vendor_id) const;
  absl::StatusOr<contracts::Contracts::Compiled> AnyContract(storage::Connection& connection,
                                                             absl::Time now,
                                                             const std::string& vendor_id) const;

  const Parts parts_;
};

}  // namespace switchboard::api
