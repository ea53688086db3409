#include "clients/demo/checks.h"

#include <functional>

#include "google/protobuf/util/time_util.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using google::protobuf::util::TimeUtil;

// One account at sakura, one permit, one outcome, then a payment that withdraws it: nothing is
// wrong.
struct World {
  Evidence evidence;
  std::map<std::string, LeakScanResult> scans;
  RunResult result;

  World() {
    for (const char* vendor : {"head-office", "sakura", "jade", "bright"}) {
      evidence.contracts[vendor].set_vendor_id(vendor);
      evidence.vendor_ledgers[vendor];
      evidence.vendors[vendor].set_vendor_id(vendor);
      evidence.workable[vendor] = 0;
    }
    auto& placement = evidence.placements["as1"];
    placement.set_assignment_id("as1");
    placement.set_vendor_id("sakura");
    placement.set_account_id("SYN-A-000001");
    placement.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
    *placement.mutable_place_time() = TimeUtil::SecondsToTimestamp(100);
    *placement.mutable_withdraw_time() = TimeUtil::SecondsToTimestamp(200);
    evidence.vendors["sakura"].set_placed(1);
    evidence.vendors["sakura"].set_outcomes(1);
    scans["sakura"].delivered["as1"] = 1;
    evidence.disclosed["sakura"].insert("as1");
    auto& ledger = evidence.vendor_ledgers["sakura"];
    ledger.permits.push_back({1'000, "as1", "mobile-1", "permit1"});
    ledger.outcomes["out1 1"] = "as1";
    ledger.withdrawn_ns["as1"] = 8'000'000;
    evidence.core.accepted = 1;
    evidence.core.outcomes.push_back(
        {1, "sakura", "out1 1", "SYN-A-000001", "DISPOSITION_PROMISE_TO_PAY", false});
    evidence.core.events.push_back({"ev1", "payment", "SYN-A-000001", "SYN-P-000001", "", 5'000'000,
                                    6'000'000, "STATUS_ACCEPTED", 1, 0});
    evidence.audit.verified = true;
    evidence.audit.permits["permit1"] = {"SYN-A-000001", "mobile-1"};
    evidence.audit.outcome_ids = {"out1"};
    evidence.audit.event_ids = {"ev1"};
    evidence.audit.placed = {"as1"};
    result.accounts = 1;
    result.hub_kills = 1;
    result.vendor_kills = 1;
  }

  // Names of the invariants that are violated.
  std::vector<std::string> Check() {
    CheckEvidence(evidence, scans, &result);
    std::vector<std::string> violated;
    for (const auto& [name, violations] : result.invariants) {
      if (violations != 0) violated.push_back(name);
    }
    return violated;
  }
};

TEST(Checks, PassAWorldInOrder) {
  World world;
  EXPECT_TRUE(world.Check().empty());
  EXPECT_TRUE(world.result.holds()) << ::testing::PrintToString(world.result.problems);
  EXPECT_EQ(world.result.stop.count, 1);
  EXPECT_EQ(world.result.stop.p50_ms, 3.0);
  EXPECT_EQ(world.result.outcomes_read_by_core, 1);
  EXPECT_EQ(world.result.assignments_delivered, 1);
}

TEST(Checks, NoticeEveryThingThatIsWrong) {
  struct Case {
    std::vector<std::string> violated;
    std::function<void(World&)> breakage;
  };
  const auto sakura = [](World& w) -> VendorLedger& { return w.evidence.vendor_ledgers["sakura"]; };
  const std::vector<Case> cases = {
      {{"I1 durable", "I2 once"}, [&](World& w) { sakura(w).outcomes["out2 1"] = "as1"; }},
      {{"I1 durable"}, [](World& w) { w.evidence.audit.event_ids.clear(); }},
      {{"I1 durable"}, [](World& w) { w.evidence.core.accepted = w.result.accounts = 2; }},
      {{"I2 once"},
       [](World& w) {
         w.evidence.core.outcomes.push_back(w.evidence.core.outcomes[0]);
         w.evidence.core.outcomes[1].sequence = 2;
       }},
      {{"I2 once"}, [](World& w) { w.evidence.core.outcomes[0].sequence = 2; }},
      {{"I3 one hand"},
       [](World& w) {
         auto copy = w.evidence.placements["as1"];
         copy.set_vendor_id("jade");
         w.evidence.placements["as2"] = copy;
         w.evidence.audit.placed.insert("as2");
       }},
      {{"I4 masked"}, [](World& w) { w.scans["bright"].raw_values_found = 1; }},
      {{"I5 stopped"}, [](World& w) { w.evidence.audit.permits_after_stop = 1; }},
      {{"I5 stopped"}, [&](World& w) { sakura(w).permits[0].asked_ns = 6'000'001; }},
      {{"I5 stopped"},
       [](World& w) {
         w.evidence.placements["as1"].clear_withdraw_time();
         w.evidence.vendors["sakura"].set_live_assignments(1);
         w.evidence.workable["sakura"] = 1;
       }},
      {{"I7 own only"}, [](World& w) { w.scans["jade"].not_own = 1; }},
      {{"I7 own only", "I1 durable", "I2 once"},
       [](World& w) { w.evidence.core.outcomes[0].vendor_id = "jade"; }},
      {{"I8 evident"}, [](World& w) { w.evidence.disclosed.clear(); }},
      {{"I8 evident"}, [](World& w) { w.evidence.audit.permits.clear(); }},
      {{"I8 evident"}, [](World& w) { w.evidence.audit.outcome_ids.clear(); }},
      {{"I8 evident"}, [](World& w) { w.evidence.audit.placed.clear(); }},
      {{"I8 evident"}, [](World& w) { w.evidence.audit.verified = false; }},
      {{"I10 resumable"}, [](World& w) { w.evidence.vendors["jade"].set_newest_sequence(1); }},
      {{"I10 resumable"}, [](World& w) { w.evidence.workable["jade"] = 1; }},
      {{}, [](World& w) { w.result.hub_kills = 0; }},
      {{}, [](World& w) { w.evidence.quarantined["vendor/jade outcome"] = 1; }},
      {{}, [](World& w) { w.evidence.vendors["sakura"].set_outcomes(2); }},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    World world;
    cases[i].breakage(world);
    EXPECT_THAT(world.Check(), ::testing::UnorderedElementsAreArray(cases[i].violated)) << i;
    EXPECT_FALSE(world.result.holds()) << i;
  }
}

TEST(Checks, CountStopsDuringAnOutageApart) {
  World world;
  world.evidence.outages.push_back({"hub", 7'000'000, 7'500'000});
  EXPECT_TRUE(world.Check().empty());
  EXPECT_EQ(world.result.stop.count, 0);
  EXPECT_EQ(world.result.stop_in_outage.count, 1);
  World other;
  other.evidence.outages.push_back({"jade", 7'000'000, 7'500'000});
  EXPECT_TRUE(other.Check().empty());
  EXPECT_EQ(other.result.stop.count, 1);
}

TEST(Percentiles, AreByNearestRank) {
  EXPECT_EQ(PercentilesOf({}).count, 0);
  EXPECT_EQ(PercentilesOf({5}).p99_ms, 5);
  std::vector<double> times;
  for (int i = 100; i >= 1; --i) times.push_back(i);
  EXPECT_EQ(PercentilesOf(times).p50_ms, 50);
  EXPECT_EQ(PercentilesOf(times).p99_ms, 99);
}

}  // namespace
}  // namespace switchboard::demo
