#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

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
                                  UtcText(backup.start_time()), " UTC; keep ", backup.name(),
                                  ".heads.json elsewhere, for restore --expect")
                   : absl::StrCat("backup ", backup.name(), " FAILED: ", backup.problem());
  result.json = JsonOf(backup);
  return result;
}

}  // namespace switchboard::cli
