#include "hub/outcomes/spoken_stops.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"
#include "hub/permits/number_stops.h"

namespace switchboard::outcomes {
namespace {

// "STOP_REASON_WRONG_NUMBER" → "wrong-number".
std::string Plain(const std::string& name, std::string_view prefix) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name.substr(prefix.size())), {{"_", "-"}});
}

std::string FirstId(std::string_view vendor_id, const v1::Outcome& outcome,
                    const SpokenStop& stop) {
  std::string id = "outcome:" + std::string(vendor_id) + ":" + outcome.outcome_id() + "/" +
                   Plain(v1::StopReason_Name(stop.reason), "STOP_REASON_");
  if (stop.channel != v1::CHANNEL_UNSPECIFIED)
    id += "-" + Plain(v1::Channel_Name(stop.channel), "CHANNEL_");
  return id;
}

// No id holds these.
const std::string kAsked = "?";
const std::string kNamed = "@";

v1::StopReason ReasonOf(v1::Disposition disposition, bool only_informs) {
  switch (disposition) {
    case v1::DISPOSITION_ATTORNEY:
      return v1::STOP_REASON_ATTORNEY;
    case v1::DISPOSITION_DECEASED:
      return v1::STOP_REASON_DEATH;
    case v1::DISPOSITION_BANKRUPTCY:
      return v1::STOP_REASON_BANKRUPTCY;
    case v1::DISPOSITION_WRONG_NUMBER:
      return v1::STOP_REASON_WRONG_NUMBER;
    case v1::DISPOSITION_DISCONNECTED:
      return v1::STOP_REASON_DISCONNECTED;
    case v1::DISPOSITION_REFUSED_TO_PAY:
      return only_informs ? v1::STOP_REASON_RETURNED : v1::STOP_REASON_UNSPECIFIED;
    default:
      return v1::STOP_REASON_UNSPECIFIED;  // or a flag says it
  }
}

}  // namespace

std::vector<SpokenStop> StopsOf(const v1::Outcome::Result& result, bool only_informs) {
  std::vector<SpokenStop> stops;
  const auto add = [&stops](bool said, v1::StopReason reason) {
    if (said) stops.push_back({reason});
  };
  const v1::StopReason reason = ReasonOf(result.disposition(), only_informs);
  add(reason != v1::STOP_REASON_UNSPECIFIED, reason);
  add(result.stop_wanted(), v1::STOP_REASON_CEASE);
  add(result.complained(), v1::STOP_REASON_COMPLAINT);
  for (const int channel : result.opted_out_of())
    stops.push_back({v1::STOP_REASON_CONSENT_WITHDRAWN, static_cast<v1::Channel>(channel)});
  add(result.disputed(), v1::STOP_REASON_DISPUTE);
  add(result.fraud_suspected(), v1::STOP_REASON_FRAUD);
  return stops;
}

std::string StopIdOf(std::string_view vendor_id, const v1::Outcome& outcome,
                     const SpokenStop& stop) {
  const std::string id = FirstId(vendor_id, outcome, stop);
  return outcome.version() == 1 ? id : id + "/" + std::to_string(outcome.version());
}

int32_t VersionOf(std::string_view stop_id) {
  const size_t reason = stop_id.find('/');
  const size_t slash = stop_id.find('/', reason + 1);
  int32_t version = 1;
  if (slash == std::string_view::npos) return version;
  const std::string_view digits = stop_id.substr(slash + 1);
  SWITCHBOARD_ASSERT(absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &version));
  return version;
}

std::string TextOf(const std::vector<StandingStop>& stops) {
  std::vector<std::string> words;
  for (const StandingStop& stop : stops) {
    words.push_back((stop.asked ? kAsked : "") + stop.stop_id +
                    (stop.named.empty() ? "" : kNamed + stop.named));
  }
  return absl::StrJoin(words, " ");
}

std::vector<StandingStop> StandingIn(std::string_view text) {
  std::vector<StandingStop> stops;
  for (std::string word : std::vector<std::string>(
           absl::StrSplit(absl::string_view(text.data(), text.size()), ' ', absl::SkipEmpty()))) {
    StandingStop stop;
    stop.asked = word.starts_with(kAsked);
    if (stop.asked) word.erase(0, kAsked.size());
    const size_t named = word.find(kNamed);
    stop.stop_id = word.substr(0, named);
    if (named != std::string::npos) stop.named = word.substr(named + kNamed.size());
    stops.push_back(std::move(stop));
  }
  return stops;
}

std::string NamedBy(const v1::Outcome& outcome, const SpokenStop& stop) {
  if (!permits::IsUnusableNumber(stop.reason)) return "";
  // Beside a contact point a permit is one that the vendor does not have.
  return outcome.contact_point_id().empty() ? outcome.permit_id() : outcome.contact_point_id();
}

StopChanges ChangesOf(std::string_view vendor_id, const v1::Outcome& outcome,
                      const std::vector<SpokenStop>& spoken,
                      const std::vector<StandingStop>& stood) {
  StopChanges changes;
  changes.gone = stood;
  for (const SpokenStop& stop : spoken) {
    const std::string first = FirstId(vendor_id, outcome, stop);
    const std::string named = NamedBy(outcome, stop);
    const auto found =
        std::find_if(changes.gone.begin(), changes.gone.end(), [&](const StandingStop& one) {
          const bool same_reason = one.stop_id == first || one.stop_id.starts_with(first + "/");
          return same_reason && !one.asked && (named.empty() || named == one.named);
        });
    if (found == changes.gone.end()) {
      changes.anew.push_back(stop);
    } else {
      changes.kept.push_back(*found);
      changes.gone.erase(found);
    }
  }
  return changes;
}

}  // namespace switchboard::outcomes
