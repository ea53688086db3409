#include "hub/guard/http2_frame.h"

namespace switchboard::guard {
namespace {

uint32_t Byte(char c) { return static_cast<uint8_t>(c); }

void Append32(uint32_t value, std::string& to) {
  for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(value >> shift);
}

std::string HeaderOf(size_t length, FrameType type, uint8_t flags, uint32_t stream) {
  std::string header;
  for (int shift = 16; shift >= 0; shift -= 8) header += static_cast<char>(length >> shift);
  header += static_cast<char>(type);
  header += static_cast<char>(flags);
  Append32(stream, header);
  return header;
}

}  // namespace

FrameHeader ParseFrameHeader(const std::array<char, kFrameHeaderBytes>& bytes) {
  FrameHeader header;
  header.length = Byte(bytes[0]) << 16 | Byte(bytes[1]) << 8 | Byte(bytes[2]);
  const uint32_t type = Byte(bytes[3]);
  if (type < static_cast<uint32_t>(FrameType::kUnknown)) header.type = static_cast<FrameType>(type);
  header.flags = static_cast<uint8_t>(bytes[4]);
  // The first bit is reserved and ignored.
  header.stream =
      (Byte(bytes[5]) & 0x7f) << 24 | Byte(bytes[6]) << 16 | Byte(bytes[7]) << 8 | Byte(bytes[8]);
  return header;
}

std::string_view SettingsFrame() {
  static const std::string frame = HeaderOf(0, FrameType::kSettings, 0, 0);
  return frame;
}

std::string_view SettingsAckFrame() {
  static const std::string frame = HeaderOf(0, FrameType::kSettings, kFlagAck, 0);
  return frame;
}

std::string GoawayFrame(uint32_t last_stream, Http2Error error, std::string_view text) {
  std::string frame = HeaderOf(8 + text.size(), FrameType::kGoaway, 0, 0);
  Append32(last_stream, frame);
  Append32(static_cast<uint32_t>(error), frame);
  return frame.append(text);
}

}  // namespace switchboard::guard
