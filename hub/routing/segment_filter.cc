#include "hub/routing/segment_filter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/base/bucket.h"

namespace switchboard::routing {
namespace {

std::vector<std::string> Sorted(const google::protobuf::RepeatedPtrField<std::string>& values) {
  std::vector<std::string> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

bool EmptyOrHolds(const std::vector<std::string>& sorted, const std::string& value) {
  return sorted.empty() || std::binary_search(sorted.begin(), sorted.end(), value);
}

std::string AmountMagnitude(const AccountFacts& account) {
  int digits = 0;
  for (int64_t rest = account.amount_due_minor_units; rest > 0; rest /= 10) ++digits;
  return absl::StrCat(EscapeKey(account.currency_code), digits);
}

}  // namespace

SegmentFilter::SegmentFilter(const v1::RoutingPlan::Filter& filter)
    : days_past_due_(RangeOf(filter.days_past_due())),
      amount_due_(RangeOf(filter.amount_due())),
      currency_code_(filter.currency_code()),
      products_(Sorted(filter.products())),
      grades_(Sorted(filter.grades())),
      languages_(filter.languages().begin(), filter.languages().end()) {
  for (const std::string& text : filter.regions()) {
    const size_t slash = std::min(text.find('/'), text.size());
    regions_.push_back({text.substr(0, slash), text.substr(std::min(slash + 1, text.size()))});
  }
}

SegmentFilter::Range SegmentFilter::RangeOf(const v1::RoutingPlan::Range& range) {
  Range compiled;
  if (range.has_min()) compiled.min = range.min();
  if (range.has_max()) compiled.max = range.max();
  return compiled;
}

bool SegmentFilter::Matches(const AccountFacts& account) const {
  // The plan check demands a currency beside a range of amounts, so that the currency guards the
  // range.
  return days_past_due_.Holds(account.days_past_due) &&
         (currency_code_.empty() || currency_code_ == account.currency_code) &&
         amount_due_.Holds(account.amount_due_minor_units) &&
         EmptyOrHolds(grades_, account.grade) && EmptyOrHolds(products_, account.product) &&
         MatchesLanguage(account) && MatchesRegion(account);
}

bool SegmentFilter::MatchesLanguage(const AccountFacts& account) const {
  return languages_.empty() ||
         std::any_of(languages_.begin(), languages_.end(), [&](const std::string& language) {
           return LanguageCovers(language, account.language);
         });
}

bool SegmentFilter::MatchesRegion(const AccountFacts& account) const {
  return regions_.empty() ||
         std::any_of(regions_.begin(), regions_.end(), [&](const Region& entry) {
           return entry.country == account.country &&
                  (entry.region.empty() || entry.region == account.region);
         });
}

std::string StratumOf(const v1::RoutingPlan::Segment& segment, const AccountFacts& account) {
  std::string key;
  for (int stratum : segment.stratify_by()) {
    const char* separator = key.empty() ? "" : ",";
    switch (stratum) {
      case v1::RoutingPlan::STRATUM_GRADE:
        absl::StrAppend(&key, separator, "grade:", EscapeKey(account.grade));
        break;
      case v1::RoutingPlan::STRATUM_AMOUNT:
        absl::StrAppend(&key, separator, "amount:", AmountMagnitude(account));
        break;
      case v1::RoutingPlan::STRATUM_BUCKET:
        absl::StrAppend(&key, separator, "bucket:", Bucket(account.days_past_due));
        break;
      case v1::RoutingPlan::STRATUM_PRODUCT:
        absl::StrAppend(&key, separator, "product:", EscapeKey(account.product));
        break;
    }
  }
  return key.empty() ? "all" : key;
}

std::string EscapeKey(std::string_view value) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  escaped.reserve(value.size());
  for (char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f ||
        std::string_view("%;=,:").find(c) != std::string_view::npos) {
      escaped += '%';
      escaped += kHex[byte >> 4];
      escaped += kHex[byte & 15];
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace switchboard::routing
