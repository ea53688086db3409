// However outcomes, corrections, payments and recalls come in, and however often, promises end in
// the same state: that of a slow and obvious reading of all that was said and paid.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"
#include "tests/hub/promise_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::HubWorld;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::PlanYaml;
using testing::Promised;
using testing::Tokyo;

constexpr int kHistories = 60;
constexpr int kOrders = 3;
constexpr int kGraceDays = 1;
constexpr int64_t kTolerance = 10;
// Of the one vendor whose contract says which promises it may take.
constexpr char kBound[] = "fuji";
constexpr int kDaysAheadMax = 5, kCountMax = 2, kWithinDays = 2;

// One version of what was said in a contact; without a promise where `amount` is 0.
struct Version {
  int64_t amount = 0;
  int due_days = 0;
};
struct Contact {
  std::string name;
  bool at_second = false;  // at the vendor that has the account after the recall
  absl::Time taken;
  std::vector<Version> versions;
};
struct Paid {
  std::string name;
  int64_t amount = 0;
  absl::Time booked;
};
struct History {
  std::vector<Contact> contacts;
  std::vector<Paid> payments;
};

History DrawHistory(uint64_t seed, absl::Time begin) {
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
  const auto moment = [&] { return begin - absl::Minutes(1 + below(5 * 24 * 60)); };
  History history;
  for (int64_t i = below(5); i >= 0; --i) {
    Contact contact{absl::StrCat("c", i), below(2) == 0, moment(), {}};
    for (int64_t version = below(3); version >= 0; --version) {
      const bool promised = below(4) > 0;
      contact.versions.push_back(
          {promised ? 100 * (1 + below(10)) : 0, promised ? static_cast<int>(below(8)) : 0});
    }
    history.contacts.push_back(std::move(contact));
  }
  for (int64_t i = below(5); i > 0; --i)
    history.payments.push_back({absl::StrCat("p", i), 5 + 95 * below(8) + 1, moment()});
  return history;
}

// "sakura/c1 KEPT" of each promise, by who reads a list of dates with a pencil.
std::vector<std::string> ByHand(const History& history, const std::string& first,
                                const std::string& second, absl::Time now) {
  struct Row {
    std::string id;
    absl::Time taken, end;
    int64_t amount = 0;
    bool binds = true;
  };
  std::vector<Row> rows;
  for (const Contact& contact : history.contacts) {
    const Version& newest = contact.versions.back();
    if (newest.amount == 0) continue;
    const absl::CivilDay due = absl::ToCivilDay(contact.taken, Tokyo()) + newest.due_days;
    const std::string& vendor = contact.at_second ? second : first;
    rows.push_back({absl::StrCat(vendor, "/", contact.name), contact.taken,
                    absl::FromCivil(due + kGraceDays + 1, Tokyo()), newest.amount,
                    vendor != kBound || newest.due_days <= kDaysAheadMax});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(a.taken, a.id) < std::pair(b.taken, b.id);
  });
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].id.starts_with(kBound)) continue;
    int count = 0;
    for (size_t j = 0; j < i; ++j)
      count += rows[j].binds && rows[i].taken - rows[j].taken < absl::Hours(24 * kWithinDays);
    if (count >= kCountMax) rows[i].binds = false;
  }
  std::vector<std::string> spelt;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    absl::Time replaced = absl::InfiniteFuture();
    for (size_t j = rows.size(); j-- > i + 1;)
      if (rows[j].binds) replaced = rows[j].taken;
    int64_t paid = 0;
    for (const Paid& payment : history.payments) {
      if (payment.booked >= row.taken && payment.booked < row.end && payment.booked < replaced)
        paid += payment.amount;
    }
    const char* word = !row.binds                        ? "NOT_BINDING"
                       : paid >= row.amount - kTolerance ? "KEPT"
                       : replaced < row.end              ? "REPLACED"
                       : now < row.end                   ? "OPEN"
                       : paid > 0                        ? "PARTLY_KEPT"
                                                         : "BROKEN";
    spelt.push_back(absl::StrCat(row.id, " ", word));
  }
  std::sort(spelt.begin(), spelt.end());
  return spelt;
}

HubOptions Options() {
  HubOptions options = HubWorld::Options();
  options.promises.set_grace_days(kGraceDays);
  auto& tolerance = *options.promises.add_tolerances();
  tolerance.set_currency_code("JPY");
  tolerance.set_minor_units(kTolerance);
  return options;
}

// An account of its own for each history and order.
struct Trial {
  History history;
  std::string account_id;
  std::string vendor[2], assignment_id[2];  // before the recall, and after
  // What is told of it, in an order of its own: places in what it says and in what was paid.
  struct Item {
    const Contact* contact = nullptr;  // or
    const Paid* paid = nullptr;
    int version = 0;
  };
  std::vector<Item> items;
};

class PromisesPropertyTest : public ::testing::Test {
 protected:
  PromisesPropertyTest() : world_(Options()) {
    begin_ = absl::FromCivil(absl::CivilSecond(2026, 11, 30, 12), Tokyo());
    world_.clock.Advance(begin_ - absl::Hours(6 * 24) - world_.clock.Now());
    world_.SetUpVendors({"sakura", "fuji"});
    world_.ApplyContract(
        {.vendor_id = kBound,
         .more = absl::StrCat("promises: {days_ahead_max: ", kDaysAheadMax,
                              ", count_max: ", kCountMax, ", within_days: ", kWithinDays, "}\n")});
    world_.ApplyPlan(
        PlanYaml("[{vendor_id: sakura, percent: 50}, {vendor_id: fuji, percent: 50}]", "both"));
  }

  void MakeTrials() {
    std::vector<v1::AccountRecord> records;
    for (uint64_t seed = 1; seed <= kHistories; ++seed) {
      for (uint64_t order = 0; order < kOrders; ++order) {
        Trial& trial = trials_.emplace_back();
        trial.account_id = absl::StrCat("A-", seed, "-", order);
        trial.history = DrawHistory(seed, begin_);
        records.push_back(testing::InTokyo(MakeRecord(
            static_cast<int64_t>(trials_.size()),
            {.account_id = trial.account_id, .person_id = absl::StrCat("P-", seed, "-", order)})));
      }
    }
    for (size_t next = 0; next < records.size(); next += 100) {
      ASSERT_OK(world_.Import(
          {records.begin() + static_cast<long>(next),
           records.begin() + static_cast<long>(std::min(next + 100, records.size()))}));
    }
    for (Trial& trial : trials_) Note(trial, 0);
    uint64_t number = 0;
    for (Trial& trial : trials_) Shuffle(trial, ++number);
  }
  void Note(Trial& trial, int place) {
    const auto live = world_.Live(trial.account_id);
    trial.vendor[place] = live.vendor_id();
    trial.assignment_id[place] = live.assignment_id();
    ASSERT_FALSE(live.assignment_id().empty());
  }
  // Each thing once, and some of them twice.
  static void Shuffle(Trial& trial, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (const Contact& contact : trial.history.contacts) {
      for (size_t version = 0; version < contact.versions.size(); ++version)
        trial.items.push_back({&contact, nullptr, static_cast<int>(version) + 1});
    }
    for (const Paid& paid : trial.history.payments) trial.items.push_back({nullptr, &paid, 0});
    const size_t once = trial.items.size();
    for (size_t i = 0; i < once; ++i)
      if (random() % 4 == 0) trial.items.push_back(trial.items[i]);
    std::shuffle(trial.items.begin(), trial.items.end(), random);
  }

  // False if it must be told again later: its version does not follow yet, or its assignment is not
  // there yet.
  bool Tell(const Trial& trial, const Trial::Item& item) {
    if (item.paid != nullptr) {
      v1::CoreEvent event =
          Payment(absl::StrCat(trial.account_id, ".", item.paid->name), trial.account_id);
      event.mutable_payment()->mutable_amount()->set_minor_units(item.paid->amount);
      *event.mutable_payment()->mutable_pay_time() =
          google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
              absl::ToUnixMicros(item.paid->booked));
      EXPECT_OK(world_.Post({event}));
      return true;
    }
    const int place = item.contact->at_second ? 1 : 0;
    if (trial.assignment_id[place].empty()) return false;
    const Version& said = item.contact->versions[static_cast<size_t>(item.version) - 1];
    const std::string id = absl::StrCat(trial.account_id, ".", item.contact->name);
    v1::Outcome outcome =
        said.amount > 0
            ? Promised(id, trial.assignment_id[place], said.amount, said.due_days,
                       item.contact->taken)
            : testing::At(MakeOutcome(id, trial.assignment_id[place], CallCode::kRightParty),
                          item.contact->taken);
    outcome.set_version(item.version);
    const std::string status =
        testing::Statuses(world_.Report(trial.vendor[place], {outcome})).front();
    EXPECT_TRUE(status == "RECORDED" || status == "REPEATED" || status == "VERSION_GAP") << status;
    return status != "VERSION_GAP";
  }
  // Those that are left over.
  std::vector<Trial::Item> TellAll(const Trial& trial, const std::vector<Trial::Item>& items) {
    std::vector<Trial::Item> left;
    for (const Trial::Item& item : items)
      if (!Tell(trial, item)) left.push_back(item);
    return left;
  }

  void Recall() {
    v1::RecallAssignmentsRequest request;
    request.set_reason(v1::RECALL_REASON_MOVED);
    request.set_place_again(true);
    for (const Trial& trial : trials_) request.add_assignment_ids(trial.assignment_id[0]);
    ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    }));
    world_.Advance(absl::Hours(25));
    Tick();
  }
  void Tick() {
    for (int second = 0; second < 10; ++second) {
      world_.Advance(absl::Seconds(1));
      world_.hub().Tick();
      world_.Settle();
    }
  }
  std::vector<std::string> Stand(const Trial& trial) {
    v1::ListPromisesRequest request;
    request.set_account_id(trial.account_id);
    const auto list = world_.Await<v1::ListPromisesResponse>(
        [&](auto done) { world_.hub().operator_api().ListPromises(Operator(), request, done); });
    EXPECT_OK(list);
    std::vector<std::string> spelt;
    if (!list.ok()) return spelt;
    for (const auto& line : list->promises()) {
      spelt.push_back(absl::StrCat(
          line.vendor_id(), "/", line.outcome_id().substr(trial.account_id.size() + 1), " ",
          v1::PromiseStanding_Name(line.standing()).substr(sizeof("PROMISE_STANDING_") - 1)));
    }
    std::sort(spelt.begin(), spelt.end());
    return spelt;
  }

  HubWorld world_;
  absl::Time begin_;
  std::vector<Trial> trials_;
};

TEST_F(PromisesPropertyTest, AnyOrderOfArrivalEndsInTheStateOfTheCalendar) {
  trials_.reserve(kHistories * kOrders);
  MakeTrials();
  world_.Advance(begin_ - world_.clock.Now());
  // About half of what the first vendor says comes before the recall. What is paid comes after it:
  // it ends the work, which would not be placed again.
  std::vector<std::vector<Trial::Item>> left;
  for (Trial& trial : trials_) {
    const auto early = std::stable_partition(
        trial.items.begin(), trial.items.begin() + std::ssize(trial.items) / 2,
        [](const auto& item) { return item.contact != nullptr && !item.contact->at_second; });
    left.push_back(TellAll(trial, {trial.items.begin(), early}));
    left.back().insert(left.back().end(), early, trial.items.end());
  }
  Recall();
  for (size_t i = 0; i < trials_.size(); ++i) {
    Note(trials_[i], 1);
    for (int round = 0; round < 10 && !left[i].empty(); ++round)
      left[i] = TellAll(trials_[i], left[i]);
    ASSERT_TRUE(left[i].empty());
  }
  Tick();
  std::map<std::string, int> met;
  for (const Trial& trial : trials_) {
    const auto expected =
        ByHand(trial.history, trial.vendor[0], trial.vendor[1], world_.clock.Now());
    ASSERT_EQ(Stand(trial), expected) << trial.account_id;
    for (const std::string& line : expected) ++met[line.substr(line.find(' ') + 1)];
  }
  for (const char* word : {"OPEN", "KEPT", "PARTLY_KEPT", "BROKEN", "REPLACED", "NOT_BINDING"})
    EXPECT_GT(met[word], 10) << word;
}

}  // namespace
}  // namespace switchboard
