#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/base/clock.h"

namespace switchboard::identity {

// What was looked at, in order, and what came of it.
struct TlsReport {
  struct Step {
    std::string name;  // "hub's certificate"
    bool good = false;
    std::string finding;  // what is so, for people
    std::string way_out;  // what to do; empty when good
  };
  std::vector<Step> steps;

  // Everything was looked at and is as it should be.
  bool good() const;

  // One line per step, and one with the way out below each that is not good.
  std::string Text() const;
};

struct DiagnoseOptions {
  std::string address;                        // the hub's, "host:port"
  std::string directory;                      // our tls.crt, tls.key and ca.crt
  absl::Duration timeout = absl::Seconds(5);  // for each answer of the hub
};

// Why can we not talk to the hub? gRPC says "Socket closed" to every cause. This looks at our own
// material, connects, shakes hands by itself, and says in plain words which of these it is: no
// address, no route, nobody there, not TLS, not gRPC, hub's certificate of another authority,
// expired, not yet valid, for another host; our certificate refused. Stops at the step after which
// nothing can be known. Blocks. Shows names out of certificates, never key bytes.
TlsReport DiagnoseTls(const DiagnoseOptions& options, Clock& clock);

}  // namespace switchboard::identity
