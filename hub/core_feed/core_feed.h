#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"

// What the core must know, in one dense sequence of typed items. Owns the tables core_item and
// core_cursor.

namespace switchboard::core_feed {

// Kinds of items, as they are stored. The numbers are those of CoreItem's fields.
enum class ItemKind { kOutcome = 3, kPromise = 4, kHandOver = 5, kPersonRequest = 6 };

// An item to be told.
struct NewItem {
  ItemKind kind = ItemKind::kOutcome;
  std::string place;  // names it alone; what the box is bound to (sealed_tables.h)
  std::string
      facts;        // serialized message of the kind, without what the box holds; no personal data
  std::string box;  // sealed: the rest of it
  // The assignment that takes it along when it is erased, or the request of a person
  // (person_requests::ItemOwner). Empty: who appends it remembers its number, and erases it by
  // that.
  std::string of_assignment{};
  // Sealed at PlaceOfHidden: the v1.HiddenText of its text. Empty: nothing was taken out.
  std::string hidden{};
};

// What an item holds sealed.
struct StoredBox {
  int64_t sequence = 0;  // 0: the group has yet to give it
  std::string place;
  std::string box;
};

// Gives items the next numbers, in the order in which they were appended; see ClosingPlace.
class CoreFeedBook final : public storage::ClosingWork {
 public:
  // `number` is set at the end of the group, before what closes after the core feed.
  using Number = std::shared_ptr<int64_t>;
  static Number Append(storage::Transaction& transaction, NewItem item);
  // Assignments that take along what the group is about to append.
  static std::set<std::string, std::less<>> AssignmentsLeft(
      const storage::Transaction& transaction);

  // The boxes of these places that the group is about to append.
  static std::vector<StoredBox> BoxesLeft(const storage::Transaction& transaction,
                                          const std::set<std::string, std::less<>>& places);

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  struct Entry {
    NewItem item;
    Number number;
  };
  template <typename Visit>
  static void ForEachLeft(const storage::Transaction& transaction, Visit visit);

  std::vector<Entry> entries_;
};

// Bytes of the items of one page: an answer stays below the 4 MiB that clients of gRPC take by
// default. One item alone is far below that.
inline constexpr size_t kPageBytesMax = size_t{2} << 20;

// Reads the feed and remembers who has read how far. Thread-safe apart from the connections and
// transactions passed in.
class CoreFeed {
 public:
  explicit CoreFeed(storage::Sealer& sealer) : sealer_(sealer) {}

  // What follows `after`, in order, at most `max_items` and kPageBytesMax, with the newest
  // sequence; always at least one item while there is any.
  // INVALID_ARGUMENT, CURSOR_INVALID when `after` is negative or beyond the newest.
  absl::StatusOr<v1::ReadCoreFeedResponse> Read(storage::Connection& connection, int64_t after,
                                                int max_items) const;
  // The items of these sequences, in order, as far as they are there.
  absl::StatusOr<std::vector<v1::CoreItem>> ReadItems(storage::Connection& connection,
                                                      const std::vector<int64_t>& sequences) const;

 private:
  absl::StatusOr<v1::CoreItem> ItemOf(const storage::Row& row,
                                      storage::Connection& connection) const;

  storage::Sealer& sealer_;
};

// The boxes of the items of these sequences, as far as they are not erased.
absl::StatusOr<std::vector<StoredBox>> ReadBoxes(storage::Connection& connection,
                                                 const std::vector<int64_t>& sequences);

// True if confirming up to `after` is news.
absl::StatusOr<bool> NeedsConfirming(storage::Connection& connection, std::string_view core,
                                     std::string_view reader, int64_t after);
// The reader has safely kept everything up to `after`. Never goes back.
absl::Status Confirm(storage::Transaction& transaction, std::string_view core,
                     std::string_view reader, int64_t after);

// How far one reader has confirmed.
struct ReaderCursor {
  std::string core;    // "core/main"
  std::string reader;  // empty for the only one
  int64_t confirmed = 0;
  int64_t confirm_time_us = 0;
};
// Of every reader that ever confirmed anything and was not retired, by core and reader.
absl::StatusOr<std::vector<ReaderCursor>> ReaderCursors(storage::Connection& connection);
// How far any reader has ever confirmed, one that was retired too; 0: none.
absl::StatusOr<int64_t> ConfirmedByAny(storage::Connection& connection);
// Forgets a reader. False when it has no cursor.
absl::StatusOr<bool> Retire(storage::Transaction& transaction, std::string_view actor,
                            const ReaderCursor& cursor);

// The newest number of the sequence, 0 when there is none.
absl::StatusOr<int64_t> NewestItem(storage::Connection& connection);

// Leaves out the numbers up to `sequence` that are not taken yet; the newest number afterwards. For
// a restored database, whose core has read items that are gone: the next ones must lie beyond them.
absl::StatusOr<int64_t> SkipThrough(storage::Transaction& transaction, int64_t sequence);

}  // namespace switchboard::core_feed
