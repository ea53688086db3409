#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "hub/guard/token_bucket.h"

namespace switchboard::guard {

// What one connection may send, whatever it acknowledges. gRPC 1.51 applies its own limits only as
// far as the peer has acknowledged them, waits for that for ever, and parses a header block anew
// with each piece that comes (CVE-2023-33953's kind), so a peer that wants to is bound by nothing
// of gRPC's.
struct FrameLimits {
  // From the first byte of HTTP/2 to the acknowledgement of the hub's SETTINGS.
  absl::Duration settings_ack_max = absl::Seconds(5);
  // A header block once begun, with its CONTINUATION frames.
  absl::Duration header_block_time_max = absl::Seconds(5);
  // From the first byte of HTTP/2 to the end of the first request's headers.
  absl::Duration first_request_max = absl::Minutes(1);
  // Compressed headers of one request; gRPC bounds them to 16 KiB once they are expanded.
  size_t header_block_bytes_max = 64 << 10;
  int header_block_frames_max = 16;
  // Of every frame but DATA, whose size gRPC checks: the least that HTTP/2 lets a peer rely on.
  uint32_t frame_bytes_max = 16 << 10;
  // Calls at a time, as gRPC is told.
  size_t streams_max = 256;
  // Frames before the first HEADERS: SETTINGS, a window update, a ping.
  size_t before_request_bytes_max = 4 << 10;

  // Bytes wait for the peer, and its TCP has taken none.
  absl::Duration stall_max = absl::Seconds(10);

  // gRPC's clients ping to estimate the bandwidth and update windows with each read, so these two
  // are wide. A reset is cheap for who sends it and costs the hub a call (CVE-2023-44487).
  Rate resets = {100, 512};
  Rate pings = {50, 200};
  Rate settings = {10, 100};
  Rate priorities = {10, 100};
  Rate window_updates = {20'000, 40'000};
  Rate empty_data = {100, 200};
  // Of TLS 1.3; each costs the hub a new key, and an answer that the peer may ask for.
  Rate key_updates = {1, 32};
  // GOAWAY, types that nobody knows, header blocks on streams that have ended.
  Rate others = {10, 100};
};

}  // namespace switchboard::guard
