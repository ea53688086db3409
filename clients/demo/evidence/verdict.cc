#include "clients/demo/evidence/verdict.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/demo/evidence/deletion_words.h"
#include "clients/demo/evidence/promise_figures.h"
#include "clients/demo/evidence/routing_again.h"
#include "clients/text_table.h"
#include "tests/invariants/invariants.h"

namespace switchboard::demo {
namespace {

using Judged = std::vector<std::pair<std::string, invariants::Violations>>;

Judged AskAll(const Evidence& evidence, const Population& population) {
  Judged judged = invariants::CheckAll(evidence.ledger);
  if (auto routing = RoutingDiffers(evidence, population)) {
    const auto behind = std::find_if(judged.begin(), judged.end(), [](const auto& one) {
      return absl::StartsWith(one.first, "I10");
    });
    judged.insert(behind, {"I9 Reproducible", *std::move(routing)});
  }
  return judged;
}

void AddMistakes(const std::string& about, const std::vector<std::string>& mistakes,
                 const char* called, RunResult* result) {
  if (mistakes.empty()) return;
  const auto count = static_cast<int64_t>(mistakes.size());
  result->problems.push_back(absl::StrCat(
      about, ": ", count == 1 ? "" : absl::StrCat(WithCommas(count), " ", called, ", the first: "),
      mistakes.front()));
}

void AddProblems(const Evidence& evidence, RunResult* result) {
  const auto must_be_zero = [&](int64_t count, const std::string& what) {
    if (count != 0) result->problems.push_back(absl::StrCat(WithCommas(count), " ", what));
  };
  std::map<std::string, int64_t> refused;
  const auto what = [](const auto& one) {
    return absl::StrCat(one.actor(), " ", one.kind(), " ", one.status(), " ", one.field());
  };
  for (const auto& item : evidence.ledger.quarantine) ++refused[what(item)];
  for (const auto& rest : evidence.ledger.quarantine_rest) refused[what(rest)] += rest.count();
  for (const auto& [of, count] : refused) must_be_zero(count, "in quarantine: " + of);
  must_be_zero(result->accounts - result->accounts_imported, "accounts not imported");
  must_be_zero(result->late_sent - result->late_held_up,
               "paid accounts not held back when they came again as of before");
  if (result->hub_kills == 0) result->problems.emplace_back("the hub was not killed");
  if (result->engine == "postgres" && result->database_kills == 0)
    result->problems.emplace_back("the database was not killed");
  if (static_cast<int>(result->by_hub.size()) < result->hubs) {
    result->problems.push_back(
        absl::StrCat(result->by_hub.size(), " of ", result->hubs, " hubs left an audit chain"));
  }
  if (result->vendor_kills == 0) result->problems.emplace_back("no vendor was killed");
  if (result->checkpoints_kept == 0)
    result->problems.emplace_back("no checkpoint of the audit log was kept");
  std::vector<std::string> findings;
  for (const audit::Finding& finding : evidence.log.findings) findings.push_back(finding.text);
  AddMistakes("the audit log and its checkpoints", findings, "findings", result);
  AddMistakes("promises and plans", PromiseMistakes(evidence), "mistakes", result);
  AddMistakes("orders to delete", DeletionMistakes(evidence), "mistakes", result);
  if (!result->tightening.has_value()) return;
  const TighteningResult& tightening = *result->tightening;
  if (tightening.seconds == 0)
    result->problems.push_back(tightening.vendor_id + ": no row came under the tightened contract");
  must_be_zero(tightening.found, "values that the tightened contract withholds, shown afterwards");
  must_be_zero(tightening.former_pages, "pages by the former contract behind one by the new");
}

}  // namespace

void Judge(const Evidence& evidence, const Population& population, RunResult* result) {
  for (const auto& [name, violations] : AskAll(evidence, population)) {
    const auto count = static_cast<int64_t>(violations.size());
    result->invariants.emplace_back(name, count);
    if (name == "I8 Evident") result->audit_verified = count == 0;
    AddMistakes(name, violations, "violations", result);
  }
  result->permits_given_after_stop_by_audit =
      static_cast<int64_t>(invariants::StoppedByLog(evidence.ledger).size());
  result->permits_given_after_stop_by_clock =
      static_cast<int64_t>(invariants::StoppedByTimes(evidence.ledger).size());
  AddProblems(evidence, result);
}

}  // namespace switchboard::demo
