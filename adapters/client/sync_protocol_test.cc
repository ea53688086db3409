#include "adapters/client/sync_protocol.h"

#include <string>

#include "adapters/client/feed_model.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using State = SyncProtocol::State;

// One word per action, as the tests below write them.
std::string Word(const SyncProtocol::Action& action) {
  if (std::holds_alternative<SyncProtocol::Connect>(action)) return "connect";
  if (std::holds_alternative<SyncProtocol::Read>(action)) return "read";
  if (const auto* adopt = std::get_if<SyncProtocol::Adopt>(&action)) {
    return "adopt:" + adopt->cursor.generation();
  }
  if (const auto* store = std::get_if<SyncProtocol::Store>(&action)) {
    return "store:" + std::to_string(store->batch.through().sequence());
  }
  if (const auto* end = std::get_if<SyncProtocol::End>(&action))
    return "end:" + std::to_string(end->withdrawn.change_sequence());
  if (const auto* send = std::get_if<SyncProtocol::Send>(&action)) {
    const auto& request = send->request;
    if (request.has_ack()) return "ack:" + std::to_string(request.ack().cursor().sequence());
    const auto& cursor = request.open().cursor();
    return request.open().has_cursor()
               ? "open:" + cursor.generation() + "/" + std::to_string(cursor.sequence())
               : "open:nothing";
  }
  return "disconnect:" + ErrorReason(std::get<SyncProtocol::Disconnect>(action).why);
}

std::string Words(const SyncProtocol::Actions& actions) {
  std::string words;
  for (const auto& action : actions) words += (words.empty() ? "" : " ") + Word(action);
  return words;
}

v1::SyncResponse Opened(const v1::Cursor& cursor, int heartbeat_seconds = 10) {
  v1::SyncResponse response;
  *response.mutable_opened()->mutable_cursor() = cursor;
  response.mutable_opened()->mutable_heartbeat_interval()->set_seconds(heartbeat_seconds);
  return response;
}

v1::SyncResponse Page(const v1::Cursor& after, const v1::Cursor& through, bool caught_up = false) {
  v1::SyncResponse response;
  *response.mutable_batch() = BatchOf(after, through, {}, caught_up);
  return response;
}

v1::SyncResponse WithdrawnAt(int64_t place) {
  v1::SyncResponse response;
  response.mutable_withdrawn_now()->set_change_sequence(place);
  return response;
}

class SyncProtocolTest : public ::testing::Test {
 protected:
  SyncProtocolTest()
      : protocol_(
            SyncProtocolOptions{500, "test/1", absl::Seconds(15),
                                transport::BackoffOptions{absl::Seconds(2), absl::Seconds(8), 2.0}},
            [] { return uint64_t{1} << 63; }) {}  // half of each bound

  absl::Time After(double seconds) { return now_ += absl::Seconds(seconds); }
  std::string Tick(double seconds = 0) { return Words(protocol_.OnTick(After(seconds))); }
  std::string Connected(const v1::Cursor& stored) {
    return Words(protocol_.OnConnected(now_, stored));
  }
  std::string Got(v1::SyncResponse response) {
    return Words(protocol_.OnResponse(now_, std::move(response)));
  }
  std::string Stored(const v1::Cursor& cursor, const absl::Status& status = absl::OkStatus()) {
    return Words(protocol_.OnStored(now_, cursor, status));
  }
  std::string Ended(int64_t place, const absl::Status& status = absl::OkStatus()) {
    return Words(protocol_.OnEnded(now_, place, status));
  }
  void Gone(const absl::Status& status = absl::OkStatus()) {
    EXPECT_EQ(Words(protocol_.OnDisconnected(now_, status)), "");
  }
  // To kStreaming at `cursor`.
  void Stream(const v1::Cursor& cursor) {
    ASSERT_EQ(Tick(1000), "connect");
    Connected(cursor);
    ASSERT_EQ(Got(Opened(cursor)), "read");
  }

  absl::Time now_ = absl::FromUnixSeconds(1767225600);
  SyncProtocol protocol_;
};

TEST_F(SyncProtocolTest, FirstLoadAndHeartbeat) {
  EXPECT_EQ(Tick(), "connect");
  EXPECT_EQ(Connected(v1::Cursor()), "open:nothing read");
  EXPECT_EQ(Got(Opened(At("g1", 0))), "adopt:g1");
  EXPECT_EQ(Stored(At("g1", 0)), "read");
  EXPECT_EQ(Got(Page(At("g1", 0), At("g1", 5))), "store:5");
  EXPECT_FALSE(protocol_.caught_up());
  EXPECT_EQ(Stored(At("g1", 5)), "ack:5 read");
  EXPECT_EQ(Got(Page(At("g1", 5), At("g1", 5), true)), "store:5");
  EXPECT_EQ(Stored(At("g1", 5)), "ack:5 read");
  EXPECT_TRUE(protocol_.caught_up());
  EXPECT_EQ(protocol_.state(), State::kStreaming);
}

TEST_F(SyncProtocolTest, OpenCarriesCursorWindowAndName) {
  Tick();
  const auto actions = protocol_.OnConnected(now_, At("g1", 7));
  const auto& open = std::get<SyncProtocol::Send>(actions[0]).request.open();
  EXPECT_EQ(open.cursor().sequence(), 7);
  EXPECT_EQ(open.window(), 500);
  EXPECT_EQ(open.adapter(), "test/1");
}

TEST_F(SyncProtocolTest, NothingIsAckedBeforeItIsStored) {
  Stream(At("g1", 3));
  EXPECT_EQ(Got(Page(At("g1", 3), At("g1", 4))), "store:4");
  EXPECT_EQ(protocol_.cursor().sequence(), 3);
  EXPECT_EQ(Stored(At("g1", 4), absl::ResourceExhaustedError("disk full")), "disconnect:");
  EXPECT_EQ(protocol_.state(), State::kClosing);
}

// Everything that a hub may send and must not: in this state, this message, this answer.
TEST_F(SyncProtocolTest, WhatTheHubMustNotSend) {
  const struct {
    bool streaming;  // else: Open was sent; both at g1/3
    v1::SyncResponse response;
    const char* answer;
  } cases[] = {
      {false, Page(At("g1", 3), At("g1", 4)), "disconnect:PROTOCOL_VIOLATED"},
      {false, v1::SyncResponse(), "disconnect:PROTOCOL_VIOLATED"},
      {false, Opened(At("", 0)), "disconnect:PROTOCOL_VIOLATED"},
      {false, Opened(At("g1", 2)), "disconnect:BROKEN_CHAIN"},
      {false, Opened(At("g1", 4)), "disconnect:BROKEN_CHAIN"},
      {false, Opened(At("g2", 3)), "disconnect:BROKEN_CHAIN"},
      {true, Opened(At("g1", 3)), "disconnect:PROTOCOL_VIOLATED"},
      {true, v1::SyncResponse(), "disconnect:PROTOCOL_VIOLATED"},
      {true, Page(At("g1", 2), At("g1", 4)), "disconnect:BROKEN_CHAIN"},
      {true, Page(At("g1", 4), At("g1", 5)), "disconnect:BROKEN_CHAIN"},
      {true, Page(At("g2", 3), At("g2", 4)), "disconnect:BROKEN_CHAIN"},
      {true, Page(At("g1", 3), At("g2", 4)), "disconnect:BROKEN_CHAIN"},
      {true, Page(At("g1", 3), At("g1", 2)), "disconnect:BROKEN_CHAIN"},
      {false, Opened(At("g1", 3)), "read"},
      {false, Opened(At("g2", 0)), "adopt:g2"},
      {true, Page(At("g1", 3), At("g1", 3)), "store:3"},
  };
  int number = 0;
  for (const auto& test : cases) {
    Gone();
    ASSERT_EQ(Tick(1000), "connect");
    Connected(At("g1", 3));
    if (test.streaming) Got(Opened(At("g1", 3)));
    EXPECT_EQ(Got(test.response), test.answer) << "case " << number;
    ++number;
  }
}

TEST_F(SyncProtocolTest, EventsOfAStreamThatIsOverChangeNothing) {
  Stream(At("g1", 3));
  Got(Page(At("g1", 3), At("g1", 4)));
  Gone();
  EXPECT_EQ(Stored(At("g1", 4)), "");
  EXPECT_EQ(Got(Page(At("g1", 4), At("g1", 5))), "");
  EXPECT_EQ(Connected(At("g1", 9)), "");
  EXPECT_EQ(protocol_.state(), State::kWaiting);
}

TEST_F(SyncProtocolTest, LateStoreIsNotTakenForTheNewStreams) {
  Stream(At("g1", 3));
  Got(Page(At("g1", 3), At("g1", 4)));  // being stored, and then the stream is cut
  Gone();
  Stream(At("g1", 3));
  Got(Page(At("g1", 3), At("g1", 9)));  // the hub cut its pages differently
  EXPECT_EQ(Stored(At("g1", 4)), "");
  EXPECT_EQ(Stored(At("g1", 9)), "ack:9 read");
}

TEST_F(SyncProtocolTest, WithdrawalThatOvertakesIsEndedBeforeAnythingElseIsRead) {
  Stream(At("g1", 5));
  EXPECT_EQ(Got(WithdrawnAt(9)), "end:9");
  EXPECT_EQ(Ended(8), "") << "of another stream";
  EXPECT_EQ(Ended(9), "read") << "nothing to acknowledge, and the cursor stays";
  EXPECT_EQ(Got(Page(At("g1", 5), At("g1", 7))), "store:7");
  EXPECT_EQ(Stored(At("g1", 7)), "ack:7 read");
  EXPECT_EQ(Got(WithdrawnAt(10)), "end:10");
  EXPECT_EQ(Ended(10, absl::InternalError("disk")), "disconnect:");
}

TEST_F(SyncProtocolTest, ThreeMissedHeartbeatsEndTheStream) {
  Stream(At("g1", 3));
  EXPECT_EQ(Tick(29.9), "");
  Got(Page(At("g1", 3), At("g1", 3)));
  Stored(At("g1", 3));
  EXPECT_EQ(Tick(29.9), "");
  EXPECT_EQ(Tick(0.2), "disconnect:HUB_SILENT");
  EXPECT_EQ(Tick(1000), "") << "says so once";
}

TEST_F(SyncProtocolTest, OurOwnSlownessIsNotTheHubsSilence) {
  Stream(At("g1", 3));
  Got(Page(At("g1", 3), At("g1", 4)));
  EXPECT_EQ(Tick(100), "");
  Stored(At("g1", 4));
  EXPECT_EQ(Tick(29.9), "");
}

TEST_F(SyncProtocolTest, OpenThatIsNotAnsweredEndsTheStream) {
  Tick();
  Connected(At("g1", 3));
  EXPECT_EQ(Tick(14.9), "");
  EXPECT_EQ(Tick(0.2), "disconnect:HUB_SILENT");
}

TEST_F(SyncProtocolTest, AbsurdHeartbeatIntervalsAreBounded) {
  const struct {
    int64_t seconds;
    double quiet, silent;
  } cases[] = {{0, 0.2, 0.2}, {-5, 0.2, 0.2}, {1'000'000, 1799, 2}};
  for (const auto& test : cases) {
    Gone();
    Tick(1000);
    Connected(At("g1", 3));
    Got(Opened(At("g1", 3), static_cast<int>(test.seconds)));
    EXPECT_EQ(Tick(test.quiet), "") << test.seconds;
    EXPECT_EQ(Tick(test.silent), "disconnect:HUB_SILENT") << test.seconds;
  }
}

TEST_F(SyncProtocolTest, BackoffGrowsUntilAGoodBatch) {
  EXPECT_EQ(Tick(), "connect");
  for (const int delay : {1, 2, 4, 4}) {
    Gone(absl::UnavailableError(""));
    EXPECT_EQ(Tick(delay - 0.1), "") << delay;
    EXPECT_EQ(Tick(0.2), "connect") << delay;
  }
  Connected(At("g1", 3));
  Got(Opened(At("g1", 3)));  // an answer alone proves nothing yet
  Gone();
  EXPECT_EQ(Tick(3.9), "");
  EXPECT_EQ(Tick(0.2), "connect");
  Connected(At("g1", 3));
  Got(Opened(At("g1", 3)));
  Got(Page(At("g1", 3), At("g1", 4)));
  Stored(At("g1", 4));
  Gone();
  EXPECT_EQ(Tick(0.9), "");
  EXPECT_EQ(Tick(0.2), "connect");
}

TEST_F(SyncProtocolTest, NextHubIsTriedAtOnceAndAllOfThemBeforeADelay) {
  SyncProtocolOptions options;
  options.backoff = {absl::Seconds(2), absl::Seconds(8), 2.0};
  options.hubs = 2;
  SyncProtocol protocol(options, [] { return uint64_t{1} << 63; });
  const auto tick = [&](double seconds) { return Words(protocol.OnTick(After(seconds))); };
  EXPECT_EQ(tick(0), "connect");
  for (const int delay : {1, 2}) {
    protocol.OnDisconnected(now_, absl::UnavailableError(""));
    EXPECT_EQ(tick(0), "connect") << "the other hub";
    protocol.OnDisconnected(now_, absl::UnavailableError(""));
    EXPECT_EQ(tick(delay - 0.1), "") << delay;
    EXPECT_EQ(tick(0.2), "connect") << delay;
  }
  protocol.OnDisconnected(now_, absl::OkStatus());
  EXPECT_EQ(tick(0), "") << "a hub that ended the stream politely has not failed";
}

TEST_F(SyncProtocolTest, HonoursTheHubsRetryInfo) {
  Tick();
  Gone(OverloadedError("full", absl::Seconds(60)));
  EXPECT_EQ(Tick(59), "");
  EXPECT_EQ(Tick(2), "connect");
}

TEST_F(SyncProtocolTest, ClockThatStepsBackDelaysOnceAndNotForEver) {
  Tick();
  Gone(absl::UnavailableError(""));
  EXPECT_EQ(Tick(-3600), "");
  EXPECT_EQ(Tick(0.9), "");
  EXPECT_EQ(Tick(0.2), "connect");
  Connected(At("g1", 3));
  Got(Opened(At("g1", 3)));
  EXPECT_EQ(Tick(-3600), "");
  EXPECT_EQ(Tick(29.9), "");
  EXPECT_EQ(Tick(0.2), "disconnect:HUB_SILENT");
}

TEST_F(SyncProtocolTest, RejectionsGoWithTheNextAckOnce) {
  Stream(At("g1", 3));
  for (int i = 0; i < 600; ++i) {
    protocol_.Reject("r" + std::to_string(i), v1::SyncRequest::Rejection::REASON_NO_CAPACITY);
  }
  Got(Page(At("g1", 3), At("g1", 4)));
  auto actions = protocol_.OnStored(now_, At("g1", 4), absl::OkStatus());
  const auto& ack = std::get<SyncProtocol::Send>(actions[0]).request.ack();
  ASSERT_EQ(ack.rejections_size(), 500);
  EXPECT_EQ(ack.rejections(0).assignment_id(), "r0");
  EXPECT_EQ(ack.rejections(0).reason(), v1::SyncRequest::Rejection::REASON_NO_CAPACITY);
  Got(Page(At("g1", 4), At("g1", 5)));
  actions = protocol_.OnStored(now_, At("g1", 5), absl::OkStatus());
  EXPECT_EQ(std::get<SyncProtocol::Send>(actions[0]).request.ack().rejections_size(), 0);
}

}  // namespace
}  // namespace switchboard::adapters
