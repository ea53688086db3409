#include "tests/crash_campaign/round.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/monotonic.h"
#include "hub/base/error.h"
#include "tests/crash_campaign/core_load.h"
#include "tests/crash_campaign/core_record.h"
#include "tests/crash_campaign/evidence.h"
#include "tests/simulation/scenery.h"

namespace switchboard::crash {
namespace {

using demo::MonotonicNanos;

constexpr int64_t kStartNanosMax = 180'000'000'000;
// Between the moment a victim serves again and the next kill, up to so long.
constexpr int kMillisecondsOfPeace = 400;
// A start takes about so long, in which it may be killed too.
constexpr int kMillisecondsOfStart = 60;

}  // namespace

bool RoundResult::holds() const {
  const Count sum = SumOf(counts);
  return sum.lost == 0 && sum.doubled == 0 &&
         std::all_of(violations.begin(), violations.end(),
                     [](const auto& one) { return one.second.empty(); });
}

Round::Round(Stage& stage, const Options& options, demo::Progress& progress, Clock& clock)
    : stage_(stage), options_(options), progress_(progress), clock_(clock), dice_(options.seed) {}

absl::Status Round::Pause(int milliseconds) {
  if (!demo::WaitForStop(milliseconds)) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "INTERRUPTED", "interrupted");
}

absl::Status Round::WaitUntilServing(Victim& victim) {
  const int64_t start_ns = MonotonicNanos();
  while (true) {
    ASSIGN_OR_RETURN(const bool serving, victim.Serving());
    if (serving) break;
    if (MonotonicNanos() - start_ns > kStartNanosMax) {
      return Error(absl::StatusCode::kDeadlineExceeded, "NO_REST",
                   absl::StrCat(victim.name(), " does not serve"));
    }
    RETURN_IF_ERROR(Pause(1));
  }
  if (victim.name() == "hub") result_.starts_ns.push_back(MonotonicNanos() - start_ns);
  return absl::OkStatus();
}

absl::Status Round::StartAll() {
  victims_ = stage_.MakeServers();
  victims_.push_back(stage_.MakeHub());
  for (const auto& victim : victims_) {
    RETURN_IF_ERROR(victim->Begin());
    RETURN_IF_ERROR(WaitUntilServing(*victim));
  }
  RETURN_IF_ERROR(stage_.FixPort());
  vendors_from_ = victims_.size();
  for (const char* vendor_id : simulation::kVendors) {
    victims_.push_back(stage_.MakeVendor(vendor_id));
    RETURN_IF_ERROR(victims_.back()->Begin());
  }
  return absl::OkStatus();
}

int64_t Round::kills() const {
  int64_t sum = 0;
  for (const auto& [name, count] : result_.kills) sum += count;
  return sum;
}

void Round::Kill(Victim& victim) {
  victim.Kill();
  ++result_.kills[victim.name()];
}

// The hub, or the database behind it, every second time, else a vendor; now and then two at once,
// in the order in which they must start.
std::vector<Victim*> Round::DrawVictims() {
  const auto draw = [this] {
    const size_t vendors = victims_.size() - vendors_from_;
    const size_t place = dice_.Chance(0.5)
                             ? static_cast<size_t>(dice_.Below(static_cast<int64_t>(vendors_from_)))
                             : vendors_from_ + dice_.Below(static_cast<int64_t>(vendors));
    return place;
  };
  std::set<size_t> places = {draw()};
  if (kills() + 1 < options_.kills && dice_.Chance(0.1)) places.insert(draw());
  std::vector<Victim*> drawn;
  for (const size_t place : places) drawn.push_back(victims_[place].get());
  return drawn;
}

absl::Status Round::KillAndStart(const std::vector<Victim*>& victims) {
  for (Victim* victim : victims) Kill(*victim);
  for (Victim* victim : victims) RETURN_IF_ERROR(victim->Begin());
  if (kills() < options_.kills && dice_.Chance(0.15)) {
    Victim& victim = *victims.back();
    RETURN_IF_ERROR(Pause(dice_.Below(kMillisecondsOfStart)));
    RETURN_IF_ERROR(victim.Serving().status());
    Kill(victim);
    ++result_.kills_while_starting;
    RETURN_IF_ERROR(victim.Begin());
  }
  // A vendor serves only once the hub does.
  for (Victim* victim : victims) {
    if (victim->name() == "hub") RETURN_IF_ERROR(WaitUntilServing(*victim));
  }
  for (Victim* victim : victims) RETURN_IF_ERROR(WaitUntilServing(*victim));
  return absl::OkStatus();
}

absl::Status Round::KillUntilEnough() {
  while (kills() < options_.kills) {
    RETURN_IF_ERROR(Pause(dice_.Below(kMillisecondsOfPeace)));
    for (const auto& victim : victims_) RETURN_IF_ERROR(victim->Serving().status());
    RETURN_IF_ERROR(KillAndStart(DrawVictims()));
    progress_.Update(
        absl::StrCat("seed ", options_.seed, ": ", kills(), " of ", options_.kills, " kills"));
  }
  for (const auto& victim : victims_) RETURN_IF_ERROR(WaitUntilServing(*victim));
  return absl::OkStatus();
}

absl::Status Round::BringFaults(const CoreRecord& record) {
  for (const auto& victim : victims_) RETURN_IF_ERROR(WaitUntilServing(*victim));
  Faults faults(*stage_.cluster(), [&]() -> absl::StatusOr<int64_t> {
    for (const auto& victim : victims_) RETURN_IF_ERROR(victim->Serving().status());
    RETURN_IF_ERROR(Pause(1));
    return record.posts_answered();
  });
  while (kills() < options_.kills) {
    RETURN_IF_ERROR(Pause(kMillisecondsOfPeace));
    ASSIGN_OR_RETURN(const Fault fault,
                     faults.Bring(options_.seed - 1 + static_cast<uint64_t>(kills())));
    ++result_.kills[fault.name];
    progress_.Note(Told(fault));
    result_.faults.push_back(fault);
  }
  return absl::OkStatus();
}

absl::Status Round::BringTrouble(CoreRecord& record) {
  if (options_.instead_of_kills)
    return options_.instead_of_kills(victims_[vendors_from_ - 1]->pid());
  return stage_.cluster() == nullptr ? KillUntilEnough() : BringFaults(record);
}

absl::StatusOr<RoundResult> Round::Run() {
  RETURN_IF_ERROR(stage_.BeginRound(options_.seed));
  RETURN_IF_ERROR(StartAll());
  CoreRecord record(clock_);
  ASSIGN_OR_RETURN(auto core, CoreLoad::Start(stage_.hub_address(), stage_.TlsOf("core-main"),
                                              options_.seed, record, clock_));
  RETURN_IF_ERROR(BringTrouble(record));
  core->Finish();
  for (size_t i = vendors_from_; i < victims_.size(); ++i) RETURN_IF_ERROR(victims_[i]->End());
  ASSIGN_OR_RETURN(const auto there, core->CountAgain());
  invariants::Ledger ledger;
  RETURN_IF_ERROR(GatherEvidence(stage_, clock_, ledger));
  record.FillIn(ledger);
  ledger.through_afterwards = there.through;
  // A hub that ends in order waits for peers that are connected and say nothing.
  core.reset();
  RETURN_IF_ERROR(victims_[vendors_from_ - 1]->End());

  result_.counts = CountAll(record, ledger, there.outcomes);
  result_.audit_entries = static_cast<int64_t>(ledger.audit.size());
  result_.violations = invariants::CheckAll(ledger);
  invariants::Violations answers = record.complaints();
  const bool same =
      std::equal(there.outcomes.begin(), there.outcomes.end(), ledger.items_read.begin(),
                 ledger.items_read.end(), [](const auto& one, const auto& other) {
                   return one.SerializeAsString() == other.SerializeAsString();
                 });
  if (!same) answers.push_back("the outcomes are not those that the core has read");
  result_.violations.emplace_back("Answers", std::move(answers));
  return result_;
}

}  // namespace switchboard::crash
