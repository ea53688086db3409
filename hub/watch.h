#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/executor.h"
#include "hub/hub.h"
#include "hub/identity/tls_directory.h"
#include "hub/telemetry/log.h"
#include "hub/telemetry/metrics.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

// What the daemon says of itself as time goes by, beside what happens in calls:
//
// - gauges from rows and files, every five seconds, on the executor's threads;
// - a line when the database goes and one when it is back (database_away, database_back), which
//   health checks are told too;
// - a line when the disk of the database runs low and one when it has room again (disk_low,
//   disk_has_room), and one when its reserve was given up (disk_reserve_given_up);
// - once a day, and at the start: the end of every audit chain (audit_heads, a line a chain), so
//   that whoever keeps the log keeps the heads, and a log whose tail was cut off does not verify
//   against them: `switchboard audit verify --expect` reads such lines. Forty with each look, so
//   that the log's limit on lines of one event leaves none out. The hash is hexadecimal, a colon
//   after each eight digits;
// - once an hour while it is so: a vendor that is refused permits because its contract's budget is
//   spent (permit_budget_spent): it works more than was agreed, or harvests numbers;
// - once a day while it is so: a vendor whose outcomes wait because their codes have no meaning in
//   its code map (outcomes_unmapped);
// - once a day while it is so: a vendor whose words about accounts that it has no more wait for
//   somebody at the issuer (stops_wait);
// - once an hour while it is so: requests of a vendor to see more of a person that wait for an
//   operator's word for more than a quarter of an hour (unmaskings_wait);
// - once an hour while it is so: a rotation of keys whose proof has waited for more than ten
//   minutes for transactions that were under way before (key_proof_waits);
// - once a day while it is so: a vendor that has not confirmed orders to delete though their time
//   is up (deletion_overdue);
// - once an hour while it is so: a vendor from which the guard on the wire withholds rows
//   (wire_withheld), as the contract does not grant what is in them: the hub's own mistake, or a
//   record's;
// - once a day while it is so: a place to which checkpoints cannot be brought
//   (checkpoint_undelivered), one that held a checkpoint which this log did not make
//   (checkpoint_conflict): another database goes under its name, or somebody wrote it; entries that
//   no checkpoint covers though it was time long ago (checkpoint_overdue);
// - once a day while it is so: a reader of the core feed that holds up erasure for more than a day,
//   or that there is none (erasure_held_up, core "[nobody]"), a certificate that ends within two
//   weeks (certificate_ends_soon).
//
// And once a minute it gives back memory that nobody holds any more (base/unused_memory.h).
class Watch {
 public:
  struct Parts {
    const v1::Config& config;
    Hub& hub;
    const identity::TlsDirectory& tls;
    Executor& executor;
    Clock& clock;
    Clock& true_clock;  // the same, but in a rehearsal; see HubOptions
    telemetry::Metrics& metrics;
    telemetry::Log& log;
    // Told when the database goes and when it is back, by the thread that ticks.
    std::function<void(bool reachable)> on_database;
  };

  // All parts outlive the watch; it outlives the executor's last task.
  explicit Watch(const Parts& parts) : parts_(parts) {}

  // Looks at everything now, so that the first scrape finds it. Blocks.
  void LookAtOnce();
  // Call about ten times a second. Does not block.
  void Tick();

 private:
  void LookAtDatabase();
  void LookAtDisk();
  void Look();
  void LookAtFiles(absl::Time now);
  void CountProposals(absl::Time now);
  void ReadHeads();
  void TellHeads();
  void TellHeldUpErasure(absl::Time now);
  void TellSpentBudgets(absl::Time now);
  void TellLateWords(absl::Time now);
  void TellUnmapped(absl::Time now);
  void TellUnmaskings(absl::Time now);
  void TellOverdueDeletions(absl::Time now);
  void TellWithheld(absl::Time now);
  void TellWaitingProof(absl::Time now);
  void TellCheckpoints(absl::Time now);
  void TellPlaces(const std::map<std::string, absl::Time>& waiting, absl::Time now);
  void TellCertificates(absl::Time now);

  const Parts parts_;
  bool reachable_ = true;                        // of the ticking thread
  bool disk_low_ = false;                        // of the ticking thread
  bool disk_reserve_ = false;                    // of the ticking thread
  absl::Time next_look_ = absl::InfinitePast();  // of the ticking thread
  std::atomic<bool> looking_{false};             // the rest is of whoever set it
  absl::Time next_return_ = absl::InfinitePast();
  absl::Time next_heads_ = absl::InfinitePast();
  std::vector<v1::AuditHead> heads_to_tell_;  // from the last
  absl::Time next_certificates_ = absl::InfinitePast();
  std::map<std::string, absl::Time> held_up_told_;   // by core and reader
  std::map<std::string, absl::Time> spent_told_;     // until when, by vendor
  std::map<std::string, absl::Time> words_told_;     // the same
  std::map<std::string, absl::Time> codes_told_;     // the same
  std::map<std::string, absl::Time> unmask_told_;    // the same
  std::map<std::string, absl::Time> overdue_told_;   // the same
  std::map<std::string, absl::Time> withheld_told_;  // the same
  absl::Time next_overdue_ = absl::InfinitePast();
  absl::Time next_proof_ = absl::InfinitePast();
  std::map<std::string, absl::Time> undelivered_told_;  // until when, by place
  std::map<std::string, absl::Time> conflicts_told_;    // the same
};

}  // namespace switchboard
