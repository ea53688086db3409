// The vendors' feeds and streams through the whole hub, with a fake outlet.
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "hub/api/vendor_api.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using Rejection = v1::SyncRequest::Rejection;
using storage::Connection;
using storage::Transaction;
using testing::Core;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;
using testing::Payment;

v1::AccountRecord Account(int64_t sequence, int number) {
  return MakeRecord(sequence, {.account_id = "A-" + std::to_string(number),
                               .person_id = "P-" + std::to_string(number)});
}

std::vector<v1::AccountRecord> Accounts(int first, int last) {
  std::vector<v1::AccountRecord> records;
  for (int i = first; i <= last; ++i) records.push_back(Account(i, i));
  return records;
}

class HubFeedTest : public ::testing::Test {
 protected:
  // A page, and as the vendor reads it.
  struct Page : feed::Page {
    v1::SyncResponse::Batch batch;
  };

  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import(Accounts(1, 5)));
  }

  absl::Status Run(storage::Writer::Unit unit) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(storage::Urgency::kUrgent, std::move(unit),
                                 [&](const absl::Status& status) { result = status; });
    world_.Settle();
    return result;
  }
  absl::StatusOr<feed::OpenedFeed> Open(const v1::Cursor& cursor) {
    absl::StatusOr<feed::OpenedFeed> opened = absl::InternalError("not run");
    absl::Status status = Run([&](Transaction& transaction) {
      opened = world_.hub().feed().Open(transaction, "sakura", cursor);
      return opened.status();
    });
    if (!status.ok()) return status;
    return opened;
  }
  absl::StatusOr<Page> Read(int64_t session, const v1::Cursor& after, int limit = 100) {
    absl::StatusOr<feed::Page> page = absl::InternalError("not run");
    EXPECT_OK(world_.hub().readers().Run([&](Connection& reader) {
      page =
          world_.hub().feed().ReadPage(reader, "sakura", session, after, limit, world_.clock.Now());
      return absl::OkStatus();
    }));
    if (!page.ok()) return page.status();
    return Page{*page, page->shown.Read()};
  }
  absl::Status Ack(int64_t session, const v1::Cursor& cursor,
                   const google::protobuf::RepeatedPtrField<Rejection>& rejections = {}) {
    return Run([&](Transaction& transaction) {
      return world_.hub().feed().Acknowledge(transaction, "sakura", session, cursor, rejections);
    });
  }
  absl::Status Disclose(const Page& page) {
    return Run([&](Transaction& t) { return world_.hub().feed().Disclose(t, page).status(); });
  }
  static v1::Cursor At(const std::string& generation, int64_t sequence) {
    v1::Cursor cursor;
    cursor.set_generation(generation);
    cursor.set_sequence(sequence);
    return cursor;
  }

  HubWorld world_;
};

// The one resume rule. Rows: what was acknowledged of 5 changes, where the vendor stands.
TEST_F(HubFeedTest, ResumeRule) {
  ASSERT_OK_AND_ASSIGN(const auto first, Open({}));
  const std::string generation = first.cursor.generation();
  const struct {
    int64_t acknowledged;
    bool same_generation;
    int64_t sequence;
    int64_t goes_on_at;  // -1: a new generation at 0
  } rows[] = {
      {0, true, 0, 0},          {0, true, 3, 3},  {0, true, 5, 5},
      {0, true, 6, 0},   // beyond the end; nothing acknowledged, so nothing was lost
      {0, false, 3, 0},  // another generation; likewise
      {3, true, 3, 3},          {3, true, 4, 4},  {3, true, 5, 5},
      {3, true, 2, -1},  // the vendor lost something it had acknowledged
      {3, true, 0, -1},         {3, true, 6, -1}, {3, false, 3, -1},
      {3, true, -1, -1},        {5, true, 5, 5},  {5, true, 4, -1},
      {5, true, INT64_MAX, -1},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE("acknowledged " + std::to_string(row.acknowledged) + ", vendor at " +
                 std::to_string(row.sequence));
    ASSERT_OK(Run([&](Transaction& transaction) {
      return transaction
          .Execute("UPDATE vendor SET generation = $1, acknowledged_sequence = $2",
                   {generation, row.acknowledged})
          .status();
    }));
    ASSERT_OK_AND_ASSIGN(const auto opened,
                         Open(At(row.same_generation ? generation : "other", row.sequence)));
    EXPECT_EQ(opened.cursor.generation() == generation, row.goes_on_at >= 0);
    EXPECT_EQ(opened.cursor.sequence(), std::max<int64_t>(row.goes_on_at, 0));
  }
}

TEST_F(HubFeedTest, PagesFollowEachOtherToTheEnd) {
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  v1::Cursor after = opened.cursor;
  std::vector<int> sizes;
  std::set<std::string> seen;
  for (bool caught_up = false; !caught_up;) {
    ASSERT_OK_AND_ASSIGN(const Page page, Read(opened.session, after, 2));
    EXPECT_EQ(page.batch.after().sequence(), after.sequence());
    sizes.push_back(page.batch.changes_size());
    for (const auto& row : page.rows) EXPECT_TRUE(seen.insert(row.assignment_id).second);
    after = page.batch.through();
    caught_up = page.batch.caught_up();
  }
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
  EXPECT_EQ(after.sequence(), 5);
  ASSERT_OK_AND_ASSIGN(const Page end, Read(opened.session, after));
  EXPECT_TRUE(end.batch.caught_up());
  EXPECT_EQ(end.batch.changes_size(), 0);
}

TEST_F(HubFeedTest, RowTouchedTwiceComesOnceAtItsLastPlace) {
  ASSERT_OK(world_.Import({Account(6, 2)}));
  ASSERT_OK(world_.Import({Account(7, 2)}));
  ASSERT_OK(world_.Post({Payment("e-1", "A-3")}));
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  ASSERT_OK_AND_ASSIGN(const Page page, Read(opened.session, opened.cursor));
  EXPECT_EQ(page.batch.changes_size(), 5);
  EXPECT_EQ(page.rows.size(), 4u);  // the withdrawal shows nothing
  EXPECT_EQ(page.batch.through().sequence(), 8);
  // One at a time: a page tells no places.
  v1::Cursor placed = opened.cursor;
  placed.set_sequence(5);
  ASSERT_OK_AND_ASSIGN(const Page touched, Read(opened.session, placed, 1));
  ASSERT_EQ(touched.batch.changes_size(), 1);
  EXPECT_EQ(touched.batch.changes(0).assigned().assignment_id(),
            world_.Live("A-2").assignment_id());
  ASSERT_OK_AND_ASSIGN(const Page last, Read(opened.session, touched.batch.through(), 1));
  ASSERT_EQ(last.batch.changes_size(), 1);
  EXPECT_EQ(last.batch.changes(0).withdrawn().reason(), v1::WITHDRAW_REASON_PAID);
}

TEST_F(HubFeedTest, RowsAreMaskedByTheContract) {
  world_.ApplyContract({.name_show = "show: PARTIAL, mask: FAMILY_NAME"});
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  ASSERT_OK_AND_ASSIGN(const Page page, Read(opened.session, opened.cursor, 1));
  const auto& person = page.batch.changes(0).assigned().person();
  EXPECT_EQ(person.name(), "山田");
  EXPECT_FALSE(person.has_birth_date());
  EXPECT_FALSE(person.has_address());
  const std::string bytes = page.batch.SerializeAsString();
  for (const char* raw :
       {"太郎", "ヤマダ", "+8190", "渋谷", "4111", "score", "P-1", "A-1", "@example"}) {
    EXPECT_EQ(bytes.find(raw), std::string::npos) << raw;
  }
}

TEST_F(HubFeedTest, NothingIsShownUnderAnOldContractOrSession) {
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  ASSERT_OK_AND_ASSIGN(const Page page, Read(opened.session, opened.cursor));
  EXPECT_OK(Disclose(page));
  world_.ApplyContract({.more = "display_name: さくら\n"});  // shows the same: same generation
  EXPECT_THAT(Disclose(page), FailsWith(absl::StatusCode::kAborted, "CONTRACT_CHANGED"));
  const auto superseded = FailsWith(absl::StatusCode::kAborted, "SUPERSEDED");
  ASSERT_OK_AND_ASSIGN(const auto newer, Open(opened.cursor));
  EXPECT_THAT(Disclose(page), superseded);
  EXPECT_THAT(Read(opened.session, opened.cursor), superseded);
  EXPECT_THAT(Ack(opened.session, opened.cursor), superseded);
  EXPECT_OK(Ack(newer.session, newer.cursor));
  world_.ApplyContract(
      {.name_show = "show: PARTIAL, mask: INITIALS"});  // shows less: new generation
  EXPECT_THAT(Read(newer.session, newer.cursor), superseded);
  EXPECT_THAT(Ack(newer.session, newer.cursor), superseded);
}

TEST_F(HubFeedTest, AcksNeverGoBackNorBeyondTheEnd) {
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  const std::string& generation = opened.cursor.generation();
  EXPECT_OK(Ack(opened.session, At(generation, 3)));
  EXPECT_OK(Ack(opened.session, At(generation, 2)));
  EXPECT_EQ(world_.Vendor("sakura").acknowledged_sequence(), 3);
  EXPECT_THAT(Ack(opened.session, At(generation, 6)),
              FailsWith(absl::StatusCode::kFailedPrecondition, "ACK_OUT_OF_ORDER"));
  EXPECT_THAT(Ack(opened.session, At("other", 4)),
              FailsWith(absl::StatusCode::kAborted, "SUPERSEDED"));
}

// Reasons in turn would be a row of the audit log each.
TEST_F(HubFeedTest, TheFirstReasonOfARejectionStands) {
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  const auto reject = [&](int account, Rejection::Reason reason) {
    google::protobuf::RepeatedPtrField<Rejection> rejections;
    rejections.Add()->set_assignment_id(
        world_.Live("A-" + std::to_string(account)).assignment_id());
    rejections[0].set_reason(reason);
    EXPECT_OK(Ack(opened.session, At(opened.cursor.generation(), 5), rejections));
  };
  for (int i = 0; i < 3; ++i) {
    reject(1, Rejection::REASON_NOT_SERVED);
    reject(1, Rejection::REASON_NO_CAPACITY);
    reject(2, Rejection::REASON_UNSPECIFIED);
    reject(2, Rejection::REASON_MISSING_DATA);
    for (const int unknown : {-1, 99, INT32_MIN, INT32_MAX})
      reject(3, static_cast<Rejection::Reason>(unknown));
  }
  std::vector<Rejection::Reason> recorded;
  for (const v1::AuditEvent& event : world_.AuditEvents())
    if (event.kind() == v1::AuditEvent::KIND_ACKNOWLEDGED && !event.assignment_id().empty())
      recorded.push_back(event.rejected());
  EXPECT_THAT(recorded, ElementsAre(Rejection::REASON_NOT_SERVED, Rejection::REASON_UNSPECIFIED,
                                    Rejection::REASON_UNSPECIFIED));
}

TEST_F(HubFeedTest, OnlyAcknowledgedWithdrawalsArePurged) {
  ASSERT_OK(world_.Post({Payment("e-1", "A-1")}));
  ASSERT_OK(world_.Post({Payment("e-2", "A-2")}));
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  const std::string& generation = opened.cursor.generation();
  int64_t purged = -1;
  auto purge = [&] {
    ASSERT_OK(Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(purged, world_.hub().feed().Purge(transaction, "sakura", 100));
      return absl::OkStatus();
    }));
  };
  purge();
  EXPECT_EQ(purged, 0);
  ASSERT_OK(Ack(opened.session, At(generation, 6)));
  purge();
  EXPECT_EQ(purged, 1);
  ASSERT_OK_AND_ASSIGN(const Page page, Read(opened.session, At(generation, 0)));
  EXPECT_EQ(page.batch.changes_size(), 4);  // and the withdrawal of A-2
  ASSERT_OK(Ack(opened.session, At(generation, 7)));
  world_.Advance(absl::Seconds(2));  // the hub does it by itself
  purge();
  EXPECT_EQ(purged, 0);
}

// A new generation does not tell of what ended before it: the vendor drops all that is older.
TEST_F(HubFeedTest, NewGenerationHoldsWhatIsLiveOnly) {
  ASSERT_OK(world_.Post({Payment("e-1", "A-1")}));
  world_.ApplyContract({.name_show = "show: ABSENT"});
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  ASSERT_OK_AND_ASSIGN(const Page page, Read(opened.session, opened.cursor));
  EXPECT_EQ(page.batch.changes_size(), 4);
  EXPECT_EQ(page.rows.size(), 4u);
}

TEST_F(HubFeedTest, PendingRecallStandsInTheRow) {
  v1::RecallAssignmentsRequest request;
  request.set_reason(v1::RECALL_REASON_MOVED);
  request.add_assignment_ids(world_.Live("A-4").assignment_id());
  ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
    world_.hub().operator_api().RecallAssignments(Operator(), request, done);
  }));
  ASSERT_OK_AND_ASSIGN(const auto opened, Open({}));
  ASSERT_OK_AND_ASSIGN(const Page page, Read(opened.session, opened.cursor));
  int recalled = 0;
  for (const auto& change : page.batch.changes()) {
    if (!change.assigned().has_pending_recall()) continue;
    EXPECT_EQ(change.assigned().assignment_id(), world_.Live("A-4").assignment_id());
    EXPECT_EQ(change.assigned().pending_recall().reason(), v1::RECALL_REASON_MOVED);
    EXPECT_FALSE(change.assigned().pending_recall().objected());
    ++recalled;
  }
  EXPECT_EQ(recalled, 1);
}

TEST_F(HubFeedTest, StreamBringsWhatIsThereAndWhatComes) {
  OpenStream sakura(world_);
  EXPECT_EQ(sakura.outlet.changes(), 5);
  EXPECT_TRUE(sakura.outlet.caught_up());
  EXPECT_TRUE(world_.Vendor("sakura").connected());
  ASSERT_OK(world_.Import({Account(6, 6)}));
  EXPECT_EQ(sakura.outlet.rows().size(), 6u);
  ASSERT_OK(world_.Post({Payment("e-1", "A-6")}));
  EXPECT_EQ(sakura.outlet.rows().size(), 5u);
  sakura.stream->OnRequest(sakura.outlet.Ack());
  world_.Settle();
  EXPECT_EQ(world_.Vendor("sakura").acknowledged_sequence(), 7);
}

// Nothing leaves before its disclosure is durable: a crash in between has shown nothing.
TEST_F(HubFeedTest, NothingLeavesBeforeItIsWrittenDown) {
  OpenStream sakura(world_);
  const int before = sakura.outlet.changes();
  v1::ImportAccountsRequest request;
  request.set_source("file");
  request.mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()));
  *request.add_records() = Account(6, 6);
  world_.hub().core_api().OpenImport(Core())->Take(request.SerializeAsString(), [](const auto&) {});
  world_.executor.RunAll();
  world_.hub().writer().RunGroup();  // the import; the stream is told
  world_.executor.RunAll();          // reads the page and asks for the disclosure
  EXPECT_EQ(sakura.outlet.changes(), before);
  world_.Settle();
  EXPECT_EQ(sakura.outlet.changes(), before + 1);
}

// I11: a peer that never acks holds its window and nothing more, however the book grows.
TEST_F(HubFeedTest, PeerThatNeverAcksIsSentItsWindowOnly) {
  OpenStream sakura(world_, 8);
  for (int round = 1; round <= 30; ++round) {
    ASSERT_OK(world_.Import(Accounts(round * 10, round * 10 + 9)));
    world_.clock.Advance(absl::Seconds(11));
    world_.hub().Tick();
    world_.Settle();
    EXPECT_LE(sakura.outlet.changes(), 8);
  }
  EXPECT_EQ(world_.executor.size(), 0u);
  EXPECT_EQ(world_.hub().writer().queue_length(), 0u);
  EXPECT_FALSE(sakura.outlet.caught_up());
  // Once it acks, it gets the rest.
  for (int i = 0; i < 200 && !sakura.outlet.caught_up(); ++i) {
    sakura.stream->OnRequest(sakura.outlet.Ack());
    world_.Settle();
  }
  EXPECT_EQ(sakura.outlet.rows().size(), 305u);
}

// The vendor has acknowledged nothing of the first eight changes; the stop stands behind hundreds.
TEST_F(HubFeedTest, AWithdrawalOvertakesWhatTheVendorHasNotTaken) {
  OpenStream sakura(world_, 8);
  ASSERT_OK(world_.Import(Accounts(10, 300)));
  const std::string id = world_.Live("A-250").assignment_id();
  ASSERT_OK(world_.Post({Payment("e-1", "A-250")}));
  ASSERT_EQ(sakura.outlet.withdrawn_now().size(), 1u);
  const auto withdrawn = sakura.outlet.withdrawn_now().front();
  EXPECT_EQ(withdrawn.assignment_id(), id);
  EXPECT_EQ(withdrawn.reason(), v1::WITHDRAW_REASON_PAID);
  EXPECT_EQ(withdrawn.change_sequence(), 5 + 291 + 1);
  // Each once, and again in its place.
  ASSERT_OK(world_.Post({Payment("e-2", "A-251"), Payment("e-3", "A-252")}));
  EXPECT_EQ(sakura.outlet.withdrawn_now().size(), 3u);
  for (int pages = 0; pages < 60; ++pages) {
    sakura.stream->OnRequest(sakura.outlet.Ack());
    world_.Settle();
  }
  EXPECT_TRUE(sakura.outlet.caught_up());
  EXPECT_EQ(sakura.outlet.rows().size(), 5u + 291 - 3);
  EXPECT_EQ(sakura.outlet.withdrawn_now().size(), 3u);
  // At the end of the feed there is nothing to overtake.
  ASSERT_OK(world_.Post({Payment("e-4", "A-253")}));
  EXPECT_EQ(sakura.outlet.rows().size(), 5u + 291 - 4);
  EXPECT_EQ(sakura.outlet.withdrawn_now().size(), 3u);
}

TEST_F(HubFeedTest, NewerStreamEndsTheOlder) {
  OpenStream older(world_);
  OpenStream newer(world_);
  EXPECT_THAT(older.outlet.finished(), ElementsAre("SUPERSEDED"));
  EXPECT_TRUE(newer.outlet.finished().empty());
  EXPECT_EQ(newer.outlet.rows().size(), 5u);
}

TEST_F(HubFeedTest, StreamsEndWithTheirReasons) {
  OpenStream stranger(world_, 0, {}, "stranger");
  EXPECT_THAT(stranger.outlet.finished(), ElementsAre("NO_CONTRACT"));
  OpenStream wrong(world_, 99'999);
  EXPECT_THAT(wrong.outlet.finished(), ElementsAre("WINDOW_INVALID"));
  OpenStream tightened(world_);
  world_.ApplyContract({.name_show = "show: ABSENT"});
  EXPECT_THAT(tightened.outlet.finished(), ElementsAre("SUPERSEDED"));
  OpenStream lives(world_);
  world_.hub().BeginShutdown();
  EXPECT_THAT(lives.outlet.finished(), ElementsAre("SHUTTING_DOWN"));
  OpenStream late(world_);
  EXPECT_THAT(late.outlet.finished(), ElementsAre("SHUTTING_DOWN"));
}

TEST_F(HubFeedTest, DetachedOutletIsNotUsed) {
  OpenStream sakura(world_);
  const int before = sakura.outlet.changes();
  sakura.stream->Detach();
  ASSERT_OK(world_.Import({Account(6, 6)}));
  EXPECT_EQ(sakura.outlet.changes(), before);
  EXPECT_TRUE(sakura.outlet.finished().empty());
}

TEST_F(HubFeedTest, CrashOfTheHubResumesAtTheAcknowledgedCursor) {
  v1::Cursor cursor;
  {
    OpenStream sakura(world_);
    sakura.stream->OnRequest(sakura.outlet.Ack());
    world_.Settle();
    cursor = sakura.outlet.Ack().ack().cursor();
  }
  world_.Crash();
  ASSERT_OK(world_.Import({Account(6, 6)}));
  OpenStream sakura(world_, 0, cursor);
  EXPECT_EQ(sakura.outlet.changes(), 1);  // no full reload
}

}  // namespace
}  // namespace switchboard
