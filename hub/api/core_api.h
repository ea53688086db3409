#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "hub/base/done.h"
#include "hub/base/executor.h"
#include "hub/ingest/account_intake.h"
#include "hub/ingest/import_stream.h"
#include "hub/outcomes/outcomes.h"
#include "hub/ingest/core_events.h"
#include "hub/storage/readers.h"
#include "hub/storage/writer.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/wire.pb.h"

namespace switchboard::api {

inline constexpr int kEventsMax = 500;
inline constexpr int kReadOutcomesMax = 1000;
inline constexpr absl::Duration kReadWaitMax = absl::Seconds(60);

// What CoreService does, behind the gRPC edge: parses and seals on the executor, writes in units,
// answers when it is durable. `actor` is "core/<id>" of an authorized peer. Thread-safe.
class CoreApi {
 public:
  CoreApi(storage::Writer& writer, storage::Readers& readers, Executor& executor, Clock& clock,
           const AccountIntake& intake, const ingest::CoreEvents& events,
           const outcomes::Outcomes& outcomes)
      : writer_(writer),
        readers_(readers),
        executor_(executor),
        clock_(clock),
        intake_(intake),
        events_(events),
        outcomes_(outcomes) {}

  // Begins an ImportAccounts stream. The desk outlives it.
  std::shared_ptr<ImportStream> OpenImport(std::string actor);
  // `serialized`: a PostEventsRequest as received.
  void PostEvents(std::string actor, std::string serialized, Done<v1::PostEventsResponse> done);
  void ReadOutcomes(std::string actor, v1::ReadOutcomesRequest request,
                    Done<v1::ReadOutcomesResponse> done);

  // Outcomes were recorded: waiting reads look again.
  void OutcomesAnnounced();
  // Ends waits whose time is up. Call a few times a second.
  void Tick(absl::Time now);
  // Ends every wait, empty-handed. Reads that come later do not wait.
  void StopWaiting();

 private:
  struct Wait {
    std::string actor;
    v1::ReadOutcomesRequest request;
    absl::Time until;
    Done<v1::ReadOutcomesResponse> done;
  };

  void ReadOrWait(Wait wait, bool may_wait);
  void Requeue(std::list<Wait> waits, bool may_wait);
  absl::StatusOr<v1::ReadOutcomesResponse> ReadNow(const Wait& wait);

  storage::Writer& writer_;
  storage::Readers& readers_;
  Executor& executor_;
  Clock& clock_;
  const AccountIntake& intake_;
  const ingest::CoreEvents& events_;
  const outcomes::Outcomes& outcomes_;

  std::mutex mutex_;
  std::list<Wait> waits_;      // guarded by mutex_
  uint64_t announced_ = 0;     // guarded by mutex_; counts announcements
  bool waiting_ends_ = false;  // guarded by mutex_
};

}  // namespace switchboard::api
