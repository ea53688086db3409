// However outcomes, corrections, payments and recalls come in, and however often, promises and
// plans end in the same state: that of a slow and obvious reading of all that was said and paid,
// and of what head office said of it when it could.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::HubWorld;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Part;
using testing::Payment;
using testing::PlanYaml;
using testing::Tokyo;
using testing::WordOf;
using Decided = v1::PlanDecision;

constexpr int kHistories = 80;
constexpr int kOrders = 3;
constexpr int kGraceDays = 1;
constexpr int64_t kTolerance = 10;
constexpr int64_t kDue = 300;
// Of the one vendor whose contract says which promises it may take.
constexpr char kBound[] = "fuji";
constexpr int kDaysAheadMax = 5, kCountMax = 2, kWithinDays = 2;
// Who may agree to a plan by which all is paid that is due.
constexpr char kAgent[] = "agent";

// One version of what was said in a contact; nothing was promised where there are no parts.
struct Version {
  std::vector<Part> parts;
  std::string level;  // of a plan; empty: the only part is a promise

  bool IsPlan() const { return !level.empty(); }
  bool Waits() const { return IsPlan() && (level != kAgent || testing::SumOf(parts) < kDue); }
  bool operator==(const Version&) const = default;
};
struct Contact {
  std::string name;
  bool at_second = false;  // at the vendor that has the account after the recall
  absl::Time taken;
  std::vector<Version> versions;
  // What head office says of it, once, if it waits then; and what it makes of it, due so many days
  // after the beginning.
  Decided::Verdict verdict = Decided::VERDICT_UNSPECIFIED;
  std::vector<Part> changed{};
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
// What head office said of a contact.
struct Made {
  int version = 0;
  absl::Time time;
};

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  int64_t Below(uint64_t bound) { return static_cast<int64_t>(random_() % bound); }
  // Of the five days before `begin` and the day after it.
  absl::Time Moment(absl::Time begin) {
    return begin + absl::Hours(24) - absl::Minutes(1 + Below(6 * 24 * 60));
  }
  std::vector<Part> Parts(int64_t first_day) {
    std::vector<Part> parts;
    for (int64_t i = Below(3), day = first_day; i >= 0; --i, day += 1 + Below(3))
      parts.push_back({static_cast<int>(day), 100 * (1 + Below(4))});
    return parts;
  }
  Version Said() {
    if (Below(5) == 0) return {};
    if (Below(5) < 2) return {{{static_cast<int>(Below(8)), 100 * (1 + Below(10))}}, ""};
    return {Parts(Below(3)), Below(3) > 0 ? "trainee" : kAgent};
  }

 private:
  std::mt19937_64 random_;
};

History DrawHistory(uint64_t seed, absl::Time begin) {
  Draw draw(seed);
  History history;
  for (int64_t i = draw.Below(4); i >= 0; --i) {
    Contact contact{absl::StrCat("c", i), draw.Below(2) == 0, draw.Moment(begin), {draw.Said()}};
    for (int64_t version = draw.Below(3); version > 0; --version)
      contact.versions.push_back(draw.Below(2) == 0 ? contact.versions.back() : draw.Said());
    contact.verdict = static_cast<Decided::Verdict>(draw.Below(4));
    contact.changed = draw.Parts(1);
    history.contacts.push_back(std::move(contact));
  }
  for (int64_t i = draw.Below(5); i > 0; --i) {
    Paid paid{absl::StrCat("p", i), 5 + 95 * draw.Below(8) + 1, draw.Moment(begin)};
    // In the very moment of a contact, or a moment before it.
    const auto contact = static_cast<size_t>(draw.Below(history.contacts.size()));
    if (draw.Below(3) == 0)
      paid.booked = history.contacts[contact].taken - absl::Microseconds(draw.Below(2));
    history.payments.push_back(std::move(paid));
  }
  return history;
}

// A promise as it stands in a calendar.
struct Row {
  std::string id;
  absl::Time taken;
  std::vector<std::pair<absl::Time, int64_t>> parts;  // with the end of their time
  bool is_plan = false;
  // From when on it binds, if it does, and whether head office said so.
  absl::Time binds = absl::InfiniteFuture();
  bool agreed = false;
  std::string unbound{};  // how it stands if it does not bind
};

Row RowOf(const Contact& contact, const std::string& vendor, absl::Time begin, const Made* made) {
  const Version& said = contact.versions.back();
  Row row{absl::StrCat(vendor, "/", contact.name), contact.taken, {}, said.IsPlan()};
  // What was said of another plan than this is forgotten.
  for (auto version = static_cast<size_t>(made == nullptr ? 0 : made->version);
       made != nullptr && version < contact.versions.size(); ++version) {
    if (contact.versions[version] != contact.versions[version - 1]) made = nullptr;
  }
  std::vector<Part> parts = said.parts;
  absl::CivilDay day = absl::ToCivilDay(contact.taken, Tokyo());
  if (!said.Waits()) {
    row.binds = contact.taken;
    if (!said.IsPlan() && vendor == kBound && parts.front().days > kDaysAheadMax) {
      row.binds = absl::InfiniteFuture();
      row.unbound = "NOT_BINDING";
    }
  } else if (made == nullptr) {
    row.unbound = "PENDING";
  } else if (contact.verdict == Decided::VERDICT_REFUSED) {
    row.unbound = "REFUSED";
  } else {
    row.binds = made->time;
    row.agreed = true;
    if (contact.verdict == Decided::VERDICT_CHANGED) {
      parts = contact.changed;
      day = absl::ToCivilDay(begin, Tokyo());
    }
  }
  for (const Part& part : parts)
    row.parts.push_back({absl::FromCivil(day + part.days + kGraceDays + 1, Tokyo()), part.amount});
  return row;
}

// Those that bind, in the order in which they begin to; notes those that are one too many.
std::vector<const Row*> Binding(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(a.binds, a.id) < std::pair(b.binds, b.id);
  });
  std::vector<const Row*> binding;
  for (Row& row : rows) {
    if (!row.unbound.empty()) continue;
    int count = 0;
    for (const Row* before : binding)
      count += row.binds - before->binds < absl::Hours(24 * kWithinDays);
    if (row.id.starts_with(kBound) && !row.agreed && count >= kCountMax) {
      row.unbound = "NOT_BINDING";
      continue;
    }
    binding.push_back(&row);
  }
  return binding;
}

// "OPEN [KEPT OPEN]": how it stands, and its parts if it is a plan.
std::string Spell(const Row& row, const std::string& standing,
                  const std::vector<std::string>& parts) {
  return row.is_plan ? absl::StrCat(standing, " [", absl::StrJoin(parts, " "), "]") : standing;
}

// How one stands that binds until `replaced`.
std::string StandingOf(const Row& row, absl::Time replaced, const std::vector<Paid>& payments,
                       absl::Time now) {
  std::vector<std::string> words(row.parts.size(), "OPEN");
  int64_t due = 0;
  for (size_t i = 0; i < row.parts.size(); ++i) {
    const auto& [end, amount] = row.parts[i];
    int64_t paid = 0;
    for (const Paid& payment : payments) {
      if (payment.booked >= row.taken && payment.booked < end && payment.booked < replaced)
        paid += payment.amount;
    }
    if (paid >= due + amount - kTolerance) {
      words[i] = "KEPT";
      due += amount;
      continue;
    }
    if (replaced < end) return Spell(row, "REPLACED", words);
    if (now < end) return Spell(row, "OPEN", words);
    words[i] = paid > due ? "PARTLY_KEPT" : "BROKEN";
    return Spell(row, paid > 0 ? "PARTLY_KEPT" : "BROKEN", words);
  }
  return Spell(row, "KEPT", words);
}

// "sakura/c1 KEPT" of each promise, by who reads a list of dates with a pencil.
std::vector<std::string> ByHand(const History& history, const std::map<std::string, Made>& made,
                                const std::string& first, const std::string& second,
                                absl::Time begin, absl::Time now) {
  std::vector<Row> rows;
  for (const Contact& contact : history.contacts) {
    if (contact.versions.back().parts.empty()) continue;
    const auto decided = made.find(contact.name);
    rows.push_back(RowOf(contact, contact.at_second ? second : first, begin,
                         decided == made.end() ? nullptr : &decided->second));
  }
  const std::vector<const Row*> binding = Binding(rows);
  std::vector<std::string> spelt;
  for (size_t i = 0; i < binding.size(); ++i) {
    const absl::Time replaced =
        i + 1 < binding.size() ? binding[i + 1]->binds : absl::InfiniteFuture();
    spelt.push_back(absl::StrCat(binding[i]->id, " ",
                                 StandingOf(*binding[i], replaced, history.payments, now)));
  }
  for (const Row& row : rows) {
    if (row.unbound.empty()) continue;
    const bool newer = std::any_of(binding.begin(), binding.end(),
                                   [&row](const Row* other) { return other->binds > row.taken; });
    const std::string word = row.unbound == "PENDING" && newer ? "REPLACED" : row.unbound;
    const std::vector<std::string> words(row.parts.size(), "OPEN");
    spelt.push_back(absl::StrCat(row.id, " ", Spell(row, word, words)));
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
    int version = 0;  // 0: what head office says of the contact
  };
  std::vector<Item> items;
  std::map<std::string, int> known{};  // newest versions, by contact
  std::map<std::string, Made> made{};  // what head office could decide
};

class PromisesPropertyTest : public ::testing::Test {
 protected:
  PromisesPropertyTest() : world_(Options()) {
    begin_ = absl::FromCivil(absl::CivilSecond(2026, 11, 30, 12), Tokyo());
    world_.clock.Advance(begin_ - absl::Hours(6 * 24) - world_.clock.Now());
    world_.SetUpVendors({"sakura", "fuji"});
    const std::string plans =
        absl::StrCat("plans: {authorities: [{level: ", kAgent, ", months_max: 12}]}\n");
    world_.ApplyContract({.vendor_id = "sakura", .more = plans});
    world_.ApplyContract(
        {.vendor_id = kBound,
         .more = absl::StrCat(plans, "promises: {days_ahead_max: ", kDaysAheadMax,
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
        records.push_back(
            testing::InTokyo(MakeRecord(static_cast<int64_t>(trials_.size()),
                                        {.account_id = trial.account_id,
                                         .person_id = absl::StrCat("P-", seed, "-", order),
                                         .amount_due = kDue})));
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
    for (const Contact& contact : trial.history.contacts) {
      if (contact.verdict != Decided::VERDICT_UNSPECIFIED)
        trial.items.push_back({&contact, nullptr, 0});
    }
    std::shuffle(trial.items.begin(), trial.items.end(), random);
  }

  // False if it must be told again later: its time has not come, its version does not follow yet,
  // or its assignment is not there yet.
  bool Tell(Trial& trial, const Trial::Item& item) {
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
    if (item.version == 0) return Decide(trial, *item.contact);
    const int place = item.contact->at_second ? 1 : 0;
    if (trial.assignment_id[place].empty() || item.contact->taken > world_.clock.Now())
      return false;
    const v1::Outcome outcome = OutcomeOf(trial, *item.contact, item.version);
    const std::string status =
        testing::Statuses(world_.Report(trial.vendor[place], {outcome})).front();
    EXPECT_TRUE(status == "RECORDED" || status == "REPEATED" || status == "VERSION_GAP") << status;
    if (status == "VERSION_GAP") return false;
    int& known = trial.known[item.contact->name];
    known = std::max(known, item.version);
    return true;
  }
  v1::Outcome OutcomeOf(const Trial& trial, const Contact& contact, int version) {
    const Version& said = contact.versions[static_cast<size_t>(version) - 1];
    const std::string id = absl::StrCat(trial.account_id, ".", contact.name);
    const std::string& assignment_id = trial.assignment_id[contact.at_second ? 1 : 0];
    v1::Outcome outcome =
        said.parts.empty()
            ? testing::At(MakeOutcome(id, assignment_id, CallCode::kRightParty), contact.taken)
            : testing::Planned(id, assignment_id, said.parts, contact.taken, said.level);
    if (!said.IsPlan() && outcome.has_promise()) outcome.mutable_promise()->clear_plan();
    outcome.set_version(version);
    outcome.set_note(absl::StrCat("said in version ", version));
    return outcome;
  }
  // On the version that is known; that is possible while it waits. False if none is known yet.
  bool Decide(Trial& trial, const Contact& contact) {
    const int version = trial.known[contact.name];
    if (version == 0) return false;
    v1::DecidePlanRequest request;
    request.mutable_key()->set_account_id(trial.account_id);
    request.mutable_key()->set_vendor_id(trial.vendor[contact.at_second ? 1 : 0]);
    request.mutable_key()->set_outcome_id(absl::StrCat(trial.account_id, ".", contact.name));
    request.set_outcome_version(version);
    request.set_verdict(contact.verdict);
    if (contact.verdict == Decided::VERDICT_REFUSED) request.set_reason(Decided::REASON_ACCOUNT);
    if (contact.verdict == Decided::VERDICT_CHANGED) {
      *request.mutable_amount() = testing::Yen(testing::SumOf(contact.changed));
      testing::AddParts(contact.changed, begin_, *request.mutable_plan());
    }
    bool waits = false;
    for (const auto& line : List(trial)) {
      waits |= line.vendor_id() == request.key().vendor_id() &&
               line.outcome_id() == request.key().outcome_id() &&
               line.standing() == v1::PROMISE_STANDING_PENDING;
    }
    const auto answer = world_.Await<v1::DecidePlanResponse>(
        [&](auto done) { world_.hub().operator_api().DecidePlan(Operator(), request, done); });
    if (answer.ok()) {
      EXPECT_TRUE(waits);
      trial.made[contact.name] = {version, world_.clock.Now()};
    } else if (waits) {  // its first day is over
      EXPECT_EQ(ErrorReason(answer.status()), "FIELD_INVALID") << answer.status();
    } else {
      EXPECT_THAT(ErrorReason(answer.status()),
                  ::testing::AnyOf("PLAN_NOT_PENDING", "PLAN_UNKNOWN"));
    }
    return true;
  }
  // Those that are left over.
  std::vector<Trial::Item> TellAll(Trial& trial, const std::vector<Trial::Item>& items) {
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
  std::vector<v1::ListPromisesResponse::Line> List(const Trial& trial) {
    v1::ListPromisesRequest request;
    request.set_account_id(trial.account_id);
    const auto list = world_.Await<v1::ListPromisesResponse>(
        [&](auto done) { world_.hub().operator_api().ListPromises(Operator(), request, done); });
    EXPECT_OK(list);
    if (!list.ok()) return {};
    return {list->promises().begin(), list->promises().end()};
  }
  // "sakura/A-1.c1" and the parts of each plan, as the core was told last.
  void ReadParts() {
    while (true) {
      const auto read = world_.ReadCoreFeed(after_);
      ASSERT_OK(read);
      if (read->items().empty()) return;
      for (const v1::CoreItem& item : read->items()) {
        after_ = item.sequence();
        const v1::PromiseChange& change = item.promise();
        std::vector<std::string> words;
        for (const v1::InstalmentStanding& one : change.instalments())
          words.push_back(WordOf(one.standing()));
        if (item.has_promise())
          parts_[absl::StrCat(change.vendor_id(), "/", change.outcome_id())] = std::move(words);
      }
    }
  }
  std::vector<std::string> Stand(const Trial& trial) {
    std::vector<std::string> spelt;
    for (const auto& line : List(trial)) {
      spelt.push_back(absl::StrCat(line.vendor_id(), "/",
                                   line.outcome_id().substr(trial.account_id.size() + 1), " ",
                                   WordOf(line.standing())));
      const auto& parts = parts_[absl::StrCat(line.vendor_id(), "/", line.outcome_id())];
      if (!parts.empty()) absl::StrAppend(&spelt.back(), " [", absl::StrJoin(parts, " "), "]");
    }
    std::sort(spelt.begin(), spelt.end());
    return spelt;
  }
  int64_t Waiting() {
    int64_t waiting = 0;
    v1::ListProposedPlansRequest request;
    while (true) {
      const auto page = world_.Await<v1::ListProposedPlansResponse>([&](auto done) {
        world_.hub().operator_api().ListProposedPlans(Operator(), request, done);
      });
      EXPECT_OK(page);
      if (!page.ok() || page->plans().empty()) return waiting;
      waiting += page->plans_size();
      *request.mutable_after() = page->plans(page->plans_size() - 1).key();
    }
  }
  // All of them are as somebody with a pencil says; how often each standing is met.
  void Compare(std::map<std::string, int>& met) {
    Tick();
    ReadParts();
    for (const Trial& trial : trials_) {
      const auto expected = ByHand(trial.history, trial.made, trial.vendor[0], trial.vendor[1],
                                   begin_, world_.clock.Now());
      ASSERT_EQ(Stand(trial), expected) << trial.account_id;
      for (const std::string& line : expected) {
        const std::string words = line.substr(line.find(' ') + 1);
        ++met[words.substr(0, words.find(' '))];
        if (words.find('[') != std::string::npos) ++met["a plan"];
      }
    }
    EXPECT_EQ(Waiting(), met["PENDING"]);
  }

  HubWorld world_;
  absl::Time begin_;
  std::vector<Trial> trials_;
  int64_t after_ = 0;                                      // read of the core feed
  std::map<std::string, std::vector<std::string>> parts_;  // by vendor and outcome
};

TEST_F(PromisesPropertyTest, AnyOrderOfArrivalEndsInTheStateOfTheCalendar) {
  trials_.reserve(kHistories * kOrders);
  MakeTrials();
  world_.Advance(begin_ - world_.clock.Now());
  // About half of what the first vendor says comes before the recall. What is paid comes after it:
  // it ends the work, which would not be placed again.
  std::vector<std::vector<Trial::Item>> left;
  for (Trial& trial : trials_) {
    world_.clock.Advance(absl::Minutes(1));
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
  std::map<std::string, int> met, later, decided;
  Compare(met);
  for (const char* word : {"OPEN", "KEPT", "PARTLY_KEPT", "BROKEN", "REPLACED", "NOT_BINDING",
                           "PENDING", "REFUSED", "a plan"})
    EXPECT_GT(met[word], 10) << word;
  for (const Trial& trial : trials_) {
    for (const Contact& contact : trial.history.contacts)
      if (trial.made.contains(contact.name)) ++decided[Decided::Verdict_Name(contact.verdict)];
  }
  for (const char* verdict : {"VERDICT_APPROVED", "VERDICT_CHANGED", "VERDICT_REFUSED"})
    EXPECT_GT(decided[verdict], 10) << verdict;
  // Time alone ends more of them.
  world_.Advance(absl::Hours(24 * 4));
  Compare(later);
  EXPECT_LT(later["OPEN"], met["OPEN"]);
}

}  // namespace
}  // namespace switchboard
