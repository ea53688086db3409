#include "clients/cli/text_kind.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "clients/cli/text_files.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/contracts/script_check.h"
#include "hub/results/code_map_check.h"
#include "hub/routing/plan_check.h"
#include "hub/rules/pack_check.h"

namespace switchboard::cli {
namespace {

template <auto Parse, auto Id>
absl::StatusOr<std::string> Checked(const std::string& yaml, const std::string& file) {
  ASSIGN_OR_RETURN(const auto read, Parse(yaml, file));
  return (read.*Id)();
}

constexpr TextWords kWords[] = {
    {v1::TEXT_KIND_CONTRACT, "contract", "contract", "VENDOR", "contracts/sakura.yaml", "sakura",
     Checked<contracts::ParseContract, &v1::Contract::vendor_id>},
    {v1::TEXT_KIND_ROUTING_PLAN, "routing", "plan", "PLAN", "plan.yaml", "2027-q2",
     Checked<routing::ParseRoutingPlan, &v1::RoutingPlan::plan_id>},
    {v1::TEXT_KIND_RULE_PACK, "rules", "rule pack", "PACK", "packs/jp.yaml", "jp",
     Checked<rules::ParseRulePack, &v1::RulePack::pack_id>},
    {v1::TEXT_KIND_CODE_MAP, "codes", "code map", "VENDOR", "codes/sakura.yaml", "sakura",
     Checked<results::ParseCodeMap, &v1::CodeMap::vendor_id>},
    {v1::TEXT_KIND_SCRIPT, "script", "script", "SCRIPT", "scripts/reminder.yaml", "reminder",
     Checked<contracts::ParseScript, &v1::Script::script_id>},
};
constexpr TextWords kUnknown = {v1::TEXT_KIND_UNSPECIFIED, "", "text", "", "", "", nullptr};

}  // namespace

const TextWords& WordsOf(v1::TextKind kind) {
  const auto* found = std::find_if(std::begin(kWords), std::end(kWords),
                                   [kind](const TextWords& words) { return words.kind == kind; });
  return found == std::end(kWords) ? kUnknown : *found;
}

std::string NameOf(v1::TextKind kind, std::string_view text_id) {
  return absl::StrCat(WordsOf(kind).noun, " ", absl::string_view(text_id.data(), text_id.size()));
}

absl::StatusOr<OwnText> ReadOwnText(v1::TextKind kind, const std::string& file) {
  const TextWords& words = WordsOf(kind);
  SWITCHBOARD_ASSERT(words.check != nullptr);
  OwnText text;
  ASSIGN_OR_RETURN(text.yaml, ReadTextFile(file));
  ASSIGN_OR_RETURN(text.text_id, words.check(text.yaml, file));
  text.file_name = contracts::FileNameForErrors(file);
  return text;
}

}  // namespace switchboard::cli
