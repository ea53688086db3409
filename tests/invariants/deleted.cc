#include <openssl/sha.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// The validator of I8, of orders to delete.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Order = v1::DeletionOrder;
using Listed = v1::FindDeletionOrdersResponse::Line;

std::string Sha256(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

// An order as the log has it.
struct LoggedOrder {
  std::string vendor_id;
  int64_t count = 0;
  std::string digest;
  int64_t opened_at = 0;  // the entry
  Order::State state = Order::STATE_OPEN;
  std::string statement_digest{};
};

// A legal hold by which vendors keep theirs.
struct Keeping {
  std::string person_id;
  std::string account_id;  // whose former owners' work stays too
  int64_t placed_at = 0;   // the entry …
  int64_t ended_at = INT64_MAX;
  int64_t ended_us = INT64_MAX;
};

// Orders, and holds against them, as the log has them in the end.
class ByLog {
 public:
  ByLog(const Ledger& ledger, Violations& violations) : ledger_(ledger), violations_(violations) {
    ForEachEvent(ledger, [&](const Logged& logged) {
      if (logged.event.kind() == v1::AuditEvent::KIND_DELETION_ORDER) TakeOrder(logged);
      if (logged.event.kind() == v1::AuditEvent::KIND_LEGAL_HOLD) TakeHold(logged);
    });
  }

  const LoggedOrder* Find(const std::string& order_id) const {
    const auto found = orders_.find(order_id);
    return found == orders_.end() ? nullptr : &found->second;
  }
  const std::map<std::string, Keeping>& keeping() const { return keeping_; }

 private:
  void Say(const std::string& order_id, const char* what) {
    violations_.push_back(absl::StrCat("by the log, order ", order_id, " was ", what));
  }

  void TakeOrder(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    const std::string& id = event.subject_id();
    if (!event.deletion().refused().empty()) return;
    if (event.deletion().state() == Order::STATE_OPEN) {
      LoggedOrder order{event.vendor_id(), event.count(), event.digest(), logged.entry};
      if (!orders_.emplace(id, std::move(order)).second) Say(id, "opened twice");
      return;
    }
    const auto found = orders_.find(id);
    if (found == orders_.end()) return Say(id, "closed and never opened");
    LoggedOrder& order = found->second;
    if (order.state != Order::STATE_OPEN) Say(id, "closed twice");
    order.state = event.deletion().state();
    if (order.state == Order::STATE_WAIVED) return;
    order.statement_digest = event.digest();
    if (event.actor() != "vendor/" + order.vendor_id) Say(id, "confirmed by somebody else");
  }

  void TakeHold(const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (!ledger_.holds_vendors_keep.contains(event.subject_id())) return;
    Keeping& hold = keeping_[event.subject_id()];
    if (event.legal_hold().ended()) {
      hold.ended_at = logged.entry;
      hold.ended_us = TimeUtil::TimestampToMicroseconds(event.time());
    } else {
      hold = {event.person_id(), event.account_id(), logged.entry};
    }
  }

  const Ledger& ledger_;
  Violations& violations_;
  std::map<std::string, LoggedOrder> orders_;
  std::map<std::string, Keeping> keeping_;
};

class Orders {
 public:
  Orders(const Ledger& ledger, Violations& violations)
      : ledger_(ledger), violations_(violations), log_(ledger, violations), placements_(ledger) {}

  void Check() {
    for (const Listed& order : ledger_.deletion_orders) CheckOrder(order);
    CheckNothingIsMissing();
    CheckShownAgain();
    for (const auto& placement : ledger_.placements) CheckStandsInOne(placement);
  }

 private:
  static const std::string& IdOf(const Listed& order) { return order.deletion_order().order_id(); }
  void Say(const Listed& order, const std::string& what) {
    violations_.push_back(absl::StrCat("order ", IdOf(order), " ", what));
  }

  void CheckOrder(const Listed& order) {
    const LoggedOrder* logged = log_.Find(IdOf(order));
    if (logged == nullptr) return Say(order, "is not in the log");
    const Order& shown = order.deletion_order();
    if (order.vendor_id() != logged->vendor_id || shown.count() != logged->count ||
        shown.digest() != logged->digest || shown.state() != logged->state)
      Say(order, "is not what the log says");
    for (const std::string& id : order.assignment_ids()) CheckItem(order, *logged, id);
    const int64_t missing = shown.count() - order.assignment_ids_size();
    if (shown.state() != Order::STATE_WAIVED) missing_[order.vendor_id()] += missing;
    std::string lines;
    for (const std::string& id : order.assignment_ids()) absl::StrAppend(&lines, id, "\n");
    if (missing < 0 || (missing == 0 && Sha256(lines) != shown.digest()))
      Say(order, "holds other assignments than it says");
    if (shown.state() == Order::STATE_CONFIRMED || shown.state() == Order::STATE_CONFIRMED_LATE)
      CheckConfirmation(order, *logged);
  }

  void CheckItem(const Listed& order, const LoggedOrder& logged, const std::string& id) {
    // What a hold took back stands in another one later.
    const bool waived = order.deletion_order().state() == Order::STATE_WAIVED;
    if (waived) {
      waived_.insert(id);
    } else if (!stands_in_.emplace(id, IdOf(order)).second) {
      Say(order, "is the second one of " + id);
    }
    const auto* placement = placements_.Find(id);
    if (placement == nullptr) return Say(order, "names " + id + ", which never was");
    if (placement->vendor_id() != order.vendor_id()) Say(order, "names another vendor's " + id);
    if (!placement->has_withdraw_time() ||
        placement->withdraw_time() > order.deletion_order().open_time())
      Say(order, "was opened before " + id + " had ended");
    for (const auto& [hold_id, hold] : log_.keeping()) {
      const bool opened_meanwhile =
          hold.placed_at < logged.opened_at && logged.opened_at < hold.ended_at;
      const bool open_still =
          order.deletion_order().state() == Order::STATE_OPEN && hold.ended_at == INT64_MAX;
      if (placement->person_id() == hold.person_id && (opened_meanwhile || open_still))
        Say(order, absl::StrCat("names ", id, ", which its vendor keeps by ", hold_id));
    }
  }

  void CheckConfirmation(const Listed& order, const LoggedOrder& logged) {
    const v1::ConfirmDeletionRequest& word = order.confirmation();
    const auto words = ledger_.words_signed.find(order.vendor_id());
    if (words == ledger_.words_signed.end() ||
        !words->second.contains({word.statement(), word.signature()}))
      Say(order, "is confirmed by a word that its vendor never gave");
    const Order& shown = order.deletion_order();
    v1::DeletionStatement statement;
    if (!statement.ParseFromString(word.statement()) || statement.order_id() != shown.order_id() ||
        statement.vendor_id() != order.vendor_id() || statement.count() != shown.count() ||
        statement.digest() != shown.digest())
      Say(order, "is confirmed by a word about something else");
    if (Sha256(word.statement()) != logged.statement_digest)
      Say(order, "is confirmed by another word than the log says");
    const bool late = order.confirm_time() > shown.due_time();
    if (late != (shown.state() == Order::STATE_CONFIRMED_LATE)) Say(order, "was late, or was not");
    for (const std::string& id : order.assignment_ids())
      confirmed_us_[id] = TimeUtil::TimestampToMicroseconds(order.confirm_time());
  }

  // What an order does not name any more has been erased.
  void CheckNothingIsMissing() {
    std::map<std::string, int64_t> erased;  // by vendor
    for (const auto& [id, placement] : FindErasures(ledger_).assignments)
      ++erased[placement.vendor_id()];
    for (const auto& [vendor_id, count] : missing_) {
      if (count <= erased[vendor_id]) continue;
      violations_.push_back(absl::StrCat("orders of ", vendor_id, " miss ", count, ", and ",
                                         erased[vendor_id], " were erased"));
    }
  }

  void CheckShownAgain() {
    for (const auto& page : ledger_.disclosures) {
      const int64_t time_us = TimeUtil::TimestampToMicroseconds(page.time());
      for (const std::string& id : page.assignment_ids()) {
        const auto confirmed = confirmed_us_.find(id);
        if (confirmed == confirmed_us_.end() || time_us <= confirmed->second) continue;
        violations_.push_back(absl::StrCat("assignment ", id, " was shown to ", page.vendor_id(),
                                           " again, who had confirmed that it is deleted"));
      }
    }
    for (const Feed& feed : ledger_.feeds) {
      // A file that went back may have it again until it is told, and so may one whom nobody tells.
      if (feed.losses > 0 || feed.cut_off) continue;
      for (const auto& [id, row] : feed.workable) {
        if (!confirmed_us_.contains(id)) continue;
        violations_.push_back(absl::StrCat("vendor ", feed.vendor_id, " has assignment ", id,
                                           " and confirmed that it is deleted"));
      }
    }
  }

  void CheckStandsInOne(const v1::ListPlacementsResponse::Placement& placement) {
    if (ledger_.ordered_within_us == 0 || !placement.has_withdraw_time()) return;
    const int64_t due_us =
        TimeUtil::TimestampToMicroseconds(placement.withdraw_time()) + ledger_.ordered_within_us;
    const std::string& id = placement.assignment_id();
    if (due_us > ledger_.end_us || stands_in_.contains(id) || waived_.contains(id) ||
        IsKept(placement))
      return;
    violations_.push_back(absl::StrCat("assignment ", placement.assignment_id(), " left ",
                                       placement.vendor_id(), " and stands in no order to delete"));
  }

  // By a hold that is in force, or was until a moment ago.
  bool IsKept(const v1::ListPlacementsResponse::Placement& placement) const {
    const auto& holds = log_.keeping();
    return std::any_of(holds.begin(), holds.end(), [&](const auto& one) {
      const Keeping& hold = one.second;
      if (hold.ended_us != INT64_MAX && hold.ended_us + ledger_.ordered_within_us <= ledger_.end_us)
        return false;
      if (placement.person_id() == hold.person_id) return true;
      if (hold.account_id.empty()) return false;
      // Whoever had the account.
      return std::any_of(ledger_.placements.begin(), ledger_.placements.end(),
                         [&](const auto& other) {
                           return other.account_id() == hold.account_id &&
                                  other.person_id() == placement.person_id();
                         });
    });
  }

  const Ledger& ledger_;
  Violations& violations_;
  const ByLog log_;
  const PlacementIndex placements_;
  std::map<std::string, std::string> stands_in_;  // order, by assignment
  std::set<std::string> waived_;                  // assignments
  std::map<std::string, int64_t> missing_;        // by vendor
  std::map<std::string, int64_t> confirmed_us_;   // by assignment
};

}  // namespace

Violations Deleted(const Ledger& ledger) {
  Violations violations;
  Orders(ledger, violations).Check();
  return violations;
}

}  // namespace switchboard::invariants
