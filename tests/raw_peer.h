#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/guard/http2_frame.h"

namespace switchboard::testing {

// A peer that sends whatever bytes it likes over TLS to the loopback, and reads frames. Blocks, at
// most 30 s for each step. Not thread-safe.
class RawPeer {
 public:
  struct Options {
    std::string folder;            // of its material
    std::string before_tls;        // sent in the clear, as a proxy does
    int tls_max = 0;               // TLS1_2_VERSION; 0: whatever both speak
    std::string from_address;      // its own address, "127.0.0.9"; empty: the system's choice
    int receive_buffer_bytes = 0;  // 0: the system's
  };
  // Connects to "host:port" and shakes hands. Errors: UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<RawPeer>> Connect(const std::string& address,
                                                          const Options& options);
  static absl::StatusOr<std::unique_ptr<RawPeer>> Connect(const std::string& address,
                                                          const std::string& folder);
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  // False once the other side takes no more.
  bool Send(std::string_view bytes);
  // The rest of a frame that began; nothing once the other side has ended.
  struct Received {
    guard::FrameHeader header;
    std::string payload;
  };
  std::optional<Received> Read();
  // Reads until that type comes; nothing when the other side ended without.
  std::optional<Received> ReadUntil(guard::FrameType type);
  // The text of the goodbye with which the other side ends; empty when it ended without one.
  std::string Goodbye();

  SSL* tls() const { return tls_.get(); }

 private:
  explicit RawPeer(int socket) : socket_(socket) {}
  bool ReadExactly(std::string& to, size_t size);

  const int socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
};

}  // namespace switchboard::testing
