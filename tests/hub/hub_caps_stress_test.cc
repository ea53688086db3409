// Caps under many hands: threads of several vendors ask several hubs of one database at once.
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/mutex.h"
#include "hub/rules/pack_check.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"
#include "tests/hub/wait.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/known_person.h"
#include "tests/put_in_force.h"

namespace switchboard {
namespace {

using adapters::CallCode;
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

std::string PackYaml(const std::string& of_person, const std::string& of_number) {
  return absl::StrCat(
      "pack_id: caps\nversion: 1\ntitle: t\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
      "  - {rule_id: caps.person, strength: LAW, source: s, verification: CONFIRMED,\n"
      "     count: {",
      of_person,
      "}}\n"
      "  - {rule_id: caps.number, strength: LAW, source: s, verification: CONFIRMED,\n"
      "     count: {",
      of_number, "}}\n");
}

// Each reading is a moment later than the one before: so what rests on another commit is dated
// after it, whichever hub and lane either is of.
class TickingClock final : public Clock {
 public:
  absl::Time Now() override { return absl::FromUnixMicros(++micros_); }
  void Advance(absl::Duration by) { micros_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> micros_{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z
};

struct Live {
  std::string vendor_id, assignment_id, person_id, account_id;
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
      options.wrapping.key_file = folder_ / "hub.key";
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

  virtual std::string Pack() const {
    return PackYaml(absl::StrCat("at_most: ", kCapOfPerson,
                                 ", window: {days: 1}, contacts: {directions: [OUT]}"),
                    absl::StrCat("at_most: ", kCapOfNumber,
                                 ", window: {elapsed: 24h}, contacts: {same: [CONTACT_POINT]}"));
  }

  void Apply() {
    PutInForce(v1::TEXT_KIND_RULE_PACK, Pack());
    for (const char* vendor : {"sakura", "fuji"}) {
      PutInForce(v1::TEXT_KIND_CONTRACT,
                 ContractYaml(
                     {.vendor_id = vendor,
                      .permit_terms = ", unused_per_hour: 100000, unused_per_account_day: 1000"}));
    }
    PutInForce(v1::TEXT_KIND_ROUTING_PLAN,
               PlanYaml("[{vendor_id: sakura, percent: 50}, {vendor_id: fuji, percent: 50}]"));
  }
  void PutInForce(v1::TextKind kind, const std::string& yaml) {
    ASSERT_OK(Wait<v1::ReleaseTextResponse>([&](auto done) {
      testing::PutInForce(*hubs_[0], kind, yaml, "text.yaml", std::move(done));
    }));
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
      people_.push_back(record.person());
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
      live_.push_back({placement.vendor_id(), placement.assignment_id(), placement.person_id(),
                       placement.account_id(), number});
    }
    ASSERT_EQ(live_.size(), size_t{kNumbers * kPersonsOfNumber});
  }

  // Asks for everybody, again and again, at one hub after the other. Every second contact is
  // reported, the others stay open.
  void Work(int thread) {
    for (int i = 0; i < kRounds * static_cast<int>(live_.size()); ++i) {
      const Live& live = live_[static_cast<size_t>(i * 7 + thread * 5) % live_.size()];
      Hub& hub = *hubs_[static_cast<size_t>(i + thread) % hubs_.size()];
      const auto answer =
          Ask(hub, live, AskFor(live, absl::StrCat("r-", thread, "-", i), v1::CHANNEL_PHONE));
      if (!answer.ok() || !answer->has_permit()) continue;
      Note(live);
      if (i % 2 == 0) Report(hub, live, OutcomeOf(live, answer->permit().permit_id(), "o"));
    }
  }

  static v1::RequestPermitRequest AskFor(const Live& live, const std::string& request_id,
                                         v1::Channel channel) {
    v1::RequestPermitRequest ask;
    ask.set_request_id(request_id);
    ask.set_assignment_id(live.assignment_id);
    ask.set_contact_point_id(channel == v1::CHANNEL_EMAIL ? "email" : "mobile");
    ask.set_channel(channel);
    ask.set_act(v1::ACT_REMIND);
    return ask;
  }
  absl::StatusOr<v1::RequestPermitResponse> Ask(Hub& hub, const Live& live,
                                                const v1::RequestPermitRequest& ask) {
    auto answer = Wait<v1::RequestPermitResponse>(
        [&](auto done) { hub.vendor_api().RequestPermit(VendorPeer(live.vendor_id), ask, done); });
    EXPECT_OK(answer);
    return answer;
  }

  // Made now.
  v1::Outcome OutcomeOf(const Live& live, const std::string& permit_id, const std::string& kind) {
    v1::Outcome outcome = MakeOutcome(absl::StrCat(kind, "-", permit_id), live.assignment_id);
    outcome.set_permit_id(permit_id);
    *outcome.mutable_start_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(clock_.Now()));
    *outcome.mutable_end_time() = outcome.start_time();
    return outcome;
  }
  void Report(Hub& hub, const Live& live, const v1::Outcome& outcome) {
    v1::ReportOutcomesRequest report;
    *report.add_outcomes() = outcome;
    const auto answer = Wait<v1::ReportOutcomesResponse>([&](auto done) {
      hub.vendor_api().ReportOutcomes(VendorPeer(live.vendor_id), report.SerializeAsString(), done);
    });
    ASSERT_OK(answer);
    EXPECT_EQ(answer->receipts(0).status(), v1::ReportOutcomesResponse::STATUS_RECORDED)
        << answer->receipts(0).ShortDebugString();
  }

  void Note(const Live& live) {
    MutexLock lock(mutex_);
    ++of_number_[live.number];
    ++of_person_[live.person_id];
  }

  testing::TemporaryFolder folder_;
  TickingClock clock_;  // by itself so slow that no permit expires
  IdMint ids_{clock_};
  telemetry::Metrics metrics_;
  ThreadPool pool_{3};
  std::vector<std::unique_ptr<Hub>> hubs_;
  std::vector<v1::Person> people_;
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

// Permits, plans, stops, corrections, late outcomes and contacts that nothing was reserved for, all
// at once, and then the validators over what the hubs have written down. Contacts by phone are
// reported while their permits live: those of others at a number wait for nobody's number, so that
// the log does not tell whether who came late came before a permit or behind it. By e-mail, which
// no number counts, they come as late as they like.
class CapsRaceTest : public CapsStressTest {
 protected:
  static constexpr int kActs = 40;  // of each thread in each round

  std::string Pack() const override {
    return PackYaml(
        "at_most: 4, window: {days: 1}, contacts: {directions: [OUT], results: [NOT_CONNECTED, "
        "RANG_OUT, MACHINE, DELIVERED, OTHER_PERSON, CONVERSATION]}",
        "at_most: 12, window: {elapsed: 24h}, contacts: {channels: [PHONE], directions: [OUT], "
        "same: [CONTACT_POINT]}");
  }

  int64_t Moment() { return ++moments_; }
  Hub& HubOf(int i) { return *hubs_[static_cast<size_t>(i) % hubs_.size()]; }

  // What vendors do.
  void Race(int thread, int round) {
    std::vector<std::pair<Live, v1::Outcome>> reported;
    for (int i = 0; i < kActs; ++i) {
      const Live& live = live_[static_cast<size_t>(i * 7 + thread * 5 + round) % live_.size()];
      Hub& hub = HubOf(i + thread);
      const std::string id = absl::StrCat("r-", round, "-", thread, "-", i);
      switch ((i + thread) % 8) {
        case 0:
          Plan(hub, live, id);
          break;
        case 1:
          CallIn(hub, live, id);
          break;
        case 2:
          if (!reported.empty()) Correct(hub, reported.back());
          break;
        case 3:
        case 4:
          Contact(hub, live, id, v1::CHANNEL_EMAIL, reported);
          break;
        default:
          Contact(hub, live, id, v1::CHANNEL_PHONE, reported);
      }
    }
  }

  void Take(const Live& live, const v1::RequestPermitRequest& ask, const v1::Permit& permit,
            int64_t asked_at) {
    MutexLock lock(mutex_);
    permits_.push_back({live.vendor_id, permit.permit_id(), live.assignment_id,
                        ask.contact_point_id(), asked_at, Moment(), "", ask.channel(),
                        absl::ToUnixMicros(clock_.Now())});
  }

  void Contact(Hub& hub, const Live& live, const std::string& id, v1::Channel channel,
               std::vector<std::pair<Live, v1::Outcome>>& reported) {
    const int64_t asked_at = Moment();
    const v1::RequestPermitRequest ask = AskFor(live, id, channel);
    const auto answer = Ask(hub, live, ask);
    if (!answer.ok() || !answer->has_permit()) return;
    Take(live, ask, answer->permit(), asked_at);
    v1::Outcome outcome = OutcomeOf(live, answer->permit().permit_id(), "o");
    if (channel == v1::CHANNEL_EMAIL) {
      *outcome.mutable_result() = ResultOf(CallCode::kDelivered);
      MutexLock lock(mutex_);
      late_.emplace_back(live, std::move(outcome));
      return;
    }
    Report(hub, live, outcome);
    reported.emplace_back(live, std::move(outcome));
  }

  // Two attempts, of which one is made.
  void Plan(Hub& hub, const Live& live, const std::string& id) {
    const int64_t asked_at = Moment();
    v1::PlanContactsRequest plan;
    *plan.mutable_contact() = AskFor(live, id, v1::CHANNEL_PHONE);
    plan.set_attempts(2);
    const auto answer = Wait<v1::PlanContactsResponse>(
        [&](auto done) { hub.vendor_api().PlanContacts(VendorPeer(live.vendor_id), plan, done); });
    ASSERT_OK(answer);
    if (!answer->has_plan()) return;
    Take(live, plan.contact(), answer->plan().permit(), asked_at);
    Report(hub, live, OutcomeOf(live, answer->plan().permit().permit_id(), "p"));
  }

  // The person calls, and nobody says from where.
  void CallIn(Hub& hub, const Live& live, const std::string& id) {
    v1::Outcome outcome = OutcomeOf(live, "", "in-" + id);
    *outcome.mutable_result() = ResultOf(CallCode::kRightParty);
    outcome.set_direction(v1::DIRECTION_IN);
    Report(hub, live, outcome);
  }

  // There was no contact, or there was one after all.
  void Correct(Hub& hub, std::pair<Live, v1::Outcome>& reported) {
    v1::Outcome& outcome = reported.second;
    outcome.set_version(outcome.version() + 1);
    *outcome.mutable_result() =
        ResultOf(outcome.version() % 2 == 0 ? CallCode::kNoContact : CallCode::kNoAnswer);
    Report(hub, reported.first, outcome);
  }

  void ReportLate(std::vector<std::pair<Live, v1::Outcome>> late) {
    for (size_t i = 0; i < late.size(); ++i)
      Report(HubOf(static_cast<int>(i)), late[i].first, late[i].second);
  }

  // What the core does: contacts of its own, and stops that hold the work until they are lifted.
  void Stop(int round) {
    for (int i = 0; i < kActs; ++i) {
      const Live& live = live_[static_cast<size_t>(i * 11 + round) % live_.size()];
      const std::string id = absl::StrCat("ev-", round, "-", i);
      v1::CoreEvent made;
      made.set_event_id("made-" + id);
      made.mutable_made_contact()->set_account_id(live.account_id);
      made.mutable_made_contact()->set_channel(v1::CHANNEL_EMAIL);
      made.mutable_made_contact()->set_result(v1::CONTACT_RESULT_DELIVERED);
      *made.mutable_made_contact()->mutable_begin_time() =
          google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
              absl::ToUnixMicros(clock_.Now()));
      v1::CoreEvent stop;
      stop.set_event_id(id);
      stop.mutable_place_stop()->set_reason(v1::STOP_REASON_COMPLAINT);
      if (i % 2 == 0) stop.mutable_place_stop()->set_person_id(live.person_id);
      if (i % 2 == 1) stop.mutable_place_stop()->set_account_id(live.account_id);
      Post(HubOf(i + 1), stop);
      invariants::AcknowledgedStop acknowledged;
      acknowledged.event_id = id;
      acknowledged.person_id = stop.place_stop().person_id();
      acknowledged.account_id = stop.place_stop().account_id();
      acknowledged.acknowledged_at = Moment();
      if (i % 4 == 0) ledger_.issuers_contacts.push_back({made, Post(HubOf(i), made)});
      v1::CoreEvent lift = testing::Lift("lift-" + id, id);
      acknowledged.lift_sent_at = Moment();
      Post(HubOf(i + 2), lift);
      ledger_.stops.push_back(acknowledged);
    }
  }

  v1::PostEventsResponse::Status Post(Hub& hub, const v1::CoreEvent& event) {
    v1::PostEventsRequest request;
    *request.add_events() = event;
    const auto answer = Wait<v1::PostEventsResponse>(
        [&](auto done) { hub.core_api().PostEvents(Core(), request.SerializeAsString(), done); });
    EXPECT_OK(answer);
    return answer.ok() ? answer->receipts(0).status() : v1::PostEventsResponse::STATUS_UNSPECIFIED;
  }

  // Everything that the validators ask about, once all is quiet.
  void Gather() {
    MutexLock lock(mutex_);
    ledger_.permits = permits_;
    ASSERT_OK_AND_ASSIGN(ledger_.rule_packs.emplace_back(), rules::ParseRulePack(Pack(), "caps"));
    ledger_.number_countries = {"JP"};
    ledger_.acts = {v1::ACT_REMIND};
    ledger_.channels = {v1::CHANNEL_PHONE, v1::CHANNEL_EMAIL};
    for (const v1::Person& person : people_) {
      ledger_.countries[person.person_id()] = "JP";
      invariants::Learn(person, ledger_.persons[person.person_id()]);
      invariants::LearnPlace(person.address(), ledger_.rule_packs,
                             ledger_.persons[person.person_id()]);
    }
    const auto listed = Wait<v1::ListPlacementsResponse>(
        [&](auto done) { hubs_[0]->operator_api().ListPlacements(Operator(), {}, done); });
    ASSERT_OK(listed);
    for (const auto& placement : listed->placements()) ledger_.placements.push_back(placement);
    ReadFeed();
    ReadChains();
  }
  void ReadFeed() {
    v1::ReadCoreFeedRequest request;
    request.set_max_items(1'000);
    for (int64_t newest = 1; request.after() < newest;) {
      const auto read = Wait<v1::ReadCoreFeedResponse>(
          [&](auto done) { hubs_[0]->core_api().ReadCoreFeed(Core(), request, done); });
      ASSERT_OK(read);
      for (const auto& item : read->items()) ledger_.items_read.push_back(item);
      newest = read->newest();
      if (read->items().empty()) break;
      request.set_after(read->items(read->items_size() - 1).sequence());
    }
  }
  void ReadChains() {
    const auto read = [&](const v1::ReadAuditRequest& request) {
      return Wait<v1::ReadAuditResponse>(
          [&](auto done) { hubs_[0]->operator_api().ReadAudit(Operator(), request, done); });
    };
    const auto first = read({});
    ASSERT_OK(first);
    for (const std::string& chain : first->chain_ids()) {
      v1::ReadAuditRequest request;
      request.set_chain_id(chain);
      for (auto page = read(request); page.ok() && page->entries_size() > 0; page = read(request)) {
        for (const auto& entry : page->entries()) ledger_.audit.push_back(entry);
        request.set_after(page->entries(page->entries_size() - 1).sequence());
      }
    }
  }

  int64_t Logged(v1::AuditEvent::Kind kind) const {
    int64_t count = 0;
    for (const v1::AuditEntry& entry : ledger_.audit) {
      for (const std::string& bytes : entry.events()) {
        v1::AuditEvent event;
        count += event.ParseFromString(bytes) && event.kind() == kind ? 1 : 0;
      }
    }
    return count;
  }

  std::atomic<int64_t> moments_ = 0;
  invariants::Ledger ledger_;  // of the core's thread, and then of the test's
  std::vector<invariants::ReceivedPermit> permits_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<std::pair<Live, v1::Outcome>> late_ SWITCHBOARD_GUARDED_BY(mutex_);
};

TEST_F(CapsRaceTest, I5AndI6HoldWhileAllComesAtOnce) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::pair<Live, v1::Outcome>> late;
    {
      MutexLock lock(mutex_);
      late.swap(late_);
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([this, i, round] { Race(i, round); });
    threads.emplace_back([this, round] { Stop(round); });
    threads.emplace_back([this, &late] { ReportLate(std::move(late)); });
    for (std::thread& thread : threads) thread.join();
    clock_.Advance(absl::Minutes(3));  // what is open by now expires, but plans
  }
  Gather();
  EXPECT_THAT(invariants::Stopped(ledger_), ::testing::IsEmpty());
  EXPECT_THAT(invariants::Capped(ledger_), ::testing::IsEmpty());
  invariants::Violations counted = invariants::Counted(ledger_);
  // A permit that is used while a number is looked at may be seen as both, which is no reason to
  // accuse a refusal.
  std::erase_if(counted, [](const std::string& one) {
    return absl::StrContains(one, "was refused by caps.number");
  });
  EXPECT_THAT(counted, ::testing::IsEmpty());
  // Where nothing happens nothing is violated.
  EXPECT_GT(Logged(v1::AuditEvent::KIND_PERMIT_GIVEN), kNumbers * kPersonsOfNumber);
  EXPECT_GT(Logged(v1::AuditEvent::KIND_PERMIT_REFUSED), 10);
  EXPECT_GT(Logged(v1::AuditEvent::KIND_PERMIT_VOIDED), 0);
}

}  // namespace
}  // namespace switchboard
