// What rule packs do to the work of the hours to come, and what they would have done.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

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
  static std::string Stricter() {
    std::string yaml = testing::kTestPack;
    const std::string two = "at_most: 2";
    yaml.replace(yaml.find(two), two.size(), "at_most: 1");
    return yaml;
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

}  // namespace
}  // namespace switchboard
