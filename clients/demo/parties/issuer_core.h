#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/core/core_client.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/core_events.h"
#include "clients/demo/parties/ledger.h"
#include "clients/demo/parties/promised_payments.h"
#include "clients/demo/people/population.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"

namespace switchboard::demo {

// Names of the imports: the whole book at the beginning, and at the end a file that was read before
// anything was paid and comes only after everything was.
inline constexpr char kBookSource[] = "demo-book";
inline constexpr char kLateSource[] = "demo-late-file";

// The issuer's core system: hands over its book, posts what happens, reads the core feed, books
// what people pay of what they promised, and hands over once more, too late, what it had read of
// the paid accounts before they were paid. Its ledgers:
//   outcomes: SEQUENCE VENDOR OUTCOME VERSION ACCOUNT DISPOSITION MARKS MESSAGE   (synced before it
//             is confirmed; the last one is the CoreItem; of a promise its standing takes the place
//             of a disposition, of work that was handed over the reason, and the assignment that of
//             an outcome)
//   events:   "read" SOURCE AS_OF_US   (the records of a source are true as of then; a payment was
//             booked then)
//             "receipt" SOURCE SEQUENCE STATUS REASON   (of a record that was not plainly accepted)
//             "imported" SOURCE SENT_NS ACKED_NS THROUGH
//             EVENT KIND ACCOUNT PERSON CONTACT_POINT SENT_NS ACKED_NS STATUS WITHDRAWN VOIDED
//             SENT_US MESSAGE   (NS: by the monotonic clock; US: by the core's own; the last one
//             is the CoreEvent)
// A core that is started again goes on behind what stands there. Each function runs in a thread of
// its own.
class IssuerCore {
 public:
  // All references must outlive the core. `folder` holds the ledgers.
  IssuerCore(clients::CoreClient& client, const Population& population, uint64_t seed,
             std::string folder, Clock& clock);

  // Opens the ledgers and finds out where they end. Before anything else.
  absl::Status Open();

  // Imports the whole book. Returns when it is durable at the hub.
  absl::Status ImportBook();

  // Imports the accounts that PostEvents paid as they were before they were paid. After PostEvents.
  absl::Status ImportLateFile();

  // Reads the core feed until the client is cancelled.
  absl::Status ReadFeed();

  // Posts the planned events one by one as outcomes come in, or when none came for two seconds
  // after the import; returns when all are posted or Stop was called.
  absl::Status PostEvents();

  // Posts what people pay of what they promised, on its day, until Stop is called. Beside
  // PostEvents.
  absl::Status PayPromises();

  bool posted_all() const { return posted_ == static_cast<int64_t>(plan_.size()); }

  // Ends PostEvents and PayPromises.
  void Stop();

  // kept, outcomes_kept, imported (sources, 0 to 2), events_planned, events_posted; payments_due,
  // of promises, which are not booked yet.
  ChildStatus status() const;

 private:
  absl::Status Keep(const v1::ReadCoreFeedResponse& response);
  absl::Status ReadItem(const LedgerCells& cells);
  void ReadLine(const LedgerCells& cells);
  // As of when the records of a source are true: noted when they are read first, and the same ever
  // after.
  absl::StatusOr<int64_t> ReadTime(const std::string& source);
  absl::Status Import(const std::string& source, const std::vector<int64_t>& indexes);
  absl::Status Post(const PlannedEvent& planned);
  bool Due(const PlannedEvent& planned) const;

  clients::CoreClient& client_;
  const Population& population_;
  const std::string folder_;
  Clock& clock_;
  const std::vector<PlannedEvent> plan_;
  std::unique_ptr<AppendFile> outcomes_;
  std::unique_ptr<AppendFile> events_;
  std::atomic<int64_t> kept_ = 0;           // last sequence in the ledger
  std::atomic<int64_t> outcomes_kept_ = 0;  // outcomes in it
  std::atomic<int64_t> last_kept_ns_ = 0;   // when an outcome came last
  std::map<std::string, int64_t> read_us_ SWITCHBOARD_GUARDED_BY(mutex_);  // by source
  std::set<std::string> imported_ SWITCHBOARD_GUARDED_BY(mutex_);          // sources
  std::atomic<int64_t> posted_ = 0;
  mutable Mutex mutex_;
  CondVar kept_more_;
  PromisedPayments payments_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool stopped_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

}  // namespace switchboard::demo
