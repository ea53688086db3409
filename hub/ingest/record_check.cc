#include "hub/ingest/record_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "hub/base/id_text.h"
#include "hub/rules/wishes.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::ingest {
namespace {

// So many of a number's digits in a row are that number: a month, a version or a customer's number
// may share fewer with one at which somebody answers, and no core can mend that.
constexpr size_t kOwnDigits = 9;

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void AdmitCoreId(const std::string& id, const v1::Person& person, const char* field,
                 FieldCheck& check) {
  check.CoreId(id, field);
  if (!check.ok()) return;
  check.Require(!HoldsDigitsOf(id, person, kOwnDigits), field,
                "must not hold a number of the person's; logs and indexes keep ids");
  check.Require(!IsMadeOfMailboxOf(id, person), field,
                "must not hold the person's e-mail address; logs and indexes keep ids");
}

// A product's or a grade's code. Both go where their classes may, which a number of the person's
// may not.
void AdmitCode(std::string* code, size_t min, size_t max, const v1::Person& person,
               const char* field, FieldCheck& check) {
  check.Name(code, min, max, field);
  if (!check.ok()) return;
  check.Require(!HoldsDigitsOf(*code, person, kOwnDigits), field,
                "must not hold a number of the person's");
}

std::string PathOfContactPoint(int index, const std::string& owner = "person") {
  return owner + ".contact_points[" + std::to_string(index) + "]";
}

void AdmitContactPoint(v1::ContactPoint& point, const std::string& path, FieldCheck& check) {
  check.Enum(v1::ContactKind_IsValid(point.kind()), point.kind(), path + ".kind");
  check.Require(v1::ContactPoint::State_IsValid(point.state()), path + ".state",
                "must be one of the values this version knows");
  check.Require(point.kind() != v1::CONTACT_KIND_HOME_ADDRESS &&
                    point.kind() != v1::CONTACT_KIND_WORK_ADDRESS,
                path + ".kind", "must be a kind of phone or e-mail; an address stands in address");
  const bool email =
      point.kind() == v1::CONTACT_KIND_EMAIL || point.kind() == v1::CONTACT_KIND_WORK_EMAIL;
  check.Require(email ? point.has_email() : point.has_phone(), path,
                "must hold an email if its kind is e-mail, else a phone");
  if (!check.ok()) return;
  if (email) {
    check.Email(point.mutable_email(), path + ".email");
  } else {
    check.Phone(point.phone(), path + ".phone");
  }
}

void AdmitOtherParty(v1::Person& person, int index, std::set<std::string_view>& point_ids,
                     FieldCheck& check) {
  v1::OtherParty& party = *person.mutable_other_parties(index);
  const std::string path = "person.other_parties[" + std::to_string(index) + "]";
  check.ContactPointId(party.party_id(), person, path + ".party_id");
  for (int i = 0; i < index; ++i) {
    check.Require(person.other_parties(i).party_id() != party.party_id(), path + ".party_id",
                  "must be unique within the person");
  }
  check.Require(v1::Party_IsValid(party.party()) && party.party() > v1::PARTY_PERSON,
                path + ".party", "must be PROXY, RELATED or THIRD");
  check.Line(party.mutable_basis(), 1, 200, path + ".basis");
  check.Require(party.account_ids_size() <= 20, path + ".account_ids", "must be at most 20");
  for (const std::string& id : party.account_ids()) check.CoreId(id, path + ".account_ids");
  if (party.has_until()) check.Time(party.until(), path + ".until");
  check.Require(party.contact_points_size() <= 5, path + ".contact_points", "must be at most 5");
  for (int i = 0; check.ok() && i < party.contact_points_size(); ++i) {
    const std::string point = PathOfContactPoint(i, path);
    AdmitContactPoint(*party.mutable_contact_points(i), point, check);
    const std::string& id = party.contact_points(i).contact_point_id();
    if (check.ok()) check.ContactPointId(id, person, point + ".contact_point_id");
    check.Require(point_ids.insert(id).second, point + ".contact_point_id",
                  "must be unique among all of the person's");
  }
}

// What the person said about being contacted, and where the person is.
void AdmitWhatWasSaid(v1::Person& person, FieldCheck& check) {
  check.Require(person.time_zones_size() <= 8, "person.time_zones", "must be at most 8");
  for (int i = 0; check.ok() && i < person.time_zones_size(); ++i) {
    check.Require(rules::FindZone(person.time_zones(i)).has_value(),
                  "person.time_zones[" + std::to_string(i) + "]",
                  "must be a zone of the IANA database, as Asia/Tokyo");
  }
  check.Require(person.wishes_size() <= 50, "person.wishes", "must be at most 50");
  for (int i = 0; check.ok() && i < person.wishes_size(); ++i) {
    const std::string path = "person.wishes[" + std::to_string(i) + "]";
    rules::CheckWish(person.wishes(i), path, check);
    if (!person.wishes(i).contact_point().empty())
      check.Id(person.wishes(i).contact_point(), path + ".contact_point");
  }
  check.Require(person.consents_size() <= 50, "person.consents", "must be at most 50");
  for (int i = 0; check.ok() && i < person.consents_size(); ++i) {
    v1::Consent& consent = *person.mutable_consents(i);
    const std::string path = "person.consents[" + std::to_string(i) + "]";
    rules::CheckConsent(consent, path, check);
    if (!consent.party_id().empty()) check.Id(consent.party_id(), path + ".party_id");
    if (!consent.contact_point().empty())
      check.Id(consent.contact_point(), path + ".contact_point");
    if (!consent.collector().empty()) check.Label(consent.collector(), 1, 32, path + ".collector");
    if (!consent.account().empty()) check.CoreId(consent.account(), path + ".account");
    check.Line(consent.mutable_how(), 0, 100, path + ".how");
  }
  check.Require(person.other_parties_size() <= 20, "person.other_parties", "must be at most 20");
}

void AdmitContactPoints(v1::Person& person, FieldCheck& check) {
  check.Require(person.contact_points_size() <= 20, "person.contact_points", "must be at most 20");
  for (int i = 0; check.ok() && i < person.contact_points_size(); ++i) {
    AdmitContactPoint(*person.mutable_contact_points(i), PathOfContactPoint(i), check);
  }
  std::set<std::string_view> ids;
  for (int i = 0; check.ok() && i < person.contact_points_size(); ++i) {
    const std::string& id = person.contact_points(i).contact_point_id();
    const std::string field = PathOfContactPoint(i) + ".contact_point_id";
    check.ContactPointId(id, person, field);
    check.Require(ids.insert(id).second, field, "must be unique within the person");
  }
  for (int i = 0; check.ok() && i < person.other_parties_size(); ++i)
    AdmitOtherParty(person, i, ids, check);
}

void AdmitAddress(v1::Address& address, FieldCheck& check) {
  check.Country(address.country(), "person.address.country");
  check.Line(address.mutable_postal_code(), 0, 32, "person.address.postal_code");
  check.Line(address.mutable_region(), 0, 128, "person.address.region");
  check.Line(address.mutable_city(), 0, 128, "person.address.city");
  check.Line(address.mutable_district(), 0, 256, "person.address.district");
  check.Paragraphs(address.mutable_street(), 0, 512, "person.address.street");
}

void AdmitPerson(v1::Person& person, absl::Time now, FieldCheck& check) {
  check.Name(person.mutable_family_name(), 0, 100, "person.family_name");
  check.Name(person.mutable_given_name(), 1, 100, "person.given_name");
  check.Name(person.mutable_family_name_reading(), 0, 100, "person.family_name_reading");
  check.Name(person.mutable_given_name_reading(), 0, 100, "person.given_name_reading");
  if (person.has_birth_date()) check.PastDay(person.birth_date(), now, "person.birth_date");
  check.Language(person.language(), "person.language");
  if (person.has_address()) AdmitAddress(*person.mutable_address(), check);
  AdmitWhatWasSaid(person, check);
  // Ids are held against names and contact points last, when these are no longer than they may be.
  AdmitContactPoints(person, check);
  if (check.ok()) AdmitCoreId(person.person_id(), person, "person.person_id", check);
}

// The due day and the days past it must be able to be true together. Counts differ by grace days,
// business days and the day of the count, so only what no way of counting gives is refused.
void CheckDelinquency(const v1::Account& account, absl::Time now, FieldCheck& check) {
  constexpr int64_t kSlackDays = 366;
  constexpr int64_t kDaysAheadMax = 400;
  check.Require(account.days_past_due() >= 0 && account.days_past_due() <= 10'000,
                "account.days_past_due", "must be 0 to 10,000");
  check.Require(account.days_past_due() == 0 || account.amount_due().minor_units() > 0,
                "account.amount_due", "must be above 0 when days_past_due is above 0");
  if (!account.has_due_date()) return;
  check.Day(account.due_date(), "account.due_date");
  if (!check.ok()) return;
  const v1::Date& due = account.due_date();
  const int64_t since = absl::ToCivilDay(now + absl::Hours(14), absl::UTCTimeZone()) -
                        absl::CivilDay(due.year(), due.month(), due.day());
  check.Require(since >= -kDaysAheadMax, "account.due_date", "must be at most 400 days ahead");
  if (account.days_past_due() == 0) return;
  check.Require(since >= 0, "account.due_date",
                "must not lie in the future when days_past_due is above 0");
  check.Require(account.days_past_due() <= since + kSlackDays, "account.days_past_due",
                "must not be more days than have passed since due_date");
}

void AdmitAmounts(const v1::Account& account, FieldCheck& check) {
  check.Amount(account.balance(), -kMinorUnitsMax, "account.balance");
  check.Amount(account.amount_due(), 0, "account.amount_due");
  check.Amount(account.credit_limit(), 0, "account.credit_limit");
  const std::string& currency = account.balance().currency_code();
  check.Require(account.amount_due().currency_code() == currency,
                "account.amount_due.currency_code", "must be the currency of the balance");
  check.Require(account.credit_limit().currency_code() == currency,
                "account.credit_limit.currency_code", "must be the currency of the balance");
}

void AdmitAccount(v1::AccountRecord& record, absl::Time now, FieldCheck& check) {
  v1::Account& account = *record.mutable_account();
  AdmitCoreId(account.account_id(), record.person(), "account.account_id", check);
  check.Require(account.person_id() == record.person().person_id(), "account.person_id",
                "must be the person_id of the person beside it");
  AdmitCode(account.mutable_product(), 1, 64, record.person(), "account.product", check);
  AdmitAmounts(account, check);
  CheckDelinquency(account, now, check);
  AdmitCode(account.mutable_grade(), 0, 16, record.person(), "account.grade", check);
  const std::string& card = account.card_number();
  check.Require(card.empty() || (card.size() >= 12 && card.size() <= 19 && AllDigits(card)),
                "account.card_number", "must be 12 to 19 digits, or empty");
  check.Paragraphs(account.mutable_internal_reason(), 0, 1000, "account.internal_reason");
  check.Require(v1::ProductKind_IsValid(account.product_kind()), "account.product_kind",
                "must be one of the values this version knows");
}

}  // namespace

std::optional<FieldProblem> AdmitRecord(v1::AccountRecord& record, absl::Time now) {
  FieldCheck check;
  check.Require(record.sequence() > 0, "sequence", "must be positive");
  check.Require(record.has_person(), "person", "must be set");
  check.Require(record.has_account(), "account", "must be set");
  if (check.ok()) AdmitPerson(*record.mutable_person(), now, check);
  if (check.ok()) AdmitAccount(record, now, check);
  return check.problem();
}

std::optional<FieldProblem> AdmitWords(v1::Person& person) {
  FieldCheck check;
  AdmitWhatWasSaid(person, check);
  AdmitContactPoints(person, check);
  return check.problem();
}

}  // namespace switchboard::ingest
