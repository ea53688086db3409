#include "hub/masking/unmask_answer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/time_util.h"
#include "hub/contracts/contract_check.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using google::protobuf::TextFormat;
using Response = v1::RequestUnmaskingResponse;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());
const absl::Time kUntil = kNow + absl::Minutes(15);
const std::string kKey(32, 'k');

// Rows show a token, the family name and the last four digits.
v1::Contract ContractWith(const std::string& unmask) {
  const auto contract = contracts::ParseContract(
      absl::StrCat("vendor_id: a\nlanguages: [ja]\nwork_types:\n  - work_type: CAMPAIGN\n"
                   "    disclose:\n      - {data_class: REFERENCE, show: TOKEN}\n"
                   "      - {data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}\n"
                   "      - {data_class: PHONE, show: PARTIAL, mask: LAST_FOUR}\n"
                   "    unmask: [",
                   unmask, "]\n"),
      "a.yaml");
  EXPECT_OK(contract);
  return contract.ok() ? *contract : v1::Contract();
}

constexpr char kAll[] =
    "{data_class: NAME, show: CLEAR}, {data_class: PHONE, show: CLEAR}, {data_class: EMAIL, show: "
    "CLEAR}, {data_class: ADDRESS, show: PARTIAL, mask: CITY}, {data_class: BIRTH_DATE, show: "
    "CLEAR}, {data_class: AMOUNT, show: CLEAR}";

class UnmaskAnswerTest : public ::testing::Test {
 protected:
  UnmaskAnswerTest() {
    EXPECT_TRUE(TextFormat::ParseFromString(
        R"pb(
          person_id: "P-1"
          family_name: "山田"
          given_name: "太郎"
          birth_date { year: 1980 month: 5 day: 2 }
          language: "ja"
          address { country: "JP" region: "東京都" city: "渋谷区" street: "1-19-11" }
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
        )pb",
        &person_));
    EXPECT_TRUE(TextFormat::ParseFromString(
        R"pb(
          account_id: "A-1"
          person_id: "P-1"
          amount_due { currency_code: "JPY" minor_units: 12000 }
          card_number: "4111111111111111"
        )pb",
        &account_));
  }

  UnmaskAnswer::Shown Show(const v1::Contract& masked_by, const v1::Contract& contract,
                           std::vector<v1::DataClass> classes) {
    const Masker masker(masked_by, v1::WORK_TYPE_CAMPAIGN, kKey);
    return UnmaskAnswer::Of(
        {masker, contract, v1::WORK_TYPE_CAMPAIGN, std::move(classes), person_, account_}, kUntil,
        kNow);
  }
  Response Shown(const v1::Contract& contract, std::vector<v1::DataClass> classes) {
    const UnmaskAnswer::Shown shown = Show(contract, contract, std::move(classes));
    EXPECT_FALSE(shown.finding.has_value()) << shown.finding->field;
    return shown.answer.Read();
  }

  v1::Person person_;
  v1::Account account_;
};

TEST_F(UnmaskAnswerTest, ShowsWhatIsAskedForAndNothingElse) {
  const v1::Contract contract = ContractWith(kAll);
  const struct {
    v1::DataClass data_class;
    const char* person;
    const char* account;
  } rows[] = {
      {v1::DATA_CLASS_NAME, "name: \"山田太郎\"", ""},
      {v1::DATA_CLASS_BIRTH_DATE, "birth_date: \"1980-05-02\"", ""},
      {v1::DATA_CLASS_ADDRESS, "address { country: \"JP\" region: \"東京都\" city: \"渋谷区\" }",
       ""},
      {v1::DATA_CLASS_AMOUNT, "", "amount_due { currency_code: \"JPY\" minor_units: 12000 }"},
      // Neither is in the contract.
      {v1::DATA_CLASS_KANA, "", ""},
      {v1::DATA_CLASS_CARD_NUMBER, "", ""},
  };
  for (const auto& row : rows) {
    const Response response = Shown(contract, {row.data_class});
    v1::MaskedPerson person;
    v1::MaskedAccount account;
    ASSERT_TRUE(TextFormat::ParseFromString(row.person, &person));
    ASSERT_TRUE(TextFormat::ParseFromString(row.account, &account));
    EXPECT_EQ(response.person().ShortDebugString(), person.ShortDebugString());
    EXPECT_EQ(response.account().ShortDebugString(), account.ShortDebugString());
    EXPECT_EQ(response.state(), Response::STATE_SHOWN);
    EXPECT_EQ(response.until_time(),
              google::protobuf::util::TimeUtil::SecondsToTimestamp(absl::ToUnixSeconds(kUntil)));
  }
}

TEST_F(UnmaskAnswerTest, ContactPointsAreThoseOfTheClass) {
  const v1::Contract contract = ContractWith(kAll);
  const Response phone = Shown(contract, {v1::DATA_CLASS_PHONE});
  ASSERT_EQ(phone.person().contact_points_size(), 1);
  EXPECT_EQ(phone.person().contact_points(0).value(), "+819012345678");
  const Response email = Shown(contract, {v1::DATA_CLASS_EMAIL});
  ASSERT_EQ(email.person().contact_points_size(), 1);
  EXPECT_EQ(email.person().contact_points(0).value(), "taro@example.co.jp");
  // Under the ids that rows have them under.
  const Masker masker(contract, v1::WORK_TYPE_CAMPAIGN, kKey);
  v1::Assignment row;
  masker.Mask(person_, account_, kNow, &row);
  EXPECT_EQ(phone.person().contact_points(0).contact_point_id(),
            row.person().contact_points(0).contact_point_id());
  EXPECT_EQ(
      Shown(contract, {v1::DATA_CLASS_PHONE, v1::DATA_CLASS_EMAIL}).person().contact_points_size(),
      2);
}

TEST_F(UnmaskAnswerTest, RowsShowNoMoreForIt) {
  v1::Assignment with, without;
  Masker(ContractWith(kAll), v1::WORK_TYPE_CAMPAIGN, kKey).Mask(person_, account_, kNow, &with);
  const Masker plain(ContractWith(""), v1::WORK_TYPE_CAMPAIGN, kKey);
  plain.Mask(person_, account_, kNow, &without);
  EXPECT_EQ(with.SerializeAsString(), without.SerializeAsString());
  EXPECT_EQ(plain.ChangeTo(Masker(ContractWith(kAll), v1::WORK_TYPE_CAMPAIGN, kKey)), Change::kSame)
      << "no row is shown anew";
}

TEST_F(UnmaskAnswerTest, TheGuardReadsTheContractForItself) {
  const v1::Contract contract = ContractWith("{data_class: ADDRESS, show: PARTIAL, mask: CITY}");
  // What masks takes it to say more than it does.
  const v1::Contract mistaken =
      ContractWith("{data_class: ADDRESS, show: CLEAR}, {data_class: BIRTH_DATE, show: CLEAR}");
  const UnmaskAnswer::Shown street = Show(mistaken, contract, {v1::DATA_CLASS_ADDRESS});
  ASSERT_TRUE(street.finding.has_value());
  EXPECT_EQ(street.finding->kind, Finding::Kind::kShape);
  EXPECT_EQ(street.finding->field, "person.address.street");
  EXPECT_EQ(street.answer.bytes(), "");
  const UnmaskAnswer::Shown birth = Show(mistaken, contract, {v1::DATA_CLASS_BIRTH_DATE});
  ASSERT_TRUE(birth.finding.has_value());
  EXPECT_EQ(birth.finding->kind, Finding::Kind::kNotGranted);
  EXPECT_EQ(birth.finding->field, "person.birth_date");
}

TEST_F(UnmaskAnswerTest, WhatNobodyMayUnmaskIsWithheldWhateverAContractSays) {
  v1::Contract contract = ContractWith(kAll);
  for (const v1::DataClass data_class : {v1::DATA_CLASS_CARD_NUMBER, v1::DATA_CLASS_FREE_TEXT,
                                         v1::DATA_CLASS_INTERNAL, v1::DATA_CLASS_REFERENCE}) {
    auto& one = *contract.mutable_work_types(0)->add_unmask();
    one.set_data_class(data_class);
    one.set_show(data_class == v1::DATA_CLASS_CARD_NUMBER ? v1::Contract::SHOW_PARTIAL
                                                          : v1::Contract::SHOW_CLEAR);
    if (data_class == v1::DATA_CLASS_CARD_NUMBER) one.set_mask(v1::Contract::MASK_CARD_LAST_FOUR);
    const Response response = Shown(contract, {data_class});
    EXPECT_EQ(response.person().ByteSizeLong() + response.account().ByteSizeLong(), 0u)
        << response.ShortDebugString();
  }
}

TEST_F(UnmaskAnswerTest, ANoSaysNothing) {
  const Response response = UnmaskAnswer::Without(Response::STATE_WAITING).Read();
  EXPECT_EQ(response.state(), Response::STATE_WAITING);
  EXPECT_FALSE(response.has_person() || response.has_account() || response.has_until_time());
}

}  // namespace
}  // namespace switchboard::masking
