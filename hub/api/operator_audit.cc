#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/reports/audit_tree.h"

namespace switchboard::api {

void OperatorApi::ReadAuditTree(const identity::Peer& caller, v1::ReadAuditTreeRequest request,
                                Done<v1::ReadAuditTreeResponse> done) {
  FieldCheck check;
  check.Require(request.after() >= 0, "after", "must not be negative");
  if (const auto problem = check.problem()) return done(FieldInvalid(*problem));
  ReadFor<v1::ReadAuditTreeResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return reports::ReadAuditTree(reader, parts_.log, request);
      },
      std::move(done));
}

void OperatorApi::ListCheckpoints(const identity::Peer& caller, v1::ListCheckpointsRequest request,
                                  Done<v1::ListCheckpointsResponse> done) {
  FieldCheck check;
  check.Require(request.after_size() >= 0, "after_size", "must not be negative");
  CheckPage(request.max_checkpoints(), reports::kCheckpointsMax, "max_checkpoints", check);
  if (const auto problem = check.problem()) return done(FieldInvalid(*problem));
  ReadFor<v1::ListCheckpointsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return reports::ListCheckpoints(reader, parts_.log, request);
      },
      std::move(done));
}

void OperatorApi::ProveAudit(const identity::Peer& caller, v1::ProveAuditRequest request,
                             Done<v1::ProveAuditResponse> done) {
  FieldCheck check;
  check.Require(request.size() >= 0, "size", "must not be negative");
  check.Require(request.proof_case() != v1::ProveAuditRequest::PROOF_NOT_SET, "event",
                "must be set, or old_size");
  check.Require(request.old_size() >= 0, "old_size", "must not be negative");
  if (const auto problem = check.problem()) return done(FieldInvalid(*problem));
  ReadFor<v1::ProveAuditResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [request = std::move(request)](storage::Connection& reader) {
        return reports::ProveAudit(reader, request);
      },
      std::move(done));
}

}  // namespace switchboard::api
