#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/base/secret.h"

struct evp_mac_ctx_st;

namespace switchboard {

inline constexpr size_t kKeyedHashBytes = 32;

// HMAC-SHA256 (RFC 2104) under one key. A context that is keyed already begins again for a third of
// what keying one costs; it serves one thread at a time, so the idle ones wait in a pool, which
// grows to the number of threads. They hold the key too, and are wiped with this. Thread-safe.
class KeyedHash {
 public:
  using Sum = std::array<unsigned char, kKeyedHashBytes>;

  // REQUIRES: not empty; 32 random bytes in production.
  explicit KeyedHash(Secret key);
  ~KeyedHash();
  KeyedHash(const KeyedHash&) = delete;
  KeyedHash& operator=(const KeyedHash&) = delete;

  // Of the parts, one behind the other.
  Sum Of(std::initializer_list<std::string_view> parts) const;
  // The same, as bytes of a text.
  std::string TextOf(std::string_view content) const;

  bool SameKeyAs(const KeyedHash& other) const;

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_mac_ctx_st, Free>;

  Context Take() const;
  void GiveBack(Context context) const;

  const Secret key_;
  mutable Mutex mutex_;
  mutable std::vector<Context> idle_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard
