// A contract looked at before anything changes: at the hub, against live work.

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/release_text.h"
#include "clients/cli/render.h"
#include "clients/cli/text_kind.h"
#include "clients/cli/warning_lines.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Plan = v1::PlanContractResponse;

// What is too large for the hub stays too large.
int32_t Narrow(int64_t number) {
  return static_cast<int32_t>(std::min<int64_t>(number, std::numeric_limits<int32_t>::max()));
}

std::string OrNothing(const std::string& text) { return text.empty() ? "(nothing)" : text; }

std::string ReachText(Plan::Reach reach) {
  switch (reach) {
    case Plan::REACH_NOTHING:
      return "goes on: no row looks otherwise";
    case Plan::REACH_CHANGED_ROWS:
      return "goes on: rows come again as changed ones";
    case Plan::REACH_NEW_GENERATION:
      return "begins a new generation, so that nothing shown before stays in use";
    default:
      return ShortName(reach);
  }
}

std::string HeadOf(const Plan& plan) {
  return absl::StrCat(
      "  text      ", NameOf(v1::TEXT_KIND_CONTRACT, plan.vendor_id()), "\n  in force  ",
      DaysText(plan.first_day(), plan.last_day_out()), "\n  beside    ",
      plan.against_version() == 0 ? "nothing: no version is in force on that day"
                                  : absl::StrCat("version ", plan.against_version()),
      "\n  digest    ", Hex(plan.digest()), "\n  feed      ", ReachText(plan.reach()), "\n\n");
}

std::string WorkOf(const Plan& plan) {
  if (plan.work_types().empty()) return {};
  TextTable table({{"work type", Align::kLeft}, {"live assignments"}, {"leave"}});
  for (const auto& line : plan.work_types()) {
    table.Add({ShortName(line.work_type()), WithCommas(line.live_assignments()),
               WithCommas(line.leaving())});
  }
  return table.Render() + "\n";
}

std::string FieldsOf(const Plan& plan) {
  if (plan.fields().empty()) return {};
  TextTable table({{"field", Align::kLeft},
                   {"work type", Align::kLeft},
                   {"seen", Align::kLeft},
                   {"now", Align::kLeft},
                   {"would be", Align::kLeft},
                   {"assignments"}});
  for (const auto& field : plan.fields()) {
    table.Add({field.path(), ShortName(field.work_type()), ShortName(field.change()),
               field.before(), field.after(), WithCommas(field.assignments())});
  }
  return table.Render() + "\n";
}

std::string TermsOf(const Plan& plan) {
  if (plan.terms().empty()) return {};
  TextTable table({{"term", Align::kLeft},
                   {"the vendor may", Align::kLeft},
                   {"now", Align::kLeft},
                   {"would be", Align::kLeft}});
  for (const auto& term : plan.terms()) {
    table.Add(
        {term.path(), ShortName(term.change()), OrNothing(term.before()), OrNothing(term.after())});
  }
  return table.Render() + "\n";
}

// Who it is stands in the first line of each alone.
std::string SamplesOf(const Plan& plan) {
  if (plan.samples().empty()) return {};
  TextTable table({{"whose", Align::kLeft},
                   {"work type", Align::kLeft},
                   {"field", Align::kLeft},
                   {"now", Align::kLeft},
                   {"would be", Align::kLeft}});
  std::pair<std::string, v1::WorkType> former;
  for (const auto& sample : plan.samples()) {
    const std::string& whose =
        sample.specimen().empty() ? sample.assignment_id() : sample.specimen();
    const std::pair<std::string, v1::WorkType> same(whose, sample.work_type());
    const bool is_first = same != former;
    table.Add({is_first ? whose : "", is_first ? ShortName(sample.work_type()) : "", sample.path(),
               OrNothing(sample.before()), OrNothing(sample.after())});
    former = same;
  }
  return absl::StrCat("  Live work by its shape, letters as \"a\" and digits as \"9\"; invented ",
                      "people as they are:\n\n", table.Render(), "\n");
}

// "2 fields seen more, 1 less, 0 otherwise; 300 of 1,500 live assignments leave"
std::string SummaryOf(const Plan& plan) {
  int64_t more = 0, less = 0, otherwise = 0, leaving = 0;
  for (const auto& field : plan.fields()) {
    more += field.change() == Plan::CHANGE_MORE ? 1 : 0;
    less += field.change() == Plan::CHANGE_LESS ? 1 : 0;
    otherwise += field.change() == Plan::CHANGE_OTHERWISE ? 1 : 0;
  }
  for (const auto& line : plan.work_types()) leaving += line.leaving();
  return absl::StrCat(
      NameOf(v1::TEXT_KIND_CONTRACT, plan.vendor_id()), ": ", Counted(more, "field"),
      " seen more, ", less, " less, ", otherwise, " otherwise; ", WithCommas(leaving), " of ",
      Counted(plan.looked_at(), "live assignment"), leaving == 1 ? " leaves" : " leave",
      plan.all() ? "" : ", and there are more to look at");
}

}  // namespace

absl::StatusOr<Result> ContractPlan(Session& session, const ContractPlanArguments& arguments) {
  v1::PlanContractRequest request;
  if (arguments.proposal_id.empty()) {
    ASSIGN_OR_RETURN(OwnText text, ReadOwnText(v1::TEXT_KIND_CONTRACT, arguments.file));
    request.set_yaml(std::move(text.yaml));
    request.set_file_name(std::move(text.file_name));
  } else {
    request.set_proposal_id(arguments.proposal_id);
  }
  request.set_assignments_max(Narrow(arguments.assignments_max));
  request.set_samples_max(Narrow(arguments.samples_max));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto plan, hub->Ask<v1::PlanContractResponse>(request));
  Result result;
  result.text = HeadOf(plan) + WorkOf(plan) + FieldsOf(plan) + TermsOf(plan) + SamplesOf(plan) +
                WarningLines(plan);
  result.summary = SummaryOf(plan);
  result.json = JsonOf(plan);
  return result;
}

}  // namespace switchboard::cli
