#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/identity/certificate.h"

namespace switchboard::identity {

// A key, its certificate chain and the roots for the other side, found to fit together.
struct TlsMaterial {
  std::string certificate_pem;  // leaf first
  std::string key_pem;
  std::string roots_pem;
  absl::Time not_after;  // of the leaf

  bool operator==(const TlsMaterial&) const = default;
};

// Reads tls.crt, tls.key and ca.crt of `directory` and checks that
// - all three parse, and only the owner may read the key;
// - the key belongs to the certificate;
// - the chain leads to a root in ca.crt, is valid now, and may be used for `use`.
// Errors: FAILED_PRECONDITION, TLS_MATERIAL_INVALID, naming the file (metadata "file") and the way
// out. No error shows a byte of a file.
absl::StatusOr<TlsMaterial> CheckTlsMaterial(const std::string& directory, TlsUse use,
                                             Clock& clock);

}  // namespace switchboard::identity
