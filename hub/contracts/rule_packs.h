#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/base/mutex.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/rules/pack_timeline.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::contracts {

// Rule packs by id and version. Of a pack's versions the highest that is in force on a day is heard
// on that day. Thread-safe.
class RulePacks {
 public:
  RulePacks();

  // Adds a checked pack. False if this version stands and means the same. FAILED_PRECONDITION,
  // RULE_PACK_VERSION when it means something else, or does not stand and a higher one does.
  absl::StatusOr<bool> Apply(storage::Transaction& transaction, std::string_view actor,
                             const v1::RulePack& pack, std::string_view yaml) const;

  // What is heard when. Kept until another version is applied.
  absl::StatusOr<std::shared_ptr<const rules::PackTimeline>> Timeline(
      storage::Connection& connection) const;
  // What is heard at `now`, by pack id.
  absl::StatusOr<std::shared_ptr<const rules::Packs>> InForce(storage::Connection& connection,
                                                              absl::Time now) const;

  // Every version of every pack, by id and version.
  absl::StatusOr<std::vector<AppliedText>> List(storage::Connection& connection) const;
  // `version`: 0 means the highest. NOT_FOUND, RULE_PACK_UNKNOWN.
  absl::StatusOr<AppliedText> Show(storage::Connection& connection, std::string_view pack_id,
                                   int64_t version) const;
  // `pack`: that of the text. FAILED_PRECONDITION, RULE_PACK_VERSION when this version was applied
  // with another meaning.
  absl::StatusOr<TextVerdict> JudgeFile(storage::Connection& connection, const v1::RulePack& pack,
                                        std::string_view yaml) const;

  // How far back a rule of any version may look for contacts; zero without any. Kept until another
  // version is applied.
  absl::StatusOr<absl::Duration> LongestWindow(storage::Connection& connection) const;

 private:
  const VersionedTexts texts_;
  mutable Mutex mutex_;
  mutable std::string timeline_key_ SWITCHBOARD_GUARDED_BY(mutex_);
  mutable std::shared_ptr<const rules::PackTimeline> timeline_ SWITCHBOARD_GUARDED_BY(mutex_);
  mutable std::string longest_key_ SWITCHBOARD_GUARDED_BY(mutex_);
  mutable absl::Duration longest_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::contracts
