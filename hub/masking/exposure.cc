#include "hub/masking/exposure.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/masking/shown_fields.h"

namespace switchboard::masking {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The next treatment of its class that shows all that this one does and something else; nothing
// where none does. What the masks leave decides: the area of a number stands behind its country,
// and a city behind its region, but an age band tells nothing of a year.
std::optional<Treatment> NextAbove(Treatment treatment) {
  switch (treatment) {
    case Treatment::kCountry:
      return Treatment::kArea;
    case Treatment::kRegion:
      return Treatment::kCity;
    case Treatment::kCity:
      return Treatment::kDistrict;
    case Treatment::kBand:
    case Treatment::kFamilyName:
    case Treatment::kHonorific:
    case Treatment::kInitials:
    case Treatment::kLastFour:
    case Treatment::kArea:
    case Treatment::kDistrict:
    case Treatment::kYear:
    case Treatment::kBirthdayHidden:
    case Treatment::kDomain:
    case Treatment::kBucket:
      return Treatment::kClear;
    case Treatment::kWithheld:  // below all; Compare says so
    case Treatment::kClear:
    case Treatment::kToken:
      return std::nullopt;
  }
  return std::nullopt;
}

bool IsAbove(Treatment treatment, Treatment below) {
  for (auto above = NextAbove(below); above.has_value(); above = NextAbove(*above)) {
    if (*above == treatment) return true;
  }
  return false;
}

// Of two growing lists: kMore where `after` holds all of `before`.
template <typename T>
Change CompareSets(const std::vector<T>& before, const std::vector<T>& after) {
  if (before == after) return Change::kSame;
  if (std::includes(after.begin(), after.end(), before.begin(), before.end())) return Change::kMore;
  return std::includes(before.begin(), before.end(), after.begin(), after.end())
             ? Change::kLess
             : Change::kOtherwise;
}

// Where one band ends and the next begins. Below a first end that is positive, what is negative
// lies in a band of its own (AmountBandOf).
std::vector<int64_t> Cuts(std::vector<int64_t> ends) {
  if (!ends.empty() && ends.front() > 0) ends.insert(ends.begin(), 0);
  return ends;
}

Change CompareBands(const std::vector<int64_t>& before, const std::vector<int64_t>& after) {
  return CompareSets(Cuts(before), Cuts(after));
}

// Without a list what gives the person away is withheld, which a list may show: neither includes
// the other.
Change CompareLists(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  if (before.empty() != after.empty()) return Change::kOtherwise;
  return CompareSets(before, after);
}

// Of a class that is treated alike.
Change CompareDetails(v1::DataClass data_class, const MaskPlan& before, const MaskPlan& after) {
  const bool in_bands = before[data_class] == Treatment::kBand;
  switch (data_class) {
    case v1::DATA_CLASS_AMOUNT:
      return in_bands ? CompareBands(before.amount_band_ends, after.amount_band_ends)
                      : Change::kSame;
    case v1::DATA_CLASS_CREDIT:
      return in_bands ? CompareBands(before.credit_band_ends, after.credit_band_ends)
                      : CompareLists(before.grades, after.grades);
    case v1::DATA_CLASS_PRODUCT:
      return CompareLists(before.products, after.products);
    default:
      return Change::kSame;
  }
}

std::string_view MaskWords(Treatment treatment, v1::DataClass data_class) {
  switch (treatment) {
    case Treatment::kWithheld:
      return "ABSENT";
    case Treatment::kClear:
      return "CLEAR";
    case Treatment::kToken:
      return "TOKEN";
    case Treatment::kBand:
      return "BAND";
    case Treatment::kFamilyName:
      return "PARTIAL FAMILY_NAME";
    case Treatment::kHonorific:
      return "PARTIAL HONORIFIC";
    case Treatment::kInitials:
      return "PARTIAL INITIALS";
    case Treatment::kLastFour:
      return data_class == v1::DATA_CLASS_CARD_NUMBER ? "PARTIAL CARD_LAST_FOUR"
                                                      : "PARTIAL LAST_FOUR";
    case Treatment::kArea:
      return "PARTIAL AREA";
    case Treatment::kCountry:
      return "PARTIAL COUNTRY";
    case Treatment::kRegion:
      return "PARTIAL REGION";
    case Treatment::kCity:
      return "PARTIAL CITY";
    case Treatment::kDistrict:
      return "PARTIAL DISTRICT";
    case Treatment::kYear:
      return "PARTIAL YEAR";
    case Treatment::kBirthdayHidden:
      return "PARTIAL BIRTHDAY_HIDDEN";
    case Treatment::kDomain:
      return "PARTIAL DOMAIN";
    case Treatment::kBucket:
      return "PARTIAL BUCKET";
  }
  return "ABSENT";
}

// A list may hold 500 of them.
template <typename T>
void AppendSome(const std::vector<T>& all, std::string& words) {
  constexpr size_t kMost = 10;
  const size_t told = std::min(all.size(), kMost);
  for (size_t i = 0; i < told; ++i) absl::StrAppend(&words, " ", all[i]);
  if (all.size() > told) absl::StrAppend(&words, " and ", all.size() - told, " more");
}

// Where something stands in a row: its path, and of which contact point or instalment.
using Spot = std::pair<std::string, std::string>;
struct Seen {
  v1::ShownField field = v1::SHOWN_FIELD_UNSPECIFIED;
  std::string text;
};
using Sight = std::map<Spot, Seen>;

std::string TextOf(const v1::Date& date) {
  return absl::StrCat(absl::Dec(date.year(), absl::kZeroPad4), "-",
                      absl::Dec(date.month(), absl::kZeroPad2), "-",
                      absl::Dec(date.day(), absl::kZeroPad2));
}

std::string TextOf(const v1::AmountBand& band) {
  std::string text = absl::StrCat("from ", band.from_minor_units());
  if (band.has_below_minor_units()) absl::StrAppend(&text, " below ", band.below_minor_units());
  return absl::StrCat(text, " ", band.currency_code());
}

// Of a sum or a day the whole message, of which ShownFieldAt speaks too.
std::string TextOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& value = reflection.GetMessage(message, &field);
      if (const auto* date = dynamic_cast<const v1::Date*>(&value)) return TextOf(*date);
      if (const auto* band = dynamic_cast<const v1::AmountBand*>(&value)) return TextOf(*band);
      const auto* money = dynamic_cast<const v1::Money*>(&value);
      return money == nullptr ? value.ShortDebugString()
                              : absl::StrCat(money->minor_units(), " ", money->currency_code());
    }
    default:
      return "";
  }
}

std::string_view WithoutBand(std::string_view path) {
  constexpr std::string_view kBand = "_band";
  if (path.ends_with(kBand)) path.remove_suffix(kBand.size());
  return path;
}

std::string KeyOf(const Message& item, int index) {
  const auto* point = dynamic_cast<const v1::MaskedContactPoint*>(&item);
  return point == nullptr ? absl::StrCat(absl::Dec(index, absl::kZeroPad4))
                          : point->contact_point_id();
}

void Look(const Message& message, const Spot& at, Sight& sight) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string path =
        at.first.empty() ? field->name() : absl::StrCat(at.first, ".", field->name());
    if (const auto shown = ShownFieldAt(path); shown.has_value()) {
      sight[{std::string(WithoutBand(path)), at.second}] = {*shown, TextOf(message, *field)};
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      Look(reflection.GetMessage(message, field), {path, at.second}, sight);
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        const Message& item = reflection.GetRepeatedMessage(message, field, i);
        Look(item, {path, KeyOf(item, i)}, sight);
      }
    }
  }
}

// A number and an address have one path; what stands there tells which it is, as in ShownFieldsIn.
v1::DataClass ClassOfSeen(v1::ShownField field, std::string_view before, std::string_view after) {
  const bool is_email =
      field == v1::SHOWN_FIELD_PHONE &&
      (before.find('@') != std::string_view::npos || after.find('@') != std::string_view::npos);
  return is_email ? v1::DATA_CLASS_EMAIL : ClassOf(field);
}

}  // namespace

Change Join(Change one, Change other) {
  if (one == other || other == Change::kSame) return one;
  return one == Change::kSame ? other : Change::kOtherwise;
}

Change Reversed(Change change) {
  if (change == Change::kMore) return Change::kLess;
  return change == Change::kLess ? Change::kMore : change;
}

Change Compare(v1::DataClass data_class, const MaskPlan& before, const MaskPlan& after) {
  const Treatment from = before[data_class];
  const Treatment to = after[data_class];
  if (from == to) return CompareDetails(data_class, before, after);
  if (from == Treatment::kWithheld || IsAbove(to, from)) return Change::kMore;
  return to == Treatment::kWithheld || IsAbove(from, to) ? Change::kLess : Change::kOtherwise;
}

Change Compare(const MaskPlan& before, const MaskPlan& after) {
  Change change = Change::kSame;
  for (int number = 0; number < v1::DataClass_ARRAYSIZE; ++number)
    change = Join(change, Compare(static_cast<v1::DataClass>(number), before, after));
  return change;
}

std::string WordsFor(v1::DataClass data_class, const MaskPlan& plan) {
  const Treatment treatment = plan[data_class];
  std::string words(MaskWords(treatment, data_class));
  if (treatment == Treatment::kBand && data_class == v1::DATA_CLASS_AMOUNT)
    AppendSome(plan.amount_band_ends, words);
  if (treatment == Treatment::kBand && data_class == v1::DATA_CLASS_CREDIT)
    AppendSome(plan.credit_band_ends, words);
  if (treatment == Treatment::kClear && data_class == v1::DATA_CLASS_CREDIT)
    AppendSome(plan.grades, words);
  if (treatment == Treatment::kClear && data_class == v1::DATA_CLASS_PRODUCT)
    AppendSome(plan.products, words);
  return words;
}

void ForEachDifference(const v1::Assignment& before, const v1::Assignment& after,
                       absl::FunctionRef<void(const FieldDifference&)> visit) {
  Sight seen_before, seen_after;
  Look(before, {}, seen_before);
  Look(after, {}, seen_after);
  // So that what is seen no longer is told in its place.
  Sight all = seen_before;
  all.insert(seen_after.begin(), seen_after.end());
  for (const auto& [spot, seen] : all) {
    const std::string& one = seen_before[spot].text;
    const std::string& other = seen_after[spot].text;
    if (one != other) visit({spot.first, ClassOfSeen(seen.field, one, other), one, other});
  }
}

}  // namespace switchboard::masking
