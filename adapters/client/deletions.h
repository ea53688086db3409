#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/client/deletion_answer.h"
#include "adapters/client/mirror.h"
#include "adapters/client/vendor_file.h"
#include "clients/transport/backoff.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::adapters {

// Carries out the hub's orders to delete: asks for them, deletes what the mirror still has of them,
// and says what is to be confirmed. No gRPC, clock, key or thread: whoever drives it sends what
// Next gives, a statement signed, and passes on what became of it. Not thread-safe.
//
// An order is carried out by what it says, not by what the feed said before: where a contract has
// ended, no feed tells of it. What is deleted is durable before it is confirmed; when, the vendor's
// file says (table deleted), so that a crash in between changes nothing of the statement.
class Deletions {
 public:
  using Order = v1::ListDeletionOrdersResponse::Order;
  using Step = std::variant<v1::ListDeletionOrdersRequest, v1::DeletionStatement>;

  // Asked for at least this often; this long after a withdrawal, since work that ends together is
  // ordered together.
  static constexpr absl::Duration kAsk = absl::Hours(1);
  static constexpr absl::Duration kAskSoon = absl::Minutes(1);
  // Between attempts, while an order is left.
  static constexpr transport::BackoffOptions kAgain = {kAskSoon, kAsk, 2.0};
  // How long the file says when a row was deleted: longer than any order is open.
  static constexpr absl::Duration kKept = absl::Hours(24 * 400);

  struct Callbacks {
    // A row that the mirror still had; may be empty.
    std::function<void(const v1::SyncResponse::Change&)> on_change;
    // Empty: the vendor's file is all there is.
    std::function<DeletionAnswer(const Order&)> on_order;
  };

  // All must outlive this; `random` gives 64 random bits.
  Deletions(VendorFile& file, Mirror& mirror, std::function<uint64_t()> random,
            Callbacks callbacks);

  // What to send now, if it is time and nothing is under way. Deletes. Errors: those of the
  // connection; INTERNAL, DELETION_ORDER_BROKEN: an order contradicts itself; FAILED_PRECONDITION,
  // DELETION_NOT_ANSWERED: its sub-contractors' copies are known to nobody here. The order is left
  // for later; call again for the others.
  absl::StatusOr<std::optional<Step>> Next(absl::Time now);

  // What the hub answered, or why nothing was sent. Errors: why an order is left for later.
  absl::Status OnOrders(absl::Time now,
                        const absl::StatusOr<v1::ListDeletionOrdersResponse>& answer);
  absl::Status OnConfirmed(absl::Time now, const absl::Status& status);

  // Orders may have come: at once, as when a copy has caught up first; soon, as after a withdrawal.
  void AskNow() { wait_ = absl::ZeroDuration(); }
  void AskSoon(absl::Time now);

 private:
  absl::StatusOr<std::optional<v1::DeletionStatement>> CarryOut(absl::Time now, const Order& order);
  absl::Status DeleteRows(const Order& order);
  absl::StatusOr<absl::Time> DeletedAt(absl::Time now, const Order& order);
  absl::Status EndRound(absl::Time now);
  void Wait(absl::Time now, absl::Duration wait);

  VendorFile& file_;
  Mirror& mirror_;
  const std::function<uint64_t()> random_;
  const Callbacks callbacks_;

  bool under_way_ = false;
  // Of the round of questions that is on.
  bool asking_ = false;
  std::string after_;         // the order listed last
  std::deque<Order> orders_;  // listed, not looked at
  std::string confirming_;    // the order whose statement is under way
  bool left_ = false;         // an order is left for later
  bool soon_ = false;

  // By order: since when the adapter has said that everything is gone. Kept until the hub knows, so
  // that a statement that is sent again is the same.
  std::map<std::string, absl::Time> gone_;

  absl::Time waited_from_ = absl::InfinitePast();
  absl::Duration wait_ = kAskSoon;  // runs from waited_from_
  transport::Backoff again_{kAgain};
};

}  // namespace switchboard::adapters
