// A table-valued function over a pointer that only this program can bind (sqlite.org/bindptr.html).

#include "hub/storage/sqlite_rows.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/sqlite_error.h"

namespace switchboard::storage {
namespace {

constexpr char kPointerType[] = "switchboard rows";

// c1 … c20, n, and the hidden column that takes the argument.
constexpr int kNumberColumn = Rows::kColumnsMax;
constexpr int kArgumentColumn = kNumberColumn + 1;

// What the planner thinks there are: many, and far fewer than a table has.
constexpr sqlite3_int64 kExpectedRows = 500;

struct Cursor {
  sqlite3_vtab_cursor base{};
  const Rows* rows = nullptr;
  size_t row = 0;
};

Cursor& Of(sqlite3_vtab_cursor* cursor) { return *reinterpret_cast<Cursor*>(cursor); }

int Connect(sqlite3* connection, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  std::string columns;
  for (int column = 1; column <= Rows::kColumnsMax; ++column)
    absl::StrAppend(&columns, "c", column, ", ");
  const int code = sqlite3_declare_vtab(
      connection, absl::StrCat("CREATE TABLE x(", columns, "n, argument HIDDEN)").c_str());
  if (code != SQLITE_OK) return code;
  sqlite3_vtab_config(connection, SQLITE_VTAB_INNOCUOUS);
  *table = new sqlite3_vtab{};
  return SQLITE_OK;
}

int Disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

// The rows come one by one in their order, whoever asks.
int BestIndex(sqlite3_vtab*, sqlite3_index_info* plan) {
  for (int i = 0; i < plan->nConstraint; ++i) {
    const auto& constraint = plan->aConstraint[i];
    if (constraint.iColumn != kArgumentColumn || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
      continue;
    if (constraint.usable == 0) return SQLITE_CONSTRAINT;
    plan->aConstraintUsage[i].argvIndex = 1;
    plan->aConstraintUsage[i].omit = 1;
    plan->estimatedRows = kExpectedRows;
    plan->estimatedCost = static_cast<double>(kExpectedRows);
    const bool in_order = plan->nOrderBy == 1 && plan->aOrderBy[0].desc == 0 &&
                          plan->aOrderBy[0].iColumn == kNumberColumn;
    plan->orderByConsumed = in_order ? 1 : 0;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;
}

int Open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = &(new Cursor)->base;
  return SQLITE_OK;
}

int Close(sqlite3_vtab_cursor* cursor) {
  delete &Of(cursor);
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* cursor, int, const char*, int arguments, sqlite3_value** values) {
  SWITCHBOARD_ASSERT(arguments == 1);
  Of(cursor).rows = static_cast<const Rows*>(sqlite3_value_pointer(values[0], kPointerType));
  Of(cursor).row = 0;
  return SQLITE_OK;
}

int Next(sqlite3_vtab_cursor* cursor) {
  ++Of(cursor).row;
  return SQLITE_OK;
}

int Eof(sqlite3_vtab_cursor* cursor) {
  const Cursor& at = Of(cursor);
  return at.rows == nullptr || at.row >= at.rows->size() ? 1 : 0;
}

void Give(sqlite3_context* context, const Value& value) {
  // A null pointer would be a null.
  const char* bytes = value.bytes().empty() ? "" : value.bytes().data();
  switch (value.kind()) {
    case Value::Kind::kInteger:
      return sqlite3_result_int64(context, value.integer());
    case Value::Kind::kText:
      return sqlite3_result_text64(context, bytes, value.bytes().size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    case Value::Kind::kBlob:
      return sqlite3_result_blob64(context, bytes, value.bytes().size(), SQLITE_STATIC);
    case Value::Kind::kNull:
    case Value::Kind::kRows:
      return sqlite3_result_null(context);
  }
}

int Column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) {
  const Cursor& at = Of(cursor);
  if (column == kNumberColumn) {
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(at.row) + 1);
  } else if (static_cast<size_t>(column) < at.rows->columns().size()) {
    Give(context, at.rows->At(at.row, static_cast<size_t>(column)));
  }
  return SQLITE_OK;
}

int RowId(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(Of(cursor).row) + 1;
  return SQLITE_OK;
}

// Without xCreate: it is there under its name, and nobody can make a table of it.
sqlite3_module Module() {
  sqlite3_module module{};
  module.xConnect = Connect;
  module.xBestIndex = BestIndex;
  module.xDisconnect = Disconnect;
  module.xOpen = Open;
  module.xClose = Close;
  module.xFilter = Filter;
  module.xNext = Next;
  module.xEof = Eof;
  module.xColumn = Column;
  module.xRowid = RowId;
  return module;
}

}  // namespace

absl::Status AddRows(sqlite3* connection) {
  static const sqlite3_module kModule = Module();
  const int code = sqlite3_create_module_v2(connection, "rows", &kModule, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : SqliteStatus(connection, code, "set up rows");
}

int BindRows(sqlite3_stmt* statement, int index, const Rows& rows) {
  return sqlite3_bind_pointer(statement, index, const_cast<Rows*>(&rows), kPointerType, nullptr);
}

}  // namespace switchboard::storage
