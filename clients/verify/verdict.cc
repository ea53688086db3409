#include "clients/verify/verdict.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/text_table.h"
#include "hub/audit/checkpoint.h"
#include "hub/audit/event_proof.h"
#include "hub/audit/finding.h"
#include "hub/base/error.h"

namespace switchboard::verify {
namespace {

using audit::Checkpoint;
using Json = nlohmann::ordered_json;

absl::Status CheckWitnesses(std::string_view note, const Trust& trust) {
  ASSIGN_OR_RETURN(const audit::Note read, audit::ParseNote(note));
  for (const audit::VerifierKey& witness : trust.witnesses) {
    const auto signer = audit::SignersOf(read, {&witness, 1});
    if (!signer.ok()) return Annotate(signer.status(), "witness " + witness.name);
  }
  return absl::OkStatus();
}

// The three lines of a checkpoint's text, as they stand there.
Json JsonOf(const Checkpoint& checkpoint) {
  const std::string text = checkpoint.Text();
  const size_t end = text.find('\n', checkpoint.origin.size() + 1);
  return {{"origin", checkpoint.origin},
          {"size", checkpoint.size},
          {"root", text.substr(end + 1, text.find('\n', end + 1) - end - 1)}};
}

// To the text, and as an object.
Json AddCheckpoint(const Checkpoint& checkpoint, const Trust& trust, Verdict& verdict) {
  const Json json = JsonOf(checkpoint);
  absl::StrAppend(&verdict.text, "  log       ", checkpoint.origin, "\n  entries   ",
                  WithCommas(checkpoint.size), "\n  root      ", json["root"].get<std::string>(),
                  "\n");
  Json witnesses = Json::array();
  for (const audit::VerifierKey& witness : trust.witnesses) {
    absl::StrAppend(&verdict.text, "  witness   ", witness.name, "\n");
    witnesses.push_back(witness.name);
  }
  return {{"checkpoint", json}, {"witnesses", std::move(witnesses)}};
}

std::string TextOf(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// "the checkpoint of 1,034 entries of issuer.example/switchboard"
std::string NameOf(const Checkpoint& checkpoint) {
  return absl::StrCat("the checkpoint of ", WithCommas(checkpoint.size), " entries of ",
                      checkpoint.origin);
}

absl::StatusOr<std::string> JsonTextOf(const v1::AuditEvent& event) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(event, &text, options).ok()) {
    return Error(absl::StatusCode::kInvalidArgument, "PROOF_INVALID",
                 "the event holds a time or another value that JSON has no form for");
  }
  return text;
}

}  // namespace

absl::StatusOr<Verdict> VerifyCheckpoint(std::string_view note, const Trust& trust) {
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, audit::OpenCheckpoint(note, trust.log));
  RETURN_IF_ERROR(CheckWitnesses(note, trust));
  Verdict verdict;
  verdict.json = TextOf(AddCheckpoint(checkpoint, trust, verdict));
  verdict.summary = NameOf(checkpoint) + " is signed by the log";
  return verdict;
}

absl::StatusOr<Verdict> VerifyConsistencyProof(std::string_view old_note, std::string_view proof,
                                               const Trust& trust) {
  const auto old = audit::OpenCheckpoint(old_note, trust.log);
  if (!old.ok()) return Annotate(old.status(), "the old checkpoint");
  ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                   audit::CheckConsistencyFile(proof, *old, trust.log));
  ASSIGN_OR_RETURN(const audit::ConsistencyFile read, audit::ParseConsistencyFile(proof));
  RETURN_IF_ERROR(CheckWitnesses(read.note, trust));
  Verdict verdict;
  Json json = AddCheckpoint(checkpoint, trust, verdict);
  json["old"] = JsonOf(*old);
  verdict.json = TextOf(json);
  verdict.summary =
      absl::StrCat(NameOf(checkpoint), " continues the one of ", WithCommas(old->size),
                   ": none of those was altered or taken away");
  return verdict;
}

absl::StatusOr<Verdict> VerifyEventProof(std::string_view proof, const Trust& trust) {
  ASSIGN_OR_RETURN(const audit::ProvedEvent proved, audit::CheckEventProof(proof, trust.log));
  ASSIGN_OR_RETURN(const audit::ProofFile read, audit::ParseProofFile(proof));
  RETURN_IF_ERROR(CheckWitnesses(read.note, trust));
  ASSIGN_OR_RETURN(const std::string event, JsonTextOf(proved.event));
  const v1::AuditEntry& entry = proved.proof.entry();
  const std::string time = audit::UtcTextOf(entry.commit_time_us());
  Verdict verdict;
  Json json = AddCheckpoint(proved.checkpoint, trust, verdict);
  absl::StrAppend(&verdict.text, "  entry     ", entry.chain_id(), "/", entry.sequence(),
                  ", at position ", proved.position, ", committed ", time, "\n  event     ",
                  proved.proof.index(), " of ", proved.proof.events(), ", from 0: ", event, "\n");
  json["entry"] = {{"chain_id", entry.chain_id()},
                   {"sequence", entry.sequence()},
                   {"position", proved.position},
                   {"commit_time_us", entry.commit_time_us()},
                   {"events", proved.proof.events()}};
  json["index"] = proved.proof.index();
  json["event"] = Json::parse(event, nullptr, /*allow_exceptions=*/false);
  verdict.json = TextOf(json);
  verdict.summary = absl::StrCat("the event is in the log, since ", time, " by the hub's clock; ",
                                 NameOf(proved.checkpoint), " signs it");
  return verdict;
}

}  // namespace switchboard::verify
