#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::routing {

// What routing looks at. Nothing else about an account or its owner influences a placement.
struct AccountFacts {
  std::string account_id;
  std::string person_id;
  int32_t days_past_due = 0;  // 0 when current
  std::string currency_code;  // ISO 4217 of the amount due; empty: the core gave no amount due
  int64_t amount_due_minor_units = 0;  // never negative
  std::string product;
  std::string grade;     // empty: not graded
  std::string language;  // BCP 47; empty: not known, and then no vendor speaks it
  std::string country;   // ISO 3166-1 alpha-2
  std::string region;    // prefecture, province or state, as the core writes it
};

AccountFacts FactsOf(const v1::Person& person, const v1::Account& account);

// What routing must know of one vendor's contract.
struct VendorFacts {
  std::string vendor_id;
  std::string vendor_group;  // never empty when made by VendorFactsOf
  std::vector<std::string> languages;
  std::vector<v1::WorkType> work_types;
  int64_t live_assignments_max = 0;  // 0: no limit
};

// Dates of the contract are not looked at: pass contracts that are in force.
VendorFacts VendorFactsOf(const v1::Contract& contract);

// True when the language range covers the BCP 47 tag: "ja" covers "ja" and "ja-JP", not "jav". Case
// does not matter. An empty range or tag covers nothing and is covered by nothing. Basic filtering
// of RFC 4647, section 3.3.1, without the wildcard.
bool LanguageCovers(std::string_view range, std::string_view tag);

}  // namespace switchboard::routing
