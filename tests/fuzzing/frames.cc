// What a peer sends past TLS, in any portions, and what gRPC answers: the guard's two parsers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "hub/guard/peer_frames.h"
#include "hub/guard/server_frames.h"

namespace switchboard::guard {
namespace {

void Require(bool holds) {
  if (!holds) abort();
}

// The bytes in portions that the bytes themselves choose, each followed by its time.
void FollowPeer(std::string_view bytes) {
  const FrameLimits limits;
  Streams streams;
  absl::Time now = absl::UnixEpoch();
  PeerFrames frames(limits, streams, now);
  size_t in = 0, out = 0;
  while (!bytes.empty()) {
    const size_t portion = 1 + static_cast<uint8_t>(bytes.front()) % 97;
    const std::string copy(bytes.substr(0, portion));  // so that a read beyond its end is seen
    bytes.remove_prefix(copy.size());
    std::vector<std::string_view> through;
    if (frames.Take(copy, now, through) != Offence::kNone) return;
    in += copy.size();
    for (const std::string_view piece : through) out += piece.size();
    Require(out <= in + SettingsAckFrame().size());
    Require(in <= out + kFrameHeaderBytes + limits.header_block_bytes_max + limits.frame_bytes_max +
                      16 * kFrameHeaderBytes);
    Require(streams.count() <= limits.streams_max);
    now += absl::Milliseconds(portion);
    frames.Late(now);
  }
}

void FollowServer(std::string_view bytes) {
  Streams streams;
  for (uint32_t stream = 1; stream < 20; stream += 2) streams.Open(stream);
  ServerFrames frames(streams);
  while (!bytes.empty()) {
    const std::string copy(bytes.substr(0, 1 + static_cast<uint8_t>(bytes.front()) % 97));
    bytes.remove_prefix(copy.size());
    frames.Take(copy);
    Require(streams.count() <= 10);
  }
}

}  // namespace
}  // namespace switchboard::guard

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  switchboard::guard::FollowPeer(bytes);
  switchboard::guard::FollowServer(bytes);
  return 0;
}
