#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/identity/certificate.h"
#include "hub/identity/tls_material.h"

namespace switchboard::identity {

// One TLS connection made by hand, step by step, so that each step can say what is wrong: gRPC says
// "Socket closed" to all of it. Blocks, at most `timeout` for each answer of the peer. Not
// thread-safe.
//
// Errors of all steps: UNAVAILABLE with one of
//   ADDRESS_UNUSABLE   the name has no address
//   CONNECTION_REFUSED nobody listens there
//   NO_ROUTE           the network does not lead there
//   TIMED_OUT          no answer in time
//   CLOSED             the peer hung up without a word
//   NOT_TLS            the peer answered, but not in TLS
//   NOT_HTTP2          TLS works, but gRPC's protocol is not spoken
//   ALERT              the peer refused; metadata "alert" is the number of RFC 8446, section 6
//   TLS_FAILED         anything else; the text is OpenSSL's
class TlsProbe {
 public:
  // Connects by TCP. Also INVALID_ARGUMENT, ADDRESS_INVALID.
  static absl::StatusOr<std::unique_ptr<TlsProbe>> Connect(const std::string& address,
                                                           absl::Duration timeout);
  ~TlsProbe();
  TlsProbe(const TlsProbe&) = delete;
  TlsProbe& operator=(const TlsProbe&) = delete;

  // Shakes hands, showing our certificate unless `own` is null. Takes any server: judging it is the
  // caller's part. In TLS 1.3 this succeeds before the server has looked at our certificate.
  absl::Status Handshake(const TlsMaterial* own);

  // What the server showed, leaf first. Empty before Handshake.
  const std::vector<Certificate>& server_chain() const { return server_chain_; }

  // Waits for the server's first HTTP/2 frame, which it sends only once it has accepted us.
  absl::Status AwaitSettings();

  // The host that was connected to, without port.
  const std::string& host() const { return host_; }

 private:
  TlsProbe(int socket, std::string host);

  absl::Status Configure(const TlsMaterial* own);
  absl::Status Drive(const std::function<int()>& step);
  absl::Status Flush();
  absl::Status Fill();
  absl::Status Failed(unsigned long code) const;

  const int socket_;  // descriptor
  const std::string host_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  BIO* in_ = nullptr;   // owned by ssl_
  BIO* out_ = nullptr;  // owned by ssl_
  int first_byte_ = -1;
  int fills_left_ = 64;  // a peer that drips bytes must not hold us for ever
  std::vector<Certificate> server_chain_;
};

}  // namespace switchboard::identity
