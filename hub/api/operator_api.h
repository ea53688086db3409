#pragma once

#include <string>

#include "hub/base/done.h"
#include "hub/base/executor.h"
#include "hub/book/book.h"
#include "hub/contracts/routing_plans.h"
#include "hub/feed/vendor_feed.h"
#include "hub/upkeep/due_assignments.h"
#include "hub/upkeep/backups.h"
#include "hub/storage/readers.h"
#include "hub/storage/writer.h"
#include "hub/sync/streams.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::api {

// What OperatorService does, behind the gRPC edge. `actor` is "operator/<name>" of an authorized
// peer, or "hub" for what the configuration file says. Thread-safe.
class OperatorApi {
 public:
  struct Parts {
    storage::Writer& writer;
    storage::Readers& readers;
    Executor& executor;
    Clock& clock;
    const book::Book& book;
    contracts::Contracts& contracts;
    contracts::RoutingPlans& plans;
    const feed::VendorFeed& feed;
    const upkeep::DueAssignments& due_work;
    sync::Streams& streams;
    storage::Sealer& sealer;
    IdMint& ids;
    Backups& backups;
  };

  explicit OperatorApi(const Parts& parts) : parts_(parts) {}

  void ListVendors(Done<v1::ListVendorsResponse> done);
  void ApplyContract(std::string actor, v1::ApplyContractRequest request,
                     Done<v1::ApplyContractResponse> done);
  void ApplyRoutingPlan(std::string actor, v1::ApplyRoutingPlanRequest request,
                        Done<v1::ApplyRoutingPlanResponse> done);
  void PreviewRouting(v1::PreviewRoutingRequest request, Done<v1::PreviewRoutingResponse> done);
  void RecallAssignments(std::string actor, v1::RecallAssignmentsRequest request,
                         Done<v1::RecallAssignmentsResponse> done);
  void DecideRecall(std::string actor, v1::DecideRecallRequest request,
                    Done<v1::DecideRecallResponse> done);
  void SetStop(std::string actor, v1::SetStopRequest request, Done<v1::SetStopResponse> done);
  void ListPlacements(v1::ListPlacementsRequest request, Done<v1::ListPlacementsResponse> done);
  void ListDisclosures(v1::ListDisclosuresRequest request, Done<v1::ListDisclosuresResponse> done);
  void ListQuarantine(v1::ListQuarantineRequest request, Done<v1::ListQuarantineResponse> done);
  void ReadAudit(v1::ReadAuditRequest request, Done<v1::ReadAuditResponse> done);
  void StartBackup(std::string actor, v1::StartBackupRequest request,
                   Done<v1::StartBackupResponse> done);
  void GetBackup(v1::GetBackupRequest request, Done<v1::GetBackupResponse> done);

 private:
  void RecallVendor(std::string actor, v1::RecallAssignmentsRequest request, std::string after,
                    v1::RecallAssignmentsResponse so_far, Done<v1::RecallAssignmentsResponse> done);

  const Parts parts_;
};

}  // namespace switchboard::api
