#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_kind.h"
#include "clients/cli/text_lint.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/routing/plan_check.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Json = nlohmann::ordered_json;

std::string SegmentsOf(const v1::RoutingPlan& plan) {
  TextTable table(
      {{"segment", Align::kLeft}, {"work type", Align::kLeft}, {"shares", Align::kLeft}});
  for (const auto& segment : plan.segments()) {
    std::vector<std::string> shares;
    for (const auto& share : segment.shares())
      shares.push_back(absl::StrCat(share.vendor_id(), " ", share.percent(), " %"));
    table.Add({segment.name(), ShortName(segment.work_type()), absl::StrJoin(shares, ", ")});
  }
  return table.Render();
}

}  // namespace

absl::StatusOr<Result> RoutingLint(Session&, const std::vector<std::string>& files) {
  Result result =
      LintFiles(v1::TEXT_KIND_ROUTING_PLAN, files,
                [](const std::string& yaml, const std::string& file) -> absl::StatusOr<LintedText> {
                  ASSIGN_OR_RETURN(const auto plan, routing::ParseRoutingPlan(yaml, file));
                  LintedText linted;
                  linted.about = absl::StrCat("plan ", plan.plan_id(), ": ",
                                              Counted(plan.segments_size(), "segment"));
                  linted.lines = SegmentsOf(plan);
                  linted.json = Dumped(Json::object({{"plan", Json::parse(JsonOf(plan))}}));
                  return linted;
                });
  if (result.holds) result.summary += ", as far as can be told without the vendors' contracts";
  return result;
}

absl::StatusOr<Result> RoutingWhatIf(Session& session, const std::string& file) {
  v1::PreviewRoutingRequest request;
  if (!file.empty()) {
    ASSIGN_OR_RETURN(OwnText text, ReadOwnText(v1::TEXT_KIND_ROUTING_PLAN, file));
    request.set_yaml(std::move(text.yaml));
    request.set_file_name(std::move(text.file_name));
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
