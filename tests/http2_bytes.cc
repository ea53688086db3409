#include "tests/http2_bytes.h"

namespace switchboard::testing {
namespace {

using guard::FrameType;

std::string Big32(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

// RFC 7541, section 5.1, with seven bits of prefix.
std::string Length(size_t length) {
  std::string bytes;
  if (length < 127) return std::string(1, static_cast<char>(length));
  bytes += static_cast<char>(127);
  for (length -= 127; length >= 128; length /= 128) bytes += static_cast<char>(length % 128 + 128);
  return bytes + static_cast<char>(length);
}

}  // namespace

std::string Frame(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame = Big32(static_cast<uint32_t>(payload.size())).substr(1);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  return frame + Big32(stream) + std::string(payload);
}

std::string Settings() { return Frame(FrameType::kSettings, 0, 0); }
std::string SettingsAck() { return Frame(FrameType::kSettings, guard::kFlagAck, 0); }
std::string Ping(uint8_t flags) { return Frame(FrameType::kPing, flags, 0, "8 bytes."); }
std::string WindowUpdate(uint32_t stream, uint32_t by) {
  return Frame(FrameType::kWindowUpdate, 0, stream, Big32(by));
}
std::string Reset(uint32_t stream) {
  return Frame(FrameType::kRstStream, 0, stream, Big32(8));  // CANCEL
}

std::string Hello() { return std::string(guard::kPreface) + Settings(); }

std::string HeaderBlock(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string block;
  for (const auto& [name, value] : fields)
    block += '\0' + Length(name.size()) + name + Length(value.size()) + value;
  return block;
}

std::string CallBlock(const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {":method", "POST"},         {":scheme", "http"}, {":path", path},
      {":authority", "localhost"}, {"te", "trailers"},  {"content-type", "application/grpc"},
  };
  fields.insert(fields.end(), more.begin(), more.end());
  return HeaderBlock(fields);
}

std::string Message(std::string_view bytes, bool compressed) {
  return std::string(1, compressed ? '\1' : '\0') + Big32(static_cast<uint32_t>(bytes.size())) +
         std::string(bytes);
}

std::string Call(uint32_t stream, const std::string& path, std::string_view message) {
  return Frame(FrameType::kHeaders, guard::kFlagEndHeaders, stream, CallBlock(path)) +
         Frame(FrameType::kData, guard::kFlagEndStream, stream, Message(message));
}

}  // namespace switchboard::testing
