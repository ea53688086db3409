#include <map>
#include <string>

#include "google/protobuf/util/time_util.h"
#include "hub/api/file_name_check.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/results/code_map_check.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Transaction;
using storage::Urgency;

absl::StatusOr<v1::CodeMap> ReadMap(const v1::ApplyCodeMapRequest& request) {
  RETURN_IF_ERROR(CheckFileName(request.file_name()));
  return results::ParseCodeMap(request.yaml(), request.file_name());
}

v1::ListCodeMapsResponse::Line LineOf(const contracts::AppliedText& applied,
                                      const v1::CodeMap& map) {
  v1::ListCodeMapsResponse::Line line;
  line.set_vendor_id(applied.id);
  line.set_version(map.version());
  line.set_title(map.title());
  line.set_codes(map.declared_codes_size());
  if (map.has_effective_from()) *line.mutable_effective_from() = map.effective_from();
  *line.mutable_apply_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(applied.apply_time));
  line.set_actor(applied.actor);
  return line;
}

}  // namespace

void OperatorApi::ApplyCodeMap(const identity::Peer& caller, v1::ApplyCodeMapRequest request,
                               Done<v1::ApplyCodeMapResponse> done) {
  auto map = ReadMap(request);
  if (!map.ok()) return done(map.status());
  storage::SubmitFor<v1::ApplyCodeMapResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), map = *std::move(map), yaml = request.yaml()](
          Transaction& transaction) -> absl::StatusOr<v1::ApplyCodeMapResponse> {
        v1::ApplyCodeMapResponse response;
        ASSIGN_OR_RETURN(const bool changed, parts_.code_maps.Apply(transaction, actor, map, yaml));
        response.set_vendor_id(map.vendor_id());
        response.set_version(map.version());
        response.set_changed(changed);
        return response;
      },
      std::move(done));
}

void OperatorApi::ListCodeMaps(const identity::Peer& caller, v1::ListCodeMapsRequest,
                               Done<v1::ListCodeMapsResponse> done) {
  ReadFor<v1::ListCodeMapsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this](storage::Connection& reader) -> absl::StatusOr<v1::ListCodeMapsResponse> {
        v1::ListCodeMapsResponse response;
        ASSIGN_OR_RETURN(const auto in_force, parts_.code_maps.InForce(reader, parts_.clock.Now()));
        ASSIGN_OR_RETURN(const auto applied, parts_.code_maps.List(reader));
        for (const contracts::AppliedText& one : applied) {
          ASSIGN_OR_RETURN(const auto map, results::ParseCodeMap(one.yaml, "stored code map"));
          v1::ListCodeMapsResponse::Line& line = *response.add_maps();
          line = LineOf(one, map);
          const auto read_now = in_force.find(one.id);
          line.set_in_force(read_now != in_force.end() && read_now->second == map.version());
        }
        return response;
      },
      std::move(done));
}

void OperatorApi::ShowCodeMap(const identity::Peer& caller, v1::ShowCodeMapRequest request,
                              Done<v1::ShowCodeMapResponse> done) {
  FieldCheck check;
  check.Require(request.version() >= 0, "version", "must be 1 or more, or 0 for the highest");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ShowCodeMapResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ShowCodeMapResponse> {
        ASSIGN_OR_RETURN(const auto applied,
                         parts_.code_maps.Show(reader, request.vendor_id(), request.version()));
        v1::ShowCodeMapResponse response;
        response.set_yaml(applied.yaml);
        response.set_vendor_id(applied.id);
        response.set_version(static_cast<int32_t>(applied.version));
        *response.mutable_apply_time() =
            TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(applied.apply_time));
        response.set_actor(applied.actor);
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
