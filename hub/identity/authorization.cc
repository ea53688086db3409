#include "hub/identity/authorization.h"

#include "hub/base/error.h"

namespace switchboard::identity {
namespace {

struct Entry {
  std::string_view full_method;
  Peer::Role role;
};

// The test walks the descriptors: a method without an entry, or an entry without a method, fails
// it.
constexpr Entry kEntries[] = {
    {"/switchboard.v1.CoreService/ImportAccounts", Peer::Role::kCore},
    {"/switchboard.v1.CoreService/PostEvents", Peer::Role::kCore},
    {"/switchboard.v1.CoreService/ReadOutcomes", Peer::Role::kCore},
    {"/switchboard.v1.VendorService/Sync", Peer::Role::kVendor},
    {"/switchboard.v1.VendorService/ReportOutcomes", Peer::Role::kVendor},
    {"/switchboard.v1.VendorService/RequestPermit", Peer::Role::kVendor},
    {"/switchboard.v1.VendorService/ReleasePermit", Peer::Role::kVendor},
    {"/switchboard.v1.VendorService/ObjectToRecall", Peer::Role::kVendor},
    {"/switchboard.v1.OperatorService/ListVendors", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/ApplyContract", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/ApplyRoutingPlan", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/PreviewRouting", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/RecallAssignments", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/DecideRecall", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/SetStop", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/ListPlacements", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/ListDisclosures", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/ListQuarantine", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/ReadAudit", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/StartBackup", Peer::Role::kOperator},
    {"/switchboard.v1.OperatorService/GetBackup", Peer::Role::kOperator},
};

absl::Status Denied(std::string_view reason, std::string_view text) {
  return Error(absl::StatusCode::kPermissionDenied, reason, text);
}

absl::Status NotOfRole(Peer::Role wanted) {
  switch (wanted) {
    case Peer::Role::kCore:
      return Denied("NOT_A_CORE", "only a core may call this method");
    case Peer::Role::kVendor:
      return Denied("NOT_A_VENDOR", "only a vendor may call this method");
    case Peer::Role::kOperator:
      return Denied("NOT_AN_OPERATOR", "only an operator may call this method");
    case Peer::Role::kHub:
      break;
  }
  return Denied("METHOD_UNKNOWN", "nobody may call this method");
}

}  // namespace

absl::Status Authorize(const Peer& peer, std::string_view full_method) {
  for (const Entry& entry : kEntries) {
    if (entry.full_method != full_method) continue;
    return peer.role == entry.role ? absl::OkStatus() : NotOfRole(entry.role);
  }
  return Denied("METHOD_UNKNOWN", "nobody may call this method");
}

}  // namespace switchboard::identity
