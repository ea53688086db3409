#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/log_notes.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Json = nlohmann::ordered_json;

Json JsonOfCheckpoint(const audit::Checkpoint& checkpoint, const std::string& note) {
  return {{"origin", checkpoint.origin},
          {"size", checkpoint.size},
          {"root", Hex(checkpoint.root.view())},
          {"note", note}};
}

// The note of this size, or the newest where that is 0.
absl::StatusOr<std::string> NoteOf(HubCalls& hub, int64_t size) {
  v1::ListCheckpointsRequest request;
  request.set_newest(size == 0);
  request.set_after_size(size == 0 ? 0 : size - 1);
  request.set_max_checkpoints(1);
  ASSIGN_OR_RETURN(const auto response, hub.Ask<v1::ListCheckpointsResponse>(request));
  if (response.notes().empty()) {
    return Error(absl::StatusCode::kNotFound, "CHECKPOINT_UNKNOWN",
                 size == 0 ? "there is no checkpoint yet; the hub makes one within its "
                             "audit.checkpoint_interval"
                           : absl::StrCat("no checkpoint is of ", size, " entries or more"));
  }
  return response.notes(0);
}

// Checkpoints and places as they are listed.
class CheckpointList {
 public:
  explicit CheckpointList(audit::VerifierKey key) : key_(std::move(key)) {}

  // The size of the last one. Errors: those of OpenNote.
  absl::StatusOr<int64_t> Add(const v1::ListCheckpointsResponse& page) {
    int64_t size = 0;
    for (const std::string& note : page.notes()) {
      ASSIGN_OR_RETURN(const audit::Checkpoint checkpoint, OpenNote(note, key_));
      size = checkpoint.size;
      table_.Add({WithCommas(size), checkpoint.origin, Hex(checkpoint.root.view())});
      checkpoints_.push_back(JsonOfCheckpoint(checkpoint, note));
    }
    return size;
  }

  Result Finish(const v1::ListCheckpointsResponse& last) const {
    TextTable places(
        {{"place", Align::kLeft}, {"entries"}, {"came (UTC)"}, {"problem", Align::kLeft, 60}});
    Json json = {{"key", key_.Text()}, {"checkpoints", checkpoints_}, {"places", Json::array()}};
    int64_t behind = 0;
    for (const auto& place : last.places()) {
      behind += place.problem().empty() ? 0 : 1;
      places.Add({place.name(), WithCommas(place.size()),
                  place.has_deliver_time() ? UtcText(place.deliver_time()) : "", place.problem()});
      json["places"].push_back(Json::parse(JsonOf(place)));
    }
    Result result;
    result.text = absl::StrCat(table_.Render(),
                               last.places().empty() ? "" : absl::StrCat("\n", places.Render()));
    result.summary = absl::StrCat(
        Counted(static_cast<int64_t>(checkpoints_.size()), "checkpoint"), ", signed by ", key_.name,
        "; ",
        last.places().empty()
            ? "no place apart from the database keeps them"
            : absl::StrCat(Counted(last.places_size(), "place"), ", ", behind, " with a problem"));
    result.json = Dumped(json);
    return result;
  }

 private:
  const audit::VerifierKey key_;
  TextTable table_{{{"entries"}, {"log", Align::kLeft}, {"root (SHA-256)", Align::kLeft}}};
  Json checkpoints_ = Json::array();
};

}  // namespace

absl::StatusOr<Result> AuditKey(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const audit::VerifierKey key, KeyOfHub(*hub));
  Result result;
  result.text = key.Text() + "\n";
  // So that all of what is printed is a file of keys.
  result.summary = absl::StrCat("# signs the checkpoints of ", key.name,
                                ": note it once, where nobody who runs the hub can write");
  result.json = Dumped(Json{{"origin", key.name}, {"key", key.Text()}});
  return result;
}

absl::StatusOr<Result> AuditCheckpoint(Session& session,
                                       const AuditCheckpointArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const audit::VerifierKey key, KeyOfHub(*hub));
  ASSIGN_OR_RETURN(const std::string note, NoteOf(*hub, arguments.size));
  ASSIGN_OR_RETURN(const audit::Checkpoint checkpoint, OpenNote(note, key));
  if (arguments.size != 0 && checkpoint.size != arguments.size) {
    return Error(absl::StatusCode::kNotFound, "CHECKPOINT_UNKNOWN",
                 absl::StrCat("no checkpoint is of ", arguments.size,
                              " entries; the next one is of ", checkpoint.size));
  }
  if (!arguments.out.empty()) RETURN_IF_ERROR(WriteTextFile(arguments.out, note));
  Result result;
  result.text = note;
  result.summary = DescribeCheckpoint(checkpoint) +
                   (arguments.out.empty() ? "" : absl::StrCat("; written to ", arguments.out));
  result.json = Dumped(JsonOfCheckpoint(checkpoint, note));
  return result;
}

absl::StatusOr<Result> AuditCheckpoints(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(audit::VerifierKey key, KeyOfHub(*hub));
  CheckpointList list(std::move(key));
  v1::ListCheckpointsRequest request;
  while (true) {
    ASSIGN_OR_RETURN(const auto page, hub->Ask<v1::ListCheckpointsResponse>(request));
    ASSIGN_OR_RETURN(const int64_t size, list.Add(page));
    if (page.notes().empty()) return list.Finish(page);
    if (size <= request.after_size()) {
      return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
                   absl::StrCat("checkpoints do not grow after ", size));
    }
    request.set_after_size(size);
    session.progress.Update(absl::StrCat("checkpoints up to ", WithCommas(size), " read"));
  }
}

}  // namespace switchboard::cli
