#include "hub/contracts/terms_difference.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/day_number.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/contract_words.h"
#include "hub/masking/mask_plan.h"

namespace switchboard::contracts {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using masking::Change;
using v1::Contract;
using Words = std::vector<std::string>;

constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();
constexpr int64_t kSinceEver = std::numeric_limits<int64_t>::min();

// What is more.
enum class More {
  kUp,           // a higher number, a longer time, a later day
  kDown,         // a lower number, an earlier day
  kEntries,      // another entry
  kEntriesOrAll  // the same, and none at all stands for all
};

struct Direction {
  std::string_view term;
  More more;
  int64_t absent = 0;  // with kUp and kDown: the number that a contract without one says
};

// Terms that are not here have no direction: names, days, calendars, who collects in whose place.
constexpr Direction kDirections[] = {
    {"languages", More::kEntries},
    {"live_assignments_max", More::kUp, kUnlimited},
    {"work_types", More::kEntries},
    {"work_types.acts", More::kEntries},
    {"work_types.term", More::kUp, kUnlimited},
    {"work_types.unmask", More::kEntries},
    {"work_types.unmask.lasts", More::kUp},
    {"work_types.unmask.second_person", More::kUp, Contract::SECOND_PERSON_OPERATOR},
    {"work_types.unmask.per_account_day", More::kUp},
    {"permits.lifetime", More::kUp},
    {"permits.dial", More::kDown, Contract::PermitTerms::DIAL_TRUNK},
    {"permits.per_hour", More::kUp},
    {"permits.unused_per_hour", More::kUp},
    {"permits.unused_per_account_day", More::kUp},
    {"permits.other_parties", More::kEntries},
    {"permits.look_ahead", More::kUp},
    {"permits.contact_max", More::kUp},
    {"recalls.pending_period", More::kUp},
    {"recalls.objection_extension", More::kUp},
    {"promises.days_ahead_max", More::kUp, 366},
    {"promises.least_percent", More::kDown},
    {"promises.count_max", More::kUp, kUnlimited},
    {"promises.within_days", More::kDown},
    {"plans.authorities", More::kEntries},
    {"plans.authorities.months_max", More::kUp},
    {"plans.authorities.least_down_percent", More::kDown},
    {"plans.authorities.waivers", More::kEntries},
    {"plans.authorities.least_proofs", More::kDown},
    {"plans.authorities.waiver_percent_max", More::kUp},
    {"head_office", More::kUp},
    {"hand_over_to", More::kEntries},
    {"recordings.within", More::kUp, kUnlimited},
    {"deletion.within", More::kUp},
    {"sub_contractors", More::kEntries},
    {"sub_contractors.work_types", More::kEntriesOrAll},
    {"sub_contractors.from_day", More::kDown, kSinceEver},
    {"sub_contractors.to_day", More::kUp, kUnlimited},
    {"unmaskings_per_hour", More::kUp, 20},
};

// What names the entries of a list.
constexpr std::pair<std::string_view, const char*> kKeys[] = {
    {"work_types", "work_type"},
    {"work_types.unmask", "data_class"},
    {"plans.authorities", "level"},
    {"sub_contractors", "sub_contractor_id"},
};

// How an unmasked class is shown is compared as rows are, by masks.
constexpr std::string_view kByMasks[] = {"work_types.unmask.show", "work_types.unmask.mask"};

const Direction* DirectionOf(std::string_view term) {
  const auto found =
      absl::c_find_if(kDirections, [&](const auto& one) { return one.term == term; });
  return found == std::end(kDirections) ? nullptr : &*found;
}

const FieldDescriptor* KeyOf(std::string_view term, const FieldDescriptor& field) {
  const auto found = absl::c_find_if(kKeys, [&](const auto& one) { return one.first == term; });
  return found == std::end(kKeys) ? nullptr : field.message_type()->FindFieldByName(found->second);
}

// Whether a message is written as one value.
bool IsOneValue(const Message& message) {
  const auto* type = message.GetDescriptor();
  return type == google::protobuf::Duration::descriptor() || type == v1::Date::descriptor();
}

int64_t NumberIn(const Message& message, const FieldDescriptor& field, int64_t absent) {
  const Reflection& from = *message.GetReflection();
  if (!from.HasField(message, &field)) return absent;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return from.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return from.GetInt64(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return from.GetEnumValue(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return from.GetBool(message, &field) ? 1 : 0;
    default:
      break;
  }
  const Message& value = from.GetMessage(message, &field);
  if (value.GetDescriptor() == v1::Date::descriptor())
    return DayNumberOf(CivilDayOf(static_cast<const v1::Date&>(value)));
  const auto& duration = static_cast<const google::protobuf::Duration&>(value);
  const int64_t seconds = duration.seconds();
  return seconds == 0 && absent == kUnlimited ? kUnlimited : seconds;
}

Words Sorted(Words words) {
  std::sort(words.begin(), words.end());
  return words;
}

Change ChangeOfEntries(const Words& before, const Words& after) {
  const Change lost = absl::c_includes(after, before) ? Change::kSame : Change::kLess;
  const Change won = absl::c_includes(before, after) ? Change::kSame : Change::kMore;
  return Join(lost, won);
}

// Walks two messages of one kind side by side.
class Walk {
 public:
  std::vector<TermDifference> Take() && { return std::move(found_); }

  // `path` and `term`: of the messages, each with a dot behind it, or empty. A path names entries,
  // a term does not.
  void Messages(const std::string& path, const std::string& term, const Message& before,
                const Message& after) {
    const auto& type = *before.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string name = term + field.name();
      if (absl::c_linear_search(kByMasks, name)) continue;
      if (const FieldDescriptor* key = KeyOf(name, field); key != nullptr) {
        Entries(path + field.name(), name, field, *key, before, after);
      } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() &&
                 !IsOneValue(before.GetReflection()->GetMessage(before, &field))) {
        Messages(path + field.name() + ".", name + ".",
                 before.GetReflection()->GetMessage(before, &field),
                 after.GetReflection()->GetMessage(after, &field));
      } else {
        Values(path + field.name(), name, field, before, after);
      }
    }
  }

  void Add(std::string path, std::string before, std::string after, Change change) {
    found_.push_back({std::move(path), std::move(before), std::move(after), change});
  }

 private:
  void Values(const std::string& path, const std::string& term, const FieldDescriptor& field,
              const Message& before, const Message& after) {
    const Words words = ValuesOf(before, field), words_after = ValuesOf(after, field);
    if (Sorted(words) == Sorted(words_after)) return;
    Add(path, absl::StrJoin(words, ", "), absl::StrJoin(words_after, ", "),
        ChangeOf(term, field, before, after));
  }

  static Change ChangeOf(const std::string& term, const FieldDescriptor& field,
                         const Message& before, const Message& after) {
    const Direction* direction = DirectionOf(term);
    if (direction == nullptr) return Change::kSame;
    if (direction->more == More::kEntries || direction->more == More::kEntriesOrAll) {
      const Words words = Sorted(ValuesOf(before, field)), others = Sorted(ValuesOf(after, field));
      if (direction->more == More::kEntriesOrAll) {
        if (words.empty()) return Change::kLess;
        if (others.empty()) return Change::kMore;
      }
      return ChangeOfEntries(words, others);
    }
    const int64_t number = NumberIn(before, field, direction->absent);
    const int64_t other = NumberIn(after, field, direction->absent);
    if (number == other) return Change::kSame;
    return (other > number) == (direction->more == More::kUp) ? Change::kMore : Change::kLess;
  }

  void Entries(const std::string& path, const std::string& term, const FieldDescriptor& field,
               const FieldDescriptor& key, const Message& before, const Message& after) {
    const auto named = NamedEntries(before, field, key), others = NamedEntries(after, field, key);
    const auto find = [](const auto& in, const std::string& name) {
      const auto found = absl::c_find_if(in, [&](const auto& one) { return one.first == name; });
      return found == in.end() ? nullptr : found->second;
    };
    for (const auto& [name, entry] : named) {
      const std::string place = absl::StrCat(path, "[", name, "]");
      if (const Message* other = find(others, name); other != nullptr) {
        Messages(place + ".", term + ".", *entry, *other);
      } else {
        Add(place, WordsOf(*entry), "", Change::kLess);
      }
    }
    for (const auto& [name, entry] : others) {
      if (find(named, name) == nullptr)
        Add(absl::StrCat(path, "[", name, "]"), "", WordsOf(*entry), Change::kMore);
    }
  }

  static std::vector<std::pair<std::string, const Message*>> NamedEntries(
      const Message& message, const FieldDescriptor& field, const FieldDescriptor& key) {
    const Reflection& from = *message.GetReflection();
    std::vector<std::pair<std::string, const Message*>> named;
    for (int i = 0; i < from.FieldSize(message, &field); ++i) {
      const Message& entry = from.GetRepeatedMessage(message, &field, i);
      named.emplace_back(absl::StrJoin(ValuesOf(entry, key), ""), &entry);
    }
    return named;
  }

  std::vector<TermDifference> found_;
};

// How classes are shown that both contracts let be unmasked.
void AddUnmasked(const Contract& before, const Contract& after, Walk& walk) {
  for (const auto& terms : before.work_types()) {
    const auto type = terms.work_type();
    const auto other = absl::c_find_if(after.work_types(),
                                       [&](const auto& one) { return one.work_type() == type; });
    if (other == after.work_types().end()) continue;
    const auto plan = masking::CompileUnmaskPlan(before, type);
    const auto plan_after = masking::CompileUnmaskPlan(after, type);
    for (const auto& one : terms.unmask()) {
      const v1::DataClass shown = one.data_class();
      const bool stays = absl::c_any_of(other->unmask(),
                                        [&](const auto& its) { return its.data_class() == shown; });
      const Change change = Compare(shown, plan, plan_after);
      if (!stays || change == Change::kSame) continue;
      const auto& by_type = *Contract::WorkTerms::descriptor()->FindFieldByName("work_type");
      const auto& by_class = *Contract::Unmasking::descriptor()->FindFieldByName("data_class");
      walk.Add(absl::StrCat("work_types[", absl::StrJoin(ValuesOf(terms, by_type), ""), "].unmask[",
                            absl::StrJoin(ValuesOf(one, by_class), ""), "].show"),
               WordsFor(shown, plan), WordsFor(shown, plan_after), change);
    }
  }
}

Contract WithoutDisclosures(Contract contract) {
  contract.clear_vendor_id();
  for (auto& terms : *contract.mutable_work_types()) terms.clear_disclose();
  return contract;
}

}  // namespace

std::vector<TermDifference> TermsBetween(const Contract& before, const Contract& after) {
  Walk walk;
  walk.Messages("", "", WithoutDisclosures(before), WithoutDisclosures(after));
  AddUnmasked(before, after, walk);
  return std::move(walk).Take();
}

}  // namespace switchboard::contracts
