#pragma once

#include <cstdint>
#include <string>

#include "hub/base/error.h"
#include "hub/storage/sealed_table.h"
#include "hub/storage/sealer.h"
#include "hub/upkeep/sealed_tables.h"

namespace switchboard::testing {

inline constexpr int kRowsOfEveryTable = 3;

// What the box of a row holds: what no other does.
inline std::string TextOfBox(const storage::SealedTable& table, const storage::SealedRow& row) {
  return std::string("kept in ") + table.name + " at " + storage::RowKey(row);
}

// Rows of the number `i` in every table that has boxes, with nothing in their boxes yet.
inline absl::Status AddRows(storage::Transaction& transaction, int64_t i) {
  using storage::Value;
  const std::string n = std::to_string(i);
  const Value none = Value::Blob("");
  const auto insert = [&](const char* sql, std::initializer_list<Value> values) {
    return transaction.Execute(sql, values).status();
  };
  RETURN_IF_ERROR(insert(
      "INSERT INTO quarantine (quarantine_id, digest, box, actor, kind, source, as_of, status, "
      "field, quarantine_time, count, size, taken, card_removed) VALUES ($1, $2, $3, 'core/main', "
      "'account', 'file', 1, 'STATUS_INVALID', 'person', 1, 1, 1, 1, 0)",
      {n, Value::Blob(n), none}));
  RETURN_IF_ERROR(
      insert("INSERT INTO person (person_id, box, as_of, said) VALUES ($1, $2, 1, 0)", {n, none}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO account (account_id, digest, box, person_id, actor, source, sequence, as_of, "
      "was_current, update_time) VALUES ($1, $2, $3, 'P', 'core/main', 'file', 1, 1, 0, 1)",
      {n, none, none}));
  RETURN_IF_ERROR(
      insert("INSERT INTO person_word (event_id, box, person_id, say_time) VALUES ($1, $2, 'P', 1)",
             {n, none}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO person_past (until_time, box, person_id) VALUES ($1, $2, 'P')", {i, none}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO assignment (assignment_id, why, account_id, vendor_id, vendor_group, person_id, "
      "work_type, placement, ended, segment, country, place_time, withdraw_reason, recall_reason, "
      "recall_objected, recall_place_again, rejected, former_assignment_id, deletion_order_id) "
      "VALUES ($1, $2, $3, 'v', '', 'P', 1, 1, 0, '', 'JP', 1, 0, 0, 0, 0, 0, '', '')",
      {n, none, n}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO hand_over (assignment_id, former_assignment_id, box, note_digest, "
      "from_vendor_id, to_vendor_id, reason, hand_over_time) VALUES ($1, $2, $3, $4, 'v', 'w', 1, "
      "1)",
      {n, n, none, none}));
  RETURN_IF_ERROR(
      insert("INSERT INTO core_item (sequence, place, facts, box, hidden, kind, record_time, "
             "of_assignment) VALUES ($1, $2, $3, $4, $5, 3, 1, '')",
             {i, n, none, none, none}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO promise (outcome_id, box, note_digest, hidden, account_id, vendor_id, version, "
      "assignment_id, take_time, standing, since_time, remind_from, remind_until, never_binds) "
      "VALUES ($1, $2, $3, $4, 'A', 'v', 1, '', 1, 1, 1, 1, 1, 0)",
      {n, none, none, none}));
  RETURN_IF_ERROR(
      insert("INSERT INTO payment (event_id, box, pay_time, account_id) VALUES ($1, $2, $3, 'A')",
             {n, none, i}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO agent_time (outcome_id, box, vendor_id, agent, located, moment, begin_time, "
      "end_time) VALUES ($1, $2, 'v', '', 1, '', 1, 1)",
      {n, none}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO legal_hold (hold_id, digest, box, person_id, account_id, origin, vendors_keep, "
      "placed_by, place_time, ended_by) VALUES ($1, $2, $3, 'P', 'A', 1, 0, 'operator/ito', 1, '')",
      {n, none, none}));
  RETURN_IF_ERROR(insert(
      "INSERT INTO unmasking (unmasking_id, request_id, box, vendor_id, assignment_id, person_id, "
      "account_id, classes, reason, contract_version, state, ask_time, decided_by) VALUES ($1, $2, "
      "$3, 'v', 'a', 'P', 'A', 1, 1, 1, 1, 1, '')",
      {n, n, none}));
  return insert(
      "INSERT INTO person_request (request_id, box, person_id, kind, state, opened_by, open_time, "
      "decided_by, pages) VALUES ($1, $2, 'P', 1, 1, 'operator/ito', 1, '', 0)",
      {n, none});
}

// Rows in every table that has boxes, each with TextOfBox in it, of a database that has none. They
// are what the tables bear; no room could have written them together.
inline absl::Status FillEveryTable(storage::Transaction& transaction, storage::Sealer& sealer) {
  for (int i = 1; i <= kRowsOfEveryTable; ++i) RETURN_IF_ERROR(AddRows(transaction, i));
  for (const storage::SealedTable* table : upkeep::SealedTables()) {
    ASSIGN_OR_RETURN(auto rows, storage::ReadSealed(transaction.connection(), *table, "", 100));
    std::vector<storage::SealedAnew> boxes;
    for (storage::SealedRow& row : rows) {
      std::string box = sealer.Seal(transaction, row.place, TextOfBox(*table, row));
      boxes.push_back({std::move(row), std::move(box)});
    }
    ASSIGN_OR_RETURN(const int64_t filled, storage::SwapBoxes(transaction, *table, boxes));
    if (filled != kRowsOfEveryTable)
      return absl::InternalError(std::string(table->name) + " has no rows: add some");
  }
  return absl::OkStatus();
}

}  // namespace switchboard::testing
