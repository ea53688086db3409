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

TEST(FieldCheckTest, CoreIdsAreNoCardNumbers) {
  const struct {
    const char* id;
    bool good;
  } rows[] = {
      {"4111111111111111", false},     // 16 digits, a test card
      {"4111111111111112", true},      // fails Luhn
      {"378282246310005", false},      // 15 digits
      {"30569309025904", false},       // 14 digits
      {"6304000000000000000", false},  // 19 digits
      {"00000000018", true},           // 11 digits: too short for a card
      {"000000000018", false},         // 12
      {"63040000000000000000", true},  // 20 digits: too long
      {"A4111111111111111", true},     // not only digits
      {"4111-1111-1111-1111", true},   // an id may be spelt like this; it is not bare digits
      {"", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.CoreId(row.id, "id"); }), row.good ? "" : "id")
        << row.id;
  }
}

TEST(FieldCheckTest, Luhn) {
  EXPECT_TRUE(PassesLuhn("79927398713"));  // the example of the patent
  for (char last : {'0', '1', '2', '4', '5', '6', '7', '8', '9'}) {
    EXPECT_FALSE(PassesLuhn(std::string("7992739871") + last));
  }
  EXPECT_TRUE(PassesLuhn("0"));
  EXPECT_TRUE(PassesLuhn("18"));
  EXPECT_FALSE(PassesLuhn("81"));  // transposed
}

TEST(FieldCheckTest, Texts) {
  const struct {
    std::string text;
    size_t min, max;
    bool good;
  } rows[] = {
      {"", 0, 3, true},          {"", 1, 3, false},       {"abc", 1, 3, true},
      {"abcd", 1, 3, false},     {"あ", 1, 3, true},  // three bytes
      {"あa", 1, 3, false},      {"a\tb\nc", 0, 9, true}, {"a\rb", 0, 9, false},
      {"a\x1b[0m", 0, 9, false}, {"\x7f", 0, 9, false},   {std::string(1, '\0'), 0, 9, false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Wrong([&](FieldCheck& check) { check.Text(row.text, row.min, row.max, "text"); }),
              row.good ? "" : "text")
        << row.text;
  }
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

// Problems go into receipts, logs and the quarantine list: they must not repeat what was sent.
TEST(FieldCheckTest, ProblemsNeverQuoteTheValue) {
  FieldCheck id, text, amount;
  id.CoreId("4111111111111111", "f");
  text.Text("secret\x01", 0, 100, "f");
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
