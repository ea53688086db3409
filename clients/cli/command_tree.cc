#include "clients/cli/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::cli {
namespace {

// Adds commands below one app.
class Tree {
 public:
  Tree(CLI::App& app, Session& session, Command& command)
      : app_(app), session_(session), command_(command) {}

  // A word that only groups commands. `examples`: one a line, without indentation.
  Tree Group(const std::string& name, const std::string& description, const std::string& examples) {
    CLI::App* group = app_.add_subcommand(name, description);
    group->require_subcommand(1);
    AddExamples(*group, examples);
    return Tree(*group, session_, command_);
  }

  // A command that needs no hub.
  CLI::App& Offline(const std::string& name, const std::string& description,
                    const std::string& examples, Command command) {
    CLI::App* leaf = app_.add_subcommand(name, description);
    leaf->add_option("--json", session_.json_file, "write the result to this file as JSON as well")
        ->type_name("FILE");
    AddExamples(*leaf, examples);
    leaf->callback(
        [this_command = &command_, command = std::move(command)] { *this_command = command; });
    return *leaf;
  }

  // A command that calls a hub.
  CLI::App& Online(const std::string& name, const std::string& description,
                   const std::string& examples, Command command) {
    CLI::App& leaf = Offline(name, description, examples, std::move(command));
    Connection& connection = session_.connection;
    leaf.add_option("--hub", connection.hubs,
                    "the hub's address; of several, with commas or given again, the first that "
                    "answers is used")
        ->envname("SWITCHBOARD_HUB")
        ->type_name("HOST:PORT[,HOST:PORT...]")
        ->delimiter(',')
        ->allow_extra_args(false)  // what follows the address is the command's
        ->required()
        ->group("Connection");
    leaf.add_option("--tls", connection.tls,
                    "folder with an operator's tls.crt, tls.key and ca.crt")
        ->envname("SWITCHBOARD_TLS")
        ->type_name("DIR")
        ->required()
        ->group("Connection");
    leaf.add_option_function<double>(
            "--timeout",
            [&connection](const double& seconds) { connection.timeout = absl::Seconds(seconds); },
            "how long a call may take (default 60)")
        ->check(CLI::Range(0.1, 3600.0))
        ->type_name("SECONDS")
        ->group("Connection");
    return leaf;
  }

 private:
  static void AddExamples(CLI::App& app, const std::string& examples) {
    std::string footer = "Examples:\n";
    size_t begin = 0;
    while (begin < examples.size()) {
      const size_t end = std::min(examples.find('\n', begin), examples.size());
      footer += "  switchboard " + examples.substr(begin, end - begin) + "\n";
      begin = end + 1;
    }
    app.footer(footer);
  }

  CLI::App& app_;
  Session& session_;
  Command& command_;
};

// An option that takes a name of an enum, in any case.
CLI::Option* AddEnum(CLI::App& app, const std::string& flag, std::string& value,
                     const google::protobuf::EnumDescriptor* type, const std::string& prefix,
                     const std::string& description) {
  return app.add_option(flag, value, description)
      ->transform(CLI::IsMember(EnumChoices(type, prefix), CLI::ignore_case))
      ->type_name("NAME");
}

void AddPeers(CLI::App& app, CertsArguments& arguments) {
  app.add_option("--dir", arguments.directory, "where the folders are made")
      ->required()
      ->type_name("DIR");
  app.add_option("--trust-domain", arguments.trust_domain, "SPIFFE trust domain of every peer")
      ->required()
      ->type_name("DOMAIN");
  app.add_option("--hub", arguments.hubs,
                 "a hub, with the host names and addresses it is reached by (default: loopback)")
      ->type_name("NAME[=HOST,IP...]");
  app.add_option("--core", arguments.cores, "an issuer's core")->type_name("NAME");
  app.add_option("--vendor", arguments.vendors, "vendors, by the ids of their contracts")
      ->type_name("NAME");
  app.add_option("--operator", arguments.operators, "operators")->type_name("NAME");
  app.add_option("--days", arguments.days, "validity (default 90)")
      ->check(CLI::Range(1, 3650))
      ->type_name("N");
  app.add_flag("--force", arguments.force, "replace what is there");
}

void AddCerts(Tree& root) {
  Tree certs = root.Group(
      "certs",
      "Certificates for development and tests. A production hub takes its own from the issuer's "
      "authority.",
      "certs init --dir certs --trust-domain issuer.example --hub one --core main --vendor sakura "
      "--operator ito\ncerts show certs");
  auto init = std::make_shared<CertsArguments>();
  AddPeers(certs.Offline("init", "Makes a new authority, and a folder for each peer.",
                         "certs init --dir certs --trust-domain issuer.example "
                         "--hub one=hub.issuer.example,10.0.0.7 --core main --vendor sakura jade "
                         "--operator ito\ncerts init --dir certs --trust-domain issuer.example "
                         "--hub one --days 7 --force",
                         [init](Session& session) { return CertsInit(session, *init); }),
           *init);
  auto add = std::make_shared<CertsArguments>();
  AddPeers(certs.Offline("add", "Adds peers to the authority there is; --force renews them.",
                         "certs add --dir certs --trust-domain issuer.example --vendor bright\n"
                         "certs add --dir certs --trust-domain issuer.example --hub one --force",
                         [add](Session& session) { return CertsAdd(session, *add); }),
           *add);
  auto directory = std::make_shared<std::string>();
  certs
      .Offline("show",
               "Shows subject, SPIFFE id and validity of what lies in a folder. Fails when one is "
               "not valid now.",
               "certs show certs\ncerts show certs/operator-ito",
               [directory](Session& session) { return CertsShow(session, *directory); })
      .add_option("DIR", *directory, "a peer's folder, or the one above")
      ->required();
}

void AddConnection(Tree& root) {
  Tree diagnose = root.Group("diagnose", "Finds out why something does not work.",
                             "diagnose tls --hub hub.issuer.example:8443 --tls certs/operator-ito");
  diagnose.Online("tls",
                  "Looks at our certificates, connects, shakes hands, and says in words what is "
                  "wrong. Works for any peer's folder.",
                  "diagnose tls --hub hub.issuer.example:8443 --tls certs/operator-ito\n"
                  "diagnose tls --hub 127.0.0.1:8443 --tls certs/vendor-sakura",
                  DiagnoseConnection);
  root.Online("health", "Asks each hub whether it serves.",
              "health --hub 127.0.0.1:8443 --tls certs/operator-ito\n"
              "health --hub hub-1.issuer.example:8443,hub-2.issuer.example:8443 "
              "--tls certs/operator-ito\nhealth",
              Health);
}

void AddStops(Tree& root) {
  Tree vendor = root.Group("vendor", "Vendors: numbers, and stopping one at once.",
                           "vendor list\nvendor stop sakura\nvendor resume sakura");
  vendor.Online("list",
                "Lists vendors with their feeds and numbers. 'behind' counts changes that "
                "the vendor has not acknowledged.",
                "vendor list\nvendor list --json vendors.json", VendorList);
  Tree work_type = root.Group("work-type", "Work types: stopping one at every vendor.",
                              "work-type stop CAMPAIGN\nwork-type resume CAMPAIGN");
  for (const bool stopped : {true, false}) {
    const std::string word = stopped ? "stop" : "resume";
    const std::string effect = stopped ? "No permit is given any more and open ones are void."
                                       : "Permits may be given again.";
    auto id = std::make_shared<std::string>();
    vendor
        .Online(word, effect, "vendor " + word + " sakura",
                [id, stopped](Session& session) { return StopVendor(session, *id, stopped); })
        .add_option("VENDOR", *id, "the vendor's id")
        ->required();
    auto type = std::make_shared<std::string>();
    AddEnum(work_type.Online(word, effect, "work-type " + word + " CAMPAIGN",
                             [type, stopped](Session& session) {
                               v1::WorkType value = v1::WORK_TYPE_UNSPECIFIED;
                               v1::WorkType_Parse("WORK_TYPE_" + *type, &value);
                               return StopWorkType(session, value, stopped);
                             }),
            "WORK_TYPE", *type, v1::WorkType_descriptor(), "WORK_TYPE_", "the work type")
        ->required();
  }
}

void AddRules(Tree& root) {
  Tree contract =
      root.Group("contract", "Contracts: what a vendor may see and do.",
                 "contract check contracts/*.yaml\ncontract apply contracts/sakura.yaml");
  auto files = std::make_shared<std::vector<std::string>>();
  contract
      .Offline("check", "Checks contract files without a hub; names file, line and field.",
               "contract check contracts/*.yaml",
               [files](Session& session) { return ContractCheck(session, *files); })
      .add_option("FILE", *files, "YAML files")
      ->required();
  auto file = std::make_shared<std::string>();
  contract
      .Online("apply", "Puts a contract in force. The same text again changes nothing.",
              "contract apply contracts/sakura.yaml",
              [file](Session& session) { return ContractApply(session, *file); })
      .add_option("FILE", *file, "a YAML file")
      ->required();

  Tree routing = root.Group(
      "routing", "Routing plans: which vendor works what.",
      "routing check plan.yaml\nrouting what-if --plan plan.yaml\nrouting apply plan.yaml");
  auto checked = std::make_shared<std::string>();
  routing
      .Offline("check", "Checks a plan as far as can be done without the vendors' contracts.",
               "routing check plan.yaml",
               [checked](Session& session) { return RoutingCheck(session, *checked); })
      .add_option("FILE", *checked, "a YAML file")
      ->required();
  auto applied = std::make_shared<std::string>();
  routing
      .Online("apply", "Puts a plan in force for what is imported from now on.",
              "routing apply plan.yaml",
              [applied](Session& session) { return RoutingApply(session, *applied); })
      .add_option("FILE", *applied, "a YAML file")
      ->required();
  auto tried = std::make_shared<std::string>();
  routing
      .Online("what-if",
              "Says who would get what if every known account were placed anew. Changes nothing.",
              "routing what-if\nrouting what-if --plan plan.yaml --json preview.json",
              [tried](Session& session) { return RoutingWhatIf(session, *tried); })
      .add_option("--plan", *tried, "the plan to try (default: the one in force)")
      ->type_name("FILE");
}

void AddRecalls(Tree& root) {
  Tree recall = root.Group("recall", "Recalls: taking assignments back.",
                           "recall announce --vendor sakura --reason NO_EFFORT\n"
                           "recall cancel 01JBZ0V3K8Q6N5T2W4X7Y9ZABC");
  auto arguments = std::make_shared<RecallArguments>();
  auto reason = std::make_shared<std::string>();
  CLI::App& announce = recall.Online(
      "announce", "Announces a recall; it becomes final after the contract's period.",
      "recall announce --assignment 01JBZ0V3K8Q6N5T2W4X7Y9ZABC --reason PLACED_IN_ERROR\n"
      "recall announce --vendor sakura --reason NO_EFFORT --place-again",
      [arguments, reason](Session& session) {
        v1::RecallReason_Parse("RECALL_REASON_" + *reason, &arguments->reason);
        return RecallAnnounce(session, *arguments);
      });
  CLI::Option_group* what = announce.add_option_group("What");
  what->require_option(1);
  what->add_option("--assignment", arguments->assignment_ids, "these assignments")->type_name("ID");
  what->add_option("--vendor", arguments->vendor_id, "every live assignment of this vendor")
      ->type_name("VENDOR");
  AddEnum(announce, "--reason", *reason, v1::RecallReason_descriptor(), "RECALL_REASON_", "why")
      ->required();
  announce.add_flag("--place-again", arguments->place_again,
                    "place the accounts with another vendor group once it is final");
  for (const bool cancel : {true, false}) {
    auto id = std::make_shared<std::string>();
    const std::string word = cancel ? "cancel" : "final";
    recall
        .Online(word,
                cancel ? "The vendor keeps the assignment." : "The assignment is withdrawn now.",
                "recall " + word + " 01JBZ0V3K8Q6N5T2W4X7Y9ZABC",
                [id, cancel](Session& session) { return RecallDecide(session, *id, cancel); })
        .add_option("ASSIGNMENT", *id, "the assignment's id")
        ->required();
  }
}

// A listing, with its limit and, unless `flag` is empty, a filter by id.
void AddListing(Tree& parent, const std::string& name, const std::string& description,
                const std::string& examples, const std::string& flag,
                absl::StatusOr<Result> (*run)(Session&, const ListArguments&)) {
  auto arguments = std::make_shared<ListArguments>();
  CLI::App& leaf = parent.Online(name, description, examples, [arguments, run](Session& session) {
    return run(session, *arguments);
  });
  leaf.add_option("--limit", arguments->limit, "most rows to show; 0: all (default)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  if (!flag.empty()) {
    leaf.add_option(flag, arguments->id, "only of this one")->type_name("ID");
  }
}

void AddListings(Tree& root) {
  AddListing(root, "placements", "Lists which vendor has or had which account, and why.",
             "placements --limit 50\nplacements --account C-1041", "--account", Placements);
  AddListing(root, "disclosures", "Lists what was shown to whom, oldest first.",
             "disclosures\ndisclosures --assignment 01JBZ0V3K8Q6N5T2W4X7Y9ZABC --json shown.json",
             "--assignment", Disclosures);
  Tree quarantine = root.Group("quarantine", "What was refused and kept.", "quarantine list");
  AddListing(quarantine, "list", "Lists it without the content, oldest first.",
             "quarantine list\nquarantine list --limit 20", "", QuarantineList);
}

void AddBackup(Tree& root) {
  auto name = std::make_shared<std::string>();
  root.Online("backup",
              "Has the hub copy its SQLite database into its backup folder while it works, and "
              "checks the copy.",
              "backup\nbackup --name before-upgrade.db --json backup.json",
              [name](Session& session) { return MakeBackup(session, *name); })
      .add_option("--name", *name, "name of the file (default: the hub's name and the time)")
      ->type_name("FILE");
  auto arguments = std::make_shared<RestoreArguments>();
  CLI::App& restore = root.Offline(
      "restore",
      "Makes a database from a backup fit to be served: new generations of all feeds, outcome "
      "numbers beyond what the core has read, every vendor stopped. On the hub's machine, while no "
      "hub runs.",
      "restore --config hub.yaml --from backups/hub-1-20261126T084512Z.db --core-read-through "
      "41877\nrestore --config hub-a.yaml --core-read-through 41877",
      [arguments](Session& session) { return RestoreBackup(session, *arguments); });
  restore.add_option("--config", arguments->config, "the hub's configuration file")
      ->required()
      ->type_name("FILE");
  restore
      .add_option("--from", arguments->from,
                  "the backup; what is in place is kept beside it (default: the database in "
                  "place was restored already, as PostgreSQL's is by its own means)")
      ->type_name("FILE");
  restore
      .add_option("--core-read-through", arguments->core_read_through,
                  "the largest outcome number that the core has read; 0 if it has read none")
      ->required()
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 53))
      ->type_name("N");
}

void AddAudit(Tree& root) {
  Tree audit = root.Group("audit", "The audit log, recomputed here and not believed.",
                          "audit verify\naudit show --kind PERMIT_GIVEN\n"
                          "audit prove --sequence 12 --event 0");
  audit.Online("verify",
               "Reads every chain and recomputes every hash. Fails when one does not fit.",
               "audit verify\naudit verify --json audit.json", AuditVerify);
  auto shown = std::make_shared<AuditShowArguments>();
  CLI::App& show = audit.Online("show", "Shows events, oldest first, of entries that verify.",
                                "audit show --limit 50\naudit show --kind PERMIT_GIVEN\n"
                                "audit show --account C-1041 --json events.json",
                                [shown](Session& session) { return AuditShow(session, *shown); });
  AddEnum(show, "--kind", shown->kind, v1::AuditEvent::Kind_descriptor(), "KIND_", "of this kind");
  show.add_option("--account", shown->account_id, "of this account")->type_name("ID");
  show.add_option("--chain", shown->chain_id, "of this chain")->type_name("ID");
  show.add_option("--limit", shown->limit, "most events to show; 0: all (default)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  auto proved = std::make_shared<AuditProveArguments>();
  CLI::App& prove = audit.Online(
      "prove", "Prints the path from one event to its entry's hash (RFC 6962), and checks it.",
      "audit prove --sequence 12 --event 0\naudit prove --chain hub-1 --sequence 12 --event 3 "
      "--json proof.json",
      [proved](Session& session) { return AuditProve(session, *proved); });
  prove.add_option("--chain", proved->chain_id, "the chain (default: the first one)")
      ->type_name("ID");
  prove.add_option("--sequence", proved->sequence, "the entry, as 'audit show' prints it")
      ->required()
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  prove.add_option("--event", proved->event, "the event within it, from 0")
      ->required()
      ->check(CLI::NonNegativeNumber)
      ->type_name("I");
}

}  // namespace

void AddCommands(CLI::App& app, Session& session, Command& command) {
  Tree root(app, session, command);
  AddCerts(root);
  AddConnection(root);
  AddStops(root);
  AddRules(root);
  AddRecalls(root);
  AddListings(root);
  AddAudit(root);
  AddBackup(root);
}

}  // namespace switchboard::cli
