#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/hub.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard {

// A database that comes back from a backup is older than what others hold: vendors have
// acknowledged changes it does not know, the core has read outcomes that are not in it, and
// payments and stops that were acknowledged are missing (I5). So before a hub may serve it
//
// - every vendor's feed begins a new generation, and the vendor loads it anew;
// - the numbers of outcomes go on beyond what the core has read;
// - every vendor is stopped and its open permits are void, until an operator lets it go on: after
//   the core has posted its events and imported its accounts again since `newest_commit`, which is
//   repeat-safe;
// - nothing is erased, and no vendor ordered to delete, until an operator says so, for legal holds
//   and requests of persons that were placed since are missing;
// - hubs that still run on the database can write no more;
// - checkpoints of the audit log go on under another name, for it is another log: see
//   audit/log_signer.h.
//
// All of it is one commit, in the audit log as KIND_RESTORED with the end of every chain before it,
// so that heads noted after the backup are known to be lost. Again on the same database does no
// harm.

struct RestoreOptions {
  HubOptions hub;
  // Backup of a SQLite database, which takes the place of the hub's database; what was there stays
  // beside it. Empty: the database in place was restored by other means, as PostgreSQL's is.
  std::string from;
  // The largest outcome number that a core has read; 0 when none was.
  int64_t core_read_through = 0;
  // Heads that were noted no later than the backup was made, such as those written beside it, which
  // its audit log must hold. None: it is only seen to fit together, and its end may be missing.
  std::vector<v1::AuditHead> noted = {};
};

struct Restored {
  absl::Time newest_commit;          // what was acknowledged later is not in the database
  int64_t audit_entries = 0;         // recomputed, and unaltered
  std::vector<v1::AuditHead> heads;  // of the audit chains, with which it begins
  int64_t outcomes_after = 0;        // the next outcome gets a larger number
  std::vector<std::string> stopped;  // vendors
  std::string log_key;   // verifies the log's checkpoints from now on; its name is the log's
  std::string replaced;  // where the database that was there lies now; empty: there was none
};

// Blocks; `progress` is told in words what is going on. Errors: FAILED_PRECONDITION,
// DATABASE_IN_USE while a hub runs on the SQLite database; FAILED_PRECONDITION, KEY_FILE_MISSING;
// FAILED_PRECONDITION, RESTORE_ELSEWHERE for a backup file and PostgreSQL; DATA_LOSS, AUDIT_BROKEN
// when the audit log was altered, AUDIT_NOT_AS_NOTED when a noted head is not in it; those of
// CheckSqlite and Hub::Open. A failure leaves the database
// in place as it was.
absl::StatusOr<Restored> RestoreDatabase(const RestoreOptions& options, Clock& clock,
                                         const std::function<void(std::string_view)>& progress);

}  // namespace switchboard
