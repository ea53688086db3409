#pragma once

#include <string_view>

#include "hub/base/ed25519.h"
#include "hub/storage/sealer.h"

namespace switchboard::storage {

// The database's own key for signing one kind of things, "audit/checkpoint": the same for ever and
// at all of its hubs, also behind a restore. It is made from the root key (Sealer::DeriveKey), so
// it lies in no file of its own, and who has the key file and the database has it.
Ed25519Signer SigningKey(const Sealer& sealer, std::string_view purpose);

}  // namespace switchboard::storage
