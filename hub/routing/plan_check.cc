#include "hub/routing/plan_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "hub/base/card_number.h"
#include "hub/base/error.h"
#include "hub/base/id_text.h"
#include "hub/base/locale_codes.h"
#include "hub/base/text.h"
#include "hub/base/yaml.h"

namespace switchboard::routing {
namespace {

using Plan = v1::RoutingPlan;

constexpr char kReason[] = "PLAN_INVALID";
constexpr int64_t kDaysPastDueMax = 10'000;
constexpr int64_t kAmountMax = 1'000'000'000'000'000;
constexpr absl::Duration kHadItPeriodMax = absl::Hours(24 * 3650);
constexpr size_t kNameBytesMax = 64;
constexpr size_t kProductBytesMax = 64;
constexpr size_t kGradeBytesMax = 16;
constexpr size_t kVendorBytesMax = 32;
constexpr size_t kRegionBytesMax = 100;

bool IsRegion(std::string_view text) {
  if (!IsCountryCode(text.substr(0, 2))) return false;
  if (text.size() == 2) return true;
  const std::string_view region = text.substr(3);
  return text[2] == '/' && !region.empty() && region.size() <= kRegionBytesMax &&
         IsPlainText(TextForm::kLine, region);
}

// Texts of a plan are compared with those of records, which came into this form at the door.
void NormalizeTexts(Plan* plan) {
  const auto each = [](google::protobuf::RepeatedPtrField<std::string>* texts) {
    for (std::string& text : *texts) NormalizeText(TextForm::kLine, &text);
  };
  NormalizeText(TextForm::kLine, plan->mutable_plan_id());
  for (auto& segment : *plan->mutable_segments()) {
    NormalizeText(TextForm::kLine, segment.mutable_name());
    if (!segment.has_when()) continue;
    each(segment.mutable_when()->mutable_products());
    each(segment.mutable_when()->mutable_grades());
    for (std::string& place : *segment.mutable_when()->mutable_regions()) {
      const size_t slash = std::min(place.find('/'), place.size());
      std::string region = place.substr(slash);
      if (region.size() <= 1) continue;
      region.erase(0, 1);
      NormalizeText(TextForm::kLine, &region);
      place = place.substr(0, slash + 1) + region;
    }
  }
}

std::string NameOf(v1::WorkType type) {
  return std::string(absl::StripPrefix(v1::WorkType_Name(type), "WORK_TYPE_"));
}

// Walks one plan and words what is wrong with it.
class PlanCheck {
 public:
  PlanCheck(const Plan& plan, const YamlPlaces& places) : plan_(plan), places_(places) {}

  absl::Status Run() const {
    RETURN_IF_ERROR(Name("plan_id", plan_.plan_id(), kNameBytesMax));
    if (plan_.segments().empty()) {
      return At("segments", "a plan needs at least one segment");
    }
    std::set<std::string> names;
    for (int i = 0; i < plan_.segments_size(); ++i) {
      const std::string path = absl::StrCat("segments[", i, "]");
      RETURN_IF_ERROR(Segment(path, plan_.segments(i)));
      if (!names.insert(plan_.segments(i).name()).second) {
        return At(path + ".name", absl::StrCat("segment name '", plan_.segments(i).name(),
                                               "' is used twice; give each segment its own"));
      }
    }
    return HadItPeriod();
  }

 private:
  absl::Status HadItPeriod() const {
    if (!plan_.has_had_it_period()) return absl::OkStatus();
    const absl::Duration period = absl::Seconds(plan_.had_it_period().seconds()) +
                                  absl::Nanoseconds(plan_.had_it_period().nanos());
    if (period > absl::ZeroDuration() && period <= kHadItPeriodMax) return absl::OkStatus();
    return At("had_it_period",
              "must be longer than 0 and at most 3650d; without it there is no limit in time");
  }

  absl::Status At(std::string_view path, std::string_view problem) const {
    return places_.ErrorAt(path, kReason, problem);
  }

  absl::Status Name(std::string_view path, std::string_view text, size_t bytes_max) const {
    if (text.empty() || text.size() > bytes_max) {
      return At(path, absl::StrCat("has ", text.size(), " bytes; write 1 to ", bytes_max,
                                   " bytes without control characters"));
    }
    if (!IsPlainText(TextForm::kLine, text)) {
      return At(path, "must be one line without control characters, format or private ones");
    }
    if (HoldsCardNumber(text)) return At(path, "must not hold a payment card number");
    return absl::OkStatus();
  }

  absl::Status Segment(const std::string& path, const Plan::Segment& segment) const {
    RETURN_IF_ERROR(Name(path + ".name", segment.name(), kNameBytesMax));
    if (segment.work_type() == v1::WORK_TYPE_UNSPECIFIED) {
      return At(path + ".work_type", absl::StrCat("segment '", segment.name(),
                                                  "' must say what accounts are placed for, "
                                                  "as in work_type: EARLY_COLLECTIONS"));
    }
    RETURN_IF_ERROR(Filter(path + ".when", segment.when()));
    RETURN_IF_ERROR(Shares(path + ".shares", segment));
    return Strata(path + ".stratify_by", segment);
  }

  absl::Status Filter(const std::string& path, const Plan::Filter& filter) const {
    RETURN_IF_ERROR(
        Range(path + ".days_past_due", filter.days_past_due(), kDaysPastDueMax, "days past due"));
    RETURN_IF_ERROR(Range(path + ".amount_due", filter.amount_due(), kAmountMax, "amounts due"));
    if (filter.has_amount_due() && filter.currency_code().empty()) {
      return At(path + ".amount_due",
                "needs a currency_code beside it, because amounts of different currencies do not "
                "compare");
    }
    if (!filter.currency_code().empty() && !IsCurrencyCode(filter.currency_code())) {
      return At(path + ".currency_code",
                "must be ISO 4217, three capital letters of a currency in use, as in JPY");
    }
    RETURN_IF_ERROR(Names(path + ".products", filter.products(), kProductBytesMax));
    RETURN_IF_ERROR(Names(path + ".grades", filter.grades(), kGradeBytesMax));
    for (int i = 0; i < filter.languages_size(); ++i) {
      if (!IsPrimaryLanguage(filter.languages(i))) {
        const std::string hint = HintForLanguage(filter.languages(i));
        return At(absl::StrCat(path, ".languages[", i, "]"),
                  absl::StrCat("must be a primary language in small letters, as in \"ja\", which "
                               "matches \"ja-JP\" too",
                               hint.empty() ? "" : "; ", hint));
      }
    }
    for (int i = 0; i < filter.regions_size(); ++i) {
      if (!IsRegion(filter.regions(i))) {
        return At(absl::StrCat(path, ".regions[", i, "]"),
                  "must be a country or a country and a region, as in \"JP\" or \"JP/東京都\"");
      }
    }
    return absl::OkStatus();
  }

  absl::Status Range(const std::string& path, const Plan::Range& range, int64_t highest,
                     std::string_view what) const {
    for (const auto& [end, set, value] : {std::tuple("min", range.has_min(), range.min()),
                                          std::tuple("max", range.has_max(), range.max())}) {
      if (set && (value < 0 || value > highest)) {
        return At(
            absl::StrCat(path, ".", end),
            absl::StrCat(value, " is out of range; ", absl::string_view(what.data(), what.size()),
                         " run from 0 to ", highest));
      }
    }
    if (range.has_min() && range.has_max() && range.min() > range.max()) {
      return At(path, absl::StrCat("min ", range.min(), " is above max ", range.max(),
                                   "; no account could match"));
    }
    return absl::OkStatus();
  }

  absl::Status Names(const std::string& path,
                     const google::protobuf::RepeatedPtrField<std::string>& names,
                     size_t bytes_max) const {
    for (int i = 0; i < names.size(); ++i) {
      RETURN_IF_ERROR(Name(absl::StrCat(path, "[", i, "]"), names[i], bytes_max));
    }
    return absl::OkStatus();
  }

  absl::Status Shares(const std::string& path, const Plan::Segment& segment) const {
    int64_t sum = 0;
    std::set<std::string> vendors;
    for (int i = 0; i < segment.shares_size(); ++i) {
      const auto& share = segment.shares(i);
      const std::string share_path = absl::StrCat(path, "[", i, "]");
      if (!IsLabel(share.vendor_id(), 1, kVendorBytesMax)) {
        return At(share_path + ".vendor_id", "must be 1 to 32 bytes of a-z, 0-9 and -");
      }
      if (!vendors.insert(share.vendor_id()).second) {
        return At(share_path + ".vendor_id",
                  absl::StrCat("vendor '", share.vendor_id(), "' has two shares of segment '",
                               segment.name(), "'; make them one"));
      }
      if (share.percent() < 1 || share.percent() > 100) {
        return At(share_path + ".percent", absl::StrCat("is ", share.percent(),
                                                        "; it must be 1 to 100, and a vendor that "
                                                        "gets nothing is left out"));
      }
      if (share.live_assignments_max() < 0) {
        return At(share_path + ".live_assignments_max",
                  absl::StrCat("is ", share.live_assignments_max(),
                               "; it must not be negative, and 0 means no limit"));
      }
      sum += share.percent();
    }
    if (sum != 100) {
      return At(path, absl::StrCat("shares of segment '", segment.name(), "' sum to ", sum,
                                   "; they must sum to 100"));
    }
    return absl::OkStatus();
  }

  absl::Status Strata(const std::string& path, const Plan::Segment& segment) const {
    std::set<int> seen;
    for (int i = 0; i < segment.stratify_by_size(); ++i) {
      const std::string entry = absl::StrCat(path, "[", i, "]");
      if (segment.stratify_by(i) == Plan::STRATUM_UNSPECIFIED) {
        return At(entry, "must be GRADE, AMOUNT, BUCKET or PRODUCT");
      }
      if (!seen.insert(segment.stratify_by(i)).second) {
        return At(entry,
                  absl::StrCat("stands twice in segment '", segment.name(), "'; leave one out"));
      }
    }
    return absl::OkStatus();
  }

  const Plan& plan_;
  const YamlPlaces& places_;
};

// The protocol knows one reason for a plan that is refused, whichever check refused it.
absl::Status AsPlanError(const absl::Status& status) {
  std::vector<std::pair<std::string, std::string>> metadata;
  for (const char* key : {"file", "line", "column", "field"}) {
    metadata.emplace_back(key, ErrorMetadata(status, key));
  }
  const absl::string_view message = status.message();
  return Error(status.code(), kReason, {message.data(), message.size()}, std::move(metadata));
}

absl::Status CheckShare(const Plan::Segment& segment, const std::string& path,
                        const std::string& vendor_id, const std::vector<v1::Contract>& contracts,
                        const YamlPlaces& places) {
  std::set<std::string> vendors;
  std::set<std::string> work_types;
  for (const v1::Contract& contract : contracts) {
    vendors.insert(contract.vendor_id());
    if (contract.vendor_id() != vendor_id) continue;
    for (const auto& terms : contract.work_types()) {
      if (terms.work_type() == segment.work_type()) return absl::OkStatus();
      work_types.insert(NameOf(terms.work_type()));
    }
  }
  if (!vendors.contains(vendor_id)) {
    return places.ErrorAt(path, kReason,
                          absl::StrCat("vendor '", vendor_id, "' has no contract; ",
                                       vendors.empty() ? "no vendor has one" : "vendors with one: ",
                                       absl::StrJoin(vendors, ", ")));
  }
  return places.ErrorAt(
      path, kReason,
      absl::StrCat("the contract of vendor '", vendor_id, "' does not list ",
                   NameOf(segment.work_type()), ", which segment '", segment.name(),
                   "' is for; it lists ",
                   work_types.empty() ? "nothing" : absl::StrJoin(work_types, ", ")));
}

}  // namespace

absl::StatusOr<Plan> ParseRoutingPlan(std::string_view yaml, std::string_view file_name) {
  if (yaml.size() > kPlanBytesMax) {
    const std::string file(file_name);
    return Error(absl::StatusCode::kInvalidArgument, kReason,
                 absl::StrCat(file, ":1:1: the plan has ", yaml.size(), " bytes; at most ",
                              kPlanBytesMax, " are read"),
                 {{"file", file}, {"line", "1"}, {"column", "1"}, {"field", ""}});
  }
  Plan plan;
  if (absl::Status status = ReadYaml(yaml, file_name, &plan); !status.ok()) {
    return AsPlanError(status);
  }
  NormalizeTexts(&plan);
  const YamlPlaces places(yaml, file_name);
  RETURN_IF_ERROR(PlanCheck(plan, places).Run());
  return plan;
}

absl::Status CheckPlanAgainstContracts(const Plan& plan, const std::vector<v1::Contract>& contracts,
                                       const YamlPlaces& places) {
  for (int i = 0; i < plan.segments_size(); ++i) {
    const auto& segment = plan.segments(i);
    for (int j = 0; j < segment.shares_size(); ++j) {
      RETURN_IF_ERROR(CheckShare(segment,
                                 absl::StrCat("segments[", i, "].shares[", j, "].vendor_id"),
                                 segment.shares(j).vendor_id(), contracts, places));
    }
  }
  return absl::OkStatus();
}

}  // namespace switchboard::routing
