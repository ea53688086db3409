#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/identity/peer.h"

namespace switchboard::identity {

struct DevelopmentPeer {
  Peer peer;
  std::vector<std::string> hosts;  // of a hub only; empty: localhost, 127.0.0.1 and ::1
};

struct DevelopmentOptions {
  std::string directory;  // made, with mode 0700, when it is missing
  std::string trust_domain;
  std::vector<DevelopmentPeer> peers;
  absl::Duration leaf_validity = absl::Hours(24 * 90);
  absl::Duration authority_validity = absl::Hours(24 * 365 * 2);
  bool force = false;  // replace what is there, authority included
};

// Makes a new authority and one folder per peer:
//   <directory>/ca.crt, ca.key (0600)
//   <directory>/<role>-<name>/tls.crt, tls.key (0600), ca.crt
// A hub's certificate has serverAuth and its hosts, everybody else's clientAuth. All are valid from
// five minutes ago, for clocks that differ a little. Returns the folders made, in the order of the
// peers. Errors, before anything is written: ALREADY_EXISTS, CERTIFICATES_EXIST: something is there
// and no force; INVALID_ARGUMENT, OPTION_INVALID: name, domain, host or validity. Later:
// UNAVAILABLE, FILE_NOT_WRITTEN.
absl::StatusOr<std::vector<std::string>> MakeDevelopmentCertificates(
    const DevelopmentOptions& options, Clock& clock);

// The same with the authority that is in the directory already: adds peers, or with force renews
// them.
absl::StatusOr<std::vector<std::string>> AddDevelopmentCertificates(
    const DevelopmentOptions& options, Clock& clock);

}  // namespace switchboard::identity
