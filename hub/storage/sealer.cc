#include "hub/storage/sealer.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/secret.h"
#include "hub/base/secret_file.h"

namespace switchboard::storage {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kNumberBytes = 8;
constexpr size_t kDigestBytes = 32;
constexpr size_t kOverheadBytes = kNumberBytes + kNonceBytes + kTagBytes;

constexpr char kSelectKeys[] =
    "SELECT key_number, purpose, wrapped FROM data_key ORDER BY key_number";
constexpr char kSelectAnyKey[] = "SELECT key_number FROM data_key LIMIT 1";
constexpr char kSelectKey[] = "SELECT wrapped FROM data_key WHERE key_number = $1";
constexpr char kInsertKey[] =
    "INSERT INTO data_key (key_number, purpose, wrapped, create_time) VALUES ($1, $2, $3, $4)";

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Cipher MakeCipher(std::string_view key, bool seal) {
  Cipher cipher(EVP_CIPHER_CTX_new());
  SWITCHBOARD_ASSERT(key.size() == kKeyBytes);
  SWITCHBOARD_ASSERT(
      EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), nullptr, seal) == 1);
  return cipher;
}

// Writes nonce, ciphertext and tag behind `out`.
void Encrypt(EVP_CIPHER_CTX* cipher, std::string_view nonce, std::string_view place,
             std::string_view plaintext, std::string* out) {
  const size_t begin = out->size();
  out->resize(begin + kNonceBytes + plaintext.size() + kTagBytes);
  auto* to = reinterpret_cast<unsigned char*>(out->data()) + begin;
  std::memcpy(to, nonce.data(), kNonceBytes);
  int size = 0;
  bool ok = EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, Bytes(nonce)) == 1;
  ok = ok &&
       EVP_EncryptUpdate(cipher, nullptr, &size, Bytes(place), static_cast<int>(place.size())) == 1;
  ok = ok && EVP_EncryptUpdate(cipher, to + kNonceBytes, &size, Bytes(plaintext),
                               static_cast<int>(plaintext.size())) == 1;
  ok = ok && EVP_EncryptFinal_ex(cipher, to + kNonceBytes + plaintext.size(), &size) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTagBytes,
                                 to + kNonceBytes + plaintext.size()) == 1;
  SWITCHBOARD_ASSERT(ok);
}

bool Decrypt(EVP_CIPHER_CTX* cipher, std::string_view place, std::string_view sealed,
             std::string* plaintext) {
  if (sealed.size() < kNonceBytes + kTagBytes) return false;
  const size_t length = sealed.size() - kNonceBytes - kTagBytes;
  plaintext->resize(length);
  auto* to = reinterpret_cast<unsigned char*>(plaintext->data());
  std::string tag(sealed.substr(kNonceBytes + length));
  int size = 0;
  unsigned char rest[kTagBytes];
  return EVP_DecryptInit_ex(cipher, nullptr, nullptr, nullptr, Bytes(sealed)) == 1 &&
         EVP_DecryptUpdate(cipher, nullptr, &size, Bytes(place), static_cast<int>(place.size())) ==
             1 &&
         EVP_DecryptUpdate(cipher, to, &size, Bytes(sealed) + kNonceBytes,
                           static_cast<int>(length)) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(cipher, rest, &size) == 1;
}

std::string Hmac(std::string_view key, std::string_view content) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(content), content.size(), out,
       &size);
  return {reinterpret_cast<char*>(out), size};
}

struct KeyedHashDeleter {
  void operator()(EVP_MAC_CTX* hash) const { EVP_MAC_CTX_free(hash); }
};
using KeyedHash = std::unique_ptr<EVP_MAC_CTX, KeyedHashDeleter>;

// HMAC-SHA256 under `key`, to be begun again for each content.
KeyedHash MakeKeyedHash(std::string_view key) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  SWITCHBOARD_ASSERT(hmac != nullptr);
  KeyedHash hash(EVP_MAC_CTX_new(hmac.get()));
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  SWITCHBOARD_ASSERT(hash != nullptr &&
                     EVP_MAC_init(hash.get(), Bytes(key), key.size(), parameters) == 1);
  return hash;
}

void FillRandomly(IdMint& ids, char* bytes, size_t count) {
  for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
    const uint64_t bits = ids.Random();
    std::memcpy(bytes + done, &bits, std::min(sizeof(bits), count - done));
  }
}

Secret RandomKey(IdMint& ids) {
  Secret key(kKeyBytes);
  FillRandomly(ids, key.data(), key.size());
  return key;
}

std::string KeyPlace(uint64_t number) { return absl::StrCat("data_key|", number); }

std::string Wrap(std::string_view wrapping_key, uint64_t number, std::string_view key,
                 IdMint& ids) {
  std::string wrapped;
  char nonce[kNonceBytes];
  FillRandomly(ids, nonce, sizeof nonce);
  Encrypt(MakeCipher(wrapping_key, true).get(), {nonce, sizeof nonce}, KeyPlace(number), key,
          &wrapped);
  return wrapped;
}

absl::StatusOr<Secret> Unwrap(std::string_view wrapping_key, uint64_t number,
                              std::string_view wrapped) {
  std::string key;
  if (!Decrypt(MakeCipher(wrapping_key, false).get(), KeyPlace(number), wrapped, &key) ||
      key.size() != kKeyBytes) {
    return Error(
        absl::StatusCode::kFailedPrecondition, "KEY_FILE_WRONG",
        "the key file does not open this database's keys; restore the key file that belongs to it");
  }
  return Secret::TakenFrom(key);
}

absl::Status BoxBroken() {
  return Error(absl::StatusCode::kDataLoss, "BOX_BROKEN",
               "a sealed record was altered, moved or its key is gone");
}

absl::Status KeyFileError(const std::string& problem) {
  return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_INVALID",
               "storage.key_file: " + problem);
}

absl::StatusOr<Secret> MakeKeyFile(const std::string& path, IdMint& ids) {
  Secret key = RandomKey(ids);
  std::string digits =
      absl::BytesToHexString(absl::string_view(key.view().data(), key.size())) + "\n";
  const Secret text = Secret::TakenFrom(digits);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return KeyFileError(absl::StrCat("cannot be made: ", strerror(errno)));
  const bool written =
      write(file, text.view().data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(file) == 0;
  close(file);
  if (!written) return KeyFileError("cannot be written");
  return key;
}

// Reads the key of an open key file; what is wrong with it, or nothing.
std::string ReadOpenKeyFile(int file, Secret& key) {
  struct stat facts {};
  Secret text(2 * kKeyBytes);
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

absl::StatusOr<Secret> ReadKeyFile(const std::string& path, bool has_keys, IdMint& ids) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && errno == ENOENT && !has_keys) return MakeKeyFile(path, ids);
  if (file < 0 && errno == ENOENT) {
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_MISSING",
                 "storage.key_file: the database holds what only its own key file opens; put that "
                 "one back, no other will do");
  }
  if (file < 0) return KeyFileError(absl::StrCat("cannot be read: ", strerror(errno)));
  Secret key;
  const std::string problem = ReadOpenKeyFile(file, key);
  close(file);
  if (!problem.empty()) return KeyFileError(problem);
  return key;
}

// What a thread has made of a key of one sealer, by numbers instead of the key.
template <typename Made>
struct Keyed {
  uint64_t sealer = 0;
  uint64_t number = 0;
  Made made;
};

uint64_t NextSerial() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

std::string KeyFileProblem(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return absl::StrCat("cannot be read: ", strerror(errno));
  Secret key;
  std::string problem = ReadOpenKeyFile(file, key);
  close(file);
  return problem;
}

struct Sealer::Key {
  uint64_t number;
  Secret bytes;
};

Sealer::Sealer() : serial_(NextSerial()) {}
Sealer::~Sealer() = default;

absl::StatusOr<std::unique_ptr<Sealer>> Sealer::Open(const std::string& key_file,
                                                     Connection& writer, IdMint& ids,
                                                     int64_t now_us) {
  std::unique_ptr<Sealer> sealer(new Sealer);
  bool has_keys = false;
  RETURN_IF_ERROR(writer.Query(kSelectAnyKey, {}, [&](const Row&) {
    has_keys = true;
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(sealer->wrapping_key_, ReadKeyFile(key_file, has_keys, ids));
  uint64_t newest = 0;
  std::map<uint64_t, std::shared_ptr<const Key>> keys;
  RETURN_IF_ERROR(writer.Query(kSelectKeys, {}, [&](const Row& row) -> absl::Status {
    newest = static_cast<uint64_t>(row.Integer(0));
    ASSIGN_OR_RETURN(Secret key, Unwrap(sealer->wrapping_key_.view(), newest, row.Blob(2)));
    if (row.Text(1) == "root") {
      sealer->root_key_ = std::move(key);
    } else {
      keys[newest] = std::make_shared<Key>(Key{newest, std::move(key)});
    }
    return absl::OkStatus();
  }));
  auto add = [&](const char* purpose) -> absl::StatusOr<Secret> {
    Secret key = RandomKey(ids);
    const std::string wrapped = Wrap(sealer->wrapping_key_.view(), ++newest, key.view(), ids);
    RETURN_IF_ERROR(writer
                        .Execute(kInsertKey, {static_cast<int64_t>(newest), purpose,
                                              Value::Blob(wrapped), now_us})
                        .status());
    return key;
  };
  if (sealer->root_key_.empty()) {
    ASSIGN_OR_RETURN(sealer->root_key_, add("root"));
  }
  ASSIGN_OR_RETURN(Secret key, add("data"));
  sealer->sealing_key_ = std::make_shared<Key>(Key{newest, std::move(key)});
  keys[newest] = sealer->sealing_key_;
  MutexLock lock(sealer->mutex_);
  sealer->keys_ = std::move(keys);
  return sealer;
}

std::string Sealer::Seal(std::string_view place, std::string_view plaintext) {
  // A cipher context keeps its key schedule: setting the key costs more than sealing a record.
  thread_local Keyed<Cipher> cached;
  if (cached.sealer != serial_ || cached.number != sealing_key_->number)
    cached = {serial_, sealing_key_->number, MakeCipher(sealing_key_->bytes.view(), true)};
  char nonce[kNonceBytes] = {};
  const uint64_t count = ++nonce_;
  std::memcpy(nonce, &count, sizeof(count));
  std::string box;
  box.reserve(kOverheadBytes + plaintext.size());
  box.append(reinterpret_cast<const char*>(&sealing_key_->number), kNumberBytes);
  Encrypt(cached.made.get(), {nonce, kNonceBytes}, place, plaintext, &box);
  return box;
}

absl::StatusOr<std::shared_ptr<const Sealer::Key>> Sealer::FindKey(uint64_t number,
                                                                   Connection& reader) {
  {
    MutexLock lock(mutex_);
    if (auto found = keys_.find(number); found != keys_.end()) return found->second;
  }
  std::string wrapped;
  RETURN_IF_ERROR(reader.Query(kSelectKey, {static_cast<int64_t>(number)}, [&](const Row& row) {
    wrapped = row.Blob(0);
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(Secret bytes, Unwrap(wrapping_key_.view(), number, wrapped));
  auto key = std::make_shared<const Key>(Key{number, std::move(bytes)});
  MutexLock lock(mutex_);
  keys_[number] = key;
  return key;
}

absl::StatusOr<std::string> Sealer::Open(std::string_view place, std::string_view box,
                                         Connection& reader) {
  if (box.size() < kOverheadBytes) return BoxBroken();
  uint64_t number;
  std::memcpy(&number, box.data(), kNumberBytes);
  auto key = FindKey(number, reader);
  if (!key.ok()) return BoxBroken();
  thread_local Keyed<Cipher> cached;
  if (cached.sealer != serial_ || cached.number != number)
    cached = {serial_, number, MakeCipher((*key)->bytes.view(), false)};
  std::string plaintext;
  if (!Decrypt(cached.made.get(), place, box.substr(kNumberBytes), &plaintext)) return BoxBroken();
  return plaintext;
}

std::string Sealer::DeriveKey(std::string_view purpose) const {
  return Hmac(root_key_.view(),
              absl::StrCat("derive|", absl::string_view(purpose.data(), purpose.size())));
}

std::string Sealer::Digest(std::string_view content) const {
  // A keyed context begins again for a third of what keying one costs.
  thread_local Keyed<KeyedHash> cached;
  if (cached.sealer != serial_) cached = {serial_, 0, MakeKeyedHash(root_key_.view())};
  EVP_MAC_CTX* hash = cached.made.get();
  std::string digest(kDigestBytes, '\0');
  size_t size = 0;
  const bool ok = EVP_MAC_init(hash, nullptr, 0, nullptr) == 1 &&
                  EVP_MAC_update(hash, Bytes(content), content.size()) == 1 &&
                  EVP_MAC_final(hash, reinterpret_cast<unsigned char*>(digest.data()), &size,
                                digest.size()) == 1;
  SWITCHBOARD_ASSERT(ok && size == kDigestBytes);
  return digest;
}

}  // namespace switchboard::storage
