#include "hub/routing/segment_filter.h"

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace switchboard::routing {
namespace {

AccountFacts Tokyo() {
  AccountFacts facts;
  facts.account_id = "A-1";
  facts.person_id = "P-1";
  facts.days_past_due = 45;
  facts.currency_code = "JPY";
  facts.amount_due_minor_units = 30'000;
  facts.product = "gold-card";
  facts.grade = "B";
  facts.language = "ja-JP";
  facts.country = "JP";
  facts.region = "東京都";
  return facts;
}

TEST(LanguageCoversTest, Table) {
  struct Row {
    const char* range;
    const char* tag;
    bool covers;
  };
  const Row rows[] = {
      {"ja", "ja", true},
      {"ja", "ja-JP", true},
      {"ja", "jav", false},
      {"ja", "JA-jp", true},
      {"JA", "ja", true},
      {"ja", "j", false},
      {"ja", "ja_JP", false},
      {"ja", "en-ja", false},
      {"ja", "", false},
      {"", "ja", false},
      {"", "", false},
      {"zh", "zh-Hant", true},
      {"zh-Hant", "zh", false},
      {"zh-Hant", "zh-Hant-TW", true},
      {"zh-Hant", "zh-Hans", false},
      {"yue", "yue-HK", true},
      {"en", "eng", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(LanguageCovers(row.range, row.tag), row.covers) << row.range << " / " << row.tag;
  }
}

using Change = std::function<void(AccountFacts&)>;

struct FilterRow {
  const char* what;
  const char* filter;  // text format
  Change account;
  bool matches;
};

void CheckFilters(const std::vector<FilterRow>& rows) {
  for (const FilterRow& row : rows) {
    v1::RoutingPlan::Filter filter;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(row.filter, &filter)) << row.what;
    AccountFacts account = Tokyo();
    row.account(account);
    EXPECT_EQ(SegmentFilter(filter).Matches(account), row.matches) << row.what;
  }
}

void Unchanged(AccountFacts&) {}
void Empty(AccountFacts& account) { account = {}; }
Change Days(int32_t value) {
  return [value](AccountFacts& account) { account.days_past_due = value; };
}
Change Due(int64_t value, const char* currency_code) {
  return [=](AccountFacts& account) {
    account.amount_due_minor_units = value;
    account.currency_code = currency_code;
  };
}
Change Speaks(const char* language) {
  return [language](AccountFacts& account) { account.language = language; };
}
Change LivesIn(const char* country, const char* region) {
  return [=](AccountFacts& account) {
    account.country = country;
    account.region = region;
  };
}

TEST(SegmentFilterTest, Numbers) {
  CheckFilters({
      {"no condition", "", Unchanged, true},
      {"no condition, empty account", "", Empty, true},
      {"below", "days_past_due {min: 31 max: 60}", Days(30), false},
      {"lower end", "days_past_due {min: 31 max: 60}", Days(31), true},
      {"upper end", "days_past_due {min: 31 max: 60}", Days(60), true},
      {"above", "days_past_due {min: 31 max: 60}", Days(61), false},
      {"open upwards", "days_past_due {min: 31}", Days(10'000), true},
      {"open downwards", "days_past_due {max: 0}", Days(0), true},
      {"max 0 is a limit", "days_past_due {max: 0}", Days(1), false},
      {"range without ends", "days_past_due {}", Days(77), true},
      {"amount below", "amount_due {min: 10000} currency_code: 'JPY'", Due(9'999, "JPY"), false},
      {"amount at the end", "amount_due {min: 10000} currency_code: 'JPY'", Due(10'000, "JPY"),
       true},
      {"other currency", "amount_due {min: 10000} currency_code: 'JPY'", Due(10'000, "USD"), false},
      {"no amount due", "amount_due {max: 99} currency_code: 'JPY'", Due(0, ""), false},
      {"nothing due", "amount_due {max: 99} currency_code: 'JPY'", Due(0, "JPY"), true},
      {"currency alone", "currency_code: 'JPY'", Unchanged, true},
      {"currency alone, other", "currency_code: 'CNY'", Unchanged, false},
  });
}

TEST(SegmentFilterTest, Names) {
  const char* all_hold =
      "days_past_due {min: 31 max: 60} amount_due {min: 10000} currency_code: 'JPY' "
      "products: 'gold-card' grades: 'B' languages: 'ja' regions: 'JP/東京都'";
  const char* kanto = "regions: 'JP/東京都' regions: 'JP/千葉県'";
  CheckFilters({
      {"product", "products: 'silver' products: 'gold-card'", Unchanged, true},
      {"product is not a prefix", "products: 'gold'", Unchanged, false},
      {"grade", "grades: 'C' grades: 'B' grades: 'A'", Unchanged, true},
      {"other grade", "grades: 'A'", Unchanged, false},
      {"no grade", "grades: 'A'", Empty, false},
      {"language", "languages: 'ja'", Unchanged, true},
      {"bare language", "languages: 'ja'", Speaks("ja"), true},
      {"Javanese", "languages: 'ja'", Speaks("jav"), false},
      {"language not known", "languages: 'ja'", Speaks(""), false},
      {"one of two languages", "languages: 'zh' languages: 'ja'", Unchanged, true},
      {"country", "regions: 'JP'", Unchanged, true},
      {"country without region", "regions: 'JP'", LivesIn("JP", ""), true},
      {"other country", "regions: 'JP'", LivesIn("KR", ""), false},
      {"region", kanto, Unchanged, true},
      {"other region", kanto, LivesIn("JP", "大阪府"), false},
      {"same region name elsewhere", kanto, LivesIn("TW", "東京都"), false},
      {"region not known", kanto, LivesIn("JP", ""), false},
      {"region with a slash", "regions: 'ES/a/b'", LivesIn("ES", "a/b"), true},
      {"all hold", all_hold, Unchanged, true},
      {"all but the grade", all_hold, [](AccountFacts& a) { a.grade = "C"; }, false},
      {"all but the product", all_hold, [](AccountFacts& a) { a.product = "x"; }, false},
      {"all but the language", all_hold, Speaks("zh"), false},
      {"all but the region", all_hold, LivesIn("JP", "大阪府"), false},
      {"all but the amount", all_hold, Due(1, "JPY"), false},
      {"all but the days", all_hold, Days(1), false},
  });
}

TEST(StratumOfTest, Table) {
  using Plan = v1::RoutingPlan;
  struct Row {
    std::vector<Plan::Stratum> by;
    std::function<void(AccountFacts&)> account;
    std::string key;
  };
  const std::vector<Plan::Stratum> all = {Plan::STRATUM_GRADE, Plan::STRATUM_AMOUNT,
                                          Plan::STRATUM_BUCKET, Plan::STRATUM_PRODUCT};
  const auto amount = [](int64_t value) {
    return [value](AccountFacts& a) { a.amount_due_minor_units = value; };
  };
  const std::vector<Row> rows = {
      {{}, amount(1), "all"},
      {all, amount(30'000), "grade:B,amount:JPY5,bucket:M2,product:gold-card"},
      {{Plan::STRATUM_PRODUCT, Plan::STRATUM_GRADE}, amount(1), "product:gold-card,grade:B"},
      {{Plan::STRATUM_AMOUNT}, amount(0), "amount:JPY0"},
      {{Plan::STRATUM_AMOUNT}, amount(9), "amount:JPY1"},
      {{Plan::STRATUM_AMOUNT}, amount(10), "amount:JPY2"},
      {{Plan::STRATUM_AMOUNT}, amount(1'000'000'000'000'000), "amount:JPY16"},
      {all, [](AccountFacts& a) { a = {}; }, "grade:,amount:0,bucket:M0,product:"},
      {{Plan::STRATUM_BUCKET}, [](AccountFacts& a) { a.days_past_due = 181; }, "bucket:M7+"},
      // A product that tries to look like two parts, or like a field of `why`.
      {{Plan::STRATUM_PRODUCT},
       [](AccountFacts& a) { a.product = "x,grade:A;rule=split%\n"; },
       "product:x%2Cgrade%3AA%3Brule%3Dsplit%25%0A"},
      {{Plan::STRATUM_PRODUCT},
       [](AccountFacts& a) { a.product = "金カード"; },
       "product:金カード"},
  };
  for (const Row& row : rows) {
    Plan::Segment segment;
    for (auto stratum : row.by) segment.add_stratify_by(stratum);
    AccountFacts account = Tokyo();
    row.account(account);
    EXPECT_EQ(StratumOf(segment, account), row.key);
  }
}

TEST(FactsTest, ComeFromPersonAndAccount) {
  v1::Person person;
  person.set_language("zh-Hant");
  person.mutable_address()->set_country("TW");
  person.mutable_address()->set_region("臺北市");
  v1::Account account;
  account.set_account_id("A-9");
  account.set_person_id("P-9");
  account.set_days_past_due(12);
  account.set_product("loan");
  account.set_grade("C");
  account.mutable_amount_due()->set_currency_code("TWD");
  account.mutable_amount_due()->set_minor_units(1'234'500);
  account.mutable_balance()->set_currency_code("TWD");
  account.mutable_balance()->set_minor_units(9'999'900);

  const AccountFacts facts = FactsOf(person, account);
  EXPECT_EQ(facts.account_id, "A-9");
  EXPECT_EQ(facts.person_id, "P-9");
  EXPECT_EQ(facts.days_past_due, 12);
  EXPECT_EQ(facts.currency_code, "TWD");
  EXPECT_EQ(facts.amount_due_minor_units, 1'234'500);
  EXPECT_EQ(facts.product, "loan");
  EXPECT_EQ(facts.grade, "C");
  EXPECT_EQ(facts.language, "zh-Hant");
  EXPECT_EQ(facts.country, "TW");
  EXPECT_EQ(facts.region, "臺北市");
}

TEST(FactsTest, AVendorWithoutGroupIsAGroupOfItsOwn) {
  v1::Contract contract;
  contract.set_vendor_id("sakura");
  contract.add_languages("ja");
  contract.add_work_types()->set_work_type(v1::WORK_TYPE_CAMPAIGN);
  contract.set_live_assignments_max(500);
  const VendorFacts alone = VendorFactsOf(contract);
  EXPECT_EQ(alone.vendor_id, "sakura");
  EXPECT_EQ(alone.vendor_group, "sakura");
  EXPECT_EQ(alone.languages, std::vector<std::string>{"ja"});
  EXPECT_EQ(alone.work_types, std::vector<v1::WorkType>{v1::WORK_TYPE_CAMPAIGN});
  EXPECT_EQ(alone.live_assignments_max, 500);

  contract.set_vendor_group("blossom");
  EXPECT_EQ(VendorFactsOf(contract).vendor_group, "blossom");
}

}  // namespace
}  // namespace switchboard::routing
