#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {
namespace {

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

}  // namespace

void AddCerts(CommandTree& root) {
  CommandTree certs = root.Group(
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

}  // namespace switchboard::cli
