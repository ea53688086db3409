#include "hub/guard/pump.h"

#include <algorithm>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/thread_name.h"

namespace switchboard::guard {
namespace {

// How exact the end of a goodbye is …
constexpr absl::Duration kTick = absl::Milliseconds(250);
// … and everything else that comes due by time.
constexpr absl::Duration kLookEvery = absl::Seconds(1);
// Calls under way hear for themselves that the certificate counts no more, which says more than the
// end of the connection.
constexpr absl::Duration kJudgedGrace = absl::Seconds(3);

}  // namespace

struct Pump::Held {
  explicit Held(std::unique_ptr<GuardedConnection> given) : connection(std::move(given)) {}

  std::unique_ptr<GuardedConnection> connection;
  bool queued = false;
  bool asked_for_pair = false;
  absl::Time guilty_since = absl::InfiniteFuture();
};

Pump::Pump(const FrameLimits& limits, Clock& clock, PumpCalls calls)
    : limits_(limits), clock_(clock), calls_(std::move(calls)), thread_([this] { Run(); }) {}

Pump::~Pump() { Stop(); }

void Pump::Stop() {
  stopping_ = true;
  poller_.Wake();
  if (thread_.joinable()) thread_.join();
}

void Pump::Give(std::unique_ptr<GuardedConnection> connection, Offence offence) {
  {
    MutexLock lock(mutex_);
    given_.push_back({std::move(connection), offence});
  }
  poller_.Wake();
}

void Pump::Run() {
  NameThread("guard");
  absl::Time next_tick = clock_.Now() + kTick;
  absl::Time next_look = clock_.Now() + kLookEvery;
  while (!stopping_) {
    const absl::Duration wait = queue_.empty() ? next_tick - clock_.Now() : absl::ZeroDuration();
    for (const Poller::Event& event : poller_.Wait(wait)) Note(event);
    const absl::Time now = clock_.Now();
    std::vector<Given> given;
    {
      MutexLock lock(mutex_);
      given.swap(given_);
    }
    for (Given& one : given) Begin(std::move(one), now);
    ServeQueued(now);
    if (now >= next_tick) {
      DropDrained(now);
      next_tick = now + kTick;
    }
    if (now >= next_look) {
      LookAtAll(now);
      next_look = now + kLookEvery;
    }
    dead_.clear();
  }
  while (!all_.empty()) Drop(*all_.begin()->first);
  dead_.clear();
}

void Pump::Begin(Given given, absl::Time now) {
  auto owner = std::make_unique<Held>(std::move(given.connection));
  Held& held = *owner;
  GuardedConnection& connection = *held.connection;
  all_.emplace(&held, std::move(owner));
  if (!poller_.Add(connection.tcp(), &held, Poller::Side::kFirst)) return Drop(held);
  if (given.offence != Offence::kNone) return End(held, given.offence, now);
  auto other = connection.MakePair();
  if (!other.ok() || !poller_.Add(connection.pair(), &held, Poller::Side::kSecond))
    return Drop(held);
  calls_.hand_over(*std::move(other));
  Queue(held);
}

void Pump::Note(const Poller::Event& event) {
  Held& held = *static_cast<Held*>(event.owner);
  if (event.side == Poller::Side::kFirst)
    held.connection->NoteTcp(event);
  else
    held.connection->NotePair(event);
  Queue(held);
}

void Pump::Queue(Held& held) {
  if (std::exchange(held.queued, true)) return;
  queue_.push_back(&held);
}

// Each of those that are queued now, once.
void Pump::ServeQueued(absl::Time now) {
  for (size_t left = queue_.size(); left > 0; --left) {
    Held& held = *queue_.front();
    queue_.pop_front();
    held.queued = false;
    const Offence before = held.connection->ending();
    const auto next = held.connection->Serve(now, buffers_);
    if (before == Offence::kNone && held.connection->ending() != Offence::kNone)
      NoteEnd(held, held.connection->ending());
    if (next == GuardedConnection::Next::kOver || !AskForPair(held))
      Drop(held);
    else if (next == GuardedConnection::Next::kAgain)
      Queue(held);
  }
}

bool Pump::AskForPair(Held& held) {
  const bool awaits = held.connection->awaits_pair();
  if (awaits == held.asked_for_pair || held.connection->pair() < 0) return true;
  held.asked_for_pair = awaits;
  return poller_.AskWritable(held.connection->pair(), &held, awaits);
}

void Pump::DropDrained(absl::Time now) {
  std::vector<Held*> drained;
  for (Held* held : ending_) {
    if (held->connection->IsDrained(now)) drained.push_back(held);
  }
  for (Held* held : drained) Drop(*held);
}

void Pump::LookAtAll(absl::Time now) {
  for (const auto& [held, owner] : all_) {
    GuardedConnection& connection = *held->connection;
    if (connection.ending() != Offence::kNone) continue;
    if (const Offence late = connection.Late(now); late != Offence::kNone) {
      End(*held, late, now);
      continue;
    }
    if (connection.facts().close_asked()) {
      End(*held, Offence::kClosedByOperator, now);
      continue;
    }
    const Offence judged = calls_.judge(connection.facts());
    if (judged == Offence::kNone) {
      held->guilty_since = absl::InfiniteFuture();
      continue;
    }
    held->guilty_since = std::min(held->guilty_since, now);
    if (now - held->guilty_since >= kJudgedGrace) End(*held, judged, now);
  }
}

void Pump::NoteEnd(Held& held, Offence offence) {
  ending_.insert(&held);
  calls_.on_end(held.connection->facts(), offence);
}

void Pump::End(Held& held, Offence offence, absl::Time now) {
  held.connection->End(offence, now, buffers_);
  NoteEnd(held, offence);
  Queue(held);
}

void Pump::Drop(Held& held) {
  if (held.connection->ending() == Offence::kNone)
    calls_.on_end(held.connection->facts(), Offence::kNone);
  if (held.queued) queue_.erase(std::remove(queue_.begin(), queue_.end(), &held), queue_.end());
  held.queued = true;  // never again
  ending_.erase(&held);
  const auto found = all_.find(&held);
  dead_.push_back(std::move(found->second));
  all_.erase(found);
}

}  // namespace switchboard::guard
