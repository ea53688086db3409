#include "tests/simulation/simulation.h"

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/invariants/known_person.h"
#include "tests/simulation/core_party.h"
#include "tests/simulation/evidence.h"
#include "tests/simulation/operator_party.h"
#include "tests/simulation/privacy_party.h"
#include "tests/simulation/scenery.h"
#include "tests/simulation/vendor_party.h"
#include "tests/simulation/world.h"

namespace switchboard::simulation {
namespace {

constexpr int kRoundsMax = 400;  // of calm, before a run counts as stuck
// They take less than this.
constexpr absl::Duration kRestMax = absl::Minutes(20);
// What has ended is in an order sooner: hubs that died, and what is gathered, included.
constexpr absl::Duration kOrderedWithin = absl::Minutes(1);
constexpr int kWorkPerRoundMax = 20'000;

class Simulation {
 public:
  Simulation(const Options& options, const std::string& folder)
      : world_(options, folder), core_(world_), operator_(world_), privacy_(world_) {
    for (const char* vendor_id : kVendors) {
      vendors_.push_back(std::make_unique<VendorParty>(world_, vendor_id));
      world_.ledger.vendor_groups[vendor_id] = vendor_id;
      world_.ledger.withheld[vendor_id] = WithheldFrom(vendor_id, options);
      world_.ledger.two_persons[vendor_id] = {v1::DATA_CLASS_ADDRESS};
      world_.ledger.plan_terms[vendor_id] = PlanTermsOf(vendor_id);
      world_.ledger.takes_promises_in[vendor_id] = {v1::WORK_TYPE_EARLY_COLLECTIONS,
                                                    v1::WORK_TYPE_LATE_COLLECTIONS};
      world_.ledger.takes_none_in[vendor_id] = {v1::WORK_TYPE_CAMPAIGN};
    }
    if (world_.Forgets()) {
      world_.ledger.keeps_us = KeepTimesUs();
      world_.ledger.remembers_us = RememberedUs();
    }
    world_.ledger.pack_elsewhere = kPackId;
    world_.ledger.number_countries = {NumberCountryOf(world_.land)};
    world_.ledger.acts = {v1::ACT_REMIND};
    world_.ledger.channels = {v1::CHANNEL_PHONE, v1::CHANNEL_SMS, v1::CHANNEL_EMAIL};
    for (int person = 0; person < options.persons; ++person)
      world_.ledger.countries[PersonId(person)] = CountryOf(person, world_.land);
    world_.hub.on_death = [this] {
      contacts_forgotten_ = world_.Planted(Mistake::kCountsInMemory);
      for (auto& vendor : vendors_) vendor->HubIsGone();
      world_.network.HubIsGone();
    };
  }

  absl::StatusOr<Result> Run() {
    RETURN_IF_ERROR(world_.hub.Start());
    RETURN_IF_ERROR(operator_.SetUp());
    world_.hub.SetCalm(false);
    for (auto& vendor : vendors_) RETURN_IF_ERROR(vendor->Start());
    for (world_.step = 1; world_.step <= world_.options.steps; ++world_.step)
      RETURN_IF_ERROR(Step());
    RETURN_IF_ERROR(ComeToRest());
    RETURN_IF_ERROR(GatherEvidence(world_));
    RETURN_IF_ERROR(GatherPrivacyEvidence(world_));
    RETURN_IF_ERROR(CheckLogOfHub(world_));
    RETURN_IF_ERROR(ReadAllowed(world_));
    for (auto& vendor : vendors_) RETURN_IF_ERROR(Compare(*vendor));
    return Judge();
  }

 private:
  absl::Status Step() {
    if (std::exchange(contacts_forgotten_, false)) world_.hub.Corrupt("DELETE FROM contact");
    const int kind = world_.dice.Below(100);
    if (kind < 28) return world_.hub.Work();
    if (kind < 46) {
      for (int messages = 1 + world_.dice.Below(3); messages > 0; --messages)
        world_.network.DeliverOne();
      return absl::OkStatus();
    }
    if (kind < 56) {
      core_.Act();
      return absl::OkStatus();
    }
    if (kind < 91) return vendors_[world_.dice.Below(3)]->Act();
    if (kind < 94) {
      if (world_.dice.Chance(0.2)) {
        privacy_.Act();
      } else {
        operator_.Act();
      }
      return absl::OkStatus();
    }
    PassTime();
    return absl::OkStatus();
  }

  void PassTime() {
    // To the last minutes before other rules are heard, or what is due is not paid.
    const auto turn = world_.turns.upper_bound(world_.clock.Now() + absl::Minutes(3));
    if (turn != world_.turns.end() && world_.dice.Chance(0.12)) {
      world_.clock.Advance(*turn - absl::Seconds(world_.dice.Below(180)) - world_.clock.Now());
      return;
    }
    const absl::Duration spans[] = {absl::Milliseconds(30), absl::Seconds(1),  absl::Seconds(1),
                                    absl::Seconds(10),      absl::Seconds(10), absl::Minutes(1),
                                    absl::Minutes(3),       absl::Minutes(50), absl::Hours(26)};
    // The long ones rarely: they end every stream and what is placed.
    const int span = world_.dice.Below(world_.dice.Chance(0.1) ? 9 : 7);
    world_.clock.Advance(spans[span]);
  }

  // No faults and nothing new: everything that is under way must come to an end.
  absl::Status ComeToRest() {
    world_.calm = true;
    world_.network.Calm();
    world_.hub.SetCalm(true);
    RETURN_IF_ERROR(world_.hub.WorkAll());  // a full disk may wait in the queue still
    RETURN_IF_ERROR(operator_.ComeBack());
    LeaveMidnightBehind();
    for (int round = 0; round < kRoundsMax; ++round) {
      ++world_.step;
      world_.clock.Advance(absl::Seconds(2));
      RETURN_IF_ERROR(Round());
      RETURN_IF_ERROR(LookForContracts());
      ASSIGN_OR_RETURN(keys_change_, privacy_.KeysChange());
      if (AllQuiet() && ++quiet_rounds_ == 3) return absl::OkStatus();
      if (!AllQuiet()) quiet_rounds_ = 0;
    }
    world_.Accuse(keys_change_ ? "a change of keys did not come to an end"
                               : "the parties did not come to rest");
    return absl::OkStatus();
  }

  // What contracts say must not change while everything comes to rest.
  void LeaveMidnightBehind() {
    const absl::Time soon = world_.clock.Now() + kRestMax;
    if (absl::ToCivilDay(soon, absl::UTCTimeZone()) !=
        absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()))
      world_.clock.Advance(kRestMax);
  }

  // Anew in every round: what the operator sent before the calm may arrive in it and end a
  // contract.
  absl::Status LookForContracts() {
    has_contract_.clear();
    return world_.hub.hub().readers().Run([this](storage::Connection& reader) -> absl::Status {
      for (auto& vendor : vendors_) {
        ASSIGN_OR_RETURN(const auto contract, world_.hub.hub().contracts().FindAt(
                                                  reader, vendor->vendor_id(), world_.clock.Now()));
        if (contract != nullptr) has_contract_.insert(vendor->vendor_id());
      }
      return absl::OkStatus();
    });
  }

  absl::Status Round() {
    for (int i = 0; i < 30; ++i) {
      core_.Settle();
      for (auto& vendor : vendors_) {
        for (int turn = 0; turn < 6; ++turn) RETURN_IF_ERROR(vendor->Settle());
      }
      RETURN_IF_ERROR(world_.hub.WorkAll());
      for (int work = 0; work < kWorkPerRoundMax && world_.network.DeliverOne(); ++work) {
        RETURN_IF_ERROR(world_.hub.WorkAll());
        if (work > 30) break;
      }
    }
    return absl::OkStatus();
  }

  bool AllQuiet() {
    if (keys_change_ || !core_.Quiet()) return false;
    for (auto& vendor : vendors_) {
      if (!vendor->Quiet(has_contract_.contains(vendor->vendor_id()))) return false;
    }
    return true;
  }

  absl::Status Compare(VendorParty& vendor) {
    invariants::Feed feed;
    RETURN_IF_ERROR(vendor.Report(feed));
    RETURN_IF_ERROR(ReadFeedOfHub(world_, feed));
    world_.ledger.feeds.push_back(std::move(feed));
    return absl::OkStatus();
  }

  // Of everybody, whatever any record said.
  void LearnPersons() {
    for (const invariants::SentRecord& record : world_.ledger.records) {
      if (record.sent_at == INT64_MAX) continue;
      invariants::KnownPerson& known = world_.ledger.persons[record.person_id];
      invariants::Learn(record.content.person(), known);
      invariants::LearnPlace(record.content.person().address(), world_.ledger.rule_packs, known);
      // Numbers of Tokyo stand for its clock, whoever has them.
      if (world_.land != Land::kMassachusetts) known.more_zones.insert("Asia/Tokyo");
    }
  }

  Result Judge() {
    Result result;
    LearnPersons();
    world_.ledger.with_promise_terms = {"chidori"};
    world_.ledger.ordered_within_us = absl::ToInt64Microseconds(kOrderedWithin);
    world_.ledger.end_us = absl::ToUnixMicros(world_.clock.Now());
    world_.ledger.queue_length_max = world_.hub.queue_length_max();
    world_.ledger.queue_limit = static_cast<int64_t>(storage::WriterOptions().queue_max);
    for (auto& [name, violations] : invariants::CheckAll(world_.ledger)) {
      if (!violations.empty()) result.violated.emplace_back(name, std::move(violations));
    }
    if (!world_.log_findings.empty()) result.violated.emplace_back("I8 Log", world_.log_findings);
    if (!world_.accusations.empty()) result.violated.emplace_back("Answers", world_.accusations);
    result.ledger = std::move(world_.ledger);
    result.hub_deaths = world_.hub.deaths();
    result.overtaken = world_.overtaken;
    result.commits = world_.hub.groups();
    result.steps = world_.step;
    return result;
  }

  World world_;
  CoreParty core_;
  OperatorParty operator_;
  PrivacyParty privacy_;
  std::vector<std::unique_ptr<VendorParty>> vendors_;
  std::set<std::string> has_contract_;  // vendors, while all comes to rest
  bool contacts_forgotten_ = false;     // by a hub that died
  bool keys_change_ = false;            // while all comes to rest
  int quiet_rounds_ = 0;
};

}  // namespace

absl::StatusOr<Result> Run(const Options& options, const std::string& folder) {
  return Simulation(options, folder).Run();
}

RunFolder::RunFolder() {
  std::error_code none;
  const bool in_memory = std::filesystem::is_directory("/dev/shm", none);
  std::string pattern =
      (in_memory ? std::string("/dev/shm") : std::filesystem::temp_directory_path().string()) +
      "/switchboard-simulation-XXXXXX";
  SWITCHBOARD_ASSERT(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string RunFolder::Fresh() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path_, ignored)) {
    std::filesystem::remove_all(entry.path(), ignored);
  }
  return path_;
}

}  // namespace switchboard::simulation
