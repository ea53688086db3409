// What the length of a person's history costs a permit, and what rule packs cost, on each engine.

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/util/time_util.h"
#include "hub/rules/decision.h"
#include "hub/rules/pack_check.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/core_load.h"
#include "tests/bench/permit_load.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kEventsPerCall = 500;
constexpr int kHistories[] = {0, 50, 1'000};

// When contact `i` of `count` was. Of five one lies in the last six days, in the windows of shipped
// packs, and the newest of these comes first; the others lie ten to twenty-five days back, beyond
// what any of them refuses by.
struct Past {
  absl::Time begin;
  bool is_recent = false;
};
Past PastAt(int64_t i, int64_t count, absl::Time now) {
  if (i % 5 == 0) return {now - absl::Hours(1) - absl::Hours(24 * 6) * i / count, true};
  return {now - absl::Hours(24 * 25) + absl::Hours(24 * 15) * i / count, false};
}

std::string ReadFile(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Text by name of the file, of every pack that is shipped.
std::vector<std::pair<std::string, std::string>> ShippedPacks() {
  std::vector<std::pair<std::string, std::string>> packs;
  for (const auto& file : std::filesystem::directory_iterator(SWITCHBOARD_PACKS))
    packs.emplace_back(file.path().filename(), ReadFile(file.path()));
  std::sort(packs.begin(), packs.end());
  return packs;
}

void PutPacks(const Server& hub) {
  for (const auto& [name, yaml] : ShippedPacks()) hub.PutInForce(v1::TEXT_KIND_RULE_PACK, yaml);
}

// Where it is day now, so that no hours refuse: Japan, Britain or California.
struct DaySide {
  const char* country;
  const char* region;
  const char* city;
  const char* mobile;  // what its numbers begin with; seven digits follow
};
DaySide DaySideAt(absl::Time now) {
  const int hour = absl::ToCivilHour(now, absl::UTCTimeZone()).hour();
  if (hour < 9) return {"JP", "東京都", "千代田区", "+81905"};
  if (hour < 18) return {"GB", "", "London", "+447400"};
  return {"US", "CA", "San Francisco", "+1415"};
}

void FillOnDaySide(const DaySide& side, int64_t number, v1::AccountRecord* record) {
  FillAccount(number, record);
  v1::Person& person = *record->mutable_person();
  v1::Address& address = *person.mutable_address();
  address.set_country(side.country);
  address.set_region(side.region);
  address.set_city(side.city);
  const size_t digits = std::string_view(side.country) == "GB" ? 6 : 7;
  const std::string subscriber = absl::StrCat(2'345'678 + number);
  person.mutable_contact_points(0)->set_phone(
      absl::StrCat(side.mobile, subscriber.substr(subscriber.size() - digits)));
  person.mutable_contact_points()->DeleteSubrange(1, person.contact_points_size() - 1);
}

// Contacts of the issuer's own team, in the history of everybody. Of those in windows the newest
// rang out, an hour ago; the rest were busy, which few rules count, so that nothing is refused.
void AddHistory(const Server& hub, int64_t people, int64_t contacts, absl::Time now) {
  const Parties parties = hub.Connect();
  v1::PostEventsRequest request;
  const auto post = [&] {
    if (request.events().empty()) return;
    grpc::ClientContext context;
    v1::PostEventsResponse response;
    const grpc::Status status = parties.core->PostEvents(&context, request, &response);
    if (!status.ok()) GiveUp("PostEvents: " + status.error_message());
    for (const auto& receipt : response.receipts()) {
      if (receipt.status() != v1::PostEventsResponse::STATUS_ACCEPTED)
        GiveUp("a contact was refused: " + receipt.ShortDebugString());
    }
    request.Clear();
  };
  for (int64_t contact = 0; contact < contacts; ++contact) {
    const Past past = PastAt(contact, contacts, now);
    const bool is_busy = past.is_recent && contact > 0;
    for (int64_t number = 0; number < people; ++number) {
      v1::CoreEvent& event = *request.add_events();
      event.set_event_id(absl::StrFormat("made-%05d-%05d", contact, number));
      auto& made = *event.mutable_made_contact();
      made.set_account_id(AccountId(number));
      made.set_channel(v1::CHANNEL_PHONE);
      made.set_contact_point_id("mobile-1");
      made.set_act(v1::ACT_REMIND);
      made.set_result(is_busy ? v1::CONTACT_RESULT_NOT_CONNECTED : v1::CONTACT_RESULT_RANG_OUT);
      *made.mutable_begin_time() =
          TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(past.begin));
      if (request.events_size() == kEventsPerCall) post();
    }
  }
  post();
}

// The time of one permit with nothing else at work, microseconds at p50, of people with that many
// contacts.
double MicrosOfPermit(const Place& place, const Server& hub, int64_t contacts, bool all_packs) {
  const int64_t people = place.quick ? 16 : 64;
  const absl::Time now = place.clock.Now();
  if (all_packs) PutPacks(hub);
  const DaySide side = DaySideAt(now);
  Asker asker(hub,
              LoadWork(hub, people,
                       [side](int64_t number, v1::AccountRecord* record) {
                         FillOnDaySide(side, number, record);
                       }),
              absl::StrCat("h", contacts));
  AddHistory(hub, people, contacts, now);
  Latencies latencies;
  for (int round = 0; round < 4; ++round) {
    asker.AskAll(people, 1, round == 0 ? nullptr : &latencies);
    asker.ReleaseAll(people);
  }
  return latencies.Micros(0.5);
}

using MakeHub = std::function<Server()>;

void RunOnEngine(Place& place, const std::string& engine, const MakeHub& make_hub) {
  std::vector<Row> histories, packs;
  for (const int contacts : kHistories) {
    const std::string with = absl::StrCat("history of ", contacts, ", ", engine);
    histories.push_back(
        {.name = "permit, " + with, .unit = "p50 us", .baseline_name = "history of 0"});
    packs.push_back({.name = "permit, all packs, " + with,
                     .unit = "p50 us",
                     .baseline_name = "one pack that lets all pass",
                     .goal = contacts <= 50 ? "<= 1.3 (P12)" : ""});
  }
  for (int run = 0; run < place.runs(); ++run) {
    double without_history = 0;
    for (size_t i = 0; i < histories.size(); ++i) {
      const double micros = MicrosOfPermit(place, make_hub(), kHistories[i], /*all_packs=*/false);
      if (i == 0) without_history = micros;
      histories[i].ours.Add(micros);
      histories[i].baseline.Add(without_history);
      packs[i].baseline.Add(micros);
      packs[i].ours.Add(MicrosOfPermit(place, make_hub(), kHistories[i], /*all_packs=*/true));
    }
  }
  for (const std::vector<Row>& rows : {histories, packs})
    place.rows.insert(place.rows.end(), rows.begin(), rows.end());
}

// A thousand calls to one person. Of those in windows the newest is the collector's own about the
// account; the rest were about another account, or another collector's and busy. `overdone`: ten of
// them more were the collector's own, so that every cap of calls is reached.
std::vector<rules::Contact> ThousandCalls(absl::Time now, bool overdone) {
  constexpr int kContacts = 1'000;
  std::vector<rules::Contact> calls;
  for (int i = 0; i < kContacts; ++i) {
    const Past past = PastAt(i, kContacts, now);
    rules::Contact& call = calls.emplace_back();
    call.at = past.begin;
    call.channel = v1::CHANNEL_PHONE;
    call.contact_kind = v1::CONTACT_KIND_MOBILE;
    call.party = v1::PARTY_PERSON;
    call.act = v1::ACT_REMIND;
    call.result = v1::CONTACT_RESULT_RANG_OUT;
    call.contact_point = "mobile";
    call.account = "A-1";
    call.collector = "v0";
    if (!past.is_recent || i == 0 || (overdone && i % 100 == 0)) continue;
    if (i % 10 == 0) {
      call.account = "A-2";
    } else {
      call.collector = "v1";
      call.result = v1::CONTACT_RESULT_NOT_CONNECTED;
    }
  }
  std::sort(calls.begin(), calls.end(),
            [](const auto& one, const auto& other) { return one.at < other.at; });
  return calls;
}

// The decision alone before three packs, one country's and two regions'. A refused one also looks
// for the first time at which no rule would refuse.
Row DecisionRow(const Place& place, const rules::Packs& packs, bool refused) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("America/New_York", &zone)) GiveUp("there is no America/New_York");
  const absl::Time noon = absl::FromCivil(absl::CivilSecond(2026, 11, 24, 12), zone);
  rules::Facts facts;
  facts.zones = {zone};
  rules::Request& request = facts.request;
  request.channel = v1::CHANNEL_PHONE;
  request.contact_kind = v1::CONTACT_KIND_MOBILE;
  request.party = v1::PARTY_PERSON;
  request.act = v1::ACT_REMIND;
  request.contact_point = "mobile";
  request.account = "A-1";
  request.collector = "v0";
  request.collector_kind = v1::COLLECTOR_KIND_AGENCY;
  facts.history = ThousandCalls(noon, refused);
  Row row{.name = absl::StrCat("decision over 1,000 contacts, three packs, ",
                               refused ? "refused" : "allowed"),
          .unit = "us",
          .goal = "<= 50 us (P12)"};
  for (int run = 0; run < place.runs(); ++run) {
    constexpr int kDecisions = 2'000;
    int64_t as_meant = 0;
    const int64_t begin = SteadyNanos();
    for (int i = 0; i < kDecisions; ++i) {
      const rules::Decision decision = rules::Decide(packs, facts, noon, noon + absl::Minutes(2));
      as_meant += decision.allowed() != refused && decision.next_time.has_value() == refused;
    }
    const int64_t took = SteadyNanos() - begin;
    if (as_meant != kDecisions) GiveUp(refused ? "the decision allows" : "the decision refuses");
    row.ours.Add(static_cast<double>(took) / 1e3 / kDecisions);
  }
  return row;
}

void RunPureDecision(Place& place) {
  rules::Packs packs;
  for (const auto& [name, yaml] : ShippedPacks()) {
    auto pack = rules::ParseRulePack(yaml, name);
    if (!pack.ok()) GiveUp("a shipped pack is refused: " + std::string(pack.status().message()));
    if (pack->country() == "US") packs.push_back(rules::CompiledPack::Compile(*std::move(pack)));
  }
  for (const bool refused : {false, true}) place.rows.push_back(DecisionRow(place, packs, refused));
}

}  // namespace

void RunPermitHistories(Place& place) {
  RunPureDecision(place);
  RunOnEngine(place, "SQLite", [&place] { return Server::Hub(place); });
  if (place.postgres.empty()) {
    place.rows.push_back({.name = "permit histories: PostgreSQL is not installed"});
  } else {
    RunOnEngine(place, "PostgreSQL", [&place] { return Server::Hubs(place, 1); });
  }
}

}  // namespace switchboard::bench
