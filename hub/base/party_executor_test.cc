#include "hub/base/party_executor.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/testing.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;

TEST(PartyExecutor, PartiesTakeTurnsAndOneHasOneTaskAtATime) {
  ManualExecutor manual;
  PartyExecutor executor(manual, 2, 100);
  std::vector<std::string> ran;
  for (const char* task : {"a1", "a2", "a3", "b1", "c1", "b2"}) {
    EXPECT_TRUE(executor.Post(std::string(task, 1), [&ran, task] { ran.push_back(task); }));
  }
  EXPECT_EQ(manual.size(), 2u) << "a1 and b1";
  manual.RunAll();
  EXPECT_THAT(ran, ElementsAre("a1", "b1", "c1", "a2", "b2", "a3"));
}

TEST(PartyExecutor, WhoeverAsksForTooMuchIsRefused) {
  ManualExecutor manual;
  PartyExecutor executor(manual, 1, 2);
  const auto nothing = [] {};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(executor.Post("a", nothing)) << "one runs, two wait";
  EXPECT_FALSE(executor.Post("a", nothing));
  EXPECT_TRUE(executor.Post("b", nothing));
  manual.RunAll();
  EXPECT_TRUE(executor.Post("a", nothing));
}

TEST(PartyExecutor, ManyThreadsPost) {
  ThreadPool pool(3);
  PartyExecutor executor(pool, 2, 1000);
  std::atomic<int> ran = 0;
  std::atomic<int> of_a = 0;
  std::atomic<bool> together = false;
  std::vector<std::thread> threads;
  for (const char* party : {"a", "a", "b", "c"}) {
    threads.emplace_back([&, party = std::string(party)] {
      for (int i = 0; i < 200; ++i) {
        executor.Post(party, [&, is_a = party == "a"] {
          if (is_a && ++of_a > 1) together = true;
          ++ran;
          if (is_a) --of_a;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(testing::Eventually([&] { return ran == 800; }));
  EXPECT_FALSE(together);
  pool.Stop();
}

}  // namespace
}  // namespace switchboard
