#include "hub/ingest/record_check.h"

#include <algorithm>
#include <set>

namespace switchboard::ingest {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "ja", "zh-Hant", "en-US": letters and digits in parts of 1 to 8, the first of 2 or 3 letters (RFC
// 5646).
bool IsLanguageTag(std::string_view tag) {
  size_t part = 0;
  size_t parts = 0;
  for (size_t i = 0; i <= tag.size(); ++i) {
    if (i == tag.size() || tag[i] == '-') {
      const size_t length = i - part;
      if (parts == 0 ? (length < 2 || length > 3) : (length < 1 || length > 8)) return false;
      ++parts;
      part = i + 1;
      continue;
    }
    const bool letter = (tag[i] >= 'a' && tag[i] <= 'z') || (tag[i] >= 'A' && tag[i] <= 'Z');
    if (!letter && (parts == 0 || tag[i] < '0' || tag[i] > '9')) return false;
  }
  return tag.size() <= 35;
}

void CheckContactPoint(const v1::ContactPoint& point, const std::string& path, FieldCheck& check) {
  check.Id(point.contact_point_id(), path + ".contact_point_id");
  check.Enum(v1::ContactKind_IsValid(point.kind()), point.kind(), path + ".kind");
  check.Require(v1::ContactPoint::State_IsValid(point.state()), path + ".state",
                "must be one of the values this version knows");
  const bool email = point.kind() == v1::CONTACT_KIND_EMAIL;
  check.Require(email ? point.has_email() : point.has_phone(), path,
                "must hold an email if its kind is e-mail, else a phone");
  if (!check.ok()) return;
  if (email) {
    const std::string& address = point.email();
    check.Text(address, 3, 254, path + ".email");
    const size_t at = address.rfind('@');
    check.Require(at != std::string::npos && at > 0 && at + 1 < address.size(), path + ".email",
                  "must be an address of the form local@domain");
    return;
  }
  // E.164: up to fifteen digits behind the plus sign (ITU-T E.164 section 6).
  const std::string& phone = point.phone();
  check.Require(phone.size() >= 5 && phone.size() <= 16 && phone[0] == '+' && phone[1] != '0' &&
                    AllDigits(std::string_view(phone).substr(1)),
                path + ".phone", "must be E.164: a plus sign and 4 to 15 digits");
}

void CheckAddress(const v1::Address& address, FieldCheck& check) {
  const std::string& country = address.country();
  check.Require(country.size() == 2 && country[0] >= 'A' && country[0] <= 'Z' &&
                    country[1] >= 'A' && country[1] <= 'Z',
                "person.address.country", "must be an ISO 3166-1 alpha-2 code in upper case");
  check.Text(address.postal_code(), 0, 32, "person.address.postal_code");
  check.Text(address.region(), 0, 128, "person.address.region");
  check.Text(address.city(), 0, 128, "person.address.city");
  check.Text(address.district(), 0, 256, "person.address.district");
  check.Text(address.street(), 0, 512, "person.address.street");
}

void CheckPerson(const v1::Person& person, FieldCheck& check) {
  check.CoreId(person.person_id(), "person.person_id");
  check.Text(person.family_name(), 0, 100, "person.family_name");
  check.Text(person.given_name(), 1, 100, "person.given_name");
  check.Text(person.family_name_reading(), 0, 100, "person.family_name_reading");
  check.Text(person.given_name_reading(), 0, 100, "person.given_name_reading");
  if (person.has_birth_date()) check.Day(person.birth_date(), "person.birth_date");
  check.Require(IsLanguageTag(person.language()), "person.language",
                "must be a BCP 47 tag such as ja, zh-Hant or en-US");
  if (person.has_address()) CheckAddress(person.address(), check);
  check.Require(person.contact_points_size() <= 20, "person.contact_points", "must be at most 20");
  std::set<std::string_view> ids;
  for (int i = 0; check.ok() && i < person.contact_points_size(); ++i) {
    const std::string path = "person.contact_points[" + std::to_string(i) + "]";
    CheckContactPoint(person.contact_points(i), path, check);
    check.Require(ids.insert(person.contact_points(i).contact_point_id()).second,
                  path + ".contact_point_id", "must be unique within the person");
  }
}

void CheckAccount(const v1::AccountRecord& record, FieldCheck& check) {
  const v1::Account& account = record.account();
  check.CoreId(account.account_id(), "account.account_id");
  check.Require(account.person_id() == record.person().person_id(), "account.person_id",
                "must be the person_id of the person beside it");
  check.Text(account.product(), 1, 64, "account.product");
  check.Amount(account.balance(), -kMinorUnitsMax, "account.balance");
  check.Amount(account.amount_due(), 0, "account.amount_due");
  check.Amount(account.credit_limit(), 0, "account.credit_limit");
  check.Require(account.amount_due().currency_code() == account.balance().currency_code(),
                "account.amount_due.currency_code", "must be the currency of the balance");
  if (account.has_due_date()) check.Day(account.due_date(), "account.due_date");
  check.Require(account.days_past_due() >= 0 && account.days_past_due() <= 10'000,
                "account.days_past_due", "must be 0 to 10,000");
  check.Text(account.grade(), 0, 16, "account.grade");
  const std::string& card = account.card_number();
  check.Require(card.empty() || (card.size() >= 12 && card.size() <= 19 && AllDigits(card)),
                "account.card_number", "must be 12 to 19 digits, or empty");
  check.Text(account.internal_reason(), 0, 1000, "account.internal_reason");
}

}  // namespace

std::optional<FieldProblem> CheckRecord(const v1::AccountRecord& record) {
  FieldCheck check;
  check.Require(record.sequence() > 0, "sequence", "must be positive");
  check.Require(record.has_person(), "person", "must be set");
  check.Require(record.has_account(), "account", "must be set");
  if (check.ok()) CheckPerson(record.person(), check);
  if (check.ok()) CheckAccount(record, check);
  return check.problem();
}

}  // namespace switchboard::ingest
