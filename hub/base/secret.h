#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace switchboard {

// Bytes of a key, in memory that is not swapped out and is wiped when the object goes: OpenSSL's
// secure heap, a megabyte that the kernel locks, if the limit of locked memory (RLIMIT_MEMLOCK)
// allows. Beyond it: ordinary memory, wiped as well. Moved, never copied. Not thread-safe, apart
// from reading.
class Secret {
 public:
  Secret() = default;
  // `size` zero bytes, to be written to.
  explicit Secret(size_t size);
  explicit Secret(std::string_view bytes);
  // Takes what lies in an ordinary string, and wipes that.
  static Secret TakenFrom(std::string& bytes);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  std::string_view view() const { return {bytes_, size_}; }
  char* data() { return bytes_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  void Free();

  char* bytes_ = nullptr;
  size_t size_ = 0;
};

// Whether the kernel keeps secrets of this process out of the swap.
bool SecretsAreLocked();

// Bytes of secrets that there are which found no room in locked memory.
size_t UnlockedSecretBytes();

}  // namespace switchboard
