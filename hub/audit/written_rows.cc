#include "hub/audit/written_rows.h"

#include "hub/audit/wire_field.h"
#include "hub/base/error.h"
#include "switchboard/v1/audit_rows.pb.h"

namespace switchboard::audit {
namespace {

constexpr char TagOf(int number) { return static_cast<char>(number << 3 | 2); }
constexpr char kTable = TagOf(v1::RowWrites::kTablesFieldNumber);
constexpr char kOpen = TagOf(v1::RowWrites::kOpenTablesFieldNumber);
constexpr char kName = TagOf(v1::RowWrites::Table::kTableFieldNumber);
constexpr char kRows = TagOf(v1::RowWrites::Table::kRowsFieldNumber);

uint64_t NumberAt(std::string_view bytes, size_t at) {
  uint64_t number = 0;
  for (size_t i = sizeof(number); i > 0; --i)
    number = number << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return number;
}

bool TakeTable(std::string_view table, std::string_view& name, std::string_view& rows) {
  name = rows = {};
  char tag = 0;
  std::string_view content;
  while (!table.empty()) {
    if (!TakeField(table, tag, content)) return false;
    if (tag != kName && tag != kRows) return false;
    (tag == kName ? name : rows) = content;
  }
  return rows.size() % kWrittenRowBytes == 0;
}

}  // namespace

void ForEachRow(std::string_view rows, absl::FunctionRef<void(const WrittenRow&)> visit) {
  SWITCHBOARD_ASSERT(rows.size() % kWrittenRowBytes == 0);
  for (size_t at = 0; at < rows.size(); at += kWrittenRowBytes)
    visit({NumberAt(rows, at), NumberAt(rows, at + sizeof(uint64_t))});
}

bool ForEachWritten(
    std::string_view written,
    absl::FunctionRef<void(std::string_view table, std::string_view rows)> visit_table,
    absl::FunctionRef<void(std::string_view table)> visit_open) {
  char tag = 0;
  std::string_view content, name, rows;
  while (!written.empty()) {
    if (!TakeField(written, tag, content)) return false;
    if (tag == kOpen) {
      visit_open(content);
    } else {
      if (tag != kTable || !TakeTable(content, name, rows)) return false;
      visit_table(name, rows);
    }
  }
  return true;
}

}  // namespace switchboard::audit
