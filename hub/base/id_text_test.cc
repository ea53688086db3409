#include "hub/base/id_text.h"

#include <cctype>
#include <random>
#include <string>

#include "absl/strings/ascii.h"
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
      "919847162035",
      "91-98471-62035",
      "919-847-162-035",
      "85251234567",
      "852-5123-4567",
      "6581234567",
      "33612345678",
      "33-6-12-34-56-78",
      "4915112345678",
      "491761234567",
      "393312345678",
      "34612345678",
      "12125550123",
      "1-212-555-0123",
      "61412345678",
      "5511987654321",
      "55-11-98765-4321",
      "6281234567890",
      "84912345678",
      "66812345678",
      "60123456789",
      "601123456789",
      "639171234567",
      "31612345678",
      "46701234567",
      "41791234567",
      "79161234567",
      "7-916-123-45-67",
      "905321234567",
      "816012345678",
      "id-6581234567-a",
      "010-1234-5678",
      "00000000-0000-0000-0000-819012345678",
      "00000000-0000-0000-0000-009012345678",
      "00000000000000819012345678",
      "11111111-1111-1111-1111-819012345678",
      "０９０－１２３４－５６７８",
      "٠٩٠١٢٣٤٥٦٧٨",
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
      "00000000-0000-0000-0000-000000000123",
      "00000000-0000-0000-a3f1-c2d4e5b60718",
      "01ARYZ6S41TSV4RRFFQ69G5FAV",
      "01234567890123456789012345",
      "507f1f77bcf86cd799439011",
      "d41d8cd98f00b204e9800998ecf8427e",
      "1-20261127-01",
      "66-8-20261127",
      "91-7-20261127-1",
      "91-6-2026-11-27-1",
      "1-2026112701",
      "336-12345678",
      "61212345678",  // no mobile number of Australia
      "550012345678",
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

// A counter of twelve digits may be a number of some country, whose length that is.
TEST(IdText, OfAHundredThousandDecimalIdsTwoInAHundredAreTakenForNumbersAtMost) {
  std::mt19937_64 random(20261129);
  int refused = 0;
  for (int i = 0; i < 100'000; ++i) {
    refused += HoldsPhoneNumber(std::to_string(100'000'000'000 + random() % 900'000'000'000));
  }
  EXPECT_LE(refused, 2'000);
  EXPECT_GE(refused, 500);  // some are somebody's
}

v1::Person Taro() {
  v1::Person person;
  person.set_family_name("山田");
  person.set_given_name("太郎");
  person.set_family_name_reading("Yamada");
  person.set_given_name_reading("Tarō");
  person.add_contact_points()->set_phone("+819012345678");
  person.add_contact_points()->set_phone("+81312349999");
  person.add_contact_points()->set_email("taro801127@example.jp");
  person.add_contact_points()->set_email("T.Yamada+bank@example.jp");
  person.add_contact_points()->set_email("home@example.jp");
  return person;
}

TEST(IdText, ContactPointsAreNotGivenAway) {
  const char* const kTelling[] = {
      "819012345678",
      "4111111111111111",
      "mobile-0312345678",
      "1234567",
      "m-123-4567",
      "p-345678",
      "90-12-34",
      "090123",
      "x349999",
      "mail-801127",
      "12-34-56-7",
      "5551234",
      "2026112-7",
      "00000000-0000-0000-0000-819012345678",
      "00000000-0000-0000-0000-819099999999",  // somebody else's
      "00000000-0000-0000-4111-111111111111",
      "00000000000000819012345678",
      "abcde09012345678",
      "8190a1234b5678cdef0123456789abcd",
      "T.Yamada",
      "tyamada",
      "t-yamada_example.jp",
      "TARO801127",
      "yamada-mobile",
      "mobile-yamada2",
      "YamadaMobile",
      "taro",
      "TaroYamada-1",
      "yamadataro",
      "YAMADAMobile",
      "taro1home",
  };
  for (const char* id : kTelling) EXPECT_TRUE(GivesAwayContactPoint(id, Taro())) << id;
  const char* const kSilent[] = {
      "mobile-1",
      "home",
      "homeEmail",
      "email-home-2",
      "cp-00000123",
      "mobile-20261127",
      "mobile-2026-11-27",
      "654321",
      "01ARYZ6S41TSV4RRFFQ69G5FAV",
      "550e8400-e29b-41d4-a716-446655440000",
      "00000000-0000-0000-0000-00000000002a",
      "c3f1a9",
      "12345",
      "tarot-1",
  };
  for (const char* id : kSilent) EXPECT_FALSE(GivesAwayContactPoint(id, Taro())) << id;
}

TEST(IdText, MailboxesAndNames) {
  struct Row {
    const char* name;
    const char* email;
    const char* id;
    bool mailbox, in_name;  // whether it is found as one
  };
  const Row rows[] = {
      {"山田", "taro.yamada@example.jp", "taro.yamada", true, false},
      {"山田", "taro.yamada@example.jp", "taro.yamada_example.jp", true, false},
      {"山田", "Taro_Yamada@example.jp", "x-TAROYAMADA-1", true, false},
      {"山田", "taro+card@example.jp", "taro-1", true, false},
      {"山田", "tar@example.jp", "tar-1", false, false},
      {"山田", "mobile@example.jp", "mobile-1", false, false},
      {"山田", "hone@example.jp", "phone-1", false, false},  // inside a word that says nothing
      {"山田", "home1980@example.jp", "home-1980", false, false},
      {"山田", "mobile.taro@example.jp", "mobile-taro", true, false},
      {"山田", "1980@example.jp", "m-1980", false, false},  // digits are counted elsewhere
      {"山田", "beef@example.jp", "550e8400-beef-41d4-a716-446655440000", false, false},
      {"Yamada", "", "yamada-mobile", false, true},
      {"YAMADA", "", "Yamada1", false, true},
      {"Yamada", "", "yamadas", false, true},
      {"Yamada", "", "YAMADAMobile", false, true},
      {"Yamada", "", "YAMADAmobile", false, true},
      {"Yamada", "", "YAMADAKEITAI", false, true},
      {"Yamada", "", "yamada1home", false, true},
      {"Yamada", "", "1yama-da2", false, true},
      {"Sato", "", "SATOMobile", false, true},
      {"Sato", "", "SATOmobile", false, true},
      {"Sato", "", "SATOMOBILE", false, true},
      {"Sato", "", "MOBILESato", false, true},
      {"Sato", "", "MOBILEsato", false, true},
      {"Sato", "", "mobileSATO", false, true},
      {"Sato", "", "satomobile", false, true},
      {"Sato", "", "sato1home", false, true},
      {"Sato", "", "home1sato", false, true},
      {"Sato", "", "satoru-1", false, false},
      {"Sato", "", "xsato1", false, false},
      {"Amada", "", "Yamada-1", false, false},
      {"Abe", "", "x7abe9k", false, false},
      {"Mai", "", "mail-1", false, false},
      {"Smart", "", "smartphone-1", false, false},
      {"Custom", "", "customer-1", false, false},
      {"Abe", "", "c3f1abe9", false, false},
      {"Abe", "", "abe9", false, true},
      {"Li", "", "li-1", false, false},
      {"Mobile", "", "mobile-1", false, false},
      {"Müller", "", "muller", false, true},
      {"Ｙａｍａｄａ", "", "yamada", false, true},
      {"O'Brien", "", "obrien-1", false, true},
      {"van der Berg", "", "berg", false, true},
      {"van der Berg", "", "vanderberg", false, true},
      {"ヤマダ", "", "yamada", false, false},
      {"", "", "", false, false},
  };
  for (const Row& row : rows) {
    v1::Person person;
    person.set_family_name(row.name);
    person.add_contact_points()->set_email(row.email);
    EXPECT_EQ(HoldsMailboxOf(row.id, person), row.mailbox) << row.email << " " << row.id;
    EXPECT_EQ(HoldsNameOf(row.id, person), row.in_name) << row.name << " " << row.id;
  }
}

// What programs draw says nothing of anybody.
TEST(IdText, RandomIdsPassBesideWhatThePersonHas) {
  std::mt19937_64 random(20261128);
  const auto hex = [&](size_t digits) {
    std::string text;
    while (text.size() < digits) text += "0123456789abcdef"[random() % 16];
    return text;
  };
  ManualClock clock(absl::FromUnixSeconds(1'795'771'800));
  IdMint mint(clock, 6);
  v1::Person person = Taro();
  person.add_contact_points()->set_email("face@example.jp");
  person.set_given_name("Abe");
  for (int i = 0; i < 500; ++i) {
    const std::string uuid =
        hex(8) + "-" + hex(4) + "-4" + hex(3) + "-" + "89ab"[random() % 4] + hex(3) + "-" + hex(12);
    std::string bare = uuid;
    std::erase(bare, '-');
    for (const std::string& id : {uuid, bare, absl::AsciiStrToUpper(uuid), mint.Next(), hex(24),
                                  hex(40), hex(64), "cp-" + uuid, "mobile_" + mint.Next()}) {
      ASSERT_FALSE(HoldsDigitsOf(id, person, 9)) << id;
      ASSERT_FALSE(HoldsMailboxOf(id, person)) << id;
      FieldCheck check;
      check.ContactPointId(id, person, "id");
      check.CoreId(id, "id");
      ASSERT_TRUE(check.ok()) << id;
    }
  }
}

TEST(IdText, MailboxesThatIdsAreMadeOf) {
  struct Row {
    const char* email;
    const char* id;
    bool made_of;
  };
  const Row rows[] = {
      {"tyamada@example.jp", "tyamada", true},
      {"T.Yamada+card@example.jp", "C-TYAMADA-01", true},
      {"taro@example.jp", "taro-123", true},
      {"taro@example.jp", "customer-taro-1", true},
      {"taro.yamada@example.jp", "taro_yamada:100234", true},
      {"taro80@example.jp", "taro80-1", true},
      {"loan@example.jp", "LOAN-0001", false},
      {"loan@example.jp", "HOMELOAN0001", false},
      {"loan@example.jp", "LOAN-AB12CD", false},
      {"loan1@example.jp", "LOAN-10234", false},
      {"card@example.jp", "card-550e8400-e29b-41d4-a716-446655440000", false},
      {"beef@example.jp", "550e8400-beef-41d4-a716-446655440000", false},
      {"account@example.jp", "account-1", false},
      {"tar@example.jp", "tar", false},
  };
  for (const Row& row : rows) {
    v1::Person person;
    person.add_contact_points()->set_email(row.email);
    EXPECT_EQ(IsMadeOfMailboxOf(row.id, person), row.made_of) << row.email << " " << row.id;
  }
}

TEST(IdText, PersonsAreNotGivenAwayByIdsAboutThem) {
  for (const char* id : {"call-9012345678-1", "9012345678", "312349999", "090-1234-5678",
                         "8190a1234b5678cdef0123456789abcd", "20261127-901234567", "T.Yamada",
                         "c-tyamada-01", "taro801127", "00000000-0000-0000-0000-009012345678"}) {
    EXPECT_TRUE(GivesAwayPerson(id, Taro())) << id;
  }
  for (const char* id :
       {"", "o-1", "90123456", "9012345698", "loan-0001", "home-1", "taro-1",  // too short a name
        "550e8400-e29b-41d4-a716-446655440000", "20261127-093000-0001"}) {
    EXPECT_FALSE(GivesAwayPerson(id, Taro())) << id;
  }
}

// Whom no person need be looked at for is given away by none; what programs make is among that.
TEST(IdText, IdsThatCanGiveNobodyAway) {
  for (const char* id :
       {"", "o-1", "outcome-5-000000000018", "call-17", "request:2026-11-27T09:30:00Z",
        "r-12345678", "01ARYZ6S41TSV4RRFFQ69G5FAV", "550e8400-e29b-41d4-a716-446655440000",
        "20261127-093000-0001", "abc-1", "d41d8cd98f00b204e9800998ecf8427e"}) {
    EXPECT_FALSE(MayGiveAwayPerson(id)) << id;
  }
  for (const char* id : {"tyamada-1", "T.Yamada", "9012345678", "901-234-567", "sakura-17",
                         "00000000-0000-0000-0000-009012345678"}) {
    EXPECT_TRUE(MayGiveAwayPerson(id)) << id;
  }
}

// Of each sign to the end would take hours.
TEST(IdText, ManySignsOfANumberAreSearchedOnce) {
  EXPECT_FALSE(HoldsPhoneNumber(std::string(1'000'000, '+')));
  std::string pairs;
  for (int i = 0; i < 300'000; ++i) pairs += "+1 ";
  EXPECT_FALSE(HoldsPhoneNumber(pairs));
  EXPECT_TRUE(HoldsPhoneNumber("+1-2-3-4-5-6-7-8-9-0-1-2-3-4-5"));
  EXPECT_FALSE(HoldsPhoneNumber("+1-2-3-4-5-6-7-8-9-0-1-2-3-4-5-6"));
}

TEST(IdText, NamesAndCodesThatReachSomebody) {
  for (const char* text :
       {"gold 090-1234-5678", "Yamada 09012345678", "山田 (090) 1234-5678",
        "山田０９０－１２３４－５６７８", "山田（０９０）１２３４－５６７８",
        "Yamada +81 90 1234 5678", "Yamada 090 - 1234 - 5678", "gold taro@example.jp",
        "taro@example.jp", "山田 taro＠example.jp", "Taro <taro@example.jp>", "taro @ example.jp",
        "taro@例え.jp", "090--1234--5678", "gold taro_at_example.jp"}) {
    EXPECT_TRUE(ReachesSomebody(text)) << text;
  }
  for (const char* text : {"", "gold-card", "gold 2026-11-27", "Loan @ 3.5%", "Loan@Home", "山田",
                           "山田 太郎 3世", "O'Brien", "@example.jp", "taro@", "鈴木＠転居",
                           "株式会社 山田 12", "card-100234", "第１２３４５６号"}) {
    EXPECT_FALSE(ReachesSomebody(text)) << text;
  }
}

TEST(IdText, PaddingIsNobodysNumber) {
  v1::Person person;
  person.add_contact_points()->set_phone("+819000000000");
  EXPECT_FALSE(HoldsDigitsOf("P-0000000000", person, 9));
  EXPECT_TRUE(HoldsDigitsOf("P-9000000000", person, 9));
  EXPECT_FALSE(HoldsDigitsOf("00000000-0000-0000-0000-000000000081", person, 9));
}

TEST(IdText, Labels) {
  EXPECT_TRUE(IsLabel("sakura-2", 1, 32));
  EXPECT_TRUE(IsLabel("", 0, 32));
  for (const char* bad : {"", "Sakura", "a_b", "a b", "å"}) EXPECT_FALSE(IsLabel(bad, 1, 32));
  EXPECT_FALSE(IsLabel(std::string(33, 'a'), 1, 32));
}

}  // namespace
}  // namespace switchboard
