#include "hub/base/secret.h"

#include <openssl/crypto.h>

#include <atomic>
#include <cstring>
#include <utility>

#include "hub/base/error.h"

namespace switchboard {
namespace {

constexpr size_t kHeapBytes = 1 << 20;
constexpr size_t kLeastBytes = 32;  // of one allocation

// 1: made and locked; 2: made, but the kernel would not lock it; 0: none.
int MakeHeap() {
  static const int made = CRYPTO_secure_malloc_init(kHeapBytes, kLeastBytes);
  return made;
}

std::atomic<size_t> unlocked_bytes{0};

bool IsLocked(const char* bytes) { return MakeHeap() == 1 && CRYPTO_secure_allocated(bytes) == 1; }

}  // namespace

Secret::Secret(size_t size) : size_(size) {
  if (size == 0) return;
  MakeHeap();
  bytes_ = static_cast<char*>(OPENSSL_secure_zalloc(size));
  if (bytes_ == nullptr) bytes_ = static_cast<char*>(OPENSSL_zalloc(size));  // the heap is full
  SWITCHBOARD_ASSERT(bytes_ != nullptr);
  if (!IsLocked(bytes_)) unlocked_bytes += size_;
}

Secret::Secret(std::string_view bytes) : Secret(bytes.size()) {
  if (!bytes.empty()) memcpy(bytes_, bytes.data(), bytes.size());
}

Secret Secret::TakenFrom(std::string& bytes) {
  Secret secret{std::string_view(bytes)};
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Free();
  bytes_ = std::exchange(other.bytes_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret::~Secret() { Free(); }

void Secret::Free() {
  if (bytes_ == nullptr) return;
  if (!IsLocked(bytes_)) unlocked_bytes -= size_;
  // Knows which of the two heaps it is of.
  OPENSSL_secure_clear_free(bytes_, size_);
  bytes_ = nullptr;
  size_ = 0;
}

bool SecretsAreLocked() { return MakeHeap() == 1; }

size_t UnlockedSecretBytes() { return unlocked_bytes; }

}  // namespace switchboard
