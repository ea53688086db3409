#include "hub/identity/accept_loop.h"

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
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "hub/base/error.h"
#include "hub/identity/host_port.h"

namespace switchboard::identity {
namespace {

constexpr int kBacklog = 1024;
constexpr int kBackoffMinMillis = 10;
constexpr int kBackoffMaxMillis = 1000;
constexpr size_t kAddressesMax = 4096;

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

int ListenOn(const addrinfo& address) {
  const int descriptor =
      socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  if (descriptor < 0) return -1;
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
    close(descriptor);
    errno = error;
    return -1;
  }
  return descriptor;
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

// One subscriber has a whole IPv6 /64, so that is what one budget is for.
std::string BudgetKey(const std::string& address) {
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
  return std::string(reinterpret_cast<const char*>(v6.s6_addr), 8);
}

}  // namespace

std::string_view RefusalText(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kDescriptorsMax:
      return "too many open descriptors";
    case RefusalReason::kAddressRate:
      return "the address opens connections too fast";
    case RefusalReason::kSystemExhausted:
      return "the system has no descriptor or memory left";
  }
  return "";
}

absl::StatusOr<std::unique_ptr<AcceptLoop>> AcceptLoop::Bind(AcceptOptions options, Clock& clock) {
  ASSIGN_OR_RETURN(const HostPort where, ParseHostPort(options.address));
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(where, AI_PASSIVE));
  int listening = -1;
  int error = EADDRNOTAVAIL;
  for (const addrinfo* one = addresses.get(); one != nullptr && listening < 0; one = one->ai_next) {
    listening = ListenOn(*one);
    if (listening < 0) error = errno;
  }
  if (listening < 0) return Unusable(options.address, error);
  const int stopping = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stopping < 0) {
    error = errno;
    close(listening);
    return Unusable(options.address, error);
  }
  options.descriptors_max = DescriptorsMax(options.descriptors_max);
  return std::unique_ptr<AcceptLoop>(
      new AcceptLoop(std::move(options), listening, stopping, PortOf(listening), clock));
}

AcceptLoop::AcceptLoop(AcceptOptions options, int listening, int stopping, int port, Clock& clock)
    : options_(std::move(options)),
      listening_(listening),
      stopping_(stopping),
      port_(port),
      clock_(clock),
      budget_(options_.connections_per_second_per_address,
              std::max(1, options_.connection_burst_per_address), kAddressesMax, clock) {}

AcceptLoop::~AcceptLoop() {
  Stop();
  close(stopping_);
}

void AcceptLoop::Start(std::function<void(int)> hand_over) {
  SWITCHBOARD_ASSERT(!thread_.joinable() && !stopped_);
  hand_over_ = std::move(hand_over);
  thread_ = std::thread(&AcceptLoop::Run, this);
}

void AcceptLoop::Stop() {
  if (stopped_) return;
  stopped_ = true;
  const uint64_t one = 1;
  SWITCHBOARD_ASSERT(write(stopping_, &one, sizeof one) == sizeof one);
  if (thread_.joinable()) thread_.join();
  close(listening_);
}

void AcceptLoop::Run() {
  int backoff_millis = 0;
  while (true) {
    // While backing off only the stop is waited for: a full backlog would wake us at once.
    pollfd waits[2] = {{stopping_, POLLIN, 0}, {listening_, POLLIN, 0}};
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
    const int descriptor = accept4(listening_, reinterpret_cast<sockaddr*>(&address), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      Take(descriptor, TextOf(address));
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
        Refuse(RefusalReason::kSystemExhausted, "");
        return false;
    }
  }
  return true;
}

void AcceptLoop::Take(int descriptor, const std::string& address) {
  RefusalReason reason = RefusalReason::kDescriptorsMax;
  bool refused = descriptor >= options_.descriptors_max;
  if (!refused && options_.connections_per_second_per_address > 0 &&
      !budget_.Take(BudgetKey(address))) {
    refused = true;
    reason = RefusalReason::kAddressRate;
  }
  if (refused) {
    Refuse(reason, address);
    close(descriptor);
    return;
  }
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  accepted_.fetch_add(1);
  hand_over_(descriptor);
}

void AcceptLoop::Refuse(RefusalReason reason, const std::string& address) {
  const auto index = static_cast<size_t>(reason);
  refused_[index].fetch_add(1);
  Unreported& unreported = unreported_[index];
  ++unreported.count;
  const absl::Time now = clock_.Now();
  const bool recent =
      now >= unreported.last_report && now < unreported.last_report + absl::Seconds(1);
  if (recent || !options_.on_refused) return;
  unreported.last_report = now;
  options_.on_refused({reason, address, std::exchange(unreported.count, 0)});
}

}  // namespace switchboard::identity
