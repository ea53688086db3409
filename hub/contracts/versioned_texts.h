#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::contracts {

// A version of a text as it was applied.
struct AppliedText {
  std::string id;
  int64_t version = 0;
  std::string yaml;
  std::string actor;
  absl::Time apply_time;
};

// What a text's file is to what was applied, by what the texts mean.
struct TextVerdict {
  enum class Kind {
    kStands,  // this version was applied with this meaning
    kTooLow,  // a higher version was applied, this one never was
    kNew,     // higher than all that were applied
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
  const char* name;      // "rule_pack": in the table, and what units hold
  const char* noun;      // "rule pack": before the id, in errors
  const char* id_field;  // "pack_id"
  const char* version_reason;
  const char* unknown_reason;
  const char* unknown;  // "no such rule pack was applied"
  const char* listing;  // the command that lists them
  v1::AuditEvent::Kind event;
  // What a text means, as bytes: whatever the order of its keys and its comments. Errors of a text
  // that this version of the program does not take.
  absl::StatusOr<std::string> (*meaning)(std::string_view yaml);
};

// Texts of one kind by id and version. A version that was applied is never changed; a higher one
// takes its place. Owns the table versioned_text with those of the other kinds. Thread-safe.
class VersionedTexts {
 public:
  // `kind` outlives this.
  explicit VersionedTexts(const TextKind& kind) : kind_(kind) {}

  // Adds a text. False if this version stands and means the same. FAILED_PRECONDITION,
  // version_reason when it means something else, or does not stand and a higher one does.
  absl::StatusOr<bool> Apply(storage::Transaction& transaction, std::string_view actor,
                             const CheckedText& text) const;

  // Of which texts a version was applied, in their order.
  absl::StatusOr<std::vector<std::string>> Ids(storage::Connection& connection) const;
  // Every version of every text, by id and version.
  absl::StatusOr<std::vector<AppliedText>> List(storage::Connection& connection) const;
  // Every version of one text, the lowest first; empty for one that was never applied.
  absl::StatusOr<std::vector<AppliedText>> Versions(storage::Connection& connection,
                                                    std::string_view id) const;
  // `version`: 0 means the highest. NOT_FOUND, unknown_reason.
  absl::StatusOr<AppliedText> Show(storage::Connection& connection, std::string_view id,
                                   int64_t version) const;
  // FAILED_PRECONDITION, version_reason when this version was applied with another meaning.
  absl::StatusOr<TextVerdict> JudgeFile(storage::Connection& connection,
                                        const CheckedText& text) const;

  // Changes with every version that is applied; empty without any. For what is kept in memory.
  absl::StatusOr<std::string> Newest(storage::Connection& connection) const;
  // The same of one text.
  absl::StatusOr<std::string> NewestOf(storage::Connection& connection, std::string_view id) const;

 private:
  const TextKind& kind_;
};

}  // namespace switchboard::contracts
