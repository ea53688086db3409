#include "hub/assignments/hand_overs.h"

#include <utility>

#include "hub/assignments/sealed_tables.h"
#include "hub/base/error.h"

namespace switchboard::assignments {
namespace {

using storage::Row;

#define HAND_OVER_COLUMNS                                                                       \
  "assignment_id, former_assignment_id, from_vendor_id, to_vendor_id, reason, hand_over_time, " \
  "box, note_digest"

constexpr char kInsert[] =
    "INSERT INTO hand_over (" HAND_OVER_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr char kSelectOf[] =
    "SELECT " HAND_OVER_COLUMNS " FROM hand_over WHERE former_assignment_id = $1";
constexpr char kSelectByIds[] =
    "SELECT " HAND_OVER_COLUMNS " FROM rows($1) CROSS JOIN hand_over WHERE assignment_id = c1";

absl::StatusOr<HandOver> FromRow(const Row& row, storage::Sealer& sealer,
                                 storage::Connection& connection) {
  HandOver hand_over;
  hand_over.assignment_id = row.Text(0);
  hand_over.former_assignment_id = row.Text(1);
  hand_over.from_vendor_id = row.Text(2);
  hand_over.to_vendor_id = row.Text(3);
  hand_over.reason = static_cast<v1::HandOverReason>(row.Integer(4));
  hand_over.time_us = row.Integer(5);
  ASSIGN_OR_RETURN(const std::string sealed,
                   sealer.Open(PlaceOfHandOver(hand_over.assignment_id), row.Blob(6), connection));
  v1::HandOver said;
  if (!said.ParseFromString(sealed))
    return absl::DataLossError("what was said of a hand-over cannot be parsed");
  hand_over.note = said.note();
  hand_over.note_marks = said.note_marks();
  hand_over.note_digest = row.Blob(7);
  return hand_over;
}

}  // namespace

absl::Status WriteHandOver(storage::Transaction& transaction, storage::Sealer& sealer,
                           const HandOver& hand_over) {
  v1::HandOver said;
  said.set_note(hand_over.note);
  *said.mutable_note_marks() = hand_over.note_marks;
  const std::string box =
      sealer.Seal(transaction, PlaceOfHandOver(hand_over.assignment_id), said.SerializeAsString());
  return transaction
      .Execute(kInsert,
               {hand_over.assignment_id, hand_over.former_assignment_id, hand_over.from_vendor_id,
                hand_over.to_vendor_id, static_cast<int64_t>(hand_over.reason), hand_over.time_us,
                storage::Value::Blob(box), storage::Value::Blob(hand_over.note_digest)})
      .status();
}

absl::StatusOr<std::optional<HandOver>> FindHandOverOf(storage::Connection& connection,
                                                       storage::Sealer& sealer,
                                                       std::string_view former_assignment_id) {
  std::optional<HandOver> found;
  RETURN_IF_ERROR(
      connection.Query(kSelectOf, {former_assignment_id}, [&](const Row& row) -> absl::Status {
        ASSIGN_OR_RETURN(found, FromRow(row, sealer, connection));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::map<std::string, HandOver, std::less<>>> FindHandOvers(
    storage::Connection& connection, storage::Sealer& sealer,
    const std::vector<std::string>& assignment_ids) {
  std::map<std::string, HandOver, std::less<>> found;
  const storage::Rows ids = storage::RowsOf(assignment_ids);
  RETURN_IF_ERROR(connection.Query(kSelectByIds, {ids}, [&](const Row& row) -> absl::Status {
    ASSIGN_OR_RETURN(HandOver hand_over, FromRow(row, sealer, connection));
    std::string id = hand_over.assignment_id;
    found.emplace(std::move(id), std::move(hand_over));
    return absl::OkStatus();
  }));
  return found;
}

}  // namespace switchboard::assignments
