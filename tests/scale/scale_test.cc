#include <gtest/gtest.h>

#include "tests/scale/check.h"
#include "tests/scale/machine.h"
#include "tests/scale/scenarios.h"

namespace switchboard::scale {
namespace {

// What a single call takes on SQLite, without anything that is shared.
Costs SomeCosts() {
  Costs costs;
  for (EngineCosts* engine : {&costs.sqlite, &costs.postgres}) {
    engine->permit.generator.batch = 10;
    engine->permit.edge.batch = 20;
    engine->permit.lane.batch = 30;
    engine->group_lane = 40;
    engine->sync_us = 100;
    engine->import.lane.record = 10;
    engine->feed.lane.batch = 5;
    engine->report.lane.record = 10;
  }
  costs.postgres.permit.writer.batch = 50;
  return costs;
}

class Worker {
 public:
  Worker(Threads& threads, Processor& processor) : threads_(threads), processor_(processor) {}
  EventLoop& loop() { return processor_.loop(); }
  int done = 0;
  Process Serve(double micros) {
    co_await threads_.Serve(micros);
    ++done;
  }

 private:
  Threads& threads_;
  Processor& processor_;
};

TEST(ProcessorTest, WhoIsReadyHasAnEqualShare) {
  EventLoop loop;
  Processor processor(loop, 2, 10);
  Threads threads(processor, 4);
  Worker worker(threads, processor);
  for (int i = 0; i < 4; ++i) worker.Serve(100);
  loop.Run(180);
  EXPECT_EQ(worker.done, 0);
  loop.Run(201);
  EXPECT_EQ(worker.done, 4);
  EXPECT_NEAR(processor.busy(), 400, 1);
}

TEST(ProcessorTest, SaturatedServerDoesOneByItsCost) {
  EventLoop loop;
  Processor processor(loop, 1, 10);
  Threads threads(processor, 1);
  Worker worker(threads, processor);
  for (int i = 0; i < 10'000; ++i) worker.Serve(50);
  loop.Run(250'000);
  EXPECT_NEAR(worker.done, 5'000, 1);
}

TEST(ScenariosTest, LatencyOfAnIdleHubIsTheSumOfItsCosts) {
  const Figures figures = PermitsOutstanding(SomeCosts(), Layout(), 4, 1, 100);
  EXPECT_NEAR(figures.p50_us, 10 + 20 + 30 + 40 + 100, 0.1);
}

TEST(ScenariosTest, WakingAndJourneysCountOnPostgres) {
  Costs costs = SomeCosts();
  costs.postgres.permit.journeys.batch = 3;
  Layout layout{.postgres = true};
  layout.network_us = 7;
  const Figures figures = PermitsOutstanding(costs, layout, 4, 1, 100);
  // Two journeys of the unit, one for the vendor's row, one for the commit.
  EXPECT_NEAR(figures.p50_us, 10 + 20 + 30 + 50 + 40 + 100 + 4 * 7, 0.1);
}

TEST(ScenariosTest, SaturatedLaneIsBoundByItsUnits) {
  Costs costs = SomeCosts();
  Layout layout;
  layout.hub_cores = 64;
  costs.sqlite.sync_us = 0;
  costs.sqlite.group_lane = 0;
  const Figures figures = PermitsOutstanding(costs, layout, 4, 64, 20'000);
  EXPECT_NEAR(figures.rate, 1e6 / 30, 1e6 / 30 * 0.02);
}

TEST(ScenariosTest, HotRowBindsLanesTogether) {
  Costs costs = SomeCosts();
  costs.postgres.permit.closing = 1;
  Layout layout{.postgres = true, .lanes = 4, .hub_cores = 64};
  layout.hubs = 8;
  const double hot = PermitsOutstanding(costs, layout, 1, 64, 5'000).rate;
  layout.vendor_rows = false;
  const double apart = PermitsOutstanding(costs, layout, 64, 64, 5'000).rate;
  EXPECT_GT(apart, 2 * hot);
}

TEST(ScenariosTest, RunIsTheSameUnderASeed) {
  const auto run = [](uint64_t seed) {
    return PermitsPerSecond(SomeCosts(), Layout(), 4, 2'000, 1, seed);
  };
  EXPECT_EQ(run(7).p99_us, run(7).p99_us);
  EXPECT_EQ(run(7).rate, run(7).rate);
  EXPECT_NE(run(7).p99_us, run(8).p99_us);
}

TEST(ScenariosTest, EveryAccountComesThroughTheCircle) {
  for (const bool postgres : {false, true}) {
    Layout layout{.postgres = postgres, .lanes = postgres ? 4 : 1, .hubs = postgres ? 3 : 1};
    const Figures figures = Circle(SomeCosts(), layout, 4, 3'000);
    EXPECT_GT(figures.rate, 0);
    EXPECT_GT(figures.commits, 0);
  }
}

// What hub/SCALE.md says of many rests on it.
TEST(CheckTest, TheCostsInTheRepositoryAgreeWithWhatWasMeasured) {
  const auto comparisons = CompareWithMeasured(ReadCosts("tests/scale/costs.json"));
  EXPECT_GT(comparisons.size(), 10u);
  EXPECT_TRUE(Agrees(comparisons));
}

}  // namespace
}  // namespace switchboard::scale
