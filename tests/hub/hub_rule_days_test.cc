// Rule packs whose days begin and end, as they are heard by whoever asks for a time to come.
#include <string>
#include <vector>

#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;

class HubRuleDaysTest : public testing::RulesTest {
 protected:
  // The test pack with other days and hours.
  static std::string Pack(int version, const std::string& days, const std::string& from = "08:00") {
    std::string text(testing::kTestPack);
    const auto replace = [&text](const std::string& old, const std::string& other) {
      text.replace(text.find(old), old.size(), other);
    };
    replace("version: 1", "version: " + std::to_string(version) + "\n" + days);
    replace("from: \"08:00\"", "from: \"" + from + "\"");
    return text;
  }
  absl::StatusOr<v1::PlanContactsResponse> PlanTomorrow(const std::string& account) {
    v1::PlanContactsRequest request = Wanting(account, 2);
    request.mutable_day()->set_year(2026);
    request.mutable_day()->set_month(12);
    request.mutable_day()->set_day(1);
    return Plan(request);
  }
};

// One text until midnight, another one from then on.
TEST_F(HubRuleDaysTest, ADayToComeIsPlannedByTheTextOfThatDay) {
  world_.ApplyPack(Pack(2, "effective_to: 2026-12-01"));
  world_.ApplyPack(Pack(3, "effective_from: 2026-12-01", "13:00"));
  ASSERT_OK_AND_ASSIGN(const auto planned, PlanTomorrow("A-1"));
  ASSERT_EQ(planned.plan().hours_size(), 1) << planned.ShortDebugString();
  EXPECT_EQ(TokyoTime(planned.plan().hours(0).begin_time()), "2026-12-01 13:00:00");
  EXPECT_EQ(planned.plan().attempts(), 2);
  const auto given = LastOf(v1::AuditEvent::KIND_PERMIT_GIVEN).permit_given();
  EXPECT_THAT(given.packs(), ElementsAre("jp-test/3"));
}

// Merely that the day goes on is no reason to write a plan anew.
TEST_F(HubRuleDaysTest, APlanThatIsAskedForAgainIsWrittenOnce) {
  const auto request = Wanting("A-1", 2);
  ASSERT_OK_AND_ASSIGN(const auto first, Plan(request));
  ASSERT_EQ(first.plan().attempts(), 2) << first.ShortDebugString();
  const auto entries = [&] {
    int64_t count = 0;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query("SELECT COUNT(*) FROM audit_entry", {}, [&](const storage::Row& row) {
        count = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return count;
  };
  const int64_t before = entries();
  for (int i = 0; i < 100; ++i) {
    world_.clock.Advance(absl::Milliseconds(10));
    ASSERT_OK_AND_ASSIGN(const auto again, Plan(request));
    ASSERT_EQ(again.plan().permit().permit_id(), first.plan().permit().permit_id());
  }
  EXPECT_LE(entries() - before, 4);
}

TEST_F(HubRuleDaysTest, ARetryIsByTheTextOfItsTime) {
  world_.ApplyPack(Pack(2, "effective_from: 2026-12-01", "13:00"));
  Contact("A-1");
  Contact("A-2");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  EXPECT_EQ(TokyoTime(denial_.retry_time()), "2026-12-01 13:00:00");
}

// Whose country's text ends is heard by the pack for elsewhere from then on, and a permit does not
// outlast the text it was given by.
TEST_F(HubRuleDaysTest, APermitEndsWhereAnotherTextBeginsToBeHeard) {
  constexpr char kBounded[] = R"(pack_id: kr-test
version: 1
title: A year's text
country: KR
home_zone: Asia/Seoul
effective_to: 2026-12-01
rules:
  - rule_id: kr-test.kind
    strength: LAW
    source: a law, article 1
    verification: CONFIRMED
    forbid: {when: [{ask: {channels: [VISIT]}}]}
)";
  world_.ApplyPack(kBounded);
  v1::AccountRecord record = Record(10, "A-8", "P-8");
  record.mutable_person()->mutable_address()->set_country("KR");
  ASSERT_OK(world_.Import({record}));
  world_.clock.Advance(absl::Hours(12) - absl::Seconds(30));  // half a minute before midnight
  v1::RequestPermitRequest mail = Call("A-8");
  mail.set_channel(v1::CHANNEL_EMAIL);
  mail.set_contact_point_id("email");
  ASSERT_THAT(Refusing(mail), ElementsAre("permit"));
  EXPECT_EQ(TokyoTime(permit_.expire_time()), "2026-12-01 00:00:00");
  const auto given = LastOf(v1::AuditEvent::KIND_PERMIT_GIVEN).permit_given();
  EXPECT_THAT(given.packs(), ElementsAre("kr-test/1"));
  EXPECT_FALSE(given.rules_of_elsewhere());
  world_.clock.Advance(absl::Seconds(30));
  mail.set_request_id("after");
  ASSERT_THAT(Refusing(mail), ElementsAre("permit"));
  EXPECT_TRUE(LastOf(v1::AuditEvent::KIND_PERMIT_GIVEN).permit_given().rules_of_elsewhere());
}

}  // namespace
}  // namespace switchboard
