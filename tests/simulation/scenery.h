#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/retention/policy.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/config.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/outcome.pb.h"
#include "tests/simulation/options.h"

// What the parties of a run talk about: a few vendors with different contracts, and people who
// never were.

namespace switchboard::simulation {

inline constexpr const char* kVendors[] = {"asahi", "beni", "chidori"};

// How many ContractTerms.shape there are. The fourth shows all that the first one does, and more;
// the fifth shows nothing that the first one does not.
inline constexpr int kShapes = 5;

// Where the contracts of a run have proofs of means lie.
inline constexpr char kProofStore[] = "https://proofs.example/";

// What a contract of a run says.
struct ContractTerms {
  explicit ContractTerms(int of_shape = 0, bool is_capped = true)
      : shape(of_shape), capped(is_capped) {}

  int shape;                   // below kShapes: they differ in what they show
  bool capped;                 // one of the vendors takes a few assignments only
  std::string without;         // a work type that is left out: "CAMPAIGN"
  bool reminds = true;         // otherwise nobody may call to remind
  bool japanese_only = false;  // otherwise English too
  std::optional<absl::CivilDay> from, to;
};

// YAML of a vendor's contract. One of the vendors dials the number itself.
std::string ContractYaml(std::string_view vendor_id, const ContractTerms& terms);
// What all contracts of a vendor let it agree to; nothing of one that asks about every plan.
v1::Contract::PlanTerms PlanTermsOf(std::string_view vendor_id);
// To whom all of them let it hand work.
std::vector<std::string> ReceiversOf(std::string_view vendor_id);
// Id of the run's own rule pack, which is heard of everybody.
inline constexpr char kPackId[] = "sim";
// What a version of it says.
struct PackTerms {
  int version = 1;
  int contacts_a_day = 4;  // of a person …
  int talks = 2;           // … in three hours …
  int of_number = 2;       // … and to a number in a day
  bool voids_open_permits = false;
  std::optional<absl::CivilDay> from, to;  // in Tokyo
};
std::string PackYaml(Land land, const PackTerms& terms);
// YAML of all that are in force from the beginning, the run's own, with these terms, first.
std::vector<std::string> PackYamls(Land land, const PackTerms& terms);
// YAML of a routing plan over the vendors; `version` shifts the shares.
std::string PlanYaml(int version);

// What changes about an account and about a person.
struct AccountFacts {
  bool gold = true;
  bool good_grade = true;
  int amount = 10'000;
  int days_past_due = 0;
};
struct PersonFacts {
  std::string language = "ja";
  // Which number the mobile phone has: 0 and 1 are the person's own, 2 is shared with another, 3
  // with everybody.
  int number = 0;
  v1::ContactPoint::State mobile = v1::ContactPoint::STATE_UNSPECIFIED;
};
AccountFacts DrawAccountFacts(Dice& dice);
PersonFacts DrawPersonFacts(Dice& dice, bool one_number);

v1::Date DateOf(absl::CivilDay day);
// Divides what is promised into parts, from a day on, each so many days behind the one before.
// REQUIRES: at least one minor unit for each.
void Divide(int parts, absl::CivilDay first, int days_apart, v1::Outcome::Promise& promise);

// The record of account `account` owned by person `person`, without a sequence.
v1::AccountRecord MakeRecord(int account, int person, const AccountFacts& of_account,
                             const PersonFacts& of_person, Land land = Land::kOwnPack);
// Makes a record invalid.
void Spoil(Dice& dice, v1::AccountRecord& record);
// A record in a state drawn by the dice, at its person's first number. Some are invalid on purpose.
v1::AccountRecord DrawRecord(Dice& dice, int account, int person, int64_t sequence);
std::string AccountId(int account);
std::string PersonId(int person);

// What the hub makes of promises: what becomes of the work where a plan is broken differs from seed
// to seed.
v1::Config::PromisePolicy PromisePolicyOf(const Options& options);

// Leaves of a contract's masks none.
void MaskNothing(v1::Contract& contract);

// What the hub erases, and how soon, with days that last a minute: …
retention::Policy ShortMemory();
// … and where each person lives, and how long at least what ended must still be there, in
// microseconds.
std::string CountryOf(int person, Land land);
// Of which all numbers are.
std::string NumberCountryOf(Land land);
std::map<std::pair<int, std::string>, int64_t> KeepTimesUs();

// How long it knows that it knew an account, in microseconds.
int64_t RememberedUs();

// Raw values that no shape of the vendor's contract shows.
std::set<std::string> WithheldFrom(std::string_view vendor_id, const Options& options);

}  // namespace switchboard::simulation
