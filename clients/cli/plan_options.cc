#include "clients/cli/plan_options.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"
#include "hub/base/field_problem.h"

namespace switchboard::cli {
namespace {

// What stands before the "=", and the minor units behind it.
std::optional<std::pair<std::string, int64_t>> NamedAmount(const std::string& text) {
  const size_t sign = text.find('=');
  int64_t minor_units = 0;
  const bool good = sign != std::string::npos &&
                    absl::SimpleAtoi(text.substr(sign + 1), &minor_units) && minor_units >= 1 &&
                    minor_units <= kMinorUnitsMax;
  if (!good) return std::nullopt;
  return std::pair(text.substr(0, sign), minor_units);
}

}  // namespace

std::optional<v1::PaymentPlan::Instalment> InstalmentOf(const std::string& text) {
  const auto amount = NamedAmount(text);
  if (!amount.has_value()) return std::nullopt;
  const auto day = DayOf(amount->first);
  if (!day.has_value()) return std::nullopt;
  v1::PaymentPlan::Instalment instalment;
  *instalment.mutable_due_date() = *day;
  instalment.mutable_amount()->set_minor_units(amount->second);
  return instalment;
}

std::optional<v1::PaymentPlan::Waiver> WaiverOf(const std::string& text) {
  const auto amount = NamedAmount(text);
  if (!amount.has_value()) return std::nullopt;
  v1::PaymentPlan::Waiver waiver;
  auto kind = v1::PaymentPlan::Waiver::KIND_UNSPECIFIED;
  const bool known =
      v1::PaymentPlan::Waiver::Kind_Parse("KIND_" + ComparableName(amount->first), &kind) &&
      kind != v1::PaymentPlan::Waiver::KIND_UNSPECIFIED;
  if (!known) return std::nullopt;
  waiver.set_kind(kind);
  waiver.mutable_amount()->set_minor_units(amount->second);
  return waiver;
}

std::string ProblemOfInstalment(const std::string& text) {
  if (InstalmentOf(text).has_value()) return {};
  return absl::StrCat("must be a day and 1 to ", kMinorUnitsMax,
                      " minor units, as 2026-12-31=4000");
}

std::string ProblemOfWaiver(const std::string& text) {
  if (WaiverOf(text).has_value()) return {};
  return absl::StrCat("must be one of {",
                      absl::StrJoin(EnumChoices(v1::PaymentPlan::Waiver::Kind_descriptor()), ","),
                      "} and 1 to ", kMinorUnitsMax, " minor units, as late-fees=500");
}

std::string ProblemOfCurrency(const std::string& text) {
  const bool good = text.size() == 3 && std::all_of(text.begin(), text.end(), absl::ascii_isupper);
  return good ? "" : "must be a currency's three letters, as JPY";
}

}  // namespace switchboard::cli
