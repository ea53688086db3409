#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hub/guard/http2_frame.h"
#include "hub/guard/streams.h"

namespace switchboard::guard {

// Follows what gRPC sends to a peer: which streams it ends, and where a frame of the guard's own
// may stand. Refuses nothing. Not thread-safe.
class ServerFrames {
 public:
  // `streams` outlives it.
  explicit ServerFrames(Streams& streams) : streams_(streams) {}

  // The next bytes, in any portions.
  void Take(std::string_view bytes);

  // gRPC's SETTINGS have begun to go by: an acknowledgement may follow.
  bool settings_sent() const { return settings_sent_; }
  bool between_frames() const { return left_ == 0 && header_have_ == 0; }

 private:
  void BeginFrame();

  Streams& streams_;
  std::array<char, kFrameHeaderBytes> header_;
  size_t header_have_ = 0;
  uint32_t left_ = 0;  // of the payload
  bool settings_sent_ = false;
};

}  // namespace switchboard::guard
