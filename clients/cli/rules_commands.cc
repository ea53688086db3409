#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/cli/text_lint.h"
#include "clients/printable_text.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/rules/case_file.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/pack_check.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::ordered_json;

absl::StatusOr<v1::RulePack> ReadPack(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
  return rules::ParseRulePack(yaml, file);
}

absl::CivilDay DayOf(const v1::Date& date, absl::CivilDay if_absent) {
  return date.year() == 0 ? if_absent : CivilDayOf(date);
}

// Whether two texts of a pack would be in force on one day.
bool Overlap(const v1::RulePack& a, const v1::RulePack& b) {
  const absl::CivilDay first(1900, 1, 1), last(2200, 12, 31);
  return DayOf(a.effective_from(), first) < DayOf(b.effective_to(), last) &&
         DayOf(b.effective_from(), first) < DayOf(a.effective_to(), last);
}

std::string Describe(const v1::RulePack& pack) {
  int64_t should = 0, unverified = 0;
  for (const auto& rule : pack.rules()) {
    should += rule.strength() == v1::RulePack::STRENGTH_SHOULD ? 1 : 0;
    unverified += rule.verification() == v1::RulePack::VERIFICATION_UNVERIFIED ? 1 : 0;
  }
  std::string text = absl::StrCat(pack.pack_id(), " version ", pack.version(), ": ",
                                  Counted(pack.rules_size(), "rule"));
  if (should > 0) absl::StrAppend(&text, ", of which ", should, should == 1 ? " warns" : " warn");
  if (unverified > 0) {
    absl::StrAppend(&text,
                    unverified == 1 ? "; 1 stands" : absl::StrCat("; ", unverified, " stand"),
                    " on a source that nobody has verified, in the stricter reading");
  }
  return text;
}

std::vector<std::string> NamesOf(const std::vector<rules::Finding>& findings) {
  std::vector<std::string> names;
  for (const auto& finding : findings) names.push_back(finding.rule->rule_id());
  return names;
}

Json TimeJson(std::optional<absl::Time> time) {
  if (!time) return nullptr;
  return absl::FormatTime(absl::RFC3339_full, *time, absl::UTCTimeZone());
}

Json CaseJson(const rules::Case& one, const rules::CaseResult& result) {
  Json expected{{"allowed", one.allowed}, {"rules", one.rules}};
  if (one.warnings) expected["warnings"] = *one.warnings;
  if (one.compares_next_time) expected["next_time"] = TimeJson(one.next_time);
  Json json{{"name", one.name},
            {"line", one.line},
            {"passed", result.differences.empty()},
            {"allowed", result.decision.allowed()},
            {"rules", NamesOf(result.decision.refusals)},
            {"warnings", NamesOf(result.decision.warnings)}};
  if (!result.decision.allowed()) json["next_time"] = TimeJson(result.decision.next_time);
  json["expected"] = std::move(expected);
  json["differences"] = result.differences;
  return json;
}

// Runs the cases of one file; what differs is told in `result`.
absl::StatusOr<int64_t> RunFile(const std::shared_ptr<const rules::CompiledPack>& pack,
                                const std::string& file, Result* result, Json* cases) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
  ASSIGN_OR_RETURN(const auto parsed, rules::ParseCases(yaml, file, pack->pack()));
  int64_t failed = 0;
  for (const rules::Case& one : parsed) {
    const rules::CaseResult ran = rules::RunCase(pack, one);
    Json json = CaseJson(one, ran);
    json["file"] = file;
    cases->push_back(std::move(json));
    if (ran.differences.empty()) continue;
    ++failed;
    absl::StrAppend(&result->text, "  FAIL  ", Printable(file), ":", one.line, ": ",
                    Printable(one.name), "\n");
    for (const std::string& difference : ran.differences) {
      absl::StrAppend(&result->text, "        ", Printable(difference), "\n");
    }
  }
  return failed;
}

}  // namespace

absl::StatusOr<Result> RulesLint(Session&, const std::vector<std::string>& files) {
  std::map<std::string, std::vector<std::pair<std::string, v1::RulePack>>> seen;
  return LintFiles(
      v1::TEXT_KIND_RULE_PACK, files,
      [&seen](const std::string& yaml, const std::string& file) -> absl::StatusOr<LintedText> {
        ASSIGN_OR_RETURN(auto pack, rules::ParseRulePack(yaml, file));
        auto& same = seen[pack.pack_id()];
        const auto other = std::find_if(same.begin(), same.end(), [&](const auto& earlier) {
          return Overlap(earlier.second, pack);
        });
        if (other != same.end()) {
          return Error(
              absl::StatusCode::kInvalidArgument, "RULE_PACKS_OVERLAP",
              absl::StrCat(file, ": pack ", pack.pack_id(), " is in force on days on which ",
                           other->first, " is too; give them effective_from and effective_to"));
        }
        LintedText linted;
        linted.about = Describe(pack);
        linted.json = Dumped(Json::object({{"pack_id", pack.pack_id()},
                                           {"version", pack.version()},
                                           {"rules", pack.rules_size()}}));
        same.emplace_back(file, std::move(pack));
        return linted;
      });
}

absl::StatusOr<Result> RulesTest(Session&, const RulesTestArguments& arguments) {
  ASSIGN_OR_RETURN(auto read, ReadPack(arguments.pack));
  const auto pack = rules::CompiledPack::Compile(std::move(read));
  Result result;
  Json cases = Json::array();
  int64_t failed = 0;
  for (const std::string& file : arguments.cases) {
    ASSIGN_OR_RETURN(const int64_t of_file, RunFile(pack, file, &result, &cases));
    failed += of_file;
  }
  const auto count = static_cast<int64_t>(cases.size());
  result.holds = failed == 0;
  const std::string of_pack =
      absl::StrCat(" of pack ", pack->pack().pack_id(), " version ", pack->pack().version());
  result.summary = failed == 0 ? absl::StrCat(Counted(count, "case"), of_pack, ", all as expected")
                               : absl::StrCat(failed, " of ", Counted(count, "case"), of_pack,
                                              " not as expected");
  result.json = Dumped({{"ok", failed == 0},
                        {"pack", pack->pack().pack_id()},
                        {"version", pack->pack().version()},
                        {"passed", count - failed},
                        {"failed", failed},
                        {"cases", std::move(cases)}});
  return result;
}

}  // namespace switchboard::cli
