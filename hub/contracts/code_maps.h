#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/mutex.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/results/compiled_map.h"
#include "hub/storage/transaction.h"

namespace switchboard::contracts {

// Code maps by vendor and version. Of a vendor's versions the highest whose first day has begun
// when a contact begins says what its code means. Reasons of errors: CODE_MAP_VERSION,
// CODE_MAP_UNKNOWN. Thread-safe.
class CodeMaps : public VersionedTexts {
 public:
  CodeMaps();

  // A vendor's versions, never null; empty ones for a vendor without a map. Kept until another
  // version of that vendor's is released. DATA_LOSS, TEXT_ALTERED or TEXT_NOT_TAKEN where the text
  // of one cannot be used, until a higher one without a first day goes before it on all of its
  // days.
  absl::StatusOr<std::shared_ptr<const results::VendorMaps>> MapsOf(
      storage::Connection& connection, std::string_view vendor_id) const;
  // By which version contacts that begin at `now` are read, of each vendor that has one that
  // can be used, by vendor.
  absl::StatusOr<std::map<std::string, int>> InForce(storage::Connection& connection,
                                                     absl::Time now) const;

 private:
  struct Kept {
    std::string newest;  // which version was the newest then
    std::shared_ptr<const results::VendorMaps> maps;
  };

  mutable Mutex mutex_;
  mutable std::map<std::string, Kept, std::less<>> kept_
      SWITCHBOARD_GUARDED_BY(mutex_);  // by vendor
};

}  // namespace switchboard::contracts
