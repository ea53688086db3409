#include "hub/storage/signing_key.h"

namespace switchboard::storage {

Ed25519Signer SigningKey(const Sealer& sealer, std::string_view purpose) {
  return Ed25519Signer(sealer.DeriveKey(purpose));
}

}  // namespace switchboard::storage
