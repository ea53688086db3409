#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddDiagnose(CommandTree& root) {
  CommandTree diagnose =
      root.Group("diagnose", "Finds out why something does not work.",
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

}  // namespace switchboard::cli
