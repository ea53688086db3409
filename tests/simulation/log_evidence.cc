#include "absl/strings/str_cat.h"
#include "hub/audit/log_check.h"
#include "hub/base/error.h"
#include "tests/simulation/evidence.h"

// The log of a run, recomputed, and the rows that it vouches for.

namespace switchboard::simulation {
namespace {

const identity::Peer kAuditor = {identity::Peer::Role::kOperator, "auditor"};

using Api = api::OperatorApi;

class WorldLog final : public audit::LogSource {
 public:
  explicit WorldLog(World& world) : world_(world) {}

  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override {
    v1::ReadAuditTreeRequest request;
    request.set_after(after);
    return Ask<v1::ReadAuditTreeResponse>(&Api::ReadAuditTree, request);
  }
  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
    return Ask<v1::ReadAuditResponse>(&Api::ReadAudit, request);
  }
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override {
    v1::ListCheckpointsRequest request;
    request.set_after_size(after_size);
    return Ask<v1::ListCheckpointsResponse>(&Api::ListCheckpoints, request);
  }
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override {
    return Ask<v1::DigestRowsResponse>(&Api::DigestRows, request);
  }

 private:
  // Asks and waits, which here means running the hub's tasks.
  template <typename Response, typename Method, typename Request>
  absl::StatusOr<Response> Ask(Method method, const Request& request) {
    absl::StatusOr<Response> answer = absl::InternalError("no answer");
    (world_.hub.hub().operator_api().*method)(
        kAuditor, request, [&](absl::StatusOr<Response> got) { answer = std::move(got); });
    world_.hub.executor().RunAll();
    return answer;
  }

  World& world_;
};

}  // namespace

absl::Status CheckLogOfHub(World& world) {
  WorldLog log(world);
  ASSIGN_OR_RETURN(const audit::LogReport report,
                   audit::CheckLog(log, audit::LogCheckOptions(), [](int64_t, int64_t) {}));
  for (const audit::Finding& finding : report.findings)
    world.log_findings.push_back(absl::StrCat(finding.place, ": ", finding.text));
  if (report.findings.empty() && !report.rows.compared)
    world.log_findings.push_back("the rows were not compared");
  return absl::OkStatus();
}

}  // namespace switchboard::simulation
