// Caps under many hands: threads of several vendors ask several hubs of one database at once.
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/mutex.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"
#include "tests/hub/wait.h"

namespace switchboard {
namespace {

using testing::ContractYaml;
using testing::Core;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::PlanYaml;
using testing::VendorPeer;
using testing::Wait;

constexpr int kNumbers = 4;
constexpr int kPersonsOfNumber = 8;
constexpr int kCapOfNumber = 5;
constexpr int kCapOfPerson = 2;
constexpr int kThreads = 6;
constexpr int kRounds = 4;

std::string PackYaml() {
  return absl::StrCat(
      "pack_id: caps\nversion: 1\ntitle: t\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
      "  - {rule_id: caps.person, strength: LAW, source: s, verification: CONFIRMED,\n"
      "     count: {at_most: ",
      kCapOfPerson,
      ", window: {days: 1}, contacts: {directions: [OUT]}}}\n"
      "  - {rule_id: caps.number, strength: LAW, source: s, verification: CONFIRMED,\n"
      "     count: {at_most: ",
      kCapOfNumber, ", window: {elapsed: 24h}, contacts: {same: [CONTACT_POINT]}}}\n");
}

struct Live {
  std::string vendor_id, assignment_id, person_id;
  int number = 0;
};

class CapsStressTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const storage::StorageOptions storage = testing::NewStorage(folder_.path());
    const int hubs = testing::OnPostgres() ? 3 : 1;  // a SQLite file has one
    for (int i = 0; i < hubs; ++i) {
      HubOptions options;
      options.storage = storage;
      options.storage.hub_id = absl::StrCat("hub-", i);
      options.key_file = folder_ / "hub.key";
      auto hub = Hub::Open(options, clock_, ids_, pool_, metrics_);
      ASSERT_OK(hub);
      hubs_.push_back(*std::move(hub));
      hubs_.back()->Start();
    }
    Apply();
    Import();
    Find();
  }
  void TearDown() override {
    for (auto& hub : hubs_) hub->writer().Stop();
    pool_.Stop();
    hubs_.clear();
  }

  void Apply() {
    api::OperatorApi& api = hubs_[0]->operator_api();
    v1::ApplyRulePackRequest pack;
    pack.set_yaml(PackYaml());
    ASSERT_OK(Wait<v1::ApplyRulePackResponse>(
        [&](auto done) { api.ApplyRulePack(Operator(), pack, done); }));
    for (const char* vendor : {"sakura", "fuji"}) {
      v1::ApplyContractRequest contract;
      contract.set_yaml(ContractYaml({.vendor_id = vendor}));
      ASSERT_OK(Wait<v1::ApplyContractResponse>(
          [&](auto done) { api.ApplyContract(Operator(), contract, done); }));
    }
    v1::ApplyRoutingPlanRequest plan;
    plan.set_yaml(PlanYaml("[{vendor_id: sakura, percent: 50}, {vendor_id: fuji, percent: 50}]"));
    ASSERT_OK(Wait<v1::ApplyRoutingPlanResponse>(
        [&](auto done) { api.ApplyRoutingPlan(Operator(), plan, done); }));
  }

  void Import() {
    v1::ImportAccountsRequest request;
    request.set_source("file");
    request.mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    for (int i = 0; i < kNumbers * kPersonsOfNumber; ++i) {
      v1::AccountRecord record = MakeRecord(
          i + 1, {.account_id = absl::StrCat("A-", i), .person_id = absl::StrCat("P-", i)});
      record.mutable_person()->mutable_contact_points(0)->set_phone(
          absl::StrCat("+8190123456", 10 + i % kNumbers));
      *request.add_records() = record;
    }
    const auto stream = hubs_[0]->core_api().OpenImport(Core());
    ASSERT_OK(Wait<v1::ImportAccountsResponse>(
        [&](auto done) { stream->Take(request.SerializeAsString(), done); }));
  }

  void Find() {
    const auto listed = Wait<v1::ListPlacementsResponse>(
        [&](auto done) { hubs_[0]->operator_api().ListPlacements(Operator(), {}, done); });
    ASSERT_OK(listed);
    for (const auto& placement : listed->placements()) {
      const int number = std::stoi(placement.account_id().substr(2)) % kNumbers;
      live_.push_back(
          {placement.vendor_id(), placement.assignment_id(), placement.person_id(), number});
    }
    ASSERT_EQ(live_.size(), size_t{kNumbers * kPersonsOfNumber});
  }

  // Asks for everybody, again and again, at one hub after the other. Every second contact is
  // reported, the others stay open.
  void Work(int thread) {
    for (int i = 0; i < kRounds * static_cast<int>(live_.size()); ++i) {
      const Live& live = live_[static_cast<size_t>(i * 7 + thread * 5) % live_.size()];
      Hub& hub = *hubs_[static_cast<size_t>(i + thread) % hubs_.size()];
      v1::RequestPermitRequest ask;
      ask.set_request_id(absl::StrCat("r-", thread, "-", i));
      ask.set_assignment_id(live.assignment_id);
      ask.set_contact_point_id("mobile");
      ask.set_channel(v1::CHANNEL_PHONE);
      ask.set_act(v1::ACT_REMIND);
      const auto answer = Wait<v1::RequestPermitResponse>([&](auto done) {
        hub.vendor_api().RequestPermit(VendorPeer(live.vendor_id), ask, done);
      });
      EXPECT_OK(answer);
      if (!answer.ok() || !answer->has_permit()) continue;
      Note(live);
      if (i % 2 == 0) Report(hub, live, answer->permit().permit_id());
    }
  }

  void Report(Hub& hub, const Live& live, const std::string& permit_id) {
    v1::ReportOutcomesRequest report;
    v1::Outcome& outcome = *report.add_outcomes();
    outcome = MakeOutcome("o-" + permit_id, live.assignment_id);
    outcome.set_permit_id(permit_id);
    outcome.mutable_start_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    *outcome.mutable_end_time() = outcome.start_time();
    EXPECT_OK(Wait<v1::ReportOutcomesResponse>([&](auto done) {
      hub.vendor_api().ReportOutcomes(VendorPeer(live.vendor_id), report.SerializeAsString(), done);
    }));
  }

  void Note(const Live& live) {
    MutexLock lock(mutex_);
    ++of_number_[live.number];
    ++of_person_[live.person_id];
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_;  // stands still: no permit expires
  IdMint ids_{clock_};
  telemetry::Metrics metrics_;
  ThreadPool pool_{3};
  std::vector<std::unique_ptr<Hub>> hubs_;
  std::vector<Live> live_;
  Mutex mutex_;
  std::map<int, int> of_number_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<std::string, int> of_person_ SWITCHBOARD_GUARDED_BY(mutex_);
};

TEST_F(CapsStressTest, NoCapIsExceededAndNobodyIsKeptFromIt) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([this, i] { Work(i); });
  for (std::thread& thread : threads) thread.join();
  MutexLock lock(mutex_);
  for (int number = 0; number < kNumbers; ++number) EXPECT_EQ(of_number_[number], kCapOfNumber);
  for (const auto& [person, given] : of_person_) EXPECT_LE(given, kCapOfPerson) << person;
}

}  // namespace
}  // namespace switchboard
