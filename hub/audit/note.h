#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "hub/base/ed25519.h"

// Signed notes, c2sp.org/signed-note: a text, an empty line, and a line for each signature,
// "— <key name> <base64 of key id and signature>". What is read here is at most 64 KiB with 32
// signatures. Pure.

namespace switchboard::audit {

// Who a signature is believed from: "<name>+<key id, 8 hexadecimal digits>+<base64 of type and
// public key>".
struct VerifierKey {
  enum Type : uint8_t {
    kEd25519 = 1,      // of the text
    kCosignature = 4,  // of a checkpoint by a witness, with its time: c2sp.org/tlog-cosignature
  };

  std::string name;
  Type type = kEd25519;
  std::string public_key;  // kEd25519KeyBytes

  // The first four bytes of SHA-256 of name, "\n", type and key.
  uint32_t id() const;
  std::string Text() const;
};

// Errors: INVALID_ARGUMENT, KEY_INVALID; also for a key id that is not of this key, and for other
// types of keys.
absl::StatusOr<VerifierKey> ParseVerifierKey(std::string_view text);
// One a line; empty lines and those that begin with "#" are passed over. Errors: those of
// ParseVerifierKey with the line, and the same for no key at all.
absl::StatusOr<std::vector<VerifierKey>> ParseVerifierKeys(std::string_view file);

struct Note {
  struct Signature {
    std::string name;
    uint32_t key_id = 0;
    std::string bytes;  // what follows the id
  };

  std::string text;  // with its last newline
  std::vector<Signature> signatures;
};

// Errors: INVALID_ARGUMENT, NOTE_INVALID.
absl::StatusOr<Note> ParseNote(std::string_view note);

// Those of the keys that signed the note. What unknown keys signed is passed over, as the format
// demands. Errors: UNAUTHENTICATED, NOTE_FORGED if what bears the name and id of one of the keys is
// not its signature; UNAUTHENTICATED, NOTE_UNKNOWN if none of them signed it.
absl::StatusOr<std::vector<VerifierKey>> SignersOf(const Note& note,
                                                   absl::Span<const VerifierKey> keys);

// What SignNote's signatures are believed by.
VerifierKey VerifierKeyOf(std::string_view name, const Ed25519Signer& signer);
// The note with one signature. REQUIRES: the text ends with a newline; a name without blanks and
// "+".
std::string SignNote(std::string_view text, std::string_view name, const Ed25519Signer& signer);

}  // namespace switchboard::audit
