// soak: the traffic of the crash campaign without its kills, and an attacker in each minute.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/demo/director/progress.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"
#include "hub/identity/development_certificates.h"
#include "tests/attacks/attack.h"
#include "tests/attacks/process_use.h"
#include "tests/crash_campaign/report.h"
#include "tests/crash_campaign/round.h"

namespace switchboard::attacks {
namespace {

constexpr char kFooter[] = R"(examples:
  tests/soak --engine sqlite --minutes 40
  tests/soak --engine postgres --minutes 40 --json soak.json)";
constexpr absl::Duration kMinute = absl::Minutes(1);
constexpr int kSampleMilliseconds = 1'000;
// How far what the hub holds at the end may lie from what it held once warm.
constexpr double kToleranceShare = 0.05;
// Minutes without an attack that are compared, by their median: a minute alone lies 4 % off.
constexpr size_t kQuietMinutes = 5;
// Full within a minute, so that what grows after it is something else.
constexpr int kSqliteCacheMib = 8;
// Streams over connections that are too old end soon.
constexpr char kMoreConfig[] = "limits: {stream_lifetime: 2min}\n";

struct Wishes {
  crash::Stage::Options stage;
  int minutes = 40;
  int warm_minutes = 20;
  uint64_t seed = 1;
  std::string json;
};

struct Minute {
  std::string attack;
  ProcessUse use;
};

bool IsNear(double begin, double end) {
  return end <= begin * (1 + kToleranceShare) && end >= begin * (1 - kToleranceShare);
}

template <typename Number>
Number Median(std::vector<Number> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[numbers.size() / 2];
}

// The minutes of one soak, in the round that carries them.
class Soak {
 public:
  Soak(const Wishes& wishes, crash::Stage& stage, demo::Progress& progress, Clock& clock)
      : wishes_(wishes), stage_(stage), progress_(progress), clock_(clock) {}

  absl::Status Run(pid_t hub) {
    identity::DevelopmentOptions options;
    options.directory = stage_.path() + "/tls";
    options.trust_domain = crash::kTrustDomain;
    options.peers.push_back({{identity::Peer::Role::kVendor, "mallory"}, {}});
    ASSIGN_OR_RETURN(const auto folders, identity::AddDevelopmentCertificates(options, clock_));
    const Attacker attacker{stage_.hub_address(), folders.front(), clock_};
    RETURN_IF_ERROR(Attacks(hub, attacker, wishes_.warm_minutes - static_cast<int>(kQuietMinutes)));
    ASSIGN_OR_RETURN(begin_, Quiet(hub));
    RETURN_IF_ERROR(Attacks(hub, attacker, wishes_.minutes));
    ASSIGN_OR_RETURN(end_, Quiet(hub));
    return absl::OkStatus();
  }

  bool MemoryHeld() const {
    return IsNear(static_cast<double>(begin_.resident_kib), static_cast<double>(end_.resident_kib));
  }
  bool DescriptorsHeld() const { return IsNear(begin_.descriptors, end_.descriptors); }

  const ProcessUse& begin() const { return begin_; }
  const ProcessUse& end() const { return end_; }
  const std::vector<Minute>& minutes() const { return minutes_; }

 private:
  absl::Status Attacks(pid_t hub, const Attacker& attacker, int minutes) {
    const std::vector<Attack> attacks = AllAttacks();
    for (int minute = 0; minute < minutes; ++minute) {
      const Attack& attack = attacks[static_cast<size_t>(minute) % attacks.size()];
      RETURN_IF_ERROR(Pass(hub, attack.name, [&] { attack.run(attacker); }));
    }
    return absl::OkStatus();
  }

  // What the hub held in the middle one of some minutes without an attack. What the last attack
  // left behind goes meanwhile; so does a connection that is too old to begin another call.
  absl::StatusOr<ProcessUse> Quiet(pid_t hub) {
    std::vector<int64_t> resident_kib;
    std::vector<int> descriptors;
    while (resident_kib.size() < kQuietMinutes) {
      RETURN_IF_ERROR(Pass(hub, "none", [] {}));
      resident_kib.push_back(minutes_.back().use.resident_kib);
      descriptors.push_back(minutes_.back().use.descriptors);
    }
    ProcessUse middle = minutes_.back().use;
    middle.resident_kib = Median(resident_kib);
    middle.descriptors = Median(descriptors);
    return middle;
  }

  template <typename Work>
  absl::Status Pass(pid_t hub, const std::string& attack, Work work) {
    const absl::Time begun = steady_.Now();
    work();
    ASSIGN_OR_RETURN(const ProcessUse use, LeastUse(hub, begun + kMinute));
    minutes_.push_back({attack, use});
    progress_.Note(absl::StrCat("minute ", minutes_.size(), ", ", attack, ": ",
                                use.resident_kib / 1024, " MiB, ", use.descriptors,
                                " descriptors, ", static_cast<int64_t>(use.cpu_seconds),
                                " s of CPU so far"));
    return absl::OkStatus();
  }

  // The least memory and descriptors that it used until then: what it works with at a moment goes
  // back once a minute, and what it holds stays. CPU as it was last.
  absl::StatusOr<ProcessUse> LeastUse(pid_t hub, absl::Time until) {
    ASSIGN_OR_RETURN(ProcessUse least, UseOf(hub));
    while (steady_.Now() < until) {
      if (demo::WaitForStop(kSampleMilliseconds))
        return Error(absl::StatusCode::kAborted, "INTERRUPTED", "interrupted");
      ASSIGN_OR_RETURN(const ProcessUse use, UseOf(hub));
      least.resident_kib = std::min(least.resident_kib, use.resident_kib);
      least.descriptors = std::min(least.descriptors, use.descriptors);
      least.cpu_seconds = use.cpu_seconds;
    }
    return least;
  }

  const Wishes& wishes_;
  crash::Stage& stage_;
  demo::Progress& progress_;
  Clock& clock_;
  SteadyClock steady_;
  std::vector<Minute> minutes_;
  ProcessUse begin_;
  ProcessUse end_;
};

nlohmann::json ToJson(const Wishes& wishes, const Soak& soak, const crash::RoundResult& round) {
  const crash::Count sum = crash::SumOf(round.counts);
  nlohmann::json json = {{"engine", wishes.stage.engine},
                         {"minutes", wishes.minutes},
                         {"acknowledged", sum.acknowledged},
                         {"lost", sum.lost},
                         {"doubled", sum.doubled}};
  for (const Minute& minute : soak.minutes()) {
    json["by_minute"].push_back({{"attack", minute.attack},
                                 {"resident_kib", minute.use.resident_kib},
                                 {"descriptors", minute.use.descriptors},
                                 {"cpu_seconds", minute.use.cpu_seconds}});
  }
  return json;
}

absl::StatusOr<bool> Run(const Wishes& wishes) {
  SystemClock clock;
  demo::Progress progress;
  ASSIGN_OR_RETURN(const auto stage, crash::Stage::Make(wishes.stage, clock));
  Soak soak(wishes, *stage, progress, clock);
  crash::Round::Options options;
  options.seed = wishes.seed;
  options.instead_of_kills = [&soak](pid_t hub) { return soak.Run(hub); };
  const auto round = crash::Round(*stage, options, progress, clock).Run();
  if (!round.ok() || !round->holds()) {
    stage->Keep();
    progress.Note(absl::StrCat("everything is left in ", stage->path()));
  }
  RETURN_IF_ERROR(round.status());
  for (const auto& [name, violations] : round->violations)
    for (const std::string& one : violations) std::printf("%s: %s\n", name.c_str(), one.c_str());
  const crash::Count sum = crash::SumOf(round->counts);
  const bool memory = soak.MemoryHeld();
  const bool descriptors = soak.DescriptorsHeld();
  std::printf(
      "%s, %d minutes: memory %ld to %ld MiB (%s), descriptors %d to %d (%s)\n"
      "%ld acknowledged, %ld lost, %ld doubled; invariants %s\n",
      wishes.stage.engine.c_str(), wishes.minutes,
      static_cast<long>(soak.begin().resident_kib / 1024),
      static_cast<long>(soak.end().resident_kib / 1024), memory ? "held" : "NOT HELD",
      soak.begin().descriptors, soak.end().descriptors, descriptors ? "held" : "NOT HELD",
      static_cast<long>(sum.acknowledged), static_cast<long>(sum.lost),
      static_cast<long>(sum.doubled), round->holds() ? "hold" : "DO NOT HOLD");
  if (!wishes.json.empty())
    RETURN_IF_ERROR(demo::ReplaceFile(wishes.json, ToJson(wishes, soak, *round).dump(2) + "\n"));
  return memory && descriptors && round->holds();
}

int Main(int argc, char** argv) {
  demo::BlockStopSignals();
  // Of the hub: what threads leave between pages that somebody holds is kept once per arena, free,
  // and would hide what the hub holds. Not its default: two arenas a core cost a fifth of its CPU.
  setenv("MALLOC_ARENA_MAX", "4", /*overwrite=*/0);
  Wishes wishes;
  wishes.stage.programs = crash::FolderOfThisProgram();
  wishes.stage.more_config = kMoreConfig;
  wishes.stage.sqlite_cache_mib = kSqliteCacheMib;
  CLI::App app(
      "Runs a hub, its vendors and a core under load for so many minutes, an attacker in each of "
      "them, and compares what the hub holds at the end with what it held once warm, and what was "
      "acknowledged with what is there.",
      "tests/soak");
  app.footer(kFooter);
  app.add_option("--engine", wishes.stage.engine, "storage engine of the hub")->required();
  app.add_option("--minutes", wishes.minutes, "how long, behind the minutes that warm it")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--warm-minutes", wishes.warm_minutes,
                 "how long it is warmed: attacks in turn, and five minutes without")
      ->check(CLI::Range(static_cast<int>(kQuietMinutes), 600))
      ->capture_default_str();
  app.add_option("--seed", wishes.seed, "draws what core and vendors do")->capture_default_str();
  app.add_option("--keep", wishes.stage.keep, "leave everything in this new folder");
  app.add_option("--json", wishes.json, "file for the result");
  CLI11_PARSE(app, argc, argv);
  const auto held = Run(wishes);
  if (!held.ok()) {
    std::fprintf(stderr, "soak: %s\n", std::string(held.status().message()).c_str());
    return 2;
  }
  return *held ? 0 : 1;
}

}  // namespace
}  // namespace switchboard::attacks

int main(int argc, char** argv) { return switchboard::attacks::Main(argc, argv); }
