#pragma once

#include <memory>
#include <string>

#include "hub/audit/log_signer.h"
#include "hub/base/done.h"
#include "hub/base/party_executor.h"
#include "hub/book/book.h"
#include "hub/contracts/code_maps.h"
#include "hub/contracts/routing_plans.h"
#include "hub/contracts/rule_packs.h"
#include "hub/feed/vendor_feed.h"
#include "hub/guard/connection_book.h"
#include "hub/identity/peer.h"
#include "hub/ingest/account_intake.h"
#include "hub/ingest/core_events.h"
#include "hub/ingest/placer.h"
#include "hub/outcomes/outcomes.h"
#include "hub/permits/permits.h"
#include "hub/permits/rules_preview.h"
#include "hub/promises/promises.h"
#include "hub/redaction/clean_text.h"
#include "hub/releases/releases.h"
#include "hub/storage/readers.h"
#include "hub/storage/writer.h"
#include "hub/sync/streams.h"
#include "hub/upkeep/backups.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::api {

// What OperatorService does, behind the gRPC edge, a function a method. `caller` is an authorized
// operator. Thread-safe.
//
// The functions stand in operator_texts.cc, operator_contracts.cc, operator_rules.cc,
// operator_codes.cc, operator_promises.cc, operator_plans.cc, operator_recordings.cc,
// operator_work.cc, operator_reads.cc, operator_audit.cc, operator_rows.cc, operator_quarantine.cc
// and operator_connections.cc.
class OperatorApi {
 public:
  struct Parts {
    storage::Writer& writer;
    storage::Readers& readers;
    PartyExecutor& reports;
    Clock& clock;
    const book::Book& book;
    contracts::Contracts& contracts;
    contracts::RoutingPlans& plans;
    contracts::RulePacks& rule_packs;
    contracts::CodeMaps& code_maps;
    const releases::Releases& releases;
    const permits::Permits& permits;
    const promises::Promises& promises;
    ingest::Placer::Parts placer;
    const feed::VendorFeed& feed;
    const ingest::AccountIntake& intake;
    const ingest::CoreEvents& events;
    const outcomes::Outcomes& outcomes;
    sync::Streams& streams;
    storage::Sealer& sealer;
    IdMint& ids;
    upkeep::Backups& backups;
    const guard::ConnectionBook& connections;
    const storage::DiskRoom& disk;
    const audit::LogSigner& log;
    const redaction::Cleaner& cleaner;
    const std::string& hub_id;
  };

  explicit OperatorApi(const Parts& parts) : parts_(parts) {}

  void ListVendors(const identity::Peer& caller, v1::ListVendorsRequest request,
                   Done<v1::ListVendorsResponse> done);
  void ListPlacements(const identity::Peer& caller, v1::ListPlacementsRequest request,
                      Done<v1::ListPlacementsResponse> done);
  void ListDisclosures(const identity::Peer& caller, v1::ListDisclosuresRequest request,
                       Done<v1::ListDisclosuresResponse> done);
  void ListCores(const identity::Peer& caller, v1::ListCoresRequest request,
                 Done<v1::ListCoresResponse> done);
  void ReadAudit(const identity::Peer& caller, v1::ReadAuditRequest request,
                 Done<v1::ReadAuditResponse> done);
  void ListAuditHeads(const identity::Peer& caller, v1::ListAuditHeadsRequest request,
                      Done<v1::ListAuditHeadsResponse> done);
  void ReadAuditTree(const identity::Peer& caller, v1::ReadAuditTreeRequest request,
                     Done<v1::ReadAuditTreeResponse> done);
  void ListCheckpoints(const identity::Peer& caller, v1::ListCheckpointsRequest request,
                       Done<v1::ListCheckpointsResponse> done);
  void ProveAudit(const identity::Peer& caller, v1::ProveAuditRequest request,
                  Done<v1::ProveAuditResponse> done);
  void DigestRows(const identity::Peer& caller, v1::DigestRowsRequest request,
                  Done<v1::DigestRowsResponse> done);

  void ProposeText(const identity::Peer& caller, v1::ProposeTextRequest request,
                   Done<v1::ProposeTextResponse> done);
  void ReleaseText(const identity::Peer& caller, v1::ReleaseTextRequest request,
                   Done<v1::ReleaseTextResponse> done);
  void DropProposal(const identity::Peer& caller, v1::DropProposalRequest request,
                    Done<v1::DropProposalResponse> done);
  void ListProposals(const identity::Peer& caller, v1::ListProposalsRequest request,
                     Done<v1::ListProposalsResponse> done);
  void ListReleases(const identity::Peer& caller, v1::ListReleasesRequest request,
                    Done<v1::ListReleasesResponse> done);
  void ShowText(const identity::Peer& caller, v1::ShowTextRequest request,
                Done<v1::ShowTextResponse> done);
  void PlanContract(const identity::Peer& caller, v1::PlanContractRequest request,
                    Done<v1::PlanContractResponse> done);

  void EndContract(const identity::Peer& caller, v1::EndContractRequest request,
                   Done<v1::EndContractResponse> done);
  void PreviewRouting(const identity::Peer& caller, v1::PreviewRoutingRequest request,
                      Done<v1::PreviewRoutingResponse> done);

  void ListRulePacks(const identity::Peer& caller, v1::ListRulePacksRequest request,
                     Done<v1::ListRulePacksResponse> done);
  void ExplainPermits(const identity::Peer& caller, v1::ExplainPermitsRequest request,
                      Done<v1::ExplainPermitsResponse> done);
  void PreviewRules(const identity::Peer& caller, v1::PreviewRulesRequest request,
                    Done<v1::PreviewRulesResponse> done);
  void ReplayRules(const identity::Peer& caller, v1::ReplayRulesRequest request,
                   Done<v1::ReplayRulesResponse> done);
  void ReportPermits(const identity::Peer& caller, v1::ReportPermitsRequest request,
                     Done<v1::ReportPermitsResponse> done);

  void ListCodeMaps(const identity::Peer& caller, v1::ListCodeMapsRequest request,
                    Done<v1::ListCodeMapsResponse> done);
  void ListUnmappedCodes(const identity::Peer& caller, v1::ListUnmappedCodesRequest request,
                         Done<v1::ListUnmappedCodesResponse> done);

  void ListProposedPlans(const identity::Peer& caller, v1::ListProposedPlansRequest request,
                         Done<v1::ListProposedPlansResponse> done);
  void DecidePlan(const identity::Peer& caller, v1::DecidePlanRequest request,
                  Done<v1::DecidePlanResponse> done);
  void ListPromises(const identity::Peer& caller, v1::ListPromisesRequest request,
                    Done<v1::ListPromisesResponse> done);

  void FindMissingRecordings(const identity::Peer& caller, v1::FindMissingRecordingsRequest request,
                             Done<v1::FindMissingRecordingsResponse> done);
  void CheckRecording(const identity::Peer& caller, v1::CheckRecordingRequest request,
                      Done<v1::CheckRecordingResponse> done);

  void RecallAssignments(const identity::Peer& caller, v1::RecallAssignmentsRequest request,
                         Done<v1::RecallAssignmentsResponse> done);
  void DecideRecall(const identity::Peer& caller, v1::DecideRecallRequest request,
                    Done<v1::DecideRecallResponse> done);
  void SetStop(const identity::Peer& caller, v1::SetStopRequest request,
               Done<v1::SetStopResponse> done);
  void RetireCore(const identity::Peer& caller, v1::RetireCoreRequest request,
                  Done<v1::RetireCoreResponse> done);
  void StartBackup(const identity::Peer& caller, v1::StartBackupRequest request,
                   Done<v1::StartBackupResponse> done);
  void GetBackup(const identity::Peer& caller, v1::GetBackupRequest request,
                 Done<v1::GetBackupResponse> done);

  void ListQuarantine(const identity::Peer& caller, v1::ListQuarantineRequest request,
                      Done<v1::ListQuarantineResponse> done);
  void VouchForQuarantine(const identity::Peer& caller, v1::VouchForQuarantineRequest request,
                          Done<v1::VouchForQuarantineResponse> done);
  void ReadQuarantine(const identity::Peer& caller, v1::ReadQuarantineRequest request,
                      Done<v1::ReadQuarantineResponse> done);
  void ReplayQuarantine(const identity::Peer& caller, v1::ReplayQuarantineRequest request,
                        Done<v1::ReplayQuarantineResponse> done);

  void ListConnections(const identity::Peer& caller, v1::ListConnectionsRequest request,
                       Done<v1::ListConnectionsResponse> done);
  void CloseConnections(const identity::Peer& caller, v1::CloseConnectionsRequest request,
                        Done<v1::CloseConnectionsResponse> done);

 private:
  void WriteDecision(const identity::Peer& caller, promises::Decision decision,
                     Done<v1::DecidePlanResponse> done);
  permits::RulesOutlook OutlookOf(storage::Connection& reader,
                                  std::shared_ptr<const rules::CompiledPack> pack) const;

  // How far through a vendor's feed a recall of all has come.
  struct RecallWalk {
    int64_t after = 0;
    int64_t newest = -1;  // when it began; below 0: it has not
    bool ended = false;
  };

  void RecallVendor(const identity::Peer& caller, v1::RecallAssignmentsRequest request,
                    const RecallWalk& walk, v1::RecallAssignmentsResponse so_far,
                    Done<v1::RecallAssignmentsResponse> done);
  absl::StatusOr<v1::ReplayQuarantineResponse::Receipt> Replay(storage::Transaction& transaction,
                                                               const identity::Peer& caller,
                                                               const std::string& id) const;

  const Parts parts_;
};

}  // namespace switchboard::api
