#pragma once

#include <cstdint>
#include <list>
#include <string>

#include "hub/base/clock.h"
#include "hub/base/done.h"
#include "hub/base/executor.h"
#include "hub/base/mutex.h"
#include "hub/core_feed/core_feed.h"
#include "hub/storage/readers.h"
#include "hub/storage/writer.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::api {

inline constexpr int kReadItemsMax = 1000;
inline constexpr absl::Duration kReadWaitMax = absl::Seconds(60);
// Waits of one reader of a core; with more, its oldest ends empty-handed.
inline constexpr int kReaderWaitsMax = 16;

// Long polls of the core feed: reads that find nothing wait, up to their time, for something to be
// recorded. Reading what follows N confirms N. Thread-safe.
class CoreFeedPoll {
 public:
  CoreFeedPoll(storage::Writer& writer, storage::Readers& readers, Executor& executor, Clock& clock,
               const core_feed::CoreFeed& feed)
      : writer_(writer), readers_(readers), executor_(executor), clock_(clock), feed_(feed) {}

  // `core`: "core/main". REQUIRES: the request's fields are in range.
  void Read(std::string core, v1::ReadCoreFeedRequest request, Done<v1::ReadCoreFeedResponse> done);

  // Items were recorded: waiting reads look again.
  void Announced();
  // Ends waits whose time is up. Call a few times a second.
  void Tick(absl::Time now);
  // Ends every wait, empty-handed. Reads that come later do not wait.
  void StopWaiting();

 private:
  struct Wait {
    std::string core;
    v1::ReadCoreFeedRequest request;
    absl::Time until;
    Done<v1::ReadCoreFeedResponse> done;
  };

  void ReadOrWait(Wait wait, bool may_wait);
  void Requeue(std::list<Wait> waits, bool may_wait);
  // Takes the oldest wait of the newest one's reader out, if that reader has too many.
  std::list<Wait> TakeBeyondMax() SWITCHBOARD_REQUIRES(mutex_);
  absl::StatusOr<v1::ReadCoreFeedResponse> ReadNow(const Wait& wait);

  storage::Writer& writer_;
  storage::Readers& readers_;
  Executor& executor_;
  Clock& clock_;
  const core_feed::CoreFeed& feed_;

  Mutex mutex_;
  std::list<Wait> waits_ SWITCHBOARD_GUARDED_BY(mutex_);
  uint64_t announced_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;  // counts announcements
  bool waiting_ends_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

}  // namespace switchboard::api
