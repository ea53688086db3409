#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/secret.h"
#include "hub/identity/certificate.h"

namespace switchboard::identity {

// A key, its certificate chain and the roots for the other side, found to fit together.
struct TlsMaterial {
  std::string certificate_pem;            // leaf first
  std::shared_ptr<const Secret> key_pem;  // null: none was read
  std::string roots_pem;
  std::string revocations_pem;  // empty: there is no crl.pem
  absl::Time not_after;         // of the leaf, or of one above it in tls.crt that ends earlier
  absl::Time roots_not_after;   // of the one in ca.crt that ends first

  // Empty where there is none.
  std::string_view key() const { return key_pem == nullptr ? std::string_view() : key_pem->view(); }

  // By what they hold, the key too.
  bool operator==(const TlsMaterial& other) const;
};

// Reads tls.crt, tls.key and ca.crt of `directory`, and crl.pem if it is there, and checks that
// - all parse, and nobody may read the key who need not (secret_file.h);
// - the key belongs to the first certificate of tls.crt;
// - the chain leads to a CA in ca.crt, is valid now, and may be used for `use`. As gRPC sees it:
//   the CA in ca.crt may be an intermediate whose own issuer is not there;
// - a CA in ca.crt has signed each list in crl.pem (revocations.h).
// Symbolic links are followed, as Kubernetes lays them. Errors: FAILED_PRECONDITION,
// TLS_MATERIAL_INVALID, naming the file (metadata "file") and the way out. No error shows a byte of
// a file.
absl::StatusOr<TlsMaterial> CheckTlsMaterial(const std::string& directory, TlsUse use,
                                             Clock& clock);

// The same, with everything that is wrong: about each file on its own, and then, once all three
// can be read, how they fit together. Empty: CheckTlsMaterial has nothing to say.
std::vector<absl::Status> FindTlsProblems(const std::string& directory, TlsUse use, Clock& clock);

}  // namespace switchboard::identity
