#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_name.h"
#include "clients/cli/log_notes.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/printable_text.h"
#include "hub/audit/event_proof.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::ordered_json;

// A proof that does not prove what it was asked for is a finding; anything else is an error.
bool IsFinding(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return reason == "PROOF_BROKEN" || reason == "NOTE_FORGED" || reason == "NOTE_UNKNOWN";
}

// Has the proof lead to a checkpoint as somebody kept it, with whatever else signed it.
template <typename File>
std::string LedTo(const std::optional<KeptNote>& kept, File file) {
  if (kept.has_value()) file.note = kept->text;
  return file.Text();
}

absl::StatusOr<std::optional<KeptNote>> ReadNoteIfNamed(const std::string& file,
                                                        const audit::VerifierKey& key) {
  if (file.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(KeptNote kept, ReadNote(file, key));
  return kept;
}

// The proof as a result; written to `out`, if there is one and the proof holds.
absl::StatusOr<Result> ResultOf(const absl::Status& checked, const std::string& file,
                                const std::string& out, Json json) {
  Result result;
  result.holds = checked.ok();
  json["holds"] = result.holds;
  json["problem"] = std::string(checked.message());
  json["file"] = file;
  result.json = Dumped(json);
  if (!result.holds) {
    result.summary = absl::StrCat("it does NOT prove it: ", checked.message());
    return result;
  }
  if (out.empty()) {
    result.text = file;
  } else {
    RETURN_IF_ERROR(WriteTextFile(out, file));
  }
  return result;
}

}  // namespace

absl::StatusOr<Result> AuditProveEvent(Session& session,
                                       const AuditProveEventArguments& arguments) {
  const auto name = ParseEventName(arguments.event);
  if (!name.has_value()) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 "an event is CHAIN/ENTRY/INDEX, as hub-1/512/3");
  }
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const audit::VerifierKey key, KeyOfHub(*hub));
  ASSIGN_OR_RETURN(const auto kept, ReadNoteIfNamed(arguments.checkpoint, key));
  v1::ProveAuditRequest request;
  request.set_size(kept.has_value() ? kept->checkpoint.size : 0);
  request.mutable_event()->set_chain_id(name->chain_id);
  request.mutable_event()->set_sequence(name->sequence);
  request.mutable_event()->set_index(name->index);
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ProveAuditResponse>(request));
  ASSIGN_OR_RETURN(const audit::ProofFile read, audit::ParseProofFile(response.file()));
  const std::string file = LedTo(kept, read);
  auto proved =
      audit::CheckEventProof(file, KeysFor(kept.has_value() ? kept->text : read.note, key));
  if (proved.ok()) {
    const v1::EventProof& proof = proved->proof;
    const EventName found{proof.entry().chain_id(), proof.entry().sequence(), proof.index()};
    if (TextOf(found) != TextOf(*name)) {
      proved =
          Error(absl::StatusCode::kDataLoss, "PROOF_BROKEN", "it is of the event " + TextOf(found));
    }
  }
  if (!proved.ok() && !IsFinding(proved.status())) return proved.status();
  Json json = {{"event_name", TextOf(*name)}};
  if (proved.ok()) {
    json["position"] = proved->position;
    json["origin"] = proved->checkpoint.origin;
    json["size"] = proved->checkpoint.size;
    json["event"] = Json::parse(JsonOf(proved->event));
  }
  ASSIGN_OR_RETURN(Result result, ResultOf(proved.status(), file, arguments.out, std::move(json)));
  if (!result.holds) return result;
  result.text = absl::StrCat("  event       ", Printable(TextOf(*name)), ": ",
                             Printable(JsonOf(proved->event)), "\n  checkpoint  ",
                             Printable(DescribeCheckpoint(proved->checkpoint)), "\n",
                             result.text.empty() ? "" : "\n", result.text);
  result.summary = absl::StrCat(
      "the event is entry ", proved->position, " of that log",
      arguments.out.empty() ? "" : absl::StrCat("; the proof is written to ", arguments.out),
      ", to be checked with the key that was noted: switchboard-verify");
  return result;
}

absl::StatusOr<Result> AuditConsistency(Session& session,
                                        const AuditConsistencyArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const audit::VerifierKey key, KeyOfHub(*hub));
  ASSIGN_OR_RETURN(const KeptNote old, ReadNote(arguments.old_file, key));
  ASSIGN_OR_RETURN(const auto kept, ReadNoteIfNamed(arguments.new_file, key));
  v1::ProveAuditRequest request;
  request.set_old_size(old.checkpoint.size);
  request.set_size(kept.has_value() ? kept->checkpoint.size : 0);
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ProveAuditResponse>(request));
  ASSIGN_OR_RETURN(const audit::ConsistencyFile read, audit::ParseConsistencyFile(response.file()));
  const std::string file = LedTo(kept, read);
  const auto checked = audit::CheckConsistencyFile(
      file, old.checkpoint, KeysFor(kept.has_value() ? kept->text : read.note, key));
  if (!checked.ok() && !IsFinding(checked.status())) return checked.status();
  Json json = {{"old_size", old.checkpoint.size}};
  if (checked.ok()) {
    json["origin"] = checked->origin;
    json["size"] = checked->size;
  }
  ASSIGN_OR_RETURN(Result result, ResultOf(checked.status(), file, arguments.out, std::move(json)));
  if (!result.holds) return result;
  result.text = absl::StrCat("  old  ", Printable(DescribeCheckpoint(old.checkpoint)), "\n  new  ",
                             Printable(DescribeCheckpoint(*checked)), "\n", result.text);
  result.summary = absl::StrCat(
      "the new checkpoint continues the old one; the proof is written to ", arguments.out);
  return result;
}

}  // namespace switchboard::cli
