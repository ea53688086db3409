#include "hub/retention/policy.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/error.h"

namespace switchboard::retention {
namespace {

constexpr int kDaysMax = 36'500;
constexpr int kClassesMax = 100;
// Stands for every country that no class names.
constexpr char kElsewhere[] = "elsewhere";

bool Fits(const Settings::Class& one, v1::WorkType work_type, std::string_view country) {
  const auto& work_types = one.work_types();
  const auto& countries = one.countries();
  return (work_types.empty() ||
          std::find(work_types.begin(), work_types.end(), work_type) != work_types.end()) &&
         (countries.empty() ||
          std::find(countries.begin(), countries.end(), country) != countries.end());
}

// The index of the class that decides; -1 if none does.
int ClassOf(const Settings& settings, v1::WorkType work_type, std::string_view country) {
  const auto& classes = settings.classes();
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const auto& one) { return Fits(one, work_type, country); });
  return found == classes.end() ? -1 : static_cast<int>(found - classes.begin());
}

// Every country that makes a difference.
std::set<std::string> Countries(const Settings& settings) {
  std::set<std::string> countries = {kElsewhere};
  for (const auto& one : settings.classes())
    countries.insert(one.countries().begin(), one.countries().end());
  return countries;
}

std::vector<v1::WorkType> WorkTypes() {
  std::vector<v1::WorkType> work_types;
  for (int number = v1::WorkType_MIN; number <= v1::WorkType_MAX; ++number) {
    if (v1::WorkType_IsValid(number) && number != v1::WORK_TYPE_UNSPECIFIED)
      work_types.push_back(static_cast<v1::WorkType>(number));
  }
  return work_types;
}

void CheckClass(const Settings::Class& one, const std::string& path, FieldCheck& check) {
  check.Require(one.keep_days() >= 1 && one.keep_days() <= kDaysMax, path + ".keep_days",
                "must be 1 to 36,500 days");
  for (int i = 0; i < one.work_types_size(); ++i) {
    check.Enum(v1::WorkType_IsValid(one.work_types(i)), one.work_types(i),
               path + ".work_types[" + std::to_string(i) + "]");
  }
  for (int i = 0; i < one.countries_size(); ++i) {
    check.Country(one.countries(i), path + ".countries[" + std::to_string(i) + "]");
  }
}

void CheckDays(int32_t days, const char* field, FieldCheck& check) {
  check.Require(days >= 0 && days <= kDaysMax, field,
                "must be 1 to 36,500 days, or absent for ever");
}

}  // namespace

std::optional<FieldProblem> CheckSettings(const Settings& settings) {
  FieldCheck check;
  check.Require(settings.classes_size() <= kClassesMax, "classes", "must be at most 100");
  if (!check.ok()) return check.problem();
  const auto path = [](int index) { return "classes[" + std::to_string(index) + "]"; };
  for (int i = 0; i < settings.classes_size(); ++i) CheckClass(settings.classes(i), path(i), check);
  CheckDays(settings.accounts_keep_days(), "accounts_keep_days", check);
  CheckDays(settings.quarantine_keep_days(), "quarantine_keep_days", check);
  std::set<int> reached;
  for (const std::string& country : Countries(settings)) {
    for (const v1::WorkType work_type : WorkTypes())
      reached.insert(ClassOf(settings, work_type, country));
  }
  for (int i = 0; i < settings.classes_size(); ++i) {
    check.Require(reached.contains(i), path(i),
                  "is never reached: the classes before it take all that it fits; put it first or "
                  "leave it out");
  }
  return check.problem();
}

Policy::Policy(Settings settings, absl::Duration day) : settings_(std::move(settings)), day_(day) {
  SWITCHBOARD_ASSERT(!CheckSettings(settings_).has_value());
}

bool Policy::erases_anything() const {
  return settings_.classes_size() > 0 || settings_.accounts_keep_days() > 0 ||
         settings_.quarantine_keep_days() > 0;
}

absl::Duration Policy::KeepOf(v1::WorkType work_type, std::string_view country) const {
  if (!country.empty()) {
    const int found = ClassOf(settings_, work_type, country);
    return found < 0 ? absl::InfiniteDuration() : Days(settings_.classes(found).keep_days());
  }
  absl::Duration longest;
  for (const std::string& one : Countries(settings_))
    longest = std::max(longest, KeepOf(work_type, one));
  return longest;
}

absl::Duration Policy::LongestKeep() const {
  absl::Duration longest;
  for (const v1::WorkType work_type : WorkTypes())
    longest = std::max(longest, KeepOf(work_type, ""));
  return longest;
}

}  // namespace switchboard::retention
