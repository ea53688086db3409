#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "hub/base/mutex.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/rules/pack_timeline.h"
#include "hub/storage/transaction.h"

namespace switchboard::contracts {

// Rule packs by id and version. Of a pack's versions the highest whose first day has begun decides,
// also when it has ended: none is heard then. Where the text of one cannot be used nobody is
// contacted until a higher one has begun. Reasons of errors: RULE_PACK_VERSION, RULE_PACK_UNKNOWN.
// Thread-safe.
class RulePacks : public VersionedTexts {
 public:
  RulePacks();

  // What is heard when. Kept until another version is released. DATA_LOSS, TEXT_ALTERED or
  // TEXT_NOT_TAKEN where no version of a pack can be used: of which country it was nobody knows.
  absl::StatusOr<std::shared_ptr<const rules::PackTimeline>> Timeline(
      storage::Connection& connection) const;
  // What is heard at `now`, by pack id.
  absl::StatusOr<std::shared_ptr<const rules::Packs>> InForce(storage::Connection& connection,
                                                              absl::Time now) const;

  // How far back a rule of any version may look for contacts; zero without any, for ever where the
  // text of one cannot be used. Kept until another
  // version is released.
  absl::StatusOr<absl::Duration> LongestWindow(storage::Connection& connection) const;

 private:
  mutable Mutex mutex_;
  mutable std::string timeline_key_ SWITCHBOARD_GUARDED_BY(mutex_);
  mutable std::shared_ptr<const rules::PackTimeline> timeline_ SWITCHBOARD_GUARDED_BY(mutex_);
  mutable std::string longest_key_ SWITCHBOARD_GUARDED_BY(mutex_);
  mutable absl::Duration longest_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::contracts
