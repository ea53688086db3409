#include "hub/reports/audit_tree.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/event_proof.h"
#include "hub/audit/kept_checkpoints.h"
#include "hub/audit/log_tree.h"
#include "hub/audit/tiles.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"

namespace switchboard::reports {
namespace {

using google::protobuf::util::TimeUtil;

absl::Status Unknown(std::string_view reason, std::string_view what) {
  return Error(absl::StatusCode::kNotFound, reason, what);
}

// The checkpoint that a proof leads to.
absl::StatusOr<audit::KeptCheckpoint> CheckpointAskedFor(storage::Connection& reader,
                                                         int64_t size) {
  auto found = size == 0 ? audit::NewestCheckpoint(reader) : audit::CheckpointOf(reader, size);
  if (!found.ok()) return found.status();
  if (found->has_value()) return **std::move(found);
  return Unknown("CHECKPOINT_UNKNOWN",
                 size == 0 ? "size: there is no checkpoint yet" : "size: no checkpoint has it");
}

absl::StatusOr<v1::AuditEntry> EntryOf(storage::Connection& reader,
                                       const v1::ProveAuditRequest::Event& asked) {
  ASSIGN_OR_RETURN(const auto chains, audit::ChainIds(reader));
  if (std::find(chains.begin(), chains.end(), asked.chain_id()) == chains.end())
    return Unknown("CHAIN_UNKNOWN", "event.chain_id: there is no such chain");
  const int64_t before = std::max<int64_t>(asked.sequence(), 1) - 1;
  std::optional<v1::AuditEntry> found;
  RETURN_IF_ERROR(
      audit::ReadEntries(reader, asked.chain_id(), before, 1, [&](v1::AuditEntry entry) {
        found = std::move(entry);
        return false;
      }));
  if (!found.has_value() || found->sequence() != asked.sequence())
    return Unknown("ENTRY_UNKNOWN", "event.sequence: the chain has no such entry");
  if (asked.index() < 0 || asked.index() >= found->events_size()) {
    return Unknown("EVENT_UNKNOWN", absl::StrCat("event.index: the entry has events 0 to ",
                                                 found->events_size() - 1));
  }
  return *std::move(found);
}

absl::StatusOr<std::string> ProveEvent(storage::Connection& reader,
                                       const v1::ProveAuditRequest& request) {
  ASSIGN_OR_RETURN(const v1::AuditEntry entry, EntryOf(reader, request.event()));
  ASSIGN_OR_RETURN(audit::KeptCheckpoint checkpoint, CheckpointAskedFor(reader, request.size()));
  ASSIGN_OR_RETURN(const std::optional<int64_t> position,
                   audit::PositionOf(reader, entry.chain_id(), entry.sequence()));
  if (!position.has_value() || *position >= checkpoint.size) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOT_YET_IN_A_CHECKPOINT",
                 absl::StrCat("the entry is younger than the checkpoint of ", checkpoint.size,
                              request.size() == 0 ? "; the next one comes within the hub's "
                                                    "audit.checkpoint_interval"
                                                  : "; ask for a proof to a later one"));
  }
  audit::ProofFile file;
  file.extra = audit::ProveWithinEntry(entry, request.event().index()).SerializeAsString();
  file.position = *position;
  audit::Tiles tiles(reader);
  ASSIGN_OR_RETURN(file.path,
                   audit::InclusionPath(*position, checkpoint.size, [&](int level, int64_t index) {
                     return tiles.At(level, index);
                   }));
  file.note = std::move(checkpoint.note);
  return file.Text();
}

absl::StatusOr<std::string> ProveConsistency(storage::Connection& reader,
                                             const v1::ProveAuditRequest& request) {
  ASSIGN_OR_RETURN(audit::KeptCheckpoint checkpoint, CheckpointAskedFor(reader, request.size()));
  if (request.old_size() > checkpoint.size) {
    return FieldInvalid(
        {"old_size", absl::StrCat("must be at most that of the other, ", checkpoint.size)});
  }
  audit::ConsistencyFile file;
  file.old_size = request.old_size();
  audit::Tiles tiles(reader);
  ASSIGN_OR_RETURN(file.proof, audit::ConsistencyProof(file.old_size, checkpoint.size,
                                                       [&](int level, int64_t index) {
                                                         return tiles.At(level, index);
                                                       }));
  file.note = std::move(checkpoint.note);
  return file.Text();
}

}  // namespace

absl::StatusOr<v1::ReadAuditTreeResponse> ReadAuditTree(storage::Connection& reader,
                                                        const audit::LogSigner& log,
                                                        const v1::ReadAuditTreeRequest& request) {
  v1::ReadAuditTreeResponse response;
  // First: what is read afterwards may be longer, and is cut to it.
  ASSIGN_OR_RETURN(const int64_t size, audit::TreeSize(reader));
  ASSIGN_OR_RETURN(const audit::Hash root, audit::Tiles(reader).RootAt(size));
  ASSIGN_OR_RETURN(const int64_t generation, audit::LogSigner::Generation(reader));
  ASSIGN_OR_RETURN(auto ranges, audit::LeavesFrom(reader, request.after(), size, kRangesMax));
  for (auto& range : ranges) *response.add_ranges() = std::move(range);
  response.set_size(size);
  response.set_root(root.text());
  response.set_origin(log.NameOf(generation));
  return response;
}

absl::StatusOr<v1::ListCheckpointsResponse> ListCheckpoints(
    storage::Connection& reader, const audit::LogSigner& log,
    const v1::ListCheckpointsRequest& request) {
  v1::ListCheckpointsResponse response;
  ASSIGN_OR_RETURN(const int64_t generation, audit::LogSigner::Generation(reader));
  response.set_key(log.KeyOf(generation).Text());
  if (request.newest()) {
    ASSIGN_OR_RETURN(auto newest, audit::NewestCheckpoint(reader));
    if (newest.has_value() && newest->size > request.after_size())
      response.add_notes(std::move(newest->note));
  } else {
    const int max = request.max_checkpoints() == 0 ? kCheckpointsMax : request.max_checkpoints();
    ASSIGN_OR_RETURN(auto checkpoints, audit::CheckpointsAfter(reader, request.after_size(), max));
    for (auto& one : checkpoints) response.add_notes(std::move(one.note));
  }
  ASSIGN_OR_RETURN(const auto deliveries, audit::Deliveries(reader));
  for (const audit::Delivery& one : deliveries) {
    auto& place = *response.add_places();
    place.set_name(one.place);
    place.set_size(one.size);
    if (one.deliver_time_us != 0)
      *place.mutable_deliver_time() = TimeUtil::MicrosecondsToTimestamp(one.deliver_time_us);
    place.set_problem(one.problem);
  }
  return response;
}

absl::StatusOr<v1::ProveAuditResponse> ProveAudit(storage::Connection& reader,
                                                  const v1::ProveAuditRequest& request) {
  v1::ProveAuditResponse response;
  auto file = request.has_event() ? ProveEvent(reader, request) : ProveConsistency(reader, request);
  if (!file.ok()) return file.status();
  response.set_file(*std::move(file));
  return response;
}

}  // namespace switchboard::reports
