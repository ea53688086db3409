#include "hub/base/topic.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace switchboard {
namespace {

constexpr std::string_view kFeedPrefix = "feed/";
constexpr std::string_view kWithdrawalsPrefix = "withdrawals/";
constexpr std::string_view kSessionPrefix = "session/";
constexpr std::string_view kPermitVoidPrefix = "permit_void/";
constexpr std::string_view kContractPrefix = "contract/";
constexpr std::string_view kCoreFeedText = "core_feed";
constexpr std::string_view kKeysText = "keys";

}  // namespace

std::string Topic::Text() const {
  switch (kind) {
    case Kind::kFeed:
      return std::string(kFeedPrefix) + vendor_id;
    case Kind::kWithdrawals:
      return std::string(kWithdrawalsPrefix) + vendor_id;
    case Kind::kSession:
      return std::string(kSessionPrefix) + vendor_id + "/" + std::to_string(session);
    case Kind::kPermitVoid:
      return std::string(kPermitVoidPrefix) + vendor_id + "/" + permit_id;
    case Kind::kContract:
      return std::string(kContractPrefix) + vendor_id;
    case Kind::kKeys:
      return std::string(kKeysText);
    case Kind::kCoreFeed:
      break;
  }
  return std::string(kCoreFeedText);
}

std::optional<Topic> Topic::Parse(std::string_view text) {
  if (text == kCoreFeedText) return CoreFeed();
  if (text == kKeysText) return Keys();
  if (text.starts_with(kFeedPrefix)) return Feed(text.substr(kFeedPrefix.size()));
  if (text.starts_with(kContractPrefix)) return Contract(text.substr(kContractPrefix.size()));
  if (text.starts_with(kWithdrawalsPrefix))
    return Withdrawals(text.substr(kWithdrawalsPrefix.size()));
  if (text.starts_with(kPermitVoidPrefix)) {
    const std::string_view rest = text.substr(kPermitVoidPrefix.size());
    const size_t slash = rest.find('/');
    if (slash == rest.npos) return std::nullopt;
    return PermitVoid(rest.substr(0, slash), rest.substr(slash + 1));
  }
  if (!text.starts_with(kSessionPrefix)) return std::nullopt;
  const std::string_view rest = text.substr(kSessionPrefix.size());
  const size_t slash = rest.rfind('/');
  int64_t session = 0;
  if (slash == rest.npos ||
      !absl::SimpleAtoi(absl::string_view(rest.data() + slash + 1, rest.size() - slash - 1),
                        &session)) {
    return std::nullopt;
  }
  return Session(rest.substr(0, slash), session);
}

}  // namespace switchboard
