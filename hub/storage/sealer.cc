#include "hub/storage/sealer.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "hub/base/error.h"
#include "hub/storage/cipher_pool.h"
#include "hub/storage/data_keys.h"

namespace switchboard::storage {

// A data key. Nonces are its own, so that two that seal at once during a switch share none.
class BoxKey {
 public:
  BoxKey(int64_t number, Secret bytes) : number_(number), ciphers_(std::move(bytes)) {}

  int64_t number() const { return number_; }

  std::string Seal(const BoxPlace& place, std::string_view plaintext);
  bool Open(const BoxPlace& place, std::string_view box, std::string* plaintext) {
    return ciphers_.Open(place.bytes(), box.substr(sizeof number_), plaintext);
  }

 private:
  const int64_t number_;
  CipherPool ciphers_;
  std::atomic<uint64_t> nonce_{0};
};

std::string BoxKey::Seal(const BoxPlace& place, std::string_view plaintext) {
  char nonce[kCipherNonceBytes] = {};
  const uint64_t count = ++nonce_;
  std::memcpy(nonce, &count, sizeof count);
  std::string box;
  box.reserve(sizeof number_ + kCipherNonceBytes + plaintext.size() + kCipherTagBytes);
  box.append(reinterpret_cast<const char*>(&number_), sizeof number_);
  ciphers_.Seal({nonce, sizeof nonce}, place.bytes(), plaintext, &box);
  return box;
}

namespace {

constexpr size_t kIndexBytes = 16;
constexpr size_t kOverheadBytes = sizeof(int64_t) + kCipherNonceBytes + kCipherTagBytes;

// Names of the keys that indexes are made under; never change.
constexpr const char* kIndexPurposes[kIndexCount] = {"index/number", "index/agent"};

Secret RandomKey(IdMint& ids) {
  Secret key(kCipherKeyBytes);
  for (size_t done = 0; done < key.size(); done += sizeof(uint64_t)) {
    const uint64_t bits = ids.Random();
    std::memcpy(key.data() + done, &bits, std::min(sizeof bits, key.size() - done));
  }
  return key;
}

absl::Status BoxBroken() {
  return Error(absl::StatusCode::kDataLoss, "BOX_BROKEN",
               "a sealed record was altered, moved or its key is gone");
}

// Wraps a new key and writes its row.
absl::StatusOr<std::pair<int64_t, Secret>> MakeKey(Connection& writer, Wrappings& wrappings,
                                                   IdMint& ids, std::string_view purpose,
                                                   std::string_view hub_id, int64_t now_us) {
  Secret key = RandomKey(ids);
  ASSIGN_OR_RETURN(const int64_t number,
                   AddDataKey(writer, wrappings, purpose, hub_id, key, now_us));
  return std::pair<int64_t, Secret>(number, std::move(key));
}

}  // namespace

Sealer::Sealer(std::unique_ptr<Wrappings> wrappings, std::string hub_id, IdMint& ids)
    : wrappings_(std::move(wrappings)), hub_id_(std::move(hub_id)), ids_(ids) {}

Sealer::~Sealer() = default;

absl::StatusOr<std::unique_ptr<Sealer>> Sealer::Open(std::unique_ptr<Wrappings> wrappings,
                                                     std::string hub_id, Connection& writer,
                                                     IdMint& ids, int64_t now_us) {
  std::unique_ptr<Sealer> sealer(new Sealer(std::move(wrappings), std::move(hub_id), ids));
  RETURN_IF_ERROR(sealer->SetUpRoot(writer, now_us));
  for (int i = 0; i < kIndexCount; ++i)
    sealer->indexes_[i] = std::make_unique<KeyedHash>(sealer->DeriveKey(kIndexPurposes[i]));
  ASSIGN_OR_RETURN(auto key, sealer->AddKey(writer, now_us));
  sealer->SealBy(std::move(key));
  return sealer;
}

// Opens all keys that are there, so that a start that could not read everything ends at once.
absl::Status Sealer::SetUpRoot(Connection& writer, int64_t now_us) {
  ASSIGN_OR_RETURN(const std::vector<DataKey> rows, AllDataKeys(writer));
  for (const DataKey& row : rows) {
    if (row.destroy_us.has_value()) continue;
    ASSIGN_OR_RETURN(Secret key, UnwrapDataKey(*wrappings_, row));
    if (row.purpose == kRootPurpose) {
      root_ = std::make_unique<KeyedHash>(std::move(key));
    } else {
      MutexLock lock(mutex_);
      keys_[row.number] = std::make_shared<BoxKey>(row.number, std::move(key));
    }
  }
  if (root_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto made, MakeKey(writer, *wrappings_, ids_, kRootPurpose, "", now_us));
  root_ = std::make_unique<KeyedHash>(std::move(made.second));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<BoxKey>> Sealer::AddKey(Connection& writer, int64_t now_us) {
  ASSIGN_OR_RETURN(auto made, MakeKey(writer, *wrappings_, ids_, kDataPurpose, hub_id_, now_us));
  return std::make_shared<BoxKey>(made.first, std::move(made.second));
}

absl::StatusOr<std::shared_ptr<BoxKey>> Sealer::Renew(Connection& writer, int64_t now_us) {
  ASSIGN_OR_RETURN(std::shared_ptr<BoxKey> key, AddKey(writer, now_us));
  RETURN_IF_ERROR(NoteSealingKey(writer, hub_id_, key->number(), wrappings_->Opens(), now_us));
  return key;
}

// Two lanes may have renewed at once: the later key stays.
void Sealer::SealBy(std::shared_ptr<BoxKey> key) {
  MutexLock lock(mutex_);
  keys_[key->number()] = key;
  if (sealing_key_ == nullptr || sealing_key_->number() < key->number())
    sealing_key_ = std::move(key);
  DropForgotten();
}

absl::Status Sealer::NoteSealing(Connection& writer, int64_t now_us) const {
  return NoteSealingKey(writer, hub_id_, sealing_key(), wrappings_->Opens(), now_us);
}

std::shared_ptr<BoxKey> Sealer::SealingKey() const {
  MutexLock lock(mutex_);
  return sealing_key_;
}

int64_t Sealer::sealing_key() const { return SealingKey()->number(); }

std::string Sealer::Seal(Transaction& transaction, const BoxPlace& place,
                         std::string_view plaintext) {
  const std::shared_ptr<BoxKey> key = SealingKey();
  transaction.NoteKey(key->number());
  return key->Seal(place, plaintext);
}

EarlyBox Sealer::SealEarly(const BoxPlace& place, std::string_view plaintext) {
  EarlyBox early;
  early.key_ = SealingKey();
  early.bytes_ = early.key_->Seal(place, plaintext);
  return early;
}

std::string Sealer::Take(Transaction& transaction, const BoxPlace& place, const EarlyBox& box) {
  if (box.empty()) return "";
  const std::shared_ptr<BoxKey> key = SealingKey();
  transaction.NoteKey(key->number());
  if (box.key_ == key) return box.bytes_;
  std::string plaintext;
  SWITCHBOARD_ASSERT(box.key_->Open(place, box.bytes_, &plaintext));
  return key->Seal(place, plaintext);
}

absl::Status Sealer::CheckSealed(const Transaction& transaction, int64_t floor) {
  if (transaction.lowest_key() >= floor) return absl::OkStatus();
  if (floor_ < floor) floor_ = floor;
  return absl::UnavailableError("something was sealed by a key that is retired");
}

int64_t Sealer::KeyOf(std::string_view box) {
  if (box.size() < kOverheadBytes) return 0;
  int64_t number = 0;
  std::memcpy(&number, box.data(), sizeof number);
  return number;
}

absl::StatusOr<std::shared_ptr<BoxKey>> Sealer::FindKey(int64_t number, Connection& reader) {
  {
    MutexLock lock(mutex_);
    const auto found = keys_.find(number);
    if (found != keys_.end()) return found->second;
  }
  // Of another hub, or of this one before another's rotation.
  ASSIGN_OR_RETURN(const std::optional<DataKey> row, FindDataKey(reader, number));
  if (!row.has_value() || row->destroy_us.has_value() || row->purpose != kDataPurpose)
    return BoxBroken();
  auto bytes = UnwrapDataKey(*wrappings_, *row);
  if (absl::IsUnavailable(bytes.status())) return bytes.status();
  if (!bytes.ok()) return BoxBroken();
  auto key = std::make_shared<BoxKey>(number, *std::move(bytes));
  MutexLock lock(mutex_);
  // Its row may have been read before it went. One that is kept for a broken box is read each time.
  if (number <= forgotten_through_) return key;
  return keys_.try_emplace(number, std::move(key)).first->second;
}

absl::StatusOr<std::string> Sealer::Open(const BoxPlace& place, std::string_view box,
                                         Connection& reader) {
  const int64_t number = KeyOf(box);
  if (number <= 0) return BoxBroken();
  ASSIGN_OR_RETURN(const std::shared_ptr<BoxKey> key, FindKey(number, reader));
  std::string plaintext;
  if (!key->Open(place, box, &plaintext)) return BoxBroken();
  return plaintext;
}

void Sealer::Forget(int64_t through) {
  MutexLock lock(mutex_);
  forgotten_through_ = std::max(forgotten_through_, through);
  DropForgotten();
}

void Sealer::DropForgotten() {
  std::erase_if(keys_, [this](const auto& entry) SWITCHBOARD_REQUIRES(mutex_) {
    return entry.first <= forgotten_through_ && entry.second != sealing_key_;
  });
}

Secret Sealer::DeriveKey(std::string_view purpose) const {
  KeyedHash::Sum sum = root_->Of({"derive|", purpose});
  Secret key{std::string_view(reinterpret_cast<const char*>(sum.data()), sum.size())};
  OPENSSL_cleanse(sum.data(), sum.size());
  return key;
}

std::string Sealer::Digest(std::string_view content) const { return root_->TextOf(content); }

std::string Sealer::IndexOf(Index index, std::string_view content) const {
  return indexes_[static_cast<int>(index)]->TextOf(content).substr(0, kIndexBytes);
}

}  // namespace switchboard::storage
