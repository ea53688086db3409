#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/client/sync_client.h"
#include "adapters/codes/call_code.h"
#include "clients/demo/parties/agent_calls.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "hub/base/mutex.h"
#include "switchboard/v1/assignment.pb.h"

namespace switchboard::demo {

struct VendorDeskOptions {
  uint64_t seed = 1;
  int agents = 24;  // calls at a time
  int speed = 1;    // of the clock that the desk goes by; see Rehearsal
  std::string vendor_id;
  bool records_calls = false;  // its contract asks for recordings
  // Whose agents get the work on whoever refused to pay, once that is recorded; empty: nobody's.
  std::string hands_over_to;
};

// The agents of one vendor: take assignments off a queue, ask for a permit, "call", report the
// outcome. What another party handed over is asked for as an act of head office's (ACT_SETTLE).
// Where nobody answered they try again an hour or more later; where a rule refuses they wait until
// it would not, if that is within twelve hours and a day of their first call. One agent in four
// works with a stale screen and asks once more for an assignment that was withdrawn.
//
// Everything is written to the vendor's ledger, which also says after a crash what was done
// already:
//   start
//   generation
//   withdrawn  NS  ASSIGNMENT  REASON
//   permit     ASKED_NS  ANSWERED_NS  ASSIGNMENT  CONTACT_POINT  PERMIT
//   denied     ASKED_NS  ANSWERED_NS  ASSIGNMENT  CONTACT_POINT  REASON
//   report     OUTCOME  MESSAGE   (the Outcome, about to be given to the outbox)
//   outcome    OUTCOME  VERSION  ASSIGNMENT  DISPOSITION  PERMIT   (durable in the outbox)
//   done       ASSIGNMENT   (no agent will take it up again)
//   handed     ASSIGNMENT  RECEIVER   (over, as the hub has answered)
// NS is CLOCK_MONOTONIC. Thread-safe; no function blocks but for its own short lock.
class VendorAgents {
 public:
  // `clock` is that of the day. All references must outlive the desk, and the client must be
  // stopped before the desk goes.
  VendorAgents(const VendorDeskOptions& options, const AgentCalls& calls, AppendFile& ledger,
               Clock& clock, IdMint& ids);

  // What an earlier run of this vendor did. Before anything else.
  absl::Status Resume(const std::string& ledger_path);

  // Permits that an earlier run got and did not use; to be given back.
  const absl::flat_hash_set<std::string>& unused_permits() const { return unused_permits_; }

  // From now on agents work, through `client`.
  void Begin(adapters::SyncClient& client);

  void OnAssigned(const v1::Assignment& assignment);
  void OnWithdrawn(const v1::SyncResponse::Withdrawal& withdrawal);
  void OnNewGeneration();
  // The hub has an outcome.
  void OnRecorded(const v1::ReportOutcomesResponse::Receipt& receipt);

  // Lets agents come back to what they put aside for a moment. Call ten times a second.
  void Tick();

  struct Counts {
    int64_t waiting = 0;  // assignments no agent has taken up
    int64_t in_hand = 0;  // agents at work, and what is being handed over
    int64_t done = 0;
    int64_t withdrawals = 0;
  };
  Counts counts() const;

 private:
  struct Job;
  using JobPointer = std::shared_ptr<Job>;

  void Pump();
  void Ask(JobPointer job, const std::string& contact_point_id);
  bool IsWithdrawn(const std::string& assignment_id) const;
  void OnAnswer(JobPointer job, const std::string& contact_point_id, int64_t asked_ns,
                absl::StatusOr<v1::RequestPermitResponse> answer);
  void OnDenied(JobPointer job, const std::string& contact_point_id, const v1::Denial& denial);
  void Report(JobPointer job, adapters::CallCode code, const std::string& permit_id,
              absl::Time now);
  v1::Outcome MakeOutcome(const Job& job, adapters::CallCode code, const std::string& permit_id,
                          absl::Time now);
  void HandOver(const std::string& assignment_id);
  void GiveUp(const JobPointer& job);
  void AskSoon(const JobPointer& job);
  void PutAsideFor(const JobPointer& job, absl::Duration wait);  // of the day's clock
  // The client was stopped with this call under way: nobody takes up anything any more.
  void Close();
  void Log(const std::vector<absl::string_view>& cells);

  const VendorDeskOptions options_;
  const AgentCalls& calls_;
  AppendFile& ledger_;
  Clock& clock_;
  IdMint& ids_;
  absl::flat_hash_set<std::string> unused_permits_;

  mutable Mutex mutex_;
  adapters::SyncClient* client_ = nullptr;  // set once, by Begin
  std::vector<std::pair<int64_t, JobPointer>> aside_ SWITCHBOARD_GUARDED_BY(mutex_);  // until when
  std::deque<JobPointer> queue_ SWITCHBOARD_GUARDED_BY(mutex_);
  // Waiting or in hand.
  absl::flat_hash_map<std::string, JobPointer> jobs_ SWITCHBOARD_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> done_ SWITCHBOARD_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> withdrawn_ SWITCHBOARD_GUARDED_BY(mutex_);
  // By the outcome that is to be recorded first: assignments to hand over.
  absl::flat_hash_map<std::string, std::string> to_hand_over_ SWITCHBOARD_GUARDED_BY(mutex_);
  int64_t in_hand_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  bool open_ SWITCHBOARD_GUARDED_BY(mutex_) = false;  // agents take up work
};

}  // namespace switchboard::demo
