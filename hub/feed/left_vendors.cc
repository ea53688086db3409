// Vendors that will not come back: their feeds wait for no acknowledgement any more.
#include "absl/strings/str_cat.h"
#include "hub/assignments/assignments.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_days.h"
#include "hub/feed/vendor_feed.h"
#include "hub/feed/vendor_row.h"

namespace switchboard::feed {
namespace {

using storage::Row;

constexpr char kSelectWaitedFor[] =
    "SELECT vendor_id FROM vendor WHERE EXISTS (SELECT 1 FROM assignment WHERE "
    "assignment.vendor_id = vendor.vendor_id AND ended > 0 AND change_sequence > "
    "acknowledged_sequence) ORDER BY vendor_id";
constexpr char kCountUnacknowledged[] =
    "SELECT COUNT(*) FROM assignment WHERE vendor_id = $1 AND ended > 0 AND change_sequence > $2";
constexpr char kRetire[] = "UPDATE vendor SET retire_time = $1 WHERE vendor_id = $2";
constexpr char kSelectUnacknowledged[] =
    "SELECT 1 FROM assignment WHERE vendor_id = $1 AND ended > 0 AND change_sequence > $2 LIMIT 1";

// How long a vendor whose contract ended may come back and go on where it was.
constexpr int kDaysToComeBack = 30;

}  // namespace

absl::StatusOr<std::vector<std::string>> VendorFeed::VendorsThatLeft(
    storage::Connection& connection, absl::Time now) const {
  std::vector<std::string> waited_for;
  RETURN_IF_ERROR(connection.Query(kSelectWaitedFor, {}, [&](const Row& row) {
    waited_for.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  std::vector<std::string> left;
  for (const std::string& vendor_id : waited_for) {
    ASSIGN_OR_RETURN(const bool has_left, HasLeft(connection, vendor_id, now));
    if (has_left) left.push_back(vendor_id);
  }
  return left;
}

absl::StatusOr<bool> VendorFeed::HasLeft(storage::Connection& connection,
                                         const std::string& vendor_id, absl::Time now) const {
  ASSIGN_OR_RETURN(const auto in_force, contracts_.FindAt(connection, vendor_id, now));
  if (in_force != nullptr) return false;
  ASSIGN_OR_RETURN(const auto versions, contracts_.Versions(connection, vendor_id));
  if (versions.empty()) return false;
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  const auto out = contracts::OutSince(versions, today);
  if (!out.has_value() || today - *out < kDaysToComeBack) return false;
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(connection, vendor_id));
  bool waited_for = false;
  RETURN_IF_ERROR(
      connection.Query(kSelectUnacknowledged, {vendor_id, vendor.acknowledged}, [&](const Row&) {
        waited_for = true;
        return absl::OkStatus();
      }));
  return waited_for;
}

absl::Status VendorFeed::WaitNoLonger(storage::Transaction& transaction,
                                      const std::string& vendor_id, absl::Time now) const {
  RETURN_IF_ERROR(HoldFeed(transaction, vendor_id));
  ASSIGN_OR_RETURN(const bool has_left, HasLeft(transaction.connection(), vendor_id, now));
  if (!has_left) return absl::OkStatus();
  RETURN_IF_ERROR(NewGeneration(transaction, vendor_id, "hub",
                                v1::AuditEvent::GENERATION_REASON_CONTRACT_ENDED));
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(transaction.connection(), vendor_id));
  return SetAcknowledged(transaction, vendor_id, vendor.newest);
}

absl::StatusOr<int64_t> VendorFeed::Retire(storage::Transaction& transaction,
                                           const std::string& vendor_id,
                                           std::string_view actor) const {
  RETURN_IF_ERROR(HoldFeed(transaction, vendor_id));
  storage::Connection& connection = transaction.connection();
  const auto vendor = ReadVendor(connection, vendor_id);
  if (absl::IsPermissionDenied(vendor.status()))
    return Error(absl::StatusCode::kNotFound, "VENDOR_UNKNOWN", "there is no such vendor");
  RETURN_IF_ERROR(vendor.status());
  ASSIGN_OR_RETURN(const auto in_force,
                   contracts_.FindAt(connection, vendor_id, transaction.now()));
  // One whose text cannot be used has not ended by that.
  RETURN_IF_ERROR(contracts_.CheckAt(connection, vendor_id, transaction.now()));
  if (in_force != nullptr) {
    return Error(absl::StatusCode::kFailedPrecondition, "CONTRACT_IN_FORCE",
                 "the vendor's contract is in force; end it first");
  }
  ASSIGN_OR_RETURN(const int64_t live, assignments::CountLive(connection, vendor_id));
  if (live > 0) {
    return Error(absl::StatusCode::kFailedPrecondition, "WORK_IS_LIVE",
                 absl::StrCat("the vendor holds ", live, " assignments, which leave it in time"));
  }
  int64_t unacknowledged = 0;
  RETURN_IF_ERROR(connection.Query(kCountUnacknowledged, {vendor_id, vendor->acknowledged},
                                   [&](const Row& row) {
                                     unacknowledged = row.Integer(0);
                                     return absl::OkStatus();
                                   }));
  if (unacknowledged > 0) {
    RETURN_IF_ERROR(
        NewGeneration(transaction, vendor_id, actor, v1::AuditEvent::GENERATION_REASON_RETIRED));
    RETURN_IF_ERROR(SetAcknowledged(transaction, vendor_id, vendor->newest));
  }
  RETURN_IF_ERROR(transaction.Execute(kRetire, {transaction.now_us(), vendor_id}).status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  event.set_vendor_id(vendor_id);
  event.set_count(unacknowledged);
  event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_VENDOR_RETIRED);
  audit::Record(transaction, std::move(event));
  return unacknowledged;
}

}  // namespace switchboard::feed
