#include "hub/base/field_problem.h"

#include <google/protobuf/timestamp.pb.h>

#include <limits>

#include "tests/testing.h"

namespace switchboard {
namespace {

// The field that is wrong, or "" when nothing is.
template <typename Check>
std::string Wrong(Check check) {
  FieldCheck one;
  check(one);
  return one.problem().has_value() ? one.problem()->field : "";
}

TEST(FieldCheckTest, KeepsTheFirstProblemOnly) {
  FieldCheck check;
  EXPECT_TRUE(check.ok());
  check.Require(true, "a", "must be fine");
  EXPECT_TRUE(check.ok());
  check.Require(false, "b", "must be right");
  check.Fail("c", "must come later");
  ASSERT_FALSE(check.ok());
  EXPECT_EQ(check.problem()->field, "b");
  EXPECT_EQ(check.problem()->problem, "must be right");
}

TEST(FieldCheckTest, Ids) {
  const struct {
    std::string id;
    bool good;
  } rows[] = {
      {"", false},
      {"a", true},
      {"AZaz09._:-", true},
      {std::string(64, 'x'), true},
      {std::string(65, 'x'), false},
      {"a b", false},
      {"a/b", false},
      {"a\n", false},
      {std::string("a\0b", 3), false},
      {"東京", false},
      {"A\xff", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Id(row.id, "id"); }), row.good ? "" : "id")
        << row.id;
  }
}

TEST(FieldCheckTest, IdsHoldNoCardNoPhoneAndNoAddress) {
  struct Row {
    const char* id;
    bool good;       // as an id of a message
    bool good_core;  // as the core's id of a person
  };
  const Row rows[] = {
      {"4111111111111111", false, false},
      {"4111111111111112", true, true},  // fails Luhn
      {"378282246310005", false, false},
      {"6304000000000000000", false, false},
      {"000000000018", true, true},  // no scheme's number
      {"A4111111111111111", false, false},
      {"4111-1111-1111-1111", false, false},
      {"09012345678", false, true},  // a customer's number may look like this
      {"090-1234-5678", false, true},
      {"100023456789", true, true},
      {"20261127-093000-0001", true, true},
      {"20261127-093000-09012345678-all", false, true},
      {"919847162035", false, true},
      {"090--1234--5678", false, true},
      {"taro.yamada_at_example.co.jp", false, false},
      {"tyamada.gmail.com", false, false},
      {"taro-at-example-dot-jp", false, false},
      {"", false, false},
  };
  for (const Row& row : rows) {
    const char* const wrong = row.good ? "" : "id";
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Id(row.id, "id"); }), wrong) << row.id;
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.StopId(row.id, "id"); }), wrong) << row.id;
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.CoreId(row.id, "id"); }),
              row.good_core ? "" : "id")
        << row.id;
  }
}

TEST(FieldCheckTest, IdsWithFormsOfTheirOwn) {
  const auto stop = [](const std::string& id) {
    return Wrong([&](FieldCheck& check) { check.StopId(id, "id"); }).empty();
  };
  EXPECT_TRUE(stop("outcome:sakura:o-1/2"));
  // Parts that are no number together.
  EXPECT_TRUE(stop("outcome:centre-03:1234-5678"));
  EXPECT_TRUE(stop("outcome:centre-03:1234-5678/2"));
  EXPECT_TRUE(stop("outcome:centre-4111:1111-1111-1111"));
  EXPECT_FALSE(stop("outcome:centre-03:090-1234-5678"));
  EXPECT_FALSE(stop("outcome:090-1234-5678:o-1/2"));
  EXPECT_FALSE(stop("outcome:sakura:4111-1111-1111-1111"));
  EXPECT_FALSE(stop("outcome:sakura:03:1234-5678"));  // no outcome has this id
  EXPECT_FALSE(stop("stop:03:1234-5678"));
  EXPECT_FALSE(stop("outcome:090-1234-5678"));
  EXPECT_TRUE(stop(std::string(160, 'a')));
  EXPECT_FALSE(stop(std::string(161, 'a')));
  EXPECT_FALSE(stop("a b"));
  const auto reference = [](const std::string& text) {
    return Wrong([&](FieldCheck& check) { check.Reference(text, "r"); }).empty();
  };
  for (const char* good : {"", "desk/7:A.b_c-1", "****/7"}) EXPECT_TRUE(reference(good)) << good;
  for (const char* bad : {"Sato Kenji", "佐藤", "sato@example.jp", "090-1234-5678", "a\nb",
                          "4111111111111111", "sato_at_example.jp", "desk/919847162035"}) {
    EXPECT_FALSE(reference(bad)) << bad;
  }
  EXPECT_FALSE(reference(std::string(65, 'a')));
  const auto label = [](const std::string& text) {
    return Wrong([&](FieldCheck& check) { check.Label(text, 1, 32, "l"); }).empty();
  };
  EXPECT_TRUE(label("sakura-2"));
  for (const char* bad : {"Sakura", "", "819012345678", "tel-090-1234-5678", "4111-1111-1111-1111",
                          "taro-at-example-dot-jp", "taro-docomo-ne-jp"}) {
    EXPECT_FALSE(label(bad)) << bad;
  }
  v1::Person person;
  person.add_contact_points()->set_phone("+819012345678");
  const auto point = [&](const std::string& id) {
    return Wrong([&](FieldCheck& check) { check.ContactPointId(id, person, "p"); }).empty();
  };
  EXPECT_TRUE(point("mobile-1"));
  EXPECT_FALSE(point("m345678"));
  EXPECT_FALSE(point("mobile 1"));
  EXPECT_FALSE(point("00000000-0000-0000-0000-819012345678"));
}

TEST(FieldCheckTest, PlacesAndMediaTypes) {
  const auto uri = [](const std::string& text) {
    return Wrong([&](FieldCheck& check) { check.Uri(text, "u"); }).empty();
  };
  for (const char* good : {"https://calls.example/2026/1.wav?x=1#t", "s3://bucket/key", "urn:x"})
    EXPECT_TRUE(uri(good)) << good;
  for (const char* bad : {"", "calls/1.wav", "https:", ":x", "Https://x", "1s:x", "https://a b",
                          "https://a\n", "https://例え.jp"}) {
    EXPECT_FALSE(uri(bad)) << bad;
  }
  EXPECT_TRUE(uri("x:" + std::string(498, 'a')));
  EXPECT_FALSE(uri("x:" + std::string(499, 'a')));
  const auto media_type = [](const std::string& text) {
    return Wrong([&](FieldCheck& check) { check.MediaType(text, "m"); }).empty();
  };
  for (const char* good : {"application/pdf", "image/svg+xml", "application/vnd.ms-excel"})
    EXPECT_TRUE(media_type(good)) << good;
  for (const char* bad : {"", "pdf", "application/", "/pdf", "a/b/c", "a/b; c=d",
                          "application/x-090-1234-5678", "text/taro_at_example.jp"}) {
    EXPECT_FALSE(media_type(bad)) << bad;
  }
  EXPECT_FALSE(media_type("a/" + std::string(99, 'b')));
}

TEST(FieldCheckTest, Texts) {
  struct Row {
    std::string text;
    size_t min, max;
    bool line, paragraphs;  // whether it is good as one
  };
  const Row rows[] = {
      {"", 0, 3, true, true},
      {"", 1, 3, false, false},
      {"abc", 1, 3, true, true},
      {"abcd", 1, 3, false, false},
      {"あ", 1, 3, true, true},  // three bytes
      {"あa", 1, 3, false, false},
      {"  abc\u3000", 1, 3, true, true},  // trimmed first
      {" \u3000 ", 1, 9, false, false},
      {"か\u3099", 1, 3, true, true},  // one character in its normal form
      {"a\tb\nc", 0, 9, false, true},
      {"a\rb", 0, 9, false, false},
      {"a\x1b[0m", 0, 9, false, false},
      {"\x7f", 0, 9, false, false},
      {std::string(1, '\0'), 0, 9, false, false},
      {"gold\u009b31m", 0, 64, false, false},
      {"A\u0085", 0, 64, false, false},
      {"\u202e郎太", 0, 64, false, false},
      {"4111 1111 1111 1111", 0, 64, false, true},  // paragraphs are cleaned, not refused
  };
  for (const Row& row : rows) {
    std::string line = row.text, paragraphs = row.text;
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Line(&line, row.min, row.max, "t"); }),
              row.line ? "" : "t")
        << row.text;
    EXPECT_EQ(
        Wrong([&](FieldCheck& check) { check.Paragraphs(&paragraphs, row.min, row.max, "t"); }),
        row.paragraphs ? "" : "t")
        << row.text;
  }
  std::string padded = " か\u3099 ";
  FieldCheck check;
  check.Line(&padded, 1, 9, "t");
  EXPECT_EQ(padded, "が");
  const auto as_it_stands = [](const std::string& text) {
    return Wrong([&](FieldCheck& one) { one.Text(TextForm::kLine, text, 0, 9, "t"); }).empty();
  };
  EXPECT_TRUE(as_it_stands(" a "));
  EXPECT_FALSE(as_it_stands("a\n"));
}

// Marks in disorder, whose normal form costs the square of their number.
TEST(FieldCheckTest, TextsThatAreFarTooLongAreLeftAsTheyAre) {
  std::string marks = "a";
  for (int i = 0; i < 1'000'000; ++i) marks += "\u0301\u0316";
  const size_t size = marks.size();
  const auto wrong = [&](auto check) { return Wrong([&](FieldCheck& one) { check(one); }); };
  EXPECT_EQ(wrong([&](FieldCheck& check) { check.Line(&marks, 0, 128, "t"); }), "t");
  EXPECT_EQ(wrong([&](FieldCheck& check) { check.Name(&marks, 0, 100, "t"); }), "t");
  EXPECT_EQ(wrong([&](FieldCheck& check) { check.Paragraphs(&marks, 0, 1000, "t"); }), "t");
  EXPECT_EQ(wrong([&](FieldCheck& check) { check.FileName(&marks, "t"); }), "t");
  EXPECT_EQ(wrong([&](FieldCheck& check) { check.Email(&marks, "t"); }), "t");
  EXPECT_EQ(marks.size(), size);
  std::string typed = std::string(900, ' ') + "gold" + std::string(100, ' ');
  EXPECT_EQ(wrong([&](FieldCheck& check) { check.Line(&typed, 1, 16, "t"); }), "");
  EXPECT_EQ(typed, "gold");
}

TEST(FieldCheckTest, NamesReachNobody) {
  const auto good = [](std::string name) {
    return Wrong([&](FieldCheck& check) { check.Name(&name, 1, 64, "n"); }).empty();
  };
  for (const char* name : {"gold-card", "山田", "José 3rd", " A ", "sync_client/1.2 (build 7)"})
    EXPECT_TRUE(good(name)) << name;
  for (const char* name :
       {"", "a\nb", "4111 1111 1111 1111", "Yamada 090-1234-5678", "Yamada taro@example.jp",
        "client/1 919847162035", "client/1 taro_at_example.jp"}) {
    EXPECT_FALSE(good(name)) << name;
  }
}

TEST(FieldCheckTest, FileNamesAreNames) {
  const auto good = [](std::string name) {
    return Wrong([&](FieldCheck& check) { check.FileName(&name, "f"); }).empty();
  };
  for (const char* name : {"a.csv", "結果_20261127.csv", "with space.csv", ".hidden", "a..b"}) {
    EXPECT_TRUE(good(name)) << name;
  }
  for (const char* name : {"", ".", "..", "a/b", "a\\b", "a\nb", "a\u202eb"}) {
    EXPECT_FALSE(good(name)) << name;
  }
  EXPECT_FALSE(good(std::string(256, 'a')));
}

TEST(FieldCheckTest, WaysToReachSomebodyAndPlaces) {
  std::string mail = " taro@example.jp ", bad_mail = "taro@example.jp 携帯は夫";
  EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Email(&mail, "m"); }), "");
  EXPECT_EQ(mail, "taro@example.jp");
  EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Email(&bad_mail, "m"); }), "m");
  EXPECT_EQ(Wrong([](FieldCheck& check) { check.Phone("+819012345678", "p"); }), "");
  EXPECT_EQ(Wrong([](FieldCheck& check) { check.Phone("09012345678", "p"); }), "p");
  EXPECT_EQ(Wrong([](FieldCheck& check) { check.Language("zh-Hant", "l"); }), "");
  EXPECT_EQ(Wrong([](FieldCheck& check) { check.Language("Chinese", "l"); }), "l");
  EXPECT_EQ(Wrong([](FieldCheck& check) { check.Language("jp", "l"); }), "l");
  EXPECT_EQ(Wrong([](FieldCheck& check) { check.Country("JP", "c"); }), "");
  EXPECT_EQ(Wrong([](FieldCheck& check) { check.Country("ZZ", "c"); }), "c");
}

TEST(FieldCheckTest, Days) {
  const struct {
    int year, month, day;
    const char* field;
  } rows[] = {
      {1900, 1, 1, ""},
      {2200, 12, 31, ""},
      {1899, 12, 31, "d.year"},
      {2201, 1, 1, "d.year"},
      {0, 0, 0, "d.year"},
      {-5, 1, 1, "d.year"},
      {2026, 0, 1, "d.month"},
      {2026, 13, 1, "d.month"},
      {2026, 1, 0, "d.day"},
      {2026, 1, 32, "d.day"},
      {2026, 4, 31, "d.day"},
      {2026, 4, 30, ""},
      {2024, 2, 29, ""},
      {2026, 2, 29, "d.day"},
      {1900, 2, 29, "d.day"},
      {2000, 2, 29, ""},
      {2100, 2, 29, "d.day"},
      {2026, 1, std::numeric_limits<int>::max(), "d.day"},
      {2026, 1, std::numeric_limits<int>::min(), "d.day"},
      {2026, std::numeric_limits<int>::min(), 1, "d.month"},
  };
  for (const auto& row : rows) {
    v1::Date date;
    date.set_year(row.year);
    date.set_month(row.month);
    date.set_day(row.day);
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Day(date, "d"); }), row.field)
        << row.year << "-" << row.month << "-" << row.day;
  }
}

TEST(FieldCheckTest, Amounts) {
  constexpr int64_t kMost = 1'000'000'000'000'000;
  const struct {
    const char* currency;
    int64_t units;
    int64_t min;
    const char* field;
  } rows[] = {
      {"JPY", 0, 0, ""},
      {"JPY", -1, 0, "m.minor_units"},
      {"JPY", 0, 1, "m.minor_units"},
      {"JPY", 1, 1, ""},
      {"USD", kMost, 0, ""},
      {"USD", kMost + 1, 0, "m.minor_units"},
      {"USD", std::numeric_limits<int64_t>::max(), 0, "m.minor_units"},
      {"USD", -kMost, -kMost, ""},
      {"USD", -kMost - 1, -kMost, "m.minor_units"},
      {"USD", std::numeric_limits<int64_t>::min(), -kMost, "m.minor_units"},
      {"", 1, 0, "m.currency_code"},
      {"usd", 1, 0, "m.currency_code"},
      {"US", 1, 0, "m.currency_code"},
      {"USDX", 1, 0, "m.currency_code"},
      {"XQX", 1, 0, "m.currency_code"},
      {"U5D", 1, 0, "m.currency_code"},
  };
  for (const auto& row : rows) {
    v1::Money money;
    money.set_currency_code(row.currency);
    money.set_minor_units(row.units);
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Amount(money, row.min, "m"); }), row.field)
        << row.currency << " " << row.units;
  }
}

TEST(FieldCheckTest, ReportedAmountsMayBeInAnyCurrency) {
  const auto wrong = [](const char* currency, int64_t units) {
    v1::Money money;
    money.set_currency_code(currency);
    money.set_minor_units(units);
    return Wrong([&](FieldCheck& check) { check.ReportedAmount(money, 1, "m"); });
  };
  EXPECT_EQ(wrong("XQX", 1), "");
  EXPECT_EQ(wrong("yen", 1), "m.currency_code");
  EXPECT_EQ(wrong("", 1), "m.currency_code");
  EXPECT_EQ(wrong("JPY", 0), "m.minor_units");
}

TEST(FieldCheckTest, DaysOfBirthHaveBegunSomewhere) {
  const absl::Time now = absl::FromCivil(absl::CivilHour(2026, 11, 27, 9), absl::UTCTimeZone());
  const auto wrong = [&](int year, int month, int day, absl::Time at) {
    v1::Date date;
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
    return Wrong([&](FieldCheck& check) { check.PastDay(date, at, "d"); });
  };
  EXPECT_EQ(wrong(1980, 5, 2, now), "");
  EXPECT_EQ(wrong(1899, 12, 31, now), "d.year");
  EXPECT_EQ(wrong(2026, 11, 27, now), "");
  EXPECT_EQ(wrong(2026, 11, 28, now), "d");
  EXPECT_EQ(wrong(2026, 11, 28, now + absl::Hours(1)), "");  // in Kiritimati
  EXPECT_EQ(wrong(2199, 1, 1, now), "d");
  EXPECT_EQ(wrong(2026, 2, 29, now), "d.day");
}

TEST(FieldCheckTest, TimesUntilAndTimesAsReported) {
  const absl::Time now = absl::FromUnixSeconds(1'795'771'800);
  const auto until = [&](int64_t seconds, int32_t nanos) {
    google::protobuf::Timestamp time;
    time.set_seconds(1'795'771'800 + seconds);
    time.set_nanos(nanos);
    return Wrong([&](FieldCheck& check) { check.TimeUntil(time, now, absl::Hours(24), "t"); });
  };
  EXPECT_EQ(until(86'400, 0), "");
  EXPECT_EQ(until(86'400, 1), "t");
  EXPECT_EQ(until(-86'400, 0), "");
  EXPECT_EQ(until(-1'795'771'800, 0), "t");
  const auto reported = [&](int64_t seconds, int32_t nanos) {
    google::protobuf::Timestamp time;
    time.set_seconds(seconds);
    time.set_nanos(nanos);
    return Wrong([&](FieldCheck& check) { check.ReportedTime(time, "t"); });
  };
  EXPECT_EQ(reported(0, 0), "");  // 1970, doubtful and kept
  EXPECT_EQ(reported(253'402'300'799, 999'999'999), "");
  EXPECT_EQ(reported(253'402'300'800, 0), "t");
  EXPECT_EQ(reported(-62'135'596'800, 0), "");
  EXPECT_EQ(reported(-62'135'596'801, 0), "t");
  EXPECT_EQ(reported(0, -1), "t");
  EXPECT_EQ(reported(0, 1'000'000'000), "t");
}

TEST(FieldCheckTest, Times) {
  const struct {
    int64_t seconds;
    int32_t nanos;
    bool good;
  } rows[] = {
      {946'684'800, 0, true},
      {946'684'799, 999'999'999, false},
      {7'258'118'399, 999'999'999, true},
      {7'258'118'400, 0, false},
      {1'767'225'600, -1, false},
      {1'767'225'600, 1'000'000'000, false},
      {0, 0, false},
      {std::numeric_limits<int64_t>::max(), 0, false},
      {std::numeric_limits<int64_t>::min(), 0, false},
  };
  for (const auto& row : rows) {
    google::protobuf::Timestamp time;
    time.set_seconds(row.seconds);
    time.set_nanos(row.nanos);
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Time(time, "t"); }), row.good ? "" : "t")
        << row.seconds;
  }
}

TEST(FieldCheckTest, Enums) {
  const struct {
    int value;
    bool good;
  } rows[] = {{0, false}, {1, true}, {3, true}, {4, false}, {-1, false}, {99, false}};
  for (const auto& row : rows) {
    auto check = [&](FieldCheck& one) {
      one.Enum(v1::WorkType_IsValid(row.value), row.value, "e");
    };
    EXPECT_EQ(Wrong(check), row.good ? "" : "e") << row.value;
  }
}

TEST(FieldCheckTest, WhatIsKeptInClearReachesNobody) {
  const auto good = [](const std::string& text) {
    return Wrong([&](FieldCheck& check) { check.ReachesNobody(text, "t"); }).empty();
  };
  for (const char* text : {"", "NA", "Left message at office. In talks", "C-1041", "****"})
    EXPECT_TRUE(good(text)) << text;
  for (const char* text : {"4111-1111-1111-1111", "called 090 1234 5678", "taro@example.jp",
                           "12125550123", "wrote to taro.yamada_at_example.co.jp"}) {
    EXPECT_FALSE(good(text)) << text;
  }
}

// Problems go into receipts, logs and the quarantine list: they must not repeat what was sent.
TEST(FieldCheckTest, ProblemsNeverQuoteTheValue) {
  FieldCheck id, text, amount;
  id.CoreId("4111111111111111", "f");
  text.Text(TextForm::kLine, "secret\x01", 0, 100, "f");
  v1::Money money;
  money.set_currency_code("secret");
  amount.Amount(money, 0, "f");
  for (const FieldCheck* check : {&id, &text, &amount}) {
    ASSERT_FALSE(check->ok());
    EXPECT_EQ(check->problem()->problem.find("4111"), std::string::npos);
    EXPECT_EQ(check->problem()->problem.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace switchboard
