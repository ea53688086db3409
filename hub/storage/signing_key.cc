#include "hub/storage/signing_key.h"

#include <string>

#include "hub/base/secret.h"

namespace switchboard::storage {

Ed25519Signer SigningKey(const Sealer& sealer, std::string_view purpose) {
  std::string seed = sealer.DeriveKey(purpose);
  return Ed25519Signer(Secret::TakenFrom(seed));
}

}  // namespace switchboard::storage
