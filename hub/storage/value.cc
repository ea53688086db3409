#include "hub/storage/value.h"

namespace switchboard::storage {

Rows RowsOf(const std::vector<std::string>& texts) {
  Rows rows({Value::Kind::kText}, texts.size());
  for (const std::string& text : texts) rows.Add({text});
  return rows;
}

}  // namespace switchboard::storage
