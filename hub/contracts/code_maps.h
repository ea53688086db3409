#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/base/mutex.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/results/compiled_map.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/code_map.pb.h"

namespace switchboard::contracts {

// Code maps by vendor and version. Of a vendor's versions the highest whose first day has begun
// when a contact begins says what its code means. Thread-safe.
class CodeMaps {
 public:
  CodeMaps();

  // Adds a checked map. False if this version stands and means the same. FAILED_PRECONDITION,
  // CODE_MAP_VERSION when it means something else, or does not stand and a higher one does.
  absl::StatusOr<bool> Apply(storage::Transaction& transaction, std::string_view actor,
                             const v1::CodeMap& map, std::string_view yaml) const;

  // A vendor's versions, never null; empty ones for a vendor without a map. Kept until another
  // version of that vendor's is applied.
  absl::StatusOr<std::shared_ptr<const results::VendorMaps>> MapsOf(
      storage::Connection& connection, std::string_view vendor_id) const;
  // By which version contacts that begin at `now` are read, of each vendor that has one, by vendor.
  absl::StatusOr<std::map<std::string, int>> InForce(storage::Connection& connection,
                                                     absl::Time now) const;

  // Every version of every vendor's map, by vendor and version.
  absl::StatusOr<std::vector<AppliedText>> List(storage::Connection& connection) const;
  // `version`: 0 means the highest. NOT_FOUND, CODE_MAP_UNKNOWN.
  absl::StatusOr<AppliedText> Show(storage::Connection& connection, std::string_view vendor_id,
                                   int64_t version) const;
  // `map`: that of the text. FAILED_PRECONDITION, CODE_MAP_VERSION when this version was applied
  // with another meaning.
  absl::StatusOr<TextVerdict> JudgeFile(storage::Connection& connection, const v1::CodeMap& map,
                                        std::string_view yaml) const;

 private:
  struct Kept {
    std::string newest;  // which version was the newest then
    std::shared_ptr<const results::VendorMaps> maps;
  };

  const VersionedTexts texts_;
  mutable Mutex mutex_;
  mutable std::map<std::string, Kept, std::less<>> kept_
      SWITCHBOARD_GUARDED_BY(mutex_);  // by vendor
};

}  // namespace switchboard::contracts
