#include "clients/cli/audit_detail_privacy.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/detail_words.h"
#include "clients/cli/render.h"

namespace switchboard::cli {
namespace {

// "2026-11-02 09:30:00 UTC"; empty: no time.
std::string MomentText(int64_t time_us) {
  return time_us == 0 ? std::string() : UtcText(absl::FromUnixMicros(time_us)) + " UTC";
}

}  // namespace

std::string DetailText(const v1::KeyStep& step) {
  return DetailWords().Add(ShortName(step.step())).Add("by", step.wrapped_by()).Text();
}

std::string DetailText(const v1::UnmaskingStep& step) {
  std::vector<std::string> classes;
  for (const int data_class : step.classes())
    classes.push_back(ShortName(static_cast<v1::DataClass>(data_class)));
  DetailWords words;
  words.Add(ShortName(step.state()))
      .Add(absl::StrJoin(classes, ", "))
      .Add("for", ShortName(step.reason()))
      .Add("until", MomentText(step.until_us()));
  if (step.contract_version() > 0)
    words.Add("contract", absl::StrCat("v", step.contract_version()));
  return words.Text();
}

std::string DetailText(const v1::DeletionStep& step) {
  return DetailWords()
      .Add(ShortName(step.state()))
      .Add(ShortName(step.cause()))
      .Add("due", MomentText(step.due_us()))
      .Add("refused:", step.refused())
      .Text();
}

std::string DetailText(const v1::LegalHoldStep& step) { return step.ended() ? "ended" : "placed"; }

std::string DetailText(const v1::PersonRequestStep& step) {
  DetailWords words;
  words.Add(ShortName(step.kind())).Add(ShortName(step.state()));
  if (step.pages() > 0) words.Add(Counted(step.pages(), "page") + " read");
  return words.Text();
}

}  // namespace switchboard::cli
