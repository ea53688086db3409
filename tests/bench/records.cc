#include "tests/bench/records.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/codes/call_code.h"

namespace switchboard::bench {
namespace {

using adapters::CallCode;

// 2026-11-02T09:00:00Z
constexpr int64_t kWorkBeginsSeconds = 1'793'610'000;

struct Name {
  const char* family;
  const char* given;
  const char* family_reading;
  const char* given_reading;
};
constexpr std::array<Name, 4> kNames = {{{"佐藤", "太郎", "サトウ", "タロウ"},
                                         {"鈴木", "花子", "スズキ", "ハナコ"},
                                         {"高橋", "一郎", "タカハシ", "イチロウ"},
                                         {"渡辺", "美咲", "ワタナベ", "ミサキ"}}};

// Scatters numbers (the finalizer of SplitMix64).
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

void SetDate(int year, int month, int day, v1::Date* date) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

void SetMoney(int64_t minor_units, v1::Money* money) {
  money->set_currency_code("JPY");
  money->set_minor_units(minor_units);
}

void AddPhone(const char* id, v1::ContactKind kind, std::string number, v1::Person* person) {
  auto* point = person->add_contact_points();
  point->set_contact_point_id(id);
  point->set_kind(kind);
  point->set_phone(std::move(number));
  point->set_state(v1::ContactPoint::STATE_GOOD);
}

// Eight digits, of nobody else: two who share a number share its permits. They begin with five or
// more and ids with zeros, so that no number stands in an id by chance.
int64_t Subscriber(int64_t number, int64_t odd) { return 50'000'000 + number * odd % 50'000'000; }

void FillPerson(int64_t number, v1::Person* person) {
  const uint64_t bits = Mix(static_cast<uint64_t>(number));
  const Name& name = kNames[bits % kNames.size()];
  person->Clear();
  person->set_person_id(absl::StrFormat("P-%010d", number));
  person->set_family_name(name.family);
  person->set_given_name(name.given);
  person->set_family_name_reading(name.family_reading);
  person->set_given_name_reading(name.given_reading);
  SetDate(1950 + static_cast<int>(bits % 50), 1 + static_cast<int>((bits >> 8) % 12),
          1 + static_cast<int>((bits >> 16) % 28), person->mutable_birth_date());
  person->set_language("ja-JP");
  auto* address = person->mutable_address();
  address->set_country("JP");
  address->set_postal_code("100-0005");
  address->set_region("東京都");
  address->set_city("千代田区");
  address->set_district("丸の内");
  address->set_street(
      absl::StrCat("1丁目", bits % 40, "番9号 サンプルマンション", bits % 2000, "号室"));
  AddPhone("mobile-1", v1::CONTACT_KIND_MOBILE, absl::StrCat("+8190", Subscriber(number, 7'919)),
           person);
  AddPhone("home-1", v1::CONTACT_KIND_HOME_PHONE, absl::StrCat("+813", Subscriber(number, 104'729)),
           person);
  auto* mail = person->add_contact_points();
  mail->set_contact_point_id("mail-1");
  mail->set_kind(v1::CONTACT_KIND_EMAIL);
  mail->set_email(absl::StrCat("user", bits % 100'000'000, "@mail.example.jp"));
}

}  // namespace

std::string VendorId(int vendor) { return absl::StrCat("v", vendor); }

std::string AccountId(int64_t number) { return absl::StrFormat("A-%010d", number); }

void FillAccount(int64_t number, v1::AccountRecord* record) {
  const uint64_t bits = Mix(static_cast<uint64_t>(number) + 7);
  record->set_sequence(number + 1);
  FillPerson(number, record->mutable_person());
  v1::Account* account = record->mutable_account();
  account->set_account_id(AccountId(number));
  account->set_person_id(record->person().person_id());
  account->set_product("gold-card-revolving");
  SetMoney(1'000 + number, account->mutable_amount_due());
  SetMoney(static_cast<int64_t>(bits % 900'000), account->mutable_balance());
  SetMoney(500'000, account->mutable_credit_limit());
  SetDate(2026, 10, 27, account->mutable_due_date());
  account->set_days_past_due(1 + static_cast<int>(bits % 30));
  account->set_grade(std::string(1, static_cast<char>('A' + bits % 4)));
  account->set_card_number(absl::StrFormat("4%015d", bits % 1'000'000'000'000'000));
  account->set_internal_reason(
      "Left message on last attempt; prefers evening calls after 18:00. Statement mailed on "
      "2026-11-05, second notice pending.");
}

int64_t AccountNumberOf(int64_t amount_due_minor_units) { return amount_due_minor_units - 1'000; }

void FillOutcome(int vendor, int64_t number, std::string_view assignment_id, v1::Outcome* outcome) {
  outcome->set_outcome_id(absl::StrFormat("outcome-%d-%012d", vendor, number));
  outcome->set_version(1);
  outcome->set_assignment_id(assignment_id.data(), assignment_id.size());
  *outcome->mutable_result() = ResultOf(CallCode::kPromiseToPay);
  outcome->mutable_start_time()->set_seconds(kWorkBeginsSeconds + number);
  outcome->mutable_end_time()->set_seconds(kWorkBeginsSeconds + number + 90);
  outcome->set_agent_reference("agent-0123456789abcdef");
  SetMoney(1'000 + number, outcome->mutable_promise()->mutable_amount());
  SetDate(2026, 12, 1, outcome->mutable_promise()->mutable_due_date());
  outcome->set_note(
      "Customer will pay at a convenience store by the end of the week; call back on Monday if "
      "nothing arrives");
}

std::string ContractYaml(int vendor) {
  return absl::StrCat("vendor_id: ", VendorId(vendor), R"(
display_name: Bench
languages: [ja]
work_types:
  - work_type: EARLY_COLLECTIONS
    acts: [REMIND, TAKE_PROMISE]
    term: 90d
    disclose:
      - {data_class: REFERENCE, show: TOKEN}
      - {data_class: NAME, show: CLEAR}
      - {data_class: KANA, show: CLEAR}
      - {data_class: BIRTH_DATE, show: PARTIAL, mask: YEAR}
      - {data_class: LANGUAGE, show: CLEAR}
      - {data_class: ADDRESS, show: PARTIAL, mask: CITY}
      - {data_class: PHONE, show: PARTIAL, mask: LAST_FOUR}
      - {data_class: EMAIL, show: PARTIAL, mask: DOMAIN}
      - {data_class: PRODUCT, show: CLEAR, values: [gold-card-revolving]}
      - {data_class: AMOUNT, show: CLEAR}
      - {data_class: CREDIT, show: BAND, band_ends: [100000, 1000000]}
      - {data_class: DELINQUENCY, show: CLEAR}
      - {data_class: CARD_NUMBER, show: PARTIAL, mask: CARD_LAST_FOUR}
permits: {lifetime: 10min, dial: NUMBER, per_hour: 10000000, unused_per_hour: 10000000,
          unused_per_account_day: 10000}
recalls: {pending_period: 3d, objection_extension: 7d}
)");
}

std::string RoutingPlanYaml() {
  std::string yaml =
      "plan_id: bench\nseed: 1\nsegments:\n  - name: all\n    work_type: EARLY_COLLECTIONS\n"
      "    shares:\n";
  for (int vendor = 0; vendor < kVendors; ++vendor)
    absl::StrAppend(&yaml, "      - {vendor_id: ", VendorId(vendor), ", percent: 25}\n");
  return yaml + "    stratify_by: [GRADE]\n";
}

std::string PlanOfManyYaml(int vendors) {
  std::string yaml = "plan_id: bench-many\nseed: 1\nsegments:\n";
  const std::string grades = "ABCD";
  for (size_t grade = 0; grade < grades.size(); ++grade) {
    absl::StrAppend(&yaml, "  - name: grade-", grades.substr(grade, 1),
                    "\n    work_type: EARLY_COLLECTIONS\n    when: {grades: [",
                    grades.substr(grade, 1), "]}\n    shares:\n");
    for (int vendor = static_cast<int>(grade); vendor < vendors; vendor += 4)
      absl::StrAppend(&yaml, "      - {vendor_id: ", VendorId(vendor), ", percent: ", 400 / vendors,
                      "}\n");
  }
  return yaml;
}

}  // namespace switchboard::bench
