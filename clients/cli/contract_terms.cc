// Contracts at the hub: what is in force, and its end.

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/contract_warnings.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

}  // namespace

absl::StatusOr<Result> ContractShow(Session& session, const ContractShowArguments& arguments) {
  v1::ShowContractRequest request;
  request.set_vendor_id(arguments.vendor_id);
  request.set_contract_version(arguments.version);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ShowContractResponse>(request));
  TextTable table({{"version", Align::kLeft},
                   {"applied (UTC)"},
                   {"by", Align::kLeft},
                   {"from", Align::kLeft},
                   {"to", Align::kLeft},
                   {"", Align::kLeft}});
  bool in_force = false;
  for (const auto& version : response.versions()) {
    const bool shown = version.contract_version() == response.contract_version();
    in_force = in_force || (shown && version.in_force());
    table.Add({absl::StrCat("v", version.contract_version(), shown ? " *" : ""),
               UtcText(version.apply_time()), version.actor(),
               version.has_effective_from() ? DayText(version.effective_from()) : "at once",
               version.has_effective_to() ? DayText(version.effective_to()) : "open",
               version.in_force() ? "in force" : ""});
  }
  Result result;
  result.text = absl::StrCat(table.Render(), "\n", response.yaml(),
                             absl::EndsWith(response.yaml(), "\n") ? "\n" : "\n\n");
  result.summary =
      absl::StrCat("contract of ", arguments.vendor_id, ", version ", response.contract_version(),
                   " of ", response.versions_size(), in_force ? ", in force" : ", not in force");
  result.json = JsonOf(response);
  return result;
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
