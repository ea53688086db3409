#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/printable_text.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/rules/case_file.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/pack_check.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

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
  Result result;
  Json json = Json::array();
  int64_t bad = 0;
  std::map<std::string, std::vector<std::pair<std::string, v1::RulePack>>> seen;
  const auto fail = [&](const std::string& file, std::string_view reason,
                        const std::string& problem) {
    ++bad;
    absl::StrAppend(&result.text, "  BAD  ", PrintableLines(problem), "\n");
    json.push_back({{"file", file}, {"ok", false}, {"reason", reason}, {"problem", problem}});
  };
  for (const std::string& file : files) {
    auto pack = ReadPack(file);
    if (!pack.ok()) {
      fail(file, ErrorReason(pack.status()), std::string(pack.status().message()));
      continue;
    }
    auto& same = seen[pack->pack_id()];
    const auto other = std::find_if(same.begin(), same.end(), [&](const auto& earlier) {
      return Overlap(earlier.second, *pack);
    });
    if (other != same.end()) {
      fail(file, "RULE_PACKS_OVERLAP",
           absl::StrCat(file, ": pack ", pack->pack_id(), " is in force on days on which ",
                        other->first, " is too; give them effective_from and effective_to"));
      continue;
    }
    absl::StrAppend(&result.text, "  ok   ", Printable(file), ": ", Printable(Describe(*pack)),
                    "\n");
    json.push_back({{"file", file},
                    {"ok", true},
                    {"pack_id", pack->pack_id()},
                    {"version", pack->version()},
                    {"rules", pack->rules_size()}});
    same.emplace_back(file, *std::move(pack));
  }
  result.holds = bad == 0;
  const auto count = static_cast<int64_t>(files.size());
  result.summary = bad == 0 ? absl::StrCat(Counted(count, "pack"), ", all good")
                            : absl::StrCat(bad, " of ", Counted(count, "pack"), " not good");
  result.json = Dumped(json);
  return result;
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
