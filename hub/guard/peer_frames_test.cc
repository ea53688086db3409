#include "hub/guard/peer_frames.h"

#include <functional>
#include <random>

#include "tests/http2_bytes.h"
#include "tests/testing.h"

namespace switchboard::guard {
namespace {

using switchboard::testing::Call;
using switchboard::testing::CallBlock;
using switchboard::testing::Frame;
using switchboard::testing::Hello;
using switchboard::testing::Ping;
using switchboard::testing::Reset;
using switchboard::testing::Settings;
using switchboard::testing::SettingsAck;
using switchboard::testing::WindowUpdate;

// One connection as far as its frames go.
class Peer {
 public:
  // The bytes that went on; the offence is kept.
  std::string Take(std::string_view bytes) {
    std::vector<std::string_view> pieces;
    const Offence offence = frames_.Take(bytes, now_, pieces);
    if (offence != Offence::kNone) offence_ = offence;
    std::string through;
    for (const std::string_view piece : pieces) through.append(piece);
    return through;
  }
  // The same, cut into portions of these sizes, over and over.
  std::string TakeCut(std::string_view bytes, const std::vector<size_t>& sizes) {
    std::string through;
    for (size_t i = 0; !bytes.empty() && offence_ == Offence::kNone; ++i) {
      const size_t part = std::min(bytes.size(), sizes[i % sizes.size()]);
      through += Take(bytes.substr(0, part));
      bytes.remove_prefix(part);
    }
    return through;
  }

  void Wait(absl::Duration time) { now_ += time; }
  Offence late() const { return frames_.Late(now_); }
  Offence offence() const { return offence_; }
  Streams& streams() { return streams_; }

 private:
  const FrameLimits limits_;
  absl::Time now_ = absl::FromUnixSeconds(1);
  Streams streams_;
  PeerFrames frames_{limits_, streams_, now_};
  Offence offence_ = Offence::kNone;
};

std::string Times(int count, const std::string& bytes) {
  std::string all;
  for (int i = 0; i < count; ++i) all += bytes;
  return all;
}

std::string Data(uint32_t stream, std::string_view bytes, bool last = false) {
  return Frame(FrameType::kData, last ? kFlagEndStream : 0, stream, bytes);
}

std::string Headers(uint32_t stream, uint8_t flags = kFlagEndHeaders) {
  return Frame(FrameType::kHeaders, flags, stream, CallBlock("/a/B"));
}

// gRPC's SETTINGS are acknowledged for the peer, and the peer's own acknowledgement is taken out.
TEST(PeerFrames, AcknowledgesForThePeerOnce) {
  Peer peer;
  EXPECT_EQ(peer.Take(Hello()), Hello() + SettingsAck());
  EXPECT_EQ(peer.Take(SettingsAck() + Call(1, "/a/B")), Call(1, "/a/B"));
  EXPECT_EQ(peer.Take(SettingsAck()), SettingsAck()) << "of SETTINGS that came later";
  EXPECT_EQ(peer.offence(), Offence::kNone);
  EXPECT_EQ(peer.late(), Offence::kNone);
}

TEST(PeerFrames, HoldsAHeaderBlockUntilItIsWhole) {
  Peer peer;
  peer.Take(Hello());
  const std::string block = CallBlock("/a/B");
  const std::string first = Frame(FrameType::kHeaders, 0, 1, block.substr(0, 10));
  const std::string second = Frame(FrameType::kContinuation, 0, 1, block.substr(10, 7));
  const std::string third = Frame(FrameType::kContinuation, kFlagEndHeaders, 1, block.substr(17));
  EXPECT_EQ(peer.Take(first), "");
  EXPECT_EQ(peer.Take(second.substr(0, 4)), "");
  EXPECT_EQ(peer.Take(second.substr(4)), "");
  EXPECT_EQ(peer.Take(third + Ping()), first + second + third + Ping());
  EXPECT_EQ(peer.offence(), Offence::kNone);
}

// Each read ends inside some block: nothing piles up.
TEST(PeerFrames, LetsABlockGoTheMomentItEnds) {
  Peer peer;
  peer.Take(Hello());
  std::string bytes;
  for (uint32_t stream = 1; stream < 200; stream += 2) bytes += Headers(stream, kFlagEndHeaders);
  const size_t block = Headers(1).size();
  std::string through;
  for (size_t at = 0; at < bytes.size(); at += block) {
    const std::string_view part =
        std::string_view(bytes).substr(at == 0 ? 0 : at - 5, at == 0 ? block - 5 : block);
    through += peer.Take(part);
    EXPECT_GE(through.size() + block, at) << "what is whole has gone on";
  }
}

// However the bytes are cut, the same goes on and the same is refused.
TEST(PeerFrames, CutsDoNotMatter) {
  std::mt19937 random(7);
  std::string good = Hello() + SettingsAck() + WindowUpdate(0, 1 << 20);
  for (uint32_t stream = 1; stream < 60; stream += 2) {
    const std::string block = CallBlock("/a/B", {{"x", std::string(random() % 400, 'x')}});
    const size_t cut = 1 + random() % (block.size() - 1);
    good += Frame(FrameType::kHeaders, 0, stream, block.substr(0, cut)) +
            Frame(FrameType::kContinuation, kFlagEndHeaders, stream, block.substr(cut)) +
            Data(stream, std::string(random() % 900, 'y')) + Data(stream, "", true) + Ping();
    if (stream % 3 == 0) good += Reset(stream);
  }
  Peer whole;
  const std::string expected = whole.Take(good);
  ASSERT_EQ(whole.offence(), Offence::kNone);
  for (int round = 0; round < 300; ++round) {
    std::vector<size_t> sizes;
    for (int i = 0; i < 7; ++i) sizes.push_back(1 + random() % (round % 2 == 0 ? 20 : 2000));
    Peer peer;
    ASSERT_EQ(peer.TakeCut(good, sizes), expected) << round;
    ASSERT_EQ(peer.offence(), Offence::kNone);
    Peer bad;
    bad.TakeCut(good + Frame(FrameType::kPushPromise, 0, 1), sizes);
    ASSERT_EQ(bad.offence(), Offence::kPushPromise) << round;
  }
}

struct Case {
  const char* name;
  std::string bytes;  // after Hello and SettingsAck
  Offence offence;
};

std::vector<Case> Cases() {
  const std::string begun = Frame(FrameType::kHeaders, 0, 1, "x");
  const std::string more = Frame(FrameType::kContinuation, 0, 1, "x");
  const std::string large(16 << 10, 'x');
  const auto continued = [&](int frames, const std::string& bytes) {
    return begun + Times(frames, Frame(FrameType::kContinuation, 0, 1, bytes));
  };
  std::string streams;
  for (uint32_t stream = 1; stream <= 2 * 256; stream += 2) streams += Headers(stream);
  const std::string ended = Headers(1) + Reset(1);
  return {
      {"a call", Call(1, "/a/B"), Offence::kNone},
      {"block of 16 frames", continued(15, "x"), Offence::kNone},
      {"block of 17 frames", continued(16, "x"), Offence::kHeaderBlockTooLarge},
      {"block of 64 KiB",
       continued(3, large) + Frame(FrameType::kContinuation, 0, 1, large.substr(1)),
       Offence::kNone},
      {"block above 64 KiB", continued(4, large), Offence::kHeaderBlockTooLarge},
      {"frame above 16 KiB", Frame(FrameType::kHeaders, 0, 1, large + "x"),
       Offence::kFrameTooLarge},
      {"large DATA", Headers(1) + Data(1, std::string(1 << 20, 'x')), Offence::kNone},
      {"ping in a block", begun + Ping(), Offence::kFrameInHeaderBlock},
      {"other stream in a block", begun + Frame(FrameType::kContinuation, 0, 3, "x"),
       Offence::kFrameInHeaderBlock},
      {"CONTINUATION alone", more, Offence::kContinuationAlone},
      {"even stream", Headers(2), Offence::kBadStreamNumber},
      {"stream 0", Headers(0), Offence::kBadStreamNumber},
      {"DATA on 0", Headers(1) + Data(0, "x"), Offence::kBadStreamNumber},
      {"DATA on a stream to come", Headers(1) + Data(3, "x"), Offence::kBadStreamNumber},
      {"256 streams", streams, Offence::kNone},
      {"257 streams", streams + Headers(513), Offence::kTooManyStreams},
      {"trailers", Headers(1) + Headers(1, kFlagEndHeaders | kFlagEndStream), Offence::kNone},
      {"blocks on an ended stream", ended + Times(100, Headers(1)), Offence::kNone},
      {"too many of those", ended + Times(101, Headers(1)), Offence::kTooManyClosedStreams},
      {"512 resets", Headers(1) + Times(512, Reset(1)), Offence::kNone},
      {"513 resets", Headers(1) + Times(513, Reset(1)), Offence::kTooManyResets},
      {"200 pings", Headers(1) + Times(200, Ping()), Offence::kNone},
      {"201 pings", Headers(1) + Times(201, Ping()), Offence::kTooManyPings},
      {"98 SETTINGS", Headers(1) + Times(98, Settings()), Offence::kNone},
      {"99 SETTINGS", Headers(1) + Times(99, Settings()), Offence::kTooManySettings},
      {"99 acknowledgements", Headers(1) + Times(99, SettingsAck()), Offence::kTooManySettings},
      {"acknowledgement that says more", Frame(FrameType::kSettings, kFlagAck, 0, "6bytes"),
       Offence::kBadAcknowledgement},
      {"101 PRIORITY", Headers(1) + Times(101, Frame(FrameType::kPriority, 0, 1, "5byte")),
       Offence::kTooManyPriorities},
      {"40,001 window updates", Headers(1) + Times(40'001, WindowUpdate(0, 1)),
       Offence::kTooManyWindowUpdates},
      {"201 empty DATA", Headers(1) + Times(201, Data(1, "")), Offence::kTooManyEmptyFrames},
      {"101 unknown frames", Headers(1) + Times(101, Frame(FrameType::kUnknown, 0, 0)),
       Offence::kTooManyUnknownFrames},
      {"PUSH_PROMISE", Frame(FrameType::kPushPromise, 0, 1), Offence::kPushPromise},
      {"padded DATA", Headers(1) + Frame(FrameType::kData, kFlagPadded, 1, "\1x0"),
       Offence::kPaddedData},
      {"4 KiB before a request", Times(250, Ping()), Offence::kTooManyPings},
      {"SETTINGS of 4 KiB before a request",
       Frame(FrameType::kSettings, 0, 0, std::string(4092, 'x')), Offence::kTooMuchBeforeRequest},
  };
}

TEST(PeerFrames, WhatAPeerMayNotSend) {
  for (const Case& one : Cases()) {
    for (const bool bytewise : {false, true}) {
      Peer peer;
      peer.Take(Hello() + SettingsAck());
      peer.TakeCut(one.bytes, {bytewise ? 1 : one.bytes.size()});
      EXPECT_EQ(OffenceName(peer.offence()), OffenceName(one.offence))
          << one.name << (bytewise ? ", byte by byte" : "");
    }
  }
}

TEST(PeerFrames, TheBeginningIsFixed) {
  Peer other;
  other.Take("GET / HTTP/1.1\r\n");
  EXPECT_EQ(other.offence(), Offence::kNotHttp2);
  Peer late;
  late.TakeCut("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", {1});
  EXPECT_EQ(late.offence(), Offence::kNotHttp2);
  for (const std::string& first : {Ping(), SettingsAck(), Headers(1)}) {
    Peer peer;
    peer.Take(std::string(kPreface) + first);
    EXPECT_EQ(peer.offence(), Offence::kFirstFrameNotSettings);
  }
}

// Rates are of time: whoever waits may go on.
TEST(PeerFrames, RatesFillAgain) {
  Peer peer;
  peer.Take(Hello() + SettingsAck() + Headers(1) + Times(512, Reset(1)));
  peer.Wait(absl::Seconds(1));
  peer.Take(Times(100, Reset(1)));
  EXPECT_EQ(peer.offence(), Offence::kNone);
  peer.Take(Reset(1));
  EXPECT_EQ(peer.offence(), Offence::kTooManyResets);
}

TEST(PeerFrames, WhatMustComeInTime) {
  const std::string begun = Frame(FrameType::kHeaders, 0, 1, "x");
  const std::tuple<std::string, absl::Duration, Offence> steps[] = {
      {"", absl::Seconds(5), Offence::kNone},
      {"", absl::Seconds(6), Offence::kSettingsNotAcknowledged},
      {Hello(), absl::Seconds(6), Offence::kSettingsNotAcknowledged},
      {Hello() + Call(1, "/a/B"), absl::Seconds(6), Offence::kSettingsNotAcknowledged},
      {Hello() + SettingsAck(), absl::Minutes(1), Offence::kNone},
      {Hello() + SettingsAck(), absl::Seconds(61), Offence::kNoRequest},
      {Hello() + SettingsAck() + Call(1, "/a/B"), absl::Hours(1), Offence::kNone},
      {Hello() + SettingsAck() + begun, absl::Seconds(5), Offence::kNone},
      {Hello() + SettingsAck() + begun, absl::Seconds(6), Offence::kHeaderBlockNotEnded},
  };
  for (const auto& [bytes, wait, offence] : steps) {
    Peer peer;
    peer.Take(bytes);
    peer.Wait(wait);
    EXPECT_EQ(OffenceName(peer.late()), OffenceName(offence)) << bytes.size() << " " << wait;
  }
}

// A stream is open until both sides have ended it, or one has reset it.
TEST(PeerFrames, StreamsEndAsBothSidesSay) {
  Peer peer;
  peer.Take(Hello() + SettingsAck() + Headers(1) + Headers(3) +
            Headers(5, kFlagEndHeaders | kFlagEndStream));
  EXPECT_EQ(peer.streams().count(), 3u);
  peer.streams().ServerEnded(5);
  EXPECT_EQ(peer.streams().count(), 2u);
  peer.streams().ServerEnded(1);
  EXPECT_TRUE(peer.streams().IsOpen(1));
  peer.Take(Data(1, "x", true));
  EXPECT_FALSE(peer.streams().IsOpen(1));
  peer.Take(Reset(3));
  EXPECT_EQ(peer.streams().count(), 0u);
  EXPECT_EQ(peer.streams().last(), 5u);
}

}  // namespace
}  // namespace switchboard::guard
