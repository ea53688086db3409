#include "hub/core_feed/core_feed.h"

#include <algorithm>
#include <iterator>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/core_feed/erasure.h"
#include "hub/core_feed/sealed_tables.h"
#include "hub/storage/counter.h"

namespace switchboard::core_feed {
namespace {

using storage::Row;
using storage::Value;
using enum Value::Kind;

constexpr char kSequence[] = "core_item";
constexpr char kConfirmedByAny[] = "core_item/confirmed";
constexpr char kInsert[] =
    "INSERT INTO core_item (sequence, kind, place, record_time, facts, box, hidden, "
    "of_assignment) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM rows($1)";
constexpr char kSelectAfter[] =
    "SELECT sequence, kind, place, record_time, facts, box FROM core_item WHERE sequence > $1 "
    "ORDER "
    "BY sequence LIMIT $2";
constexpr char kSelectItems[] =
    "SELECT sequence, kind, place, record_time, facts, box FROM rows($1) CROSS JOIN core_item "
    "WHERE sequence = c1";
constexpr char kSelectBoxes[] =
    "SELECT sequence, place, box FROM rows($1) CROSS JOIN core_item WHERE sequence = c1";
constexpr char kSelectConfirmed[] =
    "SELECT confirmed FROM core_cursor WHERE actor = $1 AND reader = $2";
constexpr char kSelectCursors[] =
    "SELECT actor, reader, confirmed, confirm_time FROM core_cursor ORDER BY actor, reader";
constexpr char kConfirm[] =
    "INSERT INTO core_cursor (actor, reader, confirmed, confirm_time) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (actor, reader) DO UPDATE SET confirmed = excluded.confirmed, confirm_time = "
    "excluded.confirm_time WHERE core_cursor.confirmed < excluded.confirmed";
constexpr char kRetire[] = "DELETE FROM core_cursor WHERE actor = $1 AND reader = $2";

absl::Status Unreadable() { return absl::DataLossError("a stored item cannot be parsed"); }

// A message of which each half has fields of its own.
template <typename Message>
absl::Status Join(std::string_view facts, const std::string& sealed, Message* message) {
  Message rest;
  if (!message->ParseFromArray(facts.data(), static_cast<int>(facts.size())) ||
      !rest.ParseFromString(sealed)) {
    return Unreadable();
  }
  message->MergeFrom(rest);
  return absl::OkStatus();
}

// Puts an item together again from its two halves.
absl::Status Fill(ItemKind kind, std::string_view facts, const std::string& sealed,
                  v1::CoreItem* item) {
  switch (kind) {
    case ItemKind::kOutcome: {
      v1::RecordedOutcome& outcome = *item->mutable_outcome();
      if (!outcome.ParseFromArray(facts.data(), static_cast<int>(facts.size())) ||
          !outcome.mutable_outcome()->ParseFromString(sealed)) {
        return Unreadable();
      }
      return absl::OkStatus();
    }
    case ItemKind::kPromise:
      return Join(facts, sealed, item->mutable_promise());
    case ItemKind::kHandOver:
      return Join(facts, sealed, item->mutable_hand_over());
    case ItemKind::kPersonRequest:
      return Join(facts, sealed, item->mutable_person_request());
  }
  return Unreadable();
}

}  // namespace

CoreFeedBook::Number CoreFeedBook::Append(storage::Transaction& transaction, NewItem item) {
  auto& book = transaction.Leave<CoreFeedBook>(book::ClosingKeyOf(book::ClosingPlace::kCoreFeed));
  auto number = std::make_shared<int64_t>(0);
  book.entries_.push_back({std::move(item), number});
  transaction.Announce(Topic::CoreFeed());
  return number;
}

// What earlier units of the group left, and what this one did so far.
template <typename Visit>
void CoreFeedBook::ForEachLeft(const storage::Transaction& transaction, Visit visit) {
  const storage::ClosingKey key = book::ClosingKeyOf(book::ClosingPlace::kCoreFeed);
  const CoreFeedBook* const books[] = {transaction.Left<CoreFeedBook>(key),
                                       transaction.LeftByUnit<CoreFeedBook>(key)};
  for (const CoreFeedBook* book : books) {
    if (book == nullptr) continue;
    for (const Entry& entry : book->entries_) visit(entry.item);
  }
}

std::set<std::string, std::less<>> CoreFeedBook::AssignmentsLeft(
    const storage::Transaction& transaction) {
  std::set<std::string, std::less<>> ids;
  ForEachLeft(transaction, [&ids](const NewItem& item) {
    if (!item.of_assignment.empty()) ids.insert(item.of_assignment);
  });
  return ids;
}

std::vector<StoredBox> CoreFeedBook::BoxesLeft(const storage::Transaction& transaction,
                                               const std::set<std::string, std::less<>>& places) {
  std::vector<StoredBox> boxes;
  if (places.empty()) return boxes;
  ForEachLeft(transaction, [&](const NewItem& item) {
    if (places.contains(item.place)) boxes.push_back({0, item.place, item.box});
  });
  return boxes;
}

void CoreFeedBook::Absorb(storage::ClosingWork& later) {
  auto& more = static_cast<CoreFeedBook&>(later).entries_;
  std::move(more.begin(), more.end(), std::back_inserter(entries_));
}

absl::Status CoreFeedBook::Run(storage::Transaction& transaction) {
  ASSIGN_OR_RETURN(int64_t sequence, storage::TakeNumbers(transaction, kSequence,
                                                          static_cast<int64_t>(entries_.size())));
  storage::Rows rows({kInteger, kInteger, kText, kInteger, kBlob, kBlob, kBlob, kText},
                     entries_.size());
  for (const Entry& entry : entries_) {
    *entry.number = ++sequence;
    rows.Add({sequence, static_cast<int64_t>(entry.item.kind), entry.item.place,
              transaction.now_us(), Value::Blob(entry.item.facts), Value::Blob(entry.item.box),
              Value::Blob(entry.item.hidden), entry.item.of_assignment});
  }
  return transaction.Execute(kInsert, {rows}).status();
}

absl::StatusOr<v1::CoreItem> CoreFeed::ItemOf(const Row& row,
                                              storage::Connection& connection) const {
  v1::CoreItem item;
  item.set_sequence(row.Integer(0));
  *item.mutable_record_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(row.Integer(3));
  const auto kind = static_cast<ItemKind>(row.Integer(1));
  ASSIGN_OR_RETURN(const std::string sealed,
                   sealer_.Open(PlaceOfItem(kind, row.Text(2)), row.Blob(5), connection));
  RETURN_IF_ERROR(Fill(kind, row.Blob(4), sealed, &item));
  return item;
}

absl::StatusOr<std::vector<v1::CoreItem>> CoreFeed::ReadItems(
    storage::Connection& connection, const std::vector<int64_t>& sequences) const {
  storage::Rows rows({kInteger}, sequences.size());
  for (const int64_t sequence : sequences) rows.Add({sequence});
  std::vector<v1::CoreItem> items;
  RETURN_IF_ERROR(connection.Query(kSelectItems, {rows}, [&](const Row& row) -> absl::Status {
    ASSIGN_OR_RETURN(items.emplace_back(), ItemOf(row, connection));
    return absl::OkStatus();
  }));
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.sequence() < b.sequence(); });
  return items;
}

absl::StatusOr<v1::ReadCoreFeedResponse> CoreFeed::Read(storage::Connection& connection,
                                                        int64_t after, int max_items) const {
  v1::ReadCoreFeedResponse response;
  ASSIGN_OR_RETURN(const int64_t newest, NewestItem(connection));
  response.set_newest(newest);
  if (after < 0 || after > newest) {
    return Error(absl::StatusCode::kInvalidArgument, "CURSOR_INVALID",
                 "after: must be 0 to the newest sequence, " + std::to_string(newest));
  }
  size_t bytes = 0;
  RETURN_IF_ERROR(
      connection.Query(kSelectAfter, {after, max_items}, [&](const Row& row) -> absl::Status {
        if (bytes > kPageBytesMax) return absl::OkStatus();  // the page has ended
        ASSIGN_OR_RETURN(v1::CoreItem item, ItemOf(row, connection));
        bytes += item.ByteSizeLong();
        if (bytes <= kPageBytesMax || response.items().empty())
          *response.add_items() = std::move(item);
        return absl::OkStatus();
      }));
  // Last, so that it speaks of all that the page leaves out.
  ASSIGN_OR_RETURN(const int64_t erased_through, ErasedThrough(connection));
  response.set_erased_through(erased_through);
  return response;
}

absl::StatusOr<std::vector<StoredBox>> ReadBoxes(storage::Connection& connection,
                                                 const std::vector<int64_t>& sequences) {
  storage::Rows rows({kInteger}, sequences.size());
  for (const int64_t sequence : sequences) rows.Add({sequence});
  std::vector<StoredBox> boxes;
  RETURN_IF_ERROR(connection.Query(kSelectBoxes, {rows}, [&](const Row& row) {
    boxes.push_back({row.Integer(0), std::string(row.Text(1)), std::string(row.Blob(2))});
    return absl::OkStatus();
  }));
  return boxes;
}

absl::StatusOr<bool> NeedsConfirming(storage::Connection& connection, std::string_view core,
                                     std::string_view reader, int64_t after) {
  int64_t confirmed = 0;
  RETURN_IF_ERROR(connection.Query(kSelectConfirmed, {core, reader}, [&](const Row& row) {
    confirmed = row.Integer(0);
    return absl::OkStatus();
  }));
  return after > confirmed;
}

absl::Status Confirm(storage::Transaction& transaction, std::string_view core,
                     std::string_view reader, int64_t after) {
  const storage::Key confirming = book::ConfirmingKey();
  RETURN_IF_ERROR(transaction.Hold({&confirming, 1}));
  ASSIGN_OR_RETURN(const int64_t changed,
                   transaction.Execute(kConfirm, {core, reader, after, transaction.now_us()}));
  if (changed == 0) return absl::OkStatus();
  RETURN_IF_ERROR(storage::RaiseNumber(transaction, kConfirmedByAny, after));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_OUTCOMES_CONFIRMED, core);
  event.set_subject_id(std::string(reader));
  event.set_count(after);
  audit::Record(transaction, std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ReaderCursor>> ReaderCursors(storage::Connection& connection) {
  std::vector<ReaderCursor> cursors;
  RETURN_IF_ERROR(connection.Query(kSelectCursors, {}, [&](const Row& row) {
    cursors.push_back(
        {std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2), row.Integer(3)});
    return absl::OkStatus();
  }));
  return cursors;
}

absl::StatusOr<int64_t> ConfirmedByAny(storage::Connection& connection) {
  return storage::NewestNumber(connection, kConfirmedByAny);
}

absl::StatusOr<bool> Retire(storage::Transaction& transaction, std::string_view actor,
                            const ReaderCursor& cursor) {
  ASSIGN_OR_RETURN(const int64_t forgotten,
                   transaction.Execute(kRetire, {cursor.core, cursor.reader}));
  if (forgotten == 0) return false;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  event.set_subject_id(cursor.reader.empty() ? cursor.core : cursor.core + "/" + cursor.reader);
  event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_CORE_RETIRED);
  event.set_count(cursor.confirmed);
  audit::Record(transaction, std::move(event));
  return true;
}

absl::StatusOr<int64_t> NewestItem(storage::Connection& connection) {
  return storage::NewestNumber(connection, kSequence);
}

absl::StatusOr<int64_t> SkipThrough(storage::Transaction& transaction, int64_t sequence) {
  ASSIGN_OR_RETURN(const int64_t newest, NewestItem(transaction.connection()));
  if (sequence <= newest) return newest;
  RETURN_IF_ERROR(storage::TakeNumbers(transaction, kSequence, sequence - newest).status());
  return sequence;
}

}  // namespace switchboard::core_feed
