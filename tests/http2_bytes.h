#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/guard/http2_frame.h"

// HTTP/2 as bytes, written by hand: right and wrong frames, for what stands before gRPC.
namespace switchboard::testing {

// Nine bytes of header and the payload. A `type` that is no FrameType is written as the number it
// is.
std::string Frame(guard::FrameType type, uint8_t flags, uint32_t stream,
                  std::string_view payload = "");

std::string Settings();
std::string SettingsAck();
std::string Ping(uint8_t flags = 0);
std::string WindowUpdate(uint32_t stream, uint32_t by);
std::string Reset(uint32_t stream);

// The preface and SETTINGS: what every client begins with.
std::string Hello();

// A header block (RFC 7541, section 6.2.2: literals without indexing, no Huffman code).
std::string HeaderBlock(const std::vector<std::pair<std::string, std::string>>& fields);
// That of a gRPC call, with `more` fields behind.
std::string CallBlock(const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& more = {});
// A message of gRPC: flag, length, bytes.
std::string Message(std::string_view bytes, bool compressed = false);
// Headers and one message, whole: a unary call.
std::string Call(uint32_t stream, const std::string& path, std::string_view message = "");

}  // namespace switchboard::testing
