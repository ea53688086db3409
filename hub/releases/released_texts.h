#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/contracts/released_version.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/releases/text.h"
#include "hub/releases/warnings.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/release.pb.h"

namespace switchboard::releases {

// What a text is to what was released.
struct Judged {
  int64_t newest_version = 0;  // of the text; 0: none yet
  bool is_the_newest = false;  // the newest version means the same, and was not ended since
};

// The texts of all kinds as one. Thread-safe.
class ReleasedTexts {
 public:
  explicit ReleasedTexts(const Standing& standing) : standing_(standing) {}

  // Whether any text stands, of whatever kind.
  absl::StatusOr<bool> AnyStands(storage::Connection& connection) const;

  // What the next version of a text replaces, as bytes: they change when another version is
  // released, when a contract is ended, and when what was released is rolled back and its number
  // given again.
  absl::StatusOr<std::string> BasisOf(storage::Connection& connection, v1::TextKind kind,
                                      std::string_view text_id) const;

  // Compares a text, and holds it to what it must be held to beside itself unless it is the newest.
  // Errors: PLAN_INVALID with the place, of a plan that the contracts to come do not cover;
  // FAILED_PRECONDITION with the kind's reason of versions.
  absl::StatusOr<Judged> Judge(storage::Connection& connection, const ReadText& text,
                               absl::Time now) const;

  // Holds what decides over a text.
  absl::Status Hold(storage::Transaction& transaction, v1::TextKind kind,
                    std::string_view text_id) const;
  // Makes a version of a text that was judged and is not the newest; it reads no other version, so
  // that one which was altered does not keep out the text that cures it.
  absl::StatusOr<v1::TextRelease> Release(storage::Transaction& transaction,
                                          const contracts::ReleasedBy& by,
                                          const ReadText& text) const;

  // As Releases::History says.
  absl::StatusOr<std::vector<v1::TextRelease>> List(storage::Connection& connection,
                                                    v1::TextKind kind, std::string_view text_id,
                                                    absl::Time now) const;
  // REQUIRES: List has it.
  absl::StatusOr<std::string> TextOf(storage::Connection& connection,
                                     const v1::TextRelease& release) const;

 private:
  // That of a kind whose texts name their versions.
  const contracts::VersionedTexts& Versioned(v1::TextKind kind) const;
  // Which version of each text is in force, by id; of a kind whose texts name their versions.
  absl::StatusOr<std::map<std::string, int64_t>> InForce(storage::Connection& connection,
                                                         v1::TextKind kind, absl::Time now) const;
  absl::StatusOr<std::vector<v1::TextRelease>> ListContracts(storage::Connection& connection,
                                                             std::string_view vendor_id,
                                                             absl::Time now) const;
  absl::StatusOr<std::vector<v1::TextRelease>> ListPlans(storage::Connection& connection,
                                                         std::string_view plan_id,
                                                         absl::Time now) const;

  const Standing standing_;
};

}  // namespace switchboard::releases
