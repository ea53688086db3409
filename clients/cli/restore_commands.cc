// A restore works on the database itself, without a hub.

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/audit_chains.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/audit/heads.h"
#include "hub/base/error.h"
#include "hub/config.h"
#include "hub/restore.h"
#include "hub/telemetry/process.h"

namespace switchboard::cli {
namespace {

std::string NextSteps(const Restored& restored) {
  return absl::StrCat(
      "  1. start the hub\n"
      "  2. let the core import its accounts and post its payments and stops again since ",
      UtcText(restored.newest_commit),
      " UTC: what the hub\n"
      "     knows already is not done twice\n"
      "  3. switchboard vendor resume VENDOR, for each vendor; until then no permit is given\n"
      "  4. place legal holds and requests of persons again that came after the backup, and then\n"
      "     switchboard retention resume; until then nothing is erased, and no vendor ordered to "
      "delete\n"
      "  5. switchboard audit heads --json FILE: heads and checkpoints noted after the backup are\n"
      "     lost with it; the log has another name from now on: note its key too\n");
}

std::string AuditText(const Restored& restored, size_t noted) {
  std::string text = absl::StrCat("  audit log         ", WithCommas(restored.audit_entries),
                                  " entries recomputed: unaltered");
  if (noted > 0) {
    absl::StrAppend(&text, "; ", Counted(static_cast<int64_t>(noted), "noted head"), " as noted\n");
  } else {
    absl::StrAppend(&text, " as far as they go; a missing end shows only with --expect\n");
  }
  for (const v1::AuditHead& head : restored.heads) {
    absl::StrAppend(&text, "  begins behind     chain ", head.chain_id(), ", entry ",
                    WithCommas(head.sequence()), ", ", Hex(head.hash()), "\n");
  }
  absl::StrAppend(&text, "  its key           ", restored.log_key, "\n");
  return text;
}

}  // namespace

absl::StatusOr<Result> RestoreBackup(Session& session, const RestoreArguments& arguments) {
  RETURN_IF_ERROR(telemetry::HardenProcess().status());
  ASSIGN_OR_RETURN(const v1::Config config, ReadConfig(arguments.config));
  RestoreOptions options;
  options.hub = StorageOfHub(config);
  options.from = arguments.from;
  options.core_read_through = arguments.core_read_through;
  ASSIGN_OR_RETURN(options.noted, NotedHeads(arguments.expected));
  ASSIGN_OR_RETURN(const Restored restored,
                   RestoreDatabase(options, session.clock,
                                   [&](std::string_view what) { session.progress.Update(what); }));
  Result result;
  result.text = absl::StrCat(
      AuditText(restored, options.noted.size()), "  holds             what was acknowledged until ",
      UtcText(restored.newest_commit), " UTC\n", "  outcomes          go on after ",
      WithCommas(restored.outcomes_after), "\n", "  vendors stopped   ",
      WithCommas(static_cast<int64_t>(restored.stopped.size())), ", each loads its feed anew\n");
  if (!restored.replaced.empty())
    absl::StrAppend(&result.text, "  the old database  ", restored.replaced, "\n");
  absl::StrAppend(&result.text, NextSteps(restored));
  result.summary = "restored; no permit is given until its vendor is let go on";
  const auto heads = nlohmann::json::parse(audit::JsonOfHeads(restored.heads));
  result.json = nlohmann::json{{"newest_commit", UtcText(restored.newest_commit)},
                               {"audit_entries", restored.audit_entries},
                               {"outcomes_after", restored.outcomes_after},
                               {"vendors_stopped", restored.stopped},
                               {"replaced", restored.replaced},
                               {"log_key", restored.log_key},
                               {"noted_heads", options.noted.size()},
                               {"heads", heads["heads"]}}
                    .dump();
  return result;
}

}  // namespace switchboard::cli
