#include "hub/guard/poller.h"

#include <sys/eventfd.h>

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::guard {
namespace {

// The low bit of the owner's address says which of its descriptors is meant.
constexpr uint64_t kSecondBit = 1;
constexpr uint64_t kWakeTag = 0;
constexpr uint32_t kEnded = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

}  // namespace

Poller::Poller()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  SWITCHBOARD_ASSERT(epoll_.is_open() && wake_.is_open());
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeTag;
  SWITCHBOARD_ASSERT(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0);
}

bool Poller::Add(int descriptor, void* owner, Side side) {
  return Control(EPOLL_CTL_ADD, descriptor, owner, side, side == Side::kFirst);
}

bool Poller::AskWritable(int descriptor, void* owner, bool wanted) {
  return Control(EPOLL_CTL_MOD, descriptor, owner, Side::kSecond, wanted);
}

bool Poller::Control(int operation, int descriptor, void* owner, Side side, bool writable) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  if (writable) event.events |= EPOLLOUT;
  event.data.u64 = reinterpret_cast<uintptr_t>(owner) | static_cast<uint64_t>(side);
  return epoll_ctl(epoll_.get(), operation, descriptor, &event) == 0;
}

void Poller::Remove(int descriptor) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr); }

std::span<const Poller::Event> Poller::Wait(absl::Duration timeout) {
  const int millis = static_cast<int>(std::clamp<int64_t>(
      absl::ToInt64Milliseconds(absl::Ceil(timeout, absl::Milliseconds(1))), 0, 60'000));
  const int told = epoll_wait(epoll_.get(), told_.data(), static_cast<int>(told_.size()), millis);
  size_t count = 0;
  for (int i = 0; i < told; ++i) {
    const epoll_event& event = told_[static_cast<size_t>(i)];
    const uint64_t tag = event.data.u64;
    if (tag == kWakeTag) {
      uint64_t times = 0;
      (void)!read(wake_.get(), &times, sizeof times);  // none: somebody else's wake was read
      continue;
    }
    events_[count++] = {reinterpret_cast<void*>(tag & ~kSecondBit),
                        static_cast<Side>(tag & kSecondBit),
                        (event.events & (EPOLLIN | kEnded)) != 0,
                        (event.events & (EPOLLOUT | EPOLLERR)) != 0, (event.events & kEnded) != 0};
  }
  return {events_.data(), count};
}

void Poller::Wake() {
  const uint64_t one = 1;
  (void)!write(wake_.get(), &one, sizeof one);  // full: it wakes anyway
}

}  // namespace switchboard::guard
