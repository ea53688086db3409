#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "hub/base/ids.h"
#include "hub/storage/disk_room.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

// What was refused, with the reason, so that nothing that anybody sent is ever dropped (I2): whole,
// within a share of the disk that each party has; beyond it by digest, field and reason; and beyond
// a number of rows counted. Owns the tables quarantine, quarantine_share, quarantine_rest and
// quarantine_word.

namespace switchboard::audit {

// What can be refused. What the hub was about to show to a vendor, and withheld, is its own.
inline constexpr char kShownKind[] = "shown";
inline constexpr char kHubActor[] = "hub";
inline constexpr const char* kQuarantineKinds[] = {"account", "event", "outcome", kShownKind};

struct Refused {
  std::string_view actor;   // who sent it: "core/main"
  std::string_view kind;    // one of kQuarantineKinds
  std::string_view source;  // of an account: the source of the import; of what is shown: to whom
  int64_t as_of_us = 0;     // of an account: as of when it was said to be true
  std::string_view status;  // enum name of the receipt's status
  std::string_view field;   // path of the offending field, or empty
  std::string_view bytes;   // as received; sealed before it is stored
  // What looks like a card number came with it, and is asterisks in `bytes`.
  bool card_removed = false;
  // Of what is shown, for its event: to whom, and of which assignment.
  std::string_view vendor_id{};
  std::string_view assignment_id{};
};

// How much is kept of what one party ("vendor/sakura") was refused. Several lanes at once may go a
// few items beyond.
struct QuarantineQuota {
  // Items in rows of their own; further ones are counted by kind, status and field.
  int64_t rows_max = 10'000;
  // Bytes of content, sealed; of further items all but the content is kept.
  int64_t bytes_max = int64_t{16} << 20;
  // Content of one item. By its own limits an outcome has 14 kB at most (a plan of 120 instalments
  // with ten proofs, a note and a recording), an account record 12 kB.
  int64_t item_bytes_max = 16 << 10;
};

// Where refused items go. Immutable; thread-safe.
class Quarantine {
 public:
  // All outlive it. While the disk is low, what would take a row is counted only.
  Quarantine(storage::Sealer& sealer, IdMint& ids, const storage::DiskRoom& disk,
             const QuarantineQuota& quota)
      : sealer_(sealer), ids_(ids), disk_(disk), quota_(quota) {}

  // Stores the item and its audit event in the unit's transaction. The same content of the same
  // sender is stored once and counted, however often it comes; what was stored without its content
  // gets it when it comes again and fits. True if the content is kept.
  absl::StatusOr<bool> Put(storage::Transaction& transaction, const Refused& refused) const;

  // Takes out what lies here without its content and was sent again and taken: `contents`, all of
  // one sender and kind and of no source. Of a sender that has no such items it reads that alone.
  absl::Status RemoveEmpty(storage::Transaction& transaction, std::string_view actor,
                           std::string_view kind,
                           absl::Span<const std::string_view> contents) const;

 private:
  absl::Status PutRow(storage::Transaction& transaction, const Refused& refused,
                      const std::string& digest, bool keep_content) const;
  absl::Status KeepContent(storage::Transaction& transaction, const Refused& refused,
                           const std::string& quarantine_id) const;

  storage::Sealer& sealer_;
  IdMint& ids_;
  const storage::DiskRoom& disk_;
  const QuarantineQuota quota_;
};

// An item in quarantine, opened.
struct QuarantinedItem {
  std::string quarantine_id;
  std::string actor;
  std::string kind;
  std::string source;
  int64_t as_of_us = 0;
  std::string status;
  std::string field;
  int64_t quarantine_time_us = 0;
  int64_t count = 0;
  int64_t size = 0;          // bytes of the content as it was received
  bool content_kept = true;  // false: `bytes` is empty
  // As it was of what was refused first or again.
  bool card_removed = false;
  std::string bytes;
};
// Nothing when there is none of this id. Personal: for masking and for taking it again only.
absl::StatusOr<std::optional<QuarantinedItem>> FindQuarantined(storage::Connection& connection,
                                                               storage::Sealer& sealer,
                                                               std::string_view quarantine_id);
// An item was taken again in vain, and is refused for this now: how often it came stays what it
// was.
absl::Status KeepWaiting(storage::Transaction& transaction, const QuarantinedItem& item,
                         std::string_view status, std::string_view field);
// Takes an item out: it was taken after all.
absl::Status RemoveQuarantined(storage::Transaction& transaction, std::string_view quarantine_id);

// Writes down that an operator ("operator/ito") vouches for the reading of an item.
absl::Status GiveWord(storage::Transaction& transaction, std::string_view quarantine_id,
                      std::string_view actor);
// How many operators have, since then.
absl::StatusOr<int> CountWords(storage::Connection& connection, std::string_view quarantine_id,
                               int64_t since_us);

// Items beyond a party's rows, counted.
struct QuarantineRest {
  std::string actor;
  std::string kind;
  std::string status;
  std::string field;
  int64_t count = 0;
  int64_t first_time_us = 0;
  int64_t last_time_us = 0;
};
// By party, kind, status and field.
absl::StatusOr<std::vector<QuarantineRest>> ListQuarantineRest(storage::Connection& connection);

// The status of an outcome whose code has no meaning yet.
inline constexpr char kUnmappedStatus[] = "STATUS_UNMAPPED";
// Such outcomes that wait here, by who sent them ("vendor/sakura"). What is not kept waits at the
// vendor, whose client sends it again: each time that it comes counts, so that it says nothing.
struct UnmappedWaiting {
  std::string actor;
  int64_t count = 0;
  int64_t first_time_us = 0;
};
// By actor.
absl::StatusOr<std::vector<UnmappedWaiting>> ListUnmapped(storage::Connection& connection);

// What is withheld from a vendor, as far as it lies here.
struct WithheldWaiting {
  std::string vendor_id;
  int64_t count = 0;
  int64_t first_time_us = 0;
};
// By vendor.
absl::StatusOr<std::vector<WithheldWaiting>> ListWithheld(storage::Connection& connection);

// One of them, opened.
struct UnmappedItem {
  int64_t quarantine_time_us = 0;
  std::string bytes;
};
// Visits those of one party whose content is kept, the oldest first, at most `limit`. Personal: for
// their codes only.
absl::Status ForEachUnmapped(storage::Connection& connection, storage::Sealer& sealer,
                             std::string_view actor, int limit,
                             absl::FunctionRef<void(const UnmappedItem&)> visit);

// One page of refused items in the order of their ids, which is that in which they came.
struct OldItemsPage {
  std::vector<std::string> old_ids;  // what may be erased
  std::string last_id;               // go on from here; empty at the end
  int rows = 0;                      // looked at
};
// Items refused no later than `until_us`, among the `limit` that follow `after`.
absl::StatusOr<OldItemsPage> OldItems(storage::Connection& connection, std::string_view after,
                                      int64_t until_us, int limit);
// Whether some that were only counted came last at `until_us` or before.
absl::StatusOr<bool> AnyOldRest(storage::Connection& connection, int64_t until_us);
// Erases these, as far as they are as old, and all that were only counted and are; how many.
absl::StatusOr<int64_t> EraseQuarantine(storage::Transaction& transaction,
                                        const std::vector<std::string>& quarantine_ids,
                                        int64_t until_us);

}  // namespace switchboard::audit
