#include "hub/ingest/record_check.h"

#include <limits>
#include <string>

#include "hub/ingest/record_rows.h"

namespace switchboard::ingest {
namespace {

TEST(AdmitRecordTest, Record) {
  CheckRows({
      {"as it is", [](R&) {}, ""},
      {"empty", [](R& r) { r.Clear(); }, "sequence"},
      {"sequence 0", [](R& r) { r.set_sequence(0); }, "sequence"},
      {"sequence -1", [](R& r) { r.set_sequence(-1); }, "sequence"},
      {"sequence max", [](R& r) { r.set_sequence(std::numeric_limits<int64_t>::max()); }, ""},
      {"no person", [](R& r) { r.clear_person(); }, "person"},
      {"no account", [](R& r) { r.clear_account(); }, "account"},
  });
}

TEST(AdmitRecordTest, Person) {
  CheckRows({
      {"no id", [](R& r) { PersonOf(r).clear_person_id(); }, "person.person_id"},
      {"id is a card", [](R& r) { PersonOf(r).set_person_id("4111111111111111"); },
       "person.person_id"},
      {"id is the number", [](R& r) { PersonOf(r).set_person_id("819012345678"); },
       "person.person_id"},
      {"id holds the number", [](R& r) { PersonOf(r).set_person_id("C-090-1234-5678"); },
       "person.person_id"},
      {"id is the number in the outline of a UUID",
       [](R& r) { PersonOf(r).set_person_id("00000000-0000-0000-0000-819012345678"); },
       "person.person_id"},
      {"id is the number in hexadecimal",
       [](R& r) { PersonOf(r).set_person_id("abcde09012345678"); }, "person.person_id"},
      {"id is the mailbox",
       [](R& r) {
         MailOf(r).set_email("Taro.Yamada@example.jp");
         PersonOf(r).set_person_id("taro-yamada");
       },
       "person.person_id"},
      {"id is the name",
       [](R& r) {
         PersonOf(r).set_family_name("Yamada");
         PersonOf(r).set_person_id("yamada");
         AccountOf(r).set_person_id("yamada");
       },
       ""},
      {"id is a number of no one here",
       [](R& r) {
         PersonOf(r).set_person_id("09099999999");
         AccountOf(r).set_person_id("09099999999");
       },
       ""},
      {"mononym", [](R& r) { PersonOf(r).clear_family_name(); }, ""},
      {"family 100", [](R& r) { PersonOf(r).set_family_name(Long(100)); }, ""},
      {"family 101", [](R& r) { PersonOf(r).set_family_name(Long(101)); }, "person.family_name"},
      {"no given", [](R& r) { PersonOf(r).clear_given_name(); }, "person.given_name"},
      {"given 100", [](R& r) { PersonOf(r).set_given_name(Long(100)); }, ""},
      {"given 101", [](R& r) { PersonOf(r).set_given_name(Long(101)); }, "person.given_name"},
      {"control", [](R& r) { PersonOf(r).set_given_name("a\x1b"); }, "person.given_name"},
      {"C1", [](R& r) { PersonOf(r).set_given_name("a\u009b31m"); }, "person.given_name"},
      {"direction", [](R& r) { PersonOf(r).set_family_name("\u202e郎太"); }, "person.family_name"},
      {"line break", [](R& r) { PersonOf(r).set_family_name("山\u2028田"); }, "person.family_name"},
      {"line feed", [](R& r) { PersonOf(r).set_family_name("山\n田"); }, "person.family_name"},
      {"blanks only", [](R& r) { PersonOf(r).set_given_name(" \u3000"); }, "person.given_name"},
      {"card in a name", [](R& r) { PersonOf(r).set_family_name("山田 4111 1111 1111 1111"); },
       "person.family_name"},
      {"number in a name", [](R& r) { PersonOf(r).set_family_name("Yamada 090-1234-5678"); },
       "person.family_name"},
      {"number of any width in a name",
       [](R& r) { PersonOf(r).set_given_name("太郎（０９０）９９９９－５６７８"); },
       "person.given_name"},
      {"address in a name", [](R& r) { PersonOf(r).set_given_name("太郎 taro@example.jp"); },
       "person.given_name"},
      {"number in a reading",
       [](R& r) { PersonOf(r).set_family_name_reading("ヤマダ 03-1234-5678"); },
       "person.family_name_reading"},
      {"address in a reading", [](R& r) { PersonOf(r).set_given_name_reading("taro@example.jp"); },
       "person.given_name_reading"},
      {"reading 101", [](R& r) { PersonOf(r).set_family_name_reading(Long(101)); },
       "person.family_name_reading"},
      {"given reading 101", [](R& r) { PersonOf(r).set_given_name_reading(Long(101)); },
       "person.given_name_reading"},
  });
}

TEST(AdmitRecordTest, BirthDatesAndNumbersOfContactPoints) {
  CheckRows({
      {"empty birth date", [](R& r) { PersonOf(r).mutable_birth_date(); },
       "person.birth_date.year"},
      {"month 13",
       [](R& r) {
         PersonOf(r).mutable_birth_date()->set_year(1980);
         PersonOf(r).mutable_birth_date()->set_month(13);
       },
       "person.birth_date.month"},
      {"30 February",
       [](R& r) {
         PersonOf(r).mutable_birth_date()->set_year(1980);
         PersonOf(r).mutable_birth_date()->set_month(2);
         PersonOf(r).mutable_birth_date()->set_day(30);
       },
       "person.birth_date.day"},
      {"20 points",
       [](R& r) {
         for (int i = 2; i < 20; ++i) {
           auto& point = *PersonOf(r).add_contact_points();
           point = r.person().contact_points(0);
           point.set_contact_point_id("p" + std::to_string(i));
         }
       },
       ""},
      {"21 points",
       [](R& r) {
         for (int i = 2; i < 21; ++i) *PersonOf(r).add_contact_points() = PhoneOf(r);
       },
       "person.contact_points"},
  });
}

TEST(AdmitRecordTest, DaysOfBirth) {
  const struct {
    int year, month, day;
    const char* field;
  } rows[] = {
      {1980, 5, 2, ""},
      {1899, 12, 31, "person.birth_date.year"},
      {2199, 1, 1, "person.birth_date"},
      {2026, 11, 27, ""},
      {2026, 11, 28, "person.birth_date"},
  };
  for (const auto& row : rows) {
    v1::AccountRecord record = Good();
    auto& birth = *record.mutable_person()->mutable_birth_date();
    birth.set_year(row.year);
    birth.set_month(row.month);
    birth.set_day(row.day);
    const auto problem = AdmitRecord(record, kNow);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field) << row.year;
  }
}

TEST(AdmitRecordTest, Language) {
  CheckRows({
      {"with script", [](R& r) { PersonOf(r).set_language("zh-Hant"); }, ""},
      {"none", [](R& r) { PersonOf(r).clear_language(); }, "person.language"},
      {"a word", [](R& r) { PersonOf(r).set_language("Japanese"); }, "person.language"},
      {"none there is", [](R& r) { PersonOf(r).set_language("xx"); }, "person.language"},
      {"a country", [](R& r) { PersonOf(r).set_language("jp"); }, "person.language"},
  });
}

TEST(AdmitRecordTest, Address) {
  const struct {
    void (*change)(v1::Address&);
    const char* field;
  } rows[] = {
      {[](v1::Address&) {}, ""},
      {[](v1::Address& a) { a.clear_country(); }, "person.address.country"},
      {[](v1::Address& a) { a.set_country("jp"); }, "person.address.country"},
      {[](v1::Address& a) { a.set_country("JPN"); }, "person.address.country"},
      {[](v1::Address& a) { a.set_country("ZZ"); }, "person.address.country"},
      {[](v1::Address& a) { a.set_country("J1"); }, "person.address.country"},
      {[](v1::Address& a) { a.set_postal_code(Long(32)); }, ""},
      {[](v1::Address& a) { a.set_postal_code(Long(33)); }, "person.address.postal_code"},
      {[](v1::Address& a) { a.set_region(Long(129)); }, "person.address.region"},
      {[](v1::Address& a) { a.set_city(Long(129)); }, "person.address.city"},
      {[](v1::Address& a) { a.set_district(Long(257)); }, "person.address.district"},
      {[](v1::Address& a) { a.set_street(Long(512)); }, ""},
      {[](v1::Address& a) { a.set_street(Long(513)); }, "person.address.street"},
      {[](v1::Address& a) { a.set_street("a\rb"); }, "person.address.street"},
      {[](v1::Address& a) { a.set_street("1-19-11\n4階"); }, ""},
      {[](v1::Address& a) { a.set_city("渋谷区\n神南"); }, "person.address.city"},
      {[](v1::Address& a) { a.set_region("\u2066東京都"); }, "person.address.region"},
  };
  for (const auto& row : rows) {
    v1::AccountRecord record = Good();
    record.mutable_person()->mutable_address()->set_country("JP");
    row.change(*record.mutable_person()->mutable_address());
    const auto problem = AdmitRecord(record, kNow);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field);
  }
}

TEST(AdmitRecordTest, ContactPoints) {
  CheckRows({
      {"no id", [](R& r) { PhoneOf(r).clear_contact_point_id(); },
       "person.contact_points[0].contact_point_id"},
      {"same id", [](R& r) { MailOf(r).set_contact_point_id("mobile"); },
       "person.contact_points[1].contact_point_id"},
      {"no kind", [](R& r) { PhoneOf(r).clear_kind(); }, "person.contact_points[0].kind"},
      {"unknown kind", [](R& r) { PhoneOf(r).set_kind(static_cast<v1::ContactKind>(99)); },
       "person.contact_points[0].kind"},
      {"an address is no number", [](R& r) { PhoneOf(r).set_kind(v1::CONTACT_KIND_WORK_ADDRESS); },
       "person.contact_points[0].kind"},
      {"the employer's e-mail", [](R& r) { MailOf(r).set_kind(v1::CONTACT_KIND_WORK_EMAIL); }, ""},
      {"phone as the employer's e-mail",
       [](R& r) { PhoneOf(r).set_kind(v1::CONTACT_KIND_WORK_EMAIL); }, "person.contact_points[0]"},
      {"unknown state", [](R& r) { PhoneOf(r).set_state(static_cast<v1::ContactPoint::State>(3)); },
       "person.contact_points[0].state"},
      {"no value", [](R& r) { PhoneOf(r).clear_value(); }, "person.contact_points[0]"},
      {"phone as e-mail", [](R& r) { MailOf(r).set_phone("+819012345678"); },
       "person.contact_points[1]"},
      {"e-mail as phone", [](R& r) { PhoneOf(r).set_email("a@b.jp"); }, "person.contact_points[0]"},
      {"11 digits of Japan", [](R& r) { PhoneOf(r).set_phone("+81312345678"); }, ""},
      {"5 digits of Japan", [](R& r) { PhoneOf(r).set_phone("+81901"); },
       "person.contact_points[0].phone"},
      {"no such country", [](R& r) { PhoneOf(r).set_phone("+99912345678"); },
       "person.contact_points[0].phone"},
      {"16 digits", [](R& r) { PhoneOf(r).set_phone("+1234567890123456"); },
       "person.contact_points[0].phone"},
      {"no plus", [](R& r) { PhoneOf(r).set_phone("819012345678"); },
       "person.contact_points[0].phone"},
      {"country 0", [](R& r) { PhoneOf(r).set_phone("+0901234567"); },
       "person.contact_points[0].phone"},
      {"hyphens", [](R& r) { PhoneOf(r).set_phone("+81-90-1234"); },
       "person.contact_points[0].phone"},
      {"no at", [](R& r) { MailOf(r).set_email("abc"); }, "person.contact_points[1].email"},
      {"a comment", [](R& r) { MailOf(r).set_email("taro@example.jp (Yamada 090-0000-0000)"); },
       "person.contact_points[1].email"},
      {"a second line", [](R& r) { MailOf(r).set_email("taro@example.jp\nTEL 090-0000-0000"); },
       "person.contact_points[1].email"},
      {"a name", [](R& r) { MailOf(r).set_email("Taro <taro@example.jp>"); },
       "person.contact_points[1].email"},
      {"blanks around", [](R& r) { MailOf(r).set_email(" taro@example.jp "); }, ""},
  });
}

// An id says nothing about the person.
TEST(AdmitRecordTest, ContactPointIds) {
  CheckRows({
      {"id is the number", [](R& r) { PhoneOf(r).set_contact_point_id("819012345678"); },
       "person.contact_points[0].contact_point_id"},
      {"id is a card", [](R& r) { PhoneOf(r).set_contact_point_id("4111111111111111"); },
       "person.contact_points[0].contact_point_id"},
      {"id ends as the number", [](R& r) { MailOf(r).set_contact_point_id("m-345678"); },
       "person.contact_points[1].contact_point_id"},
      {"id is the number in the outline of a UUID",
       [](R& r) { PhoneOf(r).set_contact_point_id("00000000-0000-0000-0000-819012345678"); },
       "person.contact_points[0].contact_point_id"},
      {"id is the number in the outline of a ULID",
       [](R& r) { PhoneOf(r).set_contact_point_id("00000000000000819012345678"); },
       "person.contact_points[0].contact_point_id"},
      {"id is the number in hexadecimal",
       [](R& r) { PhoneOf(r).set_contact_point_id("abcde09012345678"); },
       "person.contact_points[0].contact_point_id"},
      {"id is a card in the outline of a UUID",
       [](R& r) { PhoneOf(r).set_contact_point_id("00000000-0000-0000-4111-111111111111"); },
       "person.contact_points[0].contact_point_id"},
      {"id is the mailbox of another point",
       [](R& r) {
         MailOf(r).set_email("taro.yamada@example.jp");
         PhoneOf(r).set_contact_point_id("Taro_Yamada");
       },
       "person.contact_points[0].contact_point_id"},
      {"id is the address",
       [](R& r) {
         MailOf(r).set_email("taro.yamada@example.jp");
         MailOf(r).set_contact_point_id("taro.yamada_example.jp");
       },
       "person.contact_points[1].contact_point_id"},
      {"id is the name",
       [](R& r) {
         PersonOf(r).set_family_name_reading("Yamada");
         PhoneOf(r).set_contact_point_id("yamada-mobile");
       },
       "person.contact_points[0].contact_point_id"},
      {"id is random",
       [](R& r) { MailOf(r).set_contact_point_id("550e8400-e29b-41d4-a716-446655440000"); }, ""},
  });
}

TEST(AdmitRecordTest, Account) {
  CheckRows({
      {"no id", [](R& r) { AccountOf(r).clear_account_id(); }, "account.account_id"},
      {"id is a card", [](R& r) { AccountOf(r).set_account_id("378282246310005"); },
       "account.account_id"},
      {"another person", [](R& r) { AccountOf(r).set_person_id("P-2"); }, "account.person_id"},
      {"no product", [](R& r) { AccountOf(r).clear_product(); }, "account.product"},
      {"product 64", [](R& r) { AccountOf(r).set_product(Long(64)); }, ""},
      {"product 65", [](R& r) { AccountOf(r).set_product(Long(65)); }, "account.product"},
      {"no balance", [](R& r) { AccountOf(r).clear_balance(); }, "account.balance.currency_code"},
      {"owed to the person",
       [](R& r) { AccountOf(r).mutable_balance()->set_minor_units(-kMinorUnitsMax); }, ""},
      {"beyond", [](R& r) { AccountOf(r).mutable_balance()->set_minor_units(-kMinorUnitsMax - 1); },
       "account.balance.minor_units"},
      {"due below zero", [](R& r) { AccountOf(r).mutable_amount_due()->set_minor_units(-1); },
       "account.amount_due.minor_units"},
      {"due at most",
       [](R& r) { AccountOf(r).mutable_amount_due()->set_minor_units(kMinorUnitsMax); }, ""},
      {"due beyond",
       [](R& r) { AccountOf(r).mutable_amount_due()->set_minor_units(kMinorUnitsMax + 1); },
       "account.amount_due.minor_units"},
      {"two currencies", [](R& r) { AccountOf(r).mutable_amount_due()->set_currency_code("USD"); },
       "account.amount_due.currency_code"},
      {"limit in another currency",
       [](R& r) { AccountOf(r).mutable_credit_limit()->set_currency_code("USD"); },
       "account.credit_limit.currency_code"},
      {"no such currency",
       [](R& r) {
         AccountOf(r).mutable_balance()->set_currency_code("XQX");
         AccountOf(r).mutable_amount_due()->set_currency_code("XQX");
         AccountOf(r).mutable_credit_limit()->set_currency_code("XQX");
       },
       "account.balance.currency_code"},
      {"limit below zero", [](R& r) { AccountOf(r).mutable_credit_limit()->set_minor_units(-1); },
       "account.credit_limit.minor_units"},
      {"empty due date", [](R& r) { AccountOf(r).mutable_due_date(); }, "account.due_date.year"},
      {"days -1", [](R& r) { AccountOf(r).set_days_past_due(-1); }, "account.days_past_due"},
      {"days 10000", [](R& r) { AccountOf(r).set_days_past_due(10'000); }, ""},
      {"days 10001", [](R& r) { AccountOf(r).set_days_past_due(10'001); }, "account.days_past_due"},
      {"product with C1", [](R& r) { AccountOf(r).set_product("gold\u009b2J"); },
       "account.product"},
      {"product is a card", [](R& r) { AccountOf(r).set_product("4111-1111-1111-1111"); },
       "account.product"},
      {"product with a number", [](R& r) { AccountOf(r).set_product("gold 090-9999-5678"); },
       "account.product"},
      {"product with an address", [](R& r) { AccountOf(r).set_product("gold taro@example.jp"); },
       "account.product"},
      {"product with own digits", [](R& r) { AccountOf(r).set_product("gold 012345678"); },
       "account.product"},
      {"product with own digits of any width",
       [](R& r) { AccountOf(r).set_product("gold ０１２３４５-６７８"); }, "account.product"},
      {"product with other digits", [](R& r) { AccountOf(r).set_product("gold 2026-11 3.5%"); },
       ""},
      {"grade is a number", [](R& r) { AccountOf(r).set_grade("090-9999-5678"); }, "account.grade"},
      {"grade is an address", [](R& r) { AccountOf(r).set_grade("a@b.jp"); }, "account.grade"},
      {"grade is of own digits", [](R& r) { AccountOf(r).set_grade("A-012345678"); },
       "account.grade"},
      {"grade with C1", [](R& r) { AccountOf(r).set_grade("A\u0085B"); }, "account.grade"},
      {"grade 16", [](R& r) { AccountOf(r).set_grade(Long(16)); }, ""},
      {"grade 17", [](R& r) { AccountOf(r).set_grade(Long(17)); }, "account.grade"},
      {"card 12", [](R& r) { AccountOf(r).set_card_number("123456789012"); }, ""},
      {"card 11", [](R& r) { AccountOf(r).set_card_number("12345678901"); }, "account.card_number"},
      {"card 20", [](R& r) { AccountOf(r).set_card_number("12345678901234567890"); },
       "account.card_number"},
      {"card letters", [](R& r) { AccountOf(r).set_card_number("4111-1111-1111"); },
       "account.card_number"},
      {"reason 1001", [](R& r) { AccountOf(r).set_internal_reason(Long(1001)); },
       "account.internal_reason"},
  });
}

// No core can give a customer another number, or an account another product.
TEST(AdmitRecordTest, CoincidencesOfNumbersAndWordsAreTaken) {
  CheckRows({
      {"month in the number",
       [](R& r) {
         PhoneOf(r).set_phone("+819020261101");
         AccountOf(r).set_product("gold-202611");
         AccountOf(r).set_grade("2026-11");
       },
       ""},
      {"product with eight digits of the number",
       [](R& r) { AccountOf(r).set_product("gold 12345678"); }, ""},
      {"grade with six digits of the number", [](R& r) { AccountOf(r).set_grade("A-012345"); }, ""},
      {"word of the core's as mailbox",
       [](R& r) {
         MailOf(r).set_email("loan@example.jp");
         AccountOf(r).set_account_id("LOAN-0001");
       },
       ""},
      {"word of the core's inside another",
       [](R& r) {
         MailOf(r).set_email("loan@example.jp");
         AccountOf(r).set_account_id("HOMELOAN-100234");
         PersonOf(r).set_person_id("jp:loan:7f3a2b");
         AccountOf(r).set_person_id("jp:loan:7f3a2b");
       },
       ""},
      {"mailbox with a short number",
       [](R& r) {
         MailOf(r).set_email("t.yamada@example.jp");
         AccountOf(r).set_account_id("C-TYAMADA-01");
       },
       "account.account_id"},
      {"mailbox beside words that say nothing",
       [](R& r) {
         MailOf(r).set_email("taro@example.jp");
         AccountOf(r).set_account_id("account-taro-1");
       },
       "account.account_id"},
      {"long mailbox with a long number",
       [](R& r) {
         MailOf(r).set_email("taro.yamada@example.jp");
         AccountOf(r).set_account_id("taro-yamada-100234");
       },
       "account.account_id"},
  });
}

// "1234567890123…", in which no nine digits in a row stand backwards.
std::string Digits(size_t size, bool backwards) {
  std::string digits(size, '0');
  for (size_t i = 0; i < size; ++i)
    digits[i] = static_cast<char>('0' + (backwards ? 9 - i % 10 : (i + 1) % 10));
  return digits;
}

// Each digit of the one against each of the other would take an hour.
TEST(AdmitRecordTest, NothingIsSearchedThatIsTooLong) {
  CheckRows({
      {"person id and number",
       [](R& r) {
         PersonOf(r).set_person_id(Digits(2'000'000, false));
         PhoneOf(r).set_phone("+" + Digits(2'000'000, true));
       },
       "person.contact_points[0].phone"},
      {"person id", [](R& r) { PersonOf(r).set_person_id(Digits(4'000'000, false)); },
       "person.person_id"},
      {"account id", [](R& r) { AccountOf(r).set_account_id(Digits(4'000'000, false)); },
       "account.account_id"},
      {"contact point id and number",
       [](R& r) {
         PhoneOf(r).set_contact_point_id(Digits(2'000'000, false));
         MailOf(r).set_email(Digits(2'000'000, true) + "@example.jp");
       },
       "person.contact_points[1].email"},
      {"contact point id", [](R& r) { PhoneOf(r).set_contact_point_id(Digits(4'000'000, false)); },
       "person.contact_points[0].contact_point_id"},
      {"product of plus signs", [](R& r) { AccountOf(r).set_product(std::string(4'000'000, '+')); },
       "account.product"},
      {"contact points",
       [](R& r) {
         for (int i = 0; i < 200'000; ++i) *PersonOf(r).add_contact_points() = PhoneOf(r);
       },
       "person.contact_points"},
  });
}

TEST(AdmitRecordTest, DaysPastDueAndTheAmount) {
  const struct {
    int days;
    int64_t amount;
    const char* field;
  } rows[] = {
      {0, 0, ""},
      {0, 100, ""},
      {1, 1, ""},
      {1, 0, "account.amount_due"},
      {10'000, 0, "account.amount_due"},
  };
  for (const auto& row : rows) {
    v1::AccountRecord record = Good();
    record.mutable_account()->set_days_past_due(row.days);
    record.mutable_account()->mutable_amount_due()->set_minor_units(row.amount);
    const auto problem = AdmitRecord(record, kNow);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field) << row.days;
  }
}

TEST(AdmitRecordTest, DaysPastDueAndTheDueDay) {
  const struct {
    int year, month, day, days;
    const char* field;
  } rows[] = {
      {2026, 11, 1, 26, ""},
      {2026, 11, 1, 5, ""},    // grace days, business days
      {2026, 11, 1, 392, ""},  // counted anew when it was re-aged
      {2026, 11, 1, 393, "account.days_past_due"},
      {2026, 12, 1, 0, ""},  // due next
      {2026, 11, 27, 1, ""},
      {2026, 11, 28, 1, "account.due_date"},
      {2027, 11, 28, 30, "account.due_date"},
      {2020, 1, 1, 0, ""},
      {2028, 1, 1, 0, ""},  // 400 days ahead
      {2028, 1, 2, 0, "account.due_date"},
      {2199, 1, 1, 0, "account.due_date"},
  };
  for (const auto& row : rows) {
    v1::AccountRecord record = Good();
    auto& due = *record.mutable_account()->mutable_due_date();
    due.set_year(row.year);
    due.set_month(row.month);
    due.set_day(row.day);
    record.mutable_account()->set_days_past_due(row.days);
    const auto problem = AdmitRecord(record, kNow);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field) << row.days;
  }
}

// Typed in two ways, it is one record: what is stored, shown and compared.
TEST(AdmitRecordTest, TextsComeIntoOneForm) {
  const auto typed = [](const char* given, const char* city, const char* product) {
    v1::AccountRecord record = Good();
    PersonOf(record).set_given_name(given);
    PersonOf(record).mutable_address()->set_country("JP");
    PersonOf(record).mutable_address()->set_city(city);
    AccountOf(record).set_product(product);
    EXPECT_FALSE(AdmitRecord(record, kNow).has_value());
    return record.SerializeAsString();
  };
  EXPECT_EQ(typed("Jos\u00e9", "が", "gold"), typed(" Jose\u0301", "か\u3099\u3000", "gold "));
  EXPECT_NE(typed("Jos\u00e9", "が", "gold"), typed("Jose", "が", "gold"));
}

}  // namespace
}  // namespace switchboard::ingest
