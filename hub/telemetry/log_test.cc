#include "hub/telemetry/log.h"

#include <cmath>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/strings/str_split.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/testing.h"

namespace switchboard::telemetry {
namespace {

using ::nlohmann::json;
using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;

class LogTest : public ::testing::Test {
 protected:
  std::unique_ptr<Log> Make(Log::Options options) {
    return Log::ToSink(
        clock_, [this](std::string_view line) { lines_.emplace_back(line); }, options);
  }

  ManualClock clock_;
  std::vector<std::string> lines_;
};

TEST_F(LogTest, OneJsonObjectPerLine) {
  auto log = Make({});
  log->Info("page_sent", {{"vendor_id", "sakura"},
                          {"changes", 500},
                          {"caught_up", true},
                          {"took", absl::Milliseconds(1500)},
                          {"queue", uint64_t{7}}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0],
            R"({"time":"2026-01-01T00:00:00.000000Z","level":"info","event":"page_sent",)"
            R"("vendor_id":"sakura","changes":500,"caught_up":true,"took":1.500000,"queue":7})");
}

TEST_F(LogTest, HostileTextStaysOneHarmlessLine) {
  const std::string hostile[] = {
      "a\nb",     "\"}\n{\"event\":\"forged\"", std::string("\0", 1), "\x1b[31m", "\\", "田中太郎",
      "\xff\xfe", "4111 1111 1111 1111"};
  for (const std::string& text : hostile) {
    lines_.clear();
    auto log = Make({});
    log->Error("e", {{"id", text}, {"status", absl::InternalError(text)}});
    ASSERT_EQ(lines_.size(), 1u);
    EXPECT_EQ(lines_[0].find('\n'), std::string::npos);
    const json line = json::parse(lines_[0], nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(line.is_object()) << lines_[0];
    EXPECT_EQ(line["event"], "e");
    EXPECT_EQ(line["id"], "withheld");
    EXPECT_EQ(line.size(), 5u);
  }
}

TEST_F(LogTest, StatusKeepsCodeReasonAndMessage) {
  auto log = Make({});
  log->Error("start_failed", {{"status", switchboard::Error(absl::StatusCode::kInvalidArgument,
                                                            "YAML_INVALID", "a.yaml:3:1: \"x\"")},
                              {"other", absl::OkStatus()}});
  const json line = json::parse(lines_.at(0));
  EXPECT_EQ(line["status"], "INVALID_ARGUMENT YAML_INVALID: a.yaml:3:1: \"x\"");
  EXPECT_EQ(line["other"], "OK");
}

TEST_F(LogTest, InfiniteDurationIsStillJson) {
  auto log = Make({});
  log->Info("e", {{"span", absl::InfiniteDuration()}, {"back", -absl::InfiniteDuration()}});
  EXPECT_TRUE(json::parse(lines_.at(0))["span"].is_number());
}

TEST_F(LogTest, LevelsBelowTheThresholdAreNotWritten) {
  struct Case {
    Level threshold;
    size_t lines;
  };
  for (const Case& c : {Case{Level::kDebug, 4}, Case{Level::kInfo, 3}, Case{Level::kWarning, 2},
                        Case{Level::kError, 1}}) {
    lines_.clear();
    auto log = Make({.level = c.threshold});
    log->Debug("d", {});
    log->Info("i", {});
    log->Warning("w", {});
    log->Error("e", {});
    ASSERT_EQ(lines_.size(), c.lines);
    EXPECT_EQ(json::parse(lines_.back())["level"], "error");
  }
}

TEST_F(LogTest, RepeatsAreCountedInsteadOfWritten) {
  auto log = Make({.burst_max = 2, .window = absl::Seconds(10)});
  for (int i = 0; i < 5; ++i) log->Info("flood", {});
  log->Info("other", {});
  EXPECT_EQ(lines_.size(), 3u);

  clock_.Advance(absl::Seconds(10));
  log->Info("flood", {});
  ASSERT_EQ(lines_.size(), 4u);
  EXPECT_EQ(json::parse(lines_[3])["suppressed"], 3);

  log->Info("flood", {});
  log->Info("flood", {});
  log.reset();
  ASSERT_EQ(lines_.size(), 6u);
  EXPECT_EQ(json::parse(lines_[4]).contains("suppressed"), false);
  const json last = json::parse(lines_[5]);
  EXPECT_EQ(last["event"], "log_suppressed");
  EXPECT_EQ(last["of"], "flood");
  EXPECT_EQ(last["suppressed"], 1);
}

TEST_F(LogTest, AClockSetBackDoesNotSilence) {
  auto log = Make({.burst_max = 1});
  log->Info("e", {});
  clock_.Advance(-absl::Hours(1));
  log->Info("e", {});
  EXPECT_EQ(lines_.size(), 2u);
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  auto log = Make({.burst_max = 100000});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 250; ++i) log->Info("e", {{"thread", t}, {"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(lines_.size(), 1000u);
  for (const std::string& line : lines_) EXPECT_TRUE(json::accept(line)) << line;
}

TEST_F(LogTest, FileIsAppendedTo) {
  TemporaryFolder folder;
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(auto log, Log::ToFile(clock_, folder / "hub.log", {}));
    log->Info("started", {});
  }
  const std::string text = ReadFile(folder / "hub.log");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(Log::ToFile(clock_, folder.path().string(), {}),
              FailsWith(absl::StatusCode::kUnavailable, "LOG_UNWRITABLE"));
}

// A record cannot be logged, whole or by accident.
static_assert(!std::is_constructible_v<Field, Name, const google::protobuf::Message&>);
static_assert(!std::is_constructible_v<Field, Name, std::vector<std::string>>);

}  // namespace
}  // namespace switchboard::telemetry
