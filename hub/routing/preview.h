#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "hub/routing/router.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::routing {

// What-if: who would get what if these accounts were placed one after another into an empty book.
// Limits count only what the preview itself places; nobody had any account before.
//
// Holds a counter per segment and stratum, per segment and vendor, and per line; nothing per
// account. To show the effect of stickiness, add the accounts of one person one after another: only
// the last person is remembered. Not thread-safe.
class Preview {
 public:
  // `router` must outlive the preview.
  explicit Preview(const Router& router);

  void Add(const AccountFacts& account);

  // By segment and vendor in plan order; in each segment those not placed come last, by reason;
  // accounts that match no segment come at the very end. A line per currency; amount_due is absent
  // for accounts without one. A sum that leaves int64 stays at its end.
  v1::PreviewRoutingResponse Response() const;

 private:
  // Segment index, share index, reason, currency. The last index plus one stands for "none".
  using LineKey = std::tuple<int, int, v1::NotPlacedReason, std::string>;
  struct Total {
    int64_t accounts = 0;
    int64_t amount_due_minor_units = 0;
  };

  Decision Place(const AccountFacts& account, const Router::Match& match);
  void Count(int segment, const Decision& decision, const AccountFacts& account);

  const Router& router_;
  std::map<std::pair<int, std::string>, int64_t> positions_;        // by segment and stratum
  std::map<std::pair<int, std::string>, int64_t> live_in_segment_;  // by segment and vendor
  std::map<std::string, int64_t, std::less<>> live_;                // by vendor
  std::string last_person_;
  std::map<v1::WorkType, std::string> vendors_of_last_person_;
  std::map<LineKey, Total> lines_;
  int64_t accounts_ = 0;
};

}  // namespace switchboard::routing
