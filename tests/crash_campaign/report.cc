#include "tests/crash_campaign/report.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "nlohmann/json.hpp"

namespace switchboard::crash {
namespace {

constexpr size_t kViolationsShown = 5;  // of each invariant

int64_t KillsIn(const CampaignResult& result) {
  int64_t kills = 0;
  for (const auto& [name, count] : result.sum.kills) kills += count;
  return kills;
}

std::string KillsByVictim(const CampaignResult& result) {
  std::string text;
  for (const auto& [name, count] : result.sum.kills)
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, " ", WithCommas(count));
  return text;
}

// Milliseconds, by nearest rank.
double StartMilliseconds(const CampaignResult& result, double share) {
  std::vector<int64_t> sorted = result.sum.starts_ns;
  if (sorted.empty()) return 0;
  std::sort(sorted.begin(), sorted.end());
  const auto rank = static_cast<size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5);
  return static_cast<double>(sorted[rank]) / 1e6;
}

// Those of this invariant, which is added when it is not there.
invariants::Violations& ViolationsOf(RoundResult& result, const std::string& name) {
  for (auto& [invariant, violations] : result.violations) {
    if (invariant == name) return violations;
  }
  return result.violations.emplace_back(name, invariants::Violations()).second;
}

bool Holds(const CampaignResult& result, std::string_view name) {
  for (const auto& [invariant, violations] : result.sum.violations) {
    if (invariant == name) return violations.empty();
  }
  return true;
}

std::string WhatHappened(const CampaignResult& result) {
  if (!result.sum.faults.empty()) {
    std::string text;
    for (const Fault& fault : result.sum.faults) absl::StrAppend(&text, Told(fault), "\n");
    return text;
  }
  return absl::StrCat(
      "SIGKILL: ", KillsByVictim(result), "; ", WithCommas(result.sum.kills_while_starting),
      " of them while it was starting\n",
      absl::StrFormat("The hub serves again after p50 %.0f ms, p99 %.0f ms, at most %.0f ms (%d)\n",
                      StartMilliseconds(result, 0.5), StartMilliseconds(result, 0.99),
                      StartMilliseconds(result, 1), result.sum.starts_ns.size()));
}

}  // namespace

void CampaignResult::Add(uint64_t seed, const RoundResult& round) {
  ++rounds;
  for (const auto& [name, count] : round.kills) sum.kills[name] += count;
  sum.kills_while_starting += round.kills_while_starting;
  sum.starts_ns.insert(sum.starts_ns.end(), round.starts_ns.begin(), round.starts_ns.end());
  sum.faults.insert(sum.faults.end(), round.faults.begin(), round.faults.end());
  for (const auto& [kind, count] : round.counts) sum.counts[kind] += count;
  sum.audit_entries += round.audit_entries;
  for (const auto& [name, violations] : round.violations) {
    invariants::Violations& all = ViolationsOf(sum, name);
    for (const std::string& what : violations)
      all.push_back(absl::StrCat("seed ", seed, ": ", what));
  }
}

void CampaignResult::AddBroken(uint64_t seed, const absl::Status& status) {
  ++rounds;
  ViolationsOf(sum, "Comes to its end")
      .push_back(absl::StrCat("seed ", seed, ": ", status.message()));
}

std::string RenderReport(const CampaignResult& result) {
  using Align = TextTable::Align;
  TextTable counts({{"", Align::kLeft}, {"acknowledged"}, {"found"}, {"lost"}, {"doubled"}});
  for (const auto& [kind, count] : result.sum.counts) {
    counts.Add({kind, WithCommas(count.acknowledged), WithCommas(count.found),
                WithCommas(count.lost), WithCommas(count.doubled)});
  }
  TextTable invariants({{"invariant", Align::kLeft}, {"violations"}});
  std::string examples;
  for (const auto& [name, violations] : result.sum.violations) {
    invariants.Add({name, WithCommas(static_cast<int64_t>(violations.size()))});
    for (size_t i = 0; i < std::min(violations.size(), kViolationsShown); ++i)
      absl::StrAppend(&examples, "  ", name, ": ", violations[i], "\n");
  }
  return absl::StrCat(WhatHappened(result), "\n", counts.Render(), "\n", invariants.Render(),
                      examples.empty() ? "" : "\n", examples);
}

std::string RenderSummary(const CampaignResult& result) {
  const Count sum = SumOf(result.sum.counts);
  const bool log_whole = Holds(result, "I8 Evident");
  const bool cursors_hold = Holds(result, "I1 Durable") && Holds(result, "I10 Resumable");
  return absl::StrFormat(
      "crash: %s: %s, %d %s in %d rounds from seed %d; %s acknowledged, %s found, %s lost, %s "
      "doubled; cursors %s; audit log %s; %.0f s",
      result.sum.holds() ? "ok" : "FAILED",
      absl::StrCat(result.engine, result.standby ? " with a standby" : "",
                   result.failover.empty() ? "" : " under " + result.failover),
      KillsIn(result), result.failover.empty() ? "kills" : "faults", result.rounds, result.from,
      WithCommas(sum.acknowledged), WithCommas(sum.found), WithCommas(sum.lost),
      WithCommas(sum.doubled), cursors_hold ? "never behind" : "BEHIND",
      log_whole ? "whole" : "BROKEN", result.seconds);
}

absl::Status WriteJson(const CampaignResult& result, const std::string& path) {
  nlohmann::json json = {{"engine", result.engine},
                         {"standby", result.standby},
                         {"failover", result.failover},
                         {"from", result.from},
                         {"rounds", result.rounds},
                         {"kills", KillsIn(result)},
                         {"kills_by_victim", result.sum.kills},
                         {"kills_while_starting", result.sum.kills_while_starting},
                         {"start_p50_ms", StartMilliseconds(result, 0.5)},
                         {"start_p99_ms", StartMilliseconds(result, 0.99)},
                         {"audit_entries", result.sum.audit_entries},
                         {"seconds", result.seconds},
                         {"holds", result.sum.holds()}};
  for (const Fault& fault : result.sum.faults) {
    json["faults"].push_back({{"name", fault.name},
                              {"seconds_until_service", fault.seconds_until_service},
                              {"seconds_until_both", fault.seconds_until_both},
                              {"primary_before", fault.primary_before},
                              {"primary_after", fault.primary_after}});
  }
  for (const auto& [kind, count] : result.sum.counts) {
    json["counts"][kind] = {{"acknowledged", count.acknowledged},
                            {"found", count.found},
                            {"lost", count.lost},
                            {"doubled", count.doubled}};
  }
  for (const auto& [name, violations] : result.sum.violations)
    json["violations"][name] = violations;
  std::ofstream file(path);
  file << json.dump(1) << "\n";
  file.close();
  if (file) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               absl::StrCat(path, ": cannot be written"));
}

}  // namespace switchboard::crash
