#pragma once

#include <libpq-fe.h>

#include <string>
#include <string_view>

#include "hub/storage/database.h"

// Rows as PostgreSQL takes them: an array for each column, which `unnest` puts together again.

namespace switchboard::storage {

// What the text of a statement is prepared as: `rows($2)` of three columns becomes
// `unnest($2, $3, $4) WITH ORDINALITY AS rows(c1, c2, c3, n)`, and what stood behind $2 is counted
// on from there. REQUIRES: rows among the parameters where the text has them, and once.
std::string WithArrays(std::string_view sql, Connection::Parameters parameters);

// Of an array with such elements. REQUIRES: an integer, text or blob.
Oid ArrayTypeOf(Value::Kind element);

// A column, in the binary format of arrays (backend/utils/adt/arrayfuncs.c, array_recv).
std::string ArrayOf(const Rows& rows, size_t column);

}  // namespace switchboard::storage
