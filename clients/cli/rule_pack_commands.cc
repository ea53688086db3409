// Rule packs at the hub: what was released, and how a file differs from it.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/changed_fields.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/cli/text_versions.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/rules/pack_check.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Json = nlohmann::ordered_json;

// What one text of a pack says otherwise than another.
struct Difference {
  std::vector<std::string> pack;  // fields beside the rules and the version
  std::vector<std::string> added, removed;
  std::vector<std::pair<std::string, std::vector<std::string>>> changed;  // rules and their fields

  bool none() const { return pack.empty() && added.empty() && removed.empty() && changed.empty(); }
};

Difference Compare(const v1::RulePack& before, const v1::RulePack& after) {
  Difference difference;
  for (std::string& field : ChangedFields(before, after)) {
    if (field != "rules" && field != "version") difference.pack.push_back(std::move(field));
  }
  std::map<std::string, const v1::RulePack::Rule*> old_rules;
  for (const auto& rule : before.rules()) old_rules[rule.rule_id()] = &rule;
  for (const auto& rule : after.rules()) {
    const auto old_rule = old_rules.extract(rule.rule_id());
    if (old_rule.empty()) {
      difference.added.push_back(rule.rule_id());
      continue;
    }
    auto fields = ChangedFields(*old_rule.mapped(), rule);
    if (!fields.empty()) difference.changed.emplace_back(rule.rule_id(), std::move(fields));
  }
  for (const auto& [id, rule] : old_rules) difference.removed.push_back(id);
  return difference;
}

// One line a rule.
std::string LinesOf(const Difference& difference) {
  std::string lines;
  if (!difference.pack.empty())
    absl::StrAppend(&lines, "  pack     ", absl::StrJoin(difference.pack, ", "), "\n");
  for (const std::string& id : difference.added) absl::StrAppend(&lines, "  added    ", id, "\n");
  for (const std::string& id : difference.removed) absl::StrAppend(&lines, "  removed  ", id, "\n");
  for (const auto& [id, fields] : difference.changed)
    absl::StrAppend(&lines, "  changed  ", id, ": ", absl::StrJoin(fields, ", "), "\n");
  return lines;
}

Json JsonOf(const Difference& difference) {
  Json changed = Json::array();
  for (const auto& [id, fields] : difference.changed)
    changed.push_back({{"rule_id", id}, {"fields", fields}});
  return {{"pack_fields", difference.pack},
          {"added", difference.added},
          {"removed", difference.removed},
          {"changed", std::move(changed)}};
}

}  // namespace

absl::StatusOr<Result> RulesList(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response,
                   hub->Ask<v1::ListRulePacksResponse>(v1::ListRulePacksRequest()));
  TextTable table({{"pack", Align::kLeft},
                   {"version"},
                   {"in force", Align::kLeft},
                   {"country", Align::kLeft},
                   {"region", Align::kLeft},
                   {"rules"},
                   {"unverified"},
                   {"from", Align::kLeft},
                   {"to", Align::kLeft},
                   {"proposed by", Align::kLeft},
                   {"released by", Align::kLeft},
                   {"released (UTC)", Align::kLeft},
                   {"title", Align::kLeft}});
  int64_t in_force = 0;
  for (const auto& line : response.packs()) {
    in_force += line.in_force() ? 1 : 0;
    table.Add({line.pack_id(), absl::StrCat(line.version()), line.in_force() ? "yes" : "no",
               line.country(), line.region(), WithCommas(line.rules()),
               WithCommas(line.unverified_rules()), DayText(line.effective_from()),
               DayText(line.effective_to()), line.proposed_by(), line.released_by(),
               UtcText(line.release_time()), line.title()});
  }
  Result result;
  result.text = table.Render();
  result.summary = absl::StrCat(Counted(response.packs_size(), "version"), " of rule packs, ",
                                in_force, " in force");
  if (in_force == 0) result.summary += ": nobody may be contacted";
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> RulesDiff(Session& session, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
  ASSIGN_OR_RETURN(const auto after, rules::ParseRulePack(yaml, file));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto newest, NewestText(*hub, v1::TEXT_KIND_RULE_PACK, after.pack_id()));
  const bool is_new = !newest.has_value();
  v1::RulePack before;
  if (!is_new) {
    ASSIGN_OR_RETURN(
        before,
        rules::ParseRulePack(*newest, absl::StrCat("rule pack ", after.pack_id(), " as released")));
  }
  Difference difference = Compare(before, after);
  if (is_new) difference.pack.clear();  // all of it
  Result result;
  result.holds = difference.none();
  result.text = LinesOf(difference);
  result.summary = absl::StrCat(
      "rule pack ", after.pack_id(), ": ",
      is_new ? "nothing released" : absl::StrCat("version ", before.version(), " released"),
      " -> version ", after.version(), " of the file: ");
  if (difference.none()) {
    result.summary += "the same";
  } else {
    absl::StrAppend(&result.summary, Counted(std::ssize(difference.added), "rule"), " added, ",
                    difference.removed.size(), " removed, ", difference.changed.size(), " changed");
  }
  if (!difference.none() && after.version() <= before.version())
    absl::StrAppend(&result.summary, "; to be proposed it needs version ", before.version() + 1,
                    " or higher");
  Json json = JsonOf(difference);
  json["pack_id"] = after.pack_id();
  json["released_version"] = before.version();
  json["version"] = after.version();
  result.json = Dumped(json);
  return result;
}

}  // namespace switchboard::cli
