#include "hub/deletions/passed_on.h"

#include <set>

#include "hub/assignments/assignments.h"
#include "hub/assignments/recalls.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/bounded_record.h"
#include "hub/base/actor.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/contracts/sub_contractors.h"

namespace switchboard::deletions {
namespace {

using storage::Row;
using storage::Rows;
using enum storage::Value::Kind;

constexpr char kInsert[] =
    "INSERT INTO passed_on (assignment_id, sub_contractor_id, vendor_id, pass_time) SELECT c1, c2, "
    "c3, c4 FROM rows($1) WHERE true ON CONFLICT (assignment_id, sub_contractor_id) DO NOTHING "
    "RETURNING assignment_id";
constexpr char kSelectOne[] =
    "SELECT pass_time FROM passed_on WHERE assignment_id = $1 AND sub_contractor_id = $2";
constexpr char kSelectOfWork[] =
    "SELECT assignment_id, sub_contractor_id, vendor_id, pass_time FROM rows($1) CROSS JOIN "
    "passed_on WHERE assignment_id = c1 ORDER BY assignment_id, sub_contractor_id";
constexpr char kSelectOfOrder[] =
    "SELECT DISTINCT sub_contractor_id FROM passed_on WHERE assignment_id IN (SELECT assignment_id "
    "FROM deletion_item WHERE order_id = $1) ORDER BY sub_contractor_id";

absl::Status NotRegistered() {
  return Error(absl::StatusCode::kPermissionDenied, "SUB_CONTRACTOR_NOT_REGISTERED",
               "sub_contractor_id: your contract does not name it now for this work; give it "
               "nothing");
}

using Work = std::map<std::string, assignments::Assignment, std::less<>>;

// The work of these ids with its persons held; ASSIGNMENT_UNKNOWN unless all of it is the vendor's
// own and live.
absl::StatusOr<Work> HoldWork(storage::Transaction& transaction, std::string_view vendor_id,
                              const std::vector<std::string>& ids) {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(Work work, assignments::FindAssignments(connection, ids));
  // So that no contract is applied, and nothing of it ends, before this is committed.
  std::vector<storage::Key> keys = {book::VendorKey(vendor_id, book::Sharing::kShared)};
  for (const auto& [id, one] : work) {
    if (one.vendor_id == vendor_id) keys.push_back(book::PersonKey(one.person_id));
  }
  RETURN_IF_ERROR(transaction.Hold(keys));
  if (!transaction.alone()) {
    ASSIGN_OR_RETURN(work, assignments::FindAssignments(connection, ids));
  }
  for (const std::string& id : ids) {
    const auto found = work.find(id);
    if (found == work.end() || !found->second.live || found->second.vendor_id != vendor_id)
      return assignments::AssignmentUnknown();
  }
  return work;
}

}  // namespace

absl::Status PassOn(storage::Transaction& transaction, contracts::Contracts& contracts,
                    std::string_view vendor_id, const v1::PassOnRequest& request) {
  const std::string& to = request.sub_contractor_id();
  const std::vector<std::string> ids(request.assignment_ids().begin(),
                                     request.assignment_ids().end());
  const auto work = HoldWork(transaction, vendor_id, ids);
  if (!work.ok() && !absl::IsNotFound(work.status())) return work.status();
  ASSIGN_OR_RETURN(const auto contract,
                   contracts.InForce(transaction.connection(), vendor_id, transaction.now()));
  const absl::CivilDay today = absl::ToCivilDay(transaction.now(), absl::UTCTimeZone());
  // Said of whatever work it is asked for, so that it says nothing of other vendors'.
  if (!contracts::IsRegistered(contract->contract, to, today)) return NotRegistered();
  RETURN_IF_ERROR(work.status());
  Rows rows({kText, kText, kText, kInteger}, work->size());
  for (const auto& [id, one] : *work) {
    if (!contracts::IsRegisteredFor(contract->contract, to, one.work_type, today))
      return NotRegistered();
    rows.Add({id, to, vendor_id, transaction.now_us()});
  }
  std::vector<std::string> passed;
  RETURN_IF_ERROR(transaction.Query(kInsert, {rows}, [&](const Row& row) {
    passed.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  for (const std::string& id : passed) {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PASSED_ON, ActorOfVendor(vendor_id));
    event.set_vendor_id(std::string(vendor_id));
    event.set_assignment_id(id);
    event.set_account_id(work->at(id).account_id);
    event.set_person_id(work->at(id).person_id);
    event.set_passed_on_to(to);
    audit::Record(transaction, std::move(event));
  }
  return absl::OkStatus();
}

absl::Status NoteNotPassedOn(storage::Transaction& transaction, std::string_view vendor_id,
                             std::string_view sub_contractor_id, const absl::Status& why) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PASSED_ON, ActorOfVendor(vendor_id));
  event.set_vendor_id(std::string(vendor_id));
  event.set_subject_id(std::string(sub_contractor_id));
  event.mutable_refused()->set_status(ErrorReason(why));
  event.mutable_refused()->set_field("sub_contractor_id");
  return audit::RecordBounded(transaction, std::move(event));
}

absl::StatusOr<bool> IsPassedOn(storage::Connection& connection, std::string_view assignment_id,
                                std::string_view sub_contractor_id) {
  bool passed = false;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {assignment_id, sub_contractor_id}, [&](const Row&) {
    passed = true;
    return absl::OkStatus();
  }));
  return passed;
}

absl::StatusOr<std::vector<PassedOn>> FindPassedOn(storage::Connection& connection,
                                                   const std::vector<std::string>& assignment_ids) {
  std::vector<PassedOn> found;
  const Rows ids = storage::RowsOf(assignment_ids);
  RETURN_IF_ERROR(connection.Query(kSelectOfWork, {ids}, [&](const Row& row) {
    found.push_back({std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2)),
                     row.Integer(3)});
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<std::string>> SubContractorsOf(storage::Connection& connection,
                                                          std::string_view order_id) {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(connection.Query(kSelectOfOrder, {order_id}, [&](const Row& row) {
    ids.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return ids;
}

}  // namespace switchboard::deletions
