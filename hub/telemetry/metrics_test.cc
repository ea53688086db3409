#include "hub/telemetry/metrics.h"

#include <algorithm>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace switchboard::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CountsGaugesAndTimesAreInTheText) {
  Metrics metrics;
  metrics.permits_refused.Add(2, "sakura", "CAP_REACHED");
  metrics.permits_refused.Add(1, "sakura", "CAP_REACHED");
  metrics.permits_refused.Add(1, "aoi", "STOPPED");
  metrics.write_queue_length.Set(17);
  metrics.write_queue_length.Set(5);
  metrics.streams_open.Set(1, "aoi");
  metrics.commit_seconds.Observe(absl::Microseconds(300));
  metrics.rpc_seconds.Observe(absl::Seconds(20), "VendorService/Sync");

  const std::string text = metrics.Text();
  for (const char* line : {
           "# TYPE switchboard_permits_refused_total counter\n",
           "switchboard_permits_refused_total{reason=\"CAP_REACHED\",vendor_id=\"sakura\"} 3\n",
           "switchboard_permits_refused_total{reason=\"STOPPED\",vendor_id=\"aoi\"} 1\n",
           "switchboard_write_queue_length 5\n",
           "switchboard_streams_open{vendor_id=\"aoi\"} 1\n",
           "switchboard_commit_seconds_bucket{le=\"0.00025\"} 0\n",
           "switchboard_commit_seconds_bucket{le=\"0.0005\"} 1\n",
           "switchboard_commit_seconds_count 1\n",
           "switchboard_rpc_seconds_bucket{method=\"VendorService/Sync\",le=\"10\"} 0\n",
           "switchboard_rpc_seconds_sum{method=\"VendorService/Sync\"} 20\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsTest, UnlabelledMetricsAreThereBeforeTheirFirstUse) {
  const std::string text = Metrics().Text();
  EXPECT_THAT(text, HasSubstr("switchboard_commit_groups_total 0\n"));
  EXPECT_THAT(text, HasSubstr("switchboard_write_queue_length 0\n"));
  EXPECT_THAT(text, HasSubstr("switchboard_commit_seconds_count 0\n"));
}

TEST(MetricsTest, LabelledMetricsAreThereOnceTouched) {
  Metrics metrics;
  metrics.permits_given.Add(2, "aoi");
  metrics.permits_given.Touch("aoi");
  metrics.permits_given.Touch("sakura");
  metrics.streams_open.Touch("sakura");
  metrics.rpc_seconds.Touch("VendorService/Sync");
  const std::string text = metrics.Text();
  for (const char* line : {
           "switchboard_permits_given_total{vendor_id=\"aoi\"} 2\n",
           "switchboard_permits_given_total{vendor_id=\"sakura\"} 0\n",
           "switchboard_streams_open{vendor_id=\"sakura\"} 0\n",
           "switchboard_rpc_seconds_count{method=\"VendorService/Sync\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// A reader that was retired must not stand there for ever with what it had.
TEST(MetricsTest, ReadingsOfAllReplaceThoseBefore) {
  Metrics metrics;
  metrics.erasure_waits_for.SetAll({{{"core/main", "a"}, 7}, {{"core/main", "b"}, 8}});
  metrics.erasure_waits_for.SetAll({{{"core/main", "b"}, 9}});
  metrics.contract_expiry_seconds.Set(std::numeric_limits<double>::infinity(), "aoi");
  const std::string text = metrics.Text();
  for (const char* line : {
           "switchboard_erasure_waits_for{core=\"core/main\",reader=\"a\"} 0\n",
           "switchboard_erasure_waits_for{core=\"core/main\",reader=\"b\"} 9\n",
           "switchboard_contract_expiry_seconds{vendor_id=\"aoi\"} +Inf\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsTest, LabelsNeverHoldWhatIsNotAnId) {
  Metrics metrics;
  metrics.connections_refused.Add(1, "Taro Tanaka");
  metrics.connections_refused.Add(1, "4111111111111111");
  metrics.connections_refused.Add(1, "a\"} 1\nforged 2");
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("switchboard_connections_refused_total{reason=\"withheld\"} 3\n"));
  EXPECT_THAT(text, Not(HasSubstr("forged")));
  EXPECT_THAT(text, Not(HasSubstr("Tanaka")));
  EXPECT_THAT(text, Not(HasSubstr("4111")));
}

TEST(MetricsTest, NumberOfSeriesIsBounded) {
  Metrics metrics;
  for (int i = 0; i < 5000; ++i) {
    metrics.feed_rejections.Add(1, "vendor-" + std::to_string(i), "NO_CAPACITY");
  }
  metrics.feed_rejections.Add(1, "vendor-0", "NO_CAPACITY");
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("{reason=\"other\",vendor_id=\"other\"} 4500\n"));
  EXPECT_THAT(text, HasSubstr("{reason=\"NO_CAPACITY\",vendor_id=\"vendor-0\"} 2\n"));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 700);
}

TEST(MetricsTest, ManyThreadsLoseNoCount) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&metrics] {
      for (int i = 0; i < 1000; ++i) metrics.rpcs.Add(1, "m", i % 2 == 0 ? "OK" : "ABORTED");
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("switchboard_rpcs_total{code=\"OK\",method=\"m\"} 2000\n"));
  EXPECT_THAT(text, HasSubstr("switchboard_rpcs_total{code=\"ABORTED\",method=\"m\"} 2000\n"));
}

}  // namespace
}  // namespace switchboard::telemetry
