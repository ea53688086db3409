#include "hub/guard/door.h"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/thread_name.h"
#include "hub/guard/proxy_header.h"
#include "hub/guard/stand_behind.h"

namespace switchboard::guard {
namespace {

constexpr size_t kAddressesMax = 4096;
constexpr size_t kReadBytes = 16 << 10;
constexpr absl::Duration kTick = absl::Milliseconds(100);

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

struct Door::Guest {
  Socket socket;
  std::string address;
  absl::Time begun;
  bool header_awaited = false;      // of a proxy
  std::string early;                // of that header
  std::unique_ptr<TlsSession> tls;  // from the first byte on: whoever says nothing costs little
  std::string out;
  Guests::iterator place;
  bool gone = false;
};

Door::Door(DoorOptions options, RefusalTally& refusals, Clock& clock, DoorCalls calls)
    : options_(std::move(options)),
      refusals_(refusals),
      clock_(clock),
      calls_(std::move(calls)),
      budget_(options_.per_address, kAddressesMax, clock),
      bytes_(kReadBytes),
      thread_([this] { Run(); }) {}

Door::~Door() { Stop(); }

void Door::Stop() {
  stopping_ = true;
  poller_.Wake();
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mutex_);
  given_.clear();
}

void Door::Give(Socket socket, std::string address) {
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    given_.push_back({std::move(socket), std::move(address)});
  }
  poller_.Wake();
}

void Door::Run() {
  NameThread("guard");
  StandBehind();
  while (!stopping_) {
    const auto events = poller_.Wait(kTick);
    std::vector<Given> given;
    {
      MutexLock lock(mutex_);
      given.swap(given_);
    }
    const absl::Time now = clock_.Now();  // no handshake begins before its connection came
    for (const Poller::Event& event : events) {
      Guest& guest = *static_cast<Guest*>(event.owner);
      if (!guest.gone && event.readable) Serve(guest);
    }
    for (Given& one : given) Begin(std::move(one.socket), std::move(one.address), now);
    DropLate(now);
    dead_.clear();
    half_open_ = static_cast<int>(guests_.size());
  }
  guests_.clear();
}

void Door::Begin(Socket socket, std::string address, absl::Time now) {
  if (guests_.size() >= static_cast<size_t>(options_.half_open_max))
    Refuse(*guests_.front(), RefusalReason::kHalfOpenMax);
  auto owner = std::make_unique<Guest>();
  Guest& guest = *owner;
  guest.socket = std::move(socket);
  guest.address = std::move(address);
  guest.begun = now;
  guest.place = guests_.insert(guests_.end(), std::move(owner));
  guest.header_awaited =
      std::any_of(options_.proxies.begin(), options_.proxies.end(),
                  [&](const AddressRange& range) { return range.Holds(guest.address); });
  if (!guest.header_awaited && !Welcome(guest)) return;
  // What has come already is told as an event.
  if (!poller_.Add(guest.socket.get(), &guest, Poller::Side::kFirst))
    Refuse(guest, RefusalReason::kSystemExhausted);
}

bool Door::Welcome(Guest& guest) {
  if (options_.per_address.per_second <= 0 || budget_.Take(guest.address)) return true;
  Refuse(guest, RefusalReason::kAddressRate);
  return false;
}

void Door::Serve(Guest& guest) {
  // To the end, since the poller tells each portion once. A handshake is bounded by OpenSSL.
  while (true) {
    const ssize_t got = recv(guest.socket.get(), bytes_.data(), bytes_.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && WouldBlock(errno)) return;
    if (got <= 0) return Drop(guest);
    std::string_view bytes(bytes_.data(), static_cast<size_t>(got));
    if (guest.header_awaited && !TakeProxyHeader(guest, bytes)) {
      if (guest.gone) return;
      continue;
    }
    if (bytes.empty()) continue;
    Handshake(guest, bytes);
    if (guest.gone) return;
  }
}

bool Door::TakeProxyHeader(Guest& guest, std::string_view& bytes) {
  const size_t before = guest.early.size();
  const size_t part = std::min(bytes.size(), kProxyHeaderBytesMax - before);
  guest.early.append(bytes.substr(0, part));
  const auto header = ParseProxyHeader(guest.early);
  if (!header.ok()) {
    Refuse(guest, RefusalReason::kProxyHeader);
    return false;
  }
  if (!header->has_value()) return false;
  if (!(*header)->address.empty()) guest.address = (*header)->address;
  bytes.remove_prefix((*header)->bytes - before);
  std::string().swap(guest.early);
  guest.header_awaited = false;
  return Welcome(guest);
}

void Door::Handshake(Guest& guest, std::string_view bytes) {
  if (guest.tls == nullptr) guest.tls = TlsSession::Accept(calls_.context());
  if (guest.tls == nullptr) return Refuse(guest, RefusalReason::kSystemExhausted);
  const TlsSession::State state = guest.tls->Handshake(bytes, guest.out);
  if (state == TlsSession::State::kFailed) {
    Send(guest);  // the alert
    return Refuse(guest, RefusalReason::kHandshakeFailed);
  }
  if (!Send(guest)) return Drop(guest);
  if (state == TlsSession::State::kGoing) return;
  poller_.Remove(guest.socket.get());
  calls_.admit(std::move(guest.socket), std::move(guest.tls), std::move(guest.address));
  Drop(guest);
}

// A handshake is a few kilobytes: a socket that does not take them is not read at its other end.
bool Door::Send(Guest& guest) {
  const std::string out = std::exchange(guest.out, {});
  return out.empty() || send(guest.socket.get(), out.data(), out.size(), MSG_NOSIGNAL) ==
                            static_cast<ssize_t>(out.size());
}

void Door::Refuse(Guest& guest, RefusalReason reason) {
  refusals_.Count(reason, guest.address);
  Drop(guest);
}

void Door::Drop(Guest& guest) {
  guest.gone = true;
  dead_.splice(dead_.end(), guests_, guest.place);
}

void Door::DropLate(absl::Time now) {
  while (!guests_.empty() && now - guests_.front()->begun > options_.handshake_max)
    Refuse(*guests_.front(), RefusalReason::kHandshakeTime);
}

}  // namespace switchboard::guard
