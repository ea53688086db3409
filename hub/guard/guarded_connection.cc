#include "hub/guard/guarded_connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/strip.h"
#include "hub/base/error.h"

namespace switchboard::guard {
namespace {

constexpr int kRoundsAtATime = 8;  // then others have their turn
constexpr absl::Duration kDrain = absl::Milliseconds(500);
// Asked for; what the system allows (net.core.wmem_max) is what one gets.
constexpr int kPairBufferBytes = 1 << 20;
constexpr size_t kPiecesAtATime = 64;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

absl::Status Exhausted() {
  return Error(absl::StatusCode::kUnavailable, "SOCKETS_EXHAUSTED",
               "the system has no descriptor or memory left for another connection");
}

}  // namespace

GuardedConnection::GuardedConnection(Socket tcp, std::unique_ptr<TlsSession> tls,
                                     std::shared_ptr<const OpenConnection> facts,
                                     const FrameLimits& limits, absl::Time now)
    : facts_(std::move(facts)),
      limits_(limits),
      tcp_(std::move(tcp)),
      tls_(std::move(tls)),
      peer_frames_(limits, streams_, now),
      server_frames_(streams_),
      key_updates_(limits.key_updates, now) {}

absl::StatusOr<Socket> GuardedConnection::MakePair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
    return Exhausted();
  pair_ = Socket(ends[0]);
  Socket other(ends[1]);
  for (const int end : ends)
    setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kPairBufferBytes, sizeof kPairBufferBytes);
  // A name after a zero byte is abstract: in no folder, and gone with the socket. gRPC calls its
  // peer by it.
  absl::string_view name = facts_->grpc_name();
  absl::ConsumePrefix(&name, kGrpcNamePrefix);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  SWITCHBOARD_ASSERT(name.size() < sizeof address.sun_path);
  memcpy(address.sun_path + 1, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (bind(pair_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return Exhausted();
  return other;
}

void GuardedConnection::Readiness::Note(const Poller::Event& event) {
  readable |= event.readable;
  writable |= event.writable;
  ended |= event.ended;
}

// Less than was asked for is all there was, and what comes later is told anew (epoll(7)); but an
// end that was told already is not.
void GuardedConnection::Readiness::NoteRead(size_t got, size_t asked) {
  if (got < asked && !ended) readable = false;
}

GuardedConnection::Next GuardedConnection::Serve(absl::Time now, PumpBuffers& buffers) {
  if (ending_ != Offence::kNone) return Drain(now, buffers);
  const Next out = ToPeer(now, buffers);
  if (out == Next::kOver) return out;
  const Next in = FromPeer(now, buffers);
  if (in == Next::kOver) return in;
  return out == Next::kAgain || in == Next::kAgain ? Next::kAgain : Next::kWait;
}

GuardedConnection::Next GuardedConnection::ToPeer(absl::Time now, PumpBuffers& buffers) {
  for (int round = 0; round < kRoundsAtATime; ++round) {
    if (!Send(buffers.out, now)) return Next::kOver;
    if (!to_peer_.empty()) return Next::kWait;
    if (grpc_ended_) {
      tls_->Close(buffers.out);
      Send(buffers.out, now);
      return Next::kOver;
    }
    if (!pair_ready_.readable) return Next::kWait;
    const ssize_t got = recv(pair_.get(), buffers.plain.data(), PumpBuffers::kChunk, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && WouldBlock(errno)) {
      pair_ready_.readable = false;
      return Next::kWait;
    }
    if (got <= 0) {
      grpc_ended_ = true;
      continue;
    }
    const std::string_view bytes(buffers.plain.data(), static_cast<size_t>(got));
    pair_ready_.NoteRead(bytes.size(), PumpBuffers::kChunk);
    server_frames_.Take(bytes);
    if (!tls_->Encrypt(bytes, buffers.out)) return Next::kOver;
  }
  return Send(buffers.out, now) ? Next::kAgain : Next::kOver;
}

GuardedConnection::Next GuardedConnection::FromPeer(absl::Time now, PumpBuffers& buffers) {
  if (!server_frames_.settings_sent()) return Next::kWait;
  for (int round = 0; round < kRoundsAtATime; ++round) {
    if (!FlushToGrpc()) return Next::kWait;
    if (!tcp_ready_.readable && !tls_->has_early_bytes()) return Next::kWait;
    const Next next = TakePortion(now, buffers);
    if (next != Next::kAgain || ending_ != Offence::kNone) return next;
  }
  return Next::kAgain;
}

GuardedConnection::Next GuardedConnection::TakePortion(absl::Time now, PumpBuffers& buffers) {
  ssize_t got = 0;
  if (tcp_ready_.readable) {
    got = recv(tcp_.get(), buffers.cipher.data(), buffers.cipher.size(), 0);
    if (got < 0 && errno == EINTR) return Next::kAgain;
    if (got < 0 && !WouldBlock(errno)) return Next::kOver;
    if (got == 0) return Next::kOver;  // gRPC reads the end of the pair
    if (got < 0) {
      tcp_ready_.readable = false;
      if (!tls_->has_early_bytes()) return Next::kWait;
      got = 0;
    } else {
      tcp_ready_.NoteRead(static_cast<size_t>(got), buffers.cipher.size());
    }
  }
  const std::string_view cipher(buffers.cipher.data(), static_cast<size_t>(got));
  const auto [size, ended] = tls_->Decrypt(cipher, buffers.plain, buffers.out);
  if (!Send(buffers.out, now)) return Next::kOver;
  for (int updates = tls_->TakeKeyUpdates(); updates > 0; --updates) {
    if (key_updates_.Take(now)) continue;
    End(Offence::kTooManyKeyUpdates, now, buffers);
    return Next::kAgain;
  }
  buffers.through.clear();
  const Offence offence = peer_frames_.Take({buffers.plain.data(), size}, now, buffers.through);
  if (offence != Offence::kNone) {
    End(offence, now, buffers);
    return Next::kAgain;
  }
  Forward(buffers.through);
  return ended ? Next::kOver : Next::kAgain;
}

bool GuardedConnection::Send(std::string& out, absl::Time now) {
  if (!to_peer_.empty()) {
    to_peer_ += out;
    out.clear();
  }
  std::string& from = to_peer_.empty() ? out : to_peer_;
  size_t sent = 0;
  while (sent < from.size() && tcp_ready_.writable) {
    const ssize_t took = send(tcp_.get(), from.data() + sent, from.size() - sent, MSG_NOSIGNAL);
    if (took < 0 && errno == EINTR) continue;
    if (took < 0 && !WouldBlock(errno)) {
      out.clear();
      return false;
    }
    tcp_ready_.writable = took >= 0;
    sent += took < 0 ? 0 : static_cast<size_t>(took);
  }
  const bool all = sent == from.size();
  if (all) {
    stalled_since_ = absl::InfiniteFuture();
  } else if (sent > 0 || stalled_since_ == absl::InfiniteFuture()) {
    stalled_since_ = now;
  }
  if (&from == &out)
    to_peer_.assign(out, sent);
  else if (all)
    std::string().swap(to_peer_);
  else
    to_peer_.erase(0, sent);
  out.clear();
  return true;
}

void GuardedConnection::Forward(const std::vector<std::string_view>& through) {
  size_t sent = 0;
  if (to_grpc_.empty() && pair_ready_.writable && !through.empty()) {
    std::array<iovec, kPiecesAtATime> pieces;
    const size_t count = std::min(through.size(), pieces.size());
    for (size_t i = 0; i < count; ++i)
      pieces[i] = {const_cast<char*>(through[i].data()), through[i].size()};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    const ssize_t took = sendmsg(pair_.get(), &message, MSG_NOSIGNAL);
    pair_ready_.writable = took >= 0;  // that it is broken is read in ToPeer
    sent = took < 0 ? 0 : static_cast<size_t>(took);
  }
  for (const std::string_view piece : through) {
    const size_t taken = std::min(sent, piece.size());
    sent -= taken;
    to_grpc_.append(piece.substr(taken));
  }
}

bool GuardedConnection::FlushToGrpc() {
  if (!to_grpc_.empty() && pair_ready_.writable) {
    const ssize_t took = send(pair_.get(), to_grpc_.data(), to_grpc_.size(), MSG_NOSIGNAL);
    pair_ready_.writable = took >= 0;
    const size_t taken = took < 0 ? 0 : static_cast<size_t>(took);
    if (taken == to_grpc_.size())
      std::string().swap(to_grpc_);
    else
      to_grpc_.erase(0, taken);
  }
  return to_grpc_.empty();
}

Offence GuardedConnection::Late(absl::Time now) const {
  if (const Offence late = peer_frames_.Late(now); late != Offence::kNone) return late;
  return now - stalled_since_ > limits_.stall_max ? Offence::kTakesNoBytes : Offence::kNone;
}

void GuardedConnection::End(Offence offence, absl::Time now, PumpBuffers& buffers) {
  SWITCHBOARD_ASSERT(ending_ == Offence::kNone && offence != Offence::kNone);
  ending_ = offence;
  drain_until_ = now + kDrain;
  if (server_frames_.between_frames() && to_peer_.empty()) {
    // Whoever gRPC has not greeted yet is greeted here: GOAWAY may not come first.
    std::string last_words =
        server_frames_.settings_sent() ? std::string() : std::string(SettingsFrame());
    last_words += GoawayFrame(streams_.last(), OffenceCode(offence), OffenceText(offence));
    if (tls_->Encrypt(last_words, buffers.out)) tls_->Close(buffers.out);
    Send(buffers.out, now);
  }
  buffers.out.clear();
  shutdown(tcp_.get(), SHUT_WR);
  pair_.Close();
}

GuardedConnection::Next GuardedConnection::Drain(absl::Time now, PumpBuffers& buffers) {
  if (IsDrained(now)) return Next::kOver;
  for (int round = 0; round < kRoundsAtATime; ++round) {
    const ssize_t got = recv(tcp_.get(), buffers.cipher.data(), buffers.cipher.size(), 0);
    if (got == 0 || (got < 0 && !WouldBlock(errno) && errno != EINTR)) return Next::kOver;
    if (got < 0 && WouldBlock(errno)) return Next::kWait;
  }
  return Next::kAgain;
}

}  // namespace switchboard::guard
