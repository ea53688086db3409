#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/identity/certificate.h"
#include "hub/identity/tls_material.h"

namespace switchboard::guard {

struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SessionDeleter {
  void operator()(SSL* session) const { SSL_free(session); }
};

// Whether the chain that a client shows, leaf first, counts: X509_V_OK or what is wrong with it.
// Asked within the handshake, by its thread.
using ChainJudge = std::function<int(const std::vector<identity::Certificate>& chain)>;

// What all handshakes with one material share: TLS 1.2 and 1.3, the cipher suites that gRPC has, a
// client certificate required, HTTP/2 the only protocol, and no way to resume a session, because a
// ticket outlives the certificate that it was given for. Immutable; thread-safe.
class TlsContext {
 public:
  // `material` was checked. Errors: INTERNAL, TLS_UNUSABLE.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Make(
      const identity::TlsMaterial& material, ChainJudge judge);

  SSL_CTX* get() const { return context_.get(); }

 private:
  explicit TlsContext(ChainJudge judge) : judge_(std::move(judge)) {}
  absl::Status Load(const identity::TlsMaterial& material);
  static int Judge(X509_STORE_CTX* store, void* self);

  const ChainJudge judge_;
  std::unique_ptr<SSL_CTX, ContextDeleter> context_;
};

// The hub's side of one TLS connection, without a socket: bytes in, bytes out. Leaves nothing in
// OpenSSL's per-thread error queue. Not thread-safe, but may move between threads.
class TlsSession {
 public:
  // Null when OpenSSL has no memory. `context` is kept as long as the session.
  static std::unique_ptr<TlsSession> Accept(std::shared_ptr<const TlsContext> context);

  enum class State {
    kGoing,   // needs more from the peer
    kDone,    // the handshake is over
    kFailed,  // nothing can be done any more; `out` may hold the alert that says why
  };
  // Goes on with the handshake by what came, and appends to `out` what is to be sent. What came
  // behind the end of the handshake is kept for Decrypt.
  State Handshake(std::string_view in, std::string& out);

  // The chain that the peer showed, leaf first. After the handshake.
  std::vector<identity::Certificate> PeerChain() const;

  struct Decrypted {
    size_t size = 0;     // bytes of plaintext
    bool ended = false;  // by a close_notify, or by nonsense
  };
  // Decrypts what came into `plain`, which must have kPlainSlack more bytes than that; `out` as
  // above (answers to key updates, alerts).
  static constexpr size_t kPlainSlack = 40 << 10;  // a record's beginning, a handshake's rest
  Decrypted Decrypt(std::string_view in, std::span<char> plain, std::string& out);
  // Bytes came behind the end of the handshake and were not decrypted yet.
  bool has_early_bytes() const { return !early_.empty(); }

  // Appends `plain`, encrypted, to `out`. False when the session is broken.
  bool Encrypt(std::string_view plain, std::string& out);
  // Says that nothing follows.
  void Close(std::string& out);

  // How often the peer has changed its keys since the last call.
  int TakeKeyUpdates() { return std::exchange(key_updates_, 0); }

 private:
  TlsSession(std::shared_ptr<const TlsContext> context, SSL* session);
  static BIO_METHOD* WireMethod();
  static void OnMessage(int sent, int version, int type, const void* bytes, size_t size,
                        SSL* session, void* self);

  const std::shared_ptr<const TlsContext> context_;
  const std::unique_ptr<SSL, SessionDeleter> session_;
  std::string_view in_;         // what came and OpenSSL has not taken
  std::string* out_ = nullptr;  // where OpenSSL's bytes go
  std::string early_;
  int key_updates_ = 0;
};

}  // namespace switchboard::guard
