#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/contract_warnings.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/printable_text.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"

namespace switchboard::cli {
namespace {

std::string Describe(const v1::Contract& contract) {
  std::vector<std::string> work_types;
  for (const auto& terms : contract.work_types()) {
    work_types.push_back(
        absl::StrCat(ShortName(terms.work_type()), " (", terms.disclose_size(), " data classes)"));
  }
  return absl::StrCat(contract.vendor_id(), ": ", absl::StrJoin(work_types, ", "));
}

// What became of a contract that was applied. `today` is written as the days are, in UTC.
std::string Standing(const v1::ApplyContractResponse& response, const std::string& today) {
  std::string text;
  if (response.in_force()) {
    text = response.changed() ? ", is in force" : ", was in force already";
  } else if (response.has_effective_from() && DayText(response.effective_from()) > today) {
    text = absl::StrCat(response.changed() ? ", begins" : ", was there already and begins", " on ",
                        DayText(response.effective_from()), "; what was in force stays until then");
  } else {
    text = ", is not in force, and nothing else of this vendor's is";
  }
  if (response.has_effective_to()) {
    absl::StrAppend(&text, "; ", DayText(response.effective_to()),
                    " is its first day out of force");
  }
  if (response.new_generation()) text += "; the vendor's feed began a new generation";
  return text;
}

}  // namespace

absl::StatusOr<Result> ContractCheck(Session&, const std::vector<std::string>& files) {
  Result result;
  nlohmann::json json = nlohmann::json::array();
  int64_t bad = 0;
  int64_t warned = 0;
  for (const std::string& file : files) {
    std::vector<std::string> warnings;
    auto contract = [&]() -> absl::StatusOr<v1::Contract> {
      ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
      ASSIGN_OR_RETURN(v1::Contract read, contracts::ParseContract(yaml, file));
      warnings = contracts::ContractWarnings(read, yaml, file);
      return read;
    }();
    if (contract.ok()) {
      absl::StrAppend(&result.text, "  ok   ", Printable(file), ": ",
                      Printable(Describe(*contract)), "\n");
      for (const std::string& warning : warnings)
        absl::StrAppend(&result.text, "  WARNING  ", Printable(warning), "\n");
      warned += static_cast<int64_t>(warnings.size());
      json.push_back({{"file", file},
                      {"ok", true},
                      {"vendor_id", contract->vendor_id()},
                      {"warnings", warnings}});
      continue;
    }
    ++bad;
    absl::StrAppend(&result.text, "  BAD  ",
                    PrintableLines(std::string(contract.status().message())), "\n");
    json.push_back({{"file", file},
                    {"ok", false},
                    {"reason", ErrorReason(contract.status())},
                    {"problem", std::string(contract.status().message())}});
  }
  result.holds = bad == 0;
  const auto count = static_cast<int64_t>(files.size());
  result.summary = bad == 0 ? Counted(count, "contract") + " checked, all good"
                            : absl::StrCat(bad, " of ", Counted(count, "contract"), " not good");
  if (warned > 0) absl::StrAppend(&result.summary, ", ", Counted(warned, "warning"));
  result.json = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return result;
}

absl::StatusOr<Result> ContractApply(Session& session, const std::string& file) {
  v1::ApplyContractRequest request;
  ASSIGN_OR_RETURN(*request.mutable_yaml(), ReadTextFile(file));
  request.set_file_name(contracts::FileNameForErrors(file));
  // What a check finds here need not travel.
  RETURN_IF_ERROR(contracts::ParseContract(request.yaml(), file).status());
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ApplyContractResponse>(request));
  Result result;
  result.text = WarningLines(response);
  result.summary = absl::StrCat(
      "contract of ", response.vendor_id(), ", version ", response.contract_version(),
      Standing(response, absl::FormatTime("%Y-%m-%d", session.clock.Now(), absl::UTCTimeZone())));
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
