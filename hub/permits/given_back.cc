#include <algorithm>

#include "absl/algorithm/container.h"
#include "hub/assignments/assignments.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/permits.h"
#include "hub/permits/promise_hold.h"
#include "hub/promises/promise_book.h"
#include "hub/rules/permit_decision.h"

// Uses of permits that corrections give back.

namespace switchboard::permits {

using Voided = v1::AuditEvent::PermitVoided;

absl::StatusOr<std::optional<PermitRow>> Permits::GiveUseBack(storage::Transaction& transaction,
                                                              std::string_view permit_id,
                                                              std::string_view outcome_id) const {
  ASSIGN_OR_RETURN(auto permit, ReturnUse(transaction, permit_id, outcome_id));
  if (!permit.has_value() || permit->state != PermitState::kOpen) return permit;
  ASSIGN_OR_RETURN(auto barred, FindBar(transaction, *permit, Promises::kNotHeard));
  if (!barred.has_value()) {
    // The next one was given because this one was used: nobody has two.
    ASSIGN_OR_RETURN(const auto open,
                     OpenPermitsOfPerson(transaction.connection(), permit->person_id));
    const bool has_another = absl::c_any_of(open, [&](const PermitRow& other) {
      return other.permit_id != permit->permit_id && other.expire_time_us > transaction.now_us();
    });
    if (has_another) barred = Bar{Voided::CAUSE_RULE, transaction.now()};
  }
  if (!barred.has_value()) return permit;
  RETURN_IF_ERROR(VoidPermitSince(transaction, "hub", *permit, barred->cause, barred->since));
  return FindAnyPermit(transaction.connection(), permit_id);
}

absl::Status Permits::VoidIfBarred(storage::Transaction& transaction,
                                   std::string_view permit_id) const {
  ASSIGN_OR_RETURN(const auto permit, FindAnyPermit(transaction.connection(), permit_id));
  const bool open = permit.has_value() && permit->state == PermitState::kOpen &&
                    permit->expire_time_us > transaction.now_us();
  if (!open) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto barred, FindBar(transaction, *permit, Promises::kHeard));
  if (!barred.has_value()) {
    // It may begin in the days on which the promise is reminded of, and last beyond them.
    ASSIGN_OR_RETURN(const auto live,
                     promises::FindLive(transaction.connection(), permit->account_id));
    if (live.has_value() && !LeavesFree(*live, *permit, transaction.now()))
      barred = Bar{Voided::CAUSE_PROMISE, transaction.now()};
  }
  if (!barred.has_value()) return absl::OkStatus();
  return VoidPermitSince(transaction, "hub", *permit, barred->cause, barred->since);
}

// What came while it was used voided open permits only, and what began behind that was not allowed.
absl::StatusOr<std::optional<Permits::Bar>> Permits::FindBar(storage::Transaction& transaction,
                                                             const PermitRow& permit,
                                                             Promises promises) const {
  const storage::Key keys[] = {book::VendorKey(permit.vendor_id, book::Sharing::kShared),
                               book::WorkTypeKey(permit.work_type, book::Sharing::kShared)};
  RETURN_IF_ERROR(transaction.Hold(keys));
  storage::Connection& connection = transaction.connection();
  const absl::Time now = transaction.now();
  const v1::RequestPermitRequest request = RequestOf(permit);
  Judgement judgement{permit.vendor_id, request, now};
  ASSIGN_OR_RETURN(judgement.contract, contracts_.FindAt(connection, permit.vendor_id, now));
  ASSIGN_OR_RETURN(auto assignment, assignments::FindAssignment(connection, permit.assignment_id));
  if (!assignment.has_value()) return Bar{Voided::CAUSE_WITHDRAWN, now};
  judgement.assignment = *std::move(assignment);
  if (!judgement.assignment.live) {
    const absl::Time end = absl::FromUnixMicros(judgement.assignment.withdraw_time_us);
    return Bar{Voided::CAUSE_WITHDRAWN, std::min(now, end)};
  }
  if (judgement.contract == nullptr) return Bar{Voided::CAUSE_WITHDRAWN, now};
  RETURN_IF_ERROR(Aim(transaction, judgement));
  RETURN_IF_ERROR(judge_.Look(connection, judgement));
  // Rules have it judged with whatever else is open (ReviewAfter), a plan by its hours.
  judgement.facts.decision = rules::Decision();
  if (judgement.target.number_digest != permit.number_digest)
    judgement.facts.contact_point_usable = false;
  if (promises == Promises::kNotHeard) judgement.facts.promise_until = absl::InfinitePast();
  if (rules::ReasonsAgainst(judgement.facts, now).empty()) return std::nullopt;
  Bar bar{judgement.facts.promise_until > now ? Voided::CAUSE_PROMISE : Voided::CAUSE_PERSON, now};
  for (const stops::Stop& stop : judgement.stops) {
    if (stop.place_time_us < permit.give_time_us) continue;
    bar = {Voided::CAUSE_STOP, std::min(bar.since, absl::FromUnixMicros(stop.place_time_us))};
  }
  return bar;
}

}  // namespace switchboard::permits
