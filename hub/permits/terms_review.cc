// Open permits under a contract that changed or ended since they were given.
#include "absl/time/civil_time.h"
#include "hub/assignments/assignments.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/contracts/sub_contractors.h"
#include "hub/permits/permits.h"

namespace switchboard::permits {
namespace {

// Whether a contract lets a vendor go on with what a permit was given for.
bool Allows(const contracts::CompiledContract& contract, const PermitRow& permit,
            std::string_view language) {
  const absl::CivilDay day =
      absl::ToCivilDay(absl::FromUnixMicros(permit.begin_time_us), absl::UTCTimeZone());
  return contract.Allows(permit.work_type, language) &&
         contract.AllowsContact(permit.work_type, permit.act, permit.party) &&
         (permit.sub_contractor.empty() ||
          contracts::IsRegisteredFor(contract.contract, permit.sub_contractor, permit.work_type,
                                     day));
}

}  // namespace

absl::StatusOr<std::optional<PermitRow>> Permits::HoldOpen(storage::Transaction& transaction,
                                                           std::string_view permit_id) {
  ASSIGN_OR_RETURN(auto permit, FindAnyPermit(transaction.connection(), permit_id));
  if (!permit.has_value()) return std::nullopt;
  const storage::Key person = book::PersonKey(permit->person_id);
  RETURN_IF_ERROR(transaction.Hold({&person, 1}));
  ASSIGN_OR_RETURN(permit, FindAnyPermit(transaction.connection(), permit_id));
  const bool open = permit.has_value() && permit->state == PermitState::kOpen &&
                    permit->expire_time_us > transaction.now_us();
  if (!open) return std::nullopt;
  return permit;
}

absl::StatusOr<bool> Permits::ReviewTerms(storage::Transaction& transaction,
                                          std::string_view permit_id) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto permit, HoldOpen(transaction, permit_id));
  if (!permit.has_value()) return false;
  const storage::Key vendor = book::VendorKey(permit->vendor_id, book::Sharing::kShared);
  RETURN_IF_ERROR(transaction.Hold({&vendor, 1}));
  // Whoever withdrew the work has made its permits void.
  ASSIGN_OR_RETURN(const auto assignment,
                   assignments::FindAssignment(connection, permit->assignment_id));
  if (!assignment.has_value() || !assignment->live) return false;
  ASSIGN_OR_RETURN(const auto contract,
                   contracts_.FindAt(connection, permit->vendor_id, transaction.now()));
  if (contract != nullptr) {
    ASSIGN_OR_RETURN(const auto person, book_.ReadPerson(connection, permit->person_id));
    if (Allows(*contract, *permit, person.language())) return false;
  }
  RETURN_IF_ERROR(
      VoidPermit(transaction, "hub", *permit, v1::AuditEvent::PermitVoided::CAUSE_CONTRACT));
  return true;
}

}  // namespace switchboard::permits
