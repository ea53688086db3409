#include "clients/cli/promise_text.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/render.h"

namespace switchboard::cli {
namespace {

using Plan = v1::PaymentPlan;

struct BeyondWords {
  Plan::Beyond beyond;
  const char* words;
};

constexpr BeyondWords kBeyondWords[] = {
    {Plan::BEYOND_LEVEL, "nobody of this level may agree to plans"},
    {Plan::BEYOND_MONTHS, "it lasts too long or begins too late"},
    {Plan::BEYOND_DOWN_PAYMENT, "the first part is too small"},
    {Plan::BEYOND_WAIVER, "it gives up what this level may not, or more than it may"},
    {Plan::BEYOND_SETTLEMENT, "less is paid than is due"},
    {Plan::BEYOND_PROOFS, "too few proofs of means"},
    {Plan::BEYOND_DUE_UNKNOWN, "what is due is not known"},
    {Plan::BEYOND_PAST, "the first part is due before the contact"},
    {Plan::BEYOND_WITHDRAWN, "its vendor had lost the work"},
};

// Of one that a newer hub knows, its number.
std::string WordsOf(Plan::Beyond beyond) {
  for (const BeyondWords& known : kBeyondWords) {
    if (known.beyond == beyond) return known.words;
  }
  return ShortName(beyond);
}

}  // namespace

std::string StandingText(v1::PromiseStanding standing) {
  const std::string name = ShortName(standing);
  if (standing == v1::PROMISE_STANDING_PENDING) return name + ": waits for head office";
  if (standing == v1::PROMISE_STANDING_REFUSED) return name + ": by head office";
  return name;
}

std::string BeyondText(const google::protobuf::RepeatedField<int>& beyond) {
  std::vector<std::string> reasons;
  for (const int reason : beyond) reasons.push_back(WordsOf(static_cast<Plan::Beyond>(reason)));
  return absl::StrJoin(reasons, "; ");
}

std::string WaiversText(const google::protobuf::RepeatedPtrField<Plan::Waiver>& waivers) {
  std::vector<std::string> texts;
  for (const Plan::Waiver& waiver : waivers) {
    texts.push_back(absl::StrCat(ShortName(waiver.kind()), " ", MoneyText(waiver.amount())));
  }
  return absl::StrJoin(texts, ", ");
}

}  // namespace switchboard::cli
