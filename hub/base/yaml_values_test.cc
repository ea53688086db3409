// Single values as people write them: what is read, and what is refused rather than guessed.
#include "hub/base/yaml_values.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard {
namespace {

template <typename Message>
std::string Read(const std::string& text) {
  Message message;
  const auto written = ReadWrittenMessage(text, &message);
  if (!written.has_value()) return "another type";
  return written->read ? message.ShortDebugString() : "refused";
}

TEST(ReadWrittenMessageTest, Times) {
  using google::protobuf::Timestamp;
  EXPECT_EQ(Read<Timestamp>("1970-01-01T00:00:01Z"), "seconds: 1");
  EXPECT_EQ(Read<Timestamp>("1970-01-01T09:00:01+09:00"), "seconds: 1");
  EXPECT_EQ(Read<Timestamp>("1970-01-01T00:00:01.25Z"), "seconds: 1 nanos: 250000000");
  for (const char* text : {"", "1970-01-01", "1970-01-01T00:00:01", "2026-02-30T00:00:00Z",
                           "infinite-future", "infinite-past", "now"}) {
    EXPECT_EQ(Read<Timestamp>(text), "refused") << text;
  }
}

TEST(ReadWrittenMessageTest, TimesOfDay) {
  EXPECT_EQ(Read<v1::TimeOfDay>("00:00"), "");
  EXPECT_EQ(Read<v1::TimeOfDay>("08:05"), "hour: 8 minute: 5");
  EXPECT_EQ(Read<v1::TimeOfDay>("24:00"), "hour: 24");
  for (const char* text : {"", "8:05", "08:60", "24:01", "25:00", "08:05:00", "-8:05", "08.05"}) {
    EXPECT_EQ(Read<v1::TimeOfDay>(text), "refused") << text;
  }
}

TEST(ReadWrittenMessageTest, Days) {
  EXPECT_EQ(Read<v1::Date>("2028-02-29"), "year: 2028 month: 2 day: 29");
  EXPECT_EQ(Read<v1::DayOfYear>("02-29"), "month: 2 day: 29");
  EXPECT_EQ(Read<v1::DayOfYear>("12-31"), "month: 12 day: 31");
  for (const char* text : {"2026-02-29", "1899-12-31", "26-01-01", "2026-1-1"}) {
    EXPECT_EQ(Read<v1::Date>(text), "refused") << text;
  }
  for (const char* text : {"02-30", "13-01", "1-1", "00-10", "12-31-2026"}) {
    EXPECT_EQ(Read<v1::DayOfYear>(text), "refused") << text;
  }
}

TEST(ReadWrittenMessageTest, Durations) {
  using google::protobuf::Duration;
  EXPECT_EQ(Read<Duration>("7d"), "seconds: 604800");
  EXPECT_EQ(Read<Duration>("250ms"), "nanos: 250000000");
  for (const char* text : {"7", "7w", "7 d", "0x7d", "1.5h", "d"}) {
    EXPECT_EQ(Read<Duration>(text), "refused") << text;
  }
}

TEST(ReadWrittenMessageTest, OtherMessagesAreReadByTheirFields) {
  EXPECT_EQ(Read<v1::Contract>("7d"), "another type");
}

}  // namespace
}  // namespace switchboard
