#include "hub/reports/listings.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/sealed_tables.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/core_feed/core_feed.h"
#include "hub/reports/gauges.h"
#include "hub/stops/stops.h"

namespace switchboard::reports {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;

constexpr char kSelectVendors[] =
    "SELECT v.vendor_id, c.newest_sequence, v.acknowledged_sequence, "
    "CAST(SUM(t.placed) AS BIGINT), CAST(SUM(t.withdrawn) AS BIGINT), "
    "CAST(SUM(t.permits_given) AS BIGINT), CAST(SUM(t.permits_refused) AS BIGINT), "
    "CAST(SUM(t.outcomes) AS BIGINT) FROM vendor v JOIN vendor_counter c ON c.vendor_id = "
    "v.vendor_id LEFT JOIN vendor_tally t ON t.vendor_id = v.vendor_id GROUP BY v.vendor_id, "
    "c.newest_sequence, v.acknowledged_sequence ORDER BY v.vendor_id";
#define PLACEMENT_COLUMNS                                                                      \
  "assignment_id, vendor_id, account_id, person_id, work_type, placement, place_time, ended, " \
  "withdraw_time, withdraw_reason, why, recall_reason, recall_time, recall_objected, "         \
  "former_assignment_id"
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
    "SELECT quarantine_id, actor, kind, status, field, quarantine_time, count, size, taken FROM "
    "quarantine "
    "WHERE quarantine_id > $1 ORDER BY quarantine_id LIMIT $2";

constexpr char kSelectSources[] =
    "SELECT actor, source, through FROM import_source ORDER BY actor, source";

// An answer stays below the 4 MiB that clients of gRPC take by default.
constexpr size_t kPageBytesMax = size_t{2} << 20;
constexpr int kRestMax = 5'000;  // of some 200 bytes

int Limit(int asked) { return asked <= 0 ? kPageMax : std::min(asked, kPageMax); }

// The contract in force, or else the newest; and when that ends. Of one whose text cannot be used
// what stands beside the text: the others are listed all the same.
absl::Status AddContract(storage::Connection& reader, contracts::Contracts& contracts,
                         absl::Time now, v1::ListVendorsResponse::Vendor* vendor) {
  ASSIGN_OR_RETURN(auto contract, contracts.FindAt(reader, vendor->vendor_id(), now));
  vendor->set_in_force(contract != nullptr);
  int64_t shown = 0;
  if (contract == nullptr) {
    ASSIGN_OR_RETURN(shown, contracts.NewestVersion(reader, vendor->vendor_id()));
    auto newest = contracts.Newest(reader, vendor->vendor_id());
    if (!newest.ok() && !contracts::IsUnusableText(newest.status())) return newest.status();
    if (newest.ok()) contract = *std::move(newest);
  } else {
    shown = contract->version;
  }
  vendor->set_contract_version(shown);
  if (contract != nullptr) vendor->set_vendor_group(contract->contract.vendor_group());
  ASSIGN_OR_RETURN(const auto versions, contracts.Versions(reader, vendor->vendor_id()));
  for (const contracts::ContractVersion& version : versions) {
    if (version.days.version == shown && version.days.to.has_value())
      *vendor->mutable_effective_to() = DateOf(*version.days.to);
  }
  return absl::OkStatus();
}

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
    *placement.mutable_withdraw_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(8));
    placement.set_withdraw_reason(static_cast<v1::WithdrawReason>(row.Integer(9)));
  }
  ASSIGN_OR_RETURN(
      const std::string why,
      sealer.Open(assignments::PlaceOfWhy(placement.assignment_id()), row.Blob(10), reader));
  if (!placement.mutable_why()->ParseFromString(why))
    return absl::DataLossError("a stored placement cannot be parsed");
  placement.set_former_assignment_id(std::string(row.Text(14)));
  if (live && !row.IsNull(12)) {
    auto& recall = *placement.mutable_pending_recall();
    recall.set_reason(static_cast<v1::RecallReason>(row.Integer(11)));
    *recall.mutable_final_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(12));
    recall.set_objected(row.Integer(13) != 0);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListVendorsResponse> ListVendors(storage::Connection& reader,
                                                    contracts::Contracts& contracts,
                                                    absl::Time now) {
  v1::ListVendorsResponse response;
  RETURN_IF_ERROR(reader.Query(kSelectVendors, {}, [&](const Row& row) {
    auto& vendor = *response.add_vendors();
    vendor.set_vendor_id(std::string(row.Text(0)));
    vendor.set_newest_sequence(row.Integer(1));
    vendor.set_acknowledged_sequence(row.Integer(2));
    vendor.set_live_assignments(row.Integer(3) - row.Integer(4));
    vendor.set_placed(row.Integer(3));
    vendor.set_withdrawn(row.Integer(4));
    vendor.set_permits_given(row.Integer(5));
    vendor.set_permits_refused(row.Integer(6));
    vendor.set_outcomes(row.Integer(7));
    return absl::OkStatus();
  }));
  for (auto& vendor : *response.mutable_vendors()) {
    ASSIGN_OR_RETURN(const auto stops,
                     stops::StopsOn(reader, {stops::StopSubject::Vendor(vendor.vendor_id())}, now));
    vendor.set_stopped(!stops.empty());
    // An operator's newer stop takes the place of the one before.
    if (!stops.empty() && stops.front().end_time_us != 0) {
      *vendor.mutable_stop_end_time() =
          TimeUtil::MicrosecondsToTimestamp(stops.front().end_time_us);
    }
    RETURN_IF_ERROR(AddContract(reader, contracts, now, &vendor));
  }
  return response;
}

absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(
    storage::Connection& reader, storage::Sealer& sealer,
    const v1::ListPlacementsRequest& request) {
  v1::ListPlacementsResponse response;
  auto visit = [&](const Row& row) { return AddPlacement(reader, sealer, row, &response); };
  const int limit = Limit(request.max_placements());
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
  size_t bytes = 0;
  // A page without a match is still progress: the caller goes on from `next`.
  RETURN_IF_ERROR(reader.Query(
      kSelectDisclosures, {request.after(), Limit(request.max_disclosures())}, [&](const Row& row) {
        if (bytes > kPageBytesMax) return absl::OkStatus();  // the page has ended
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
        if (wanted) bytes += disclosure.ByteSizeLong();
        if (bytes > kPageBytesMax && !response.disclosures().empty()) return absl::OkStatus();
        response.set_next(row.Integer(0));
        if (wanted) *response.add_disclosures() = std::move(disclosure);
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::ListQuarantineResponse> ListQuarantine(
    storage::Connection& reader, const v1::ListQuarantineRequest& request) {
  v1::ListQuarantineResponse response;
  RETURN_IF_ERROR(reader.Query(
      kSelectQuarantine, {request.after(), Limit(request.max_items())}, [&](const Row& row) {
        auto& item = *response.add_items();
        item.set_quarantine_id(std::string(row.Text(0)));
        item.set_actor(std::string(row.Text(1)));
        item.set_kind(std::string(row.Text(2)));
        item.set_status(std::string(row.Text(3)));
        item.set_field(std::string(row.Text(4)));
        *item.mutable_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(5));
        item.set_count(row.Integer(6));
        item.set_bytes(row.Integer(7));
        item.set_content_not_kept(row.Integer(8) == 0);
        return absl::OkStatus();
      }));
  if (!request.after().empty()) return response;
  ASSIGN_OR_RETURN(const auto rest, audit::ListQuarantineRest(reader));
  for (const audit::QuarantineRest& one : rest) {
    if (response.rest_size() == kRestMax) break;
    auto& shown = *response.add_rest();
    shown.set_actor(one.actor);
    shown.set_kind(one.kind);
    shown.set_status(one.status);
    shown.set_field(one.field);
    shown.set_count(one.count);
    *shown.mutable_first_time() = TimeUtil::MicrosecondsToTimestamp(one.first_time_us);
    *shown.mutable_last_time() = TimeUtil::MicrosecondsToTimestamp(one.last_time_us);
  }
  return response;
}

absl::StatusOr<v1::ListCoresResponse> ListCores(storage::Connection& reader) {
  v1::ListCoresResponse response;
  ASSIGN_OR_RETURN(const int64_t newest, core_feed::NewestItem(reader));
  response.set_newest(newest);
  ASSIGN_OR_RETURN(const auto cursors, core_feed::ReaderCursors(reader));
  ASSIGN_OR_RETURN(const auto waited_for, ReadersWaitedFor(reader));
  for (const core_feed::ReaderCursor& cursor : cursors) {
    auto& shown = *response.add_readers();
    shown.set_core(cursor.core);
    shown.set_reader(cursor.reader);
    shown.set_confirmed(cursor.confirmed);
    *shown.mutable_confirm_time() = TimeUtil::MicrosecondsToTimestamp(cursor.confirm_time_us);
    shown.set_holds_up_erasure(
        std::any_of(waited_for.begin(), waited_for.end(), [&cursor](const WaitedFor& one) {
          return one.core == cursor.core && one.reader == cursor.reader && one.holds_up_erasure;
        }));
  }
  response.set_nobody_reads(cursors.empty() && !waited_for.empty());
  RETURN_IF_ERROR(reader.Query(kSelectSources, {}, [&](const Row& row) {
    auto& source = *response.add_sources();
    source.set_core(std::string(row.Text(0)));
    source.set_source(std::string(row.Text(1)));
    source.set_through(row.Integer(2));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace switchboard::reports
