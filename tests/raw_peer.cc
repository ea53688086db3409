#include "tests/raw_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace switchboard::testing {
namespace {

absl::Status Failed(const char* what) {
  return absl::UnavailableError(std::string("the raw peer could not ") + what);
}

sockaddr_in LoopbackOf(const std::string& address, int port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  return where;
}

bool ConnectSocket(int socket, const std::string& address, const RawPeer::Options& options) {
  const timeval patience = {30, 0};
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.receive_buffer_bytes > 0) {
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer_bytes,
               sizeof options.receive_buffer_bytes);
  }
  if (!options.from_address.empty()) {
    const sockaddr_in own = LoopbackOf(options.from_address, 0);
    if (bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) return false;
  }
  const sockaddr_in where =
      LoopbackOf("127.0.0.1", std::stoi(address.substr(address.rfind(':') + 1)));
  return connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0 &&
         send(socket, options.before_tls.data(), options.before_tls.size(), MSG_NOSIGNAL) ==
             static_cast<ssize_t>(options.before_tls.size());
}

}  // namespace

absl::StatusOr<std::unique_ptr<RawPeer>> RawPeer::Connect(const std::string& address,
                                                          const std::string& folder) {
  Options options;
  options.folder = folder;
  return Connect(address, options);
}

absl::StatusOr<std::unique_ptr<RawPeer>> RawPeer::Connect(const std::string& address,
                                                          const Options& options) {
  signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  std::unique_ptr<RawPeer> peer(new RawPeer(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  if (!ConnectSocket(peer->socket_, address, options)) return Failed("connect");
  peer->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = peer->context_.get();
  if (options.tls_max != 0) SSL_CTX_set_max_proto_version(context, options.tls_max);
  if (SSL_CTX_use_certificate_chain_file(context, (options.folder + "/tls.crt").c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, (options.folder + "/tls.key").c_str(),
                                  SSL_FILETYPE_PEM) != 1) {
    return Failed("use its material");
  }
  peer->tls_.reset(SSL_new(context));
  constexpr std::array<unsigned char, 3> kHttp2 = {2, 'h', '2'};
  SSL_set_alpn_protos(peer->tls_.get(), kHttp2.data(), kHttp2.size());
  SSL_set_fd(peer->tls_.get(), peer->socket_);
  const bool done = SSL_connect(peer->tls_.get()) == 1;
  ERR_clear_error();
  if (!done) return Failed("shake hands");
  return peer;
}

RawPeer::~RawPeer() { close(socket_); }

bool RawPeer::Send(std::string_view bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    size_t step = 0;
    const bool done =
        SSL_write_ex(tls_.get(), bytes.data() + sent, bytes.size() - sent, &step) == 1;
    ERR_clear_error();
    if (!done) return false;
    sent += step;
  }
  return true;
}

bool RawPeer::ReadExactly(std::string& to, size_t size) {
  to.resize(size);
  for (size_t got = 0; got < size;) {
    size_t step = 0;
    const bool done = SSL_read_ex(tls_.get(), to.data() + got, size - got, &step) == 1;
    ERR_clear_error();
    if (!done) return false;
    got += step;
  }
  return true;
}

std::optional<RawPeer::Received> RawPeer::Read() {
  std::string header;
  if (!ReadExactly(header, guard::kFrameHeaderBytes)) return std::nullopt;
  std::array<char, guard::kFrameHeaderBytes> bytes;
  header.copy(bytes.data(), bytes.size());
  Received received{guard::ParseFrameHeader(bytes), ""};
  if (!ReadExactly(received.payload, received.header.length)) return std::nullopt;
  return received;
}

std::optional<RawPeer::Received> RawPeer::ReadUntil(guard::FrameType type) {
  auto received = Read();
  while (received.has_value() && received->header.type != type) received = Read();
  return received;
}

std::string RawPeer::Goodbye() {
  std::string text;
  while (auto received = ReadUntil(guard::FrameType::kGoaway))
    if (received->payload.size() >= 8) text = received->payload.substr(8);
  return text;
}

}  // namespace switchboard::testing
