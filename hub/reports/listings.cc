#include "hub/reports/listings.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/stops/stops.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::reports {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;

constexpr int kPageMax = 1000;
constexpr int kAuditPageDefault = 100;
// Keeps an answer below the 4 MiB that clients take by default.
constexpr size_t kAuditBytesMax = 2 * 1024 * 1024;

constexpr char kSelectVendors[] =
    "SELECT v.vendor_id, v.vendor_group, v.contract_version, c.newest_sequence, "
    "v.acknowledged_sequence, c.live_assignments, c.placed, c.withdrawn, c.permits_given, "
    "c.permits_refused, c.outcomes "
    "FROM vendor v JOIN vendor_counter c ON c.vendor_id = v.vendor_id ORDER BY v.vendor_id";
#define PLACEMENT_COLUMNS                                                                      \
  "assignment_id, vendor_id, account_id, person_id, work_type, placement, place_time, ended, " \
  "withdraw_time, withdraw_reason, why, recall_reason, recall_time, recall_objected"
constexpr char kSelectPlacements[] =
    "SELECT " PLACEMENT_COLUMNS
    " FROM assignment WHERE assignment_id > $1 ORDER BY assignment_id LIMIT $2";
constexpr char kSelectPlacementsOfAccount[] =
    "SELECT " PLACEMENT_COLUMNS
    " FROM assignment WHERE person_id = (SELECT person_id FROM account WHERE account_id = $1) AND "
    "account_id = $2 "
    "AND assignment_id > $3 ORDER BY assignment_id LIMIT $4";
constexpr char kSelectDisclosures[] =
    "SELECT sequence, vendor_id, contract_version, disclose_time, assignment_ids FROM disclosure "
    "WHERE sequence > $1 ORDER BY sequence LIMIT $2";
constexpr char kSelectQuarantine[] =
    "SELECT quarantine_id, actor, kind, status, field, quarantine_time FROM quarantine "
    "WHERE quarantine_id > $1 ORDER BY quarantine_id LIMIT $2";

int Limit(int asked, int standard) { return asked <= 0 ? standard : std::min(asked, kPageMax); }

absl::Status AddPlacement(storage::Connection& reader, storage::Sealer& sealer, const Row& row,
                          v1::ListPlacementsResponse* response) {
  auto& placement = *response->add_placements();
  placement.set_assignment_id(std::string(row.Text(0)));
  placement.set_vendor_id(std::string(row.Text(1)));
  placement.set_account_id(std::string(row.Text(2)));
  placement.set_person_id(std::string(row.Text(3)));
  placement.set_work_type(static_cast<v1::WorkType>(row.Integer(4)));
  placement.set_placement_number(static_cast<int32_t>(row.Integer(5)));
  *placement.mutable_place_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(6));
  const bool live = row.Integer(7) == 0;
  if (!live) {
    using Withdrawal = v1::SyncResponse::Withdrawal;
    *placement.mutable_withdraw_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(8));
    placement.set_withdraw_reason(
        Withdrawal::Reason_Name(static_cast<Withdrawal::Reason>(row.Integer(9))));
  }
  ASSIGN_OR_RETURN(const std::string why,
                   sealer.Open("why|" + placement.assignment_id(), row.Blob(10), reader));
  placement.set_why(why);
  if (live && !row.IsNull(12)) {
    auto& recall = *placement.mutable_pending_recall();
    recall.set_reason(static_cast<v1::RecallReason>(row.Integer(11)));
    *recall.mutable_final_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(12));
    recall.set_objected(row.Integer(13) != 0);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListVendorsResponse> ListVendors(storage::Connection& reader) {
  v1::ListVendorsResponse response;
  RETURN_IF_ERROR(reader.Query(kSelectVendors, {}, [&](const Row& row) {
    auto& vendor = *response.add_vendors();
    vendor.set_vendor_id(std::string(row.Text(0)));
    vendor.set_vendor_group(std::string(row.Text(1)));
    vendor.set_contract_version(row.Integer(2));
    vendor.set_newest_sequence(row.Integer(3));
    vendor.set_acknowledged_sequence(row.Integer(4));
    vendor.set_live_assignments(row.Integer(5));
    vendor.set_placed(row.Integer(6));
    vendor.set_withdrawn(row.Integer(7));
    vendor.set_permits_given(row.Integer(8));
    vendor.set_permits_refused(row.Integer(9));
    vendor.set_outcomes(row.Integer(10));
    return absl::OkStatus();
  }));
  for (auto& vendor : *response.mutable_vendors()) {
    ASSIGN_OR_RETURN(const auto stopped,
                     stops::StoppedAmong(reader, {stops::StopSubject::Vendor(vendor.vendor_id())}));
    vendor.set_stopped(!stopped.empty());
  }
  return response;
}

absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(
    storage::Connection& reader, storage::Sealer& sealer,
    const v1::ListPlacementsRequest& request) {
  v1::ListPlacementsResponse response;
  auto visit = [&](const Row& row) { return AddPlacement(reader, sealer, row, &response); };
  const int limit = Limit(request.max_placements(), kPageMax);
  const std::string& account_id = request.account_id();
  RETURN_IF_ERROR(account_id.empty()
                      ? reader.Query(kSelectPlacements, {request.after(), limit}, visit)
                      : reader.Query(kSelectPlacementsOfAccount,
                                     {account_id, account_id, request.after(), limit}, visit));
  return response;
}

absl::StatusOr<v1::ListDisclosuresResponse> ListDisclosures(
    storage::Connection& reader, const v1::ListDisclosuresRequest& request) {
  v1::ListDisclosuresResponse response;
  response.set_next(request.after());
  // A page without a match is still progress: the caller goes on from `next`.
  RETURN_IF_ERROR(reader.Query(
      kSelectDisclosures, {request.after(), Limit(request.max_disclosures(), kPageMax)},
      [&](const Row& row) {
        response.set_next(row.Integer(0));
        v1::ListDisclosuresResponse::Disclosure disclosure;
        disclosure.set_vendor_id(std::string(row.Text(1)));
        disclosure.set_contract_version(row.Integer(2));
        *disclosure.mutable_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(3));
        bool wanted = request.assignment_id().empty();
        for (absl::string_view id :
             absl::StrSplit(absl::string_view(row.Text(4).data(), row.Text(4).size()), ' ')) {
          disclosure.add_assignment_ids(std::string(id));
          wanted = wanted || id == request.assignment_id();
        }
        if (wanted) *response.add_disclosures() = std::move(disclosure);
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::ListQuarantineResponse> ListQuarantine(
    storage::Connection& reader, const v1::ListQuarantineRequest& request) {
  v1::ListQuarantineResponse response;
  RETURN_IF_ERROR(
      reader.Query(kSelectQuarantine, {request.after(), Limit(request.max_items(), kPageMax)},
                   [&](const Row& row) {
                     auto& item = *response.add_items();
                     item.set_quarantine_id(std::string(row.Text(0)));
                     item.set_actor(std::string(row.Text(1)));
                     item.set_kind(std::string(row.Text(2)));
                     item.set_status(std::string(row.Text(3)));
                     item.set_field(std::string(row.Text(4)));
                     *item.mutable_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(5));
                     return absl::OkStatus();
                   }));
  return response;
}

absl::StatusOr<v1::ReadAuditResponse> ReadAudit(storage::Connection& reader,
                                                const v1::ReadAuditRequest& request) {
  v1::ReadAuditResponse response;
  ASSIGN_OR_RETURN(const auto chain_ids, audit::ChainIds(reader));
  for (const std::string& chain_id : chain_ids) response.add_chain_ids(chain_id);
  if (chain_ids.empty()) return response;
  const std::string& chain_id = request.chain_id().empty() ? chain_ids.front() : request.chain_id();
  size_t bytes = 0;
  RETURN_IF_ERROR(audit::ReadEntries(reader, chain_id, request.after(),
                                     Limit(request.max_entries(), kAuditPageDefault),
                                     [&](v1::AuditEntry entry) {
                                       bytes += entry.ByteSizeLong();
                                       if (bytes > kAuditBytesMax && response.entries_size() > 0)
                                         return false;
                                       *response.add_entries() = std::move(entry);
                                       return true;
                                     }));
  return response;
}

}  // namespace switchboard::reports
