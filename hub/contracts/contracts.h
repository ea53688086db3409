#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hub/base/ids.h"
#include "hub/masking/masker.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::contracts {

// A version of a contract, compiled. Immutable.
struct CompiledContract {
  v1::Contract contract;
  int64_t version = 0;
  std::map<v1::WorkType, std::shared_ptr<const masking::Masker>> maskers;

  // The terms of a work type; nullptr when the contract does not list it.
  const v1::Contract::WorkTerms* Terms(v1::WorkType work_type) const;
  // True on the days the contract is in force, counted in UTC.
  bool InForceAt(absl::Time now) const;
};

// Contracts of all vendors. The database holds the truth; compiled versions are kept by (vendor,
// version), which never changes its meaning. Owns the table contract and creates the row in vendor.
// Thread-safe.
class Contracts {
 public:
  Contracts(storage::Sealer& sealer, IdMint& ids) : sealer_(sealer), ids_(ids) {}

  struct Applied {
    int64_t version = 0;
    bool changed = false;
    bool masks_differ = false;  // the vendor's feed must begin a new generation
  };
  // Puts a checked contract in force. The same text again changes nothing.
  absl::StatusOr<Applied> Apply(storage::Transaction& transaction, std::string_view actor,
                                const v1::Contract& contract, std::string_view yaml);

  // The newest contract of a vendor. NOT_FOUND, VENDOR_UNKNOWN when there is none.
  absl::StatusOr<std::shared_ptr<const CompiledContract>> Find(storage::Connection& connection,
                                                               std::string_view vendor_id);
  // One version of it.
  absl::StatusOr<std::shared_ptr<const CompiledContract>> FindVersion(
      storage::Connection& connection, std::string_view vendor_id, int64_t version);
  // The newest contracts of all vendors, by vendor id.
  absl::StatusOr<std::vector<std::shared_ptr<const CompiledContract>>> All(
      storage::Connection& connection);

 private:
  std::shared_ptr<const CompiledContract> Compile(v1::Contract contract, int64_t version) const;

  storage::Sealer& sealer_;
  IdMint& ids_;
  std::mutex mutex_;
  std::map<std::pair<std::string, int64_t>, std::shared_ptr<const CompiledContract>>
      compiled_;  // guarded by mutex_
};

}  // namespace switchboard::contracts
