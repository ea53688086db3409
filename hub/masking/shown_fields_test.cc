#include "hub/masking/shown_fields.h"

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "hub/base/shown_bits.h"
#include "hub/masking/masker.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using v1::Contract;
using Fields = std::vector<v1::ShownField>;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());

Fields FieldsOf(int64_t bits) {
  Fields fields;
  for (int number = 1; number < v1::ShownField_ARRAYSIZE; ++number) {
    const auto field = static_cast<v1::ShownField>(number);
    if ((bits & ShownBits({field})) != 0) fields.push_back(field);
  }
  return fields;
}

v1::Person Somebody() {
  v1::Person person;
  person.set_person_id("P-1");
  person.set_family_name("山田");
  person.set_given_name("太郎");
  person.set_family_name_reading("ヤマダ");
  person.set_given_name_reading("タロウ");
  person.mutable_birth_date()->set_year(1980);
  person.mutable_birth_date()->set_month(3);
  person.mutable_birth_date()->set_day(9);
  person.set_language("ja");
  v1::Address& address = *person.mutable_address();
  address.set_country("JP");
  address.set_postal_code("100-0005");
  address.set_region("東京都");
  address.set_city("千代田区");
  address.set_district("丸の内");
  address.set_street("1丁目3番9号");
  auto* mobile = person.add_contact_points();
  mobile->set_contact_point_id("mobile");
  mobile->set_kind(v1::CONTACT_KIND_MOBILE);
  mobile->set_phone("+819050012345");
  auto* mail = person.add_contact_points();
  mail->set_contact_point_id("mail");
  mail->set_kind(v1::CONTACT_KIND_EMAIL);
  mail->set_email("tyamada@mail.example.jp");
  return person;
}

v1::Account Something() {
  v1::Account account;
  account.set_account_id("A-1");
  account.set_person_id("P-1");
  account.set_product("gold-card");
  for (v1::Money* money :
       {account.mutable_balance(), account.mutable_amount_due(), account.mutable_credit_limit()}) {
    money->set_currency_code("JPY");
    money->set_minor_units(12'345);
  }
  account.mutable_due_date()->set_year(2026);
  account.mutable_due_date()->set_month(10);
  account.mutable_due_date()->set_day(27);
  account.set_days_past_due(26);
  account.set_grade("B2");
  account.set_card_number("4123456789012349");
  return account;
}

Contract Granting(v1::DataClass data_class, Contract::Show show,
                  Contract::Mask mask = Contract::MASK_UNSPECIFIED) {
  Contract contract;
  auto& terms = *contract.add_work_types();
  terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  auto& disclosure = *terms.add_disclose();
  disclosure.set_data_class(data_class);
  disclosure.set_show(show);
  disclosure.set_mask(mask);
  if (show == Contract::SHOW_BAND) disclosure.add_band_ends(10'000);
  return contract;
}

int64_t ShownBy(const Contract& contract, const v1::Person& person, const v1::Account& account) {
  v1::Assignment assignment;
  assignment.set_assignment_id("as-1");
  assignment.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  const Masker masker(contract, v1::WORK_TYPE_CAMPAIGN, std::string(32, 'k'));
  masker.Mask(person, account, kNow, &assignment);
  return ShownFieldsIn(assignment.SerializeAsString());
}

// Whatever of a person's can stand in a row has a number, or lies in what has one: a field that is
// added to a row asks for one here.
void ExpectNumbered(const Descriptor& message, v1::DataClass around, const std::string& path,
                    bool numbered) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const std::string at = path.empty() ? field.name() : path + "." + field.name();
    const v1::DataClass data_class = around != v1::DATA_CLASS_UNSPECIFIED
                                         ? around
                                         : field.options().GetExtension(v1::data_class);
    const auto shown = ShownFieldAt(at);
    const bool has_one = numbered || shown.has_value();
    if (field.message_type() != nullptr) {
      ExpectNumbered(*field.message_type(), data_class, at, has_one);
      continue;
    }
    const bool is_personal =
        data_class != v1::DATA_CLASS_UNSPECIFIED && data_class != v1::DATA_CLASS_NOT_PERSONAL;
    if (!is_personal) continue;
    EXPECT_TRUE(has_one) << at;
    EXPECT_EQ(ClassOf(shown.value_or(v1::SHOWN_FIELD_UNSPECIFIED)),
              shown.has_value() ? data_class : v1::DATA_CLASS_UNSPECIFIED)
        << at;
  }
}

TEST(ShownFieldsTest, EverythingPersonalInARowHasANumber) {
  ExpectNumbered(*v1::Assignment::descriptor(), v1::DATA_CLASS_UNSPECIFIED, "", false);
}

// The bits lie in the database: 63 of them, and each of a class.
TEST(ShownFieldsTest, NumbersAreBitsOfAClass) {
  static_assert(v1::ShownField_MAX < 63);
  for (int number = 1; number < v1::ShownField_ARRAYSIZE; ++number) {
    const auto field = static_cast<v1::ShownField>(number);
    EXPECT_NE(ClassOf(field), v1::DATA_CLASS_UNSPECIFIED) << v1::ShownField_Name(field);
  }
  EXPECT_EQ(ClassOf(v1::SHOWN_FIELD_UNSPECIFIED), v1::DATA_CLASS_UNSPECIFIED);
  EXPECT_EQ(ShownBits({v1::SHOWN_FIELD_PERSON_TOKEN, v1::SHOWN_FIELD_DIAL}),
            (int64_t{1} << 1) | (int64_t{1} << 27));
}

TEST(ShownFieldsTest, WhatAClassShowsIsSaidFieldByField) {
  const struct {
    v1::DataClass data_class;
    Contract::Show show;
    Contract::Mask mask;
    Fields shown;
  } kRows[] = {
      {v1::DATA_CLASS_REFERENCE,
       Contract::SHOW_TOKEN,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_PERSON_TOKEN, v1::SHOWN_FIELD_ACCOUNT_TOKEN}},
      {v1::DATA_CLASS_NAME,
       Contract::SHOW_PARTIAL,
       Contract::MASK_FAMILY_NAME,
       {v1::SHOWN_FIELD_NAME}},
      {v1::DATA_CLASS_KANA,
       Contract::SHOW_CLEAR,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_NAME_READING}},
      {v1::DATA_CLASS_BIRTH_DATE,
       Contract::SHOW_PARTIAL,
       Contract::MASK_YEAR,
       {v1::SHOWN_FIELD_BIRTH_DATE}},
      {v1::DATA_CLASS_LANGUAGE,
       Contract::SHOW_CLEAR,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_LANGUAGE}},
      {v1::DATA_CLASS_ADDRESS,
       Contract::SHOW_PARTIAL,
       Contract::MASK_CITY,
       {v1::SHOWN_FIELD_COUNTRY, v1::SHOWN_FIELD_REGION, v1::SHOWN_FIELD_CITY}},
      {v1::DATA_CLASS_ADDRESS,
       Contract::SHOW_CLEAR,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_COUNTRY, v1::SHOWN_FIELD_POSTAL_CODE, v1::SHOWN_FIELD_REGION,
        v1::SHOWN_FIELD_CITY, v1::SHOWN_FIELD_DISTRICT, v1::SHOWN_FIELD_STREET}},
      {v1::DATA_CLASS_PHONE,
       Contract::SHOW_PARTIAL,
       Contract::MASK_LAST_FOUR,
       {v1::SHOWN_FIELD_PHONE}},
      {v1::DATA_CLASS_EMAIL,
       Contract::SHOW_PARTIAL,
       Contract::MASK_DOMAIN,
       {v1::SHOWN_FIELD_EMAIL}},
      {v1::DATA_CLASS_PRODUCT,
       Contract::SHOW_CLEAR,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_PRODUCT}},
      {v1::DATA_CLASS_AMOUNT,
       Contract::SHOW_CLEAR,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_AMOUNT_DUE, v1::SHOWN_FIELD_BALANCE}},
      {v1::DATA_CLASS_AMOUNT,
       Contract::SHOW_BAND,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_AMOUNT_DUE, v1::SHOWN_FIELD_BALANCE}},
      {v1::DATA_CLASS_CREDIT,
       Contract::SHOW_CLEAR,
       Contract::MASK_UNSPECIFIED,
       {v1::SHOWN_FIELD_CREDIT_LIMIT, v1::SHOWN_FIELD_GRADE}},
      {v1::DATA_CLASS_DELINQUENCY,
       Contract::SHOW_PARTIAL,
       Contract::MASK_BUCKET,
       {v1::SHOWN_FIELD_BUCKET}},
      {v1::DATA_CLASS_CARD_NUMBER,
       Contract::SHOW_PARTIAL,
       Contract::MASK_CARD_LAST_FOUR,
       {v1::SHOWN_FIELD_CARD_NUMBER}},
      {v1::DATA_CLASS_NAME, Contract::SHOW_ABSENT, Contract::MASK_UNSPECIFIED, {}},
  };
  for (const auto& row : kRows) {
    const Contract contract = Granting(row.data_class, row.show, row.mask);
    EXPECT_EQ(FieldsOf(ShownBy(contract, Somebody(), Something())), row.shown)
        << contract.ShortDebugString();
  }
}

// Whatever a contract shows whole of one class is told as of that class.
TEST(ShownFieldsTest, NothingIsToldOfAnotherClass) {
  for (int number = 0; number < v1::DataClass_ARRAYSIZE; ++number) {
    const auto data_class = static_cast<v1::DataClass>(number);
    if (!v1::DataClass_IsValid(number)) continue;
    const Contract contract = Granting(data_class, Contract::SHOW_CLEAR);
    for (const auto field : FieldsOf(ShownBy(contract, Somebody(), Something())))
      EXPECT_EQ(ClassOf(field), data_class) << v1::ShownField_Name(field);
  }
}

// The mask is there, but there was nothing to show.
TEST(ShownFieldsTest, AnEmptyTextShowsNothing) {
  v1::Person person = Somebody();
  person.clear_language();
  person.clear_contact_points();
  person.mutable_address()->clear_street();
  EXPECT_EQ(ShownBy(Granting(v1::DATA_CLASS_LANGUAGE, Contract::SHOW_CLEAR), person, Something()),
            0);
  EXPECT_EQ(ShownBy(Granting(v1::DATA_CLASS_PHONE, Contract::SHOW_CLEAR), person, Something()), 0);
  EXPECT_EQ(ShownBy(Granting(v1::DATA_CLASS_ADDRESS, Contract::SHOW_CLEAR), person, Something()) &
                ShownBits({v1::SHOWN_FIELD_STREET}),
            0);
}

TEST(ShownFieldsTest, PromisesAndNotesAreToldToo) {
  v1::Assignment assignment;
  assignment.set_assignment_id("as-1");
  assignment.mutable_promise()->set_standing(v1::PROMISE_STANDING_OPEN);
  EXPECT_EQ(ShownFieldsIn(assignment.SerializeAsString()), 0);
  assignment.mutable_promise()->mutable_amount_band()->set_currency_code("JPY");
  EXPECT_EQ(FieldsOf(ShownFieldsIn(assignment.SerializeAsString())),
            Fields{v1::SHOWN_FIELD_PROMISED_AMOUNT});
  assignment.clear_promise();
  assignment.mutable_proposed_plan()->add_instalments()->mutable_due_date()->set_year(2027);
  EXPECT_EQ(FieldsOf(ShownFieldsIn(assignment.SerializeAsString())),
            Fields{v1::SHOWN_FIELD_PROMISED_DAY});
  assignment.clear_proposed_plan();
  assignment.mutable_handed_over()->set_reason(v1::HAND_OVER_REASON_LANGUAGE);
  EXPECT_EQ(ShownFieldsIn(assignment.SerializeAsString()), 0);
  assignment.mutable_handed_over()->set_note("speaks Cantonese");
  EXPECT_EQ(FieldsOf(ShownFieldsIn(assignment.SerializeAsString())), Fields{v1::SHOWN_FIELD_NOTE});
}

}  // namespace
}  // namespace switchboard::masking
