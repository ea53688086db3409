#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/audit_chains.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/printable_text.h"
#include "clients/text_table.h"
#include "hub/audit/chain.h"
#include "hub/audit/heads.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// What became of the noted heads, for the summary.
std::string NotedText(size_t noted, size_t not_as_noted, size_t lost) {
  if (noted == 0) return {};
  const std::string heads = Counted(static_cast<int64_t>(noted), "noted head");
  if (not_as_noted == 0 && lost == 0) return absl::StrCat("; ", heads, " as noted");
  std::string text;
  if (not_as_noted > 0) absl::StrAppend(&text, "; ", not_as_noted, " of ", heads, " NOT as noted");
  if (lost > 0) {
    absl::StrAppend(&text, "; ", lost, " of ", heads,
                    " LOST by a restore: see that there was one at that time");
  }
  return text;
}

// Chains as they are verified: for the table, the lines below it and --json.
class Verification {
 public:
  // Verifies one chain; `heads` sees its entries. Errors: those of reading.
  absl::Status Add(Session& session, HubCalls& hub, const std::string& chain,
                   audit::HeadCheck& heads) {
    audit::ChainVerifier verifier;
    absl::Time last = absl::InfinitePast();
    const absl::Status status =
        ForEachEntry(session, hub, chain, /*after=*/0, [&](const v1::AuditEntry& entry) {
          last = absl::FromUnixMicros(entry.commit_time_us());
          const absl::Status fits = verifier.Add(entry);
          if (fits.ok()) heads.See(entry);
          return fits;
        });
    if (!status.ok() && ErrorReason(status) != "AUDIT_BROKEN") return status;
    ++chains_;
    entries_ += verifier.entries();
    events_ += verifier.events();
    table_.Add({chain, WithCommas(verifier.entries()), WithCommas(verifier.events()),
                last == absl::InfinitePast() ? "" : UtcText(last), Hex(verifier.head()),
                status.ok() ? "yes" : "NO"});
    if (!status.ok()) {
      ++broken_;
      AddLine("BROKEN", std::string(status.message()));
    }
    json_.push_back({{"chain_id", chain},
                     {"entries", verifier.entries()},
                     {"events", verifier.events()},
                     {"head", Hex(verifier.head())},
                     {"verified", status.ok()},
                     {"problem", std::string(status.message())}});
    return absl::OkStatus();
  }

  Result Finish(const audit::HeadCheck& heads) {
    std::vector<std::string> not_as_noted, lost;
    for (const auto& problem : heads.Problems()) {
      AddLine(problem.lost_by_restore ? "LOST" : "NOT AS NOTED", problem.text);
      (problem.lost_by_restore ? lost : not_as_noted).push_back(problem.text);
    }
    Result result;
    result.holds = broken_ == 0 && chains_ > 0 && not_as_noted.empty() && lost.empty();
    result.text = table_.Render() + lines_;
    result.summary =
        chains_ == 0 ? "there is no audit chain"
                     : absl::StrCat(Counted(chains_, "chain"), ", ", WithCommas(entries_),
                                    " entries, ", Counted(events_, "event"), " recomputed: ",
                                    broken_ == 0 ? "unaltered" : absl::StrCat(broken_, " BROKEN"));
    result.summary += NotedText(heads.noted(), not_as_noted.size(), lost.size());
    result.json = nlohmann::ordered_json{
        {"chains", json_},
        {"not_as_noted", not_as_noted},
        {"lost_by_restore",
         lost}}.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return result;
  }

 private:
  void AddLine(const char* what, const std::string& problem) {
    absl::StrAppend(&lines_, "  ", what, "  ", Printable(problem), "\n");
  }

  TextTable table_{{{"chain", Align::kLeft},
                    {"entries"},
                    {"events"},
                    {"last commit (UTC)"},
                    {"head (SHA-256)", Align::kLeft},
                    {"verified", Align::kLeft}}};
  std::string lines_;
  nlohmann::ordered_json json_ = nlohmann::ordered_json::array();
  int64_t chains_ = 0;
  int64_t entries_ = 0;
  int64_t events_ = 0;
  int64_t broken_ = 0;
};

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

absl::StatusOr<Result> AuditVerify(Session& session, const std::string& expected) {
  ASSIGN_OR_RETURN(auto noted, NotedHeads(expected));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto chains, ChainIds(*hub));
  audit::HeadCheck heads(std::move(noted));
  Verification verification;
  for (const std::string& chain : chains) {
    RETURN_IF_ERROR(verification.Add(session, *hub, chain, heads));
  }
  return verification.Finish(heads);
}

}  // namespace switchboard::cli
