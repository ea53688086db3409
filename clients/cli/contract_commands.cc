#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"
#include "clients/cli/text_lint.h"
#include "clients/cli/warning_lines.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Describe(const v1::Contract& contract) {
  std::vector<std::string> work_types;
  for (const auto& terms : contract.work_types()) {
    work_types.push_back(
        absl::StrCat(ShortName(terms.work_type()), " (", terms.disclose_size(), " data classes)"));
  }
  return absl::StrCat(contract.vendor_id(), ": ", absl::StrJoin(work_types, ", "));
}

}  // namespace

absl::StatusOr<Result> ContractLint(Session&, const std::vector<std::string>& files) {
  return LintFiles(
      v1::TEXT_KIND_CONTRACT, files,
      [](const std::string& yaml, const std::string& file) -> absl::StatusOr<LintedText> {
        ASSIGN_OR_RETURN(const auto contract, contracts::ParseContract(yaml, file));
        LintedText linted;
        linted.about = Describe(contract);
        linted.warnings = contracts::ContractWarnings(contract, yaml, file);
        linted.json = Dumped(
            Json::object({{"vendor_id", contract.vendor_id()}, {"warnings", linted.warnings}}));
        return linted;
      });
}

absl::StatusOr<Result> ContractEnd(Session& session, const ContractEndArguments& arguments) {
  v1::EndContractRequest request;
  request.set_vendor_id(arguments.vendor_id);
  if (const auto day = DayOf(arguments.from)) *request.mutable_first_day_out() = *day;
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::EndContractResponse>(request));
  Result result;
  result.text = WarningLines(response);
  result.summary = absl::StrCat(
      "the contract of ", arguments.vendor_id,
      response.changed() ? " ends: " : " had ended by then already: ",
      DayText(response.first_day_out()), " is its first day out of force; ",
      Counted(response.live_assignments(), "live assignment"), " to be placed elsewhere");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
