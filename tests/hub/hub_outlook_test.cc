// What rule packs do to the work of the hours to come, and what they would have done.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "tests/hub/rules_fixture.h"
#include "tests/open_pack.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using testing::FailsWith;

class HubOutlookTest : public testing::RulesTest {
 protected:
  absl::StatusOr<v1::PreviewRulesResponse> Preview(const v1::PreviewRulesRequest& request) {
    return world_.Await<v1::PreviewRulesResponse>([&](auto done) {
      world_.hub().operator_api().PreviewRules(testing::Operator(), request, done);
    });
  }
  absl::StatusOr<v1::ReplayRulesResponse> Replay(const v1::ReplayRulesRequest& request) {
    return world_.Await<v1::ReplayRulesResponse>([&](auto done) {
      world_.hub().operator_api().ReplayRules(testing::Operator(), request, done);
    });
  }
  // Of all vendors together, by hour.
  static std::vector<int64_t> Callable(const v1::PreviewRulesResponse& response) {
    std::vector<int64_t> sums;
    for (const auto& vendor : response.vendors()) {
      sums.resize(static_cast<size_t>(vendor.callable_size()));
      for (size_t i = 0; i < sums.size(); ++i) sums[i] += vendor.callable(static_cast<int>(i));
    }
    return sums;
  }
  // "rule hours alone", summed.
  static std::map<std::string, std::pair<int64_t, int64_t>> Blocking(
      const v1::PreviewRulesResponse& response) {
    std::map<std::string, std::pair<int64_t, int64_t>> sums;
    for (const auto& vendor : response.vendors()) {
      for (const auto& line : vendor.blocking()) {
        sums[line.rule_id()].first += line.assignment_hours();
        sums[line.rule_id()].second += line.alone();
      }
    }
    return sums;
  }
  v1::ReplayRulesRequest Since(absl::Time from, const std::string& yaml) {
    v1::ReplayRulesRequest request;
    request.set_yaml(yaml);
    *request.mutable_from_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(from));
    *request.mutable_to_time() = TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(world_.clock.Now() + absl::Seconds(1)));
    return request;
  }
  // The tests' pack with some words replaced.
  static std::string Pack(const std::vector<std::pair<std::string, std::string>>& words) {
    std::string yaml = testing::kTestPack;
    for (const auto& [word, other] : words) yaml.replace(yaml.find(word), word.size(), other);
    return yaml;
  }
  static std::string Stricter() { return Pack({{"at_most: 2", "at_most: 1"}}); }
  // So many hours with none that may be contacted, after and before those with three.
  static std::vector<int64_t> Hours(size_t three_first, size_t none, size_t three_last) {
    std::vector<int64_t> hours(three_first, 3);
    hours.insert(hours.end(), none, 0);
    hours.insert(hours.end(), three_last, 3);
    return hours;
  }
};

// Three accounts of two people, from seven in the evening until midnight: nine is the end.
TEST_F(HubOutlookTest, APreviewCountsHoursAndWhatBlocksThem) {
  world_.clock.Advance(absl::Hours(7));
  v1::PreviewRulesRequest request;
  request.set_hours(4);
  ASSERT_OK_AND_ASSIGN(const auto evening, Preview(request));
  EXPECT_TRUE(evening.all());
  EXPECT_EQ(evening.looked_at(), 3);
  EXPECT_THAT(Callable(evening), ElementsAre(3, 3, 0, 0));
  EXPECT_EQ(Blocking(evening)["jp-test.hours"], std::pair(int64_t{6}, int64_t{6}));
  Contact("A-1");
  Contact("A-2");
  ASSERT_OK_AND_ASSIGN(const auto after, Preview(request));
  EXPECT_THAT(Callable(after), ElementsAre(1, 1, 0, 0));
  EXPECT_EQ(Blocking(after)["jp-test.calls-2-a-day"], std::pair(int64_t{8}, int64_t{4}));
}

TEST_F(HubOutlookTest, APreviewTriesAnotherTextAndBarsWhatIsStopped) {
  Contact("A-1");
  v1::PreviewRulesRequest request;
  request.set_hours(1);
  ASSERT_OK_AND_ASSIGN(const auto as_it_is, Preview(request));
  EXPECT_THAT(Callable(as_it_is), ElementsAre(3));
  request.set_yaml(Stricter());
  ASSERT_OK_AND_ASSIGN(const auto stricter, Preview(request));
  EXPECT_THAT(Callable(stricter), ElementsAre(1));
  ASSERT_OK(world_.Post({testing::PersonStop("hold-1", "P-2", v1::STOP_REASON_COMPLAINT)}));
  ASSERT_OK_AND_ASSIGN(const auto held, Preview(request));
  EXPECT_THAT(Callable(held), ElementsAre(0));
  int64_t barred = 0;
  for (const auto& vendor : held.vendors()) barred += vendor.barred();
  EXPECT_EQ(barred, 1);
  request.set_assignments_max(2);
  ASSERT_OK_AND_ASSIGN(const auto some, Preview(request));
  EXPECT_EQ(some.looked_at(), 2);
  EXPECT_FALSE(some.all());
  request.set_hours(169);
  EXPECT_THAT(Preview(request), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request.set_hours(0);
  request.set_yaml("pack_id: [");
  EXPECT_THAT(Preview(request), FailsWith(absl::StatusCode::kInvalidArgument, "YAML_INVALID"));
}

// A version ends tonight, and another begins tomorrow.
TEST_F(HubOutlookTest, APreviewHearsInEachHourThePacksOfThatHour) {
  world_.ApplyPack(
      Pack({{"version: 1", "version: 2\neffective_to: 2026-12-01"}, {"at_most: 2", "at_most: 0"}}));
  world_.ApplyPack(
      Pack({{"version: 1", "version: 3\neffective_from: 2026-12-01"}, {"08:00", "10:00"}}));
  v1::PreviewRulesRequest request;
  request.set_hours(24);
  ASSERT_OK_AND_ASSIGN(const auto preview, Preview(request));
  EXPECT_EQ(Callable(preview), Hours(0, 22, 2));
  // Of three people: twelve hours of today; three hours of tonight, and ten of tomorrow.
  EXPECT_EQ(Blocking(preview)["jp-test.calls-2-a-day"], std::pair(int64_t{36}, int64_t{27}));
  EXPECT_EQ(Blocking(preview)["jp-test.hours"], std::pair(int64_t{39}, int64_t{30}));
}

// Until its first day the version before it stays in force, and it is heard again behind its last.
TEST_F(HubOutlookTest, APreviewedTextIsHeardOnItsOwnDays) {
  v1::PreviewRulesRequest request;
  request.set_hours(24);
  ASSERT_OK_AND_ASSIGN(const auto as_it_is, Preview(request));
  EXPECT_EQ(Callable(as_it_is), Hours(9, 11, 4));
  request.set_yaml(Pack(
      {{"version: 1", "version: 2\neffective_from: 2026-12-01"}, {"at_most: 2", "at_most: 0"}}));
  ASSERT_OK_AND_ASSIGN(const auto tomorrow, Preview(request));
  EXPECT_EQ(Callable(tomorrow), Hours(9, 15, 0));
  EXPECT_EQ(Blocking(tomorrow)["jp-test.calls-2-a-day"].first, 36);
  request.set_yaml(
      Pack({{"version: 1", "version: 2\neffective_to: 2026-12-01"}, {"at_most: 2", "at_most: 0"}}));
  ASSERT_OK_AND_ASSIGN(const auto today, Preview(request));
  EXPECT_EQ(Callable(today), Hours(0, 20, 4));
}

TEST_F(HubOutlookTest, APreviewOfLettersAndVisitsLooksAtTheAddress) {
  v1::PreviewRulesRequest request;
  request.set_hours(1);
  for (const v1::Channel channel : {v1::CHANNEL_LETTER, v1::CHANNEL_VISIT, v1::CHANNEL_EMAIL}) {
    request.set_channel(channel);
    ASSERT_OK_AND_ASSIGN(const auto preview, Preview(request));
    EXPECT_THAT(Callable(preview), ElementsAre(3)) << channel;
  }
}

// The number that all share was called; P-1 has another one.
TEST_F(HubOutlookTest, APreviewTriesEveryContactPoint) {
  v1::AccountRecord record = Record(4, "A-1", "P-1");
  v1::ContactPoint& home = *record.mutable_person()->add_contact_points();
  home.set_contact_point_id("home");
  home.set_kind(v1::CONTACT_KIND_HOME_PHONE);
  home.set_phone("+81312345679");
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto taken, world_.Import({record}));
  EXPECT_TRUE(taken.receipts().empty());
  Contact("A-1");
  v1::PreviewRulesRequest request;
  request.set_hours(1);
  request.set_yaml(Pack({{"at_most: 3", "at_most: 1"}}));
  ASSERT_OK_AND_ASSIGN(const auto preview, Preview(request));
  EXPECT_THAT(Callable(preview), ElementsAre(2));
  EXPECT_EQ(Blocking(preview)["jp-test.number-3-in-24-hours"], std::pair(int64_t{1}, int64_t{1}));
  // A stop on the number alone bars it alone.
  ASSERT_OK_AND_ASSIGN(const auto as_it_is, Preview({}));
  EXPECT_EQ(Callable(as_it_is).front(), 3);
  Contact("A-2", CallCode::kDisconnected);
  v1::PreviewRulesRequest phone;
  phone.set_hours(1);
  ASSERT_OK_AND_ASSIGN(const auto dead, Preview(phone));
  EXPECT_THAT(Callable(dead), ElementsAre(2));
  int64_t barred = 0;
  for (const auto& vendor : dead.vendors()) barred += vendor.barred();
  EXPECT_EQ(barred, 1);
}

// Three days: in the middle the person did not want to be called, and at the end a lawyer wrote.
TEST_F(HubOutlookTest, AReplayKnowsWhatWasKnownThen) {
  const absl::Time begin = world_.clock.Now();
  const auto tell = [&](const char* event_id, bool ended) {
    v1::CoreEvent event;
    event.set_event_id(event_id);
    event.mutable_said()->set_person_id("P-1");
    v1::Wish& wish =
        ended ? *event.mutable_said()->mutable_wish_ended() : *event.mutable_said()->mutable_wish();
    wish.set_kind(v1::WISH_KIND_NO_CHANNEL);
    wish.set_channel(v1::CHANNEL_PHONE);
    ASSERT_OK(world_.Post({event}));
  };
  const auto next_day = [&] { world_.clock.Advance(absl::Hours(24)); };
  Contact("A-1");
  next_day();
  tell("no-calls", false);
  world_.clock.Advance(absl::Minutes(1));
  Contact("A-1");
  next_day();
  tell("calls-again", true);
  world_.clock.Advance(absl::Minutes(1));
  Contact("A-1");
  next_day();
  ASSERT_OK(world_.Post({testing::PersonStop("lawyer", "P-1", v1::STOP_REASON_ATTORNEY)}));
  const std::string wishes_and_stops =
      "pack_id: jp-new\nversion: 1\ntitle: t\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
      "  - {rule_id: jp-new.wish, strength: LAW, source: s, verification: CONFIRMED, "
      "forbid: {when: [{wish: {kinds: [NO_CHANNEL]}}]}}\n"
      "  - {rule_id: jp-new.lawyer, strength: LAW, source: s, verification: CONFIRMED, "
      "forbid: {when: [{stop: {reasons: [ATTORNEY]}}]}}\n";
  ASSERT_OK_AND_ASSIGN(const auto replay, Replay(Since(begin, wishes_and_stops)));
  EXPECT_EQ(replay.contacts(), 3);
  ASSERT_EQ(replay.rules_size(), 1) << replay.DebugString();
  EXPECT_EQ(replay.rules(0).rule_id(), "jp-new.wish");
  EXPECT_EQ(replay.rules(0).refused(), 1);
  // A record that says otherwise is of now, and of no day that has passed.
  auto record = Record(4, "A-1", "P-1");
  v1::Wish* wish = record.mutable_person()->add_wishes();
  wish->set_kind(v1::WISH_KIND_NO_CHANNEL);
  wish->set_channel(v1::CHANNEL_PHONE);
  ASSERT_OK(world_.Import({record}));
  ASSERT_OK_AND_ASSIGN(const auto again, Replay(Since(begin, wishes_and_stops)));
  EXPECT_EQ(again.refused(), 1);
  // A stop that was lifted lay there as long as it did.
  ASSERT_OK(world_.Post({testing::Lift("lawyer-gone", "lawyer")}));
  ASSERT_OK_AND_ASSIGN(const auto lifted, Replay(Since(begin, wishes_and_stops)));
  EXPECT_EQ(lifted.refused(), 1);
}

TEST_F(HubOutlookTest, AReplayNamesWhatWouldHaveBeenRefused) {
  const absl::Time begin = world_.clock.Now();
  Contact("A-1");
  world_.clock.Advance(absl::Minutes(10));
  Contact("A-2");
  Contact("A-3");
  ASSERT_OK_AND_ASSIGN(const auto as_it_was, Replay(Since(begin, testing::kTestPack)));
  EXPECT_EQ(as_it_was.contacts(), 3);
  EXPECT_EQ(as_it_was.refused(), 0);
  ASSERT_OK_AND_ASSIGN(const auto stricter, Replay(Since(begin, Stricter())));
  EXPECT_EQ(stricter.contacts(), 3);
  EXPECT_EQ(stricter.refused(), 1);
  ASSERT_EQ(stricter.rules_size(), 1);
  EXPECT_EQ(stricter.rules(0).rule_id(), "jp-test.calls-2-a-day");
  EXPECT_EQ(stricter.rules(0).refused(), 1);
  ASSERT_EQ(stricter.samples_size(), 1);
  EXPECT_EQ(stricter.samples(0).account_id(), "A-2");
  EXPECT_EQ(stricter.samples(0).collector(), world_.Live("A-2").vendor_id());
  // Of another country nobody is concerned, and before it nothing was.
  std::string elsewhere = Stricter();
  elsewhere.replace(elsewhere.find("country: JP"), 11, "country: KR");
  ASSERT_OK_AND_ASSIGN(const auto korea, Replay(Since(begin, elsewhere)));
  EXPECT_EQ(korea.contacts(), 0);
  ASSERT_OK_AND_ASSIGN(const auto later, Replay(Since(world_.clock.Now(), Stricter())));
  EXPECT_EQ(later.contacts(), 2) << "each with what came before it";
  EXPECT_EQ(later.refused(), 1);
  auto backwards = Since(begin, Stricter());
  *backwards.mutable_to_time() = backwards.from_time();
  EXPECT_THAT(Replay(backwards), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

// A text of next year is tried on what was done; its rules' own days stay what they are.
TEST_F(HubOutlookTest, AReplayHearsTheTextOnAllDays) {
  const absl::Time begin = world_.clock.Now();
  Contact("A-1");
  world_.clock.Advance(absl::Minutes(10));
  Contact("A-2");
  for (const char* days : {"effective_from: 2027-01-01", "effective_to: 2026-01-01"}) {
    const std::string head = absl::StrCat("version: 2\n", days);
    ASSERT_OK_AND_ASSIGN(
        const auto replay,
        Replay(Since(begin, Pack({{"version: 1", head}, {"at_most: 2", "at_most: 1"}}))));
    EXPECT_EQ(replay.contacts(), 2) << days;
    EXPECT_EQ(replay.refused(), 1) << days;
  }
  ASSERT_OK_AND_ASSIGN(
      const auto next_year,
      Replay(Since(
          begin, Pack({{"    strength: SELF", "    effective_from: 2027-01-01\n    strength: SELF"},
                       {"at_most: 2", "at_most: 1"}}))));
  EXPECT_EQ(next_year.contacts(), 2);
  EXPECT_EQ(next_year.refused(), 0);
}

// Nine in the morning in Tokyo, where the address is, and seven in the evening in New York, where
// the number is.
TEST_F(HubOutlookTest, AReplayHearsThePacksAndClocksOfTheNumber) {
  v1::AccountRecord record = Record(4, "A-1", "P-1");
  record.mutable_person()->mutable_contact_points(0)->set_phone("+12125550123");
  world_.clock.Advance(absl::Hours(21));
  ASSERT_OK_AND_ASSIGN(const auto taken, world_.Import({record}));
  EXPECT_TRUE(taken.receipts().empty());
  const absl::Time begin = world_.clock.Now();
  Contact("A-1");
  Contact("A-3");
  const std::string of_number =
      "pack_id: us-test\nversion: 1\ntitle: t\ncountry: US\nhome_zone: America/New_York\nrules:\n"
      "  - {rule_id: us-test.hours, strength: LAW, source: s, verification: CONFIRMED, "
      "hours: {open: [{from: \"08:00\", to: \"18:00\"}]}}\n";
  ASSERT_OK_AND_ASSIGN(const auto replay, Replay(Since(begin, of_number)));
  EXPECT_EQ(replay.contacts(), 1);
  EXPECT_EQ(replay.refused(), 1);
  // The number is that of the time.
  record = Record(5, "A-1", "P-1");
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK(world_.Import({record}));
  ASSERT_OK_AND_ASSIGN(const auto again, Replay(Since(begin, of_number)));
  EXPECT_EQ(again.refused(), 1);
}

// The pack that the configuration names for people of whose country there is none.
TEST_F(HubOutlookTest, AReplayHearsThePackOfElsewhere) {
  const absl::Time begin = world_.clock.Now();
  v1::AccountRecord record = Record(4, "A-4", "P-4");
  record.mutable_person()->mutable_address()->set_country("FR");
  ASSERT_OK_AND_ASSIGN(const auto taken, world_.Import({record}));
  EXPECT_TRUE(taken.receipts().empty());
  Contact("A-1");
  world_.clock.Advance(absl::Minutes(3));
  Contact("A-4");
  const std::string elsewhere =
      absl::StrCat("pack_id: ", testing::kOpenPackId,
                   "\nversion: 2\ntitle: t\ncountry: AQ\nhome_zone: UTC\nrules:\n  - {rule_id: ",
                   testing::kOpenPackId,
                   ".no, strength: LAW, source: s, verification: CONFIRMED, forbid: {}}\n");
  ASSERT_OK_AND_ASSIGN(const auto replay, Replay(Since(begin, elsewhere)));
  EXPECT_EQ(replay.contacts(), 1);
  ASSERT_EQ(replay.samples_size(), 1);
  EXPECT_EQ(replay.samples(0).account_id(), "A-4");
}

// Two of the three contacts began in one instant.
TEST_F(HubOutlookTest, AReplayGoesOnWhereItEnded) {
  auto request = Since(world_.clock.Now(), Stricter());
  Contact("A-1");
  world_.clock.Advance(absl::Minutes(10));
  Contact("A-2");
  Contact("A-3");
  *request.mutable_to_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(world_.clock.Now() + absl::Seconds(1)));
  for (const int contacts_max : {1, 2, 3}) {
    auto page = request;
    page.set_contacts_max(contacts_max);
    int64_t contacts = 0, refused = 0;
    for (int pages = 0; pages < 5; ++pages) {
      ASSERT_OK_AND_ASSIGN(const auto replay, Replay(page));
      contacts += replay.contacts();
      refused += replay.refused();
      if (!replay.has_next_time()) break;
      *page.mutable_from_time() = replay.next_time();
    }
    EXPECT_EQ(contacts, 3) << contacts_max;
    EXPECT_EQ(refused, 1) << contacts_max;
  }
  request.set_contacts_max(100'001);
  EXPECT_THAT(Replay(request), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace switchboard
