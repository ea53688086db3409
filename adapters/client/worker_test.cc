#include "adapters/client/worker.h"

#include <atomic>
#include <future>
#include <vector>

#include "gtest/gtest.h"

namespace switchboard::adapters {
namespace {

TEST(WorkerTest, RunsTasksInOrderOnItsOwnThread) {
  Worker worker([] {}, absl::Hours(1));
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(worker.Post([&order, i] { order.push_back(i); }));
  }
  bool current = false;
  EXPECT_TRUE(worker.Run([&] { current = worker.IsCurrent(); }));
  EXPECT_TRUE(current);
  EXPECT_FALSE(worker.IsCurrent());
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

TEST(WorkerTest, RunFromItsOwnThreadDoesNotWaitForItself) {
  Worker worker([] {}, absl::Hours(1));
  bool inner = false;
  worker.Run([&] { worker.Run([&] { inner = true; }); });
  EXPECT_TRUE(inner);
}

TEST(WorkerTest, StopRunsWhatIsQueuedAndTakesNoMore) {
  std::promise<void> gate;
  std::atomic<int> ran{0};
  Worker worker([] {}, absl::Hours(1));
  worker.Post([&] { gate.get_future().wait(); });
  for (int i = 0; i < 10; ++i) worker.Post([&] { ++ran; });
  gate.set_value();
  worker.Stop();
  EXPECT_EQ(ran, 10);
  EXPECT_FALSE(worker.Post([&] { ++ran; }));
  EXPECT_FALSE(worker.Run([&] { ++ran; }));
  EXPECT_EQ(ran, 10);
  worker.Stop();
}

TEST(WorkerTest, TicksWithoutTasks) {
  std::promise<void> third;
  int ticks = 0;
  Worker worker(
      [&] {
        if (++ticks == 3) third.set_value();
      },
      absl::Milliseconds(1));
  third.get_future().wait();
}

TEST(WorkerTest, ManyThreadsPost) {
  std::atomic<int> ran{0};
  {
    Worker worker([] {}, absl::Milliseconds(1));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) worker.Post([&] { ++ran; });
        worker.Run([&] { ++ran; });
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(ran, 4 * 501);
}

}  // namespace
}  // namespace switchboard::adapters
