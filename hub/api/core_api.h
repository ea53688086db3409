#pragma once

#include <memory>
#include <string>

#include "hub/api/core_feed_poll.h"
#include "hub/base/clock.h"
#include "hub/base/done.h"
#include "hub/base/executor.h"
#include "hub/identity/peer.h"
#include "hub/ingest/account_intake.h"
#include "hub/ingest/core_events.h"
#include "hub/ingest/import_stream.h"
#include "hub/storage/writer.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::api {

inline constexpr int kEventsMax = 500;

// What CoreService does, behind the gRPC edge, a function a method: parses on the executor, writes
// in units, answers when it is durable. `caller` is authorized. Thread-safe.
class CoreApi {
 public:
  struct Parts {
    storage::Writer& writer;
    Executor& executor;
    Clock& clock;
    const ingest::AccountIntake& intake;
    const ingest::CoreEvents& events;
    CoreFeedPoll& core_feed;
    const storage::DiskRoom& disk;
  };

  explicit CoreApi(const Parts& parts) : parts_(parts) {}

  // Begins an ImportAccounts stream. The api outlives it.
  std::shared_ptr<ingest::ImportStream> OpenImport(const identity::Peer& caller);
  // `serialized`: a PostEventsRequest as received.
  void PostEvents(const identity::Peer& caller, std::string serialized,
                  Done<v1::PostEventsResponse> done);
  void ReadCoreFeed(const identity::Peer& caller, v1::ReadCoreFeedRequest request,
                    Done<v1::ReadCoreFeedResponse> done);

 private:
  const Parts parts_;
};

}  // namespace switchboard::api
