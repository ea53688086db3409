#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::cli {
namespace {

void AddExpect(CLI::App& command, std::string& file) {
  command
      .add_option(
          "--expect", file,
          "heads noted before, as 'audit heads --json' writes them, 'backup' beside its file "
          "or the hub into its log (audit_heads)")
      ->type_name("FILE");
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

void AddProve(CommandTree& audit) {
  auto arguments = std::make_shared<AuditProveArguments>();
  CLI::App& prove = audit.Online(
      "prove",
      "Prints the path from one event to its entry's hash (RFC 6962), and checks it; with --expect "
      "also the entries behind it up to the next noted head. Without, an entry that was forged "
      "whole is not found out: the proof is worth as much as a log that verifies.",
      "audit prove --sequence 12 --event 0 --expect heads.json\n"
      "audit prove --chain hub-1 --sequence 12 --event 3 --expect heads.json --json proof.json",
      [arguments](Session& session) { return AuditProve(session, *arguments); });
  prove.add_option("--chain", arguments->chain_id, "the chain (default: the first one)")
      ->type_name("ID");
  AddNumber(prove, "--sequence", arguments->sequence, 1, "the entry, as 'audit show' prints it")
      ->required();
  AddNumber(prove, "--event", arguments->event, 0, "the event within it, from 0")->required();
  AddExpect(prove, arguments->expected);
}

}  // namespace

void AddAudit(CommandTree& root) {
  CommandTree audit = root.Group("audit", "The audit log, recomputed here and not believed.",
                                 "audit verify\naudit heads --json heads.json\n"
                                 "audit verify --expect heads.json\n"
                                 "audit show --kind PERMIT_GIVEN\n"
                                 "audit prove --sequence 12 --event 0 --expect heads.json");
  audit.Online("heads",
               "Prints the newest entry of every chain. Keep what --json writes where the hub's "
               "administrators cannot reach it: 'audit verify --expect' finds out later whether "
               "anything up to there was altered or taken away.",
               "audit heads\naudit heads --json heads.json", AuditHeads);
  auto expected = std::make_shared<std::string>();
  CLI::App& verify = audit.Online(
      "verify",
      "Reads every chain and recomputes every hash. Fails when one does not fit, or when a head "
      "noted before is not where it was; one that a restore from an older backup lost is told "
      "apart.",
      "audit verify\naudit verify --json audit.json\naudit verify --expect heads.json",
      [expected](Session& session) { return AuditVerify(session, *expected); });
  AddExpect(verify, *expected);
  AddShow(audit);
  AddProve(audit);
}

}  // namespace switchboard::cli
