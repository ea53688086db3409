#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/database.h"

// How values and errors cross libpq: parameters and results in the binary format, so that boxes are
// not blown up to hexadecimal digits.

namespace switchboard::storage {

// Parameters as libpq wants them. The values' bytes must outlive it.
class PostgresParameters {
 public:
  explicit PostgresParameters(Connection::Parameters parameters);

  int size() const { return static_cast<int>(types_.size()); }
  const Oid* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void Add(Oid type, std::string_view bytes);
  void AddNull();

  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::array<char, sizeof(int64_t)>> integers_;  // in network order
  std::vector<std::string> arrays_;
};

template <typename Unsigned>
Unsigned NetworkOrder(Unsigned integer) {
  if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
    return sizeof(integer) == sizeof(uint64_t) ? static_cast<Unsigned>(__builtin_bswap64(integer))
                                               : static_cast<Unsigned>(__builtin_bswap32(integer));
  return integer;
}

// Rows changed by a statement.
int64_t ChangedBy(PGresult* result);

// Visits the rows in order until the visitor fails.
absl::Status VisitRows(const PGresult* result, Connection::Visitor visit);

// An error as the seam names it (database.h). Its text holds the SQLSTATE and the constraint's
// name, never a value.
struct PostgresProblem {
  absl::Status status;
  bool connection_ends = false;  // the server ends the session, or is not the one that takes writes
};
PostgresProblem ProblemOf(const PGresult* result);

// A migration's statement in PostgreSQL's words: texts are compared byte by byte, as SQLite does.
// With the table of the audit log comes the sequence of its order (NextInOrder).
std::vector<std::string> DefinitionsFor(const std::string& statement);

}  // namespace switchboard::storage
