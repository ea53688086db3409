#include "tests/servers/relay.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::servers {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(2);

struct Place {
  sockaddr_storage address{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

Place PlaceOf(const std::string& text) {
  Place place;
  if (text.front() == '/') {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    SWITCHBOARD_ASSERT(text.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, text.c_str(), text.size());
    std::memcpy(&place.address, &address, sizeof(address));
    place.size = sizeof(address);
    return place;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int port = 0;
  SWITCHBOARD_ASSERT(absl::SimpleAtoi(text.substr(text.rfind(':') + 1), &port));
  address.sin_port = htons(static_cast<uint16_t>(port));
  std::memcpy(&place.address, &address, sizeof(address));
  place.size = sizeof(address);
  return place;
}

// Else small pieces would wait for one another, 40 ms each. Does nothing to a Unix socket.
void SendAtOnce(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int SocketFor(const Place& place) {
  const int made = socket(place.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  SendAtOnce(made);
  return made;
}

}  // namespace

Relay::Relay(std::string place, std::string target)
    : place_(std::move(place)),
      listener_(SocketFor(PlaceOf(place_))),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      target_(std::move(target)) {
  const Place address = PlaceOf(place_);
  SWITCHBOARD_ASSERT(bind(listener_, address.get(), address.size) == 0);
  SWITCHBOARD_ASSERT(listen(listener_, 64) == 0);
  thread_ = std::thread([this] { Loop(); });
}

Relay::~Relay() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  eventfd_write(wake_, 1);
  thread_.join();
  close(listener_);
  close(wake_);
}

void Relay::Change(Mode mode) {
  MutexLock lock(mutex_);
  wanted_.push_back(mode);
  const int64_t number = applied_ + static_cast<int64_t>(wanted_.size());
  eventfd_write(wake_, 1);
  while (applied_ < number) changed_.Wait(mutex_);
}

void Relay::LeadTo(const std::string& target) {
  MutexLock lock(mutex_);
  target_ = target;
}

int Relay::refused() {
  MutexLock lock(mutex_);
  return refused_;
}

bool Relay::HasRefused(int count) {
  MutexLock lock(mutex_);
  return changed_.WaitFor(mutex_, kPatience,
                          [&]() SWITCHBOARD_REQUIRES(mutex_) { return refused_ >= count; });
}

int Relay::heard() {
  MutexLock lock(mutex_);
  return heard_;
}

bool Relay::HasHeard(int count) {
  MutexLock lock(mutex_);
  return changed_.WaitFor(mutex_, kPatience,
                          [&]() SWITCHBOARD_REQUIRES(mutex_) { return heard_ >= count; });
}

void Relay::Loop() {
  const auto end = [](Link& link) {
    for (const int fd : link.ends) close(fd);
  };
  Mode mode = Mode::kMended;
  while (true) {
    bool is_new = false;
    {
      MutexLock lock(mutex_);
      if (stopping_) break;
      is_new = !wanted_.empty();
      if (is_new) mode = wanted_.front();
    }
    if (mode == Mode::kCut) {
      for (Link& link : links_) end(link);
      links_.clear();
    }
    if (is_new) {
      MutexLock lock(mutex_);
      wanted_.pop_front();
      ++applied_;
      changed_.NotifyAll();
      // One after the other: none is passed over, or who asked for it would wait for ever.
      if (!wanted_.empty()) continue;
    }
    std::vector<pollfd> polled = {{wake_, POLLIN, 0}};
    if (mode != Mode::kFrozen) polled.push_back({listener_, POLLIN, 0});
    for (const Link& link : links_) {
      for (int i = 0; mode == Mode::kMended && i < 2; ++i) {
        const int reads = link.rest[1 - i].empty() ? POLLIN : 0;
        const int writes = link.rest[i].empty() ? 0 : POLLOUT;
        polled.push_back({link.ends[i], static_cast<short>(reads | writes), 0});
      }
    }
    poll(polled.data(), polled.size(), -1);
    eventfd_t ignored;
    // The mode is another one: what was polled may not be touched any more.
    if (eventfd_read(wake_, &ignored) == 0) continue;
    std::vector<Link> alive;
    for (size_t i = 0; mode == Mode::kMended && i < links_.size(); ++i) {
      const short events[] = {polled[2 + 2 * i].revents, polled[3 + 2 * i].revents};
      if (Pass(links_[i], events)) {
        alive.push_back(std::move(links_[i]));
      } else {
        end(links_[i]);
      }
    }
    if (mode == Mode::kMended) links_ = std::move(alive);
    if (mode != Mode::kFrozen && polled[1].revents != 0) Accept(mode);
  }
  for (Link& link : links_) end(link);
}

void Relay::Accept(Mode mode) {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  SendAtOnce(client);
  if (mode == Mode::kCut) {
    close(client);
    MutexLock lock(mutex_);
    ++refused_;
    changed_.NotifyAll();
    return;
  }
  Place target;
  {
    MutexLock lock(mutex_);
    target = PlaceOf(target_);
  }
  const int server = SocketFor(target);
  if (connect(server, target.get(), target.size) == 0) {
    links_.push_back({{client, server}, {}});
    return;
  }
  close(client);
  close(server);
}

// False when an end is gone.
bool Relay::Pass(Link& link, const short (&events)[2]) {
  for (int i = 0; i < 2; ++i) {
    std::string& rest = link.rest[1 - i];
    if (events[i] == 0 || !rest.empty()) continue;
    char bytes[16 * 1024];
    const ssize_t read = recv(link.ends[i], bytes, sizeof(bytes), MSG_DONTWAIT);
    if (read == 0 || (read < 0 && errno != EAGAIN)) return false;
    if (read < 0) continue;
    rest.assign(bytes, static_cast<size_t>(read));
    if (i == 1) continue;
    MutexLock lock(mutex_);
    ++heard_;
    changed_.NotifyAll();
  }
  for (int i = 0; i < 2; ++i) {
    if (link.rest[i].empty()) continue;
    const ssize_t written =
        send(link.ends[i], link.rest[i].data(), link.rest[i].size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written < 0 && errno != EAGAIN) return false;
    if (written > 0) link.rest[i].erase(0, static_cast<size_t>(written));
  }
  return true;
}

}  // namespace switchboard::servers
