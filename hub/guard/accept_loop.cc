#include "hub/guard/accept_loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/thread_name.h"
#include "hub/guard/stand_behind.h"
#include "hub/identity/host_port.h"

namespace switchboard::guard {
namespace {

constexpr int kBacklog = 1024;
constexpr int kBackoffMinMillis = 10;
constexpr int kBackoffMaxMillis = 1000;

int DescriptorsMax(int asked) {
  rlimit limit{};
  if (asked > 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0) return asked > 0 ? asked : 768;
  const rlim_t most = std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int>::max());
  return static_cast<int>(most / 4 * 3);
}

absl::Status Unusable(const std::string& address, int error) {
  return Error(absl::StatusCode::kUnavailable, "ADDRESS_UNUSABLE",
               "cannot listen on " + address + ": " + strerror(error));
}

Socket ListenOn(const addrinfo& address) {
  Socket listening(
      socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!listening.is_open()) return listening;
  const int descriptor = listening.get();
  const int on = 1;
  const int off = 0;
  // A restart must not wait for old connections; SO_REUSEPORT stays off, so that a second hub on
  // the same port fails instead of sharing it.
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ai_family == AF_INET6) {
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (bind(descriptor, address.ai_addr, address.ai_addrlen) != 0 ||
      listen(descriptor, kBacklog) != 0) {
    const int error = errno;
    listening.Close();
    errno = error;
  }
  return listening;
}

int PortOf(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

std::string TextOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
  }
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AcceptLoop>> AcceptLoop::Bind(AcceptOptions options,
                                                             RefusalTally& refusals) {
  ASSIGN_OR_RETURN(const identity::HostPort where, identity::ParseHostPort(options.address));
  ASSIGN_OR_RETURN(const identity::Addresses addresses, identity::Resolve(where, AI_PASSIVE));
  Socket listening;
  int error = EADDRNOTAVAIL;
  for (const addrinfo* one = addresses.get(); one != nullptr && !listening.is_open();
       one = one->ai_next) {
    listening = ListenOn(*one);
    if (!listening.is_open()) error = errno;
  }
  if (!listening.is_open()) return Unusable(options.address, error);
  Socket stopping(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stopping.is_open()) return Unusable(options.address, errno);
  options.descriptors_max = DescriptorsMax(options.descriptors_max);
  const int port = PortOf(listening.get());
  return std::unique_ptr<AcceptLoop>(
      new AcceptLoop(options, std::move(listening), std::move(stopping), port, refusals));
}

AcceptLoop::AcceptLoop(const AcceptOptions& options, Socket listening, Socket stopping, int port,
                       RefusalTally& refusals)
    : options_(options),
      listening_(std::move(listening)),
      stopping_(std::move(stopping)),
      port_(port),
      refusals_(refusals) {}

AcceptLoop::~AcceptLoop() { Stop(); }

void AcceptLoop::Start(std::function<void(Socket, std::string)> hand_over) {
  SWITCHBOARD_ASSERT(!thread_.joinable() && !stopped_);
  hand_over_ = std::move(hand_over);
  thread_ = std::thread(&AcceptLoop::Run, this);
}

void AcceptLoop::Stop() {
  if (stopped_) return;
  stopped_ = true;
  const uint64_t one = 1;
  SWITCHBOARD_ASSERT(write(stopping_.get(), &one, sizeof one) == sizeof one);
  if (thread_.joinable()) thread_.join();
  listening_.Close();
}

void AcceptLoop::Run() {
  NameThread("guard");
  StandBehind();
  int backoff_millis = 0;
  while (true) {
    // While backing off only the stop is waited for: a full backlog would wake us at once.
    pollfd waits[2] = {{stopping_.get(), POLLIN, 0}, {listening_.get(), POLLIN, 0}};
    const bool backing_off = backoff_millis > 0;
    poll(waits, backing_off ? 1 : 2, backing_off ? backoff_millis : -1);
    if ((waits[0].revents & POLLIN) != 0) return;
    if (AcceptWaiting()) {
      backoff_millis = 0;
    } else {
      backoff_millis = std::clamp(backoff_millis * 2, kBackoffMinMillis, kBackoffMaxMillis);
    }
  }
}

bool AcceptLoop::AcceptWaiting() {
  // Bounded, so that a flood cannot keep Stop waiting.
  for (int i = 0; i < kBacklog; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Socket socket(accept4(listening_.get(), reinterpret_cast<sockaddr*>(&address), &size,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      Take(std::move(socket), TextOf(address));
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return true;
      case EINTR:
      case ECONNABORTED:
      case EPERM:  // a firewall's no
      case EPROTO:
      case ENETDOWN:
      case ENETUNREACH:
      case EHOSTDOWN:
      case EHOSTUNREACH:
        continue;  // an error of that one connection (accept(2))
      default:
        refusals_.Count(RefusalReason::kSystemExhausted, "");
        return false;
    }
  }
  return true;
}

void AcceptLoop::Take(Socket socket, std::string address) {
  if (socket.get() >= options_.descriptors_max)
    return refusals_.Count(RefusalReason::kDescriptorsMax, address);
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  accepted_.fetch_add(1);
  hand_over_(std::move(socket), std::move(address));
}

}  // namespace switchboard::guard
