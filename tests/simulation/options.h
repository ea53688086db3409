#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulation {

// Every choice of a run, drawn from one seed.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  uint64_t Bits() { return engine_(); }
  // 0 to count - 1. REQUIRES: count > 0.
  int Below(int64_t count) { return static_cast<int>(engine_() % static_cast<uint64_t>(count)); }
  bool Chance(double probability) {
    return static_cast<double>(engine_() >> 11) < probability * static_cast<double>(1ull << 53);
  }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(static_cast<int64_t>(from.size()))];
  }

 private:
  std::mt19937_64 engine_;
};

// What goes wrong, as probabilities. Each is asked where it could happen: once per message, per
// commit group, per batch stored or per step.
struct Faults {
  double request_lost = 0.03;     // per unary message under way; the caller hears UNAVAILABLE …
  double answer_lost = 0.03;      // … and so it does here, though the hub has done it
  double request_doubled = 0.05;  // the same bytes arrive twice
  double stream_cut = 0.01;       // per step
  double ack_swapped = 0.05;      // per ack: it overtakes the one before
  double ack_doubled = 0.05;
  double overtaking_lost = 0.05;  // per withdrawal that overtakes the feed …
  double overtaking_doubled = 0.05;
  double overtaking_late = 0.1;   // … the message behind it overtakes it
  double vendor_crash = 0.03;     // per batch stored: somewhere between two writes
  double vendor_restart = 0.004;  // per step
  double vendor_backup = 0.01;    // per step: copies its file …
  double vendor_restore = 0.003;  // … and goes back to the copy
  double vendor_loss = 0.003;     // its file is gone
  double zombie = 0.006;          // a process that was replaced goes on with its old stream
  double vendor_stall = 0.004;    // stops reading for a while
  double word_forged = 0.01;      // per order listed: somebody else confirms it
  double core_restart = 0.01;     // per read: it kept the outcomes and forgot that it had asked
  double hub_crash = 0.004;       // per step: between two statements of nothing in particular …
  double hub_crash_in_group = 0.01;  // … or inside a transaction
  double commit_fails = 0.01;        // per group: the disk is full
};

// Mistakes that the validators must find. Each is made outside the production code.
enum class Mistake {
  kNone,
  kCursorBeforeRows,     // the vendor stores the cursor first
  kAnswerBeforeCommit,   // the hub answers before it is durable
  kSkippedRow,           // the hub leaves a row out of a batch
  kNoFencing,            // the hub believes a stream that was replaced
  kSameGeneration,       // the hub goes on with a vendor that went back in time
  kPermitIgnoresStop,    // the hub forgets some stops when it gives permits
  kOutcomeCountedTwice,  // the core stores what it read apart from how far it read
  kRawIdShown,           // the hub shows the core's own id of an account
  kStaleImport,          // the core says that what it sends is true now, whenever it read it
  kPaymentForgotten,     // the hub takes any import for younger than a payment
  kAgeForgotten,         // the hub forgets as of when its data is true
  kNumberForgotten,      // the hub forgets which numbers are stopped
  kEndForgotten,         // the hub forgets that a contract was ended
  kWithdrawalUndone,     // an older row brings back what was withdrawn ahead of the feed
  kCountsInMemory,       // the hub forgets what it counted when it dies
  kServersZone,          // the hub reads times of day on a clock of its own
  kExpiredCounts,        // the hub counts permits whose time is up
  kCorrectionCounts,     // the hub counts a correction beside what it corrects
  kOldCodeMap,           // the hub reads codes by the first version of their map
  kOldPaymentKeeps,      // the hub keeps a promise by what was paid before it was made
  kPromiseStays,         // the hub does not find the promise that a correction takes back
  kPendingPlanBinds,     // the hub takes a plan that waits for one that binds
  kStaleRead,            // the hub writes an account by what it read before a younger record came
  kLooseMask,            // the hub masks nothing, whatever contracts say
  kOrderForgotten,       // the hub forgets work of which it has to order the deletion
  kForgedConfirmationTaken,  // the hub takes a confirmation that its vendor never signed
  kUnmaskedAlone,            // the hub takes a vendor's own word for that of an operator
  kHeldIsErased,             // the hub forgets legal holds
  kDisclosedAfterRecall,     // a page that was read before leaves the hub behind the end of work
  kResealForgetsATable,      // keys change, and a table is not sealed anew
  kOneWordReleases,          // the hub forgets who proposed a text
  kLoosenedNotShown,         // the hub forgets which rows show too little since more is shown
  kTightenedLate,            // a released contract decides later than it says
  kOldFileReturns,           // a hub that starts puts its files in force
  kUnboundWrite,             // somebody writes into the file of a hub that died
};

struct MistakeName {
  Mistake mistake;
  std::string_view name;
  std::string_view what;
  std::string_view found_by;  // the invariant that complains
};

inline constexpr MistakeName kMistakes[] = {
    {Mistake::kCursorBeforeRows, "cursor_before_rows", "the vendor stores the cursor first", "I10"},
    {Mistake::kAnswerBeforeCommit, "answer_before_commit", "the hub answers before it is durable",
     "I1"},
    {Mistake::kSkippedRow, "skipped_row", "the hub leaves a row out of a batch", "I10"},
    {Mistake::kNoFencing, "no_fencing", "the hub believes a stream that was replaced", "I10"},
    {Mistake::kSameGeneration, "same_generation_after_restore",
     "the hub goes on with a vendor that went back in time", "I10"},
    {Mistake::kPermitIgnoresStop, "permit_ignores_stop", "some stops are no reason to refuse",
     "I5"},
    {Mistake::kOutcomeCountedTwice, "outcome_counted_twice",
     "the core stores what it read apart from how far it read", "I2"},
    {Mistake::kRawIdShown, "raw_id_shown", "the hub shows the core's own id of an account", "I4"},
    {Mistake::kStaleImport, "stale_import",
     "the core says that what it sends is true now, whenever it read it", "I12"},
    {Mistake::kPaymentForgotten, "payment_forgotten",
     "the hub takes any import for younger than a payment", "I12"},
    {Mistake::kAgeForgotten, "age_forgotten", "the hub forgets as of when its data is true", "I12"},
    {Mistake::kNumberForgotten, "number_forgotten", "the hub forgets which numbers are stopped",
     "I5"},
    {Mistake::kEndForgotten, "end_forgotten", "the hub forgets that a contract was ended", "I5"},
    {Mistake::kWithdrawalUndone, "withdrawal_undone",
     "an older row brings back what was withdrawn ahead of the feed", "I10"},
    {Mistake::kCountsInMemory, "counts_in_memory", "the hub forgets what it counted when it dies",
     "I6"},
    {Mistake::kServersZone, "servers_zone", "the hub reads times of day on a clock of its own",
     "I6"},
    {Mistake::kExpiredCounts, "expired_counts", "the hub counts permits whose time is up", "I6"},
    {Mistake::kCorrectionCounts, "correction_counts",
     "the hub counts a correction beside what it corrects", "I6"},
    {Mistake::kOldCodeMap, "old_code_map", "codes are read by the first version of their map",
     "I2"},
    {Mistake::kOldPaymentKeeps, "old_payment_keeps",
     "a promise is kept by what was paid before it was made", "I3"},
    {Mistake::kPromiseStays, "promise_stays",
     "a correction does not find the promise that it takes back", "I3"},
    {Mistake::kPendingPlanBinds, "pending_plan_binds",
     "a plan that waits for head office takes the place of the promise that lives", "I3"},
    {Mistake::kStaleRead, "stale_read",
     "the hub writes an account by what it read before a younger record came", "I12"},
    {Mistake::kLooseMask, "loose_mask", "the hub masks nothing, whatever contracts say", "I4"},
    {Mistake::kOrderForgotten, "order_forgotten",
     "the hub forgets work of which it has to order the deletion", "I8 Deleted"},
    {Mistake::kForgedConfirmationTaken, "forged_confirmation_taken",
     "the hub takes a confirmation that its vendor never signed", "I8 Deleted"},
    {Mistake::kUnmaskedAlone, "unmasked_alone",
     "the hub takes a vendor's own word for that of an operator", "I4 Unmasked"},
    {Mistake::kHeldIsErased, "held_is_erased", "the hub forgets legal holds", "I8 Evident"},
    {Mistake::kDisclosedAfterRecall, "disclosed_after_recall",
     "a page that was read before leaves the hub behind the end of work", "I8 Told disclosures"},
    {Mistake::kResealForgetsATable, "reseal_forgets_a_table",
     "keys change, and a table is not sealed anew", "Answers"},
    {Mistake::kOneWordReleases, "one_word_releases", "the hub forgets who proposed a text",
     "I8 Released"},
    {Mistake::kLoosenedNotShown, "loosened_not_shown",
     "the hub forgets which rows show too little since more is shown", "I10"},
    {Mistake::kTightenedLate, "tightened_late", "a released contract decides later than it says",
     "I8 Released"},
    {Mistake::kOldFileReturns, "old_file_returns", "a hub that starts puts its files in force",
     "I8 Released"},
    {Mistake::kUnboundWrite, "unbound_write", "somebody writes into the file of a hub that died",
     "I8 Log"},
};

// Where the people of a run live, and which rule packs are there beside the run's own.
enum class Land {
  kBySeed,
  kOwnPack,        // in Japan and Taiwan, which no pack is of: the run's own is heard of all
  kJapan,          // the same people under the packs that are shipped for both
  kMassachusetts,  // all in Boston, under those of the United States and of Massachusetts
};

struct Options {
  uint64_t seed = 1;
  int steps = 600;
  int persons = 8;
  int accounts = 14;
  bool one_number = false;     // every mobile phone has the same number
  int contacts_of_number = 2;  // how many the run's own pack allows at a number in a day
  Land land = Land::kBySeed;
  Faults faults;
  Mistake mistake = Mistake::kNone;
};

// What a run is for decides: a mistake, or a number that all have, is looked for under few rules.
inline bool IsPlain(const Options& options) {
  return options.mistake == Mistake::kNone && !options.one_number;
}
inline Land LandOf(const Options& options) {
  if (options.land != Land::kBySeed) return options.land;
  if (!IsPlain(options)) return Land::kOwnPack;
  return options.seed % 8 == 3   ? Land::kJapan
         : options.seed % 8 == 6 ? Land::kMassachusetts
                                 : Land::kOwnPack;
}

// Options under which a mistake matters often: the faults that bring it to light are more frequent.
inline Options OptionsFor(Mistake mistake) {
  Options options;
  options.mistake = mistake;
  Faults& faults = options.faults;
  switch (mistake) {
    case Mistake::kCursorBeforeRows:
      faults.vendor_crash = 0.2;
      break;
    case Mistake::kNoFencing:
      faults.zombie = 0.03;
      break;
    case Mistake::kSameGeneration:
      faults.vendor_backup = 0.1;
      faults.vendor_restore = 0.05;
      break;
    case Mistake::kOutcomeCountedTwice:
      faults.core_restart = 0.2;
      break;
    case Mistake::kForgedConfirmationTaken:
      faults.word_forged = 0.5;
      break;
    case Mistake::kWithdrawalUndone:
      // What ended since a page was read leaves it, so that rows hardly ever follow withdrawals.
      faults.vendor_stall = 0.06;
      options.steps = 4'000;
      break;
    case Mistake::kLoosenedNotShown:
      // So that contracts change more often, and rows show it in the end.
      options.steps = 1'500;
      break;
    case Mistake::kOldFileReturns:
    case Mistake::kUnboundWrite:
      faults.hub_crash = 0.02;
      break;
    case Mistake::kCountsInMemory:
      // So that somebody is called often, and again after a death.
      faults.hub_crash = 0.01;
      options.persons = 3;
      options.steps = 1'500;
      break;
    case Mistake::kCorrectionCounts:
      options.persons = 3;
      options.steps = 1'500;
      break;
    case Mistake::kExpiredCounts:
    case Mistake::kNumberForgotten:
      // So that a number is met again under another person, whom no stop of its own protects.
      options.one_number = true;
      options.persons = 30;
      options.accounts = 40;
      options.steps = 1'500;
      if (mistake == Mistake::kNumberForgotten) {
        // Or the cap of the number would hold back whom the stop is to hold back.
        options.contacts_of_number = 1'000;
        options.steps = 4'000;
      }
      break;
    default:
      break;
  }
  return options;
}

}  // namespace switchboard::simulation
