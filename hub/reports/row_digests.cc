#include "hub/reports/row_digests.h"

#include <algorithm>
#include <string>

#include "hub/base/error.h"
#include "hub/storage/row_writes.h"
#include "hub/storage/stored_rows.h"
#include "hub/storage/table_facts.h"

namespace switchboard::reports {
namespace {

// What is hashed is far more than what goes out: a page takes the hub some ten milliseconds.
constexpr int kRowsMax = 10'000;
constexpr size_t kKeyBytesMax = 1024 * 1024;
// PostgreSQL's client holds all that a query answers.
constexpr size_t kBytesMax = 8 * 1024 * 1024;
// Rows are of some dozen bytes, or of many kilobytes: so many show of which kind they are.
constexpr int kRowsToLookAt = 64;

size_t SizeOf(const storage::TableFacts& table, const storage::Row& row) {
  size_t bytes = 0;
  for (size_t i = 0; i < table.kinds.size(); ++i) {
    const int column = static_cast<int>(i);
    if (table.kinds[i] == 'i') {
      bytes += sizeof(int64_t);
    } else if (!row.IsNull(column)) {
      bytes += table.kinds[i] == 't' ? row.Text(column).size() : row.Blob(column).size();
    }
  }
  return bytes;
}

// Rows behind `after` until the page is full. A query reads all that it is asked for: it is asked
// for no more than about what the page holds.
absl::Status ReadPage(storage::Connection& reader, const storage::TableFacts& table,
                      std::string_view key, const v1::DigestRowsRequest& request,
                      v1::DigestRowsResponse& response) {
  std::string after = request.after();
  size_t bytes = 0, key_bytes = 0;
  int rows = 0, asked = kRowsToLookAt, got = asked;
  bool has_room = true;
  const auto visit = [&](const storage::Row& row) {
    ++got;
    const size_t size = SizeOf(table, row);
    has_room = has_room && key_bytes <= kKeyBytesMax && (rows == 0 || bytes + size <= kBytesMax);
    if (!has_room) return absl::OkStatus();
    ++rows;
    bytes += size;
    storage::AppendRowDigest(
        {&table, storage::KeyDigest(table, row, key), storage::ContentDigest(table, row, key)},
        response.mutable_rows());
    response.set_next(storage::PlaceOf(table, row));
    if (!request.with_keys()) return absl::OkStatus();
    response.add_keys(storage::KeyText(table, row));
    key_bytes += response.keys().rbegin()->size();
    return absl::OkStatus();
  };
  while (has_room && got == asked && rows < kRowsMax) {
    if (rows > 0) {
      const size_t average = bytes / static_cast<size_t>(rows) + 1;
      asked = static_cast<int>(
          std::min<size_t>(static_cast<size_t>(kRowsMax - rows),
                           (kBytesMax - std::min(bytes, kBytesMax)) / average + 1));
      after = response.next();
    }
    got = 0;
    RETURN_IF_ERROR(storage::ReadStoredRows(reader, table, after, asked, visit));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::DigestRowsResponse> DigestRows(storage::Connection& reader, std::string_view key,
                                                  const v1::DigestRowsRequest& request) {
  v1::DigestRowsResponse response;
  if (request.table().empty()) {
    for (const storage::TableFacts& table : storage::Tables()) response.add_tables(table.name);
    return response;
  }
  const storage::TableFacts* table = storage::FindTable(request.table());
  if (table == nullptr) {
    return Error(absl::StatusCode::kNotFound, "TABLE_UNKNOWN",
                 "table: there is no such table, or the log does not vouch for it");
  }
  RETURN_IF_ERROR(ReadPage(reader, *table, key, request, response));
  return response;
}

}  // namespace switchboard::reports
