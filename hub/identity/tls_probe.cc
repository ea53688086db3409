#include "hub/identity/tls_probe.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "hub/base/error.h"
#include "hub/identity/host_port.h"

namespace switchboard::identity {
namespace {

constexpr unsigned char kHttp2Only[] = {2, 'h', '2'};
// Connection preface and an empty SETTINGS frame (RFC 9113, sections 3.4 and 6.5).
constexpr std::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
constexpr size_t kFrameHeaderBytes = 9;
constexpr unsigned char kSettingsFrame = 4;
constexpr int kHandshakeRecord = 0x16;
constexpr int kAlertRecord = 0x15;

absl::Status Unavailable(std::string_view reason, std::string_view text) {
  return Error(absl::StatusCode::kUnavailable, reason, text);
}

absl::Status NotConnected(int error) {
  switch (error) {
    case ECONNREFUSED:
      return Unavailable("CONNECTION_REFUSED", "nobody listens there");
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
      return Unavailable("NO_ROUTE", strerror(error));
    case EAGAIN:
    case EINPROGRESS:
    case ETIMEDOUT:
      return Unavailable("TIMED_OUT", "no answer in time");
    default:
      return Unavailable("NO_ROUTE", strerror(error));
  }
}

absl::StatusOr<std::vector<Certificate>> ChainOf(SSL* ssl) {
  std::vector<Certificate> chain;
  const STACK_OF(X509)* shown = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(shown); ++i) {
    X509* certificate = sk_X509_value(shown, i);
    X509_up_ref(certificate);
    chain.emplace_back(certificate);
  }
  if (chain.empty()) return Unavailable("TLS_FAILED", "the server showed no certificate");
  return chain;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsProbe>> TlsProbe::Connect(const std::string& address,
                                                            absl::Duration timeout) {
  ASSIGN_OR_RETURN(HostPort where, ParseHostPort(address));
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(where, 0));
  const timeval limit = absl::ToTimeval(timeout);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    const int descriptor = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (descriptor < 0) {
      error = errno;
      continue;
    }
    // The sending limit bounds connect() as well (socket(7)).
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(descriptor, one->ai_addr, one->ai_addrlen) == 0) {
      return std::unique_ptr<TlsProbe>(new TlsProbe(descriptor, std::move(where.host)));
    }
    error = errno;
    close(descriptor);
  }
  return NotConnected(error);
}

TlsProbe::TlsProbe(int socket, std::string host)
    : socket_(socket),
      host_(std::move(host)),
      context_(nullptr, SSL_CTX_free),
      ssl_(nullptr, SSL_free) {}

TlsProbe::~TlsProbe() { close(socket_); }

absl::Status TlsProbe::Configure(const TlsMaterial* own) {
  const absl::Status failed = Unavailable("TLS_FAILED", "OpenSSL cannot be set up");
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (context_ == nullptr) return failed;
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
  if (own != nullptr) {
    ASSIGN_OR_RETURN(const auto chain, ParseCertificates(own->certificate_pem));
    ASSIGN_OR_RETURN(const Key key, ParseKey(own->key()));
    if (SSL_CTX_use_certificate(context_.get(), chain[0].get()) != 1 ||
        SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) {
      return failed;
    }
    for (size_t i = 1; i < chain.size(); ++i)
      SSL_CTX_add1_chain_cert(context_.get(), chain[i].get());
  }
  ssl_.reset(SSL_new(context_.get()));
  in_ = BIO_new(BIO_s_mem());
  out_ = BIO_new(BIO_s_mem());
  if (ssl_ == nullptr || in_ == nullptr || out_ == nullptr) return failed;
  // Memory BIOs: OpenSSL's socket BIO would raise SIGPIPE in whatever program uses us.
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_alpn_protos(ssl_.get(), kHttp2Only, sizeof kHttp2Only);
  SSL_set_tlsext_host_name(ssl_.get(), host_.c_str());
  SSL_set_connect_state(ssl_.get());
  return absl::OkStatus();
}

absl::Status TlsProbe::Handshake(const TlsMaterial* own) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  RETURN_IF_ERROR(Configure(own));
  RETURN_IF_ERROR(Drive([this] { return SSL_do_handshake(ssl_.get()); }));
  ASSIGN_OR_RETURN(server_chain_, ChainOf(ssl_.get()));
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  if (size == 2 && memcmp(protocol, "h2", 2) == 0) return absl::OkStatus();
  return Unavailable("NOT_HTTP2", "the server speaks TLS, but not HTTP/2 in it");
}

absl::Status TlsProbe::AwaitSettings() {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  RETURN_IF_ERROR(Drive([this] {
    return SSL_write(ssl_.get(), kPreface.data(), static_cast<int>(kPreface.size()));
  }));
  unsigned char header[kFrameHeaderBytes] = {};
  size_t used = 0;
  while (used < sizeof header) {
    size_t got = 0;
    RETURN_IF_ERROR(
        Drive([&] { return SSL_read_ex(ssl_.get(), header + used, sizeof header - used, &got); }));
    used += got;
  }
  if (header[3] == kSettingsFrame) return absl::OkStatus();
  return Unavailable("NOT_HTTP2", "the server does not begin with HTTP/2 settings");
}

absl::Status TlsProbe::Drive(const std::function<int()>& step) {
  while (true) {
    ERR_clear_error();
    const int result = step();
    const int problem = SSL_get_error(ssl_.get(), result);
    const unsigned long code = ERR_peek_error();
    const absl::Status flushed = Flush();  // also what we have to say about a failure
    if (result > 0) return flushed;
    if (problem == SSL_ERROR_ZERO_RETURN) return Unavailable("CLOSED", "the peer hung up");
    if (problem != SSL_ERROR_WANT_READ) return Failed(code);
    // A peer that refused us closes its side before it has read everything: what it said last is
    // still to be read, although nothing can be sent any more.
    RETURN_IF_ERROR(Fill());
  }
}

absl::Status TlsProbe::Flush() {
  char buffer[4096];
  while (true) {
    const int size = BIO_read(out_, buffer, sizeof buffer);
    if (size <= 0) return absl::OkStatus();
    for (int sent = 0; sent < size;) {
      const ssize_t step =
          send(socket_, buffer + sent, static_cast<size_t>(size - sent), MSG_NOSIGNAL);
      if (step < 0 && errno == EINTR) continue;
      if (step <= 0) return Unavailable("CLOSED", "the peer hung up");
      sent += static_cast<int>(step);
    }
  }
}

absl::Status TlsProbe::Fill() {
  if (--fills_left_ < 0) return Unavailable("TIMED_OUT", "the peer answers a byte at a time");
  char buffer[16384];
  ssize_t size = -1;
  do {
    size = recv(socket_, buffer, sizeof buffer, 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0 && errno == EAGAIN) return Unavailable("TIMED_OUT", "no answer in time");
  if (size <= 0) return Unavailable("CLOSED", "the peer hung up");
  if (first_byte_ < 0) first_byte_ = static_cast<unsigned char>(buffer[0]);
  if (BIO_write(in_, buffer, static_cast<int>(size)) == size) return absl::OkStatus();
  return Unavailable("TLS_FAILED", "no memory");
}

absl::Status TlsProbe::Failed(unsigned long code) const {
  if (first_byte_ >= 0 && first_byte_ != kHandshakeRecord && first_byte_ != kAlertRecord) {
    return Unavailable("NOT_TLS", "the peer answers, but not in TLS");
  }
  const int reason = ERR_GET_REASON(code);
  const char* text = ERR_reason_error_string(code);
  const std::string words = text == nullptr ? "TLS failed" : text;
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET) {
    return Error(absl::StatusCode::kUnavailable, "ALERT", words,
                 {{"alert", std::to_string(reason - SSL_AD_REASON_OFFSET)}});
  }
  return Unavailable("TLS_FAILED", words);
}

}  // namespace switchboard::identity
