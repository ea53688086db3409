#include "hub/guard/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <string.h>

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "hub/base/error.h"

namespace switchboard::guard {
namespace {

// What gRPC 1.51 offers (GRPC_SSL_CIPHER_SUITES' default); TLS 1.3 has OpenSSL's own.
constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";

// Picks HTTP/2, whatever else the client would speak.
int PickProtocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                 unsigned in_size, void*) {
  static const unsigned char kWanted[] = {2, 'h', '2'};
  unsigned char* picked = nullptr;
  const int found = SSL_select_next_proto(&picked, size, kWanted, sizeof kWanted, in, in_size);
  *out = picked;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

identity::Certificate Share(X509* certificate) {
  X509_up_ref(certificate);
  return identity::Certificate(certificate);
}

absl::Status Unusable() {
  return Error(absl::StatusCode::kInternal, "TLS_UNUSABLE",
               "OpenSSL does not take the checked TLS material");
}

int ReadWire(BIO* bio, char* to, int size) {
  auto* in = static_cast<std::string_view*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (in->empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const size_t part = std::min(in->size(), static_cast<size_t>(size));
  memcpy(to, in->data(), part);
  in->remove_prefix(part);
  return static_cast<int>(part);
}

int WriteWire(BIO* bio, const char* from, int size) {
  (*static_cast<std::string**>(BIO_get_data(bio)))->append(from, static_cast<size_t>(size));
  return size;
}

long ControlWire(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

int CreateWire(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

BIO_METHOD* MakeWire(int (*read)(BIO*, char*, int), int (*write)(BIO*, const char*, int)) {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
  SWITCHBOARD_ASSERT(method != nullptr);
  BIO_meth_set_read(method, read);
  BIO_meth_set_write(method, write);
  BIO_meth_set_ctrl(method, ControlWire);
  BIO_meth_set_create(method, CreateWire);
  return method;
}

BIO* WireOf(BIO_METHOD* method, void* data) {
  BIO* bio = BIO_new(method);
  if (bio != nullptr) BIO_set_data(bio, data);
  return bio;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Make(
    const identity::TlsMaterial& material, ChainJudge judge) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  std::shared_ptr<TlsContext> made(new TlsContext(std::move(judge)));
  RETURN_IF_ERROR(made->Load(material));
  return std::shared_ptr<const TlsContext>(std::move(made));
}

absl::Status TlsContext::Load(const identity::TlsMaterial& material) {
  context_.reset(SSL_CTX_new(TLS_server_method()));
  if (context_ == nullptr) return Unusable();
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &TlsContext::Judge, this);
  SSL_CTX_set_alpn_select_cb(context, PickProtocol, nullptr);
  if (SSL_CTX_set_cipher_list(context, kCiphers) != 1) return Unusable();
  ASSIGN_OR_RETURN(const auto chain, identity::ParseCertificates(material.certificate_pem));
  ASSIGN_OR_RETURN(const identity::Key key, identity::ParseKey(material.key()));
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return Unusable();
  }
  for (size_t i = 1; i < chain.size(); ++i)
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return Unusable();
  // Tells clients that have several certificates which one to show.
  ASSIGN_OR_RETURN(const auto roots, identity::ParseCertificates(material.roots_pem));
  for (const identity::Certificate& root : roots)
    if (SSL_CTX_add_client_CA(context, root.get()) != 1) return Unusable();
  return absl::OkStatus();
}

int TlsContext::Judge(X509_STORE_CTX* store, void* self) {
  std::vector<identity::Certificate> chain;
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  chain.push_back(Share(leaf));
  STACK_OF(X509)* shown = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(shown); ++i)
    if (sk_X509_value(shown, i) != leaf) chain.push_back(Share(sk_X509_value(shown, i)));
  const int code = static_cast<const TlsContext*>(self)->judge_(chain);
  X509_STORE_CTX_set_error(store, code);
  return code == X509_V_OK ? 1 : 0;
}

// Two BIOs, so that each has one thing to look at: bytes that came, bytes to be sent.
std::unique_ptr<TlsSession> TlsSession::Accept(std::shared_ptr<const TlsContext> context) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  static BIO_METHOD* const reader = MakeWire(ReadWire, nullptr);
  static BIO_METHOD* const writer = MakeWire(nullptr, WriteWire);
  SSL* session = SSL_new(context->get());
  if (session == nullptr) return nullptr;
  std::unique_ptr<TlsSession> made(new TlsSession(std::move(context), session));
  BIO* read = WireOf(reader, &made->in_);
  BIO* write = WireOf(writer, &made->out_);
  if (read == nullptr || write == nullptr) {
    BIO_free(read);
    BIO_free(write);
    return nullptr;
  }
  SSL_set_bio(session, read, write);
  SSL_set_accept_state(session);
  SSL_set_msg_callback(session, &TlsSession::OnMessage);
  SSL_set_msg_callback_arg(session, made.get());
  return made;
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, SSL* session)
    : context_(std::move(context)), session_(session) {}

void TlsSession::OnMessage(int sent, int, int type, const void* bytes, size_t size, SSL*,
                           void* self) {
  const bool update = sent == 0 && type == SSL3_RT_HANDSHAKE && size > 0 &&
                      *static_cast<const unsigned char*>(bytes) == SSL3_MT_KEY_UPDATE;
  if (update) ++static_cast<TlsSession*>(self)->key_updates_;
}

TlsSession::State TlsSession::Handshake(std::string_view in, std::string& out) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  in_ = in;
  out_ = &out;
  const int done = SSL_do_handshake(session_.get());
  if (done == 1) {
    early_.assign(in_);
    return State::kDone;
  }
  return SSL_get_error(session_.get(), done) == SSL_ERROR_WANT_READ ? State::kGoing
                                                                    : State::kFailed;
}

std::vector<identity::Certificate> TlsSession::PeerChain() const {
  std::vector<identity::Certificate> chain;
  X509* leaf = SSL_get0_peer_certificate(session_.get());
  if (leaf == nullptr) return chain;
  chain.push_back(Share(leaf));
  // On the server's side without the leaf.
  STACK_OF(X509)* above = SSL_get_peer_cert_chain(session_.get());
  for (int i = 0; i < sk_X509_num(above); ++i) chain.push_back(Share(sk_X509_value(above, i)));
  return chain;
}

TlsSession::Decrypted TlsSession::Decrypt(std::string_view in, std::span<char> plain,
                                          std::string& out) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  const std::string early = std::exchange(early_, {});
  out_ = &out;
  Decrypted result;
  for (const std::string_view part : {std::string_view(early), in}) {
    in_ = part;
    while (!result.ended) {
      const size_t room = plain.size() - result.size;
      SWITCHBOARD_ASSERT(room > 0);
      size_t got = 0;
      const int read = SSL_read_ex(session_.get(), plain.data() + result.size, room, &got);
      if (read == 1) {
        result.size += got;
        continue;
      }
      if (SSL_get_error(session_.get(), read) == SSL_ERROR_WANT_READ) break;
      result.ended = true;
    }
  }
  return result;
}

bool TlsSession::Encrypt(std::string_view plain, std::string& out) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  out_ = &out;
  size_t written = 0;
  return plain.empty() ||
         (SSL_write_ex(session_.get(), plain.data(), plain.size(), &written) == 1 &&
          written == plain.size());
}

void TlsSession::Close(std::string& out) {
  const absl::Cleanup clear = [] { ERR_clear_error(); };
  out_ = &out;
  SSL_shutdown(session_.get());
}

}  // namespace switchboard::guard
