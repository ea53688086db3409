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
constexpr int kHistoryOfPacks = 50;

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

void ApplyPacks(const Server& hub) {
  const auto bench = hub.ConnectOperator();
  for (const auto& [name, yaml] : ShippedPacks()) {
    v1::ApplyRulePackRequest request;
    request.set_yaml(yaml);
    request.set_file_name(name);
    grpc::ClientContext context;
    v1::ApplyRulePackResponse response;
    const grpc::Status status = bench->ApplyRulePack(&context, request, &response);
    if (!status.ok()) GiveUp("ApplyRulePack: " + status.error_message());
  }
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

// Contacts of the issuer's own team, ten to twenty-five days ago: in the history of everybody, and
// in no window that would refuse.
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
    const absl::Time begin = now - absl::Hours(24 * 25) + absl::Hours(24 * 15) * contact / contacts;
    for (int64_t number = 0; number < people; ++number) {
      v1::CoreEvent& event = *request.add_events();
      event.set_event_id(absl::StrFormat("made-%05d-%05d", contact, number));
      auto& made = *event.mutable_made_contact();
      made.set_account_id(AccountId(number));
      made.set_channel(v1::CHANNEL_PHONE);
      made.set_contact_point_id("mobile-1");
      made.set_act(v1::ACT_REMIND);
      made.set_result(v1::CONTACT_RESULT_RANG_OUT);
      *made.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(begin));
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
  if (all_packs) ApplyPacks(hub);
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
  std::vector<Row> rows;
  for (const int contacts : kHistories) {
    rows.push_back({.name = absl::StrCat("permit, history of ", contacts, ", ", engine),
                    .unit = "p50 us",
                    .baseline_name = "history of 0"});
  }
  Row packs{.name = absl::StrCat("permit, all packs, history of ", kHistoryOfPacks, ", ", engine),
            .unit = "p50 us",
            .baseline_name = "one pack that lets all pass",
            .goal = "<= 1.3"};
  for (int run = 0; run < place.runs(); ++run) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const double micros = MicrosOfPermit(place, make_hub(), kHistories[i], /*all_packs=*/false);
      rows[i].ours.Add(micros);
      if (kHistories[i] == kHistoryOfPacks) packs.baseline.Add(micros);
      if (i > 0) continue;
      for (Row& row : rows) row.baseline.Add(micros);
    }
    packs.ours.Add(MicrosOfPermit(place, make_hub(), kHistoryOfPacks, /*all_packs=*/true));
  }
  place.rows.insert(place.rows.end(), rows.begin(), rows.end());
  place.rows.push_back(packs);
}

// The decision alone: a thousand contacts before three packs, one country's and two regions'.
void RunPureDecision(Place& place) {
  rules::Packs packs;
  for (const auto& [name, yaml] : ShippedPacks()) {
    auto pack = rules::ParseRulePack(yaml, name);
    if (!pack.ok()) GiveUp("a shipped pack is refused: " + std::string(pack.status().message()));
    if (pack->country() == "US") packs.push_back(rules::CompiledPack::Compile(*std::move(pack)));
  }
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
  constexpr int kContacts = 1'000;
  for (int i = 0; i < kContacts; ++i) {
    rules::Contact contact;
    contact.at = noon - absl::Hours(24 * 25) + absl::Hours(24 * 15) * i / kContacts;
    contact.channel = v1::CHANNEL_PHONE;
    contact.contact_kind = v1::CONTACT_KIND_MOBILE;
    contact.party = v1::PARTY_PERSON;
    contact.act = v1::ACT_REMIND;
    contact.result = v1::CONTACT_RESULT_RANG_OUT;
    contact.contact_point = "mobile";
    contact.account = "A-1";
    contact.collector = "v0";
    facts.history.push_back(contact);
  }
  Row row{.name = "decision over 1,000 contacts, three packs", .unit = "us", .goal = "< 50"};
  for (int run = 0; run < place.runs(); ++run) {
    constexpr int kDecisions = 2'000;
    int64_t allowed = 0;
    const int64_t begin = SteadyNanos();
    for (int i = 0; i < kDecisions; ++i)
      allowed += rules::Decide(packs, facts, noon, noon + absl::Minutes(2)).allowed() ? 1 : 0;
    const int64_t took = SteadyNanos() - begin;
    if (allowed != kDecisions) GiveUp("the decision refuses");
    row.ours.Add(static_cast<double>(took) / 1e3 / kDecisions);
  }
  place.rows.push_back(row);
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
