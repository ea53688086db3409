#include "clients/cli/log_notes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {

absl::StatusOr<audit::VerifierKey> KeyOfHub(HubCalls& hub) {
  v1::ListCheckpointsRequest request;
  request.set_newest(true);
  ASSIGN_OR_RETURN(const auto response, hub.Ask<v1::ListCheckpointsResponse>(request));
  return audit::ParseVerifierKey(response.key());
}

std::vector<audit::VerifierKey> KeysFor(const std::string& note, const audit::VerifierKey& key) {
  std::vector<audit::VerifierKey> keys = {key};
  const auto read = audit::ParseNote(note);
  if (!read.ok()) return keys;
  const auto checkpoint = audit::ParseCheckpoint(read->text);
  if (!checkpoint.ok() || checkpoint->origin == key.name) return keys;
  keys.push_back(key);
  keys.back().name = checkpoint->origin;
  return keys;
}

absl::StatusOr<audit::Checkpoint> OpenNote(const std::string& note, const audit::VerifierKey& key) {
  return audit::OpenCheckpoint(note, KeysFor(note, key));
}

absl::StatusOr<KeptNote> ReadNote(const std::string& file, const audit::VerifierKey& key) {
  KeptNote kept;
  ASSIGN_OR_RETURN(kept.text, ReadTextFile(file));
  auto checkpoint = OpenNote(kept.text, key);
  if (!checkpoint.ok()) return Annotate(checkpoint.status(), file);
  kept.checkpoint = *std::move(checkpoint);
  return kept;
}

std::string DescribeCheckpoint(const audit::Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, ", ", WithCommas(checkpoint.size),
                      checkpoint.size == 1 ? " entry" : " entries", ", root ",
                      Hex(checkpoint.root.view()));
}

}  // namespace switchboard::cli
