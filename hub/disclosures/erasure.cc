#include "hub/disclosures/erasure.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::disclosures {
namespace {

using storage::Row;

constexpr char kSelectOldDisclosure[] =
    "SELECT sequence FROM (SELECT sequence, disclose_time FROM disclosure ORDER BY sequence LIMIT "
    "$1) AS oldest WHERE disclose_time <= $2 LIMIT 1";
constexpr char kEraseDisclosures[] =
    "DELETE FROM disclosure WHERE sequence IN (SELECT sequence FROM disclosure ORDER BY sequence "
    "LIMIT $1) AND disclose_time <= $2 RETURNING sequence";
constexpr char kSelectOldAcknowledgement[] =
    "SELECT sequence FROM acknowledgement WHERE ack_time <= $1 LIMIT 1";
constexpr char kEraseAcknowledgements[] =
    "DELETE FROM acknowledgement WHERE (vendor_id, generation, sequence) IN (SELECT vendor_id, "
    "generation, sequence FROM acknowledgement WHERE ack_time <= $1 ORDER BY ack_time LIMIT $2)";
// No statement is run over no rows.
constexpr char kSelectOldAnswer[] =
    "SELECT answer_id FROM disclosed_answer WHERE show_time <= $1 LIMIT 1";
constexpr char kSelectOldAnswerBut[] =
    "SELECT answer_id FROM disclosed_answer WHERE show_time <= $1 AND person_id NOT IN (SELECT c1 "
    "FROM rows($2)) LIMIT 1";
constexpr char kEraseAnswers[] =
    "DELETE FROM disclosed_answer WHERE answer_id IN (SELECT answer_id FROM disclosed_answer WHERE "
    "show_time <= $1 ORDER BY show_time LIMIT $2)";
constexpr char kEraseAnswersBut[] =
    "DELETE FROM disclosed_answer WHERE answer_id IN (SELECT answer_id FROM disclosed_answer WHERE "
    "show_time <= $1 AND person_id NOT IN (SELECT c1 FROM rows($2)) ORDER BY show_time LIMIT $3)";

absl::StatusOr<bool> Finds(storage::Connection& connection, const char* sql,
                           storage::Connection::Parameters parameters) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

}  // namespace

absl::StatusOr<bool> AnyOldDisclosures(storage::Connection& connection, int64_t until_us,
                                       int limit) {
  ASSIGN_OR_RETURN(const bool any, Finds(connection, kSelectOldDisclosure, {limit, until_us}));
  return any ? any : Finds(connection, kSelectOldAcknowledgement, {until_us});
}

absl::StatusOr<ErasedDisclosures> EraseDisclosures(storage::Transaction& transaction,
                                                   int64_t until_us, int limit) {
  ErasedDisclosures erased;
  RETURN_IF_ERROR(transaction.Query(kEraseDisclosures, {limit, until_us}, [&](const Row& row) {
    ++erased.count;
    erased.last_sequence = std::max(erased.last_sequence, row.Integer(0));
    return absl::OkStatus();
  }));
  // While there are more pages, they may be what these acknowledge.
  if (erased.count < limit)
    RETURN_IF_ERROR(transaction.Execute(kEraseAcknowledgements, {until_us, limit}).status());
  return erased;
}

absl::StatusOr<bool> AnyOldAnswers(storage::Connection& connection, int64_t until_us,
                                   const storage::Rows& kept) {
  return kept.empty() ? Finds(connection, kSelectOldAnswer, {until_us})
                      : Finds(connection, kSelectOldAnswerBut, {until_us, kept});
}

absl::StatusOr<int64_t> EraseAnswers(storage::Transaction& transaction, int64_t until_us, int limit,
                                     const storage::Rows& kept) {
  return kept.empty() ? transaction.Execute(kEraseAnswers, {until_us, limit})
                      : transaction.Execute(kEraseAnswersBut, {until_us, kept, limit});
}

}  // namespace switchboard::disclosures
