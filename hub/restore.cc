#include "hub/restore.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/chain.h"
#include "hub/audit/heads.h"
#include "hub/audit/log_signer.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/core_feed/core_feed.h"
#include "hub/permits/operator_stops.h"
#include "hub/retention/pause.h"
#include "hub/stops/stops.h"
#include "hub/storage/membership.h"
#include "hub/storage/sqlite_copy.h"
#include "hub/storage/sqlite_lock.h"
#include "hub/upkeep/log_continuity.h"

namespace switchboard {
namespace {

using Progress = std::function<void(std::string_view)>;
using storage::Transaction;

constexpr char kActor[] = "hub";
constexpr int kEntriesPage = 1'000;

absl::Status CheckHeads(const audit::HeadCheck& heads) {
  std::vector<std::string> problems;
  for (const auto& problem : heads.Problems()) problems.push_back(problem.text);
  if (problems.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kDataLoss, "AUDIT_NOT_AS_NOTED", absl::StrJoin(problems, "\n"));
}

// Every chain, recomputed and held against noted heads; fills in what it finds.
absl::Status VerifyAudit(storage::Connection& reader, const std::vector<v1::AuditHead>& noted,
                         const Progress& progress, Restored& restored) {
  audit::HeadCheck heads(noted);
  ASSIGN_OR_RETURN(const auto chains, audit::ChainIds(reader));
  for (const std::string& chain : chains) {
    audit::ChainVerifier verifier;
    absl::Status status;
    for (int64_t before = -1; status.ok() && before != verifier.entries();) {
      before = verifier.entries();
      RETURN_IF_ERROR(
          audit::ReadEntries(reader, chain, before, kEntriesPage, [&](const v1::AuditEntry& entry) {
            status = verifier.Add(entry);
            heads.See(entry);
            restored.newest_commit =
                std::max(restored.newest_commit, absl::FromUnixMicros(entry.commit_time_us()));
            return status.ok();
          }));
      progress(absl::StrCat("audit chain ", chain, ": ", verifier.entries(), " entries verified"));
    }
    RETURN_IF_ERROR(status);
    restored.audit_entries += verifier.entries();
  }
  return CheckHeads(heads);
}

// What is checkpointed from here on is another log than what it was before.
absl::Status BeginLog(Transaction& transaction, const Hub& hub,
                      const std::vector<upkeep::CheckpointPlace>& places, Restored& restored) {
  // A hub that still runs signs nothing under the former name once this is committed.
  const storage::Key tree = book::AuditTreeKey();
  RETURN_IF_ERROR(transaction.Hold({&tree, 1}));
  ASSIGN_OR_RETURN(const int64_t generation,
                   upkeep::NextGeneration(transaction.connection(), hub.log(), places));
  restored.log_key = hub.log().KeyOf(generation).Text();
  return audit::LogSigner::Begin(transaction, generation);
}

// See the header.
absl::Status BeginAnew(Transaction& transaction, Hub& hub, IdMint& ids,
                       const RestoreOptions& options, Restored& restored) {
  restored.stopped.clear();
  RETURN_IF_ERROR(storage::EvictOtherHubs(transaction, hub.id()));
  // From here on no other hub may begin to write any.
  ASSIGN_OR_RETURN(restored.heads, audit::Heads(transaction.connection()));
  ASSIGN_OR_RETURN(const auto vendors, hub.contracts().Vendors(transaction.connection()));
  for (const std::string& vendor_id : vendors) {
    // Whoever is let go on again finds its work where it was.
    RETURN_IF_ERROR(permits::PlaceOperatorStop(transaction, kActor, ids,
                                               stops::StopSubject::Vendor(vendor_id),
                                               {.keep_work = true})
                        .status());
    RETURN_IF_ERROR(hub.feed().NewGeneration(transaction, vendor_id, kActor,
                                             v1::AuditEvent::GENERATION_REASON_RESTORED));
    restored.stopped.push_back(vendor_id);
  }
  ASSIGN_OR_RETURN(restored.outcomes_after,
                   core_feed::SkipThrough(transaction, options.core_read_through));
  RETURN_IF_ERROR(BeginLog(transaction, hub, options.hub.checkpoint_places, restored));
  RETURN_IF_ERROR(retention::Pause(transaction));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_RESTORED, kActor);
  event.set_count(restored.outcomes_after);
  auto& heads = *event.mutable_restored()->mutable_heads();
  heads.Assign(restored.heads.begin(), restored.heads.end());
  audit::Record(transaction, std::move(event));
  return hub.audit_log().SealRestore(transaction);
}

absl::Status RestoreInPlace(const RestoreOptions& options, Clock& true_clock,
                            const Progress& progress, Restored& restored) {
  HubClock clock(true_clock, options.hub.rehearsal);
  IdMint ids(clock);
  telemetry::Metrics metrics;
  ManualExecutor executor;
  HubOptions restoring = options.hub;
  restoring.restores = true;
  ASSIGN_OR_RETURN(const auto hub, Hub::Open(restoring, clock, ids, executor, metrics));
  RETURN_IF_ERROR(hub->readers().Run([&](storage::Connection& reader) {
    return VerifyAudit(reader, options.noted, progress, restored);
  }));
  absl::Status status = absl::InternalError("not run");
  hub->writer().Submit(
      storage::Urgency::kStop,
      [&](Transaction& transaction) {
        return BeginAnew(transaction, *hub, ids, options, restored);
      },
      [&](const absl::Status& done) { status = done; });
  while (hub->writer().RunGroup()) {
  }
  return status;
}

void RemoveDatabase(const std::string& path) {
  std::error_code ignored;
  for (const char* part : {"", "-wal", "-shm", ".lock"})
    std::filesystem::remove(path + part, ignored);
}

}  // namespace

absl::StatusOr<Restored> RestoreDatabase(const RestoreOptions& options, Clock& clock,
                                         const Progress& progress) {
  // A hub would make a new one, which opens nothing.
  std::error_code error;
  const std::string& key_file = options.hub.wrapping.key_file;
  if (!key_file.empty() && !std::filesystem::exists(key_file, error)) {
    if (error) {
      return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_MISSING",
                   "storage.key_file cannot be looked at: " + error.message());
    }
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_MISSING",
                 "storage.key_file is not there; put back the one that belongs to the database");
  }
  Restored restored;
  restored.newest_commit = absl::UnixEpoch();
  if (options.from.empty()) {
    RETURN_IF_ERROR(RestoreInPlace(options, clock, progress, restored));
    return restored;
  }
  const std::string& path = options.hub.storage.sqlite_path;
  if (path.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, "RESTORE_ELSEWHERE",
                 "the database is PostgreSQL's: restore it by its own means first, and then run "
                 "this without a backup file");
  }
  // Said before the copy, though it holds only later.
  RETURN_IF_ERROR(storage::SqliteLock::Take(path).status());
  auto tell = [&](std::string_view what) {
    return [&progress, what](int64_t done, int64_t total) {
      progress(absl::StrCat(absl::string_view(what.data(), what.size()), ": ", done >> 20, " of ",
                            total >> 20, " MiB"));
      return true;
    };
  };
  RETURN_IF_ERROR(storage::CheckSqlite(options.from, tell("reading the backup")));
  // Made ready beside the old one, so that no hub can start on a half restored database.
  RestoreOptions beside = options;
  beside.hub.storage.sqlite_path = path + ".restoring";
  RemoveDatabase(beside.hub.storage.sqlite_path);
  absl::Status status =
      storage::CopySqlite(options.from, storage::CopySource::kAtRest,
                          beside.hub.storage.sqlite_path, tell("copying the backup"));
  if (status.ok()) status = RestoreInPlace(beside, clock, progress, restored);
  // The lock beside it was taken, so it can be looked at.
  const bool there_was_one = std::filesystem::exists(path, error);
  const std::string suffix = absl::StrCat(
      ".before-", absl::FormatTime("%Y%m%dT%H%M%SZ", clock.Now(), absl::UTCTimeZone()));
  if (status.ok()) status = storage::ReplaceSqlite(path, beside.hub.storage.sqlite_path, suffix);
  RemoveDatabase(beside.hub.storage.sqlite_path);
  RETURN_IF_ERROR(status);
  if (there_was_one) restored.replaced = path + suffix;
  return restored;
}

}  // namespace switchboard
