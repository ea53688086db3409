#include "hub/guard/guard.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::guard {
namespace {

Offence OffenceOf(const absl::Status& trust) {
  if (trust.ok()) return Offence::kNone;
  const std::string reason = ErrorReason(trust);
  if (reason == "CERTIFICATE_EXPIRED") return Offence::kCertificateExpired;
  if (reason == "CERTIFICATE_REVOKED") return Offence::kCertificateRevoked;
  return Offence::kCertificateNotTrusted;
}

struct NoRoom {
  RefusalReason reason;
  Offence offence;
};

NoRoom NoRoomOf(ConnectionBook::Entry entry) {
  switch (entry) {
    case ConnectionBook::Entry::kTooManyOfPeer:
      return {RefusalReason::kPeerMax, Offence::kTooManyOfPeer};
    case ConnectionBook::Entry::kTooManyOfVendors:
      return {RefusalReason::kVendorsMax, Offence::kTooManyOfVendors};
    case ConnectionBook::Entry::kTooManyOffences:
      return {RefusalReason::kOffencesMax, Offence::kTooManyOffences};
    default:
      return {RefusalReason::kConnectionsMax, Offence::kTooManyConnections};
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Guard>> Guard::Bind(GuardOptions options,
                                                   const identity::TlsDirectory& tls,
                                                   identity::PeerTrust& trust, ConnectionBook& book,
                                                   RefusalTally& refusals, Clock& clock,
                                                   Clock& steady_clock, GuardCalls calls) {
  ASSIGN_OR_RETURN(auto accept, AcceptLoop::Bind(options.accept, refusals));
  std::unique_ptr<Guard> guard(new Guard(std::move(options), tls, trust, book, refusals, clock,
                                         steady_clock, std::move(calls), std::move(accept)));
  RETURN_IF_ERROR(guard->RenewContext());
  return guard;
}

Guard::Guard(GuardOptions options, const identity::TlsDirectory& tls, identity::PeerTrust& trust,
             ConnectionBook& book, RefusalTally& refusals, Clock& clock, Clock& steady_clock,
             GuardCalls calls, std::unique_ptr<AcceptLoop> accept)
    : options_(std::move(options)),
      tls_(tls),
      trust_(trust),
      book_(book),
      refusals_(refusals),
      clock_(clock),
      steady_clock_(steady_clock),
      calls_(std::move(calls)),
      accept_(std::move(accept)) {}

Guard::~Guard() { StopAccepting(); }

void Guard::Start(std::function<void(int)> hand_over) {
  SWITCHBOARD_ASSERT(pumps_.empty());
  PumpCalls calls;
  calls.hand_over = [hand_over = std::move(hand_over)](Socket socket) {
    hand_over(socket.Release());
  };
  calls.judge = [this](const OpenConnection& connection) {
    return OffenceOf(trust_.Check(connection.certificate()));
  };
  calls.on_end = [this](const OpenConnection& connection, Offence offence) {
    CloseEnded(connection, offence);
  };
  for (int i = 0; i < options_.pumps; ++i)
    pumps_.push_back(std::make_unique<Pump>(options_.frames, steady_clock_, calls));
  door_ = std::make_unique<Door>(
      options_.door, refusals_, steady_clock_,
      DoorCalls{[this] { return Context(); },
                [this](Socket socket, std::unique_ptr<TlsSession> tls, std::string address) {
                  Admit(std::move(socket), std::move(tls), std::move(address));
                }});
  accept_->Start([this](Socket socket, std::string address) {
    door_->Give(std::move(socket), std::move(address));
  });
}

void Guard::StopAccepting() {
  accept_->Stop();
  if (door_ != nullptr) door_->Stop();
}

std::shared_ptr<const TlsContext> Guard::Context() {
  // What cannot be used was told when it was published; the one before goes on.
  (void)RenewContext();
  MutexLock lock(mutex_);
  return context_;
}

absl::Status Guard::RenewContext() {
  const auto live = tls_.live();
  MutexLock lock(mutex_);
  if (context_generation_ == live->generation) return absl::OkStatus();
  context_generation_ = live->generation;
  ASSIGN_OR_RETURN(context_, TlsContext::Make(live->material, [this](const auto& chain) {
                     return trust_.Judge(chain);
                   }));
  return absl::OkStatus();
}

void Guard::Admit(Socket socket, std::unique_ptr<TlsSession> tls, std::string address) {
  const identity::PeerCertificate certificate(tls->PeerChain());
  absl::StatusOr<identity::Peer> peer = identity::PeerOf(certificate, options_.trust_domain);
  if (!peer.ok() && calls_.on_nameless) calls_.on_nameless(peer.status());
  const int64_t id = book_.NextId();
  auto facts = std::make_shared<const OpenConnection>(id, book_.NameOf(id), std::move(address),
                                                      clock_.Now(), certificate, std::move(peer));
  Offence offence = Offence::kNone;
  if (const auto entry = book_.Enter(facts, steady_clock_.Now());
      entry != ConnectionBook::Entry::kMade) {
    const NoRoom no_room = NoRoomOf(entry);
    refusals_.Count(no_room.reason, facts->address());
    offence = no_room.offence;
  }
  auto connection = std::make_unique<GuardedConnection>(
      std::move(socket), std::move(tls), std::move(facts), options_.frames, steady_clock_.Now());
  pumps_[turn_++ % pumps_.size()]->Give(std::move(connection), offence);
}

void Guard::CloseEnded(const OpenConnection& connection, Offence offence) {
  book_.Leave(connection, offence, steady_clock_.Now());
  if (offence != Offence::kNone && calls_.on_offence) calls_.on_offence(connection, offence);
}

}  // namespace switchboard::guard
