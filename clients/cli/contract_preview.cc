// A contract looked at without a hub: what is seen of invented people.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/masking/exposure.h"
#include "hub/masking/masker.h"
#include "hub/masking/specimens.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Json = nlohmann::ordered_json;

// Tokens are not shown; it is the same on both sides, so that contact points are.
constexpr std::string_view kTokenKey = "previews of invented people only";

struct Row {
  std::string path;
  std::string before, after;  // empty: nothing is seen
  bool operator==(const Row&) const = default;
};
struct Person {
  std::string label;
  std::vector<Row> rows;
  bool operator==(const Person&) const = default;
};
// Work types in which all looks the same.
struct Group {
  std::vector<std::string> work_types;
  masking::Change change = masking::Change::kSame;
  std::vector<Person> persons;
};

absl::StatusOr<v1::Contract> ReadContract(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
  return contracts::ParseContract(yaml, file);
}

// One that shows of everything the most that any may.
v1::Contract ShowingMost(const v1::Contract& of_work) {
  v1::Contract most;
  most.set_vendor_id(of_work.vendor_id());
  for (const auto& terms : of_work.work_types()) {
    auto& shown = *most.add_work_types();
    shown.set_work_type(terms.work_type());
    for (int number = v1::DataClass_MIN; number <= v1::DataClass_MAX; ++number) {
      auto& disclosure = *shown.add_disclose();
      disclosure.set_data_class(static_cast<v1::DataClass>(number));
      disclosure.set_show(v1::Contract::SHOW_CLEAR);
      if (number == v1::DATA_CLASS_REFERENCE) disclosure.set_show(v1::Contract::SHOW_TOKEN);
      if (number != v1::DATA_CLASS_CARD_NUMBER) continue;
      disclosure.set_show(v1::Contract::SHOW_PARTIAL);
      disclosure.set_mask(v1::Contract::MASK_CARD_LAST_FOUR);
    }
  }
  return most;
}

v1::Assignment Seen(const masking::Masker& masker, const masking::Specimen& specimen,
                    absl::Time now) {
  v1::Assignment assignment;
  masker.Mask(specimen.person, specimen.account, now, &assignment);
  return assignment;
}

std::vector<Row> Differences(const v1::Assignment& before, const v1::Assignment& after) {
  std::vector<Row> rows;
  masking::ForEachDifference(before, after, [&rows](const masking::FieldDifference& field) {
    rows.push_back({std::string(field.path), std::string(field.before), std::string(field.after)});
  });
  return rows;
}

// Differences, and between them what is the same on both sides, in the order of paths.
std::vector<Row> AllFields(const v1::Assignment& before, const v1::Assignment& after) {
  std::vector<Row> rows = Differences(before, after);
  const std::vector<Row> different = rows;
  for (const Row& seen : Differences(v1::Assignment(), before)) {
    const bool is_same = std::none_of(different.begin(), different.end(), [&](const Row& row) {
      return row.path == seen.path && row.before == seen.after;
    });
    if (is_same) rows.push_back({seen.path, seen.after, seen.after});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& one, const Row& other) { return one.path < other.path; });
  return rows;
}

// Of both contracts, each once.
std::vector<v1::WorkType> WorkTypesOf(const v1::Contract& one, const v1::Contract& other) {
  std::vector<v1::WorkType> work_types;
  for (const auto* contract : {&one, &other}) {
    for (const auto& terms : contract->work_types()) work_types.push_back(terms.work_type());
  }
  std::sort(work_types.begin(), work_types.end());
  work_types.erase(std::unique(work_types.begin(), work_types.end()), work_types.end());
  return work_types;
}

// `differences_only`: nobody and nothing else.
std::vector<Group> GroupsOf(const v1::Contract& before, const v1::Contract& after,
                            bool differences_only, absl::Time now) {
  std::vector<Group> groups;
  for (const v1::WorkType work_type : WorkTypesOf(before, after)) {
    const masking::Masker former(before, work_type, kTokenKey);
    const masking::Masker next(after, work_type, kTokenKey);
    Group group;
    group.change = former.ChangeTo(next);
    for (const masking::Specimen& specimen : masking::Specimens()) {
      const v1::Assignment one = Seen(former, specimen, now);
      const v1::Assignment other = Seen(next, specimen, now);
      auto rows = differences_only ? Differences(one, other) : AllFields(one, other);
      if (!rows.empty()) group.persons.push_back({specimen.label, std::move(rows)});
    }
    auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& earlier) {
      return earlier.change == group.change && earlier.persons == group.persons;
    });
    if (same == groups.end()) same = groups.insert(groups.end(), std::move(group));
    same->work_types.push_back(ShortName(work_type));
  }
  return groups;
}

std::string ChangeText(masking::Change change) {
  switch (change) {
    case masking::Change::kSame:
      return "the same is seen";
    case masking::Change::kMore:
      return "more is seen";
    case masking::Change::kLess:
      return "less is seen";
    case masking::Change::kOtherwise:
      return "more and less is seen";
  }
  return "";
}

std::string OrNothing(const std::string& text) { return text.empty() ? "(nothing)" : text; }

std::string TableOf(const Group& group, bool against) {
  TextTable table({{"invented", Align::kLeft},
                   {"field", Align::kLeft},
                   {against ? "against" : "at most", Align::kLeft},
                   {against ? "would be" : "is seen", Align::kLeft}});
  for (const Person& person : group.persons) {
    for (const Row& row : person.rows) {
      table.Add({&row == &person.rows.front() ? person.label : "", row.path, OrNothing(row.before),
                 OrNothing(row.after)});
    }
  }
  return table.Render() + "\n";
}

Json JsonOf(const std::vector<Group>& groups) {
  Json json = Json::array();
  for (const Group& group : groups) {
    Json persons = Json::array();
    for (const Person& person : group.persons) {
      Json fields = Json::array();
      for (const Row& row : person.rows)
        fields.push_back({{"path", row.path}, {"before", row.before}, {"after", row.after}});
      persons.push_back({{"specimen", person.label}, {"fields", std::move(fields)}});
    }
    json.push_back({{"work_types", group.work_types}, {"specimens", std::move(persons)}});
  }
  return json;
}

}  // namespace

absl::StatusOr<Result> ContractPreview(Session& session,
                                       const ContractPreviewArguments& arguments) {
  ASSIGN_OR_RETURN(const v1::Contract contract, ReadContract(arguments.file));
  const bool against = !arguments.against.empty();
  v1::Contract before;
  if (against) {
    ASSIGN_OR_RETURN(before, ReadContract(arguments.against));
  } else {
    before = ShowingMost(contract);
  }
  const auto groups = GroupsOf(before, contract, against, session.clock.Now());
  Result result;
  for (const Group& group : groups) {
    absl::StrAppend(&result.text, "  ", absl::StrJoin(group.work_types, ", "),
                    against ? ": " + ChangeText(group.change) : std::string(), "\n\n");
    if (!group.persons.empty()) result.text += TableOf(group, against);
  }
  result.summary = absl::StrCat("contract ", contract.vendor_id(),
                                against ? " against the other" : "", ", as seen of ",
                                masking::Specimens().size(), " invented people; no hub was asked");
  result.json = Dumped(JsonOf(groups));
  return result;
}

}  // namespace switchboard::cli
