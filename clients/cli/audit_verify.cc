#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/audit_chains.h"
#include "clients/cli/audit_heads.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/printable_text.h"
#include "clients/text_table.h"
#include "hub/audit/chain.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// Chains as they are verified: for the table, the lines below it and --json.
class Verification {
 public:
  // Verifies one chain; `heads` sees its entries. Errors: those of reading.
  absl::Status Add(Session& session, HubCalls& hub, const std::string& chain, HeadCheck& heads) {
    audit::ChainVerifier verifier;
    absl::Time last = absl::InfinitePast();
    const absl::Status status = ForEachEntry(session, hub, chain, [&](const v1::AuditEntry& entry) {
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

  Result Finish(const HeadCheck& heads) {
    const std::vector<std::string> problems = heads.Problems();
    for (const std::string& problem : problems) AddLine("NOT AS NOTED", problem);
    Result result;
    result.holds = broken_ == 0 && chains_ > 0 && problems.empty();
    result.text = table_.Render() + lines_;
    result.summary =
        chains_ == 0 ? "there is no audit chain"
                     : absl::StrCat(Counted(chains_, "chain"), ", ", WithCommas(entries_),
                                    " entries, ", Counted(events_, "event"), " recomputed: ",
                                    broken_ == 0 ? "unaltered" : absl::StrCat(broken_, " BROKEN"));
    const auto noted = static_cast<int64_t>(heads.noted());
    if (!problems.empty()) {
      absl::StrAppend(&result.summary, "; ", problems.size(), " of ", Counted(noted, "noted head"),
                      " NOT as noted");
    } else if (noted > 0) {
      absl::StrAppend(&result.summary, "; ", Counted(noted, "noted head"), " as noted");
    }
    result.json = nlohmann::ordered_json{{"chains", json_}, {"not_as_noted", problems}}.dump(
        -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
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
  result.json = JsonOfHeads({response.heads().begin(), response.heads().end()});
  return result;
}

absl::StatusOr<Result> AuditVerify(Session& session, const std::string& expected) {
  std::vector<v1::AuditHead> noted;
  if (!expected.empty()) {
    ASSIGN_OR_RETURN(const std::string json, ReadTextFile(expected));
    auto heads = ReadHeads(json);
    if (!heads.ok()) return Annotate(heads.status(), expected);
    noted = *std::move(heads);
  }
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto chains, ChainIds(*hub));
  HeadCheck heads(std::move(noted));
  Verification verification;
  for (const std::string& chain : chains) {
    RETURN_IF_ERROR(verification.Add(session, *hub, chain, heads));
  }
  return verification.Finish(heads);
}

}  // namespace switchboard::cli
