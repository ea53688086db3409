#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "hub/storage/database.h"
#include "hub/storage/table_facts.h"

// Rows written anew as they are, so that the transaction has them locked and row_writes() says how
// they are now, whoever wrote them: what was not sealed when it was written is sealed so. Rows that
// are gone are left out; who removed them said so. REQUIRES: a table with columns besides its key.

namespace switchboard::storage {

// `rows`: as RowWrites::Write has them.
absl::Status TouchRows(WriterConnection& connection, const TableFacts& table,
                       const std::vector<std::string_view>& rows);

absl::Status TouchAllRows(WriterConnection& connection, const TableFacts& table);

}  // namespace switchboard::storage
