#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/core/core_client.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/core_events.h"
#include "clients/demo/parties/ledger.h"
#include "clients/demo/people/population.h"
#include "hub/base/mutex.h"

namespace switchboard::demo {

// The book's name in the imports.
inline constexpr char kBookSource[] = "demo-book";

// The issuer's core system: hands over its book, posts what happens, reads outcomes. Its ledgers:
//   outcomes: SEQUENCE VENDOR OUTCOME VERSION ACCOUNT DISPOSITION MARKS MESSAGE   (synced before it
//             is confirmed; the last one is the RecordedOutcome)
//   events:   "receipt" SEQUENCE STATUS   (of a record that was not plainly accepted)
//             "imported" SENT_NS ACKED_NS THROUGH STREAMS
//             EVENT KIND ACCOUNT PERSON CONTACT_POINT SENT_NS ACKED_NS STATUS WITHDRAWN VOIDED
// A core that is started again goes on behind what stands there. Each function runs in a thread of
// its own.
class IssuerCore {
 public:
  // All references must outlive the core. `folder` holds the ledgers.
  IssuerCore(clients::CoreClient& client, const Population& population, uint64_t seed,
             std::string folder);

  // Opens the ledgers and finds out where they end. Before anything else.
  absl::Status Open();

  // Imports the whole book. Returns when it is durable at the hub.
  absl::Status Import();

  // Reads outcomes until the client is cancelled.
  absl::Status ReadOutcomes();

  // Posts the planned events one by one as outcomes come in, or when none came for two seconds
  // after the import; returns when all are posted or Stop was called.
  absl::Status PostEvents();

  // Ends PostEvents.
  void Stop();

  // kept, imported (0 or 1), events_planned, events_posted.
  ChildStatus status() const;

 private:
  absl::Status Keep(const v1::ReadOutcomesResponse& response);
  absl::Status Post(const PlannedEvent& planned);
  bool Due(const PlannedEvent& planned) const;

  clients::CoreClient& client_;
  const Population& population_;
  const std::string folder_;
  const std::vector<PlannedEvent> plan_;
  std::unique_ptr<AppendFile> outcomes_;
  std::unique_ptr<AppendFile> events_;
  std::atomic<int64_t> kept_ = 0;          // last sequence in the ledger
  std::atomic<int64_t> last_kept_ns_ = 0;  // when an outcome came last
  std::atomic<bool> imported_ = false;
  std::atomic<int64_t> posted_ = 0;
  Mutex mutex_;
  CondVar kept_more_;
  bool stopped_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

}  // namespace switchboard::demo
