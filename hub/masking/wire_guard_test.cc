#include "hub/masking/wire_guard.h"

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/contracts/contract_check.h"
#include "hub/masking/masker.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using Kind = Finding::Kind;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using v1::Contract;
using Disclosures = std::vector<Contract::Disclosure>;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());

Contract::Disclosure Disclose(v1::DataClass data_class, Contract::Show show,
                              Contract::Mask mask = Contract::MASK_UNSPECIFIED) {
  Contract::Disclosure disclosure;
  disclosure.set_data_class(data_class);
  disclosure.set_show(show);
  disclosure.set_mask(mask);
  return disclosure;
}
Contract::Disclosure Clear(v1::DataClass data_class) {
  return Disclose(data_class, Contract::SHOW_CLEAR);
}
Contract::Disclosure Partial(v1::DataClass data_class, Contract::Mask mask) {
  return Disclose(data_class, Contract::SHOW_PARTIAL, mask);
}

Contract ContractOf(const Disclosures& disclosures) {
  Contract contract;
  contract.set_vendor_id("a");
  contract.add_languages("ja");
  auto* terms = contract.add_work_types();
  terms->set_work_type(v1::WORK_TYPE_CAMPAIGN);
  for (const auto& disclosure : disclosures) *terms->add_disclose() = disclosure;
  return contract;
}

// Every disclosure that the check accepts.
Disclosures AllDisclosures() {
  Disclosures found;
  for (int data_class = 0; data_class < v1::DataClass_ARRAYSIZE; ++data_class) {
    for (int show = 0; show < Contract::Show_ARRAYSIZE; ++show) {
      for (int mask = 0; mask < Contract::Mask_ARRAYSIZE; ++mask) {
        for (const bool ends : {false, true}) {
          auto disclosure =
              Disclose(static_cast<v1::DataClass>(data_class), static_cast<Contract::Show>(show),
                       static_cast<Contract::Mask>(mask));
          if (ends) disclosure.add_band_ends(1000);
          if (contracts::CheckContract(ContractOf({disclosure})).ok()) found.push_back(disclosure);
        }
      }
    }
  }
  return found;
}

v1::Person Taro() {
  v1::Person person;
  person.set_person_id("P-0000000001");
  person.set_family_name("山田");
  person.set_given_name("太郎左衛門");
  person.set_family_name_reading("ヤマダ");
  person.set_given_name_reading("タロウザエモン");
  person.mutable_birth_date()->set_year(1980);
  person.mutable_birth_date()->set_month(3);
  person.mutable_birth_date()->set_day(9);
  person.set_language("ja-JP-x-taro");
  auto& address = *person.mutable_address();
  address.set_country("JP");
  address.set_postal_code("100-0005");
  address.set_region("東京都");
  address.set_city("千代田区");
  address.set_district("丸の内");
  address.set_street("1丁目3番9号 サンプルマンション12号室");
  auto* mobile = person.add_contact_points();
  mobile->set_contact_point_id("mobile-1");
  mobile->set_kind(v1::CONTACT_KIND_MOBILE);
  mobile->set_phone("+819050012345");
  auto* home = person.add_contact_points();
  home->set_contact_point_id("home-1");
  home->set_kind(v1::CONTACT_KIND_HOME_PHONE);
  home->set_phone("+81332121111");
  auto* mail = person.add_contact_points();
  mail->set_contact_point_id("mail-1");
  mail->set_kind(v1::CONTACT_KIND_EMAIL);
  mail->set_email("tyamada80@mail.example.jp");
  person.add_time_zones("Asia/Tokyo");
  auto* party = person.add_other_parties();
  party->set_party_id("spouse-1");
  party->set_basis("spouse, named in the agreement of 2019");
  party->add_contact_points()->set_phone("+819098765432");
  return person;
}

v1::Account TarosAccount() {
  v1::Account account;
  account.set_account_id("A-0000000001");
  account.set_person_id("P-0000000001");
  account.set_product("gold-card");
  account.mutable_balance()->set_currency_code("JPY");
  account.mutable_balance()->set_minor_units(-4711);
  account.mutable_amount_due()->set_currency_code("JPY");
  account.mutable_amount_due()->set_minor_units(123'456);
  account.mutable_credit_limit()->set_currency_code("JPY");
  account.mutable_credit_limit()->set_minor_units(500'000);
  account.mutable_due_date()->set_year(2026);
  account.mutable_due_date()->set_month(10);
  account.mutable_due_date()->set_day(27);
  account.set_days_past_due(26);
  account.set_grade("B2-watch");
  account.set_card_number("4123456789012349");
  account.set_internal_reason("asks for a supervisor each time, see the file of 2021");
  return account;
}

struct Records {
  v1::Person person = Taro();
  v1::Account account = TarosAccount();
  std::string person_bytes = {};
  std::string account_bytes = {};

  RawRecord raw() {
    person_bytes = person.SerializeAsString();
    account_bytes = account.SerializeAsString();
    return {person_bytes, account_bytes};
  }
};

v1::Assignment Masked(const Disclosures& disclosures, const Records& records) {
  v1::Assignment assignment;
  assignment.set_assignment_id("01JDZZZZZZZZZZZZZZZZZZZZAA");
  assignment.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  assignment.add_acts(v1::ACT_REMIND);
  assignment.add_acts(v1::ACT_NEGOTIATE);
  *assignment.mutable_expire_time() =
      google::protobuf::util::TimeUtil::SecondsToTimestamp(1'800'000'000);
  const Masker masker(ContractOf(disclosures), v1::WORK_TYPE_CAMPAIGN, std::string(32, 'k'));
  masker.Mask(records.person, records.account, kNow, &assignment);
  v1::PromiseRecord record;
  auto& instalment = *record.add_instalments();
  instalment.mutable_amount()->set_currency_code("JPY");
  instalment.mutable_amount()->set_minor_units(1'500);
  instalment.mutable_due_date()->set_year(2026);
  v1::Outcome::Promise agreed;
  *agreed.mutable_amount() = instalment.amount();
  agreed.mutable_due_date()->set_year(2027);
  const ShownPromise promise{v1::PROMISE_STANDING_OPEN, agreed, record};
  masker.MaskPromises(&promise, nullptr, &assignment);
  masker.MaskHandedOver({v1::HAND_OVER_REASON_ESCALATED, kNow, "wants to speak to somebody else"},
                        &assignment);
  return assignment;
}

std::optional<Finding> Checked(const Disclosures& granted, const v1::Assignment& assignment,
                               Records records = {}) {
  const WireGuard guard(ContractOf(granted), v1::WORK_TYPE_CAMPAIGN);
  return guard.Check(assignment.SerializeAsString(), records.raw());
}

MATCHER_P(Finds, kind, "is a finding of that kind") {
  if (!arg.has_value()) return false;
  *result_listener << "in " << arg->field;
  return arg->kind == kind;
}
MATCHER_P3(FindsIn, kind, field, data_class, "is such a finding in that field") {
  if (!arg.has_value()) return false;
  *result_listener << "in " << arg->field << " of " << v1::DataClass_Name(arg->data_class);
  return arg->kind == kind && arg->field == field && arg->data_class == data_class;
}

TEST(WireGuard, WhatAMaskLeavesPasses) {
  const Disclosures all = AllDisclosures();
  EXPECT_GT(all.size(), 25u);
  for (const auto& disclosure : all) {
    const auto finding = Checked({disclosure}, Masked({disclosure}, {}));
    EXPECT_FALSE(finding.has_value()) << disclosure.DebugString() << finding->field;
  }
}

// What of one class one disclosure shows and another does not, or not in this way.
bool ShowsLess(const Contract::Disclosure& masked_by, const Contract::Disclosure& granted) {
  using Pair = std::pair<int, int>;
  if (granted.show() == Contract::SHOW_CLEAR) {
    // A band is no sum, and an age no day.
    return masked_by.show() != Contract::SHOW_BAND &&
           masked_by.data_class() != v1::DATA_CLASS_BIRTH_DATE;
  }
  const std::set<Pair> less = {
      {Contract::MASK_INITIALS, Contract::MASK_FAMILY_NAME},
      {Contract::MASK_INITIALS, Contract::MASK_HONORIFIC},
      {Contract::MASK_HONORIFIC, Contract::MASK_FAMILY_NAME},
      {Contract::MASK_FAMILY_NAME, Contract::MASK_HONORIFIC},
      {Contract::MASK_COUNTRY, Contract::MASK_AREA},
      {Contract::MASK_REGION, Contract::MASK_CITY},
      {Contract::MASK_REGION, Contract::MASK_DISTRICT},
      {Contract::MASK_CITY, Contract::MASK_DISTRICT},
  };
  const bool both_ages = masked_by.data_class() == v1::DATA_CLASS_BIRTH_DATE &&
                         masked_by.mask() != Contract::MASK_YEAR &&
                         granted.mask() != Contract::MASK_YEAR &&
                         masked_by.show() != Contract::SHOW_CLEAR;
  return less.contains(Pair(masked_by.mask(), granted.mask())) || both_ages;
}

// A contract that is read wrongly by whoever masks: each accepted disclosure in the place of each
// other of its class.
TEST(WireGuard, AMaskThatLeavesMoreThanTheContractGrantsIsFound) {
  int pairs = 0;
  for (const auto& masked_by : AllDisclosures()) {
    if (masked_by.show() == Contract::SHOW_ABSENT) continue;
    for (const auto& granted : AllDisclosures()) {
      const bool same = masked_by.SerializeAsString() == granted.SerializeAsString();
      if (masked_by.data_class() != granted.data_class() || same) continue;
      if (granted.show() != Contract::SHOW_ABSENT && ShowsLess(masked_by, granted)) continue;
      const auto finding = Checked({granted}, Masked({masked_by}, {}));
      EXPECT_TRUE(finding.has_value())
          << "masked by " << masked_by.DebugString() << "granted " << granted.DebugString();
      ++pairs;
    }
  }
  EXPECT_GT(pairs, 50);
}

TEST(WireGuard, WhateverAContractGrantsPassesAndAClassMoreIsFound) {
  const Disclosures all = AllDisclosures();
  std::mt19937_64 random(1);
  const auto some_of = [&](const std::function<bool(v1::DataClass)>& wanted) {
    std::map<v1::DataClass, Contract::Disclosure> chosen;
    for (int i = 0; i < 12; ++i) {
      const auto& disclosure = all[random() % all.size()];
      const bool shows = disclosure.show() != Contract::SHOW_ABSENT;
      if (shows && wanted(disclosure.data_class()))
        chosen.emplace(disclosure.data_class(), disclosure);
    }
    Disclosures disclosures;
    for (const auto& [data_class, disclosure] : chosen) disclosures.push_back(disclosure);
    return disclosures;
  };
  for (int round = 0; round < 1000; ++round) {
    const Disclosures granted = some_of([](v1::DataClass) { return true; });
    const auto finding = Checked(granted, Masked(granted, {}));
    ASSERT_FALSE(finding.has_value()) << ContractOf(granted).DebugString() << finding->field;
    std::set<v1::DataClass> named;
    for (const auto& disclosure : granted) named.insert(disclosure.data_class());
    const Disclosures more = some_of([&](v1::DataClass one) { return !named.contains(one); });
    if (more.empty()) continue;
    Disclosures both = granted;
    both.push_back(more.front());
    ASSERT_TRUE(Checked(granted, Masked(both, {})).has_value())
        << ContractOf(granted).DebugString() << "and " << more.front().DebugString();
  }
}

// All that leaves something to be looked at.
Disclosures Tight() {
  return {Partial(v1::DATA_CLASS_NAME, Contract::MASK_FAMILY_NAME),
          Partial(v1::DATA_CLASS_KANA, Contract::MASK_HONORIFIC),
          Partial(v1::DATA_CLASS_EMAIL, Contract::MASK_DOMAIN),
          Partial(v1::DATA_CLASS_ADDRESS, Contract::MASK_DISTRICT),
          Partial(v1::DATA_CLASS_PHONE, Contract::MASK_LAST_FOUR),
          Partial(v1::DATA_CLASS_BIRTH_DATE, Contract::MASK_YEAR),
          Partial(v1::DATA_CLASS_CARD_NUMBER, Contract::MASK_CARD_LAST_FOUR),
          Disclose(v1::DATA_CLASS_REFERENCE, Contract::SHOW_TOKEN),
          Clear(v1::DATA_CLASS_PRODUCT),
          Clear(v1::DATA_CLASS_LANGUAGE),
          Clear(v1::DATA_CLASS_FREE_TEXT)};
}

// Sets every text of the message, one at a time, to `value`.
void ForEachText(Message* message, const std::function<void(const std::string& name)>& visit,
                 const std::string& value) {
  const auto& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        ForEachText(reflection.MutableMessage(message, field), visit, value);
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(*message, field); ++i)
        ForEachText(reflection.MutableRepeatedMessage(message, field, i), visit, value);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      const std::string before = reflection.GetString(*message, field);
      reflection.SetString(message, field, value);
      visit(field->name());
      reflection.SetString(message, field, before);
    }
  }
}

TEST(WireGuard, ARawValueIsFoundInWhateverTextItStands) {
  const std::vector<std::string> values = {
      "太郎左衛門",
      "タロウザエモン",
      "100-0005",
      "1丁目3番9号 サンプルマンション12号室",
      "サンプルマンション12号室",
      "+819050012345",
      "090-5001-2345",
      "０９０－５００１－２３４５",
      "(090) 5001 2345",
      "+819098765432",
      "tyamada80@mail.example.jp",
      "tyamada80",
      "P-0000000001",
      "A-0000000001",
      "4123456789012349",
      "4123 4567 8901 2349",
      "４１２３・４５６７・８９０１・２３４９",
      "1980-03-09",
      "asks for a supervisor each time, see the file of 2021",
      "spouse, named in the agreement of 2019",
  };
  v1::Assignment assignment = Masked(Tight(), {});
  ASSERT_FALSE(Checked(Tight(), assignment).has_value());
  int fields = 0;
  for (const std::string& value : values) {
    for (const std::string& dress : {value, "x " + value, value + " y"}) {
      ForEachText(
          &assignment,
          [&](const std::string& field) {
            ++fields;
            // What the hub itself makes is no text of anybody's.
            if (field == "assignment_id") return;
            EXPECT_TRUE(Checked(Tight(), assignment).has_value()) << dress << " as " << field;
          },
          dress);
    }
  }
  EXPECT_GT(fields, 15 * static_cast<int>(values.size()));
}

TEST(WireGuard, AFindingNamesFieldAndClassAndNoValue) {
  v1::Assignment assignment = Masked(Tight(), {});
  assignment.mutable_handed_over()->set_note("call 090-5001-2345 after six");
  EXPECT_THAT(Checked(Tight(), assignment),
              FindsIn(Kind::kRawValue, "handed_over.note", v1::DATA_CLASS_PHONE));
  assignment.mutable_handed_over()->set_note("owes little");
  assignment.mutable_person()->mutable_address()->set_district("プルマンション１２号室");
  EXPECT_THAT(Checked(Tight(), assignment),
              FindsIn(Kind::kShape, "person.address.district", v1::DATA_CLASS_ADDRESS));
  assignment = Masked({Clear(v1::DATA_CLASS_AMOUNT)}, {});
  EXPECT_THAT(Checked({}, assignment),
              FindsIn(Kind::kNotGranted, "account.amount_due", v1::DATA_CLASS_AMOUNT));
}

TEST(WireGuard, ABandIsOneOfTheContract) {
  auto bands = Disclose(v1::DATA_CLASS_AMOUNT, Contract::SHOW_BAND);
  bands.add_band_ends(1000);
  bands.add_band_ends(200'000);
  v1::Assignment assignment = Masked({bands}, {});
  EXPECT_FALSE(Checked({bands}, assignment).has_value());
  auto& band = *assignment.mutable_account()->mutable_amount_due_band();
  band.set_below_minor_units(123'457);
  EXPECT_THAT(Checked({bands}, assignment), Finds(Kind::kShape));
  band.set_below_minor_units(200'000);
  band.set_from_minor_units(123'456);
  EXPECT_THAT(Checked({bands}, assignment), Finds(Kind::kShape));
}

TEST(WireGuard, OnlyWhatTheListNamesIsAProductOrAGrade) {
  auto products = Clear(v1::DATA_CLASS_PRODUCT);
  products.add_values("gold-card");
  auto grades = Clear(v1::DATA_CLASS_CREDIT);
  grades.add_values("B2-watch");
  v1::Assignment assignment = Masked({products, grades}, {});
  EXPECT_FALSE(Checked({products, grades}, assignment).has_value());
  assignment.mutable_account()->set_product("gold-cards");
  EXPECT_THAT(Checked({products, grades}, assignment),
              FindsIn(Kind::kShape, "account.product", v1::DATA_CLASS_PRODUCT));
  assignment.mutable_account()->set_product("gold-card");
  assignment.mutable_account()->set_grade("A");
  EXPECT_THAT(Checked({products, grades}, assignment),
              FindsIn(Kind::kShape, "account.grade", v1::DATA_CLASS_CREDIT));
}

TEST(WireGuard, FieldsAndBytesThatItDoesNotKnowDoNotPass) {
  v1::Assignment assignment = Masked(Tight(), {});
  const WireGuard guard(ContractOf(Tight()), v1::WORK_TYPE_CAMPAIGN);
  Records records;
  const RawRecord raw = records.raw();
  const std::string bytes = assignment.SerializeAsString();
  EXPECT_THAT(guard.Check(bytes + "\x8a\x38\x01x", raw),
              Finds(Kind::kUnknownField));  // 897, a text
  EXPECT_THAT(guard.Check(bytes + "\x0d"
                                  "abcd",
                          raw),
              Finds(Kind::kUnknownField));                                             // 1, 32 bits
  EXPECT_THAT(guard.Check(bytes + "\x32\x02\xa8\x01", raw), Finds(Kind::kMalformed));  // cut off
  EXPECT_THAT(guard.Check(bytes + "\x0b\x0c", raw), Finds(Kind::kMalformed));          // a group
  EXPECT_THAT(guard.Check(bytes.substr(0, bytes.size() - 1), raw), Finds(Kind::kMalformed));
  EXPECT_THAT(guard.Check(bytes, {raw.person, raw.account.substr(1)}), Finds(Kind::kMalformed));
  auto* unknown = assignment.mutable_person()->GetReflection()->MutableUnknownFields(
      assignment.mutable_person());
  unknown->AddVarint(5000, 1);
  EXPECT_THAT(guard.Check(assignment.SerializeAsString(), raw), Finds(Kind::kUnknownField));
}

TEST(WireGuard, FieldsOfANewerCoreAreValuesToo) {
  Records records;
  records.person.GetReflection()
      ->MutableUnknownFields(&records.person)
      ->AddLengthDelimited(5000, "from a newer core");
  v1::Assignment assignment = Masked(Tight(), records);
  EXPECT_FALSE(Checked(Tight(), assignment, records).has_value());
  assignment.mutable_handed_over()->set_note("from a newer core");
  EXPECT_THAT(Checked(Tight(), assignment, records),
              FindsIn(Kind::kRawValue, "handed_over.note", v1::DATA_CLASS_UNSPECIFIED));
}

// Names, places and words that are one another's parts.
TEST(WireGuard, WhatAFieldShowsByItselfIsNoFinding) {
  struct Case {
    const char* family;
    const char* given;
    const char* reading;
    const char* country;
    const char* region;
    const char* city;
    const char* street;
    const char* email;
    const char* product;
  };
  const Case cases[] = {
      {"鈴木", "さくら", "サクラ", "JP", "栃木県", "さくら市", "氏家1-1", "a@b.example", "card"},
      {"さくらい", "さくら", "サクライ", "JP", "東京都", "千代田区", "2-2", "a@b.example", "card"},
      {"佐々木", "サキ", "ササキ", "JP", "大阪府", "大阪市", "2-2", "a@b.example", "card"},
      {"Maryland", "Mary", "", "US", "Maryland", "Baltimore", "1 Mary St", "a@b.example", "card"},
      {"Anna-Maria", "Anna", "Anna", "US", "Virginia", "Annapolis", "1 A St", "a@b.example",
       "card"},
      {"Mobile", "Home", "", "US", "Alabama", "Mobile", "1 A St", "mobile@mobile.example", "card"},
      {"Texas", "Card", "Texas", "US", "Texas", "Dallas", "1 A St", "card@b.example", "Texas"},
      {"林", "林", "リン", "JP", "群馬県", "館林市", "林町3-4-5", "hayashi@b.example", "gold"},
  };
  for (const Case& one : cases) {
    Records records;
    records.person = v1::Person();
    records.person.set_person_id("P-0000000002");
    records.person.set_language("en");
    records.person.set_family_name(one.family);
    records.person.set_given_name(one.given);
    records.person.set_family_name_reading(one.reading);
    records.person.set_given_name_reading(one.given);
    auto& address = *records.person.mutable_address();
    address.set_country(one.country);
    address.set_region(one.region);
    address.set_city(one.city);
    address.set_street(one.street);
    auto* point = records.person.add_contact_points();
    point->set_contact_point_id("mail-1");
    point->set_email(one.email);
    records.account.set_product(one.product);
    records.account.set_grade("card");
    for (const auto mask : {Contract::MASK_FAMILY_NAME, Contract::MASK_HONORIFIC,
                            Contract::MASK_INITIALS, Contract::MASK_UNSPECIFIED}) {
      for (const bool kana : {false, true}) {
        Disclosures disclosures = Tight();
        disclosures.erase(disclosures.begin(), disclosures.begin() + 2);
        const auto data_class = kana ? v1::DATA_CLASS_KANA : v1::DATA_CLASS_NAME;
        disclosures.push_back(mask == Contract::MASK_UNSPECIFIED ? Clear(data_class)
                                                                 : Partial(data_class, mask));
        const auto finding = Checked(disclosures, Masked(disclosures, records), records);
        EXPECT_FALSE(finding.has_value())
            << one.family << " " << one.given << " " << mask << kana << " " << finding->field;
      }
    }
  }
}

TEST(WireGuard, AGivenNameInTheFamilyNamesFieldIsAFinding) {
  Records records;
  records.person.set_family_name("Yamada Taro");
  records.person.set_given_name("Taro");
  v1::Assignment assignment;
  assignment.mutable_person()->set_name("Yamada Taro");
  const Disclosures granted = {Partial(v1::DATA_CLASS_NAME, Contract::MASK_FAMILY_NAME)};
  EXPECT_THAT(Checked(granted, assignment, records),
              FindsIn(Kind::kRawValue, "person.name", v1::DATA_CLASS_NAME));
}

TEST(WireGuard, APlaceIsOneOfTheTablesOrOfTheRecord) {
  const Disclosures to_region = {Partial(v1::DATA_CLASS_ADDRESS, Contract::MASK_REGION)};
  v1::Assignment assignment = Masked(to_region, {});
  auto& address = *assignment.mutable_person()->mutable_address();
  EXPECT_FALSE(Checked(to_region, assignment).has_value());
  address.set_region("丸の内");
  EXPECT_THAT(Checked(to_region, assignment),
              FindsIn(Kind::kShape, "person.address.region", v1::DATA_CLASS_ADDRESS));
  address.set_region("東京都千代田区丸の内");
  EXPECT_THAT(Checked(to_region, assignment), Finds(Kind::kShape));
  address.set_region("東京都");
  address.set_city("千代田区");
  EXPECT_THAT(Checked(to_region, assignment),
              FindsIn(Kind::kShape, "person.address.city", v1::DATA_CLASS_ADDRESS));
  const Disclosures to_city = {Partial(v1::DATA_CLASS_ADDRESS, Contract::MASK_CITY)};
  EXPECT_FALSE(Checked(to_city, assignment).has_value());
  address.set_city("丸の内");
  EXPECT_THAT(Checked(to_city, assignment),
              FindsIn(Kind::kRawValue, "person.address.city", v1::DATA_CLASS_ADDRESS));
}

// ---- answers ----

v1::RequestPermitResponse Given(const std::string& dial) {
  v1::RequestPermitResponse response;
  response.mutable_permit()->set_permit_id("01JDZZZZZZZZZZZZZZZZZZZZAA");
  if (!dial.empty()) response.mutable_permit()->set_dial(dial);
  auto& warning = *response.mutable_permit()->add_warnings();
  warning.set_rule_id("jp.hours");
  warning.set_source("貸金業法 21条1項1号, Asia/Tokyo, 東京都");
  return response;
}

std::optional<Finding> CheckedAnswer(Contract::PermitTerms::Dial dial,
                                     const v1::RequestPermitResponse& response,
                                     const std::string& target) {
  Contract contract = ContractOf({});
  contract.mutable_permits()->set_dial(dial);
  Records records;
  return WireGuard(contract, v1::WORK_TYPE_CAMPAIGN)
      .CheckPermit(response.SerializeAsString(), records.raw(), target);
}

TEST(WireGuard, APermitNamesTheNumberThatItIsForAndOnlyWhereTheContractShowsNumbers) {
  using Terms = Contract::PermitTerms;
  const std::string target = "+819050012345";
  EXPECT_FALSE(CheckedAnswer(Terms::DIAL_NUMBER, Given(target), target).has_value());
  EXPECT_FALSE(CheckedAnswer(Terms::DIAL_TRUNK, Given(""), target).has_value());
  EXPECT_THAT(CheckedAnswer(Terms::DIAL_TRUNK, Given(target), target),
              FindsIn(Kind::kNotGranted, "permit.dial", v1::DATA_CLASS_PHONE));
  EXPECT_THAT(CheckedAnswer(Terms::DIAL_NUMBER, Given("+819098765432"), target),
              Finds(Kind::kNotGranted));
  EXPECT_THAT(CheckedAnswer(Terms::DIAL_NUMBER, Given("tyamada80@mail.example.jp"),
                            "tyamada80@mail.example.jp"),
              Finds(Kind::kNotGranted));
}

TEST(WireGuard, NoWordOfADenialReachesAnybody) {
  using Terms = Contract::PermitTerms;
  v1::RequestPermitResponse response;
  auto& denial = *response.mutable_denial();
  denial.mutable_clocks()->add_zones("Asia/Tokyo");
  denial.set_explanation("Not before eight in 東京都 for 太郎左衛門.");  // words of rules, too
  EXPECT_FALSE(CheckedAnswer(Terms::DIAL_NUMBER, response, "+819050012345").has_value());
  for (const char* value : {"+819050012345", "090-5001-2345", "tyamada80@mail.example.jp",
                            "P-0000000001", "4123-4567-8901-2349", "サンプルマンション12号室"}) {
    denial.set_explanation(std::string("Not for ") + value);
    EXPECT_THAT(CheckedAnswer(Terms::DIAL_NUMBER, response, "+819050012345"),
                Finds(Kind::kRawValue))
        << value;
  }
}

TEST(WireGuard, APlanIsHeldToTheSame) {
  Contract contract = ContractOf({});
  const WireGuard guard(contract, v1::WORK_TYPE_CAMPAIGN);
  Records records;
  v1::PlanContactsResponse response;
  *response.mutable_plan()->mutable_permit() = Given("").permit();
  response.mutable_plan()->add_hours();
  EXPECT_FALSE(guard.CheckPlan(response.SerializeAsString(), records.raw(), "+819050012345"));
  response.mutable_plan()->mutable_permit()->set_dial("+819050012345");
  EXPECT_THAT(guard.CheckPlan(response.SerializeAsString(), records.raw(), "+819050012345"),
              FindsIn(Kind::kNotGranted, "plan.permit.dial", v1::DATA_CLASS_PHONE));
}

}  // namespace
}  // namespace switchboard::masking
