#include "hub/rules/case_file.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"
#include "hub/base/yaml.h"
#include "hub/base/yaml_tree.h"
#include "hub/rules/case_facts.h"
#include "switchboard/v1/rule_cases.pb.h"

namespace switchboard::rules {
namespace {

using Kind = YamlNode::Kind;

YamlNode* Find(YamlNode& map, std::string_view key) {
  for (YamlNode& child : map.children) {
    if (map.kind == Kind::kMap && child.key == key) return &child;
  }
  return nullptr;
}

// Lays `under` under `over`: maps merge, everything else is replaced.
void Lay(const YamlNode& under, YamlNode* over) {
  if (under.kind != Kind::kMap || over->kind != Kind::kMap) return;
  for (const YamlNode& child : under.children) {
    if (YamlNode* const same = Find(*over, child.key); same != nullptr) {
      Lay(child, same);
    } else {
      over->children.push_back(child);
    }
  }
}

// What YAML says with a null or a list and the schema otherwise.
void RewriteExpectation(YamlNode* expect) {
  if (YamlNode* const next = Find(*expect, "next_time");
      next != nullptr && next->kind == Kind::kNull) {
    next->key = "never";
    next->kind = Kind::kScalar;
    next->scalar = "true";
  }
  if (YamlNode* const warnings = Find(*expect, "warnings"); warnings != nullptr) {
    YamlNode names = *warnings;
    names.key = "rules";
    warnings->kind = Kind::kMap;
    warnings->children = {std::move(names)};
  }
}

void Rewrite(YamlNode* root) {
  const YamlNode* const defaults = Find(*root, "defaults");
  YamlNode* const cases = Find(*root, "cases");
  if (cases == nullptr || cases->kind != Kind::kList) return;
  for (YamlNode& one : cases->children) {
    if (YamlNode* const facts = Find(one, "facts"); facts != nullptr && defaults != nullptr) {
      Lay(*defaults, facts);
    }
    if (YamlNode* const expect = Find(one, "expect"); expect != nullptr) {
      RewriteExpectation(expect);
    }
  }
}

template <typename List>
std::vector<std::string> Sorted(const List& list) {
  std::vector<std::string> sorted(list.begin(), list.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

template <typename List>
void CheckNames(const List& names, const std::set<std::string>& known, const std::string& path,
                FieldCheck* check) {
  for (int i = 0; i < names.size(); ++i) {
    check->Require(known.contains(names.Get(i)), absl::StrCat(path, "[", i, "]"),
                   "is no rule of the pack");
  }
}

void CheckExpectation(const v1::RuleCase::Expectation& expect, const std::set<std::string>& known,
                      FieldCheck* check) {
  check->Require(expect.has_allowed(), "expect.allowed", "is missing: true or false");
  check->Require(expect.allowed() == expect.rules().empty(), "expect.rules",
                 expect.allowed() ? "does not go with allowed: true; leave it out"
                                  : "must name every rule that refuses");
  CheckNames(expect.rules(), known, "expect.rules", check);
  CheckNames(expect.warnings().rules(), known, "expect.warnings", check);
}

Case CaseOf(const v1::RuleCase& proto, const std::set<std::string>& known, FieldCheck* check) {
  Case one;
  one.name = proto.name();
  check->Require(!one.name.empty(), "name", "is missing");
  FieldCheck facts;
  one.facts = FactsOf(proto.facts(), &facts);
  if (!facts.ok()) {
    check->Fail(absl::StrCat("facts.", facts.problem()->field), facts.problem()->problem);
  }
  one.now = TimeOf(proto.facts().now());
  const auto& expect = proto.expect();
  CheckExpectation(expect, known, check);
  one.allowed = expect.allowed();
  one.rules = Sorted(expect.rules());
  if (expect.has_warnings()) one.warnings = Sorted(expect.warnings().rules());
  one.compares_next_time = expect.has_next_time() || expect.never();
  if (expect.has_next_time()) one.next_time = TimeOf(expect.next_time());
  return one;
}

std::vector<std::string> NamesOf(const std::vector<Finding>& findings) {
  std::vector<std::string> names;
  for (const Finding& finding : findings) names.push_back(finding.rule->rule_id());
  return Sorted(names);
}

std::string ListOf(const std::vector<std::string>& names) {
  return names.empty() ? "none" : absl::StrJoin(names, ", ");
}

std::string TimeText(std::optional<absl::Time> time, const Facts& facts) {
  if (!time) return "never";
  return absl::FormatTime(absl::RFC3339_full, *time,
                          facts.zones.empty() ? absl::UTCTimeZone() : facts.zones.front());
}

}  // namespace

absl::StatusOr<std::vector<Case>> ParseCases(std::string_view yaml, std::string_view file_name,
                                             const v1::RulePack& pack) {
  ASSIGN_OR_RETURN(YamlNode root, ReadYamlTree(yaml, file_name, YamlAliases::kAllowed));
  Rewrite(&root);
  v1::RuleCases file;
  RETURN_IF_ERROR(ReadYamlNode(root, file_name, &file));
  const auto fail = [&](const std::string& path, std::string_view problem) {
    return YamlError(file_name, PlaceOf(root, path), path, "RULE_CASES_INVALID", problem);
  };
  const std::string jurisdiction = absl::AsciiStrToUpper(pack.pack_id());
  if (file.jurisdiction() != jurisdiction) {
    return fail("jurisdiction", absl::StrCat("must be ", jurisdiction, ", as the pack's id"));
  }
  if (file.cases().empty()) return fail("cases", "must have at least one entry");
  std::set<std::string> known;
  for (const auto& rule : pack.rules()) known.insert(rule.rule_id());
  std::vector<Case> cases;
  for (int i = 0; i < file.cases_size(); ++i) {
    FieldCheck check;
    cases.push_back(CaseOf(file.cases(i), known, &check));
    const std::string path = absl::StrCat("cases[", i, "]");
    cases.back().line = PlaceOf(root, path).line;
    if (!check.ok()) {
      return fail(absl::StrCat(path, ".", check.problem()->field), check.problem()->problem);
    }
  }
  return cases;
}

CaseResult RunCase(const std::shared_ptr<const CompiledPack>& pack, const Case& tried) {
  CaseResult result;
  result.decision = Decide({pack}, tried.facts, tried.now);
  const auto refused = NamesOf(result.decision.refusals);
  const auto warned = NamesOf(result.decision.warnings);
  if (result.decision.allowed() != tried.allowed) {
    result.differences.push_back(tried.allowed ? "is refused, and was expected to be allowed"
                                               : "is allowed, and was expected to be refused");
  }
  if (refused != tried.rules) {
    result.differences.push_back(absl::StrCat("refused by ", ListOf(refused),
                                              ", and was expected by ", ListOf(tried.rules)));
  }
  if (tried.warnings && warned != *tried.warnings) {
    result.differences.push_back(absl::StrCat("warned of by ", ListOf(warned),
                                              ", and was expected by ", ListOf(*tried.warnings)));
  }
  if (tried.compares_next_time && !result.decision.allowed() &&
      result.decision.next_time != tried.next_time) {
    result.differences.push_back(
        absl::StrCat("next allowed ", TimeText(result.decision.next_time, tried.facts),
                     ", and was expected ", TimeText(tried.next_time, tried.facts)));
  }
  return result;
}

}  // namespace switchboard::rules
