// stages: what tests/bench/instructions counts. It does nothing but the stages of the circle, each
// in a function of its own that is called once, by whose name callgrind counts.
#include <CLI/CLI.hpp>
#include <atomic>

#include "tests/stages/circle.h"

namespace switchboard::bench {

// The fence keeps the stage's call from being the function's last jump, whose end nobody would see.
#define SWITCHBOARD_STAGE(name, call, ...)                 \
  [[gnu::noinline]] void name(Circle& circle, int count) { \
    circle.call(__VA_ARGS__);                              \
    std::atomic_signal_fence(std::memory_order_seq_cst);   \
    SWITCHBOARD_ASSERT(count > 0);                         \
  }
SWITCHBOARD_STAGE(StageImport, Import, count)
SWITCHBOARD_STAGE(StageFeed, Feed)
SWITCHBOARD_STAGE(StageReport, Report)
SWITCHBOARD_STAGE(StageCore, ReadCoreFeed)
SWITCHBOARD_STAGE(StagePermits, AskPermits, count)
#undef SWITCHBOARD_STAGE

namespace {

// What comes first: tables that are not empty, and statements that are prepared.
constexpr int kWarmAccounts = 4'000;
constexpr int kWarmPermits = 10;

int Main(int argc, char** argv) {
  int accounts = 4'000;
  int permits = 500;
  CLI::App app(
      "Runs the stages of the circle once, in one process and without gRPC, for "
      "tests/bench/instructions to count.",
      "stages");
  app.add_option("--accounts", accounts, "in thousands: 4000")
      ->check(CLI::Range(1'000, 1'000'000))
      ->capture_default_str();
  app.add_option("--permits", permits, "how many are asked for")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  Circle circle;
  circle.Import(kWarmAccounts);
  circle.Feed();
  circle.Report();
  circle.ReadCoreFeed();
  circle.AskPermits(kWarmPermits);
  StageImport(circle, accounts);
  StageFeed(circle, accounts);
  StageReport(circle, accounts);
  StageCore(circle, accounts);
  StagePermits(circle, permits);
  return 0;
}

}  // namespace
}  // namespace switchboard::bench

int main(int argc, char** argv) { return switchboard::bench::Main(argc, argv); }
