#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

}  // namespace

absl::StatusOr<Result> RoutingCheck(Session&, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
  Result result;
  const auto plan = routing::ParseRoutingPlan(yaml, file);
  if (!plan.ok()) {
    result.holds = false;
    result.text = absl::StrCat("  BAD  ", plan.status().message(), "\n");
    result.summary = "the plan is not good";
    result.json = absl::StrCat(
        "{\"ok\":false,\"problem\":", JsonText(std::string(plan.status().message())), "}");
    return result;
  }
  TextTable table(
      {{"segment", Align::kLeft}, {"work type", Align::kLeft}, {"shares", Align::kLeft}});
  for (const auto& segment : plan->segments()) {
    std::vector<std::string> shares;
    for (const auto& share : segment.shares()) {
      shares.push_back(absl::StrCat(share.vendor_id(), " ", share.percent(), " %"));
    }
    table.Add({segment.name(), ShortName(segment.work_type()), absl::StrJoin(shares, ", ")});
  }
  result.text = table.Render();
  result.summary =
      absl::StrCat("plan ", plan->plan_id(), ": ", Counted(plan->segments_size(), "segment"),
                   ", good as far as can be told without contracts");
  result.json = absl::StrCat("{\"ok\":true,\"plan\":", JsonOf(*plan), "}");
  return result;
}

absl::StatusOr<Result> RoutingApply(Session& session, const std::string& file) {
  v1::ApplyRoutingPlanRequest request;
  ASSIGN_OR_RETURN(*request.mutable_yaml(), ReadTextFile(file));
  request.set_file_name(contracts::FileNameForErrors(file));
  RETURN_IF_ERROR(routing::ParseRoutingPlan(request.yaml(), file).status());
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ApplyRoutingPlanResponse>(request));
  Result result;
  result.summary = absl::StrCat("plan ", response.plan_id(),
                                response.changed() ? " is in force for what is imported from now on"
                                                   : " was in force already");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> RoutingShow(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response,
                   hub->Ask<v1::ShowRoutingPlanResponse>(v1::ShowRoutingPlanRequest()));
  Result result;
  result.text = response.yaml() + (absl::EndsWith(response.yaml(), "\n") ? "\n" : "\n\n");
  result.summary = absl::StrCat("plan ", response.plan_id(), ", in force since ",
                                UtcText(response.apply_time()), " UTC by ", response.actor());
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> RoutingWhatIf(Session& session, const std::string& file) {
  v1::PreviewRoutingRequest request;
  if (!file.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_yaml(), ReadTextFile(file));
    request.set_file_name(contracts::FileNameForErrors(file));
    RETURN_IF_ERROR(routing::ParseRoutingPlan(request.yaml(), file).status());
  }
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::PreviewRoutingResponse>(request));
  TextTable table({{"segment", Align::kLeft},
                   {"vendor", Align::kLeft},
                   {"accounts"},
                   {"amount due"},
                   {"not placed because", Align::kLeft}});
  int64_t placed = 0;
  for (const auto& line : response.lines()) {
    const bool is_placed = !line.vendor_id().empty();
    placed += is_placed ? line.accounts() : 0;
    table.Add({line.segment().empty() ? "(none)" : line.segment(),
               is_placed ? line.vendor_id() : "(none)", WithCommas(line.accounts()),
               line.has_amount_due() ? MoneyText(line.amount_due()) : "",
               ShortName(line.not_placed_reason())});
  }
  Result result;
  result.text = table.Render();
  result.summary =
      absl::StrCat(Counted(response.accounts(), "account"), ": ", WithCommas(placed),
                   " to vendors, ", WithCommas(response.accounts() - placed), " not placed");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
