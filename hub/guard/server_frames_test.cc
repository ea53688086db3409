#include "hub/guard/server_frames.h"

#include "hub/guard/offence.h"
#include "tests/http2_bytes.h"
#include "tests/testing.h"

namespace switchboard::guard {
namespace {

using switchboard::testing::Frame;
using switchboard::testing::Reset;
using switchboard::testing::Settings;
using switchboard::testing::SettingsAck;

TEST(ServerFrames, TellsWhereAFrameMayStandHoweverBytesAreCut) {
  const std::string bytes =
      Settings() + Frame(FrameType::kData, 0, 1, "some bytes") + SettingsAck();
  Streams streams;
  ServerFrames frames(streams);
  EXPECT_TRUE(frames.between_frames());
  EXPECT_FALSE(frames.settings_sent());
  const std::vector<size_t> ends = {0, 9, 28, 37};
  for (size_t at = 0; at < bytes.size(); ++at) {
    frames.Take(std::string_view(bytes).substr(at, 1));
    const bool between = std::find(ends.begin(), ends.end(), at + 1) != ends.end();
    EXPECT_EQ(frames.between_frames(), between) << at;
    EXPECT_EQ(frames.settings_sent(), at + 1 >= 9);
  }
}

TEST(ServerFrames, EndsStreams) {
  Streams streams;
  for (const uint32_t stream : {1u, 3u, 5u}) streams.Open(stream);
  for (const uint32_t stream : {1u, 3u}) streams.PeerEnded(stream);
  ServerFrames frames(streams);
  frames.Take(Frame(FrameType::kHeaders, kFlagEndHeaders, 1, "x"));
  EXPECT_TRUE(streams.IsOpen(1));
  frames.Take(Frame(FrameType::kHeaders, kFlagEndHeaders | kFlagEndStream, 1, "x") +
              Frame(FrameType::kData, kFlagEndStream, 3, "x") + Reset(5));
  EXPECT_EQ(streams.count(), 0u);
}

TEST(Http2Frame, Goodbye) {
  const std::string frame = GoawayFrame(7, Http2Error::kEnhanceYourCalm, "why");
  EXPECT_EQ(frame, std::string("\0\0\x0b\x07\0\0\0\0\0\0\0\0\x07\0\0\0\x0b", 17) + "why");
  EXPECT_EQ(SettingsFrame(), Settings());
  EXPECT_EQ(SettingsAckFrame(), SettingsAck());
}

TEST(Http2Frame, ReservedBitAndUnknownTypesAreIgnored) {
  const FrameHeader header =
      ParseFrameHeader({'\xff', '\xff', '\xff', '\x0b', '\x05', '\xff', '\xff', '\xff', '\xff'});
  EXPECT_EQ(header.length, (1u << 24) - 1);
  EXPECT_EQ(header.type, FrameType::kUnknown);
  EXPECT_TRUE(header.Has(kFlagEndHeaders));
  EXPECT_EQ(header.stream, (1u << 31) - 1);
}

TEST(OffenceText, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i < kOffences; ++i) {
    const auto offence = static_cast<Offence>(i);
    EXPECT_TRUE(names.insert(OffenceName(offence)).second) << i;
    EXPECT_EQ(OffenceText(offence).empty(), offence == Offence::kNone);
  }
}

}  // namespace
}  // namespace switchboard::guard
