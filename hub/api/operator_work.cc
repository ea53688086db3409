#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/assignments/recalls.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/core_feed/core_feed.h"
#include "hub/permits/operator_stops.h"
#include "hub/storage/submit.h"
#include "hub/upkeep/due_assignments.h"

namespace switchboard::api {
namespace {

using stops::StopSubject;
using storage::Transaction;
using storage::Urgency;

constexpr int kRecallIdsMax = 10'000;
constexpr int kRecallPage = 1'000;

std::optional<FieldProblem> Check(const v1::RecallAssignmentsRequest& request) {
  FieldCheck check;
  check.Enum(v1::RecallReason_IsValid(request.reason()), request.reason(), "reason");
  check.Require(request.assignment_ids_size() <= kRecallIdsMax, "assignment_ids", "at most 10,000");
  check.Require(request.assignment_ids().empty() != request.vendor_id().empty(), "assignment_ids",
                "name either assignments or a vendor");
  return check.problem();
}

std::optional<FieldProblem> Check(const v1::DecideRecallRequest& request) {
  FieldCheck check;
  check.Require(request.decision() == v1::DecideRecallRequest::DECISION_CANCEL ||
                    request.decision() == v1::DecideRecallRequest::DECISION_FINAL,
                "decision", "must be DECISION_CANCEL or DECISION_FINAL");
  return check.problem();
}

std::optional<FieldProblem> Check(const v1::SetStopRequest& request, absl::Time now) {
  FieldCheck check;
  const bool work_type =
      v1::WorkType_IsValid(request.work_type()) && request.work_type() != v1::WORK_TYPE_UNSPECIFIED;
  check.Require(request.has_vendor_id() || work_type, "subject",
                "must name a vendor_id or a work_type");
  check.Require(!request.keep_work() || (request.has_vendor_id() && request.stopped()), "keep_work",
                "goes with stopping a vendor only");
  if (request.has_end_time()) {
    check.Require(request.stopped(), "end_time", "goes with stopping only");
    check.Time(request.end_time(), "end_time");
    check.Require(TimeOf(request.end_time()) > now, "end_time", "must lie in the future");
  }
  return check.problem();
}

}  // namespace

void OperatorApi::RecallAssignments(const identity::Peer& caller,
                                    v1::RecallAssignmentsRequest request,
                                    Done<v1::RecallAssignmentsResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  if (!request.vendor_id().empty())
    return RecallVendor(caller, std::move(request), RecallWalk(), {}, std::move(done));
  storage::SubmitFor<v1::RecallAssignmentsResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::RecallAssignmentsResponse> {
        v1::RecallAssignmentsResponse response;
        assignments::Changes changes(transaction, parts_.sealer, parts_.ids, actor);
        const assignments::Announcement announcement{request.reason(), request.place_again()};
        RETURN_IF_ERROR(assignments::AnnounceRecalls(
            transaction, changes, parts_.contracts,
            {request.assignment_ids().begin(), request.assignment_ids().end()}, announcement,
            &response));
        return response;
      },
      std::move(done));
}

// A whole vendor goes page by page, so that no commit grows with the book.
void OperatorApi::RecallVendor(const identity::Peer& caller, v1::RecallAssignmentsRequest request,
                               const RecallWalk& walk, v1::RecallAssignmentsResponse so_far,
                               Done<v1::RecallAssignmentsResponse> done) {
  auto next = std::make_shared<RecallWalk>();
  auto total = std::make_shared<v1::RecallAssignmentsResponse>(std::move(so_far));
  auto unit = [this, actor = caller.Actor(), request, walk, next,
               total](Transaction& transaction) -> absl::StatusOr<v1::RecallAssignmentsResponse> {
    *next = walk;
    v1::RecallAssignmentsResponse response = *total;
    storage::Connection& connection = transaction.connection();
    RETURN_IF_ERROR(parts_.contracts.CheckKnown(connection, request.vendor_id()));
    if (walk.newest < 0) {
      ASSIGN_OR_RETURN(next->newest, assignments::NewestSequence(connection, request.vendor_id()));
    }
    ASSIGN_OR_RETURN(const auto page,
                     assignments::LiveAssignmentsOfVendor(connection, request.vendor_id(),
                                                          walk.after, kRecallPage));
    std::vector<std::string> ids;
    for (const auto& [assignment, sequence] : page) {
      // What was announced here has moved behind what there was, where it was not pending before.
      if (sequence <= next->newest || !assignment.recall_pending())
        ids.push_back(assignment.assignment_id);
    }
    assignments::Changes changes(transaction, parts_.sealer, parts_.ids, actor);
    const assignments::Announcement announcement{request.reason(), request.place_again()};
    RETURN_IF_ERROR(assignments::AnnounceRecalls(transaction, changes, parts_.contracts, ids,
                                                 announcement, &response));
    // Whatever ended meanwhile was not asked for by id.
    response.clear_unknown_ids();
    next->ended = page.size() < kRecallPage;
    if (!page.empty()) next->after = page.back().sequence;
    return response;
  };
  storage::SubmitFor<v1::RecallAssignmentsResponse>(
      parts_.writer, Urgency::kBulk, caller.Actor(), std::move(unit),
      [this, caller, request, next,
       done = std::move(done)](absl::StatusOr<v1::RecallAssignmentsResponse> response) {
        if (!response.ok() || next->ended) return done(std::move(response));
        RecallVendor(caller, request, *next, *std::move(response), done);
      });
}

void OperatorApi::DecideRecall(const identity::Peer& caller, v1::DecideRecallRequest request,
                               Done<v1::DecideRecallResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  storage::SubmitFor<v1::DecideRecallResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::DecideRecallResponse> {
        ASSIGN_OR_RETURN(auto assignment,
                         assignments::HoldAssignment(transaction, request.assignment_id()));
        if (!assignment.has_value() || !assignment->live) return assignments::AssignmentUnknown();
        if (!assignment->recall_pending()) return assignments::NoPendingRecall();
        if (request.decision() == v1::DecideRecallRequest::DECISION_FINAL) {
          RETURN_IF_ERROR(upkeep::FinalizeRecall(transaction, parts_.book, parts_.placer,
                                                 parts_.sealer, parts_.ids, actor, *assignment));
        } else {
          assignments::Changes changes(transaction, parts_.sealer, parts_.ids, actor);
          RETURN_IF_ERROR(assignments::CancelRecall(changes, *std::move(assignment)));
        }
        return v1::DecideRecallResponse();
      },
      std::move(done));
}

void OperatorApi::SetStop(const identity::Peer& caller, v1::SetStopRequest request,
                          Done<v1::SetStopResponse> done) {
  if (const auto problem = Check(request, parts_.clock.Now())) return done(FieldInvalid(*problem));
  storage::SubmitFor<v1::SetStopResponse>(
      parts_.writer, Urgency::kStop, "",
      [this, actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::SetStopResponse> {
        const auto subject = request.has_vendor_id() ? StopSubject::Vendor(request.vendor_id())
                                                     : StopSubject::WorkType(request.work_type());
        if (request.has_vendor_id()) {
          RETURN_IF_ERROR(
              parts_.contracts.CheckKnown(transaction.connection(), request.vendor_id()));
        }
        v1::SetStopResponse response;
        if (!request.stopped()) {
          RETURN_IF_ERROR(permits::LiftOperatorStop(transaction, actor, subject));
          return response;
        }
        permits::OperatorStop how{.keep_work = request.keep_work()};
        if (request.has_end_time())
          how.end_time_us = absl::ToUnixMicros(TimeOf(request.end_time()));
        ASSIGN_OR_RETURN(const int64_t voided,
                         permits::PlaceOperatorStop(transaction, actor, parts_.ids, subject, how));
        response.set_voided_permits(voided);
        return response;
      },
      std::move(done));
}

void OperatorApi::RetireCore(const identity::Peer& caller, v1::RetireCoreRequest request,
                             Done<v1::RetireCoreResponse> done) {
  storage::SubmitFor<v1::RetireCoreResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::RetireCoreResponse> {
        v1::RetireCoreResponse response;
        ASSIGN_OR_RETURN(const auto cursors, core_feed::ReaderCursors(transaction.connection()));
        for (const core_feed::ReaderCursor& cursor : cursors) {
          if (cursor.core != request.core()) continue;
          if (!request.all_readers() && cursor.reader != request.reader()) continue;
          ASSIGN_OR_RETURN(const bool retired, core_feed::Retire(transaction, actor, cursor));
          response.set_readers(response.readers() + (retired ? 1 : 0));
        }
        if (response.readers() == 0) {
          return Error(absl::StatusCode::kNotFound, "CORE_UNKNOWN",
                       "core: has confirmed nothing under this reader; see ListCores");
        }
        response.set_nobody_reads(static_cast<size_t>(response.readers()) == cursors.size());
        return response;
      },
      std::move(done));
}

// On the executor: it asks the file system.
void OperatorApi::StartBackup(const identity::Peer& caller, v1::StartBackupRequest request,
                              Done<v1::StartBackupResponse> done) {
  const bool posted = parts_.reports.Post(
      caller.Actor(), [this, actor = caller.Actor(), request = std::move(request), done] {
        auto backup = parts_.backups.Start(actor, request.name());
        if (!backup.ok()) return done(backup.status());
        v1::StartBackupResponse response;
        *response.mutable_backup() = *std::move(backup);
        done(std::move(response));
      });
  if (!posted) done(OverloadedError("too many of your reports are waiting", absl::Seconds(1)));
}

void OperatorApi::GetBackup(const identity::Peer&, v1::GetBackupRequest,
                            Done<v1::GetBackupResponse> done) {
  auto backup = parts_.backups.Newest();
  if (!backup.ok()) return done(backup.status());
  v1::GetBackupResponse response;
  *response.mutable_backup() = *std::move(backup);
  done(std::move(response));
}

}  // namespace switchboard::api
