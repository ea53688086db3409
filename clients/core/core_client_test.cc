#include "clients/core/core_client.h"

#include <algorithm>
#include <future>
#include <vector>

#include "clients/core/scripted_hub.h"
#include "clients/transport/hub_channels.h"
#include "tests/testing.h"

namespace switchboard::clients {
namespace {

using testing::FailsWith;

constexpr absl::Time kAsOf = absl::FromUnixMillis(1767225600'250);

class CoreClientTest : public ::testing::Test {
 protected:
  CoreClientTest() {
    options_.hub_addresses = {"hub"};
    options_.backoff = {absl::Milliseconds(1), absl::Milliseconds(2), 2.0};
    options_.attempts_max = 4;
    options_.make_channel = [this](const std::string& address) {
      return grpc::CreateCustomChannel("unix:" + (folder_ / address),
                                       grpc::InsecureChannelCredentials(),
                                       transport::ArgumentsOf({}));
    };
  }
  void Create() { ASSERT_OK_AND_ASSIGN(client_, CoreClient::Create(options_, clock_, ids_)); }

  // Imports records 1 to `count`.
  absl::StatusOr<ImportSummary> ImportRecords(int64_t count, size_t record_bytes = 0) {
    if (client_ == nullptr) Create();
    int64_t next = 0;
    return client_->ImportAccounts(
        "nightly", kAsOf,
        [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
          if (next == count) return false;
          record.set_sequence(++next);
          record.mutable_account()->set_internal_reason(std::string(record_bytes, 'x'));
          return true;
        },
        [&](const v1::ImportAccountsResponse& answer) { answers_.push_back(answer.through()); });
  }
  std::vector<int64_t> OneTo(int64_t count) {
    std::vector<int64_t> numbers;
    for (int64_t i = 1; i <= count; ++i) numbers.push_back(i);
    return numbers;
  }

  testing::TemporaryFolder folder_;
  SystemClock clock_;
  IdMint ids_{clock_, 1};
  ScriptedHub hub_{folder_ / "hub"};
  CoreClientOptions options_;
  std::unique_ptr<CoreClient> client_;
  std::vector<int64_t> answers_;
};

TEST_F(CoreClientTest, RefusesOptionsThatCannotWork) {
  options_.attempts_max = 0;
  EXPECT_THAT(CoreClient::Create(options_, clock_, ids_),
              FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
  options_.attempts_max = 1;
  options_.hub_addresses.clear();
  EXPECT_THAT(CoreClient::Create(options_, clock_, ids_),
              FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
}

// --- Import

TEST_F(CoreClientTest, ImportsInFullBatches) {
  ASSERT_OK_AND_ASSIGN(const ImportSummary summary, ImportRecords(2500));
  EXPECT_EQ(hub_.batch_sizes, (std::vector<int>{1000, 1000, 500}));
  EXPECT_EQ(hub_.sequences, OneTo(2500));
  EXPECT_EQ(hub_.source, "nightly");
  EXPECT_EQ(answers_, (std::vector<int64_t>{999, 1999, 2499}));
  EXPECT_EQ(summary.through, 2499) << "what was refused moves it not";
  EXPECT_EQ(summary.records, 2500);
  EXPECT_EQ(summary.accepted, 2250);
  EXPECT_EQ(summary.refused, 250);
  EXPECT_EQ(summary.repeated, 0);
  EXPECT_EQ(summary.batches, 3);
  EXPECT_EQ(summary.streams, 1);
}

TEST_F(CoreClientTest, EveryBatchSaysAsOfWhenItsRecordsAreTrueAfterACutToo) {
  hub_.cuts = {{1, absl::UnavailableError("cut"), false}};
  ASSERT_OK(ImportRecords(3000));
  EXPECT_EQ(hub_.streams, 2);
  ASSERT_GE(hub_.as_of.size(), 4u);
  for (const absl::Time as_of : hub_.as_of) EXPECT_EQ(as_of, kAsOf);
}

TEST_F(CoreClientTest, RecordKeepsATimeOfItsOwn) {
  Create();
  bool given = false;
  ASSERT_OK(client_->ImportAccounts("nightly", kAsOf, [&](v1::AccountRecord& record) {
    record.set_sequence(1);
    record.mutable_as_of_time()->set_seconds(1767225000);
    return absl::StatusOr<bool>(!std::exchange(given, true));
  }));
  EXPECT_THAT(hub_.records_as_of, ::testing::ElementsAre(absl::FromUnixSeconds(1767225000)));
}

TEST_F(CoreClientTest, TimeThatIsNoneIsNotSent) {
  Create();
  for (const absl::Time as_of : {absl::InfinitePast(), absl::InfiniteFuture()}) {
    EXPECT_THAT(
        client_->ImportAccounts("nightly", as_of,
                                [](v1::AccountRecord&) -> absl::StatusOr<bool> { return true; }),
        FailsWith(absl::StatusCode::kInvalidArgument, "AS_OF_INVALID"));
  }
  EXPECT_EQ(hub_.streams, 0);
}

TEST_F(CoreClientTest, ImportCountsWhatIsOutdatedByItself) {
  hub_.outdated = {2, 3};
  ASSERT_OK_AND_ASSIGN(const ImportSummary summary, ImportRecords(5));
  EXPECT_EQ(summary.outdated, 2);
  EXPECT_EQ(summary.refused, 0);
  EXPECT_EQ(summary.accepted, 3);
}

// The source's last record is refused and `through` stays below it: the import is over all the
// same.
TEST_F(CoreClientTest, ImportWhoseLastRecordIsRefusedIsOver) {
  ASSERT_OK_AND_ASSIGN(const ImportSummary summary, ImportRecords(10));
  EXPECT_EQ(summary.through, 9);
  EXPECT_EQ(summary.refused, 1);
  ASSERT_OK_AND_ASSIGN(const int64_t through, client_->ImportedThrough("nightly"));
  EXPECT_EQ(through, 9);
}

TEST_F(CoreClientTest, ImportOfNothingAsksNothing) {
  ASSERT_OK_AND_ASSIGN(const ImportSummary summary, ImportRecords(0));
  EXPECT_EQ(summary.records, 0);
  EXPECT_EQ(hub_.streams, 0);
}

TEST_F(CoreClientTest, ImportGoesOnBehindTheLastAnswerAfterACut) {
  hub_.cuts = {{2, absl::UnavailableError("cut"), true},
               {0, Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", ""), true},
               {1, absl::OkStatus(), true},  // ended politely, but too early
               {3, absl::UnavailableError("cut"), true}};
  ASSERT_OK_AND_ASSIGN(const ImportSummary summary, ImportRecords(9500));
  EXPECT_EQ(hub_.sequences, OneTo(9500));
  EXPECT_EQ(summary.streams, 5);
  EXPECT_EQ(summary.repeated, 0) << "only what was not answered is sent again";
  EXPECT_EQ(summary.through, 9499);
  EXPECT_TRUE(std::is_sorted(answers_.begin(), answers_.end()));
}

TEST_F(CoreClientTest, BatchWhoseAnswerWasLostIsRepeated) {
  hub_.cuts = {{2, absl::UnavailableError("cut"), false}};
  ASSERT_OK_AND_ASSIGN(const ImportSummary summary, ImportRecords(3000));
  EXPECT_EQ(hub_.sequences, OneTo(3000));
  EXPECT_EQ(summary.repeated, 1000);
  EXPECT_EQ(summary.records, 3000);
}

TEST_F(CoreClientTest, ImportGivesUpWithoutProgressAndNotBefore) {
  const ScriptedHub::Cut progress{1, absl::UnavailableError("cut"), true};
  const ScriptedHub::Cut none{0, absl::UnavailableError("down"), true};
  hub_.cuts = {none, none, none, progress, none, none, none};
  EXPECT_OK(ImportRecords(3000));
  hub_.cuts = {none, none, none, none};
  EXPECT_EQ(ImportRecords(3000).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(CoreClientTest, ImportStopsAtAFinalError) {
  hub_.cuts = {{0, Error(absl::StatusCode::kInvalidArgument, "SOURCE_INVALID", ""), true}};
  EXPECT_THAT(ImportRecords(1), FailsWith(absl::StatusCode::kInvalidArgument, "SOURCE_INVALID"));
  EXPECT_EQ(hub_.streams, 1);
}

TEST_F(CoreClientTest, ImportDoesNotWaitForASilentHubForEver) {
  hub_.silent = true;
  options_.call_timeout = absl::Milliseconds(500);  // enough to get there beside other work
  options_.attempts_max = 2;
  EXPECT_THAT(ImportRecords(1), FailsWith(absl::StatusCode::kDeadlineExceeded, "HUB_SILENT"));
  EXPECT_EQ(hub_.streams, 2);
}

TEST_F(CoreClientTest, LargeRecordsMakeSmallerBatches) {
  ASSERT_OK(ImportRecords(10, /*record_bytes=*/1'000'000));
  EXPECT_EQ(hub_.batch_sizes, (std::vector<int>{3, 3, 3, 1}));
  EXPECT_EQ(hub_.sequences, OneTo(10));
}

TEST_F(CoreClientTest, RecordTooLargeForAnyBatchEndsTheImportAfterThoseBefore) {
  Create();
  int64_t next = 0;
  const auto summary = client_->ImportAccounts("nightly", kAsOf, [&](v1::AccountRecord& record) {
    record.set_sequence(++next);
    if (next == 3) record.mutable_account()->set_internal_reason(std::string(4'000'000, 'x'));
    return absl::StatusOr<bool>(true);
  });
  EXPECT_THAT(summary, FailsWith(absl::StatusCode::kInvalidArgument, "RECORD_TOO_LARGE"));
  EXPECT_EQ(ErrorMetadata(summary.status(), "sequence"), "3");
  EXPECT_EQ(hub_.sequences, OneTo(2));
}

TEST_F(CoreClientTest, ErrorOfTheReaderIsPassedOn) {
  Create();
  EXPECT_THAT(client_->ImportAccounts("nightly", kAsOf,
                                      [](v1::AccountRecord&) -> absl::StatusOr<bool> {
                                        return Error(absl::StatusCode::kDataLoss, "FILE_CUT", "");
                                      }),
              FailsWith(absl::StatusCode::kDataLoss, "FILE_CUT"));
}

TEST_F(CoreClientTest, TellsHowFarASourceIs) {
  ASSERT_OK(ImportRecords(7));
  ASSERT_OK_AND_ASSIGN(const int64_t through, client_->ImportedThrough("nightly"));
  EXPECT_EQ(through, 7);
  EXPECT_EQ(hub_.batch_sizes.back(), 0);
}

TEST_F(CoreClientTest, ImportTriesTheNextAddress) {
  options_.hub_addresses = {"nobody", "hub"};
  ASSERT_OK_AND_ASSIGN(const ImportSummary summary, ImportRecords(5));
  EXPECT_EQ(summary.through, 5);
}

// --- Events

TEST_F(CoreClientTest, EventsAreTriedAgain) {
  hub_.failures = {absl::UnavailableError("down"), OverloadedError("full", absl::Milliseconds(1))};
  Create();
  v1::PostEventsRequest request;
  request.add_events()->set_event_id("e1");
  ASSERT_OK_AND_ASSIGN(const auto response, client_->PostEvents(request));
  ASSERT_EQ(response.receipts_size(), 1);
  EXPECT_EQ(response.receipts(0).event_id(), "e1");
  EXPECT_EQ(hub_.posts, 3);
}

TEST_F(CoreClientTest, FinalErrorOfEventsIsNotTriedAgain) {
  hub_.failures = {Error(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE", "")};
  Create();
  EXPECT_THAT(client_->PostEvents(v1::PostEventsRequest()),
              FailsWith(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  EXPECT_EQ(hub_.posts, 1);
}

TEST_F(CoreClientTest, TapSeesAnswersAndErrors) {
  const auto seen = std::make_shared<std::string>();
  options_.tap = [seen](std::string_view method, std::string_view bytes) {
    *seen += std::string(method) + ":" + std::string(bytes) + ";";
  };
  hub_.failures = {absl::UnavailableError("told in an error")};
  Create();
  v1::PostEventsRequest request;
  request.add_events()->set_event_id("e1");
  ASSERT_OK(client_->PostEvents(request));
  EXPECT_NE(seen->find("PostEvents:told in an error"), std::string::npos);
  EXPECT_NE(seen->find("e1"), std::string::npos);
}

// --- The core feed

TEST_F(CoreClientTest, ReaderConfirmsOnlyWhatWasKept) {
  hub_.items = 7;
  Create();
  CoreFeedReader reader(*client_, {.max_items = 3, .stop_when_caught_up = true});
  std::vector<int64_t> kept;
  ASSERT_OK(reader.Run(0, [&](const v1::ReadCoreFeedResponse& response) {
    for (const auto& item : response.items()) kept.push_back(item.sequence());
    return absl::OkStatus();
  }));
  EXPECT_EQ(kept, OneTo(7));
  std::vector<int64_t> confirmed;
  for (const auto& request : hub_.reads) confirmed.push_back(request.after());
  EXPECT_EQ(confirmed, (std::vector<int64_t>{0, 3, 6, 7}));
}

TEST_F(CoreClientTest, ReaderNamesItself) {
  Create();
  CoreFeedReader reader(*client_, {.reader = "ledger", .stop_when_caught_up = true});
  ASSERT_OK(reader.Run(0, [](const auto&) { return absl::OkStatus(); }));
  EXPECT_EQ(hub_.reads.back().reader(), "ledger");
}

TEST_F(CoreClientTest, BatchThatWasNotKeptIsNotConfirmed) {
  hub_.items = 5;
  Create();
  CoreFeedReader reader(*client_, {.max_items = 3, .stop_when_caught_up = true});
  int calls = 0;
  EXPECT_EQ(reader
                .Run(0,
                     [&](const auto&) {
                       return ++calls == 2 ? absl::DataLossError("disk full") : absl::OkStatus();
                     })
                .code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(hub_.reads.back().after(), 3);
}

TEST_F(CoreClientTest, ReaderGoesOnWhereTheCallerIsAndThroughFailures) {
  hub_.items = 5;
  hub_.failures = {absl::UnavailableError("down"), absl::UnavailableError("down")};
  Create();
  CoreFeedReader reader(*client_, {.stop_when_caught_up = true});
  std::vector<int64_t> kept;
  ASSERT_OK(reader.Run(3, [&](const auto& response) {
    for (const auto& item : response.items()) kept.push_back(item.sequence());
    return absl::OkStatus();
  }));
  EXPECT_EQ(kept, (std::vector<int64_t>{4, 5}));
}

TEST_F(CoreClientTest, GapIsNotKept) {
  hub_.items = 5;
  hub_.skip = 3;
  Create();
  CoreFeedReader reader(*client_, {.stop_when_caught_up = true});
  bool called = false;
  EXPECT_THAT(reader.Run(0,
                         [&](const auto&) {
                           called = true;
                           return absl::OkStatus();
                         }),
              FailsWith(absl::StatusCode::kDataLoss, "SEQUENCE_GAP"));
  EXPECT_FALSE(called);
}

// What retention erased is no loss; what is missing beyond it is.
TEST_F(CoreClientTest, GapOfWhatWasErasedIsNone) {
  hub_.items = 5;
  hub_.skip = 3;
  hub_.erased_through = 3;
  Create();
  CoreFeedReader reader(*client_, {.stop_when_caught_up = true});
  std::vector<int64_t> kept;
  const auto keep = [&](const v1::ReadCoreFeedResponse& response) {
    for (const auto& item : response.items()) kept.push_back(item.sequence());
    return absl::OkStatus();
  };
  EXPECT_OK(reader.Run(0, keep));
  EXPECT_THAT(kept, ::testing::ElementsAre(1, 2, 4, 5));
  hub_.erased_through = 2;
  EXPECT_THAT(reader.Run(0, keep), FailsWith(absl::StatusCode::kDataLoss, "SEQUENCE_GAP"));
}

TEST_F(CoreClientTest, CancelEndsALongPoll) {
  hub_.items = 1;
  Create();
  CoreFeedReader reader(*client_);
  const auto kept = std::make_shared<std::promise<void>>();
  auto run = std::async(std::launch::async, [&reader, kept] {
    return reader.Run(0, [&kept](const auto&) {
      kept->set_value();
      return absl::OkStatus();
    });
  });
  kept->get_future().wait();
  client_->Cancel();
  EXPECT_THAT(run.get(), FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
  EXPECT_THAT(client_->PostEvents(v1::PostEventsRequest()),
              FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
  EXPECT_THAT(client_->ImportedThrough("x"),
              FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
}

}  // namespace
}  // namespace switchboard::clients
