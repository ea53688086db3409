#include "hub/permits/promise_hold.h"

#include <algorithm>

#include "hub/base/error.h"
#include "hub/promises/shown_anew.h"

namespace switchboard::permits {

bool WaitsForPromise(v1::Act act) {
  return act == v1::ACT_REMIND || act == v1::ACT_NEGOTIATE || act == v1::ACT_TAKE_PROMISE;
}

FreeSpell FirstFreeSpell(const promises::LivePromise& live, v1::Act act, absl::Time from) {
  if (!WaitsForPromise(act)) return {from, absl::InfiniteFuture()};
  const bool remindable = act == v1::ACT_REMIND && live.remind_from < live.remind_until;
  if (remindable && from < live.remind_until)
    return {std::max(from, live.remind_from), live.remind_until};
  return {std::max(from, live.end_time), absl::InfiniteFuture()};
}

bool LeavesFree(const promises::LivePromise& live, const PermitRow& permit, absl::Time now) {
  const absl::Time begin = std::max(absl::FromUnixMicros(permit.begin_time_us), now);
  const FreeSpell spell = FirstFreeSpell(live, permit.act, begin);
  return spell.from <= begin && absl::FromUnixMicros(permit.expire_time_us) <= spell.to;
}

absl::StatusOr<int64_t> VoidForPromise(storage::Transaction& transaction, std::string_view actor,
                                       std::string_view person_id, std::string_view account_id) {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto live, promises::FindLive(connection, account_id));
  if (!live.has_value()) return 0;
  ASSIGN_OR_RETURN(const auto open, OpenPermitsOfPerson(connection, person_id));
  int64_t voided = 0;
  for (const PermitRow& permit : open) {
    if (permit.account_id != account_id || LeavesFree(*live, permit, transaction.now())) continue;
    RETURN_IF_ERROR(
        VoidPermit(transaction, actor, permit, v1::AuditEvent::PermitVoided::CAUSE_PROMISE));
    ++voided;
  }
  return voided;
}

absl::Status FollowPromises(storage::Transaction& transaction, std::string_view actor,
                            const book::Book& book, const std::set<std::string>& account_ids) {
  RETURN_IF_ERROR(promises::ShowAnew(transaction, book, account_ids));
  for (const std::string& account_id : account_ids) {
    ASSIGN_OR_RETURN(const auto owner, book.HoldOwner(transaction, account_id));
    if (!owner.has_value()) continue;
    RETURN_IF_ERROR(VoidForPromise(transaction, actor, owner->person_id, account_id).status());
  }
  return absl::OkStatus();
}

}  // namespace switchboard::permits
