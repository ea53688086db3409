#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/storage/database.h"
#include "tests/bench/layout/layout_records.h"

namespace switchboard::bench {

// A page of a vendor's feed as it was read.
struct FeedPage {
  std::vector<Handle> shown{};
  int64_t through = 0;
  uint64_t sum = 0;  // of numbers and boxes together: as in any other layout
};

// What of the hub's indexes a layout keeps. Without account_person a person's row counts its
// accounts; without assignment_expiry one row for each group of assignments says when they are due.
struct Indexes {
  bool account_person = true;
  bool assignment_expiry = true;
};

// One way to lay out the book: its tables, and the statements of the circle over them. All units of
// work are the caller's, which also keeps the tables that are the same in every layout
// (kept_tables.h). Ends the program on any error.
class Layout {
 public:
  virtual ~Layout() = default;

  // Makes all tables in an empty database.
  virtual void Define(storage::WriterConnection& lane) const = 0;

  // Import, for each piece: what is known of its accounts, persons and their assignments; then
  // writes accounts and persons …
  virtual void LookUp(storage::Connection& writer, absl::Span<BookAccount> piece) = 0;
  virtual void Put(storage::Connection& writer, absl::Span<BookAccount> piece, int64_t now_us) = 0;
  // … then, for each vendor, assignments of new accounts and new numbers of those known, with the
  // numbers that follow `sequence` …
  virtual void Place(storage::Connection& writer, int vendor, absl::Span<BookAccount* const> added,
                     int64_t sequence, int64_t now_us) = 0;
  virtual void Touch(storage::Connection& writer, absl::Span<BookAccount* const> known,
                     int64_t sequence) = 0;
  // … and what a group leaves to its end.
  virtual void EndGroup(storage::Connection& /*writer*/) {}

  // The rows of a vendor after one number and up to another, and the word of what was shown.
  virtual FeedPage ReadPage(storage::Connection& reader, int vendor, int64_t after, int64_t newest,
                            int limit) = 0;
  virtual void Disclose(storage::Connection& writer, int64_t sequence, int vendor,
                        const FeedPage& page, int64_t now_us) = 0;

  // A permit with its look-ups, but for stops and budgets; its end without a contact.
  virtual Handle GivePermit(storage::Connection& writer, int vendor, const PermitRequest& request,
                            int64_t now_us) = 0;
  virtual void ReleasePermit(storage::Connection& writer, int vendor, const Handle& permit) = 0;

  // Outcomes, for each piece: what they will be judged by, the use of permits; for each group: the
  // rows, numbered from after `sequence`.
  virtual void LookUp(storage::Connection& writer, int vendor, absl::Span<OutcomeReport> piece,
                      int64_t day) = 0;
  virtual void Insert(storage::Connection& writer, int vendor,
                      absl::Span<const OutcomeReport> reports, int64_t sequence, int64_t day) = 0;

  // The duties that the indexes serve: how many live assignments a vendor has, read as pages of
  // 500; how many are due at this time.
  virtual int64_t WalkLive(storage::Connection& reader, int vendor) = 0;
  virtual int64_t CountDue(storage::Connection& reader, int64_t now_us) = 0;
};

// When an assignment ends by itself.
inline constexpr int64_t kTermUs = int64_t{90} * 86'400 * 1'000'000;

// The hub's own tables and statements, but for the indexes that it does without.
std::unique_ptr<Layout> KeyedByTexts(const Indexes& indexes);

// Persons, accounts, assignments and permits under numbers that the hub mints; the core's texts are
// looked up once. What the vendors are told is an id of 16 bytes in a column of its own, or
// derived from the number. Without the indexes that a layout can do without.
enum class PublicIds { kStored, kDerived };
std::unique_ptr<Layout> KeyedByNumbers(PublicIds ids);

// Reads all columns of a row, of these kinds: 't' text, 'b' blob, 'i' integer or null.
uint64_t ReadAll(const storage::Row& row, std::string_view kinds);
// The first eight bytes.
uint64_t HeadOf(std::string_view box);
// Columns of ids.
storage::Rows RowsOfIds(absl::Span<const BookAccount> accounts, std::string BookAccount::*id);

}  // namespace switchboard::bench
