#include "clients/cli/hub_log.h"

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using testing::FailsWith;

// A hub of one log, one entry a page, which counts how often its entries are asked for, and sees
// to it that nobody asks while it answers.
class CountingCalls final : public HubCalls {
 public:
  explicit CountingCalls(audit::MadeLog& log) : log_(log) {}

  Answer<std::string> Health(const std::string&) override { return std::string("SERVING"); }

  std::atomic<int> entries_asked = 0;
  std::atomic<bool> overlapped = false;
  std::atomic<int> fail_at = 0;  // the call of entries, from 1

 protected:
  absl::Status Call(const google::protobuf::MethodDescriptor&,
                    const google::protobuf::Message& request,
                    google::protobuf::Message& response) override {
    if (busy_.exchange(true)) overlapped = true;
    const absl::Status status = Ask(request, response);
    busy_ = false;
    return status;
  }

 private:
  absl::Status Ask(const google::protobuf::Message& request, google::protobuf::Message& response) {
    const auto put = [&](const auto& answer) {
      if (answer.ok()) response.CopyFrom(*answer);
      return answer.status();
    };
    if (auto* tree = dynamic_cast<const v1::ReadAuditTreeRequest*>(&request))
      return put(log_.Tree(tree->after()));
    if (auto* checkpoints = dynamic_cast<const v1::ListCheckpointsRequest*>(&request))
      return put(log_.Checkpoints(checkpoints->after_size()));
    if (auto* rows = dynamic_cast<const v1::DigestRowsRequest*>(&request))
      return put(log_.Rows(*rows));
    if (++entries_asked == fail_at) return absl::UnavailableError("gone");
    return put(log_.Entries(static_cast<const v1::ReadAuditRequest&>(request)));
  }

  audit::MadeLog& log_;
  std::atomic<bool> busy_ = false;
};

audit::MadeLog Log() {
  audit::MadeLog log;
  for (int i = 0; i < 30; ++i) {
    log.Append(i % 3 == 0 ? "hub-1" : "hub-2", {absl::StrCat("event ", i)});
    if (i % 7 == 0) log.Sign();
  }
  log.page_max = 1;
  return log;
}

v1::ReadAuditRequest Behind(int64_t after) {
  v1::ReadAuditRequest request;
  request.set_chain_id("hub-1");
  request.set_after(after);
  request.set_max_entries(1);
  return request;
}

TEST(HubLogTest, NextPageIsReadBeforeItIsAskedFor) {
  audit::MadeLog log = Log();
  CountingCalls calls(log);
  HubLog source(calls);
  ASSERT_OK(source.Entries(Behind(0)));
  EXPECT_TRUE(testing::Eventually([&] { return calls.entries_asked == 2; }));
  ASSERT_OK_AND_ASSIGN(const auto second, source.Entries(Behind(1)));
  EXPECT_EQ(second.entries(0).sequence(), 2);
  EXPECT_TRUE(testing::Eventually([&] { return calls.entries_asked == 3; }));
  // What was read ahead is of no use to who asks for something else.
  ASSERT_OK_AND_ASSIGN(const auto other, source.Entries(Behind(5)));
  EXPECT_EQ(other.entries(0).sequence(), 6);
}

// A row may be as an entry says that came after the page was read.
TEST(HubLogTest, WhatWasReadAheadIsTooOldBehindRows) {
  audit::MadeLog log = Log();
  CountingCalls calls(log);
  HubLog source(calls);
  ASSERT_OK(source.Entries(Behind(9)));
  EXPECT_TRUE(testing::Eventually([&] { return calls.entries_asked == 2; }));
  ASSERT_OK(source.Rows(v1::DigestRowsRequest()));
  log.Append("hub-1", {"later"});
  ASSERT_OK_AND_ASSIGN(const auto later, source.Entries(Behind(10)));
  ASSERT_EQ(later.entries_size(), 1);
  EXPECT_EQ(later.entries(0).sequence(), 11);
}

TEST(HubLogTest, LogIsReadAsItIs) {
  audit::MadeLog log = Log();
  CountingCalls calls(log);
  HubLog source(calls);
  ASSERT_OK_AND_ASSIGN(const audit::LogReport report,
                       audit::CheckLog(source, {}, [](int64_t, int64_t) {}));
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.entries, 30);
  EXPECT_EQ(report.tree_size, 29);
  EXPECT_FALSE(calls.overlapped) << "a hub's calls are not thread-safe";
}

TEST(HubLogTest, ErrorOfAPageThatWasReadAheadIsThePagesOwn) {
  audit::MadeLog log = Log();
  CountingCalls calls(log);
  calls.fail_at = 2;
  HubLog source(calls);
  ASSERT_OK(source.Entries(Behind(0)));
  EXPECT_THAT(source.Entries(Behind(1)), FailsWith(absl::StatusCode::kUnavailable, ""));
  EXPECT_OK(source.Entries(Behind(1)));
}

}  // namespace
}  // namespace switchboard::cli
