#include "tests/bench/layout/layout.h"

#include <algorithm>
#include <cstring>

namespace switchboard::bench {

uint64_t ReadAll(const storage::Row& row, std::string_view kinds) {
  uint64_t sum = 0;
  int column = 0;
  for (const char kind : kinds) {
    sum += kind == 'i' ? static_cast<uint64_t>(row.Integer(column)) : row.Blob(column).size();
    ++column;
  }
  return sum;
}

uint64_t HeadOf(std::string_view box) {
  uint64_t head = 0;
  std::memcpy(&head, box.data(), std::min(box.size(), sizeof(head)));
  return head;
}

storage::Rows RowsOfIds(absl::Span<const BookAccount> accounts, std::string BookAccount::*id) {
  storage::Rows rows({storage::Value::Kind::kText}, accounts.size());
  for (const BookAccount& account : accounts) rows.Add({account.*id});
  return rows;
}

}  // namespace switchboard::bench
