#include "hub/sync/vendor_session.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/error.h"
#include "tests/testing.h"

namespace switchboard::sync {
namespace {

using Batch = v1::SyncResponse::Batch;

const absl::Time kStart = absl::FromUnixSeconds(1767225600);

v1::Cursor At(int64_t sequence, const std::string& generation = "g1") {
  v1::Cursor cursor;
  cursor.set_generation(generation);
  cursor.set_sequence(sequence);
  return cursor;
}

v1::SyncRequest Open(int window = 0) {
  v1::SyncRequest request;
  request.mutable_open()->set_window(window);
  return request;
}

v1::SyncRequest Ack(int64_t sequence, const std::string& generation = "g1", int rejections = 0) {
  v1::SyncRequest request;
  *request.mutable_ack()->mutable_cursor() = At(sequence, generation);
  for (int i = 0; i < rejections; ++i) {
    request.mutable_ack()->add_rejections()->set_assignment_id(absl::StrCat("r", sequence, "/", i));
  }
  return request;
}

masking::ShownPage Page(int64_t after, int64_t through, int changes, bool caught_up) {
  masking::WirePage page(At(after));
  for (int i = changes - 1; i >= 0; --i)
    page.AddWithdrawal(through - i, "", v1::WITHDRAW_REASON_PAID);
  constexpr size_t kBytesMax = 1'000'000;
  auto made = std::move(page).Make({kBytesMax, caught_up ? changes + 1 : changes, through});
  EXPECT_EQ(made.page.through().sequence(), through);
  EXPECT_EQ(made.page.caught_up(), caught_up);
  return std::move(made.page);
}

// One of `rows` that all show what their contract does not grant.
masking::ShownPage WithheldPage(int64_t after, int rows, bool caught_up) {
  v1::Contract loose;
  auto& terms = *loose.add_work_types();
  terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  terms.add_disclose()->set_data_class(v1::DATA_CLASS_PRODUCT);
  terms.mutable_disclose(0)->set_show(v1::Contract::SHOW_CLEAR);
  const masking::Masker masker(loose, v1::WORK_TYPE_CAMPAIGN, "key");
  const masking::WireGuard guard(v1::Contract(), v1::WORK_TYPE_CAMPAIGN);
  masking::WirePage page(At(after));
  for (int i = 1; i <= rows; ++i)
    page.AddRow(after + i, {.assignment_id = "a"}, masker, guard,
                {v1::Person::default_instance(), v1::Account::default_instance(), "", ""}, kStart);
  auto made = std::move(page).Make({1, caught_up ? rows + 1 : rows, after + rows});
  EXPECT_EQ(made.withheld.size(), static_cast<size_t>(rows));
  EXPECT_EQ(made.page.changes(), 0);
  return std::move(made.page);
}

// "read 5 +250", "batch 5-9 (4) caught_up", "store 9", "finish SUPERSEDED".
std::string Tell(const VendorSession::Action& action) {
  if (const auto* open = std::get_if<VendorSession::OpenFeed>(&action)) {
    return absl::StrCat("open ", open->cursor.sequence());
  }
  if (const auto* read = std::get_if<VendorSession::ReadPage>(&action)) {
    return absl::StrCat("read ", read->after.sequence(), " +", read->limit);
  }
  if (const auto* store = std::get_if<VendorSession::StoreAck>(&action)) {
    const int rejections = store->ack.rejections_size();
    return absl::StrCat("store ", store->ack.cursor().sequence(),
                        rejections == 0 ? "" : absl::StrCat(" rejecting ", rejections));
  }
  if (const auto* finish = std::get_if<VendorSession::Finish>(&action)) {
    const std::string reason = ErrorReason(finish->status);
    return "finish " + (!reason.empty() ? reason : absl::StatusCodeToString(finish->status.code()));
  }
  if (const auto* read = std::get_if<VendorSession::ReadWithdrawals>(&action))
    return absl::StrCat("look ", read->after.sequence(), " +", read->limit);
  const v1::SyncResponse response = std::get<VendorSession::Send>(action).message.Read();
  if (response.has_withdrawn_now())
    return absl::StrCat("withdrawn ", response.withdrawn_now().change_sequence());
  if (response.has_opened()) {
    return absl::StrCat("opened ", response.opened().cursor().sequence(), " window ",
                        response.opened().window());
  }
  const Batch& batch = response.batch();
  return absl::StrCat("batch ", batch.after().sequence(), "-", batch.through().sequence(), " (",
                      batch.changes_size(), ")", batch.caught_up() ? " caught_up" : "");
}

std::string Tell(const VendorSession::Actions& actions) {
  std::vector<std::string> told;
  for (const auto& action : actions) told.push_back(Tell(action));
  return absl::StrJoin(told, "; ");
}

// One line per event; the last column is everything the session wants done.
struct Step {
  std::function<VendorSession::Actions(VendorSession&)> event;
  std::string actions;
};

Step On(const v1::SyncRequest& request, const std::string& actions, absl::Duration at = {}) {
  return {[=](VendorSession& s) { return s.OnRequest(request, kStart + at); }, actions};
}
Step Opened(int64_t sequence, const std::string& actions) {
  return {[=](VendorSession& s) { return s.OnOpened(At(sequence), kStart); }, actions};
}
Step Loaded(const masking::ShownPage& page, const std::string& actions, absl::Duration at = {}) {
  return {[=](VendorSession& s) { return s.OnPage(page, kStart + at); }, actions};
}
Step Failed(const absl::Status& status, const std::string& actions) {
  return {[=](VendorSession& s) { return s.OnPage(status, kStart); }, actions};
}
Step Stored(const std::string& actions, const absl::Status& status = absl::OkStatus()) {
  return {[=](VendorSession& s) { return s.OnAckStored(status); }, actions};
}
Step HalfClosed(const std::string& actions) {
  return {[](VendorSession& s) { return s.OnHalfClose(); }, actions};
}
Step Advanced(const std::string& actions) {
  return {[](VendorSession& s) { return s.OnFeedAdvanced(); }, actions};
}
Step Withdrawn(const std::string& actions) {
  return {[](VendorSession& s) { return s.OnWithdrawalsCame(); }, actions};
}
Step Found(const std::vector<int64_t>& places, const std::string& actions) {
  std::vector<v1::SyncResponse::WithdrawnNow> withdrawals;
  for (const int64_t place : places) withdrawals.emplace_back().set_change_sequence(place);
  return {[=](VendorSession& s) { return s.OnWithdrawals(withdrawals); }, actions};
}
Step Tick(absl::Duration at, const std::string& actions) {
  return {[=](VendorSession& s) { return s.OnTick(kStart + at); }, actions};
}

void Play(const std::vector<Step>& steps, SessionLimits limits = {}) {
  VendorSession session(limits);
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string told = Tell(steps[i].event(session));
    EXPECT_EQ(told, steps[i].actions) << "step " << i;
    if (told.find("finish") == std::string::npos) continue;
    EXPECT_TRUE(session.finished());
    // Nothing follows, whatever happens.
    EXPECT_EQ(Tell(session.OnRequest(Ack(1), kStart)), "");
    EXPECT_EQ(Tell(session.OnOpened(At(0), kStart)), "");
    EXPECT_EQ(Tell(session.OnPage(Page(0, 1, 1, true), kStart)), "");
    EXPECT_EQ(Tell(session.OnAckStored(absl::OkStatus())), "");
    EXPECT_EQ(Tell(session.OnFeedAdvanced()), "");
    EXPECT_EQ(Tell(session.OnWithdrawalsCame()), "");
    EXPECT_EQ(Tell(session.OnWithdrawals({{v1::SyncResponse::WithdrawnNow()}})), "");
    EXPECT_EQ(Tell(session.OnHalfClose()), "");
    EXPECT_EQ(Tell(session.OnTick(kStart + absl::Hours(9))), "");
    EXPECT_EQ(Tell(session.OnShutdown()), "");
  }
}

TEST(VendorSessionTest, OpensReadsSendsAndStoresAcks) {
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 250, 250, false), "batch 0-250 (250); read 250 +250"),
      Loaded(Page(250, 300, 50, true), "batch 250-300 (50) caught_up"),
      On(Ack(250), "store 250"),
      On(Ack(300), ""),  // waits for the one before
      Stored("store 300"),
      Stored(""),
      Advanced("read 300 +250"),
      Loaded(Page(300, 301, 1, true), "batch 300-301 (1) caught_up"),
  });
}

// Of such rows nothing is told, and they must not be read for ever.
TEST(VendorSessionTest, APageOfWhichAllIsWithheldBringsTheCursorOn) {
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(WithheldPage(0, 250, false), "batch 0-250 (0); read 250 +250"),
      Loaded(Page(250, 251, 1, true), "batch 250-251 (1) caught_up"),
      Advanced("read 251 +250"),
      Loaded(WithheldPage(251, 3, true), "batch 251-254 (0) caught_up"),
      On(Ack(254), "store 254"),
  });
}

TEST(VendorSessionTest, TheSameAckAgainStoresNothing) {
  Play({
      On(Open(), "open 0"),
      Opened(5, "opened 5 window 500; read 5 +250"),
      Loaded(Page(5, 5, 0, true), "batch 5-5 (0) caught_up"),
      On(Ack(5), "store 5"),  // what was opened with need not be in the database yet
      On(Ack(5), ""),
      Stored(""),
      On(Ack(5), ""),
      On(Ack(5, "g1", 1), "store 5 rejecting 1"),
  });
}

TEST(VendorSessionTest, WithdrawalsOvertakeAFeedThatIsBehind) {
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 250, 250, false), "batch 0-250 (250); read 250 +250"),
      Advanced(""),
      Withdrawn("look 250 +1000"),
      // One that the page showed meanwhile, and one behind it.
      Loaded(Page(250, 500, 250, false), "batch 250-500 (250)"),  // the window is full
      Withdrawn(""),                                              // one look at a time
      Found({400, 900}, "withdrawn 900; look 900 +999"),
      Found({}, ""),
      On(Ack(500), "store 500; read 500 +250"),
  });
}

TEST(VendorSessionTest, WithdrawalsOfAFeedAtItsEndComeWithItsNextPage) {
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 10, 10, true), "batch 0-10 (10) caught_up"),
      Advanced("read 10 +250"),
      Withdrawn(""),
      Loaded(Page(10, 11, 1, true), "batch 10-11 (1) caught_up"),
      Advanced("read 11 +250"),
      Withdrawn(""),
      // So much came at once that the page does not hold it.
      Loaded(Page(11, 261, 250, false), "batch 11-261 (250); read 261 +239; look 261 +1000"),
      Found({700}, "withdrawn 700"),
  });
}

TEST(VendorSessionTest, AVendorThatDoesNotAckIsToldOnlySoManyAhead) {
  SessionLimits limits;
  limits.overtaking_max = 2;
  Play(
      {
          On(Open(10), "open 0"),
          Opened(0, "opened 0 window 10; read 0 +10"),
          Loaded(Page(0, 10, 10, false), "batch 0-10 (10)"),
          Withdrawn("look 10 +2"),
          Found({20, 30}, "withdrawn 20; withdrawn 30"),
          Withdrawn(""),
          On(Ack(10), "store 10; read 10 +10"),
          Loaded(Page(10, 20, 10, false), "batch 10-20 (10)"),
          Stored(""),
          On(Ack(20), "store 20; read 20 +10; look 30 +1"),
          Found({31}, "withdrawn 31"),
      },
      limits);
}

TEST(VendorSessionTest, AFailedLookForWithdrawalsEndsTheStream) {
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Withdrawn("look 0 +1000"),
      {[](VendorSession& s) {
         return s.OnWithdrawals(Error(absl::StatusCode::kAborted, "SUPERSEDED", "x"));
       },
       "finish SUPERSEDED"},
  });
}

TEST(VendorSessionTest, OpenRules) {
  Play({On(Ack(0), "finish OPEN_EXPECTED")});
  Play({On(v1::SyncRequest(), "finish OPEN_EXPECTED")});
  Play({On(Open(), "open 0"), On(Open(), "finish OPEN_EXPECTED")});
  Play({On(Open(), "open 0"), On(Ack(0), "finish OPEN_EXPECTED")});
  Play({On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"),
        On(Open(), "finish OPEN_EXPECTED")});
  Play({On(Open(), "open 0"), Opened(7, "opened 7 window 500; read 7 +250"),
        On(v1::SyncRequest(), "finish OPEN_EXPECTED")});
  Play({On(Open(-1), "finish WINDOW_INVALID")});
  Play({On(Open(10'001), "finish WINDOW_INVALID")});
  Play({On(Open(10'000), "open 0"), Opened(0, "opened 0 window 10000; read 0 +250")});
  Play({On(Open(1), "open 0"), Opened(0, "opened 0 window 1; read 0 +1")});
}

TEST(VendorSessionTest, TheAdapterIsALineOfPrintableText) {
  const auto named = [](const std::string& adapter) {
    v1::SyncRequest open = Open();
    open.mutable_open()->set_adapter(adapter);
    return open;
  };
  for (const std::string& good :
       {std::string(), std::string("sync_client/1"), std::string("櫻/2"), std::string(100, 'a')}) {
    Play({On(named(good), "open 0")});
  }
  for (const std::string& bad :
       {std::string(101, 'a'), std::string("a\nb"), std::string("a\tb"), std::string("\x1b[31m"),
        std::string("a\0b", 3), std::string("client 090-1234-5678"),
        std::string("taro_at_example.jp/1")}) {
    Play({On(named(bad), "finish FIELD_INVALID")});
  }
}

TEST(VendorSessionTest, AHalfClosedStreamGetsOpenedAndTheFirstPage) {
  Play({
      On(Open(), "open 0"),
      HalfClosed(""),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 250, 250, false), "batch 0-250 (250); finish OK"),
  });
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      HalfClosed(""),
      Advanced(""),
      Loaded(Page(0, 0, 0, true), "read 0 +250"),  // not the end of it
      Loaded(Page(0, 0, 0, true), "batch 0-0 (0) caught_up; finish OK"),
  });
  Play({
      On(Open(), "open 0"),
      HalfClosed(""),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Failed(Error(absl::StatusCode::kPermissionDenied, "NO_CONTRACT", "x"), "finish NO_CONTRACT"),
  });
}

TEST(VendorSessionTest, AHalfClosedStreamEndsOnceItsAcksAreStored) {
  const std::vector<Step> begin = {
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 10, 10, true), "batch 0-10 (10) caught_up"),
  };
  auto play = [&](const std::vector<Step>& more) {
    std::vector<Step> steps = begin;
    steps.insert(steps.end(), more.begin(), more.end());
    Play(steps);
  };
  play({HalfClosed("finish OK")});
  play({On(Ack(5), "store 5"), On(Ack(10), ""), HalfClosed(""), Advanced(""), Stored("store 10"),
        Stored("finish OK")});
  play({On(Ack(5), "store 5"), HalfClosed(""),
        Stored("finish SUPERSEDED", Error(absl::StatusCode::kAborted, "SUPERSEDED", "x"))});
  play({On(Ack(5), "store 5"), Stored(""), Advanced("read 10 +250"), HalfClosed("finish OK")});
}

TEST(VendorSessionTest, AHalfClosedStreamWithoutAnOpenIsRefused) {
  Play({HalfClosed("finish OPEN_EXPECTED")});
}

TEST(VendorSessionTest, FeedThatCannotBeOpenedEndsTheStream) {
  Play({On(Open(), "open 0"),
        {[](VendorSession& s) {
           return s.OnOpened(Error(absl::StatusCode::kPermissionDenied, "NO_CONTRACT", "x"),
                             kStart);
         },
         "finish NO_CONTRACT"}});
}

TEST(VendorSessionTest, NeverMoreThanTheWindowBeyondTheLastAck) {
  Play({
      On(Open(100), "open 0"),
      Opened(0, "opened 0 window 100; read 0 +100"),
      Loaded(Page(0, 60, 60, false), "batch 0-60 (60)"),  // 40 free: less than half
      On(Ack(30), "store 30"),                            // part of a batch frees nothing
      On(Ack(60), "read 60 +100"),
      Stored("store 60"),
      Loaded(Page(60, 160, 100, false), "batch 60-160 (100)"),
      Advanced(""),
      Tick(absl::Seconds(3), ""),
      Stored(""),
      On(Ack(160), "store 160; read 160 +100"),
  });
}

TEST(VendorSessionTest, HalfAWindowIsWorthAPage) {
  Play({
      On(Open(100), "open 0"),
      Opened(0, "opened 0 window 100; read 0 +100"),
      Loaded(Page(0, 50, 50, false), "batch 0-50 (50); read 50 +50"),
      Loaded(Page(50, 100, 50, false), "batch 50-100 (50)"),
      On(Ack(50), "store 50; read 100 +50"),
  });
}

TEST(VendorSessionTest, WindowOfOneGoesRowByRow) {
  Play({
      On(Open(1), "open 0"),
      Opened(0, "opened 0 window 1; read 0 +1"),
      Loaded(Page(0, 1, 1, false), "batch 0-1 (1)"),
      On(Ack(1), "store 1; read 1 +1"),
      Loaded(Page(1, 2, 1, true), "batch 1-2 (1) caught_up"),
      Stored(""),
      On(Ack(2), "store 2"),
  });
}

TEST(VendorSessionTest, AckRules) {
  const std::vector<Step> begin = {
      On(Open(), "open 0"),
      Opened(10, "opened 10 window 500; read 10 +250"),
      Loaded(Page(10, 20, 10, true), "batch 10-20 (10) caught_up"),
  };
  auto play = [&](const std::vector<Step>& more) {
    std::vector<Step> steps = begin;
    steps.insert(steps.end(), more.begin(), more.end());
    Play(steps);
  };
  play({On(Ack(21), "finish ACK_OUT_OF_ORDER")});
  play({On(Ack(INT64_MAX), "finish ACK_OUT_OF_ORDER")});
  play({On(Ack(20, "g2"), "finish ACK_OUT_OF_ORDER")});
  play({On(Ack(20, ""), "finish ACK_OUT_OF_ORDER")});
  play({On(Ack(9), ""), On(Ack(-1), ""), On(Ack(20), "store 20")});  // older than known: nothing
  play({On(Ack(20), "store 20"), Stored(""), On(Ack(15), "")});      // never goes back
  play({On(Ack(20, "g1", 500), "store 20 rejecting 500")});
  play({On(Ack(20, "g1", 501), "finish BATCH_TOO_LARGE")});
  play({On(Ack(20), "store 20"),
        Stored("finish SUPERSEDED", Error(absl::StatusCode::kAborted, "SUPERSEDED", "x"))});
}

TEST(VendorSessionTest, MergedAcksKeepTheirRefusalsUpToALimit) {
  Play({
      On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 10, 10, true), "batch 0-10 (10) caught_up"), On(Ack(1), "store 1"),
      On(Ack(2, "g1", 3), ""), On(Ack(5, "g1", 2), ""), Stored("store 5 rejecting 5"),
      On(Ack(6, "g1", 400), ""), On(Ack(7, "g1", 400), ""), Stored("store 7 rejecting 500"),
      Stored(""), On(Ack(8), "store 8"),  // nothing is left over
  });
}

// Each is looked up by the writer, which everybody shares.
TEST(VendorSessionTest, RejectionsAreAsManyAsChangesAndAThousand) {
  std::vector<Step> steps = {On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"),
                             Loaded(Page(0, 200, 200, true), "batch 0-200 (200) caught_up")};
  for (int ack = 1; ack <= 3; ++ack) {
    steps.push_back(On(Ack(200, "g1", 400), "store 200 rejecting 400"));
    steps.push_back(Stored(""));
  }
  steps.push_back(On(Ack(200), ""));
  steps.push_back(On(Ack(200, "g1", 1), "finish TOO_MANY_REJECTIONS"));
  Play(steps);
}

TEST(VendorSessionTest, CaughtUpIsToldOnce) {
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 0, 0, true), "batch 0-0 (0) caught_up"),
      Advanced("read 0 +250"),
      Loaded(Page(0, 0, 0, true), ""),  // nothing of it was for this vendor to see
      Advanced("read 0 +250"),
      Loaded(Page(0, 1, 1, false), "batch 0-1 (1); read 1 +250"),
      Loaded(Page(1, 1, 0, true), "batch 1-1 (0) caught_up"),
  });
}

TEST(VendorSessionTest, PageReadWhileTheFeedMovedOnIsNotTheEnd) {
  Play({
      On(Open(), "open 0"),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Advanced(""),  // one page at a time
      Loaded(Page(0, 5, 5, true), "batch 0-5 (5); read 5 +250"),
      Advanced(""),
      Loaded(Page(5, 5, 0, true), "read 5 +250"),
      Loaded(Page(5, 5, 0, true), "batch 5-5 (0) caught_up"),
  });
}

TEST(VendorSessionTest, ContractChangedReadsAgainAndSendsNothing) {
  const absl::Status changed = Error(absl::StatusCode::kAborted, "CONTRACT_CHANGED", "x");
  Play({
      On(Open(), "open 0"),
      Opened(3, "opened 3 window 500; read 3 +250"),
      Failed(changed, "read 3 +250"),
      Failed(changed, "read 3 +250"),
      Loaded(Page(3, 4, 1, true), "batch 3-4 (1) caught_up"),
  });
}

TEST(VendorSessionTest, OtherErrorsOfAPageEndTheStream) {
  for (const char* reason : {"SUPERSEDED", "OVERLOADED", "SHUTTING_DOWN"}) {
    Play({On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"),
          Failed(Error(absl::StatusCode::kAborted, reason, "x"), absl::StrCat("finish ", reason))});
  }
  Play({On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"),
        Failed(absl::DataLossError("x"), "finish DATA_LOSS")});
}

TEST(VendorSessionTest, HeartbeatsOnIdleStreamsOnly) {
  Play({
      On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"),
      Tick(absl::Seconds(10), "batch 0-0 (0)"),  // a page is under way: not the end
      Loaded(Page(0, 2, 2, true), "batch 0-2 (2) caught_up", absl::Seconds(15)),
      Tick(absl::Seconds(24), ""), Tick(absl::Seconds(25), "batch 2-2 (0) caught_up"),
      Tick(absl::Seconds(34), ""), Tick(absl::Seconds(35), "batch 2-2 (0) caught_up"),
      On(Ack(2), "store 2"),  // a heartbeat is acked like any batch
  });
}

TEST(VendorSessionTest, AClockThatStepsBackDoesNotSilenceTheHeartbeats) {
  Play({
      On(Open(), "open 0", absl::Hours(2)),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 2, 2, true), "batch 0-2 (2) caught_up", absl::Hours(2)),
      Tick(absl::Hours(1), ""),
      Tick(absl::Hours(1) + absl::Seconds(10), "batch 2-2 (0) caught_up"),
      Tick(absl::Hours(1) + absl::Minutes(45), "finish OK"),
  });
}

TEST(VendorSessionTest, LifetimeEndsTheStreamKindly) {
  Play({
      On(Open(), "open 0", absl::Seconds(30)),
      Opened(0, "opened 0 window 500; read 0 +250"),
      Loaded(Page(0, 0, 0, true), "batch 0-0 (0) caught_up", absl::Minutes(45)),
      Tick(absl::Minutes(45), ""),
      Tick(absl::Minutes(45) + absl::Seconds(30), "finish OK"),
  });
}

TEST(VendorSessionTest, PeerThatNeverOpensIsNotKept) {
  Play({
      Tick(absl::ZeroDuration(), ""),
      Tick(absl::Seconds(59), ""),
      Tick(absl::Seconds(60), "finish DEADLINE_EXCEEDED"),
  });
}

TEST(VendorSessionTest, ABarredSessionEndsIdleAndWhileItWaitsForAcks) {
  const absl::Status status = Error(absl::StatusCode::kPermissionDenied, "NO_CONTRACT", "x");
  const Step barred = {[status](VendorSession& s) { return s.OnBarred(status); },
                       "finish NO_CONTRACT"};
  Play({On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"),
        Loaded(Page(0, 0, 0, true), "batch 0-0 (0) caught_up"), barred});
  Play({On(Open(10), "open 0"), Opened(0, "opened 0 window 10; read 0 +10"),
        Loaded(Page(0, 10, 10, false), "batch 0-10 (10)"), Advanced(""), barred});
}

TEST(VendorSessionTest, ShutdownEndsTheStreamInEveryState) {
  const Step shutdown = {[](VendorSession& s) { return s.OnShutdown(); }, "finish SHUTTING_DOWN"};
  Play({shutdown});
  Play({On(Open(), "open 0"), shutdown});
  Play({On(Open(), "open 0"), Opened(0, "opened 0 window 500; read 0 +250"), shutdown});
}

}  // namespace
}  // namespace switchboard::sync
