#pragma once

#include <memory>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/storage/sealer.h"

namespace switchboard::testing {

// The sealer of a database whose keys are wrapped by the key of a file.
inline absl::StatusOr<std::unique_ptr<storage::Sealer>> OpenSealer(const std::string& key_file,
                                                                   storage::Connection& connection,
                                                                   IdMint& ids, int64_t now_us,
                                                                   const char* hub_id = "hub-1") {
  storage::WrappingOptions options;
  options.key_file = key_file;
  ASSIGN_OR_RETURN(auto wrappings, storage::Wrappings::Open(options, connection, ids));
  return storage::Sealer::Open(std::move(wrappings), hub_id, connection, ids, now_us);
}

}  // namespace switchboard::testing
