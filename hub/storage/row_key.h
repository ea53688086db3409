#pragma once

#include "hub/base/secret.h"
#include "hub/storage/row_writes.h"
#include "hub/storage/sealer.h"

namespace switchboard::storage {

// The database's key of the digests of rows, kRowKeyBytes: the same for ever and at all of its
// hubs, made from the root key.
inline Secret RowKey(const Sealer& sealer) {
  return Secret(sealer.DeriveKey("rows").view().substr(0, kRowKeyBytes));
}

}  // namespace switchboard::storage
