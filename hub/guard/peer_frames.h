#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/guard/frame_limits.h"
#include "hub/guard/http2_frame.h"
#include "hub/guard/offence.h"
#include "hub/guard/streams.h"

namespace switchboard::guard {

// Reads the frame headers of what a peer sends and lets bytes through to gRPC as they are, but for
// two things: a header block goes on in one piece, when its end has come, because gRPC 1.51 parses
// what is incomplete again with each piece; and gRPC's SETTINGS are acknowledged for the peer,
// right behind the peer's own SETTINGS, and the peer's first acknowledgement is taken out in
// exchange, so that gRPC's limits on metadata and streams hold from the first request on.
//
// Pure: no I/O, no clock, no thread. Not thread-safe. Holds at most header_block_bytes_max and a
// frame of what has come.
class PeerFrames {
 public:
  // `limits` and `streams` outlive it. `begun`: when the connection could first send.
  PeerFrames(const FrameLimits& limits, Streams& streams, absl::Time begun);

  // Takes the next bytes, in any portions, and adds to `through` what goes on now, in order. The
  // pieces lie in `bytes`, in this object or in constants; they hold until the next call. After an
  // offence nothing may be called any more.
  // REQUIRES: gRPC's SETTINGS have gone by, or the acknowledgement would come before them.
  Offence Take(std::string_view bytes, absl::Time now, std::vector<std::string_view>& through);

  // What the peer should have done by now, and did not.
  Offence Late(absl::Time now) const;

 private:
  // Of what has come and is not let through yet.
  struct Block {
    uint32_t stream = 0;  // 0: none is open
    size_t bytes = 0;
    int frames = 0;
    bool ends_stream = false;
    absl::Time begun;
  };

  // `bytes` as far as a preface or the header of a frame goes; returns how many were taken.
  size_t TakePreface(std::string_view bytes);
  size_t TakeHeader(std::string_view bytes);
  Offence BeginFrame(absl::Time now);
  Offence BeginData(absl::Time now);
  Offence BeginHeaders(absl::Time now);
  Offence BeginContinuation();
  Offence BeginSettings(absl::Time now);
  void EndFrame();

  const FrameLimits& limits_;
  Streams& streams_;
  const absl::Time begun_;

  size_t preface_have_ = 0;
  std::array<char, kFrameHeaderBytes> header_;
  size_t header_have_ = 0;
  FrameHeader frame_;  // the one being read
  uint32_t left_ = 0;  // of its payload
  Block block_;
  std::string held_;   // what has come and must wait
  std::string ready_;  // what waited and goes on

  bool settings_come_ = false;          // the peer's own
  bool acknowledged_for_peer_ = false;  // gRPC's, by us
  bool acknowledged_ = false;           // gRPC's, by the peer
  bool drop_frame_ = false;             // the one being read does not go on
  bool requested_ = false;
  size_t before_request_bytes_ = 0;

  TokenBucket resets_;
  TokenBucket pings_;
  TokenBucket settings_;
  TokenBucket priorities_;
  TokenBucket window_updates_;
  TokenBucket empty_data_;
  TokenBucket others_;
};

}  // namespace switchboard::guard
