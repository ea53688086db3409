#pragma once

#include <string>

#include "hub/base/clock.h"
#include "hub/base/done.h"
#include "hub/base/ids.h"
#include "hub/base/party_executor.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/feed/vendor_feed.h"
#include "hub/identity/peer.h"
#include "hub/promises/promises.h"
#include "hub/retention/eraser.h"
#include "hub/storage/readers.h"
#include "hub/storage/sealer.h"
#include "hub/storage/writer.h"
#include "hub/unmasking/unmaskings.h"
#include "switchboard/v1/privacy_keeping.pb.h"
#include "switchboard/v1/privacy_keys.pb.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::api {

// What PrivacyService does, behind the gRPC edge, a function a method. `caller` is an authorized
// operator. Thread-safe.
//
// The functions stand in privacy_disclosures.cc, privacy_unmaskings.cc, privacy_deletions.cc,
// privacy_holds.cc, privacy_retention.cc, privacy_persons.cc and privacy_keys.cc.
class PrivacyApi {
 public:
  struct Parts {
    storage::Writer& writer;
    storage::Readers& readers;
    PartyExecutor& reports;
    Clock& clock;
    const book::Book& book;
    contracts::Contracts& contracts;
    const promises::Promises& promises;
    const feed::VendorFeed& feed;
    const unmasking::Unmaskings& unmaskings;
    const retention::Eraser& eraser;
    storage::Sealer& sealer;
    IdMint& ids;
    const std::string& hub_id;
  };

  explicit PrivacyApi(const Parts& parts) : parts_(parts) {}

  void ReadDisclosures(const identity::Peer& caller, v1::ReadDisclosuresRequest request,
                       Done<v1::ReadDisclosuresResponse> done);

  void FindUnmaskings(const identity::Peer& caller, v1::FindUnmaskingsRequest request,
                      Done<v1::FindUnmaskingsResponse> done);
  void DecideUnmasking(const identity::Peer& caller, v1::DecideUnmaskingRequest request,
                       Done<v1::DecideUnmaskingResponse> done);

  void FindDeletionOrders(const identity::Peer& caller, v1::FindDeletionOrdersRequest request,
                          Done<v1::FindDeletionOrdersResponse> done);
  void WaiveDeletionOrder(const identity::Peer& caller, v1::WaiveDeletionOrderRequest request,
                          Done<v1::WaiveDeletionOrderResponse> done);
  void ReportVendors(const identity::Peer& caller, v1::ReportVendorsRequest request,
                     Done<v1::ReportVendorsResponse> done);

  void PlaceLegalHold(const identity::Peer& caller, v1::PlaceLegalHoldRequest request,
                      Done<v1::PlaceLegalHoldResponse> done);
  void EndLegalHold(const identity::Peer& caller, v1::EndLegalHoldRequest request,
                    Done<v1::EndLegalHoldResponse> done);
  void ListLegalHolds(const identity::Peer& caller, v1::ListLegalHoldsRequest request,
                      Done<v1::ListLegalHoldsResponse> done);

  void ReportRetention(const identity::Peer& caller, v1::ReportRetentionRequest request,
                       Done<v1::ReportRetentionResponse> done);
  void ResumeRetention(const identity::Peer& caller, v1::ResumeRetentionRequest request,
                       Done<v1::ResumeRetentionResponse> done);
  void RetireVendor(const identity::Peer& caller, v1::RetireVendorRequest request,
                    Done<v1::RetireVendorResponse> done);

  void FindPersons(const identity::Peer& caller, v1::FindPersonsRequest request,
                   Done<v1::FindPersonsResponse> done);
  void OpenPersonRequest(const identity::Peer& caller, v1::OpenPersonRequestRequest request,
                         Done<v1::OpenPersonRequestResponse> done);
  void DecidePersonRequest(const identity::Peer& caller, v1::DecidePersonRequestRequest request,
                           Done<v1::DecidePersonRequestResponse> done);
  void ListPersonRequests(const identity::Peer& caller, v1::ListPersonRequestsRequest request,
                          Done<v1::ListPersonRequestsResponse> done);
  void ReadPersonData(const identity::Peer& caller, v1::ReadPersonDataRequest request,
                      Done<v1::ReadPersonDataResponse> done);

  void ListKeys(const identity::Peer& caller, v1::ListKeysRequest request,
                Done<v1::ListKeysResponse> done);
  void RotateKeys(const identity::Peer& caller, v1::RotateKeysRequest request,
                  Done<v1::RotateKeysResponse> done);

 private:
  const Parts parts_;
};

}  // namespace switchboard::api
