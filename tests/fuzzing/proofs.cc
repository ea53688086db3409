// Checkpoints and proofs, as somebody hands them over: notes, keys, and files of each kind. What is
// read is written again as it was; and nothing verifies that the log did not sign.
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "hub/audit/chain.h"
#include "hub/audit/event_proof.h"

namespace audit = switchboard::audit;

namespace {

const switchboard::Ed25519Signer& Signer() {
  static const switchboard::Ed25519Signer signer(
      switchboard::Secret(std::string(switchboard::kEd25519KeyBytes, 's')));
  return signer;
}

void Require(bool holds) {
  if (!holds) abort();
}

void ReadKeys(const std::string& bytes) {
  const auto key = audit::ParseVerifierKey(bytes);
  if (key.ok()) Require(key->Text() == bytes);
  (void)audit::ParseVerifierKeys(bytes);
}

// The corpus holds one checkpoint that this key signed under the log's name: of 5 leaves.
void ReadNotes(const std::string& bytes, const std::vector<audit::VerifierKey>& keys) {
  const auto note = audit::ParseNote(bytes);
  if (note.ok()) {
    Require(note->signatures.size() <= 32 && note->text.back() == '\n');
    (void)audit::SignersOf(*note, keys);
    const auto checkpoint = audit::ParseCheckpoint(note->text);
    if (checkpoint.ok()) Require(checkpoint->Text() == note->text);
  }
  const auto opened = audit::OpenCheckpoint(bytes, keys);
  if (opened.ok()) Require(opened->size == 5);
}

void ReadProofs(const std::string& bytes, const std::vector<audit::VerifierKey>& keys) {
  const auto consistency = audit::ParseConsistencyFile(bytes);
  if (consistency.ok()) {
    Require(consistency->Text() == bytes);
    audit::Checkpoint old;
    old.origin = "fuzz.example/log";
    old.size = consistency->old_size;
    (void)audit::CheckConsistencyFile(bytes, old, keys);
  }
  const auto proof = audit::ParseProofFile(bytes);
  if (proof.ok()) Require(proof->Text() == bytes);
  const auto proved = audit::CheckEventProof(bytes, keys);
  if (proved.ok()) Require(proved->checkpoint.size == 5 && proved->event.account_id() == "A-1");
}

void ReadEntries(const std::string& bytes) {
  switchboard::v1::AuditEntry entry;
  entry.set_stored_events(bytes);
  size_t size = 0;
  const bool readable =
      audit::ForEachEvent(entry, [&](std::string_view event) { size += event.size(); });
  Require(size <= bytes.size());
  switchboard::v1::AuditEntry parsed;
  if (readable) Require(parsed.ParseFromString(bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool quiet = google::protobuf::SetLogHandler(nullptr) != nullptr;
  (void)quiet;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<audit::VerifierKey> keys = {audit::VerifierKeyOf("fuzz.example/log", Signer())};
  ReadKeys(bytes);
  ReadNotes(bytes, keys);
  ReadProofs(bytes, keys);
  ReadEntries(bytes);
  return 0;
}
