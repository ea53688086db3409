#pragma once

#include <string>
#include <string_view>

namespace switchboard {

inline constexpr size_t kSha256Bytes = 32;

// SHA-256, fed piece by piece. One at a time per thread: the state is the thread's own, since
// making one costs more than hashing a record.
class Sha256 {
 public:
  Sha256();
  Sha256& Add(std::string_view bytes);
  // Eight bytes, big endian.
  Sha256& AddNumber(int64_t number);
  std::string Finish();
  // The same into kSha256Bytes at `hash`, for who hashes by the million.
  void FinishInto(char* hash);
};

inline std::string Sha256Of(std::string_view bytes) { return Sha256().Add(bytes).Finish(); }

}  // namespace switchboard
