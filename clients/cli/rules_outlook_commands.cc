// What rule packs do to the hours to come, and what they would have done.

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// What is too large for the hub stays too large.
int32_t Narrow(int64_t number) {
  return static_cast<int32_t>(std::min<int64_t>(number, std::numeric_limits<int32_t>::max()));
}

std::string HoursOf(const v1::PreviewRulesResponse& response) {
  if (response.vendors().empty()) return "";
  std::vector<TextTable::Column> columns = {{"hour from (UTC)"}};
  size_t hours = 0;
  for (const auto& vendor : response.vendors()) {
    columns.push_back({vendor.vendor_id()});
    hours = std::max(hours, static_cast<size_t>(vendor.callable_size()));
  }
  TextTable table(std::move(columns));
  const absl::Time begin = TimeOf(response.begin_time());
  for (size_t hour = 0; hour < hours; ++hour) {
    std::vector<std::string> cells = {UtcText(begin + absl::Hours(static_cast<int64_t>(hour)))};
    for (const auto& vendor : response.vendors())
      cells.push_back(WithCommas(vendor.callable(static_cast<int>(hour))));
    table.Add(std::move(cells));
  }
  return table.Render() + "\n";
}

std::string BlockingOf(const v1::PreviewRulesResponse& response) {
  TextTable table({{"vendor"},
                   {"assignments"},
                   {"barred"},
                   {"rule", Align::kLeft},
                   {"hours it refuses"},
                   {"alone"}});
  for (const auto& vendor : response.vendors()) {
    const std::string assignments = WithCommas(vendor.assignments());
    const std::string barred = WithCommas(vendor.barred());
    if (vendor.blocking().empty()) table.Add({vendor.vendor_id(), assignments, barred, "", "", ""});
    for (const auto& line : vendor.blocking()) {
      table.Add({vendor.vendor_id(), assignments, barred, line.rule_id(),
                 WithCommas(line.assignment_hours()), WithCommas(line.alone())});
    }
  }
  return response.vendors().empty() ? "" : table.Render() + "\n";
}

std::string SamplesOf(const v1::ReplayRulesResponse& response) {
  if (response.samples().empty()) return "";
  TextTable table({{"account"},
                   {"by", Align::kLeft},
                   {"began (UTC)", Align::kLeft},
                   {"how", Align::kLeft},
                   {"refused by", Align::kLeft}});
  for (const auto& sample : response.samples()) {
    table.Add({sample.account_id(), sample.collector(), UtcText(sample.begin_time()),
               ShortName(sample.channel()), absl::StrJoin(sample.rule_ids(), ", ")});
  }
  return table.Render() + "\n";
}

}  // namespace

absl::StatusOr<Result> RulesPreview(Session& session, const RulesPreviewArguments& arguments) {
  v1::PreviewRulesRequest request;
  if (!arguments.pack.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_yaml(), ReadTextFile(arguments.pack));
    request.set_file_name(arguments.pack);
  }
  request.set_hours(Narrow(arguments.hours));
  request.set_channel(arguments.channel);
  request.set_assignments_max(Narrow(arguments.assignments_max));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::PreviewRulesResponse>(request));
  Result result;
  result.text = HoursOf(response) + BlockingOf(response);
  result.summary = absl::StrCat(Counted(response.looked_at(), "live assignment"), " looked at",
                                response.all() ? "" : ", and there are more");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> RulesReplay(Session& session, const RulesReplayArguments& arguments) {
  v1::ReplayRulesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_yaml(), ReadTextFile(arguments.pack));
  request.set_file_name(arguments.pack);
  ASSIGN_OR_RETURN(*request.mutable_from_time(), MomentOf("--from", arguments.from));
  ASSIGN_OR_RETURN(*request.mutable_to_time(), MomentOf("--to", arguments.to));
  request.set_samples_max(Narrow(arguments.samples_max));
  request.set_contacts_max(Narrow(arguments.contacts_max));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ReplayRulesResponse>(request));
  Result result;
  if (!response.rules().empty()) {
    TextTable table({{"rule"}, {"would refuse"}, {"would warn"}});
    for (const auto& rule : response.rules())
      table.Add({rule.rule_id(), WithCommas(rule.refused()), WithCommas(rule.warned())});
    result.text = table.Render() + "\n";
  }
  result.text += SamplesOf(response);
  result.summary =
      absl::StrCat(WithCommas(response.refused()), " of ", Counted(response.contacts(), "contact"),
                   " would have been refused");
  if (response.has_next_time()) {
    absl::StrAppend(
        &result.summary, "; there are more: go on with --from ",
        absl::FormatTime(absl::RFC3339_full, TimeOf(response.next_time()), absl::UTCTimeZone()));
  }
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
