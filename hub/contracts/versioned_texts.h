#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/contracts/released_version.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/release.pb.h"

namespace switchboard::contracts {

// A version of a text as it was released.
struct ReleasedText {
  std::string id;
  int64_t version = 0;
  std::string yaml;
  ReleaseRecord release;
  // DATA_LOSS: the text was altered in the database (TEXT_ALTERED), or this version of the program
  // does not take it (TEXT_NOT_TAKEN). It decides nothing then.
  absl::Status usable;
};

// What a text is to what was released, by what the texts mean; of one that was altered in the
// database its digest alone counts.
struct TextVerdict {
  enum class Kind {
    kStands,  // this version was released with this meaning
    kTooLow,  // a higher version was released, this one never was
    kNew,     // higher than all that were released
  };
  Kind kind = Kind::kNew;
  int64_t highest_version = 0;  // 0: none yet
};

// A text that was found right.
struct CheckedText {
  std::string_view id;
  int64_t version = 0;
  std::string_view yaml;
};

// What tells one kind of texts from another.
struct TextKind {
  v1::TextKind kind;
  const char* name;      // "rule_pack": in the table, and what units hold
  const char* noun;      // "rule pack": before the id, in errors
  const char* id_field;  // "pack_id"
  const char* version_reason;
  const char* unknown_reason;
  const char* unknown;  // "no such rule pack was released"
  const char* listing;  // the command that lists them
  v1::AuditEvent::Kind event;
  // What a text means, as bytes: whatever the order of its keys and its comments. Errors of a text
  // that this version of the program does not take.
  absl::StatusOr<std::string> (*meaning)(std::string_view yaml);
};

// Texts of one kind by id and version. A version that was released is never changed; a higher one
// takes its place. Owns the table versioned_text with those of the other kinds. Thread-safe.
class VersionedTexts {
 public:
  // `kind` outlives this.
  explicit VersionedTexts(const TextKind& kind) : kind_(kind) {}
  VersionedTexts(const VersionedTexts&) = delete;
  VersionedTexts& operator=(const VersionedTexts&) = delete;

  // Adds a text. Unchanged if this version stands and means the same. FAILED_PRECONDITION,
  // version_reason when it means something else, or does not stand and a higher one does.
  absl::StatusOr<ReleasedVersion> Release(storage::Transaction& transaction, const ReleasedBy& by,
                                          const CheckedText& text) const;

  // Of which texts a version was released, in their order.
  absl::StatusOr<std::vector<std::string>> Ids(storage::Connection& connection) const;
  // Every version of every text, by id and version.
  absl::StatusOr<std::vector<ReleasedText>> List(storage::Connection& connection) const;
  // Every version of one text, the lowest first; empty for one that was never released.
  absl::StatusOr<std::vector<ReleasedText>> Versions(storage::Connection& connection,
                                                     std::string_view id) const;
  // `version`: 0 means the highest. NOT_FOUND, unknown_reason; DATA_LOSS, TEXT_ALTERED.
  absl::StatusOr<ReleasedText> Show(storage::Connection& connection, std::string_view id,
                                    int64_t version) const;
  // The number of the highest version, whose text is not read; 0: none yet.
  absl::StatusOr<int64_t> HighestVersion(storage::Connection& connection,
                                         std::string_view id) const;
  // FAILED_PRECONDITION, version_reason when this version was released with another meaning.
  absl::StatusOr<TextVerdict> JudgeFile(storage::Connection& connection,
                                        const CheckedText& text) const;
  // Refuses a version that is not above all that were released: FAILED_PRECONDITION,
  // version_reason. `verdict`: of the text.
  absl::Status CheckNew(const CheckedText& text, const TextVerdict& verdict) const;

  // Changes with every version that is released; empty without any. For what is kept in memory.
  absl::StatusOr<std::string> Newest(storage::Connection& connection) const;
  // The same of one text.
  absl::StatusOr<std::string> NewestOf(storage::Connection& connection, std::string_view id) const;

 private:
  const TextKind& kind_;
};

}  // namespace switchboard::contracts
