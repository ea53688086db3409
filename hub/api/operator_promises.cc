#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;

// An answer stays below the 4 MiB that clients of gRPC take by default: a line has 1 kB at most.
constexpr size_t kPromisesMax = 1'000;

v1::ListPromisesResponse::Line LineOf(const promises::PromiseRow& row) {
  v1::ListPromisesResponse::Line line;
  line.set_vendor_id(row.key.vendor_id);
  line.set_outcome_id(row.key.outcome_id);
  line.set_outcome_version(static_cast<int32_t>(row.version));
  line.set_assignment_id(row.assignment_id);
  *line.mutable_take_time() = TimeUtil::MicrosecondsToTimestamp(row.take_time_us);
  line.set_standing(row.standing);
  *line.mutable_since_time() = TimeUtil::MicrosecondsToTimestamp(row.since_us);
  line.set_grace_days(row.record.grace_days());
  *line.mutable_zones() = row.record.zones();
  return line;
}

}  // namespace

void OperatorApi::ListPromises(const identity::Peer& caller, v1::ListPromisesRequest request,
                               Done<v1::ListPromisesResponse> done) {
  FieldCheck check;
  check.CoreId(request.account_id(), "account_id");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ListPromisesResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ListPromisesResponse> {
        v1::ListPromisesResponse response;
        ASSIGN_OR_RETURN(const auto rows, parts_.promises.List(reader, request.account_id()));
        for (size_t i = rows.size() - std::min(rows.size(), kPromisesMax); i < rows.size(); ++i)
          *response.add_promises() = LineOf(rows[i]);
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
