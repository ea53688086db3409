#include "hub/base/id_text.h"

#include <cctype>
#include <random>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "hub/base/card_number.h"
#include "hub/base/field_problem.h"
#include "hub/base/ids.h"

namespace switchboard {
namespace {

TEST(IdText, PhonesAreFound) {
  const char* const kPhones[] = {
      "09012345678",
      "20261127-093000-09012345678-all",
      "a09012345678",
      "tel09012345678x",
      "090-1234-5678",
      "20261127-090-1234-5678",
      "2026-11-27-090-1234-5678",
      "090.1234.5678",
      "090_1234_5678",
      "090:1234:5678",
      "03-1234-5678",
      "0312345678",
      "0930-12-3456",
      "0120-123-456",
      "090-12345678",
      "0912345678",
      "01.23.45.67.89",
      "07911-123456",
      "07911123456",
      "13912345678",
      "139-1234-5678",
      "212-555-0123",
      "819012345678",
      "81-90-1234-5678",
      "stop-819012345678",
      "8613912345678",
      "821012345678",
      "886912345678",
      "447911123456",
      "+819012345678",
      "+81-90-1234-5678",
      "+6581234567",
      "010-1234-5678",
  };
  for (const char* phone : kPhones) EXPECT_TRUE(HoldsPhoneNumber(phone)) << phone;
}

TEST(IdText, OtherNumbersAreNone) {
  const char* const kOthers[] = {
      "",
      "o-1",
      "20261127-093000-0001",
      "20261127093000",
      "20261127093000123456",
      "2026-11-27-0930-123456",
      "2026-11-27T09:30:00.123456Z",
      "20261127T093000Z",
      "2026-11-05-1234-5678",
      "261127-0930-123456",
      "0127093000-000123",  // ISO 8583: 27 January, 09:30:00, and a trace number
      "1795771800",
      "1795771800123",
      "1795771800123456",
      "1795771800123456789",
      "0000000018",
      "00000000018",
      "0012345678",
      "outcome-5-000000000018",
      "r-A-17-42",
      "100234567890",
      "550e8400-e29b-41d4-a716-446655440000",
      "00112233-0123-0456-8901-012345678901",
      "01ARYZ6S41TSV4RRFFQ69G5FAV",
      "01234567890123456789012345",
      "507f1f77bcf86cd799439011",
      "d41d8cd98f00b204e9800998ecf8427e",
      "192.168.0.1",
      "+123456",
      "a+b",
  };
  for (const char* other : kOthers) EXPECT_FALSE(HoldsPhoneNumber(other)) << other;
}

// A false refusal loses an outcome or an event: what programs make must pass.
TEST(IdText, OfAHundredThousandRandomIdsNoneIsRefused) {
  std::mt19937_64 random(20261127);
  ManualClock clock(absl::FromUnixSeconds(1'795'771'800));
  IdMint mint(clock, 5);
  const auto good = [](const std::string& id) {
    FieldCheck check;
    check.Id(id, "id");
    check.CoreId(id, "id");
    check.ContactPointId(id, v1::Person(), "id");
    return check.ok();
  };
  const auto passes = [&](const std::string& id) {
    FieldCheck check;
    check.Id(id, "id");
    return check.ok();
  };
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t a = random(), b = random();
    const auto uuid = [&](uint64_t high, char version, bool upper) {
      std::string text =
          absl::StrFormat("%08x-%04x-%c%03x-%c%03x-%012x", high >> 32, high >> 16 & 0xffff, version,
                          high & 0xfff, "89ab"[b >> 62], b >> 48 & 0xfff, b & 0xffffffffffff);
      if (upper) {
        for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      }
      return text;
    };
    const uint64_t micros = 1'700'000'000'000'000 + a % 400'000'000'000'000;
    const std::string v4 = uuid(a, '4', i % 2 == 0);
    const std::string v7 = uuid((micros / 1000) << 16 | (a & 0xffff), '7', false);
    std::string bare = v4;
    std::erase(bare, '-');
    for (const std::string& id : {v4, v7, mint.Next()}) ASSERT_TRUE(good(id)) << id;
    const absl::Time time = absl::FromUnixMicros(static_cast<int64_t>(micros));
    const auto formed = [&](const char* format) {
      return absl::FormatTime(format, time, absl::UTCTimeZone());
    };
    for (const std::string& id :
         {bare, "o-" + v4, "sakura:" + v7, "out_" + bare, std::to_string(micros / 1'000'000),
          std::to_string(micros / 1000), std::to_string(micros), std::to_string(micros * 1000),
          formed("%Y%m%d-%H%M%S-") + absl::StrFormat("%04d", a % 10'000), formed("%Y%m%d%H%M%S"),
          formed("%Y%m%d%H%M%S") + absl::StrFormat("%06d", a % 1'000'000),
          formed("%Y-%m-%dT%H:%M:%E6SZ"), formed("%y%m%d%H%M%S"),
          formed("%m%d%H%M%S-") + absl::StrFormat("%06d", a % 1'000'000),
          absl::StrFormat("%010d", i), absl::StrFormat("outcome-%d-%012d", i % 10, i)}) {
      ASSERT_TRUE(passes(id)) << id;
    }
  }
}

v1::Person Taro() {
  v1::Person person;
  person.add_contact_points()->set_phone("+819012345678");
  person.add_contact_points()->set_phone("+81312349999");
  person.add_contact_points()->set_email("taro801127@example.jp");
  return person;
}

TEST(IdText, ContactPointsAreNotGivenAway) {
  const char* const kTelling[] = {
      "819012345678", "4111111111111111", "mobile-0312345678", "1234567",
      "m-123-4567",   "p-345678",         "90-12-34",          "090123",
      "x349999",      "mail-801127",      "12-34-56-7",        "5551234",
      "2026112-7",
  };
  for (const char* id : kTelling) EXPECT_TRUE(GivesAwayContactPoint(id, Taro())) << id;
  const char* const kSilent[] = {
      "mobile-1",
      "home",
      "cp-00000123",
      "mobile-20261127",
      "mobile-2026-11-27",
      "654321",
      "01ARYZ6S41TSV4RRFFQ69G5FAV",
      "550e8400-e29b-41d4-a716-446655440000",
      "c3f1a9",
      "12345",
  };
  for (const char* id : kSilent) EXPECT_FALSE(GivesAwayContactPoint(id, Taro())) << id;
}

TEST(IdText, PaddingIsNobodysNumber) {
  v1::Person person;
  person.add_contact_points()->set_phone("+819000000000");
  EXPECT_FALSE(HoldsDigitsOf("P-0000000000", person, 9));
  EXPECT_TRUE(HoldsDigitsOf("P-9000000000", person, 9));
}

TEST(IdText, Labels) {
  EXPECT_TRUE(IsLabel("sakura-2", 1, 32));
  EXPECT_TRUE(IsLabel("", 0, 32));
  for (const char* bad : {"", "Sakura", "a_b", "a b", "å"}) EXPECT_FALSE(IsLabel(bad, 1, 32));
  EXPECT_FALSE(IsLabel(std::string(33, 'a'), 1, 32));
}

}  // namespace
}  // namespace switchboard
