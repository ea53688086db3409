#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/reports/audit_reading.h"
#include "hub/reports/listings.h"

namespace switchboard::api {
namespace {

std::optional<FieldProblem> CheckListing(int64_t after, int limit, std::string_view limit_field) {
  FieldCheck check;
  check.Require(after >= 0, "after", "must not be negative");
  CheckPage(limit, reports::kPageMax, limit_field, check);
  return check.problem();
}

}  // namespace

void OperatorApi::ListVendors(const identity::Peer& caller, v1::ListVendorsRequest,
                              Done<v1::ListVendorsResponse> done) {
  ReadFor<v1::ListVendorsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this](storage::Connection& reader) -> absl::StatusOr<v1::ListVendorsResponse> {
        ASSIGN_OR_RETURN(v1::ListVendorsResponse response,
                         reports::ListVendors(reader, parts_.contracts, parts_.clock.Now()));
        for (auto& vendor : *response.mutable_vendors()) {
          vendor.set_connected(parts_.streams.Connected(vendor.vendor_id()));
          vendor.set_adapter(parts_.streams.Adapter(vendor.vendor_id()));
        }
        return response;
      },
      std::move(done));
}

void OperatorApi::ListPlacements(const identity::Peer& caller, v1::ListPlacementsRequest request,
                                 Done<v1::ListPlacementsResponse> done) {
  if (const auto problem = CheckListing(0, request.max_placements(), "max_placements"))
    return done(FieldInvalid(*problem));
  ReadFor<v1::ListPlacementsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return reports::ListPlacements(reader, parts_.sealer, request);
      },
      std::move(done));
}

void OperatorApi::ListDisclosures(const identity::Peer& caller, v1::ListDisclosuresRequest request,
                                  Done<v1::ListDisclosuresResponse> done) {
  if (const auto problem =
          CheckListing(request.after(), request.max_disclosures(), "max_disclosures"))
    return done(FieldInvalid(*problem));
  ReadFor<v1::ListDisclosuresResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [request = std::move(request)](storage::Connection& reader) {
        return reports::ListDisclosures(reader, request);
      },
      std::move(done));
}

void OperatorApi::ListQuarantine(const identity::Peer& caller, v1::ListQuarantineRequest request,
                                 Done<v1::ListQuarantineResponse> done) {
  if (const auto problem = CheckListing(0, request.max_items(), "max_items"))
    return done(FieldInvalid(*problem));
  ReadFor<v1::ListQuarantineResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [request = std::move(request)](storage::Connection& reader) {
        return reports::ListQuarantine(reader, request);
      },
      std::move(done));
}

void OperatorApi::ListCores(const identity::Peer& caller, v1::ListCoresRequest,
                            Done<v1::ListCoresResponse> done) {
  ReadFor<v1::ListCoresResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [](storage::Connection& reader) { return reports::ListCores(reader); }, std::move(done));
}

void OperatorApi::ReadAudit(const identity::Peer& caller, v1::ReadAuditRequest request,
                            Done<v1::ReadAuditResponse> done) {
  if (const auto problem = CheckListing(request.after(), request.max_entries(), "max_entries"))
    return done(FieldInvalid(*problem));
  ReadFor<v1::ReadAuditResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return reports::ReadAudit(reader, audit::EntrySeal(parts_.sealer), request);
      },
      std::move(done));
}

void OperatorApi::ListAuditHeads(const identity::Peer& caller, v1::ListAuditHeadsRequest,
                                 Done<v1::ListAuditHeadsResponse> done) {
  ReadFor<v1::ListAuditHeadsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [](storage::Connection& reader) { return reports::ListAuditHeads(reader); }, std::move(done));
}

}  // namespace switchboard::api
