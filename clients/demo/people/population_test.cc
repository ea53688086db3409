#include "clients/demo/people/population.h"

#include <set>

#include "clients/demo/people/phone_numbers.h"
#include "phonenumbers/phonenumberutil.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::FailsWith;

constexpr char kData[] = "clients/demo/data";

Population Load(uint64_t seed, int64_t accounts) {
  auto population = Population::Load({kData, "", seed, accounts});
  EXPECT_OK(population);
  return *std::move(population);
}

bool Valid(const std::string& number) {
  using i18n::phonenumbers::PhoneNumberUtil;
  i18n::phonenumbers::PhoneNumber parsed;
  const PhoneNumberUtil& phones = *PhoneNumberUtil::GetInstance();
  return phones.Parse(number, "ZZ", &parsed) == PhoneNumberUtil::NO_PARSING_ERROR &&
         phones.IsValidNumber(parsed);
}

bool PassesLuhn(const std::string& digits) {
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = (digits[digits.size() - 1 - i] - '0') * (i % 2 == 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

TEST(Population, SameSeedGivesTheSameBytes) {
  const Population a = Load(7, 500);
  const Population b = Load(7, 500);
  for (int64_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a.Record(i).SerializeAsString(), b.Record(i).SerializeAsString()) << i;
  }
}

TEST(Population, AnotherSeedGivesOtherPeopleOnTheSameAccounts) {
  const Population a = Load(7, 500);
  const Population b = Load(8, 500);
  int same_name = 0;
  for (int64_t i = 0; i < a.size(); ++i) {
    const auto left = a.Record(i);
    const auto right = b.Record(i);
    same_name += left.person().family_name() == right.person().family_name() &&
                 left.person().given_name() == right.person().given_name();
    ASSERT_NE(left.person().contact_points(0).phone(), right.person().contact_points(0).phone());
    ASSERT_EQ(left.account().balance().minor_units(), right.account().balance().minor_units());
  }
  EXPECT_LE(same_name, 2);
}

TEST(Population, EveryIdPhoneCardAndMailIsUnique) {
  const Population population = Load(1, 0);
  ASSERT_EQ(population.size(), 24'000);
  std::set<std::string> seen;
  for (int64_t i = 0; i < population.size(); ++i) {
    const auto record = population.Record(i);
    ASSERT_TRUE(seen.insert(record.person().person_id()).second);
    ASSERT_TRUE(seen.insert(record.account().account_id()).second);
    ASSERT_TRUE(seen.insert(record.account().card_number()).second);
    ASSERT_TRUE(seen.insert(record.account().internal_reason()).second);
    for (const auto& point : record.person().contact_points()) {
      ASSERT_TRUE(seen.insert(point.phone() + point.email()).second)
          << i << " " << point.contact_point_id();
    }
  }
}

TEST(Population, EveryPhoneIsValidAndEveryCardPassesLuhn) {
  const Population population = Load(3, 4'000);
  for (int64_t i = 0; i < population.size(); ++i) {
    const auto record = population.Record(i);
    EXPECT_TRUE(Valid(record.person().contact_points(0).phone()))
        << record.person().contact_points(0).phone();
    EXPECT_TRUE(Valid(record.person().contact_points(1).phone()))
        << record.person().contact_points(1).phone();
    EXPECT_TRUE(PassesLuhn(record.account().card_number()));
    EXPECT_EQ(record.account().card_number().size(), 16u);
  }
}

TEST(PhoneNumbers, AreValidAtBothEndsOfTheirRanges) {
  const std::vector<std::string> areas = {"201", "212"};
  for (const int64_t n : {0, 999'999, 1'000'000, 2'099'999})
    EXPECT_TRUE(Valid(JapaneseNumber(5, n))) << n;
  for (const int64_t n : {0, 1, 19'979'998, 19'979'999})
    EXPECT_TRUE(Valid(ChineseNumber(5, n))) << n;
  std::set<std::string> seen;
  for (int64_t n = 0; n < 2 * 9'899; ++n) {
    const std::string number = AmericanNumber(5, n, areas);
    EXPECT_TRUE(seen.insert(number).second) << number;
    EXPECT_TRUE(Valid(number)) << number;
    EXPECT_NE(number.substr(5), "5551212");
    EXPECT_EQ(number.substr(5, 5) == "55501", n < 200) << number;
  }
}

TEST(PhoneNumbers, OfChinaHoldNoAmericanOnes) {
  std::set<std::string> seen;
  for (int64_t n = 0; n < 200'000; ++n) {
    const std::string number = ChineseNumber(5, n);
    ASSERT_EQ(number.size(), 14u);
    ASSERT_NE(number.substr(7, 3), "555") << number;
    ASSERT_TRUE(seen.insert(number).second) << number;
  }
}

TEST(Population, FollowsTheRows) {
  const Population population = Load(1, 0);
  const auto first =
      population.Record(0).account();  // 20000, age 24, PAY_0 2, BILL 3913, 3102, PAY 0, 689
  EXPECT_EQ(first.credit_limit().minor_units(), 2'000'000);
  EXPECT_EQ(first.balance().minor_units(), 391'300);
  EXPECT_EQ(first.balance().currency_code(), "TWD");
  EXPECT_GE(first.days_past_due(), 31);
  EXPECT_LE(first.days_past_due(), 60);
  EXPECT_EQ(first.amount_due().minor_units(),
            39'100);  // 391 of the first statement, the second was paid
  EXPECT_EQ(first.grade(), "D");
  EXPECT_EQ(first.product(), "classic-card");
  const auto second = population.Record(1).account();  // PAY_0 -1
  EXPECT_EQ(second.days_past_due(), 0);
  EXPECT_EQ(second.amount_due().minor_units(), 0);
  EXPECT_FALSE(second.has_due_date());
  int late = 0;
  for (int64_t i = 0; i < population.size(); ++i)
    late += population.Record(i).account().days_past_due() > 0;
  EXPECT_EQ(late, 5'550);
}

TEST(Population, BirthDateGivesTheAgeOfTheRow) {
  const Population population = Load(2, 300);
  ASSERT_OK_AND_ASSIGN(const auto rows, ReadAccountRows(std::string(kData) + "/accounts.csv.gz"));
  for (int64_t i = 0; i < population.size(); ++i) {
    const auto born = population.Record(i).person().birth_date();
    const bool birthday_ahead =
        born.month() > kBookMonth || (born.month() == kBookMonth && born.day() > kBookDay);
    EXPECT_EQ(kBookYear - born.year() - birthday_ahead, rows[static_cast<size_t>(i)].age_years)
        << i;
  }
}

TEST(Population, KeepsWithinTheLimitsOfTheProtocol) {
  const Population population = Load(4, 0);
  for (int64_t i = 0; i < population.size(); ++i) {
    const auto record = population.Record(i);
    const auto& person = record.person();
    ASSERT_FALSE(person.given_name().empty());
    ASSERT_LE(person.family_name().size(), 100u);
    ASSERT_LE(person.given_name().size(), 100u);
    ASSERT_LE(person.given_name_reading().size(), 100u);
    ASSERT_GE(record.account().amount_due().minor_units(), 0);
    ASSERT_LE(record.account().days_past_due(), 10'000);
    ASSERT_EQ(person.person_id(), record.account().person_id());
    ASSERT_FALSE(person.address().city().empty());
    ASSERT_FALSE(person.address().street().empty());
    if (person.language() == "ja" || person.language().rfind("zh", 0) == 0) {
      ASSERT_FALSE(person.family_name_reading().empty()) << person.family_name();
    }
  }
}

TEST(Population, RepeatsAccountsUnderNewIdentities) {
  const Population population = Load(1, 24'500);
  EXPECT_EQ(population.size(), 24'500);
  const auto early = population.Record(400);
  const auto again = population.Record(24'400);
  EXPECT_EQ(early.account().balance().minor_units(), again.account().balance().minor_units());
  EXPECT_NE(early.person().person_id(), again.person().person_id());
  EXPECT_NE(early.account().account_id(), again.account().account_id());
  EXPECT_NE(early.account().card_number(), again.account().card_number());
  EXPECT_NE(early.person().contact_points(0).phone(), again.person().contact_points(0).phone());
}

TEST(Population, FindsAnAccountById) {
  const Population population = Load(1, 30);
  EXPECT_EQ(population.IndexOf("SYN-A-000001"), 0);
  EXPECT_EQ(population.IndexOf("SYN-A-000030"), 29);
  for (const char* id : {"SYN-A-000031", "SYN-A-000000", "SYN-P-000001", "SYN-A-", "SYN-A-x", ""}) {
    EXPECT_EQ(population.IndexOf(id), -1) << id;
  }
}

TEST(Population, RefusesACountOutOfRange) {
  EXPECT_THAT(Population::Load({kData, "", 1, -1}),
              FailsWith(absl::StatusCode::kInvalidArgument, "ACCOUNTS_INVALID"));
  EXPECT_THAT(Population::Load({kData, "", 1, 1'000'001}),
              FailsWith(absl::StatusCode::kInvalidArgument, "ACCOUNTS_INVALID"));
}

}  // namespace
}  // namespace switchboard::demo
