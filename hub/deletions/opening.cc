#include "hub/deletions/opening.h"

#include <algorithm>
#include <map>
#include <optional>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/legal_holds/held.h"

namespace switchboard::deletions {
namespace {

using assignments::EndedWork;
using google::protobuf::util::TimeUtil;

// Assignments that one look reads, and that one unit puts into orders.
constexpr int kPage = kItemsMax;

absl::Duration WithinOf(const contracts::CompiledContract& contract) {
  return absl::Microseconds(
      TimeUtil::DurationToMicroseconds(contract.contract.deletion().within()));
}

// Whether that of one cause may go into an order now, or is still gathered. `work`: what there is
// of it, oldest first, at least one.
bool IsGathered(Cause cause, const std::vector<EndedWork>& work, absl::Duration gather,
                absl::Time now) {
  if (cause != v1::DeletionOrder::CAUSE_ENDED || work.size() >= size_t{kItemsMax}) return true;
  return absl::FromUnixMicros(work.front().withdraw_time_us) + gather <= now;
}

std::map<Cause, std::vector<EndedWork>> ByCause(const std::vector<EndedWork>& work) {
  std::map<Cause, std::vector<EndedWork>> by_cause;
  for (const EndedWork& one : work) by_cause[CauseOf(one.reason)].push_back(one);
  return by_cause;
}

std::vector<std::string> IdsOf(const std::vector<EndedWork>& work) {
  std::vector<std::string> ids;
  for (const EndedWork& one : work) ids.push_back(one.assignment_id);
  return ids;
}

// The next page of ended work that is in no order, from behind the position, of one vendor; of none
// at the end.
absl::StatusOr<ToOrder> NextPage(storage::Connection& reader, Position& position) {
  if (position.after.assignment_id.empty()) {
    ASSIGN_OR_RETURN(auto next, assignments::NextVendorWithEndedWork(reader, position.vendor_id));
    position.vendor_id = next.value_or("");
    if (!next.has_value()) return ToOrder();
  }
  ToOrder page{position.vendor_id, {}};
  ASSIGN_OR_RETURN(page.work,
                   assignments::EndedWorkOf(reader, position.vendor_id, position.after, kPage));
  position.after = page.work.size() < size_t{kPage} ? EndedWork() : page.work.back();
  return page;
}

absl::Status OpenOne(storage::Transaction& transaction, contracts::Contracts& contracts,
                     IdMint& ids, const std::string& vendor_id, Cause cause,
                     const std::vector<EndedWork>& work) {
  Order order;
  order.order_id = ids.Next();
  order.vendor_id = vendor_id;
  order.cause = cause;
  order.open_time_us = transaction.now_us();
  ASSIGN_OR_RETURN(const auto put,
                   assignments::PutIntoOrder(transaction, IdsOf(work), order.order_id));
  if (put.empty()) return absl::OkStatus();
  int64_t first_us = INT64_MAX;
  for (const EndedWork& one : work) {
    if (std::binary_search(put.begin(), put.end(), one.assignment_id))
      first_us = std::min(first_us, one.withdraw_time_us);
  }
  storage::Connection& connection = transaction.connection();
  const absl::Time first = absl::FromUnixMicros(first_us);
  auto contract = contracts.FindThen(connection, vendor_id, first);
  if (!contract.ok() && !contracts::IsUnusableText(contract.status())) return contract.status();
  // It ended because there was none any more; or what was agreed then cannot be read.
  if (!contract.ok() || *contract == nullptr) {
    contract = contracts.Newest(connection, vendor_id);
    RETURN_IF_ERROR(contract.status());
  }
  const absl::Duration within = WithinOf(**contract);
  absl::Time due = first + within;
  // The vendor learns of it only now.
  if (due <= transaction.now()) due = transaction.now() + within;
  order.due_time_us = absl::ToUnixMicros(due);
  order.count = static_cast<int64_t>(put.size());
  order.digest = DigestOf(put);
  RETURN_IF_ERROR(InsertOrder(transaction, order, put));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_DELETION_ORDER, "hub");
  event.set_vendor_id(vendor_id);
  event.set_subject_id(order.order_id);
  event.set_count(order.count);
  event.set_digest(order.digest);
  event.mutable_deletion()->set_state(order.state);
  event.mutable_deletion()->set_cause(cause);
  event.mutable_deletion()->set_due_us(order.due_time_us);
  audit::Record(transaction, std::move(event));
  return absl::OkStatus();
}

}  // namespace

Cause CauseOf(v1::WithdrawReason reason) {
  switch (reason) {
    case v1::WITHDRAW_REASON_RECALLED:
      return v1::DeletionOrder::CAUSE_RECALL;
    case v1::WITHDRAW_REASON_NOT_ALLOWED:
      return v1::DeletionOrder::CAUSE_CONTRACT;
    default:
      return v1::DeletionOrder::CAUSE_ENDED;
  }
}

absl::StatusOr<std::vector<ToOrder>> LookForEndedWork(storage::Connection& reader,
                                                      contracts::Contracts& contracts,
                                                      absl::Duration gather_most, absl::Time now,
                                                      Position& position) {
  std::vector<ToOrder> found;
  std::optional<legal_holds::Held> held;
  int rows_left = kPage;
  while (rows_left > 0) {
    ASSIGN_OR_RETURN(ToOrder page, NextPage(reader, position));
    if (page.vendor_id.empty()) break;
    // A vendor without anything due costs something as well.
    rows_left -= std::max(1, static_cast<int>(page.work.size()));
    if (!held.has_value()) {
      ASSIGN_OR_RETURN(held, legal_holds::Held::Read(reader));
    }
    std::erase_if(page.work,
                  [&](const EndedWork& one) { return held->VendorsKeep(one.person_id); });
    const auto contract = contracts.Newest(reader, page.vendor_id);
    // Its work stays in no order, and is found again by each look that begins anew.
    if (contracts::IsUnusableText(contract.status())) continue;
    RETURN_IF_ERROR(contract.status());
    const absl::Duration gather = std::min(WithinOf(**contract) / 10, gather_most);
    ToOrder now_due{page.vendor_id, {}};
    for (auto& [cause, work] : ByCause(page.work)) {
      if (!IsGathered(cause, work, gather, now)) continue;
      now_due.work.insert(now_due.work.end(), work.begin(), work.end());
    }
    if (!now_due.work.empty()) found.push_back(std::move(now_due));
  }
  return found;
}

absl::Status OrderDeletion(storage::Transaction& transaction, contracts::Contracts& contracts,
                           IdMint& ids, const ToOrder& to_order) {
  const storage::Key orders = book::DeletionsKey(to_order.vendor_id);
  RETURN_IF_ERROR(transaction.Hold({&orders, 1}));
  // From here on nobody places a hold that lets vendors keep theirs.
  ASSIGN_OR_RETURN(const auto held, legal_holds::Held::MayErase(transaction));
  std::vector<EndedWork> work = to_order.work;
  std::erase_if(work, [&](const EndedWork& one) { return held.VendorsKeep(one.person_id); });
  if (work.empty()) return absl::OkStatus();
  const auto contract = contracts.Newest(transaction.connection(), to_order.vendor_id);
  // Head office gets no order, ever, and only the text tells whether it is head office.
  if (contracts::IsUnusableText(contract.status())) return absl::OkStatus();
  RETURN_IF_ERROR(contract.status());
  if ((*contract)->contract.head_office()) {
    return assignments::PutIntoOrder(transaction, IdsOf(work), assignments::kNoOrder).status();
  }
  for (const auto& [cause, of_cause] : ByCause(work)) {
    RETURN_IF_ERROR(OpenOne(transaction, contracts, ids, to_order.vendor_id, cause, of_cause));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::deletions
