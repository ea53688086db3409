// However outcomes, corrections and what the core says come in, in whatever batches and however
// often, and if the hub begins anew in between: stops, the ledger, permits, work and promises end
// as a slow and obvious reading of all of it says.
//
// Kept out, because what came first decides about it: who of two contacts has a permit that both
// name in the end; what a core had confirmed when a correction came, which it is asked to lift then
// (nobody reads the core feed here); a permit whose time ends while it is told of (the clock stands
// still); an open permit that is given back and a stop that is lifted (consequences_draw.h); and
// that a promise voids the permits to remind of it (these are for calls back).
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "tests/engine.h"
#include "tests/hub/consequences_by_hand.h"
#include "tests/hub/consequences_draw.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::ConsequenceHistory;
using testing::CoreStop;
using testing::HubWorld;
using testing::SaidVersion;
using testing::ToldContact;

constexpr int kOrders = 3;
// A restart or a batch is a matter of milliseconds on PostgreSQL.
uint64_t Histories() { return testing::OnPostgres() ? 20 : 70; }

HubOptions Options() {
  HubOptions options = HubWorld::Options();
  options.promises.set_grace_days(testing::kGraceDays);
  auto& tolerance = *options.promises.add_tolerances();
  tolerance.set_currency_code("JPY");
  tolerance.set_minor_units(testing::kTolerance);
  return options;
}

// A person of its own for each history and order.
struct Trial {
  uint64_t seed = 0;
  const ConsequenceHistory* history = nullptr;
  std::string key{};  // with which all its ids begin
  std::string assignment_ids[2]{};
  std::string permit_ids[testing::kPermits]{};
  std::map<std::string, int> known{};  // newest versions recorded, by contact
  std::set<std::string> arrived{};     // the core's events
  std::string told{};                  // in the order of its arrival
};
// What is told: a version of a contact, or an event of the core's.
struct Item {
  Trial* trial = nullptr;
  const ToldContact* contact = nullptr;
  int version = 0;
  v1::CoreEvent event{};
  // Of a lift: what it needs to find, an event or a version of a contact.
  std::string lifted_event{};
  const ToldContact* lifted_of = nullptr;
  int lifted_version = 0;
};

// "T12-0-", wherever it stands.
std::string KeyIn(std::string_view text) {
  const size_t begin = text.find('T');
  const size_t end = text.find('-', text.find('-', begin) + 1);
  return std::string(text.substr(begin, end + 1 - begin));
}
std::string Without(const std::string& key, std::string_view text) {
  return absl::StrReplaceAll(absl::string_view(text.data(), text.size()), {{key, ""}});
}

class ConsequencesPropertyTest : public ::testing::Test {
 protected:
  ConsequencesPropertyTest() : world_(Options()) {
    const absl::Time noon = absl::FromCivil(absl::CivilSecond(2026, 11, 30, 12), testing::Tokyo());
    world_.clock.Advance(noon - absl::Hours(6 * 24) - world_.clock.Now());
    world_.ApplyContract({.vendor_id = "sakura", .acts = "[REMIND, TAKE_PROMISE]"});
    world_.ApplyPlan(testing::PlanYaml("[{vendor_id: sakura, percent: 100}]"));
    for (uint64_t seed = 1; seed <= Histories(); ++seed)
      histories_.push_back(testing::ConsequenceDraw(seed).History());
    MakeTrials();
    world_.Advance(noon - world_.clock.Now());
    begin_ = world_.clock.Now();
    for (int permit = 0; permit < testing::kPermits; ++permit) {
      PassUntil(testing::GivenAt(permit));
      for (Trial& trial : trials_) Give(trial, permit);
    }
    PassUntil(testing::ToldAt());
  }

  void PassUntil(absl::Duration since_begin) {
    world_.clock.Advance(begin_ + since_begin - world_.clock.Now());
    world_.hub().Tick();
    world_.Settle();
  }
  void MakeTrials() {
    std::vector<v1::AccountRecord> records;
    for (uint64_t seed = 1; seed <= Histories(); ++seed) {
      for (int order = 0; order < kOrders; ++order) {
        Trial trial{.seed = seed, .history = &histories_[seed - 1]};
        trial.key = absl::StrCat("T", seed, "-", order, "-");
        for (int debt = 0; debt < trial.history->debts; ++debt)
          records.push_back(RecordOf(trial, debt, static_cast<int64_t>(records.size()) + 1));
        trials_.push_back(std::move(trial));
      }
    }
    for (size_t next = 0; next < records.size(); next += 100) {
      EXPECT_OK(world_.Import(
          {records.begin() + static_cast<long>(next),
           records.begin() + static_cast<long>(std::min(next + 100, records.size()))}));
    }
    std::map<std::string, std::string> placed;  // by account
    Read("SELECT account_id, assignment_id FROM assignment",
         [&](const storage::Row& row) { placed[std::string(row.Text(0))] = row.Text(1); });
    for (Trial& trial : trials_) {
      for (int debt = 0; debt < trial.history->debts; ++debt) {
        trial.assignment_ids[debt] = placed[trial.key + testing::NameOfDebt(debt)];
        EXPECT_FALSE(trial.assignment_ids[debt].empty()) << trial.key;
      }
    }
  }
  // Nobody else has these numbers.
  v1::AccountRecord RecordOf(const Trial& trial, int debt, int64_t sequence) {
    v1::AccountRecord record = testing::InTokyo(testing::MakeRecord(
        sequence,
        {.account_id = trial.key + testing::NameOfDebt(debt), .person_id = trial.key + "p"}));
    auto& points = *record.mutable_person()->mutable_contact_points();
    points.Clear();
    v1::ContactPoint& mobile = *points.Add();
    mobile.set_contact_point_id("mobile");
    mobile.set_kind(v1::CONTACT_KIND_MOBILE);
    mobile.set_phone(absl::StrFormat("+81901%07d", trials_.size()));
    v1::ContactPoint& home = *points.Add();
    home.set_contact_point_id("home");
    home.set_kind(v1::CONTACT_KIND_HOME_PHONE);
    home.set_phone(absl::StrFormat("+8131%07d", trials_.size()));
    return record;
  }
  void Give(Trial& trial, int permit) {
    const testing::GivenPermit& given = trial.history->permits[static_cast<size_t>(permit)];
    v1::PlanContactsRequest plan;
    plan.set_attempts(given.attempts);
    v1::RequestPermitRequest& request = *plan.mutable_contact();
    request.set_request_id(absl::StrCat(trial.key, "r", permit));
    request.set_assignment_id(trial.assignment_ids[given.debt]);
    request.set_contact_point_id(given.point);
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_RETURN_CALL);
    if (given.attempts == 1) {
      const auto answer = world_.Await<v1::RequestPermitResponse>([&](auto done) {
        world_.hub().vendor_api().RequestPermit(testing::VendorPeer("sakura"), request, done);
      });
      EXPECT_EQ(testing::AnswerOf(answer), "permit") << trial.key << permit;
      if (answer.ok()) trial.permit_ids[permit] = answer->permit().permit_id();
      return;
    }
    const auto answer = world_.Await<v1::PlanContactsResponse>([&](auto done) {
      world_.hub().vendor_api().PlanContacts(testing::VendorPeer("sakura"), plan, done);
    });
    EXPECT_OK(answer);
    if (!answer.ok()) return;
    EXPECT_EQ(answer->plan().attempts(), given.attempts) << answer->ShortDebugString();
    trial.permit_ids[permit] = answer->plan().permit().permit_id();
  }

  // All that there is to be told of a trial, and some of it twice.
  void AddItems(Trial& trial, std::mt19937_64& random, std::vector<Item>& items) {
    const size_t first = items.size();
    for (const ToldContact& contact : trial.history->contacts) {
      for (size_t version = 1; version <= contact.versions.size(); ++version)
        items.push_back(
            {.trial = &trial, .contact = &contact, .version = static_cast<int>(version)});
    }
    for (const CoreStop& stop : trial.history->stops) {
      items.push_back({.trial = &trial, .event = EventOf(trial, stop)});
      if (!stop.lifted) continue;
      items.push_back({.trial = &trial,
                       .event = testing::Lift(absl::StrCat(trial.key, stop.name, "-lift"),
                                              trial.key + stop.name),
                       .lifted_event = trial.key + stop.name});
    }
    for (const testing::CorePayment& paid : trial.history->payments)
      items.push_back({.trial = &trial, .event = EventOf(trial, paid)});
    for (const testing::CoreLift& lift : trial.history->lifts) {
      const std::string stop_id =
          absl::StrReplaceAll(lift.stop_id, {{"sakura:", absl::StrCat("sakura:", trial.key)}});
      items.push_back({.trial = &trial,
                       .event = testing::Lift(trial.key + lift.name, stop_id),
                       .lifted_of = &trial.history->contacts[lift.contact],
                       .lifted_version = lift.version});
    }
    const size_t once = items.size();
    for (size_t i = first; i < once; ++i) {
      if (random() % 4 != 0) continue;
      Item again = items[i];
      items.push_back(std::move(again));
    }
  }
  static v1::CoreEvent EventOf(const Trial& trial, const CoreStop& stop) {
    const std::string id = trial.key + stop.name, person_id = trial.key + "p";
    const std::string account_id = trial.key + testing::NameOfDebt(stop.debt);
    switch (stop.kind) {
      case CoreStop::Kind::kDispute:
        return testing::AccountStop(id, account_id);
      case CoreStop::Kind::kComplaint:
        return testing::AccountStop(id, account_id, v1::STOP_REASON_COMPLAINT);
      case CoreStop::Kind::kAttorney:
        return testing::PersonStop(id, person_id, v1::STOP_REASON_ATTORNEY);
      case CoreStop::Kind::kCease:
        return testing::PersonStop(id, person_id);
      case CoreStop::Kind::kPoint:
        return testing::PointStop(id, person_id, stop.point);
      case CoreStop::Kind::kChannel:
        break;
    }
    v1::CoreEvent event;
    event.set_event_id(id);
    event.mutable_place_stop()->mutable_person_channel()->set_person_id(person_id);
    event.mutable_place_stop()->mutable_person_channel()->set_channel(v1::CHANNEL_PHONE);
    event.mutable_place_stop()->set_reason(v1::STOP_REASON_CONSENT_WITHDRAWN);
    return event;
  }
  v1::CoreEvent EventOf(const Trial& trial, const testing::CorePayment& paid) {
    v1::CoreEvent event =
        testing::Payment(trial.key + paid.name, trial.key + testing::NameOfDebt(paid.debt));
    event.mutable_payment()->mutable_amount()->set_minor_units(paid.amount);
    *event.mutable_payment()->mutable_pay_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
            absl::ToUnixMicros(begin_ + paid.booked));
    return event;
  }
  v1::Outcome OutcomeOf(const Item& item) {
    const Trial& trial = *item.trial;
    const SaidVersion& said = item.contact->versions[static_cast<size_t>(item.version) - 1];
    const std::string id = trial.key + item.contact->name;
    const std::string& assignment_id = trial.assignment_ids[item.contact->debt];
    const absl::Time time = begin_ + said.begin;
    v1::Outcome outcome =
        said.code == CallCode::kPromiseToPay
            ? testing::Promised(id, assignment_id, said.amount, said.days, time)
            : testing::At(testing::MakeOutcome(id, assignment_id, said.code), time);
    outcome.set_version(item.version);
    outcome.set_contact_point_id(said.point);
    if (said.permit >= 0) outcome.set_permit_id(trial.permit_ids[said.permit]);
    v1::Outcome::Result& result = *outcome.mutable_result();
    if (said.stop_wanted) result.set_stop_wanted(true);
    if (said.complained) result.set_complained(true);
    if (said.disputed) result.set_disputed(true);
    if (said.fraud_suspected) result.set_fraud_suspected(true);
    for (const v1::Channel channel : said.opted_out_of) result.add_opted_out_of(channel);
    return outcome;
  }

  // Who has named a wrong permit says so before the contact is reported that it was for: the hub
  // has to believe whoever comes first.
  static bool MustWait(const Item& item) {
    Trial& trial = *item.trial;
    const ToldContact& first = trial.history->contacts.front();
    const int known = trial.known[first.name];
    if (item.contact == &first || known == 0 || item.version <= trial.known[item.contact->name])
      return false;
    const int wrong = first.versions[static_cast<size_t>(known) - 1].permit;
    const int named = item.contact->versions[static_cast<size_t>(item.version) - 1].permit;
    return wrong >= 0 && wrong != first.own && wrong == named;
  }
  // Reports what the vendor says. Adds what must be said again later: its version does not follow
  // yet.
  void Report(const std::vector<Item>& batch, std::vector<Item>& again) {
    std::vector<v1::Outcome> outcomes;
    std::vector<std::pair<std::string, const Trial*>> expected;
    for (const Item& item : batch) {
      if (MustWait(item)) {
        again.push_back(item);
        continue;
      }
      int& known = item.trial->known[item.contact->name];
      std::string status = item.version <= known ? "REPEATED" : "RECORDED";
      if (item.version > known + 1) {
        status = "VERSION_GAP";
        again.push_back(item);
      } else {
        known = std::max(known, item.version);
      }
      absl::StrAppend(&item.trial->told, item.contact->name, " v", item.version, " ", status, "\n");
      ++met_[status];
      outcomes.push_back(OutcomeOf(item));
      expected.emplace_back(std::move(status), item.trial);
    }
    if (outcomes.empty()) return;
    const std::vector<std::string> statuses = testing::Statuses(world_.Report("sakura", outcomes));
    ASSERT_EQ(statuses.size(), expected.size());
    for (size_t i = 0; i < statuses.size(); ++i) {
      const auto& [status, trial] = expected[i];
      EXPECT_EQ(statuses[i], status)
          << outcomes[i].outcome_id() << " v" << outcomes[i].version() << "\n"
          << TextOf(*trial->history) << "told:\n"
          << trial->told;
    }
  }
  // Posts what the core says. Adds the lifts that have found nothing yet.
  void Post(const std::vector<Item>& batch, std::vector<Item>& again) {
    if (batch.empty()) return;
    std::vector<v1::CoreEvent> events;
    for (const Item& item : batch) events.push_back(item.event);
    const auto answer = world_.Post(events);
    ASSERT_OK(answer);
    ASSERT_EQ(answer->receipts_size(), std::ssize(batch));
    for (size_t i = 0; i < batch.size(); ++i) {
      const Item& item = batch[i];
      Trial& trial = *item.trial;
      const auto status = answer->receipts(static_cast<int>(i)).status();
      const std::string word = v1::PostEventsResponse::Status_Name(status);
      absl::StrAppend(&trial.told, item.event.event_id(), " ", word, "\n");
      const bool is_first = trial.arrived.insert(item.event.event_id()).second;
      if (!item.event.has_lift_stop()) {
        EXPECT_EQ(word, is_first ? "STATUS_ACCEPTED" : "STATUS_REPEATED") << trial.told;
        continue;
      }
      const bool is_there = item.lifted_of == nullptr
                                ? trial.arrived.contains(item.lifted_event)
                                : trial.known[item.lifted_of->name] >= item.lifted_version;
      if (is_there) continue;
      EXPECT_EQ(word, is_first ? "STATUS_UNKNOWN_SUBJECT" : "STATUS_REPEATED") << trial.told;
      ++met_["a lift too early"];
      again.push_back(item);
    }
  }
  // Tells all items, of all trials, in batches as they come.
  void TellAll(std::vector<Item> items, std::mt19937_64& random) {
    for (int round = 0; round < 20 && !items.empty(); ++round) {
      std::shuffle(items.begin(), items.end(), random);
      std::vector<Item> again;
      for (size_t next = 0; next < items.size();) {
        std::vector<Item> batches[2];
        for (size_t size = 1 + random() % 30; size > 0 && next < items.size(); --size, ++next)
          batches[items[next].contact == nullptr ? 1 : 0].push_back(items[next]);
        Report(batches[0], again);
        Post(batches[1], again);
        if (random() % 50 == 0) world_.Restart();
      }
      if (round == 0) world_.Restart();
      items = std::move(again);
    }
    EXPECT_TRUE(items.empty());
  }

  void Read(const char* sql, absl::FunctionRef<void(const storage::Row&)> take) {
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query(sql, {}, [&](const storage::Row& row) {
        take(row);
        return absl::OkStatus();
      });
    }));
  }
  using Lines = std::map<std::string, std::vector<std::string>>;  // by key

  void ReadPermits(Lines& lines) {
    static constexpr const char* kStates[] = {"", "open", "used", "void", "released", "expired"};
    Read(
        "SELECT request_id, permit_id, state, attempts, plan, outcome_id, number_digest, "
        "contact_point_id FROM permit",
        [&](const storage::Row& row) {
          const std::string key = KeyIn(row.Text(0)), name = Without(key, row.Text(0));
          permits_[std::string(row.Text(1))] = name;
          points_[std::string(row.Text(6))] = row.Text(7);
          std::string line = absl::StrCat(name, " ", kStates[row.Integer(2)]);
          if (row.Integer(3) > 0) absl::StrAppend(&line, ", ", row.Integer(3), " left");
          // What of a plan was used last, is a matter of what came last.
          if (row.Blob(4).empty() && !row.Text(5).empty())
            absl::StrAppend(&line, " by ", Without(key, row.Text(5)));
          lines[key].push_back(std::move(line));
        });
  }
  // "account a"
  std::string PlaceOf(int64_t kind, const std::string& subject) {
    const std::string what = subject.substr(subject.find('/') + 1);
    switch (kind) {
      case 1:
        return subject == "p" ? "person" : subject;
      case 2:
        return "account " + subject;
      case 3:
        return "point " + what;
      case 6:
        return "number " + points_[subject];
      case 7:
        return absl::StrCat("number ", points_[what], " of the person");
      case 8:
        return "channel " + what;
      default:
        return absl::StrCat(kind, " ", subject);
    }
  }
  // The end of all trials as the hub has it.
  Lines ReadLines() {
    Lines lines;
    ReadPermits(lines);
    Read("SELECT stop_id, reason, subject_kind, subject FROM stop WHERE lift_time IS NULL",
         [&](const storage::Row& row) {
           const std::string key = KeyIn(row.Text(0));
           const auto reason = static_cast<v1::StopReason>(row.Integer(1));
           lines[key].push_back(absl::StrCat("stop ", Without(key, row.Text(0)), " ",
                                             v1::StopReason_Name(reason), " on ",
                                             PlaceOf(row.Integer(2), Without(key, row.Text(3)))));
         });
    Read("SELECT contact_id, account_id, result, permit_id, version FROM contact WHERE result <> 1",
         [&](const storage::Row& row) {
           const std::string key = KeyIn(row.Text(0)), id = Without(key, row.Text(0));
           const auto result = static_cast<v1::ContactResult>(row.Integer(2));
           std::string line =
               absl::StrCat("contact ", id.substr(id.rfind('/') + 1), " v", row.Integer(4), " on ",
                            Without(key, row.Text(1)), " ", v1::ContactResult_Name(result));
           if (!row.Text(3).empty())
             absl::StrAppend(&line, " under ", permits_[std::string(row.Text(3))]);
           lines[key].push_back(std::move(line));
         });
    Read("SELECT account_id, ended FROM assignment", [&](const storage::Row& row) {
      const std::string key = KeyIn(row.Text(0));
      lines[key].push_back(absl::StrCat("work ", Without(key, row.Text(0)),
                                        row.Integer(1) == 0 ? " live" : " ended"));
    });
    Read("SELECT outcome_id, version, standing FROM promise", [&](const storage::Row& row) {
      const std::string key = KeyIn(row.Text(0));
      const auto standing = static_cast<v1::PromiseStanding>(row.Integer(2));
      lines[key].push_back(absl::StrCat("promise ", Without(key, row.Text(0)), " v", row.Integer(1),
                                        " ", testing::WordOf(standing)));
    });
    for (auto& [key, of_trial] : lines) std::sort(of_trial.begin(), of_trial.end());
    return lines;
  }
  // All trials end as somebody with a pencil says, who knows nothing of the order. Counts words.
  void Compare(bool is_over, std::map<std::string, int>& words) {
    for (int second = 0; second < 10; ++second) {
      world_.clock.Advance(absl::Seconds(1));
      world_.hub().Tick();
      world_.Settle();
    }
    Lines lines = ReadLines();
    for (const Trial& trial : trials_) {
      const auto expected = testing::ByHand(*trial.history, begin_, world_.clock.Now(), is_over);
      ASSERT_EQ(lines[trial.key], expected) << "seed " << trial.seed << ", " << trial.key << "\n"
                                            << TextOf(*trial.history) << "told:\n"
                                            << trial.told;
      for (const std::string& line : expected) {
        for (const absl::string_view word : absl::StrSplit(line, absl::ByAnyChar(" ,")))
          ++words[std::string(word)];
      }
    }
  }

  HubWorld world_;
  std::vector<ConsequenceHistory> histories_;
  std::vector<Trial> trials_;
  absl::Time begin_;
  std::map<std::string, std::string> permits_;  // names, by id
  std::map<std::string, std::string> points_;   // contact points, by digest
  std::map<std::string, int> met_;
};

TEST_F(ConsequencesPropertyTest, AnyOrderOfArrivalEndsInTheSameState) {
  std::mt19937_64 random(1);
  std::vector<Item> items;
  for (Trial& trial : trials_) AddItems(trial, random, items);
  ASSERT_NO_FATAL_FAILURE(TellAll(std::move(items), random));
  for (const char* status : {"RECORDED", "REPEATED", "VERSION_GAP", "a lift too early"})
    EXPECT_GT(met_[status], 10) << status;
  std::map<std::string, int> words, later;
  ASSERT_NO_FATAL_FAILURE(Compare(/*is_over=*/false, words));
  for (const char* word : {"open",
                           "used",
                           "void",
                           "expired",
                           "live",
                           "ended",
                           "under",
                           "channel",
                           "account",
                           "person",
                           "number",
                           "OPEN",
                           "KEPT",
                           "REPLACED",
                           "STOP_REASON_ATTORNEY",
                           "STOP_REASON_CEASE",
                           "STOP_REASON_COMPLAINT",
                           "STOP_REASON_DISPUTE",
                           "STOP_REASON_FRAUD",
                           "STOP_REASON_PAYMENT",
                           "STOP_REASON_WRONG_NUMBER"})
    EXPECT_GE(words[word], kOrders) << word;
  for (int permit = 0; permit < testing::kPermits; ++permit) {
    EXPECT_TRUE(std::any_of(
        histories_.begin(), histories_.end(),
        [permit](const ConsequenceHistory& one) { return testing::IsGivenBack(permit, one); }))
        << "r" << permit;
  }
  // Time alone ends permits and promises, and nothing else.
  world_.Advance(absl::Hours(24 * 4));
  ASSERT_NO_FATAL_FAILURE(Compare(/*is_over=*/true, later));
  EXPECT_EQ(later["open"], 0);
  EXPECT_LT(later["OPEN"], words["OPEN"]);
  EXPECT_EQ(later["void"], words["void"]);
}

}  // namespace
}  // namespace switchboard
