#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/audit_chains.h"
#include "clients/cli/commands.h"
#include "clients/cli/hub_log.h"
#include "clients/cli/render.h"
#include "clients/printable_text.h"
#include "clients/text_table.h"
#include "hub/audit/heads.h"
#include "hub/audit/log_check.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using audit::Finding;
using audit::LogReport;
using Json = nlohmann::ordered_json;

const char* KindText(Finding::Kind kind) {
  switch (kind) {
    case Finding::kBroken:
      return "BROKEN";
    case Finding::kCut:
      return "CUT";
    case Finding::kNotAsNoted:
      return "NOT AS NOTED";
    case Finding::kForked:
      return "FORKED";
    case Finding::kForged:
      return "FORGED";
    case Finding::kTree:
      return "TREE";
    case Finding::kLost:
      return "LOST";
    case Finding::kAltered:
      return "ALTERED";
    case Finding::kOlder:
      return "OLDER";
    case Finding::kUnknown:
      return "UNKNOWN";
    case Finding::kMissing:
      return "MISSING";
  }
  return "";
}

int64_t CountOf(const LogReport& report, Finding::Kind kind) {
  return std::count_if(report.findings.begin(), report.findings.end(),
                       [kind](const Finding& finding) { return finding.kind == kind; });
}

// How the chains themselves are, for the summary.
std::string ChainsText(const LogReport& report) {
  const int64_t broken = CountOf(report, Finding::kBroken);
  if (broken > 0) return absl::StrCat(broken, " BROKEN");
  return CountOf(report, Finding::kCut) > 0 ? "CUT" : "unaltered";
}

// What became of the noted heads.
std::string HeadsText(const LogReport& report) {
  if (report.noted_heads == 0) return {};
  const std::string heads = Counted(report.noted_heads, "noted head");
  if (report.heads_not_as_noted == 0 && report.heads_lost == 0)
    return absl::StrCat("; ", heads, " as noted");
  std::string text;
  if (report.heads_not_as_noted > 0)
    absl::StrAppend(&text, "; ", report.heads_not_as_noted, " of ", heads, " NOT as noted");
  if (report.heads_lost > 0) {
    absl::StrAppend(&text, "; ", report.heads_lost, " of ", heads,
                    " LOST by a restore: see that there was one at that time");
  }
  return text;
}

// The same of the tree and of checkpoints.
std::string TreeText(const LogReport& report) {
  std::string text;
  if (CountOf(report, Finding::kTree) > 0) {
    text = "; its tree does NOT hold";
  } else if (report.tree_size > 0) {
    absl::StrAppend(&text, "; ", WithCommas(report.leaves), " of ", WithCommas(report.tree_size),
                    " leaves of its tree hold, with ",
                    Counted(report.checkpoints, "own checkpoint"));
  }
  if (report.noted_checkpoints == 0) return text;
  const std::string checkpoints = Counted(report.noted_checkpoints, "noted checkpoint");
  const int64_t other = report.noted_checkpoints - report.checkpoints_as_noted;
  if (other > 0) {
    absl::StrAppend(&text, "; ", WithCommas(other), " of ", checkpoints, " NOT as noted");
  } else {
    absl::StrAppend(&text, "; ", checkpoints, " as noted");
  }
  return text;
}

// And of the rows.
std::string RowsText(const audit::RowReport& rows, bool asked) {
  if (!asked) return "; rows were not asked for";
  if (!rows.compared) return "; rows were NOT compared with a log that is broken";
  if (rows.tables == 0 && rows.wrong == 0) return {};
  std::string text = absl::StrCat("; ", Counted(rows.fit, "row"), " of ",
                                  Counted(rows.tables, "table"), " fit the log");
  if (rows.unsealed > 0) absl::StrAppend(&text, ", ", WithCommas(rows.unsealed), " not sealed yet");
  if (rows.wrong > 0) absl::StrAppend(&text, ", ", WithCommas(rows.wrong), " do NOT");
  return text;
}

std::string ChainTable(const LogReport& report) {
  TextTable table({{"chain", Align::kLeft},
                   {"entries"},
                   {"events"},
                   {"last commit (UTC)"},
                   {"head (SHA-256)", Align::kLeft},
                   {"verified", Align::kLeft}});
  for (const LogReport::Chain& chain : report.chains) {
    table.Add({chain.chain_id, WithCommas(chain.entries), WithCommas(chain.events),
               chain.commit_time_us == 0 ? "" : UtcText(absl::FromUnixMicros(chain.commit_time_us)),
               Hex(chain.head), chain.problem.empty() ? "yes" : "NO"});
  }
  return table.Render();
}

Json JsonOf(const LogReport& report) {
  Json chains = Json::array(), findings = Json::array(), keys = Json::array();
  Json not_as_noted = Json::array(), lost = Json::array();
  for (const LogReport::Chain& chain : report.chains) {
    chains.push_back({{"chain_id", chain.chain_id},
                      {"entries", chain.entries},
                      {"events", chain.events},
                      {"head", Hex(chain.head)},
                      {"verified", chain.problem.empty()},
                      {"problem", chain.problem}});
  }
  for (const Finding& finding : report.findings) {
    findings.push_back(
        {{"kind", KindText(finding.kind)}, {"place", finding.place}, {"text", finding.text}});
    if (finding.kind == Finding::kNotAsNoted) not_as_noted.push_back(finding.text);
    if (finding.kind == Finding::kLost) lost.push_back(finding.text);
  }
  for (const audit::VerifierKey& key : report.keys) keys.push_back(key.Text());
  return {{"chains", chains},
          {"tree",
           {{"origin", report.origin}, {"size", report.tree_size}, {"recomputed", report.leaves}}},
          {"checkpoints",
           {{"kept", report.checkpoints},
            {"noted", report.noted_checkpoints},
            {"as_noted", report.checkpoints_as_noted}}},
          {"rows",
           {{"compared", report.rows.compared},
            {"tables", report.rows.tables},
            {"fit", report.rows.fit},
            {"not_sealed_yet", report.rows.unsealed},
            {"wrong", report.rows.wrong}}},
          {"keys", keys},
          {"findings", findings},
          {"not_as_noted", not_as_noted},
          {"lost_by_restore", lost}};
}

Result ResultOf(const LogReport& report, const AuditVerifyArguments& arguments) {
  const bool keys_were_noted = !arguments.key_file.empty();
  Result result;
  result.holds = report.findings.empty() && !report.chains.empty();
  result.text = ChainTable(report);
  for (const Finding& finding : report.findings) {
    absl::StrAppend(&result.text, "  ", KindText(finding.kind), "  ", Printable(finding.text),
                    "\n");
  }
  for (const audit::VerifierKey& key : report.keys) {
    if (report.noted_checkpoints == 0 || keys_were_noted) break;
    absl::StrAppend(&result.text,
                    "  believed by the key that the hub names itself: ", Printable(key.Text()),
                    "\n");
  }
  result.summary =
      report.chains.empty()
          ? "there is no audit chain"
          : absl::StrCat(Counted(static_cast<int64_t>(report.chains.size()), "chain"), ", ",
                         WithCommas(report.entries), " entries, ", Counted(report.events, "event"),
                         " recomputed: ", ChainsText(report));
  result.summary += TreeText(report) + HeadsText(report);
  if (!report.chains.empty()) result.summary += RowsText(report.rows, !arguments.log_only);
  result.json = Dumped(JsonOf(report));
  return result;
}

}  // namespace

absl::StatusOr<Result> AuditHeads(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response,
                   hub->Ask<v1::ListAuditHeadsResponse>(v1::ListAuditHeadsRequest()));
  TextTable table(
      {{"chain", Align::kLeft}, {"entry"}, {"committed (UTC)"}, {"hash (SHA-256)", Align::kLeft}});
  for (const v1::AuditHead& head : response.heads()) {
    table.Add({head.chain_id(), WithCommas(head.sequence()),
               UtcText(absl::FromUnixMicros(head.commit_time_us())), Hex(head.hash())});
  }
  Result result;
  result.text = table.Render();
  result.summary = Counted(response.heads_size(), "head") + ", to be noted elsewhere";
  result.json = audit::JsonOfHeads({response.heads().begin(), response.heads().end()});
  return result;
}

absl::StatusOr<Result> AuditVerify(Session& session, const AuditVerifyArguments& arguments) {
  audit::LogCheckOptions options;
  ASSIGN_OR_RETURN(options.heads, NotedHeads(arguments.expected));
  ASSIGN_OR_RETURN(options.checkpoints, NotedCheckpoints(arguments.checkpoints));
  ASSIGN_OR_RETURN(options.keys, NotedKeys(arguments.key_file));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  options.rows = !arguments.log_only;
  options.memory_bytes = static_cast<size_t>(arguments.memory_mib) << 20;
  HubLog log(*hub, [&](int64_t rows) {
    session.progress.Update(absl::StrCat(Counted(rows, "row"), " compared"));
  });
  ASSIGN_OR_RETURN(
      const LogReport report,
      audit::CheckLog(log, std::move(options), [&](int64_t entries, int64_t events) {
        session.progress.Update(absl::StrCat(Counted(events, "event"), " in ", WithCommas(entries),
                                             " entries recomputed"));
      }));
  return ResultOf(report, arguments);
}

}  // namespace switchboard::cli
