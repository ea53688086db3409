#include "hub/audit/note.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "hub/audit/proof_lines.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr size_t kNoteBytesMax = 64 * 1024;
constexpr size_t kSignaturesMax = 32;
constexpr size_t kKeyIdBytes = 4;
constexpr size_t kKeyIdDigits = 2 * kKeyIdBytes;
constexpr size_t kTimeBytes = 8;
constexpr std::string_view kDash = "\u2014 ";

absl::Status KeyInvalid(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "KEY_INVALID",
               absl::StrCat("no verifier key, \"<name>+<key id>+<base64>\": ", what));
}

absl::Status NoteInvalid(std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "NOTE_INVALID",
               "no signed note: " + std::string(what));
}

uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// UTF-8 in which `is_wrong` is true of no character.
template <typename Wrong>
bool IsTextWithout(std::string_view text, Wrong is_wrong) {
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, size, c);
    if (c < 0 || is_wrong(c)) return false;
  }
  return true;
}

bool IsKeyName(std::string_view name) {
  return !name.empty() && name.size() <= kNoteBytesMax && IsTextWithout(name, [](UChar32 c) {
    return c < ' ' || c == '+' || u_isUWhiteSpace(c) != 0;
  });
}

std::optional<Note::Signature> SignatureIn(std::string_view line) {
  if (line.substr(0, kDash.size()) != kDash) return std::nullopt;
  line.remove_prefix(kDash.size());
  const size_t end = line.find(' ');
  if (end == std::string_view::npos) return std::nullopt;
  Note::Signature signature;
  signature.name = line.substr(0, end);
  const std::optional<std::string> bytes = FromBase64(line.substr(end + 1));
  if (!IsKeyName(signature.name) || !bytes.has_value() || bytes->size() <= kKeyIdBytes)
    return std::nullopt;
  signature.key_id =
      static_cast<uint32_t>(FromBigEndian(std::string_view(*bytes).substr(0, kKeyIdBytes)));
  signature.bytes = bytes->substr(kKeyIdBytes);
  return signature;
}

bool Verifies(const VerifierKey& key, std::string_view text, std::string_view signature) {
  if (key.type == VerifierKey::kEd25519) return VerifyEd25519(key.public_key, text, signature);
  if (signature.size() <= kTimeBytes) return false;
  const std::string cosigned =
      absl::StrCat("cosignature/v1\ntime ", FromBigEndian(signature.substr(0, kTimeBytes)), "\n",
                   absl::string_view(text.data(), text.size()));
  return VerifyEd25519(key.public_key, cosigned, signature.substr(kTimeBytes));
}

bool IsSame(const VerifierKey& a, const VerifierKey& b) {
  return a.name == b.name && a.type == b.type && a.public_key == b.public_key;
}

}  // namespace

uint32_t VerifierKey::id() const {
  const char kind = static_cast<char>(type);
  const std::string hash = Sha256().Add(name).Add("\n").Add({&kind, 1}).Add(public_key).Finish();
  return static_cast<uint32_t>(FromBigEndian(std::string_view(hash).substr(0, kKeyIdBytes)));
}

std::string VerifierKey::Text() const {
  return absl::StrCat(name, "+", absl::Hex(id(), absl::kZeroPad8), "+",
                      ToBase64(std::string(1, static_cast<char>(type)) + public_key));
}

absl::StatusOr<VerifierKey> ParseVerifierKey(std::string_view text) {
  VerifierKey key;
  const size_t name_end = text.find('+');
  const size_t id_end = name_end == std::string_view::npos ? name_end : name_end + 1 + kKeyIdDigits;
  if (id_end >= text.size() || text[id_end] != '+') return KeyInvalid("it has other parts");
  key.name = text.substr(0, name_end);
  if (!IsKeyName(key.name)) return KeyInvalid("no name");
  const std::optional<std::string> bytes = FromBase64(text.substr(id_end + 1));
  if (!bytes.has_value() || bytes->size() != 1 + kEd25519KeyBytes)
    return KeyInvalid("no key of Ed25519");
  key.type = static_cast<VerifierKey::Type>(bytes->front());
  if (key.type != VerifierKey::kEd25519 && key.type != VerifierKey::kCosignature)
    return KeyInvalid(absl::StrCat("unknown type ", static_cast<int>(key.type)));
  key.public_key = bytes->substr(1);
  // Compares the key id's digits with it.
  if (key.Text() != text) return KeyInvalid("its key id is of another key");
  return key;
}

absl::StatusOr<std::vector<VerifierKey>> ParseVerifierKeys(std::string_view file) {
  std::vector<VerifierKey> keys;
  const std::string whole = std::string(file) + "\n";
  ProofLines lines(whole);
  int number = 0;
  while (const auto line = lines.Next()) {
    ++number;
    if (line->empty() || line->front() == '#') continue;
    auto key = ParseVerifierKey(*line);
    if (!key.ok()) return Annotate(key.status(), absl::StrCat("line ", number));
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) return KeyInvalid("there is no line with one");
  return keys;
}

absl::StatusOr<Note> ParseNote(std::string_view note) {
  if (note.size() > kNoteBytesMax) return NoteInvalid("it is larger than 64 KiB");
  if (!IsTextWithout(note, [](UChar32 c) { return c < ' ' && c != '\n'; }))
    return NoteInvalid("it holds what is no text");
  const size_t text_end = note.rfind("\n\n");
  if (text_end == std::string_view::npos) return NoteInvalid("no empty line ends its text");
  Note read;
  read.text = note.substr(0, text_end + 1);
  ProofLines lines(note.substr(text_end + 2));
  while (const auto line = lines.Next()) {
    std::optional<Note::Signature> signature = SignatureIn(*line);
    if (!signature.has_value()) return NoteInvalid("a line behind its text is no signature");
    read.signatures.push_back(*std::move(signature));
  }
  if (!lines.rest().empty()) return NoteInvalid("its last line does not end");
  if (read.signatures.empty()) return NoteInvalid("nobody signed it");
  if (read.signatures.size() > kSignaturesMax) return NoteInvalid("more than 32 signatures");
  return read;
}

absl::StatusOr<std::vector<VerifierKey>> SignersOf(const Note& note,
                                                   absl::Span<const VerifierKey> keys) {
  std::vector<VerifierKey> signers;
  for (const Note::Signature& signature : note.signatures) {
    for (const VerifierKey& key : keys) {
      if (key.name != signature.name || key.id() != signature.key_id) continue;
      if (!Verifies(key, note.text, signature.bytes)) {
        return Error(absl::StatusCode::kUnauthenticated, "NOTE_FORGED",
                     "what stands as the signature of " + key.name + " is not by its key");
      }
      const auto same = [&](const VerifierKey& signer) { return IsSame(signer, key); };
      if (std::none_of(signers.begin(), signers.end(), same)) signers.push_back(key);
    }
  }
  if (signers.empty()) {
    return Error(absl::StatusCode::kUnauthenticated, "NOTE_UNKNOWN",
                 "signed by none of the known keys, but by " + note.signatures.front().name);
  }
  return signers;
}

VerifierKey VerifierKeyOf(std::string_view name, const Ed25519Signer& signer) {
  return {std::string(name), VerifierKey::kEd25519, signer.public_key()};
}

std::string SignNote(std::string_view text, std::string_view name, const Ed25519Signer& signer) {
  SWITCHBOARD_ASSERT(!text.empty() && text.back() == '\n' && IsKeyName(name));
  std::string bytes;
  const uint32_t id = VerifierKeyOf(name, signer).id();
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(id >> shift & 0xff);
  bytes += signer.Sign(text);
  std::string note(text);
  note.append("\n").append(kDash).append(name).append(" ").append(ToBase64(bytes)).append("\n");
  return note;
}

}  // namespace switchboard::audit
