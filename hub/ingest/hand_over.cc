#include "hub/ingest/hand_over.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/hand_overs.h"
#include "hub/assignments/own_data.h"
#include "hub/assignments/recalls.h"
#include "hub/audit/audit_log.h"
#include "hub/base/actor.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/core_feed/core_feed.h"
#include "hub/core_feed/sealed_tables.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::ingest {
namespace {

using assignments::Assignment;

constexpr size_t kVendorBytesMax = 32;
constexpr size_t kNoteBytesMax = 2000;
// Two parties that hand work to each other all day fill the database.
constexpr int kOfAccountDayMax = 10;

absl::Status NotAllowed() {
  return Error(absl::StatusCode::kFailedPrecondition, "HAND_OVER_NOT_ALLOWED",
               "to_vendor_id: your contract does not let you hand work to it");
}

absl::Status CannotTake() {
  return Error(absl::StatusCode::kFailedPrecondition, "CANNOT_TAKE",
               "to_vendor_id: has no contract for the work or the language, no room, or is "
               "stopped; or it had the work before, and its term there is over, or it was recalled "
               "from there; or a stop lies on the account");
}

absl::Status RecallPending() {
  return Error(absl::StatusCode::kFailedPrecondition, "RECALL_PENDING",
               "assignment_id: its recall is announced; object to that (ObjectToRecall) or let it "
               "become final, or hand the work to head office");
}

absl::Status TooOften() {
  return Error(absl::StatusCode::kFailedPrecondition, "HANDED_OVER_TOO_OFTEN",
               "assignment_id: its account went from hand to hand ten times within 24 hours; keep "
               "it, or wait");
}

// Whether the account has gone from hand to hand as often as it may.
absl::StatusOr<bool> WentRound(storage::Transaction& transaction, const Assignment& work) {
  const int64_t since_us = transaction.now_us() - absl::ToInt64Microseconds(absl::Hours(24));
  ASSIGN_OR_RETURN(const auto all,
                   assignments::AssignmentsOfPerson(transaction.connection(), work.person_id));
  return absl::c_count_if(all, [&](const Assignment& one) {
           return one.account_id == work.account_id && one.work_type == work.work_type &&
                  !one.former_assignment_id.empty() && one.place_time_us > since_us;
         }) >= kOfAccountDayMax;
}

}  // namespace

// Whom work is to go to, and why.
struct HandOvers::Wish {
  std::string actor;
  std::string to_vendor_id;
  v1::HandOverReason reason;
  HandOverNote note;
};

std::optional<FieldProblem> AdmitHandOver(v1::HandOverRequest& request) {
  FieldCheck check;
  check.Id(request.assignment_id(), "assignment_id");
  check.Label(request.to_vendor_id(), 1, kVendorBytesMax, "to_vendor_id");
  check.Enum(v1::HandOverReason_IsValid(request.reason()), request.reason(), "reason");
  check.Require(request.reason() != v1::HAND_OVER_REASON_PLAN_BROKEN, "reason",
                "must not be PLAN_BROKEN, which is the hub's alone");
  check.Paragraphs(request.mutable_note(), 0, kNoteBytesMax, "note");
  return check.problem();
}

absl::StatusOr<HandOverNote> HandOvers::CleanNote(storage::Connection& connection,
                                                  std::string_view vendor_id,
                                                  const v1::HandOverRequest& request) const {
  std::vector<Assignment> work;
  ASSIGN_OR_RETURN(auto found, assignments::FindAssignment(connection, request.assignment_id()));
  if (found.has_value() && found->vendor_id == vendor_id) work.push_back(*std::move(found));
  ASSIGN_OR_RETURN(const auto own, assignments::ReadOwnData(connection, book_, work));
  return HandOverNote{
      cleaner_.Clean(request.note(), own.empty() ? nullptr : &own.begin()->second, ""),
      sealer_.Digest(request.note())};
}

absl::Status HandOvers::HandOver(storage::Transaction& transaction, std::string_view vendor_id,
                                 const v1::HandOverRequest& request,
                                 const HandOverNote& note) const {
  // What is refused anyway keeps nobody waiting.
  ASSIGN_OR_RETURN(auto work, Look(transaction, vendor_id, request, note));
  if (!work.has_value()) return absl::OkStatus();
  const storage::Key keys[] = {book::PlacementKey(), book::PersonKey(work->person_id)};
  RETURN_IF_ERROR(transaction.Hold(keys));
  ASSIGN_OR_RETURN(work, Look(transaction, vendor_id, request, note));
  if (!work.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool went_round, WentRound(transaction, *work));
  if (went_round) return TooOften();
  const Wish wish{ActorOfVendor(vendor_id), request.to_vendor_id(), request.reason(), note};
  ASSIGN_OR_RETURN(const bool moved, Move(transaction, *work, wish));
  return moved ? absl::OkStatus() : CannotTake();
}

// The work to be handed over; nothing if this very request has done so.
absl::StatusOr<std::optional<Assignment>> HandOvers::Look(storage::Transaction& transaction,
                                                          std::string_view vendor_id,
                                                          const v1::HandOverRequest& request,
                                                          const HandOverNote& note) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto contract,
                   placer_parts_.contracts.InForce(connection, vendor_id, transaction.now()));
  ASSIGN_OR_RETURN(const auto found,
                   assignments::FindAssignment(connection, request.assignment_id()));
  if (!found.has_value() || found->vendor_id != vendor_id) return assignments::AssignmentUnknown();
  if (!found->live) {
    ASSIGN_OR_RETURN(const bool repeats, Repeats(connection, request, note));
    if (!repeats) return assignments::AssignmentUnknown();
    return std::nullopt;
  }
  const auto& receivers = contract->contract.hand_over_to();
  if (std::find(receivers.begin(), receivers.end(), request.to_vendor_id()) == receivers.end())
    return NotAllowed();
  if (!found->recall_pending()) return found;
  ASSIGN_OR_RETURN(const bool to_head_office, IsHeadOffice(transaction, request.to_vendor_id()));
  if (!to_head_office) return RecallPending();
  return found;
}

absl::StatusOr<bool> HandOvers::IsHeadOffice(storage::Transaction& transaction,
                                             const std::string& vendor_id) const {
  ASSIGN_OR_RETURN(
      const auto contract,
      placer_parts_.contracts.FindAt(transaction.connection(), vendor_id, transaction.now()));
  return contract != nullptr && contract->contract.head_office();
}

absl::StatusOr<bool> HandOvers::Repeats(storage::Connection& connection,
                                        const v1::HandOverRequest& request,
                                        const HandOverNote& note) const {
  ASSIGN_OR_RETURN(const auto before,
                   assignments::FindHandOverOf(connection, sealer_, request.assignment_id()));
  return before.has_value() && before->to_vendor_id == request.to_vendor_id() &&
         before->reason == request.reason() && before->note_digest == note.digest;
}

absl::StatusOr<bool> HandOvers::HandOverBrokenPlan(storage::Transaction& transaction,
                                                   const std::string& account_id, int64_t break_us,
                                                   const std::string& to_vendor_id) const {
  ASSIGN_OR_RETURN(const auto known, book_.HoldOwner(transaction, account_id));
  if (!known.has_value()) return false;
  const storage::Key placement = book::PlacementKey();
  RETURN_IF_ERROR(transaction.Hold({&placement, 1}));
  ASSIGN_OR_RETURN(const auto all,
                   assignments::AssignmentsOfPerson(transaction.connection(), known->person_id));
  ASSIGN_OR_RETURN(const bool to_head_office, IsHeadOffice(transaction, to_vendor_id));
  const Wish wish{"hub", to_vendor_id, v1::HAND_OVER_REASON_PLAN_BROKEN, {}};
  bool any = false;
  for (const Assignment& one : all) {
    if (!one.live || one.account_id != account_id || one.vendor_id == to_vendor_id ||
        !IsCollections(one.work_type) || one.place_time_us >= break_us) {
      continue;
    }
    if (one.recall_pending() && !to_head_office) continue;
    ASSIGN_OR_RETURN(const bool moved, Move(transaction, one, wish));
    any = any || moved;
  }
  return any;
}

// False: the receiver may not have it, and nothing changed. REQUIRES: it is live; its person and
// `placement` are held.
absl::StatusOr<bool> HandOvers::Move(storage::Transaction& transaction, const Assignment& former,
                                     const Wish& wish) const {
  storage::Connection& connection = transaction.connection();
  const auto person = book_.ReadPerson(connection, former.person_id);
  if (absl::IsNotFound(person.status())) return false;
  RETURN_IF_ERROR(person.status());
  assignments::Changes changes(transaction, sealer_, ids_, wish.actor);
  Placer placer(transaction, changes, placer_parts_, wish.actor);
  ASSIGN_OR_RETURN(const bool may, placer.MayTake(wish.to_vendor_id, former, *person));
  if (!may) return false;
  ASSIGN_OR_RETURN(v1::PlacementReason why,
                   assignments::ReadWhy(connection, sealer_, former.assignment_id));
  // Of plan and segment as before.
  why.set_rule(v1::PlacementReason::RULE_HANDED_OVER);
  why.clear_position();
  why.clear_slot();
  permits::Withdrawn withdrawn;
  RETURN_IF_ERROR(permits::Withdraw(transaction, changes, wish.actor, former,
                                    v1::WITHDRAW_REASON_HANDED_OVER, &withdrawn));
  ASSIGN_OR_RETURN(const Assignment placed,
                   placer.PlaceWith(wish.to_vendor_id, former, why, *person));
  assignments::HandOver made{
      placed.assignment_id, former.assignment_id, former.vendor_id,       placed.vendor_id,
      wish.reason,          transaction.now_us(), wish.note.clean.text(), {},
      wish.note.digest};
  wish.note.clean.MarksTo(&made.note_marks);
  RETURN_IF_ERROR(assignments::WriteHandOver(transaction, sealer_, made));
  Tell(transaction, former, placed, wish);
  return true;
}

// The core and the audit log.
void HandOvers::Tell(storage::Transaction& transaction, const Assignment& former,
                     const Assignment& placed, const Wish& wish) const {
  v1::HandOver facts;
  facts.set_account_id(former.account_id);
  facts.set_work_type(former.work_type);
  facts.set_from_vendor_id(former.vendor_id);
  facts.set_to_vendor_id(placed.vendor_id);
  facts.set_former_assignment_id(former.assignment_id);
  facts.set_assignment_id(placed.assignment_id);
  facts.set_reason(wish.reason);
  *facts.mutable_hand_over_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(transaction.now_us());
  const redaction::CleanText& note = wish.note.clean;
  note.MarksTo(facts.mutable_note_marks());
  v1::HandOver sealed;
  sealed.set_note(note.text());
  std::string place = absl::StrCat("hand_over_item|", placed.assignment_id);
  constexpr auto kKind = core_feed::ItemKind::kHandOver;
  std::string box =
      sealer_.Seal(transaction, core_feed::PlaceOfItem(kKind, place), sealed.SerializeAsString());
  std::string hidden;
  if (note.has_marks()) {
    hidden = sealer_.Seal(transaction, core_feed::PlaceOfHidden(kKind, place),
                          note.hidden().SerializeAsString());
  }
  core_feed::CoreFeedBook::Append(
      transaction, {kKind, std::move(place), facts.SerializeAsString(), std::move(box),
                    placed.assignment_id, std::move(hidden)});
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_HANDED_OVER, wish.actor);
  event.set_vendor_id(former.vendor_id);
  event.set_account_id(former.account_id);
  event.set_assignment_id(former.assignment_id);
  event.set_subject_id(placed.assignment_id);
  event.mutable_hand_over()->set_to_vendor_id(placed.vendor_id);
  event.mutable_hand_over()->set_reason(wish.reason);
  audit::Record(transaction, std::move(event));
}

}  // namespace switchboard::ingest
