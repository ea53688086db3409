#include "clients/demo/evidence/samples.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/demo/evidence/raw_values.h"
#include "clients/demo/evidence/work_folder.h"
#include "clients/text_table.h"
#include "hub/masking/masker.h"

namespace switchboard::demo {
namespace {

constexpr char kViewed[] = "sakura";

std::string Text(const v1::Money& money) {
  return absl::StrCat("NT$", WithCommas(money.minor_units() / 100));
}

std::string Text(const v1::AmountBand& band) {
  const std::string from = absl::StrCat("NT$", WithCommas(band.from_minor_units() / 100));
  if (!band.has_below_minor_units()) return from + " or more";
  return absl::StrCat(from, "–", WithCommas(band.below_minor_units() / 100));
}

std::string Text(const v1::Date& day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::string Text(const v1::Address& address) {
  std::vector<std::string> parts;
  for (const std::string* part : {&address.country(), &address.postal_code(), &address.region(),
                                  &address.city(), &address.district(), &address.street()}) {
    if (!part->empty()) parts.push_back(*part);
  }
  return absl::StrJoin(parts, " ");
}

std::string ShownMoney(bool exact, const v1::Money& money, bool banded,
                       const v1::AmountBand& band) {
  return exact ? Text(money) : banded ? Text(band) : "";
}

// The shown value of the contact point of this kind, of which everybody has one; the vendor knows
// it by a token.
std::string ShownPoint(const v1::Assignment& assignment, v1::ContactKind kind) {
  for (const auto& point : assignment.person().contact_points()) {
    if (point.kind() == kind) return point.value();
  }
  return "";
}

std::string Delinquency(const v1::MaskedAccount& account) {
  if (account.has_days_past_due()) return absl::StrCat(account.days_past_due(), " days");
  return account.bucket();
}

// Where nothing is shown the shown one is empty.
void AddAddress(const v1::Address& known, const v1::Address& shown, AddressAs how,
                std::vector<SampleField>* fields) {
  if (how == AddressAs::kOneLine) {
    fields->push_back({"address", Text(known), Text(shown)});
    return;
  }
  fields->push_back({"country", known.country(), shown.country()});
  fields->push_back({"postal", known.postal_code(), shown.postal_code()});
  fields->push_back({"region", known.region(), shown.region()});
  fields->push_back({"city", known.city(), shown.city()});
  fields->push_back({"district", known.district(), shown.district()});
  fields->push_back({"street", known.street(), shown.street()});
}

// The account of an assignment; empty: it was placed nowhere.
std::string AccountOf(const Evidence& evidence, const std::string& assignment_id) {
  const auto& placements = evidence.ledger.placements;
  const auto found = std::find_if(placements.begin(), placements.end(), [&](const auto& placed) {
    return placed.assignment_id() == assignment_id;
  });
  return found == placements.end() ? "" : found->account_id();
}

// The first by id that is not a campaign, if there is one: it has the most to compare.
const v1::Assignment* PickOne(const LeakScanResult& scan) {
  const v1::Assignment* picked = nullptr;
  for (const auto& [id, assignment] : scan.samples) {
    if (picked == nullptr) picked = &assignment;
    if (assignment.work_type() != v1::WORK_TYPE_CAMPAIGN) return &assignment;
  }
  return picked;
}

// What this contract shows of the account, in work of this kind or else of its first.
v1::Assignment MaskedBy(const v1::Contract& contract, v1::WorkType work_type,
                        const v1::AccountRecord& record, absl::Time now) {
  const bool has = TermsOf(contract, work_type) != nullptr;
  const masking::Masker masker(contract, has ? work_type : contract.work_types(0).work_type(),
                               "switchboard-demo-" + contract.vendor_id());
  v1::Assignment assignment;
  masker.Mask(record.person(), record.account(), now, &assignment);
  return assignment;
}

}  // namespace

std::vector<SampleField> Compare(const v1::AccountRecord& record, const v1::Assignment& shown,
                                 AddressAs address) {
  const v1::Person& person = record.person();
  const v1::Account& account = record.account();
  const v1::MaskedAccount& masked = shown.account();
  std::vector<SampleField> fields = {
      {"person id", person.person_id(), shown.person().person_token()},
      {"account id", account.account_id(), masked.account_token()},
      {"name", absl::StrCat(person.family_name(), " ", person.given_name()), shown.person().name()},
      {"reading", absl::StrCat(person.family_name_reading(), " ", person.given_name_reading()),
       shown.person().name_reading()},
      {"born", Text(person.birth_date()), shown.person().birth_date()},
      {"language", person.language(), shown.person().language()},
  };
  AddAddress(person.address(), shown.person().address(), address, &fields);
  for (const auto& point : person.contact_points()) {
    fields.push_back({point.contact_point_id(), point.has_phone() ? point.phone() : point.email(),
                      ShownPoint(shown, point.kind())});
  }
  fields.push_back({"product", account.product(), masked.product()});
  fields.push_back({"amount due", Text(account.amount_due()),
                    ShownMoney(masked.has_amount_due(), masked.amount_due(),
                               masked.has_amount_due_band(), masked.amount_due_band())});
  fields.push_back({"balance", Text(account.balance()),
                    ShownMoney(masked.has_balance(), masked.balance(), masked.has_balance_band(),
                               masked.balance_band())});
  fields.push_back({"limit", Text(account.credit_limit()),
                    ShownMoney(masked.has_credit_limit(), masked.credit_limit(),
                               masked.has_credit_limit_band(), masked.credit_limit_band())});
  fields.push_back({"grade", account.grade(), masked.grade()});
  fields.push_back(
      {"past due", absl::StrCat(account.days_past_due(), " days"), Delinquency(masked)});
  fields.push_back({"card", account.card_number(), masked.card_number()});
  fields.push_back({"internal", account.internal_reason(), ""});
  return fields;
}

std::vector<Sample> PickSamples(const Evidence& evidence, const Population& population) {
  std::vector<Sample> samples;
  for (const DemoVendor& vendor : DemoVendors()) {
    const v1::Assignment* picked = PickOne(evidence.vendors.at(vendor.id).scan);
    if (picked == nullptr) continue;
    const std::string account_id = AccountOf(evidence, picked->assignment_id());
    samples.push_back(
        {vendor.id, v1::WorkType_Name(picked->work_type()), account_id,
         Compare(population.Record(population.IndexOf(account_id)), *picked, AddressAs::kOneLine)});
  }
  return samples;
}

std::optional<Views> ViewsOfOne(const Evidence& evidence, const Population& population) {
  const v1::Assignment* picked = PickOne(evidence.vendors.at(kViewed).scan);
  if (picked == nullptr) return std::nullopt;
  Views views{kViewed,
              v1::WorkType_Name(picked->work_type()),
              AccountOf(evidence, picked->assignment_id()),
              {}};
  const v1::AccountRecord record = population.Record(population.IndexOf(views.account_id));
  const absl::Time now = absl::FromUnixMicros(evidence.ledger.end_us);
  for (const DemoVendor& vendor : DemoVendors()) {
    const v1::Assignment shown =
        vendor.id == kViewed
            ? *picked
            : MaskedBy(evidence.vendors.at(vendor.id).contract, picked->work_type(), record, now);
    const auto fields = Compare(record, shown, AddressAs::kParts);
    for (size_t i = 0; i < fields.size(); ++i) {
      if (views.fields.size() <= i) views.fields.push_back({fields[i].name, fields[i].core, {}});
      views.fields[i].shown.push_back(fields[i].vendor);
    }
  }
  return views;
}

}  // namespace switchboard::demo
