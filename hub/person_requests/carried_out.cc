#include <set>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/core_feed/core_feed.h"
#include "hub/core_feed/erasure.h"
#include "hub/person_requests/person_requests.h"
#include "hub/person_requests/request_book.h"

// How corrections and deletions end.

namespace switchboard::person_requests {
namespace {

using storage::Row;
using Request = v1::PersonRequest;
using enum storage::Value::Kind;

constexpr char kAnyCorrection[] =
    "SELECT 1 FROM person_request WHERE kind = 2 AND state = 2 LIMIT 1";
constexpr char kSelectCorrected[] =
    "SELECT request_id, person_id FROM rows($1) CROSS JOIN person_request WHERE kind = 2 AND "
    "person_id = c1 AND state = 2 AND decide_time < c2";
constexpr char kSelectDeletions[] =
    "SELECT request_id, person_id, decide_time FROM person_request WHERE kind = 3 AND state = 2 "
    "AND request_id > $1 ORDER BY request_id LIMIT $2";
constexpr char kSelectDeletion[] =
    "SELECT request_id, person_id, decide_time FROM person_request WHERE kind = 3 AND state = 2 "
    "AND request_id = $1";
constexpr char kSelectCorrections[] =
    "SELECT request_id, person_id, state FROM person_request WHERE person_id IN (SELECT c1 FROM "
    "rows($1)) AND kind = 2";

static_assert(Request::KIND_CORRECTION == 2 && Request::KIND_DELETION == 3 &&
                  Request::STATE_OPEN == 1 && Request::STATE_AGREED == 2,
              "as the statements have it");

AgreedDeletion FromRow(const Row& row) {
  return {std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2)};
}

// Whose items told the core of corrections, and who asked for each.
struct Told {
  std::vector<std::string> owners;
  std::vector<std::string> person_ids;
};

absl::StatusOr<Told> ToldOf(storage::Connection& connection,
                            const std::vector<std::string>& person_ids) {
  Told told;
  RETURN_IF_ERROR(
      connection.Query(kSelectCorrections, {storage::RowsOf(person_ids)}, [&](const Row& row) {
        told.owners.push_back(ItemOwner(row.Text(0)));
        told.person_ids.emplace_back(row.Text(1));
        return absl::OkStatus();
      }));
  return told;
}

std::vector<bool> AmongThese(const std::set<std::string>& these,
                             const std::vector<std::string>& person_ids) {
  std::vector<bool> among;
  for (const std::string& id : person_ids) among.push_back(these.contains(id));
  return among;
}

absl::Status End(storage::Transaction& transaction, Request::Kind kind,
                 const std::string& request_id, const std::string& person_id) {
  RETURN_IF_ERROR(WriteEnd(transaction, request_id));
  Request request;
  request.set_request_id(request_id);
  request.set_person_id(person_id);
  request.set_kind(kind);
  request.set_state(Request::STATE_DONE);
  RecordStep(transaction, "hub", request, 0, "");
  return absl::OkStatus();
}

}  // namespace

absl::Status CloseCorrections(storage::Transaction& transaction,
                              const std::vector<PersonAsOf>& known) {
  // Seldom is there any: what is put is not gone through for nothing.
  bool any = false;
  RETURN_IF_ERROR(transaction.Query(kAnyCorrection, {}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  if (!any) return absl::OkStatus();
  storage::Rows rows({kText, kInteger}, known.size());
  for (const PersonAsOf& one : known) rows.Add({one.person_id, one.as_of_us});
  // A person comes with each account.
  std::set<std::pair<std::string, std::string>> corrected;
  RETURN_IF_ERROR(transaction.Query(kSelectCorrected, {rows}, [&](const Row& row) {
    corrected.emplace(row.Text(0), row.Text(1));
    return absl::OkStatus();
  }));
  for (const auto& [request_id, person_id] : corrected) {
    SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(person_id)));
    RETURN_IF_ERROR(End(transaction, Request::KIND_CORRECTION, request_id, person_id));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<AgreedDeletion>> AgreedDeletions(storage::Connection& connection,
                                                            std::string_view after, int limit) {
  std::vector<AgreedDeletion> deletions;
  RETURN_IF_ERROR(connection.Query(kSelectDeletions, {after, limit}, [&](const Row& row) {
    deletions.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return deletions;
}

absl::StatusOr<std::optional<AgreedDeletion>> FindAgreedDeletion(storage::Connection& connection,
                                                                 std::string_view request_id) {
  std::optional<AgreedDeletion> deletion;
  RETURN_IF_ERROR(connection.Query(kSelectDeletion, {request_id}, [&](const Row& row) {
    deletion = FromRow(row);
    return absl::OkStatus();
  }));
  return deletion;
}

absl::Status FinishDeletion(storage::Transaction& transaction, const AgreedDeletion& deletion) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(deletion.person_id)));
  ASSIGN_OR_RETURN(const auto agreed,
                   FindAgreedDeletion(transaction.connection(), deletion.request_id));
  if (!agreed.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(
      core_feed::EraseItemsOf(transaction, std::vector{ItemOwner(deletion.request_id)}));
  return End(transaction, Request::KIND_DELETION, deletion.request_id, deletion.person_id);
}

absl::StatusOr<std::vector<bool>> CorrectionsWait(storage::Connection& connection,
                                                  const std::vector<std::string>& person_ids) {
  ASSIGN_OR_RETURN(const int64_t confirmed, core_feed::ConfirmedByAll(connection));
  return CorrectionsWait(connection, person_ids, confirmed);
}

absl::StatusOr<std::vector<bool>> CorrectionsWait(storage::Connection& connection,
                                                  const std::vector<std::string>& person_ids,
                                                  int64_t confirmed) {
  ASSIGN_OR_RETURN(const Told told, ToldOf(connection, person_ids));
  ASSIGN_OR_RETURN(const auto waiting, core_feed::ItemsWait(connection, told.owners, confirmed));
  std::set<std::string> persons;
  for (size_t i = 0; i < waiting.size(); ++i)
    if (waiting[i]) persons.insert(told.person_ids[i]);
  return AmongThese(persons, person_ids);
}

absl::StatusOr<std::vector<bool>> CorrectionsWait(storage::Transaction& transaction,
                                                  const std::vector<std::string>& person_ids) {
  ASSIGN_OR_RETURN(const auto waiting, CorrectionsWait(transaction.connection(), person_ids));
  const auto left = core_feed::CoreFeedBook::AssignmentsLeft(transaction);
  if (left.empty()) return waiting;
  ASSIGN_OR_RETURN(const Told told, ToldOf(transaction.connection(), person_ids));
  std::set<std::string> persons;
  for (size_t i = 0; i < told.owners.size(); ++i)
    if (left.contains(told.owners[i])) persons.insert(told.person_ids[i]);
  std::vector<bool> waits = AmongThese(persons, person_ids);
  for (size_t i = 0; i < waits.size(); ++i)
    if (waiting[i]) waits[i] = true;
  return waits;
}

absl::Status ForgetPersons(storage::Transaction& transaction,
                           const std::vector<std::string>& person_ids) {
  if (person_ids.empty()) return absl::OkStatus();
  std::vector<std::string> owners;
  std::vector<std::pair<std::string, std::string>> open;
  const auto read = [&](const Row& row) {
    owners.push_back(ItemOwner(row.Text(0)));
    if (row.Integer(2) <= Request::STATE_AGREED) open.emplace_back(row.Text(0), row.Text(1));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(transaction.Query(kSelectCorrections, {storage::RowsOf(person_ids)}, read));
  if (owners.empty()) return absl::OkStatus();
  for (const auto& [request_id, person_id] : open)
    RETURN_IF_ERROR(End(transaction, Request::KIND_CORRECTION, request_id, person_id));
  return core_feed::EraseItemsOf(transaction, owners);
}

}  // namespace switchboard::person_requests
