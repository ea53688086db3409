#include "hub/contracts/script_check.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/card_number.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/locale_codes.h"
#include "hub/base/proto_time.h"
#include "hub/base/yaml.h"

namespace switchboard::contracts {
namespace {

using v1::Script;

constexpr char kReason[] = "SCRIPT_INVALID";
constexpr char kTwice[] = "stands here twice; keep one";
constexpr size_t kTitleBytesMax = 100;
constexpr size_t kWordingBytesMax = 4'000;
constexpr int kStepsMax = 50;

void CheckDays(const Script& script, FieldCheck& check) {
  if (script.has_effective_from()) check.Day(script.effective_from(), "effective_from");
  if (script.has_effective_to()) check.Day(script.effective_to(), "effective_to");
  if (!check.ok() || !script.has_effective_from() || !script.has_effective_to()) return;
  check.Require(CivilDayOf(script.effective_from()) < CivilDayOf(script.effective_to()),
                "effective_to",
                "must be later than effective_from; it is the first day out of force");
}

void CheckWorkTypes(const Script& script, FieldCheck& check) {
  std::set<int> seen;
  for (int i = 0; i < script.work_types_size(); ++i) {
    const std::string path = absl::StrCat("work_types[", i, "]");
    check.Enum(v1::WorkType_IsValid(script.work_types(i)), script.work_types(i), path);
    check.Require(seen.insert(script.work_types(i)).second, path, kTwice);
  }
}

void CheckWording(Script::Wording& wording, const std::string& path, FieldCheck& check) {
  if (!IsPrimaryLanguage(wording.language())) {
    const std::string hint = HintForLanguage(wording.language());
    check.Fail(path + "language",
               absl::StrCat("must be a primary language in small letters, as in \"ja\"",
                            hint.empty() ? "" : "; ", hint));
  }
  check.Paragraphs(wording.mutable_text(), 1, kWordingBytesMax, path + "text");
  check.Require(!check.ok() || !HoldsCardNumber(wording.text()), path + "text",
                "must not hold a payment card number");
}

void CheckStep(Script::Step& step, const std::string& path, FieldCheck& check) {
  check.Id(step.step_id(), path + "step_id");
  check.Require(step.wordings_size() >= 1, path + "wordings",
                "must have at least one entry: what is said, in one language");
  std::set<std::string> languages;
  for (int i = 0; i < step.wordings_size() && check.ok(); ++i) {
    const std::string place = absl::StrCat(path, "wordings[", i, "].");
    CheckWording(*step.mutable_wordings(i), place, check);
    check.Require(languages.insert(step.wordings(i).language()).second, place + "language", kTwice);
  }
}

void CheckScript(Script& script, FieldCheck& check) {
  check.Id(script.script_id(), "script_id");
  check.Require(script.version() >= 1, "version", "must be 1 or more");
  check.Name(script.mutable_title(), 1, kTitleBytesMax, "title");
  CheckDays(script, check);
  CheckWorkTypes(script, check);
  check.Require(script.steps_size() >= 1 && script.steps_size() <= kStepsMax, "steps",
                absl::StrCat("must have 1 to ", kStepsMax, " entries"));
  std::set<std::string> ids;
  for (int i = 0; i < script.steps_size() && check.ok(); ++i) {
    const std::string path = absl::StrCat("steps[", i, "].");
    CheckStep(*script.mutable_steps(i), path, check);
    check.Require(ids.insert(script.steps(i).step_id()).second, path + "step_id", kTwice);
  }
}

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view yaml, std::string_view file_name) {
  Script script;
  RETURN_IF_ERROR(ReadYaml(yaml, file_name, &script));
  FieldCheck check;
  CheckScript(script, check);
  if (check.ok()) return script;
  return YamlPlaces(yaml, file_name)
      .ErrorAt(check.problem()->field, kReason, check.problem()->problem);
}

}  // namespace switchboard::contracts
