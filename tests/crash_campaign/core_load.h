#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/core/core_client.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "hub/base/mutex.h"
#include "tests/crash_campaign/core_record.h"
#include "tests/simulation/options.h"

namespace switchboard::crash {

// The issuer's core under load: one thread imports accounts, new ones and whole parts of the file
// once more, one posts payments, stops, lifts and closures, one reads outcomes and confirms them.
// Lives in the campaign's own process, which nobody kills, and goes on over every death of the hub.
class CoreLoad {
 public:
  // `tls` is the core's folder. All references must outlive the load. Errors: those of
  // CoreClient::Create.
  static absl::StatusOr<std::unique_ptr<CoreLoad>> Start(const std::string& hub_address,
                                                         const std::string& tls, uint64_t seed,
                                                         CoreRecord& record, Clock& clock);
  // Ends calls under way, whatever becomes of them: after Finish there are none.
  ~CoreLoad();

  // Begins nothing new, waits until everything that was begun is answered, and ends the threads.
  void Finish();

  // What the hub has, by its own answers.
  struct Afterwards {
    std::vector<v1::CoreItem> outcomes;      // from the first one
    std::map<std::string, int64_t> through;  // by source
  };
  // Once the load is finished: reads the outcomes that are left, sends the whole file and every
  // event again, and asks for everything from the beginning.
  absl::StatusOr<Afterwards> CountAgain();

 private:
  CoreLoad(std::unique_ptr<clients::CoreClient> client, std::unique_ptr<clients::CoreClient> reader,
           std::unique_ptr<IdMint> ids, uint64_t seed, CoreRecord& record, Clock& clock);

  void ImportForEver();
  void PostForEver();
  void ReadForEver();
  // Waits up to so long; true when the load is to end.
  bool Pause(int milliseconds);
  absl::Status Import(const FilePart& part, bool again);
  absl::Status Post(const std::vector<size_t>& numbers, bool again);
  FilePart DrawPart(simulation::Dice& dice, size_t count);
  v1::CoreEvent DrawEvent(simulation::Dice& dice);
  void DrawStop(simulation::Dice& dice, v1::CoreEvent& event);
  void Note(const absl::Status& status, const char* what);

  const std::unique_ptr<IdMint> ids_;
  const std::unique_ptr<clients::CoreClient> client_;
  const std::unique_ptr<clients::CoreClient> reader_;  // of its own, since only Cancel ends a poll
  const uint64_t seed_;
  CoreRecord& record_;
  Clock& clock_;
  std::vector<int64_t> newest_;        // by source; of the importing thread
  std::vector<FilePart> parts_;        // imported so far; of the importing thread
  std::vector<std::string> stop_ids_;  // stops that may be lifted; of the posting thread

  Mutex mutex_;
  CondVar ending_;
  bool ends_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::thread importer_;
  std::thread poster_;
  std::thread outcome_reader_;
};

}  // namespace switchboard::crash
