#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_name.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::cli {
namespace {

CLI::Option* AddExpect(CLI::App& command, std::string& file) {
  return command
      .add_option(
          "--expect", file,
          "heads noted before, as 'audit heads --json' writes them, 'backup' beside its file "
          "or the hub into its log (audit_heads)")
      ->type_name("FILE");
}

void AddVerify(CommandTree& audit) {
  auto arguments = std::make_shared<AuditVerifyArguments>();
  CLI::App& verify = audit.Online(
      "verify",
      "Reads every chain and recomputes every hash, and the tree over all of them that checkpoints "
      "sign. Fails when one does not fit, or when a head or a checkpoint noted before is not where "
      "it was: the log was put back, cut, computed anew or forked. What a restore from an older "
      "backup lost is told apart. Then holds the rows of all tables against what the log says of "
      "them, while the hub works on: a row that was altered, added, removed or put back is named.",
      "audit verify\naudit verify --json audit.json\n"
      "audit verify --checkpoint /mnt/worm/checkpoints --key log.key\n"
      "audit verify --checkpoint monday.checkpoint --expect heads.json\n"
      "audit verify --log-only",
      [arguments](Session& session) { return AuditVerify(session, *arguments); });
  verify
      .add_option("--checkpoint", arguments->checkpoints,
                  "a checkpoint noted before, or a folder of them; may be given again")
      ->type_name("FILE|FOLDER");
  verify
      .add_option("--key", arguments->key_file,
                  "the log's key as it was noted, a line (default: the one that the hub names)")
      ->type_name("FILE");
  AddExpect(verify, arguments->expected);
  CLI::Option* log_only = verify.add_flag("--log-only", arguments->log_only,
                                          "the log, and not the rows that it vouches for");
  verify
      .add_option("--memory", arguments->memory_mib,
                  "for what the log says of rows, 24 bytes a row; where it is not enough, the log "
                  "is read again (default: 256)")
      ->type_name("MIB")
      ->check(CLI::Range(1, 65'536))
      ->excludes(log_only);
}

void AddShow(CommandTree& audit) {
  auto arguments = std::make_shared<AuditShowArguments>();
  CLI::App& show =
      audit.Online("show", "Shows events, oldest first, of entries that verify.",
                   "audit show --limit 50\naudit show --kind PERMIT_GIVEN\n"
                   "audit show --account C-1041 --json events.json",
                   [arguments](Session& session) { return AuditShow(session, *arguments); });
  AddEnum(show, "--kind", arguments->kind, v1::AuditEvent::Kind_descriptor(), "of this kind");
  show.add_option("--account", arguments->account_id, "of this account")->type_name("ID");
  show.add_option("--chain", arguments->chain_id, "of this chain")->type_name("ID");
  AddLimit(show, arguments->limit, "events");
}

// What AddProve offers to whom heads were noted.
void AddProveToHead(CLI::App& prove, CLI::App& what, AuditProveArguments& arguments) {
  CLI::Option* sequence = AddNumber(what, "--sequence", arguments.sequence, 1,
                                    "the entry, of which --event names an event");
  CLI::Option* event =
      AddNumber(prove, "--event", arguments.event, 0, "the event within the entry, from 0");
  sequence->needs(event);
  event->needs(sequence);
  prove.add_option("--chain", arguments.chain_id, "the entry's chain (default: the first one)")
      ->type_name("ID")
      ->needs(sequence);
  AddExpect(prove, arguments.expected)->needs(sequence);
}

void AddProve(CommandTree& audit) {
  auto of_event = std::make_shared<AuditProveEventArguments>();
  auto to_head = std::make_shared<AuditProveArguments>();
  CLI::App& prove = audit.Online(
      "prove",
      "Proves an event, named as 'audit show' prints it, to who has the log's key and a "
      "checkpoint, and neither the log nor the hub: switchboard-verify checks the file "
      "(c2sp.org/tlog-proof). "
      "With --sequence and --event instead: prints the path from the event to its entry's hash "
      "(RFC 6962), and with --expect the entries behind it up to the next noted head. Without, an "
      "entry that was forged whole is not found out.",
      "audit prove hub-1/512/3 --out stop.tlog-proof\n"
      "audit prove hub-1/512/3 --checkpoint monday.checkpoint --out stop.tlog-proof\n"
      "audit prove --sequence 12 --event 0 --expect heads.json",
      [of_event, to_head](Session& session) {
        return of_event->event.empty() ? AuditProve(session, *to_head)
                                       : AuditProveEvent(session, *of_event);
      });
  CLI::Option_group* what = prove.add_option_group("What");
  what->require_option(1);
  const auto problem_of = [](const std::string& text) -> std::string {
    if (ParseEventName(text).has_value()) return {};
    return "must be CHAIN/ENTRY/INDEX, as hub-1/512/3";
  };
  CLI::Option* event = what->add_option("EVENT", of_event->event, "the event: CHAIN/ENTRY/INDEX")
                           ->check(CLI::Validator(problem_of, ""));
  prove
      .add_option("--checkpoint", of_event->checkpoint,
                  "the checkpoint to lead to, as it was kept (default: the newest)")
      ->type_name("FILE")
      ->needs(event);
  prove.add_option("--out", of_event->out, "the proof goes to this file (default: printed)")
      ->type_name("FILE")
      ->needs(event);
  AddProveToHead(prove, *what, *to_head);
}

void AddCheckpoints(CommandTree& audit) {
  audit.Online(
      "key",
      "Prints the key that the log's checkpoints are signed by. Note it once, where nobody "
      "who runs the hub can write: checkpoints and proofs are believed from it alone.",
      "audit key\naudit key --json key.json", AuditKey);
  auto checkpoint = std::make_shared<AuditCheckpointArguments>();
  CLI::App& one = audit.Online(
      "checkpoint",
      "Prints a checkpoint as the hub signed it (c2sp.org/tlog-checkpoint): how many entries all "
      "chains have together, and the root of the tree over them.",
      "audit checkpoint\naudit checkpoint --size 1034 --out monday.checkpoint",
      [checkpoint](Session& session) { return AuditCheckpoint(session, *checkpoint); });
  AddNumber(one, "--size", checkpoint->size, 1, "of so many entries (default: the newest)");
  one.add_option("--out", checkpoint->out, "write it to this file as well")->type_name("FILE");
  audit.Online("checkpoints", "Lists all checkpoints, and how far the places are that keep them.",
               "audit checkpoints\naudit checkpoints --json checkpoints.json", AuditCheckpoints);
  auto arguments = std::make_shared<AuditConsistencyArguments>();
  CLI::App& consistency = audit.Online(
      "consistency",
      "Proves that one checkpoint continues another: all that the earlier one covers is in the "
      "later one, unaltered. The file is what a witness is sent (c2sp.org/tlog-witness); "
      "switchboard-verify checks it.",
      "audit consistency --old monday.checkpoint --out monday.proof\n"
      "audit consistency --old monday.checkpoint --new friday.checkpoint --out week.proof",
      [arguments](Session& session) { return AuditConsistency(session, *arguments); });
  consistency.add_option("--old", arguments->old_file, "the earlier checkpoint")
      ->required()
      ->type_name("FILE");
  consistency.add_option("--new", arguments->new_file, "the later one (default: the newest)")
      ->type_name("FILE");
  consistency.add_option("--out", arguments->out, "the proof goes to this file")
      ->required()
      ->type_name("FILE");
}

}  // namespace

void AddAudit(CommandTree& root) {
  CommandTree audit = root.Group("audit", "The audit log, recomputed here and not believed.",
                                 "audit verify\naudit heads --json heads.json\n"
                                 "audit verify --expect heads.json\n"
                                 "audit verify --checkpoint /mnt/worm/checkpoints\n"
                                 "audit show --kind PERMIT_GIVEN\n"
                                 "audit key\naudit checkpoint --out monday.checkpoint\n"
                                 "audit prove hub-1/512/3 --out stop.tlog-proof");
  audit.Online("heads",
               "Prints the newest entry of every chain. Keep what --json writes where the hub's "
               "administrators cannot reach it: 'audit verify --expect' finds out later whether "
               "anything up to there was altered or taken away.",
               "audit heads\naudit heads --json heads.json", AuditHeads);
  AddVerify(audit);
  AddShow(audit);
  AddProve(audit);
  AddCheckpoints(audit);
}

}  // namespace switchboard::cli
