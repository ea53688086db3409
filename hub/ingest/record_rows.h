#pragma once

#include <string>
#include <vector>

#include "hub/ingest/record_check.h"
#include "tests/testing.h"

// For tests of AdmitRecord: a good record, and tables of what is changed about it.

namespace switchboard::ingest {

// 2026-11-27T09:30:00Z
inline const absl::Time kNow = absl::FromUnixSeconds(1'795'771'800);

inline v1::AccountRecord Good() {
  v1::AccountRecord record;
  record.set_sequence(1);
  auto& person = *record.mutable_person();
  person.set_person_id("P-1");
  person.set_family_name("山田");
  person.set_given_name("太郎");
  person.set_language("ja");
  auto& mobile = *person.add_contact_points();
  mobile.set_contact_point_id("mobile");
  mobile.set_kind(v1::CONTACT_KIND_MOBILE);
  mobile.set_phone("+819012345678");
  auto& mail = *person.add_contact_points();
  mail.set_contact_point_id("mail");
  mail.set_kind(v1::CONTACT_KIND_EMAIL);
  mail.set_email("a@b.jp");
  auto& account = *record.mutable_account();
  account.set_account_id("A-1");
  account.set_person_id("P-1");
  account.set_product("gold");
  account.mutable_balance()->set_currency_code("JPY");
  account.mutable_amount_due()->set_currency_code("JPY");
  account.mutable_amount_due()->set_minor_units(12'000);
  account.mutable_credit_limit()->set_currency_code("JPY");
  return record;
}

struct Row {
  const char* what;
  void (*change)(v1::AccountRecord&);
  const char* field;  // "": still good
};

inline void CheckRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    v1::AccountRecord record = Good();
    row.change(record);
    const auto problem = AdmitRecord(record, kNow);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field);
    EXPECT_TRUE(!problem.has_value() || !problem->problem.empty());
  }
}

inline v1::Person& PersonOf(v1::AccountRecord& r) { return *r.mutable_person(); }
inline v1::Account& AccountOf(v1::AccountRecord& r) { return *r.mutable_account(); }
inline v1::ContactPoint& PhoneOf(v1::AccountRecord& r) {
  return *PersonOf(r).mutable_contact_points(0);
}
inline v1::ContactPoint& MailOf(v1::AccountRecord& r) {
  return *PersonOf(r).mutable_contact_points(1);
}
inline std::string Long(size_t bytes) { return std::string(bytes, 'x'); }
using R = v1::AccountRecord;

}  // namespace switchboard::ingest
