#include "hub/api/operator_api.h"

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/base/yaml.h"
#include "hub/book/holds.h"
#include "hub/contracts/contract_check.h"
#include "hub/reports/listings.h"
#include "hub/routing/plan_check.h"
#include "hub/routing/preview.h"
#include "hub/permits/permits.h"
#include "hub/assignments/recalls.h"
#include "hub/stops/stops.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using storage::Transaction;
using storage::Urgency;

constexpr int kRecallIdsMax = 10'000;
constexpr int kRecallPage = 1'000;

absl::Status FieldInvalid(const std::string& field, const std::string& problem) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", field + ": " + problem,
               {{"field", field}});
}

// Runs a reading function on the executor.
template <typename T>
void ReadFor(const OperatorApi::Parts& parts,
             std::function<absl::StatusOr<T>(storage::Connection&)> read, Done<T> done) {
  parts.executor.Post([readers = &parts.readers, read = std::move(read), done = std::move(done)] {
    absl::StatusOr<T> result = absl::InternalError("not read");
    absl::Status status = readers->Run([&](storage::Connection& reader) {
      result = read(reader);
      return result.status();
    });
    done(std::move(result));
  });
}

}  // namespace

void OperatorApi::ListVendors(Done<v1::ListVendorsResponse> done) {
  ReadFor<v1::ListVendorsResponse>(
      parts_,
      [this](storage::Connection& reader) -> absl::StatusOr<v1::ListVendorsResponse> {
        ASSIGN_OR_RETURN(v1::ListVendorsResponse response, reports::ListVendors(reader));
        for (auto& vendor : *response.mutable_vendors()) {
          vendor.set_connected(parts_.streams.Connected(vendor.vendor_id()));
        }
        return response;
      },
      std::move(done));
}

void OperatorApi::ApplyContract(std::string actor, v1::ApplyContractRequest request,
                                 Done<v1::ApplyContractResponse> done) {
  auto contract = contracts::ParseContract(request.yaml(), request.file_name());
  if (!contract.ok()) return done(contract.status());
  storage::SubmitFor<v1::ApplyContractResponse>(
      parts_.writer, Urgency::kUrgent, actor,
      [this, actor, contract = *std::move(contract), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ApplyContractResponse> {
        ASSIGN_OR_RETURN(const auto applied,
                         parts_.contracts.Apply(transaction, actor, contract, request.yaml()));
        if (applied.masks_differ) {
          RETURN_IF_ERROR(parts_.feed.NewGeneration(transaction, contract.vendor_id(), actor,
                                                    "contract changed"));
        }
        v1::ApplyContractResponse response;
        response.set_vendor_id(contract.vendor_id());
        response.set_contract_version(applied.version);
        response.set_changed(applied.changed);
        response.set_new_generation(applied.masks_differ);
        return response;
      },
      std::move(done));
}

void OperatorApi::ApplyRoutingPlan(std::string actor, v1::ApplyRoutingPlanRequest request,
                                    Done<v1::ApplyRoutingPlanResponse> done) {
  auto plan = routing::ParseRoutingPlan(request.yaml(), request.file_name());
  if (!plan.ok()) return done(plan.status());
  storage::SubmitFor<v1::ApplyRoutingPlanResponse>(
      parts_.writer, Urgency::kUrgent, actor,
      [this, actor, plan = *std::move(plan), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ApplyRoutingPlanResponse> {
        ASSIGN_OR_RETURN(const auto compiled, parts_.contracts.All(transaction.connection()));
        std::vector<v1::Contract> contracts;
        for (const auto& one : compiled) contracts.push_back(one->contract);
        RETURN_IF_ERROR(routing::CheckPlanAgainstContracts(
            plan, contracts, YamlPlaces(request.yaml(), request.file_name())));
        ASSIGN_OR_RETURN(const bool changed,
                         parts_.plans.Apply(transaction, actor, plan, request.yaml()));
        v1::ApplyRoutingPlanResponse response;
        response.set_plan_id(plan.plan_id());
        response.set_changed(changed);
        return response;
      },
      std::move(done));
}

void OperatorApi::PreviewRouting(v1::PreviewRoutingRequest request,
                                  Done<v1::PreviewRoutingResponse> done) {
  ReadFor<v1::PreviewRoutingResponse>(
      parts_,
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::PreviewRoutingResponse> {
        std::shared_ptr<const routing::Router> router;
        if (request.yaml().empty()) {
          ASSIGN_OR_RETURN(router, parts_.plans.RouterAt(reader, parts_.clock.Now()));
          if (router == nullptr)
            return FieldInvalid("yaml", "must hold a plan, since none is in force");
        } else {
          ASSIGN_OR_RETURN(const auto plan,
                           routing::ParseRoutingPlan(request.yaml(), request.file_name()));
          ASSIGN_OR_RETURN(router, parts_.plans.RouterFor(reader, plan, parts_.clock.Now()));
        }
        routing::Preview preview(*router);
        RETURN_IF_ERROR(
            parts_.book.ForEach(reader, [&](const v1::Person& person, const v1::Account& account) {
              preview.Add(routing::FactsOf(person, account));
              return absl::OkStatus();
            }));
        return preview.Response();
      },
      std::move(done));
}

void OperatorApi::RecallAssignments(std::string actor, v1::RecallAssignmentsRequest request,
                                     Done<v1::RecallAssignmentsResponse> done) {
  if (!v1::RecallReason_IsValid(request.reason()) ||
      request.reason() == v1::RECALL_REASON_UNSPECIFIED) {
    return done(FieldInvalid("reason", "must be one of the values this version knows"));
  }
  if (request.assignment_ids_size() > kRecallIdsMax)
    return done(FieldInvalid("assignment_ids", "at most 10,000"));
  if (request.assignment_ids().empty() == request.vendor_id().empty()) {
    return done(FieldInvalid("assignment_ids", "name either assignments or a vendor"));
  }
  if (!request.vendor_id().empty())
    return RecallVendor(std::move(actor), std::move(request), "", {}, std::move(done));
  storage::SubmitFor<v1::RecallAssignmentsResponse>(
      parts_.writer, Urgency::kUrgent, actor,
      [this, actor, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::RecallAssignmentsResponse> {
        v1::RecallAssignmentsResponse response;
        assignments::Changes changes(transaction, parts_.sealer, parts_.ids, actor);
        for (const std::string& id : request.assignment_ids()) {
          ASSIGN_OR_RETURN(auto assignment, assignments::HoldAssignment(transaction, id));
          if (!assignment.has_value() || !assignment->live) {
            response.add_unknown_ids(id);
            continue;
          }
          ASSIGN_OR_RETURN(const auto contract,
                           parts_.contracts.Find(transaction.connection(), assignment->vendor_id));
          ASSIGN_OR_RETURN(const bool announced,
                           assignments::AnnounceRecall(transaction, changes, *contract, *assignment,
                                                 request.reason(), request.place_again()));
          announced ? response.set_announced(response.announced() + 1)
                    : response.set_pending_before(response.pending_before() + 1);
        }
        changes.Flush();
        return response;
      },
      std::move(done));
}

// A whole vendor goes page by page, so that no commit grows with the book.
void OperatorApi::RecallVendor(std::string actor, v1::RecallAssignmentsRequest request,
                                std::string after, v1::RecallAssignmentsResponse so_far,
                                Done<v1::RecallAssignmentsResponse> done) {
  auto next = std::make_shared<std::string>();
  auto total = std::make_shared<v1::RecallAssignmentsResponse>(std::move(so_far));
  auto unit = [this, actor, request, after = std::move(after), next,
               total](Transaction& transaction) -> absl::StatusOr<v1::RecallAssignmentsResponse> {
    next->clear();
    v1::RecallAssignmentsResponse response = *total;
    ASSIGN_OR_RETURN(const auto contract,
                     parts_.contracts.Find(transaction.connection(), request.vendor_id()));
    ASSIGN_OR_RETURN(const auto page,
                     assignments::LiveAssignmentsOfVendor(transaction.connection(), request.vendor_id(),
                                                   after, kRecallPage));
    assignments::Changes changes(transaction, parts_.sealer, parts_.ids, actor);
    for (const assignments::Assignment& found : page) {
      ASSIGN_OR_RETURN(const auto assignment,
                       assignments::HoldAssignment(transaction, found.assignment_id));
      if (!assignment.has_value() || !assignment->live) continue;
      ASSIGN_OR_RETURN(const bool announced,
                       assignments::AnnounceRecall(transaction, changes, *contract, *assignment,
                                             request.reason(), request.place_again()));
      announced ? response.set_announced(response.announced() + 1)
                : response.set_pending_before(response.pending_before() + 1);
    }
    changes.Flush();
    if (page.size() == kRecallPage) *next = page.back().assignment_id;
    return response;
  };
  storage::SubmitFor<v1::RecallAssignmentsResponse>(
      parts_.writer, Urgency::kBulk, actor, std::move(unit),
      [this, actor, request, next,
       done = std::move(done)](absl::StatusOr<v1::RecallAssignmentsResponse> response) {
        if (!response.ok() || next->empty()) return done(std::move(response));
        RecallVendor(actor, request, *next, *std::move(response), done);
      });
}

void OperatorApi::DecideRecall(std::string actor, v1::DecideRecallRequest request,
                                Done<v1::DecideRecallResponse> done) {
  if (request.decision() != v1::DecideRecallRequest::DECISION_CANCEL &&
      request.decision() != v1::DecideRecallRequest::DECISION_FINAL) {
    return done(FieldInvalid("decision", "must be DECISION_CANCEL or DECISION_FINAL"));
  }
  storage::SubmitFor<v1::DecideRecallResponse>(
      parts_.writer, Urgency::kUrgent, actor,
      [this, actor, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::DecideRecallResponse> {
        ASSIGN_OR_RETURN(auto assignment,
                         assignments::HoldAssignment(transaction, request.assignment_id()));
        if (!assignment.has_value() || !assignment->live) return assignments::AssignmentUnknown();
        if (!assignment->recall_pending()) return assignments::NoPendingRecall();
        if (request.decision() == v1::DecideRecallRequest::DECISION_FINAL) {
          RETURN_IF_ERROR(parts_.due_work.Finalize(transaction, actor, *assignment));
        } else {
          assignments::Changes changes(transaction, parts_.sealer, parts_.ids, actor);
          RETURN_IF_ERROR(assignments::CancelRecall(changes, *std::move(assignment)));
          changes.Flush();
        }
        return v1::DecideRecallResponse();
      },
      std::move(done));
}

void OperatorApi::SetStop(std::string actor, v1::SetStopRequest request,
                           Done<v1::SetStopResponse> done) {
  const bool vendor = request.has_vendor_id();
  if (!vendor && (!v1::WorkType_IsValid(request.work_type()) ||
                  request.work_type() == v1::WORK_TYPE_UNSPECIFIED)) {
    return done(FieldInvalid("subject", "must name a vendor_id or a work_type"));
  }
  storage::SubmitFor<v1::SetStopResponse>(
      parts_.writer, Urgency::kStop, "",
      [this, actor, vendor, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::SetStopResponse> {
        const auto subject = vendor ? stops::StopSubject::Vendor(request.vendor_id())
                                    : stops::StopSubject::WorkType(request.work_type());
        const storage::Key key =
            vendor ? book::VendorKey(request.vendor_id()) : book::WorkTypeKey(request.work_type());
        RETURN_IF_ERROR(transaction.Hold({&key, 1}));
        if (vendor)
          RETURN_IF_ERROR(
              parts_.contracts.Find(transaction.connection(), request.vendor_id()).status());
        v1::SetStopResponse response;
        ASSIGN_OR_RETURN(const auto stopped,
                         stops::StoppedAmong(transaction.connection(), {subject}));
        if (request.stopped() == !stopped.empty()) return response;
        v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
        event.set_vendor_id(request.vendor_id());
        event.set_detail((request.stopped() ? "stop " : "lift ") + subject.id);
        audit::Record(transaction, std::move(event));
        if (!request.stopped()) {
          RETURN_IF_ERROR(stops::LiftStops(transaction, subject, v1::STOP_REASON_OPERATOR));
          return response;
        }
        RETURN_IF_ERROR(
            stops::PlaceStop(transaction, parts_.ids.Next(), subject, v1::STOP_REASON_OPERATOR));
        permits::PermitFilter filter;
        filter.vendor_id = request.vendor_id();
        filter.work_type = request.work_type();
        ASSIGN_OR_RETURN(const int64_t voided, permits::VoidPermits(transaction, actor, filter));
        response.set_voided_permits(voided);
        return response;
      },
      std::move(done));
}

void OperatorApi::ListPlacements(v1::ListPlacementsRequest request,
                                  Done<v1::ListPlacementsResponse> done) {
  ReadFor<v1::ListPlacementsResponse>(
      parts_,
      [sealer = &parts_.sealer, request = std::move(request)](storage::Connection& reader) {
        return reports::ListPlacements(reader, *sealer, request);
      },
      std::move(done));
}

void OperatorApi::ListDisclosures(v1::ListDisclosuresRequest request,
                                   Done<v1::ListDisclosuresResponse> done) {
  ReadFor<v1::ListDisclosuresResponse>(
      parts_,
      [request = std::move(request)](storage::Connection& reader) {
        return reports::ListDisclosures(reader, request);
      },
      std::move(done));
}

void OperatorApi::ListQuarantine(v1::ListQuarantineRequest request,
                                  Done<v1::ListQuarantineResponse> done) {
  ReadFor<v1::ListQuarantineResponse>(
      parts_,
      [request = std::move(request)](storage::Connection& reader) {
        return reports::ListQuarantine(reader, request);
      },
      std::move(done));
}

void OperatorApi::ReadAudit(v1::ReadAuditRequest request, Done<v1::ReadAuditResponse> done) {
  ReadFor<v1::ReadAuditResponse>(
      parts_,
      [request = std::move(request)](storage::Connection& reader) {
        return reports::ReadAudit(reader, request);
      },
      std::move(done));
}

// On the executor: it asks the file system.
void OperatorApi::StartBackup(std::string actor, v1::StartBackupRequest request,
                               Done<v1::StartBackupResponse> done) {
  parts_.executor.Post(
      [this, actor = std::move(actor), request = std::move(request), done = std::move(done)] {
        auto backup = parts_.backups.Start(actor, request.name());
        if (!backup.ok()) return done(backup.status());
        v1::StartBackupResponse response;
        *response.mutable_backup() = *std::move(backup);
        done(std::move(response));
      });
}

void OperatorApi::GetBackup(v1::GetBackupRequest, Done<v1::GetBackupResponse> done) {
  auto backup = parts_.backups.Newest();
  if (!backup.ok()) return done(backup.status());
  v1::GetBackupResponse response;
  *response.mutable_backup() = *std::move(backup);
  done(std::move(response));
}

}  // namespace switchboard::api
