#include "hub/storage/postgres_value.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/base/error.h"
#include "hub/storage/postgres_rows.h"

namespace switchboard::storage {
namespace {

// catalog/pg_type.dat
constexpr Oid kUnknown = 0;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;

constexpr int kBinaryFormat = 1;

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}

  bool IsNull(int column) const override { return PQgetisnull(result_, row_, column) == 1; }
  std::string_view Text(int column) const override { return Blob(column); }
  std::string_view Blob(int column) const override {
    return {PQgetvalue(result_, row_, column),
            static_cast<size_t>(PQgetlength(result_, row_, column))};
  }
  // Constants of a statement may be narrower than a column.
  int64_t Integer(int column) const override {
    const std::string_view bytes = Blob(column);
    if (bytes.empty()) return 0;
    int64_t integer = static_cast<signed char>(bytes.front());
    for (const char byte : bytes.substr(1))
      integer = static_cast<int64_t>(static_cast<uint64_t>(integer) << 8) |
                static_cast<unsigned char>(byte);
    return integer;
  }

 private:
  const PGresult* const result_;
  const int row_;
};

bool StartsWith(std::string_view state, std::string_view prefix) {
  return state.substr(0, prefix.size()) == prefix;
}

}  // namespace

PostgresParameters::PostgresParameters(Connection::Parameters parameters) {
  const size_t count = parameters.size() + Rows::kColumnsMax;
  for (auto* numbers : {&lengths_, &formats_}) numbers->reserve(count);
  types_.reserve(count);
  values_.reserve(count);
  // Their elements are pointed to.
  integers_.reserve(parameters.size());
  arrays_.reserve(Rows::kColumnsMax);
  for (const Value& value : parameters) {
    switch (value.kind()) {
      case Value::Kind::kNull:
        AddNull();
        break;
      case Value::Kind::kInteger: {
        const uint64_t ordered = NetworkOrder(static_cast<uint64_t>(value.integer()));
        std::memcpy(integers_.emplace_back().data(), &ordered, sizeof(ordered));
        Add(kInt8, {integers_.back().data(), integers_.back().size()});
        break;
      }
      case Value::Kind::kText:
        Add(kText, value.bytes());
        break;
      case Value::Kind::kBlob:
        Add(kBytea, value.bytes());
        break;
      case Value::Kind::kRows:
        SWITCHBOARD_ASSERT(arrays_.empty());
        for (size_t column = 0; column < value.rows().columns().size(); ++column)
          Add(ArrayTypeOf(value.rows().columns()[column]),
              arrays_.emplace_back(ArrayOf(value.rows(), column)));
        break;
    }
  }
}

void PostgresParameters::Add(Oid type, std::string_view bytes) {
  types_.push_back(type);
  // A null pointer would be a null.
  values_.push_back(bytes.empty() ? "" : bytes.data());
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(kBinaryFormat);
}

void PostgresParameters::AddNull() {
  types_.push_back(kUnknown);
  values_.push_back(nullptr);
  lengths_.push_back(0);
  formats_.push_back(kBinaryFormat);
}

int64_t ChangedBy(PGresult* result) {
  int64_t changed = 0;
  // Empty where a command changes nothing by its nature.
  return absl::SimpleAtoi(PQcmdTuples(result), &changed) ? changed : 0;
}

absl::Status VisitRows(const PGresult* result, Connection::Visitor visit) {
  const int rows = PQntuples(result);
  for (int row = 0; row < rows; ++row) RETURN_IF_ERROR(visit(PostgresRow(result, row)));
  return absl::OkStatus();
}

PostgresProblem ProblemOf(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field == nullptr ? "" : field;
  const char* constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
  const std::string text =
      absl::StrCat("PostgreSQL error ", field == nullptr ? "without a state" : field,
                   constraint == nullptr ? "" : " on ", constraint == nullptr ? "" : constraint);
  if (state == "23505") return {absl::AlreadyExistsError(text), false};
  // Disk full.
  if (state == "53100") return {StorageFull(), false};
  // Serialization, deadlock; a lock not to be had; a statement that took too long.
  if (StartsWith(state, "40") || state == "55P03" || state == "57014")
    return {absl::UnavailableError(text), false};
  // No connection, insufficient resources, a server that stops or starts; one that has become a
  // standby, or ended a transaction that idled.
  if (state.empty() || StartsWith(state, "08") || StartsWith(state, "53") ||
      StartsWith(state, "57P") || state == "25006" || state == "25P03") {
    return {absl::UnavailableError(text), true};
  }
  // Data corrupted, index corrupted.
  if (StartsWith(state, "XX00") && state != "XX000") {
    return {DatabaseDamaged(), false};
  }
  return {absl::InternalError(text), false};
}

std::vector<std::string> DefinitionsFor(const std::string& statement) {
  std::vector<std::string> definitions = {
      absl::StrReplaceAll(statement, {{" TEXT", " TEXT COLLATE \"C\""}})};
  if (statement.starts_with("CREATE TABLE") && absl::StrContains(statement, " audit_entry ("))
    definitions.emplace_back("CREATE SEQUENCE commit_order");
  return definitions;
}

}  // namespace switchboard::storage
