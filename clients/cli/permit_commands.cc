#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Line = v1::ExplainPermitsResponse::Line;

// Why not: the rules by name, everything else by its reason.
std::string WhyNot(const Line& line) {
  std::vector<std::string> why;
  for (const int reason : line.denial().all_reasons()) {
    if (reason != v1::Denial::REASON_RULE)
      why.push_back(ShortName(static_cast<v1::Denial::Reason>(reason)));
  }
  for (const auto& refusal : line.denial().refusals()) {
    why.push_back(refusal.has_counted() && refusal.has_at_most()
                      ? absl::StrCat(refusal.rule_id(), " (", refusal.counted(), " of ",
                                     refusal.at_most(), ")")
                      : refusal.rule_id());
  }
  return absl::StrJoin(why, ", ");
}

std::string AnswerTo(const Line& line) {
  if (!line.has_denial()) return "yes, until " + UtcText(line.allowed_until());
  return line.denial().has_retry_time() ? "from " + UtcText(line.denial().retry_time()) : "no";
}

// "Asia/Tokyo (CORE, ADDRESS)": where times were read, and what speaks for it.
std::string ClocksText(const v1::Clocks& clocks) {
  constexpr int kZonesMax = 2;
  std::vector<std::string> zones;
  for (int i = 0; i < std::min(clocks.zones_size(), kZonesMax); ++i)
    zones.push_back(clocks.zones(i));
  if (clocks.zones_size() > kZonesMax)
    zones.push_back(absl::StrCat(clocks.zones_size() - kZonesMax, " more"));
  std::vector<std::string> bases;
  for (const int basis : clocks.bases())
    bases.push_back(ShortName(static_cast<v1::Clocks::ZoneBasis>(basis)));
  if (clocks.region_unknown()) bases.push_back("region not known");
  if (clocks.rules_of_elsewhere()) bases.push_back("rules of elsewhere");
  const std::string text = absl::StrJoin(zones, ", ");
  return bases.empty() ? text : absl::StrCat(text, " (", absl::StrJoin(bases, ", "), ")");
}

std::string LinesOf(const v1::ExplainPermitsResponse& response) {
  if (response.lines().empty()) return "";
  TextTable table({{"vendor"},
                   {"to do", TextTable::Align::kLeft},
                   {"by", TextTable::Align::kLeft},
                   {"contact point", TextTable::Align::kLeft},
                   {"with", TextTable::Align::kLeft},
                   {"may (UTC)", TextTable::Align::kLeft},
                   {"by the clock of", TextTable::Align::kLeft},
                   {"why not now", TextTable::Align::kLeft},
                   {"should not", TextTable::Align::kLeft}});
  for (const Line& line : response.lines()) {
    std::vector<std::string> warnings;
    for (const auto& warning : line.warnings()) warnings.push_back(warning.rule_id());
    const bool person = line.party_id().empty();
    table.Add({line.vendor_id(), ShortName(line.act()), ShortName(line.channel()),
               line.contact_point_id(),
               person ? "PERSON" : absl::StrCat(ShortName(line.party()), " ", line.party_id()),
               AnswerTo(line), ClocksText(line.clocks()), WhyNot(line),
               absl::StrJoin(warnings, ", ")});
  }
  return table.Render() + "\n";
}

std::string StopsOf(const v1::ExplainPermitsResponse& response) {
  if (response.stops().empty()) return "";
  TextTable table({{"stop"},
                   {"reason", TextTable::Align::kLeft},
                   {"lies on the", TextTable::Align::kLeft},
                   {"placed by", TextTable::Align::kLeft},
                   {"since (UTC)", TextTable::Align::kLeft},
                   {"ends (UTC)", TextTable::Align::kLeft},
                   {"work", TextTable::Align::kLeft}});
  for (const auto& stop : response.stops()) {
    const std::string ends = stop.has_end_time() ? UtcText(stop.end_time()) : "when lifted";
    table.Add({stop.stop_id(), ShortName(stop.reason()), stop.subject(), stop.origin(),
               UtcText(stop.begin_time()), ends, stop.holds_work() ? "kept" : "ended"});
  }
  return table.Render() + "\n";
}

std::string CountsOf(const v1::ReportPermitsResponse& response) {
  if (response.vendors().empty()) return "";
  TextTable table({{"vendor"},
                   {"given"},
                   {"with a warning"},
                   {"denied"},
                   {"voided"},
                   {"by stops"},
                   {"contacts without"}});
  for (const auto& vendor : response.vendors()) {
    table.Add({vendor.vendor_id(), WithCommas(vendor.given()), WithCommas(vendor.warned()),
               WithCommas(vendor.denied()), WithCommas(vendor.voided()),
               WithCommas(vendor.voided_by_stops()), WithCommas(vendor.without_permit())});
  }
  return table.Render() + "\n";
}

std::string RulesOf(const v1::ReportPermitsResponse& response) {
  TextTable table({{"vendor"}, {"rule", TextTable::Align::kLeft}, {"denied"}, {"warned"}});
  bool any = false;
  for (const auto& vendor : response.vendors()) {
    for (const auto& rule : vendor.rules()) {
      table.Add({vendor.vendor_id(), rule.rule_id(), WithCommas(rule.denied()),
                 WithCommas(rule.warned())});
      any = true;
    }
  }
  return any ? table.Render() + "\n" : "";
}

std::string BoundText(int64_t within_ms) {
  return within_ms == 0 ? "longer" : absl::FormatDuration(absl::Milliseconds(within_ms));
}

std::string ConfirmationsOf(const v1::ReportPermitsResponse& response) {
  TextTable table({{"vendor"}, {"stops confirmed within"}, {"withdrawals"}});
  bool any = false;
  for (const auto& vendor : response.vendors()) {
    for (const auto& line : vendor.confirmations()) {
      table.Add({vendor.vendor_id(), BoundText(line.within_ms()), WithCommas(line.count())});
      any = true;
    }
  }
  return any ? table.Render() + "\n" : "";
}

}  // namespace

absl::StatusOr<Result> PermitExplain(Session& session, const ExplainArguments& arguments) {
  v1::ExplainPermitsRequest request;
  request.set_account_id(arguments.account_id);
  request.set_vendor_id(arguments.vendor_id);
  request.set_channel(arguments.channel);
  if (!arguments.at.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_at_time(), MomentOf("--at", arguments.at));
  }
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ExplainPermitsResponse>(request));
  Result result;
  result.text = LinesOf(response) + StopsOf(response);
  int64_t allowed = 0;
  for (const Line& line : response.lines()) allowed += line.has_denial() ? 0 : 1;
  const std::string packs = response.packs().empty()
                                ? "no rule pack is heard: nobody may be contacted"
                                : "rule packs " + absl::StrJoin(response.packs(), ", ");
  result.summary =
      response.lines().empty()
          ? absl::StrCat("account ", arguments.account_id, " is in no vendor's hands; ", packs)
          : absl::StrCat(Counted(allowed, "contact"), " of ", response.lines_size(), " allowed at ",
                         UtcText(response.at_time()), " UTC; ", packs);
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> PermitReport(Session& session, const ReportArguments& arguments) {
  v1::ReportPermitsRequest request;
  request.set_vendor_id(arguments.vendor_id);
  if (const auto day = DayOf(arguments.from)) *request.mutable_from_day() = *day;
  if (const auto day = DayOf(arguments.through)) *request.mutable_through_day() = *day;
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ReportPermitsResponse>(request));
  Result result;
  result.text = CountsOf(response) + RulesOf(response) + ConfirmationsOf(response);
  int64_t given = 0, denied = 0, without = 0;
  for (const auto& vendor : response.vendors()) {
    given += vendor.given();
    denied += vendor.denied();
    without += vendor.without_permit();
  }
  result.summary = absl::StrCat(Counted(given, "permit"), " given, ", WithCommas(denied),
                                " denied, ", Counted(without, "contact"), " without a permit");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
