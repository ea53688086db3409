#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/crash_campaign/round.h"

namespace switchboard::crash {

// What all rounds of a campaign came to.
struct CampaignResult {
  std::string engine;
  bool standby = false;  // whose place the standby takes
  std::string failover;  // who fails the database over; empty: nobody
  uint64_t from = 1;
  int64_t rounds = 0;
  RoundResult sum;  // violations of all rounds, each with its seed
  double seconds = 0;

  void Add(uint64_t seed, const RoundResult& round);
  // A round that did not come to its end: a process that ended by itself, a feed without rest.
  void AddBroken(uint64_t seed, const absl::Status& status);
};

// A table for people: by kind what was acknowledged, found, lost and doubled; kills; invariants.
std::string RenderReport(const CampaignResult& result);

// The last line.
std::string RenderSummary(const CampaignResult& result);

// Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
absl::Status WriteJson(const CampaignResult& result, const std::string& path);

}  // namespace switchboard::crash
