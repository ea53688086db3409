#include "hub/storage/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/keyed_hash.h"
#include "hub/base/secret_file.h"
#include "hub/storage/cipher_pool.h"

namespace switchboard::storage {
namespace {

// Of the HMAC that a key's id is made of: enough that no two keys of one database are taken for
// each other.
constexpr size_t kIdBytes = 6;

void FillRandomly(IdMint& ids, char* bytes, size_t count) {
  for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
    const uint64_t bits = ids.Random();
    std::memcpy(bytes + done, &bits, std::min(sizeof(bits), count - done));
  }
}

std::string IdOf(const Secret& key) {
  const std::string digest = KeyedHash(Secret(key.view())).TextOf("switchboard/key_file");
  return absl::StrCat("file:", absl::BytesToHexString(absl::string_view(digest.data(), kIdBytes)));
}

// AES-256-GCM under random nonces, of which a database sees a few thousand.
class FileWrapping : public KeyWrapping {
 public:
  FileWrapping(Secret key, IdMint& ids) : ids_(ids), id_(IdOf(key)), cipher_(std::move(key)) {}

  const std::string& id() const override { return id_; }

  absl::StatusOr<std::string> Wrap(std::string_view place, const Secret& key) override {
    char nonce[kCipherNonceBytes];
    FillRandomly(ids_, nonce, sizeof nonce);
    std::string wrapped;
    cipher_.Seal({nonce, sizeof nonce}, place, key.view(), &wrapped);
    return wrapped;
  }

  absl::StatusOr<Secret> Unwrap(std::string_view place, std::string_view wrapped) override {
    std::string key;
    if (cipher_.Open(place, wrapped, &key) && key.size() == kCipherKeyBytes)
      return Secret::TakenFrom(key);
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_WRONG",
                 "the key file does not open this database's keys; restore the key file that "
                 "belongs to it");
  }

 private:
  IdMint& ids_;
  const std::string id_;
  CipherPool cipher_;
};

absl::Status Invalid(const char* field, const std::string& problem) {
  return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_INVALID",
               absl::StrCat(field, ": ", problem));
}

// Its digits, written where they are wiped: what makes a string of them leaves copies.
Secret LineOf(const Secret& key) {
  constexpr char kDigits[] = "0123456789abcdef";
  Secret line(2 * key.size() + 1);
  char* to = line.data();
  for (const char byte : key.view()) {
    *to++ = kDigits[static_cast<unsigned char>(byte) >> 4];
    *to++ = kDigits[static_cast<unsigned char>(byte) & 0xf];
  }
  *to = '\n';
  return line;
}

absl::StatusOr<Secret> MakeKeyFile(const std::string& path, const char* field, IdMint& ids) {
  Secret key(kCipherKeyBytes);
  FillRandomly(ids, key.data(), key.size());
  const Secret text = LineOf(key);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Invalid(field, absl::StrCat("cannot be made: ", strerror(errno)));
  const bool written =
      write(file, text.view().data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(file) == 0;
  close(file);
  if (!written) return Invalid(field, "cannot be written");
  return key;
}

// Reads the key of an open key file; what is wrong with it, or nothing.
std::string ReadOpenKeyFile(int file, Secret& key) {
  struct stat facts {};
  Secret text(2 * kCipherKeyBytes);
  if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) return "is not a regular file";
  std::string problem = SecretFileProblem(facts, ProcessOwner::OfThisProcess());
  if (!problem.empty()) return problem;
  const absl::string_view digits(text.data(), text.size());
  const bool whole = read(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!whole || !std::all_of(digits.begin(), digits.end(),
                             [](unsigned char digit) { return absl::ascii_isxdigit(digit); })) {
    return "must hold 64 hexadecimal digits";
  }
  std::string bytes = absl::HexStringToBytes(digits);
  key = Secret::TakenFrom(bytes);
  return "";
}

absl::StatusOr<Secret> ReadKeyFile(const std::string& path, const char* field, bool may_make,
                                   IdMint& ids) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && errno == ENOENT && may_make) return MakeKeyFile(path, field, ids);
  if (file < 0 && errno == ENOENT) {
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_MISSING",
                 absl::StrCat(field,
                              ": the database holds what only its own key file opens; put that one "
                              "back, no other will do"));
  }
  if (file < 0) return Invalid(field, absl::StrCat("cannot be read: ", strerror(errno)));
  Secret key;
  const std::string problem = ReadOpenKeyFile(file, key);
  close(file);
  if (!problem.empty()) return Invalid(field, problem);
  return key;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeyWrapping>> OpenKeyFile(const std::string& path, const char* field,
                                                         bool may_make, IdMint& ids) {
  ASSIGN_OR_RETURN(Secret key, ReadKeyFile(path, field, may_make, ids));
  return std::make_unique<FileWrapping>(std::move(key), ids);
}

std::string KeyFileProblem(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return absl::StrCat("cannot be read: ", strerror(errno));
  Secret key;
  std::string problem = ReadOpenKeyFile(file, key);
  close(file);
  return problem;
}

}  // namespace switchboard::storage
