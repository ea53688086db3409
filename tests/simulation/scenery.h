#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "hub/retention/policy.h"
#include "switchboard/v1/account.pb.h"
#include "tests/simulation/options.h"

// What the parties of a run talk about: a few vendors with different contracts, and people who
// never were.

namespace switchboard::simulation {

inline constexpr const char* kVendors[] = {"asahi", "beni", "chidori"};

// YAML of a vendor's contract. `shape` 0, 1, 2 … differ in what they show. `capped`: one of the
// vendors takes a few assignments only.
std::string ContractYaml(std::string_view vendor_id, int shape, bool capped = true);
// YAML of a routing plan over the vendors; `version` shifts the shares.
std::string PlanYaml(int version);
// Lifetime of the permits of every contract.
inline constexpr int64_t kPermitLifetimeUs = 120 * 1'000'000;

// A record of account `account` owned by person `person`, in a state drawn by the dice. Some are
// invalid on purpose.
v1::AccountRecord DrawRecord(Dice& dice, int account, int person, int64_t sequence);
std::string AccountId(int account);
std::string PersonId(int person);

// What the hub erases, and how soon, with days that last a minute: …
retention::Policy ShortMemory();
// … and where each person lives, and how long at least what ended must still be there, in
// microseconds.
std::string CountryOf(int person);
std::map<std::pair<int, std::string>, int64_t> KeepTimesUs();

// Raw values that no shape of the vendor's contract shows.
std::set<std::string> WithheldFrom(std::string_view vendor_id, int persons, int accounts);

}  // namespace switchboard::simulation
