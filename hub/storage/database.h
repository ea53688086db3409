#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The one seam between the domain and a database engine. Domain code writes portable SQL once, as
// `constexpr char[]` constants beside the code that uses them, with parameters $1, $2 … bound in
// order. Nothing above storage/ knows which engine runs.
//
// Portable means: what SQLite 3.40 and PostgreSQL 15 both accept. UPSERT and RETURNING yes;
// triggers, sequences, advisory locks, AUTOINCREMENT, implicit row ids and database-side clocks no.
// Times are bound as BIGINT microseconds since 1970 UTC.

namespace switchboard::storage {

// A parameter. Text and blobs are not copied: they must live until the call returns.
class Value {
 public:
  enum class Kind { kNull, kInteger, kText, kBlob };

  Value(std::nullptr_t) : kind_(Kind::kNull) {}  // NOLINT: implicit by design
  Value(int64_t integer) : kind_(Kind::kInteger), integer_(integer) {}  // NOLINT
  Value(int integer) : Value(int64_t{integer}) {}                       // NOLINT
  Value(bool flag) : Value(int64_t{flag}) {}                            // NOLINT
  Value(std::string_view text) : kind_(Kind::kText), bytes_(text) {}    // NOLINT
  Value(const std::string& text) : Value(std::string_view(text)) {}     // NOLINT
  Value(const char* text) : Value(std::string_view(text)) {}            // NOLINT
  static Value Blob(std::string_view bytes) {
    Value value(bytes);
    value.kind_ = Kind::kBlob;
    return value;
  }

  Kind kind() const { return kind_; }
  int64_t integer() const { return integer_; }
  std::string_view bytes() const { return bytes_; }

 private:
  Kind kind_;
  int64_t integer_ = 0;
  std::string_view bytes_;
};

// One row of a result. Valid during the visit only; columns count from 0 and have the type that the
// statement's text gives them.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Integer(int column) const = 0;        // 0 when NULL
  virtual std::string_view Text(int column) const = 0;  // empty when NULL
  virtual std::string_view Blob(int column) const = 0;  // empty when NULL
};

// One connection to a database. Not thread-safe. Statements are prepared once per connection and
// kept; `sql` must be a string literal or constant, since its address is the key.
class Connection {
 public:
  using Parameters = std::initializer_list<Value>;
  using Visitor = absl::FunctionRef<absl::Status(const Row&)>;

  virtual ~Connection() = default;

  // Runs a statement that returns no rows; the number of rows it changed.
  // Errors: ALREADY_EXISTS when a unique key is violated; UNAVAILABLE when the engine asks for a
  // retry of the whole transaction; RESOURCE_EXHAUSTED, STORAGE_FULL, with a retry time, when the
  // disk is full; DATA_LOSS, DATABASE_DAMAGED; INTERNAL for everything else.
  virtual absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) = 0;

  // Runs a statement and visits its rows in order until the visitor fails. Same errors, and the
  // visitor's.
  virtual absl::Status Query(const char* sql, Parameters parameters, Visitor visit) = 0;
};

// A place to keep things. Thread-safe.
class Database {
 public:
  virtual ~Database() = default;

  // A connection for reading; each Query sees one consistent state. Outlived by the
  // database.
  virtual absl::StatusOr<std::unique_ptr<Connection>> OpenReader() = 0;

  // Name and version of the engine, for logs: "sqlite-3.40.1".
  virtual std::string Describe() const = 0;
};

}  // namespace switchboard::storage
