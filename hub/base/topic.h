#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard {

// What a commit announces to whoever waits for it, at this hub and, as text, at the others. A hint:
// it may be lost.
struct Topic {
  enum class Kind {
    kFeed,         // the feed of `vendor_id` advanced or began anew
    kWithdrawals,  // work of `vendor_id` was withdrawn
    kSession,      // a stream of `vendor_id` opened under `session`
    kCoreFeed,     // the core feed advanced
    kPermitVoid,   // the permit `permit_id` of `vendor_id` became void
    kKeys,         // a rotation of keys came a step further
    kContract,     // the contract of `vendor_id` changed, began or ended
  };

  Kind kind = Kind::kCoreFeed;
  std::string vendor_id;
  int64_t session = 0;
  std::string permit_id{};

  static Topic Feed(std::string_view vendor_id) { return {Kind::kFeed, std::string(vendor_id), 0}; }
  static Topic Withdrawals(std::string_view vendor_id) {
    return {Kind::kWithdrawals, std::string(vendor_id), 0};
  }
  static Topic Session(std::string_view vendor_id, int64_t session) {
    return {Kind::kSession, std::string(vendor_id), session};
  }
  static Topic Contract(std::string_view vendor_id) {
    return {Kind::kContract, std::string(vendor_id), 0};
  }
  static Topic CoreFeed() { return {}; }
  static Topic Keys() { return {Kind::kKeys, "", 0}; }
  static Topic PermitVoid(std::string_view vendor_id, std::string_view permit_id) {
    return {Kind::kPermitVoid, std::string(vendor_id), 0, std::string(permit_id)};
  }

  // "feed/sakura", "withdrawals/sakura", "session/sakura/7", "core_feed",
  // "permit_void/sakura/<id>", "keys", "contract/sakura".
  std::string Text() const;
  // The topic of such a text; nothing if it is none, such as one of a newer hub.
  static std::optional<Topic> Parse(std::string_view text);

  bool operator==(const Topic&) const = default;
};

}  // namespace switchboard
