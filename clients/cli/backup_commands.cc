#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/config.h"
#include "hub/restore.h"
#include "hub/telemetry/process.h"
#include "nlohmann/json.hpp"

namespace switchboard::cli {
namespace {

constexpr absl::Duration kLookInterval = absl::Milliseconds(200);
constexpr int64_t kSmall = 10 << 20;

bool Running(const v1::Backup& backup) {
  return backup.state() == v1::Backup::STATE_COPYING ||
         backup.state() == v1::Backup::STATE_CHECKING;
}

std::string SizeText(int64_t bytes) {
  return bytes < kSmall ? absl::StrCat(WithCommas(bytes >> 10), " KiB")
                        : absl::StrCat(WithCommas(bytes >> 20), " MiB");
}

std::string NextSteps(const Restored& restored) {
  return absl::StrCat(
      "  1. start the hub\n"
      "  2. let the core import its accounts and post its payments and stops again since ",
      UtcText(restored.newest_commit),
      " UTC: what the hub\n"
      "     knows already is not done twice\n"
      "  3. switchboard vendor resume VENDOR, for each vendor; until then no permit is given\n");
}

}  // namespace

absl::StatusOr<Result> MakeBackup(Session& session, const std::string& name) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  v1::StartBackupRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto started, hub->Ask<v1::StartBackupResponse>(request));
  v1::Backup backup = started.backup();
  while (Running(backup)) {
    session.progress.Update(
        absl::StrCat(backup.state() == v1::Backup::STATE_CHECKING ? "checking " : "copied ",
                     SizeText(backup.bytes_done()), " of ", SizeText(backup.bytes_total())));
    session.wait(kLookInterval);
    ASSIGN_OR_RETURN(const auto seen, hub->Ask<v1::GetBackupResponse>(v1::GetBackupRequest()));
    if (seen.backup().name() != backup.name()) {
      return Error(absl::StatusCode::kAborted, "BACKUP_UNKNOWN",
                   "the hub has begun another backup; look into its folder for this one");
    }
    backup = seen.backup();
  }
  Result result;
  result.holds = backup.state() == v1::Backup::STATE_DONE;
  result.summary =
      result.holds ? absl::StrCat("backup ", backup.name(), ": ", SizeText(backup.bytes_total()),
                                  ", checked; it holds what was acknowledged before ",
                                  UtcText(backup.start_time()), " UTC")
                   : absl::StrCat("backup ", backup.name(), " FAILED: ", backup.problem());
  result.json = JsonOf(backup);
  return result;
}

absl::StatusOr<Result> RestoreBackup(Session& session, const RestoreArguments& arguments) {
  RETURN_IF_ERROR(telemetry::HardenProcess().status());
  ASSIGN_OR_RETURN(const v1::Config config, ReadConfig(arguments.config));
  RestoreOptions options;
  options.hub = StorageOfHub(config);
  options.from = arguments.from;
  options.core_read_through = arguments.core_read_through;
  ASSIGN_OR_RETURN(const Restored restored,
                   RestoreDatabase(options, session.clock,
                                   [&](std::string_view what) { session.progress.Update(what); }));
  Result result;
  result.text = absl::StrCat(
      "  audit log         ", WithCommas(restored.audit_entries),
      " entries recomputed: unaltered\n", "  holds             what was acknowledged until ",
      UtcText(restored.newest_commit), " UTC\n", "  outcomes          go on after ",
      WithCommas(restored.outcomes_after), "\n", "  vendors stopped   ",
      WithCommas(static_cast<int64_t>(restored.stopped.size())), ", each loads its feed anew\n");
  if (!restored.replaced.empty())
    absl::StrAppend(&result.text, "  the old database  ", restored.replaced, "\n");
  absl::StrAppend(&result.text, NextSteps(restored));
  result.summary = "restored; no permit is given until its vendor is let go on";
  result.json = nlohmann::json{{"newest_commit", UtcText(restored.newest_commit)},
                               {"audit_entries", restored.audit_entries},
                               {"outcomes_after", restored.outcomes_after},
                               {"vendors_stopped", restored.stopped},
                               {"replaced", restored.replaced}}
                    .dump();
  return result;
}

}  // namespace switchboard::cli
