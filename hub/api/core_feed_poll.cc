#include "hub/api/core_feed_poll.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::api {

using storage::Transaction;

void CoreFeedPoll::Read(std::string core, v1::ReadCoreFeedRequest request,
                        Done<v1::ReadCoreFeedResponse> done) {
  if (request.max_items() == 0) request.set_max_items(500);
  const absl::Duration wait = absl::Microseconds(
      google::protobuf::util::TimeUtil::DurationToMicroseconds(request.max_wait()));
  Wait waiting{std::move(core), std::move(request), clock_.Now() + wait, std::move(done)};
  executor_.Post([this, waiting = std::move(waiting), wait]() mutable {
    ReadOrWait(std::move(waiting), wait > absl::ZeroDuration());
  });
}

absl::StatusOr<v1::ReadCoreFeedResponse> CoreFeedPoll::ReadNow(const Wait& wait) {
  v1::ReadCoreFeedResponse response;
  const int64_t after = wait.request.after();
  RETURN_IF_ERROR(readers_.Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(response, feed_.Read(reader, after, wait.request.max_items()));
    ASSIGN_OR_RETURN(const bool news,
                     core_feed::NeedsConfirming(reader, wait.core, wait.request.reader(), after));
    if (!news) return absl::OkStatus();
    // Nobody waits for it: a confirmation that is lost in a crash comes again with the next read.
    writer_.Submit(
        storage::Urgency::kBulk, wait.core,
        [core = wait.core, name = wait.request.reader(), after](Transaction& transaction) {
          return core_feed::Confirm(transaction, core, name, after);
        },
        [](const absl::Status&) {});
    return absl::OkStatus();
  }));
  return response;
}

void CoreFeedPoll::ReadOrWait(Wait wait, bool may_wait) {
  uint64_t announced;
  {
    MutexLock lock(mutex_);
    announced = announced_;
  }
  auto response = ReadNow(wait);
  if (!response.ok() || response->items_size() > 0 || !may_wait)
    return wait.done(std::move(response));
  bool look_again = false;
  bool waits = false;
  std::list<Wait> beyond_max;
  {
    MutexLock lock(mutex_);
    if (!waiting_ends_) {
      look_again = announced_ != announced;
      waits = !look_again;
      if (waits) {
        waits_.push_back(std::move(wait));
        beyond_max = TakeBeyondMax();
      }
    }
  }
  if (waits) return Requeue(std::move(beyond_max), /*may_wait=*/false);
  if (!look_again) return wait.done(std::move(response));
  // Something was recorded between the read and the wait.
  executor_.Post([this, wait = std::move(wait)]() mutable { ReadOrWait(std::move(wait), true); });
}

std::list<CoreFeedPoll::Wait> CoreFeedPoll::TakeBeyondMax() {
  // A caller that gave up before its wait was over still waits here: one that asks again and again
  // would otherwise pile them up.
  std::list<Wait> beyond;
  const Wait& newest = waits_.back();
  const auto of_its_reader = [&newest](const Wait& wait) {
    return wait.core == newest.core && wait.request.reader() == newest.request.reader();
  };
  if (std::count_if(waits_.begin(), waits_.end(), of_its_reader) > kReaderWaitsMax)
    beyond.splice(beyond.end(), waits_, std::find_if(waits_.begin(), waits_.end(), of_its_reader));
  return beyond;
}

void CoreFeedPoll::Requeue(std::list<Wait> waits, bool may_wait) {
  for (Wait& wait : waits) {
    executor_.Post([this, wait = std::move(wait), may_wait]() mutable {
      ReadOrWait(std::move(wait), may_wait);
    });
  }
}

void CoreFeedPoll::Announced() {
  std::list<Wait> waits;
  {
    MutexLock lock(mutex_);
    ++announced_;
    waits.swap(waits_);
  }
  Requeue(std::move(waits), /*may_wait=*/true);
}

void CoreFeedPoll::Tick(absl::Time now) {
  std::list<Wait> over;
  {
    MutexLock lock(mutex_);
    for (auto wait = waits_.begin(); wait != waits_.end();) {
      auto next = std::next(wait);
      // No wait is longer than that, unless the clock stepped back.
      const bool is_over = wait->until <= now || wait->until - now > kReadWaitMax;
      if (is_over) over.splice(over.end(), waits_, wait);
      wait = next;
    }
  }
  Requeue(std::move(over), /*may_wait=*/false);
}

void CoreFeedPoll::StopWaiting() {
  std::list<Wait> waits;
  {
    MutexLock lock(mutex_);
    waiting_ends_ = true;
    waits.swap(waits_);
  }
  Requeue(std::move(waits), /*may_wait=*/false);
}

}  // namespace switchboard::api
