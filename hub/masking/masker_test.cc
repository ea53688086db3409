#include "hub/masking/masker.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "hub/contracts/contract_check.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using google::protobuf::TextFormat;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());
const std::string kKey(32, 'k');

v1::Contract ContractWith(const std::string& disclosures) {
  auto contract = contracts::ParseContract(
      absl::StrCat("vendor_id: a\nlanguages: [ja]\nwork_types: [{work_type: CAMPAIGN, disclose: [",
                   disclosures, "]}]"),
      "a.yaml");
  EXPECT_OK(contract);
  return *contract;
}

v1::Person Taro() {
  v1::Person person;
  EXPECT_TRUE(TextFormat::ParseFromString(
      R"pb(
        person_id: "P-1"
        family_name: "山田"
        given_name: "太郎"
        family_name_reading: "ヤマダ"
        given_name_reading: "タロウ"
        birth_date { year: 1980 month: 5 day: 2 }
        language: "ja"
        address {
          country: "JP"
          postal_code: "150-0041"
          region: "東京都"
          city: "渋谷区"
          district: "神南"
          street: "1-19-11"
        }
        contact_points {
          contact_point_id: "mobile-1"
          kind: CONTACT_KIND_MOBILE
          phone: "+819012345678"
        }
        contact_points {
          contact_point_id: "mail-1"
          kind: CONTACT_KIND_EMAIL
          email: "taro@example.co.jp"
        }
        contact_points { contact_point_id: "home-1" kind: CONTACT_KIND_HOME_PHONE }
      )pb",
      &person));
  return person;
}

v1::Account GoldCard() {
  v1::Account account;
  EXPECT_TRUE(
      TextFormat::ParseFromString(R"pb(
                                    account_id: "A-1"
                                    person_id: "P-1"
                                    product: "gold-card"
                                    balance { currency_code: "JPY" minor_units: 123456 }
                                    amount_due { currency_code: "JPY" minor_units: 12345 }
                                    credit_limit { currency_code: "JPY" minor_units: 500000 }
                                    due_date { year: 2026 month: 10 day: 10 }
                                    days_past_due: 43
                                    grade: "B"
                                    card_number: "4111111111111111"
                                    internal_reason: "watch list"
                                  )pb",
                                  &account));
  return account;
}

v1::Assignment Masked(const std::string& disclosures, const v1::Person& person = Taro(),
                      const v1::Account& account = GoldCard()) {
  v1::Assignment assignment;
  Masker(ContractWith(disclosures), v1::WORK_TYPE_CAMPAIGN, kKey)
      .Mask(person, account, kNow, &assignment);
  return assignment;
}

void ExpectMasked(const std::string& disclosures, const std::string& text) {
  v1::Assignment expected;
  ASSERT_TRUE(TextFormat::ParseFromString(text, &expected));
  // Each by its token.
  const PersonTokens tokens = TokenMaker(kKey).TokensOf("P-1");
  for (auto& point : *expected.mutable_person()->mutable_contact_points())
    point.set_contact_point_id(tokens.ContactPointToken(point.contact_point_id()));
  EXPECT_EQ(Masked(disclosures).DebugString(), expected.DebugString());
}

constexpr char kClear[] =
    "{data_class: NAME, show: CLEAR}, {data_class: KANA, show: CLEAR}, {data_class: BIRTH_DATE, "
    "show: CLEAR}, "
    "{data_class: LANGUAGE, show: CLEAR}, {data_class: ADDRESS, show: CLEAR}, "
    "{data_class: PHONE, show: CLEAR}, {data_class: EMAIL, show: CLEAR}, "
    "{data_class: PRODUCT, show: CLEAR}, {data_class: AMOUNT, show: CLEAR}, "
    "{data_class: CREDIT, show: CLEAR}, {data_class: DELINQUENCY, show: CLEAR}, "
    "{data_class: REFERENCE, show: TOKEN}, {data_class: CARD_NUMBER, show: PARTIAL, mask: "
    "CARD_LAST_FOUR}";

constexpr char kPartial[] =
    "{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}, {data_class: KANA, show: PARTIAL, mask: "
    "INITIALS}, "
    "{data_class: BIRTH_DATE, show: BAND}, {data_class: ADDRESS, show: PARTIAL, mask: CITY}, "
    "{data_class: PHONE, show: PARTIAL, mask: LAST_FOUR}, {data_class: EMAIL, show: PARTIAL, mask: "
    "DOMAIN}, "
    "{data_class: AMOUNT, show: BAND, band_ends: [10000, 100000]}, "
    "{data_class: CREDIT, show: BAND, band_ends: [300000]}, "
    "{data_class: DELINQUENCY, show: PARTIAL, mask: BUCKET}";

TEST(Masker, ShowsAllThatIsClear) {
  ExpectMasked(kClear, R"pb(
    person {
      person_token: "a4ymfx6mha64esmq4v45rl5fjk"
      name: "山田太郎"
      name_reading: "ヤマダ タロウ"
      birth_date: "1980-05-02"
      language: "ja"
      address {
        country: "JP"
        postal_code: "150-0041"
        region: "東京都"
        city: "渋谷区"
        district: "神南"
        street: "1-19-11"
      }
      contact_points {
        contact_point_id: "mobile-1"
        kind: CONTACT_KIND_MOBILE
        value: "+819012345678"
      }
      contact_points {
        contact_point_id: "mail-1"
        kind: CONTACT_KIND_EMAIL
        value: "taro@example.co.jp"
      }
      contact_points { contact_point_id: "home-1" kind: CONTACT_KIND_HOME_PHONE }
    }
    account {
      account_token: "yqysv5zuqdikfgso4rx5ylm3le"
      product: "gold-card"
      amount_due { currency_code: "JPY" minor_units: 12345 }
      balance { currency_code: "JPY" minor_units: 123456 }
      credit_limit { currency_code: "JPY" minor_units: 500000 }
      grade: "B"
      due_date { year: 2026 month: 10 day: 10 }
      days_past_due: 43
      bucket: "M2"
      card_number: "************1111"
    }
  )pb");
}

TEST(Masker, ShowsWhatMasksAndBandsLeave) {
  ExpectMasked(kPartial, R"pb(
    person {
      name: "山田"
      name_reading: "ヤ*** タ***"
      birth_date: "40-49"
      address { country: "JP" region: "東京都" city: "渋谷区" }
      contact_points { contact_point_id: "mobile-1" kind: CONTACT_KIND_MOBILE value: "*******5678" }
      contact_points {
        contact_point_id: "mail-1"
        kind: CONTACT_KIND_EMAIL
        value: "***@example.co.jp"
      }
      contact_points { contact_point_id: "home-1" kind: CONTACT_KIND_HOME_PHONE }
    }
    account {
      amount_due_band { currency_code: "JPY" from_minor_units: 10000 below_minor_units: 100000 }
      balance_band { currency_code: "JPY" from_minor_units: 100000 }
      credit_limit_band { currency_code: "JPY" from_minor_units: 300000 }
      bucket: "M2"
    }
  )pb");
}

TEST(Masker, ShowsWhatTheMasksOfPlacesAndFormsLeave) {
  ExpectMasked(
      "{data_class: NAME, show: PARTIAL, mask: HONORIFIC}, "
      "{data_class: KANA, show: PARTIAL, mask: HONORIFIC}, "
      "{data_class: BIRTH_DATE, show: PARTIAL, mask: BIRTHDAY_HIDDEN}, "
      "{data_class: ADDRESS, show: PARTIAL, mask: DISTRICT}, "
      "{data_class: PHONE, show: PARTIAL, mask: AREA}, "
      "{data_class: PRODUCT, show: CLEAR, values: [classic, gold-card]}, "
      "{data_class: CREDIT, show: CLEAR, values: [A]}",
      R"pb(
        person {
          name: "山田様"
          name_reading: "ヤマダ様"
          birth_date: "40-49"
          address { country: "JP" region: "東京都" city: "渋谷区" district: "神南" }
          contact_points {
            contact_point_id: "mobile-1"
            kind: CONTACT_KIND_MOBILE
            value: "+81 *******"
          }
          contact_points { contact_point_id: "mail-1" kind: CONTACT_KIND_EMAIL }
          contact_points { contact_point_id: "home-1" kind: CONTACT_KIND_HOME_PHONE }
        }
        account {
          product: "gold-card"
          credit_limit { currency_code: "JPY" minor_units: 500000 }
        }
      )pb");
}

TEST(Masker, ShowsOfAPhoneItsAreaOrItsCountry) {
  v1::Person person = Taro();
  person.mutable_contact_points(0)->set_phone("+81312345678");
  const auto shown = [&](const char* mask) {
    return Masked(absl::StrCat("{data_class: PHONE, show: PARTIAL, mask: ", mask, "}"), person)
        .person()
        .contact_points(0)
        .value();
  };
  EXPECT_EQ(shown("AREA"), "+81 3 *******");
  EXPECT_EQ(shown("COUNTRY"), "+81 *******");
  EXPECT_EQ(shown("LAST_FOUR"), "*******5678");
}

// A list is kept to, whatever the text looks like; without one a text must be able to be a code,
// and of nobody.
TEST(Masker, ProductsAndGradesAreShownByTheContractsList) {
  struct Row {
    const char* text;
    const char* values;
    bool shown;
  };
  const Row kRows[] = {
      {"gold-card", "", true},
      {"Gold_Card.2:a", "", true},
      {"ゴールド", "", false},
      {"gold card", "", false},
      {"taro", "", false},  // the mailbox
      {"card-of-TARO", "", false},
      {"H-12345678", "", false},  // digits of the own number
      {"gold-202611", "", true},
      {"", "", true},
      {"gold-card", "[gold-card]", true},
      {"gold-card", "[classic, platinum]", false},
      {"gold-card", "[Gold-Card]", false},
      {"gold-card", "[gold-card-2]", false},
      {"ゴールド カード", "[classic, ゴールド カード]", true},
      {"が", "[\"か\\u3099\"]", true},  // in normal form, as records are
      {"taro", "[taro]", true},
      {"", "[classic]", true},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(absl::StrCat(row.text, " of ", row.values));
    const std::string values = *row.values == 0 ? "" : absl::StrCat(", values: ", row.values);
    v1::Account account = GoldCard();
    account.set_product(row.text);
    account.set_grade(row.text);
    const v1::MaskedAccount shown =
        Masked(absl::StrCat("{data_class: PRODUCT, show: CLEAR", values,
                            "}, {data_class: CREDIT, show: CLEAR", values, "}"),
               Taro(), account)
            .account();
    EXPECT_EQ(shown.has_product(), row.shown);
    EXPECT_EQ(shown.has_grade(), row.shown);
    EXPECT_TRUE(shown.has_credit_limit());
    if (!row.shown) continue;
    EXPECT_EQ(shown.product(), row.text);
    EXPECT_EQ(shown.grade(), row.text);
  }
}

TEST(Masker, WithholdsWhatTheContractDoesNotName) {
  ExpectMasked("", R"pb(
    person {
      contact_points { contact_point_id: "mobile-1" kind: CONTACT_KIND_MOBILE }
      contact_points { contact_point_id: "mail-1" kind: CONTACT_KIND_EMAIL }
      contact_points { contact_point_id: "home-1" kind: CONTACT_KIND_HOME_PHONE }
    }
    account {}
  )pb");
}

TEST(Masker, WithholdsAllForAWorkTypeThatIsNotListed) {
  v1::Assignment assignment;
  Masker(ContractWith(kClear), v1::WORK_TYPE_LATE_COLLECTIONS, kKey)
      .Mask(Taro(), GoldCard(), kNow, &assignment);
  EXPECT_EQ(assignment.DebugString(), Masked("").DebugString());
}

TEST(Masker, ReplacesPersonAndAccountAndLeavesTheRest) {
  v1::Assignment assignment;
  assignment.set_assignment_id("01");
  assignment.add_acts(v1::ACT_REMIND);
  assignment.mutable_person()->set_name("from before");
  assignment.mutable_account()->set_product("from before");
  Masker(ContractWith(""), v1::WORK_TYPE_CAMPAIGN, kKey)
      .Mask(Taro(), GoldCard(), kNow, &assignment);
  EXPECT_EQ(assignment.assignment_id(), "01");
  EXPECT_EQ(assignment.acts_size(), 1);
  EXPECT_FALSE(assignment.person().has_name());
  EXPECT_FALSE(assignment.account().has_product());
  EXPECT_EQ(assignment.person().contact_points_size(), 3);
}

TEST(Masker, TellsEmptyFromWithheld) {
  const v1::Assignment assignment = Masked(kClear, v1::Person(), v1::Account());
  const v1::MaskedPerson& person = assignment.person();
  EXPECT_TRUE(person.has_name() && person.has_name_reading() && person.has_birth_date());
  EXPECT_TRUE(person.has_language() && person.has_address());
  EXPECT_EQ(person.name() + person.name_reading() + person.birth_date() + person.language(), "");
  const v1::MaskedAccount& account = assignment.account();
  EXPECT_TRUE(account.has_product() && account.has_grade() && account.has_card_number());
  EXPECT_EQ(account.days_past_due(), 0);
  EXPECT_EQ(account.bucket(), "M0");
  // No amount and no day is empty: what the core has not is absent.
  EXPECT_FALSE(account.has_amount_due() || account.has_balance() || account.has_credit_limit());
  EXPECT_FALSE(account.has_due_date());
}

TEST(Masker, WithholdsWhatIsMalformed) {
  v1::Person person = Taro();
  person.mutable_birth_date()->set_month(13);
  v1::Account account = GoldCard();
  account.set_card_number("4111 1111 1111 1111");
  const v1::Assignment assignment = Masked(kClear, person, account);
  EXPECT_FALSE(assignment.person().has_birth_date());
  EXPECT_EQ(assignment.account().card_number(), "***");
}

TEST(Masker, CountsAgesOnThePersonsOwnDay) {
  v1::Person person = Taro();
  person.mutable_birth_date()->set_year(1976);
  person.mutable_birth_date()->set_month(11);
  person.mutable_birth_date()->set_day(28);
  const Masker band(ContractWith("{data_class: BIRTH_DATE, show: BAND}"), v1::WORK_TYPE_CAMPAIGN,
                    kKey);
  const absl::Time evening =
      absl::FromCivil(absl::CivilMinute(2026, 11, 27, 23, 30), absl::UTCTimeZone());
  const auto shown = [&](absl::Time now) {
    v1::Assignment assignment;
    band.Mask(person, GoldCard(), now, &assignment);
    return assignment.person().birth_date();
  };
  EXPECT_EQ(shown(evening), "50-59");
  person.clear_address();  // the language is Japanese
  EXPECT_EQ(shown(evening), "50-59");
  person.set_language("en-GB");
  EXPECT_EQ(shown(evening), "40-49");

  ASSERT_TRUE(band.NextChange(person, evening).has_value());
  const absl::Time next = *band.NextChange(person, evening);
  EXPECT_EQ(next, evening + absl::Minutes(30));
  EXPECT_EQ(shown(next), "50-59");
  const Masker clear(ContractWith("{data_class: BIRTH_DATE, show: CLEAR}"), v1::WORK_TYPE_CAMPAIGN,
                     kKey);
  EXPECT_EQ(clear.NextChange(person, evening), std::nullopt);
}

// The row of a band changes on the birthday; that of a hidden birthday when its month begins.
TEST(Masker, HidesTheBirthdayInItsMonth) {
  v1::Person person = Taro();
  person.mutable_birth_date()->set_year(1976);
  person.mutable_birth_date()->set_month(11);
  person.mutable_birth_date()->set_day(28);
  const Masker hidden(
      ContractWith("{data_class: BIRTH_DATE, show: PARTIAL, mask: BIRTHDAY_HIDDEN}"),
      v1::WORK_TYPE_CAMPAIGN, kKey);
  const auto shown = [&](absl::Time now) {
    v1::Assignment assignment;
    hidden.Mask(person, GoldCard(), now, &assignment);
    return assignment.person().birth_date();
  };
  const absl::Time begin =
      absl::FromCivil(absl::CivilHour(2026, 10, 31, 15), absl::UTCTimeZone());  // in Tokyo
  EXPECT_EQ(shown(begin - absl::Seconds(1)), "40-49");
  EXPECT_EQ(shown(begin), "50-59");
  EXPECT_EQ(hidden.NextChange(person, begin - absl::Seconds(1)), begin);
  EXPECT_EQ(hidden.NextChange(person, kNow),
            absl::FromCivil(absl::CivilHour(2036, 10, 31, 15), absl::UTCTimeZone()));
  const Masker band(ContractWith("{data_class: BIRTH_DATE, show: BAND}"), v1::WORK_TYPE_CAMPAIGN,
                    kKey);
  EXPECT_EQ(hidden.ChangeTo(band), Change::kOtherwise);
}

TEST(Masker, WithholdsAHostThatIsNone) {
  v1::Person person = Taro();
  person.mutable_contact_points(1)->set_email("taro@example.jp (090-0000-0000)");
  const v1::Assignment assignment =
      Masked("{data_class: EMAIL, show: PARTIAL, mask: DOMAIN}", person);
  EXPECT_FALSE(assignment.person().contact_points(1).has_value());
}

TEST(Masker, WithholdsAHostThatTellsWhoseItIs) {
  v1::Person person = Taro();
  person.mutable_contact_points(1)->set_email("info@山田.example");
  const v1::Assignment assignment =
      Masked("{data_class: EMAIL, show: PARTIAL, mask: DOMAIN}", person);
  EXPECT_FALSE(assignment.person().contact_points(1).has_value());
}

TEST(Masker, PutsNamesInThePersonsOwnOrder) {
  v1::Person person = Taro();
  person.set_family_name("Nguyễn");
  person.set_given_name("Văn An");
  const auto name = [&](const char* language) {
    person.set_language(language);
    return Masked("{data_class: NAME, show: CLEAR}", person).person().name();
  };
  EXPECT_EQ(name("vi"), "Nguyễn Văn An");
  EXPECT_EQ(name("en"), "Văn An Nguyễn");
  // Where the language does not tell, the country does.
  EXPECT_EQ(name(""), "Nguyễn Văn An");
  person.mutable_address()->set_country("FR");
  EXPECT_EQ(name(""), "Văn An Nguyễn");
}

TEST(Masker, PutsAReadingInItsOwnOrder) {
  v1::Person person = Taro();
  const auto shown = [&] {
    return Masked("{data_class: NAME, show: CLEAR}, {data_class: KANA, show: CLEAR}", person)
        .person();
  };
  // Of somebody whose name is in Han and whose language is English.
  person.set_language("en");
  EXPECT_EQ(shown().name(), "山田太郎");
  EXPECT_EQ(shown().name_reading(), "タロウ ヤマダ");
  person.set_language("ja");
  EXPECT_EQ(shown().name_reading(), "ヤマダ タロウ");
}

TEST(Masker, FollowsTheValueNotTheKindOfAContactPoint) {
  v1::Person person;
  auto* point = person.add_contact_points();
  point->set_kind(v1::CONTACT_KIND_EMAIL);
  point->set_phone("+819012345678");
  const auto value = [&](const char* disclosure) {
    return Masked(disclosure, person).person().contact_points(0).value();
  };
  EXPECT_EQ(value("{data_class: EMAIL, show: CLEAR}"), "");
  EXPECT_EQ(value("{data_class: PHONE, show: CLEAR}"), "+819012345678");
}

TEST(Masker, ShowsWhatIsSaidOfAHandOverAsFreeText) {
  const auto handed_over = [](const char* disclosures) {
    v1::Assignment assignment;
    assignment.mutable_handed_over()->set_note("of another one");
    Masker(ContractWith(disclosures), v1::WORK_TYPE_CAMPAIGN, kKey)
        .MaskHandedOver({v1::HAND_OVER_REASON_HARDSHIP, absl::FromUnixSeconds(7'277), "is ill"},
                        &assignment);
    return assignment.handed_over();
  };
  for (const char* disclosures : {"", kClear, "{data_class: FREE_TEXT, show: ABSENT}"}) {
    const v1::HandedOver masked = handed_over(disclosures);
    EXPECT_EQ(masked.note(), "") << disclosures;
    EXPECT_EQ(masked.reason(), v1::HAND_OVER_REASON_HARDSHIP);
    EXPECT_EQ(masked.hand_over_time().seconds(), 7'200);
  }
  EXPECT_EQ(handed_over("{data_class: FREE_TEXT, show: CLEAR}").note(), "is ill");
}

TEST(Masker, KnowsWhatDiffers) {
  struct Row {
    const char* one;
    const char* other;
    Change change;
  };
  const Row kRows[] = {
      {"", "", Change::kSame},
      {kClear, kClear, Change::kSame},
      {"{data_class: NAME, show: ABSENT}", "", Change::kSame},
      {"{data_class: NAME, show: CLEAR}, {data_class: KANA, show: CLEAR}",
       "{data_class: KANA, show: CLEAR}, {data_class: NAME, show: CLEAR}", Change::kSame},
      {"{data_class: NAME, show: CLEAR}", "", Change::kLess},
      {"{data_class: FREE_TEXT, show: CLEAR}", "", Change::kLess},
      {"{data_class: NAME, show: CLEAR}", "{data_class: KANA, show: CLEAR}", Change::kOtherwise},
      {"{data_class: NAME, show: CLEAR}", "{data_class: NAME, show: PARTIAL, mask: INITIALS}",
       Change::kLess},
      {"{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}",
       "{data_class: NAME, show: PARTIAL, mask: INITIALS}", Change::kOtherwise},
      {"{data_class: AMOUNT, show: BAND, band_ends: [1, 2]}",
       "{data_class: AMOUNT, show: BAND, band_ends: [1, 3]}", Change::kOtherwise},
      {"{data_class: AMOUNT, show: BAND, band_ends: [1, 2]}",
       "{data_class: AMOUNT, show: BAND, band_ends: [1, 2]}", Change::kSame},
      {"{data_class: CREDIT, show: BAND, band_ends: [1]}",
       "{data_class: CREDIT, show: BAND, band_ends: [2]}", Change::kOtherwise},
      {"{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}",
       "{data_class: NAME, show: PARTIAL, mask: HONORIFIC}", Change::kOtherwise},
      {"{data_class: PHONE, show: PARTIAL, mask: AREA}",
       "{data_class: PHONE, show: PARTIAL, mask: COUNTRY}", Change::kLess},
      {"{data_class: PRODUCT, show: CLEAR}", "{data_class: PRODUCT, show: CLEAR, values: [a]}",
       Change::kOtherwise},
      {"{data_class: PRODUCT, show: CLEAR, values: [a, b]}",
       "{data_class: PRODUCT, show: CLEAR, values: [a]}", Change::kLess},
      {"{data_class: PRODUCT, show: CLEAR, values: [a, b]}",
       "{data_class: PRODUCT, show: CLEAR, values: [b, a]}", Change::kSame},
      {"{data_class: CREDIT, show: CLEAR, values: [A]}",
       "{data_class: CREDIT, show: CLEAR, values: [B]}", Change::kOtherwise},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(absl::StrCat(row.one, " | ", row.other));
    const Masker one(ContractWith(row.one), v1::WORK_TYPE_CAMPAIGN, kKey);
    const Masker other(ContractWith(row.other), v1::WORK_TYPE_CAMPAIGN, kKey);
    EXPECT_EQ(one.ChangeTo(other), row.change);
    EXPECT_EQ(other.ChangeTo(one), Reversed(row.change));
  }
}

TEST(Masker, AnotherKeyDiffers) {
  const v1::Contract contract = ContractWith("");
  const Masker one(contract, v1::WORK_TYPE_CAMPAIGN, kKey);
  const Masker other(contract, v1::WORK_TYPE_CAMPAIGN, std::string(32, 'u'));
  EXPECT_EQ(one.ChangeTo(other), Change::kOtherwise);
}

// A plan of two parts, the first of them kept, as head office changed it.
v1::PromiseRecord ChangedPlan() {
  v1::PromiseRecord record;
  EXPECT_TRUE(TextFormat::ParseFromString(
      R"pb(
        promise { amount { currency_code: "JPY" minor_units: 9 } }
        agreed {
          amount { currency_code: "JPY" minor_units: 12000 }
          due_date { year: 2026 month: 12 day: 31 }
        }
        decision { verdict: VERDICT_CHANGED reason: REASON_TOO_LONG note: "widow" }
        instalments {
          standing: PROMISE_STANDING_KEPT
          amount { currency_code: "JPY" minor_units: 4000 }
          due_date { year: 2026 month: 11 day: 30 }
          paid { currency_code: "JPY" minor_units: 4000 }
        }
        instalments {
          standing: PROMISE_STANDING_OPEN
          amount { currency_code: "JPY" minor_units: 8000 }
          due_date { year: 2026 month: 12 day: 31 }
        })pb",
      &record));
  return record;
}

TEST(MaskerTest, APlanIsShownAsAmountsAndDaysAre) {
  const v1::PromiseRecord record = ChangedPlan();
  const ShownPromise shown{v1::PROMISE_STANDING_OPEN, record.agreed(), record};
  const auto masked = [&](const std::string& disclosures) {
    v1::Assignment assignment;
    Masker(ContractWith(disclosures), v1::WORK_TYPE_CAMPAIGN, kKey)
        .MaskPromises(&shown, nullptr, &assignment);
    return assignment;
  };
  const v1::Assignment clear =
      masked("{data_class: AMOUNT, show: CLEAR}, {data_class: DELINQUENCY, show: CLEAR}");
  EXPECT_EQ(clear.promise().amount().minor_units(), 12'000);
  EXPECT_EQ(clear.promise().due_date().day(), 31);
  ASSERT_EQ(clear.promise().instalments_size(), 2);
  EXPECT_EQ(clear.promise().instalments(0).standing(), v1::PROMISE_STANDING_KEPT);
  EXPECT_EQ(clear.promise().instalments(1).amount().minor_units(), 8'000);
  EXPECT_EQ(clear.promise().instalments(1).due_date().month(), 12);
  EXPECT_EQ(clear.promise().verdict(), v1::PlanDecision::VERDICT_CHANGED);
  EXPECT_EQ(clear.promise().reason(), v1::PlanDecision::REASON_TOO_LONG);
  EXPECT_FALSE(clear.has_proposed_plan());
  const v1::Assignment band = masked("{data_class: AMOUNT, show: BAND, band_ends: [0, 10000]}");
  EXPECT_FALSE(band.promise().has_amount());
  EXPECT_EQ(band.promise().amount_band().from_minor_units(), 10'000);
  EXPECT_EQ(band.promise().instalments(0).amount_band().from_minor_units(), 0);
  EXPECT_FALSE(band.promise().instalments(0).has_amount());
  EXPECT_FALSE(band.promise().instalments(0).has_due_date());
  const v1::Assignment days = masked("{data_class: DELINQUENCY, show: CLEAR}");
  EXPECT_FALSE(days.promise().instalments(0).has_amount());
  EXPECT_TRUE(days.promise().instalments(0).has_due_date());
  EXPECT_FALSE(masked("{data_class: NAME, show: CLEAR}").has_promise());
}

TEST(MaskerTest, WhatIsShownNoMoreIsGone) {
  const v1::PromiseRecord record = ChangedPlan();
  const ShownPromise shown{v1::PROMISE_STANDING_PENDING, record.promise(), record};
  const Masker masker(ContractWith("{data_class: AMOUNT, show: CLEAR}"), v1::WORK_TYPE_CAMPAIGN,
                      kKey);
  v1::Assignment assignment;
  masker.MaskPromises(nullptr, &shown, &assignment);
  EXPECT_FALSE(assignment.has_promise());
  EXPECT_EQ(assignment.proposed_plan().amount().minor_units(), 9);
  masker.MaskPromises(nullptr, nullptr, &assignment);
  EXPECT_FALSE(assignment.has_proposed_plan());
}

}  // namespace
}  // namespace switchboard::masking
