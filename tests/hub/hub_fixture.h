#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "hub/base/done.h"
#include "hub/hub.h"
#include "hub/identity/peer.h"
#include "tests/testing.h"

namespace switchboard::testing {

// What a test says of one account; the rest is filled with valid values.
struct RecordOptions {
  std::string account_id = "A-1";
  std::string person_id = "P-1";
  int32_t days_past_due = 10;
  int64_t amount_due = 12'000;
  std::string grade = "B";
  std::string language = "ja";
};
v1::AccountRecord MakeRecord(int64_t sequence, const RecordOptions& options = {});

struct ContractOptions {
  std::string vendor_id = "sakura";
  std::string vendor_group = "";  // empty: of its own
  std::string languages = "[ja]";
  std::string name_show = "show: CLEAR";
  std::string dial = "NUMBER";
  std::string permit_terms = "";  // further ones: ", per_hour: 1"
  std::string more = "";          // further lines of the contract: "live_assignments_max: 1\n"
  std::string acts = "[REMIND, TAKE_PROMISE]";  // of both work types
  std::string work_terms = "";          // further lines of both work types: "    term: 1d\n"
  std::vector<std::string> shown = {};  // further classes that are shown whole: "AMOUNT"
};
// A contract for early and late collections: permits live 2 min, recalls pend 1 day, an objection
// moves them by 2.
std::string ContractYaml(const ContractOptions& options = {});

// Early collections up to 60 days past due, late ones beyond; `shares` as in a plan:
// "[{vendor_id: sakura, percent: 100}]".
std::string PlanYaml(const std::string& shares, const std::string& plan_id = "plan-1");

// Who calls.
identity::Peer Core(const std::string& name = "main");
identity::Peer VendorPeer(const std::string& vendor_id);
identity::Peer Operator(const std::string& name = "ito");

// A whole hub on files of its own, under a clock that stands still and with nothing running unless
// asked: Settle() runs the executor's tasks and the writer's groups until neither has any.
class HubWorld {
 public:
  explicit HubWorld(HubOptions options = Options());
  // Another hub over the database of `first`, which outlives it; on PostgreSQL.
  HubWorld(const HubWorld& first, const std::string& hub_id, uint64_t seed);
  ~HubWorld();

  static HubOptions Options();

  Hub& hub() { return *hub_; }
  void Settle();
  // Closes the hub and opens it again on the same files.
  void Restart();
  // The same, with other promises of its configuration from then on.
  void RestartWith(const v1::Config::PromisePolicy& promises);
  // The same of what it wraps keys by.
  void RestartWith(const storage::WrappingOptions& wrapping);
  // Loses the hub as a crash does: queued tasks and writes never happen, nobody is answered.
  void Crash();
  // Closes the hub, lets `work` have its files, and opens it again.
  void WhileClosed(const std::function<void(const HubOptions&)>& work);
  void Advance(absl::Duration by);

  // Calls something asynchronous, settles and returns what it answered; fails the test unless it
  // answered once.
  template <typename T>
  absl::StatusOr<T> Await(const std::function<void(Done<T>)>& call);

  // The calls a test makes most.
  void SetUpVendors(const std::vector<std::string>& vendor_ids);
  // Puts a text in force as two operators do (tests/put_in_force.h).
  absl::StatusOr<v1::ReleaseTextResponse> PutInForce(v1::TextKind kind, const std::string& yaml,
                                                     const std::string& file_name = "text.yaml");
  // The first contract brings a rule pack that lets everything pass (tests/open_pack.h).
  void ApplyContract(const ContractOptions& options);
  void ApplyPack(const std::string& yaml);
  void ApplyPlan(const std::string& yaml);
  // As of `as_of`; by default as of now, which is a moment later than what was called before.
  absl::StatusOr<v1::ImportAccountsResponse> Import(const std::vector<v1::AccountRecord>& records,
                                                    const std::string& source = "file",
                                                    absl::Time as_of = absl::InfiniteFuture());
  absl::StatusOr<v1::ImportAccountsResponse> ImportBytes(const std::string& serialized);
  absl::StatusOr<v1::PostEventsResponse> Post(const std::vector<v1::CoreEvent>& events);
  absl::StatusOr<v1::ReportOutcomesResponse> Report(const std::string& vendor_id,
                                                    const std::vector<v1::Outcome>& outcomes);
  absl::StatusOr<v1::RequestPermitResponse> Ask(const std::string& vendor_id,
                                                const std::string& request_id,
                                                const std::string& assignment_id,
                                                const std::string& contact_point_id = "mobile");
  absl::StatusOr<v1::ReadCoreFeedResponse> ReadCoreFeed(int64_t after);
  // All placements, or those of an account, by id.
  std::vector<v1::ListPlacementsResponse::Placement> Placements(const std::string& account_id = "");
  // The account's live placement; an empty one when it has none, a failed test when it has more.
  v1::ListPlacementsResponse::Placement Live(const std::string& account_id);
  std::vector<v1::ListQuarantineResponse::Item> Quarantine();
  v1::ListVendorsResponse::Vendor Vendor(const std::string& vendor_id);
  // Every audit event so far, verified along its chain, in the order of time.
  std::vector<v1::AuditEvent> AuditEvents();

  const HubOptions& options() const { return options_; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  ManualClock clock;
  IdMint ids;
  ManualExecutor executor;
  telemetry::Metrics metrics;

 private:
  void Open();
  void AddEventsOf(const std::string& chain_id, std::vector<v1::AuditEvent>& events);

  TemporaryFolder folder_;
  HubOptions options_;
  bool has_rules_ = false;
  std::unique_ptr<Hub> hub_;
};

// Events and outcomes with everything valid.
v1::CoreEvent Payment(const std::string& event_id, const std::string& account_id);
v1::CoreEvent PersonStop(const std::string& event_id, const std::string& person_id,
                         v1::StopReason reason = v1::STOP_REASON_CEASE);
v1::CoreEvent AccountStop(const std::string& event_id, const std::string& account_id,
                          v1::StopReason reason = v1::STOP_REASON_DISPUTE);
v1::CoreEvent PointStop(const std::string& event_id, const std::string& person_id,
                        const std::string& contact_point_id);
v1::CoreEvent Lift(const std::string& event_id, const std::string& stop_id);
v1::CoreEvent Closure(const std::string& event_id, const std::string& account_id);
v1::Outcome MakeOutcome(const std::string& outcome_id, const std::string& assignment_id,
                        adapters::CallCode code = adapters::CallCode::kNoAnswer,
                        int32_t version = 1);

template <typename T>
absl::StatusOr<T> HubWorld::Await(const std::function<void(Done<T>)>& call) {
  auto answers = std::make_shared<std::vector<absl::StatusOr<T>>>();
  call([answers](absl::StatusOr<T> answer) { answers->push_back(std::move(answer)); });
  Settle();
  EXPECT_EQ(answers->size(), 1u) << "answers";
  if (answers->empty()) return absl::InternalError("no answer");
  return std::move(answers->front());
}

}  // namespace switchboard::testing
