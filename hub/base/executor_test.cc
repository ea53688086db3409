#include "hub/base/executor.h"
#include "hub/base/mutex.h"

#include <atomic>
#include <set>
#include <vector>

#include "tests/testing.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;

TEST(ManualExecutorTest, RunsInOrderAndOnlyWhenAsked) {
  ManualExecutor executor;
  std::vector<int> ran;
  for (int i = 1; i <= 3; ++i) executor.Post([&ran, i] { ran.push_back(i); });
  EXPECT_THAT(ran, ElementsAre());
  EXPECT_EQ(executor.size(), 3u);
  EXPECT_TRUE(executor.RunOne());
  EXPECT_THAT(ran, ElementsAre(1));
  executor.RunAll();
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
  EXPECT_FALSE(executor.RunOne());
}

TEST(ManualExecutorTest, TasksMayPostTasks) {
  ManualExecutor executor;
  std::vector<int> ran;
  executor.Post([&] {
    ran.push_back(1);
    executor.Post([&] { ran.push_back(3); });
  });
  executor.Post([&] { ran.push_back(2); });
  executor.RunAll();
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
}

TEST(ManualExecutorTest, ClearDropsWhatWaits) {
  ManualExecutor executor;
  bool ran = false;
  executor.Post([&] { ran = true; });
  executor.Clear();
  executor.RunAll();
  EXPECT_FALSE(ran);
}

TEST(ThreadPoolTest, StopFinishesWhatIsQueuedEachOnce) {
  std::vector<std::atomic<int>> runs(2000);
  Mutex mutex;
  std::set<std::thread::id> threads;
  ThreadPool pool(4);
  for (auto& run : runs) {
    pool.Post([&] {
      ++run;
      MutexLock lock(mutex);
      threads.insert(std::this_thread::get_id());
    });
  }
  pool.Stop();
  for (auto& run : runs) EXPECT_EQ(run.load(), 1);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
  EXPECT_LE(threads.size(), 4u);
  pool.Stop();  // again is harmless
}

TEST(ThreadPoolTest, TasksPostedByTasksRunBeforeStopReturns) {
  std::atomic<int> ran = 0;
  ThreadPool pool(2);
  for (int i = 0; i < 50; ++i) {
    pool.Post([&] {
      pool.Post([&] { ++ran; });
      ++ran;
    });
  }
  pool.Stop();
  EXPECT_EQ(ran.load(), 100);
}

TEST(ThreadPoolTest, PostsFromManyThreads) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(3);
    std::vector<std::thread> posters;
    for (int i = 0; i < 4; ++i) {
      posters.emplace_back([&] {
        for (int task = 0; task < 250; ++task) pool.Post([&] { ++ran; });
      });
    }
    for (std::thread& poster : posters) poster.join();
  }
  EXPECT_EQ(ran.load(), 1000);
}

}  // namespace
}  // namespace switchboard
