#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::guard {

// The nine bytes before each frame of HTTP/2 (RFC 9113, section 4.1); what a frame holds is gRPC's.

inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // section 3.4
inline constexpr size_t kFrameHeaderBytes = 9;

// Section 6; every other value is kUnknown, which receivers ignore (section 4.1).
enum class FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
  kUnknown = 10,
};
inline constexpr size_t kFrameTypes = 11;

inline constexpr uint8_t kFlagAck = 0x1;        // SETTINGS, PING
inline constexpr uint8_t kFlagEndStream = 0x1;  // DATA, HEADERS
inline constexpr uint8_t kFlagEndHeaders = 0x4;
inline constexpr uint8_t kFlagPadded = 0x8;

// Error codes of section 7 that the guard says.
enum class Http2Error : uint8_t {
  kNoError = 0x0,
  kProtocolError = 0x1,
  kSettingsTimeout = 0x4,
  kFrameSizeError = 0x6,
  kEnhanceYourCalm = 0xb,
};

struct FrameHeader {
  uint32_t length = 0;  // bytes of the payload, below 2^24
  FrameType type = FrameType::kUnknown;
  uint8_t flags = 0;
  uint32_t stream = 0;  // below 2^31; 0: the connection

  bool Has(uint8_t flag) const { return (flags & flag) != 0; }
};

FrameHeader ParseFrameHeader(const std::array<char, kFrameHeaderBytes>& bytes);

// A SETTINGS frame that says nothing, and one that acknowledges.
std::string_view SettingsFrame();
std::string_view SettingsAckFrame();

// GOAWAY with a text for whoever debugs the peer (section 6.8). `last_stream` is the last that may
// have been served.
std::string GoawayFrame(uint32_t last_stream, Http2Error error, std::string_view text);

}  // namespace switchboard::guard
