// Permits through the whole hub.
#include <array>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/hub/three_accounts.h"

namespace switchboard {
namespace {

using testing::AnswerOf;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::Lift;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::PointStop;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class HubPermitsTest : public testing::ThreeAccountsTest {};

TEST_F(HubPermitsTest, PermitCarriesTheNumberAndEndsByItself) {
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  ASSERT_TRUE(answer.has_permit());
  EXPECT_EQ(answer.permit().dial(), "+819012345678");
  EXPECT_FALSE(answer.permit().has_trunk_token());
  using google::protobuf::util::TimeUtil;
  EXPECT_EQ(TimeUtil::TimestampToSeconds(answer.permit().expire_time()),
            absl::ToUnixSeconds(world_.clock.Now()) + 120);
  EXPECT_EQ(Ask("r-2"), "PERMIT_OPEN");
  EXPECT_EQ(Ask("r-3", "mobile", "A-2"), "PERMIT_OPEN");  // one per person
  EXPECT_EQ(Ask("r-4", "mobile", "A-3"), "permit");
  world_.clock.Advance(absl::Seconds(120));
  EXPECT_EQ(Ask("r-5"), "permit");
}

// A vendor from whom e-mail is withheld got every address with the permits it gave back.
TEST_F(HubPermitsTest, WhoDialsNumbersIsGivenNoAddresses) {
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       world_.Ask(vendor_, "r-1", placed_.assignment_id(), "email"));
  ASSERT_TRUE(answer.has_permit());
  EXPECT_FALSE(answer.permit().has_dial());
  EXPECT_FALSE(answer.permit().trunk_token().empty());
  EXPECT_EQ(answer.SerializeAsString().find('@'), std::string::npos);
}

TEST_F(HubPermitsTest, TrunkKeepsTheNumber) {
  world_.ApplyContract({.vendor_id = vendor_, .dial = "TRUNK"});
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  EXPECT_FALSE(answer.permit().has_dial());
  EXPECT_FALSE(answer.permit().trunk_token().empty());
  // Whoever reads permit ids in a log has no token.
  EXPECT_NE(answer.permit().trunk_token(), answer.permit().permit_id());
  EXPECT_EQ(answer.SerializeAsString().find("8190"), std::string::npos);
}

TEST_F(HubPermitsTest, RepeatGetsTheSamePermitWhileItIsOpen) {
  ASSERT_OK_AND_ASSIGN(const auto first, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  world_.Restart();
  ASSERT_OK_AND_ASSIGN(const auto again, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(world_.Vendor(vendor_).permits_given(), 1);
  EXPECT_EQ(Ask("r-1", "email"), "FIELD_INVALID");  // same id, another contact
  ASSERT_OK(Release(vendor_, first.permit().permit_id()));
  EXPECT_EQ(Ask("r-1"), "FIELD_INVALID");  // given back: an old request opens nothing
  EXPECT_EQ(Ask("r-2"), "permit");
}

// Requests for different people need not wait for each other to learn whether an id is taken.
TEST_F(HubPermitsTest, ARequestIdIsOfItsAssignment) {
  const auto placed = world_.Live("A-3");
  ASSERT_OK_AND_ASSIGN(const auto one, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  ASSERT_OK_AND_ASSIGN(const auto other,
                       world_.Ask(placed.vendor_id(), "r-1", placed.assignment_id()));
  ASSERT_TRUE(one.has_permit() && other.has_permit());
  EXPECT_NE(one.permit().permit_id(), other.permit().permit_id());
}

// By which the lane is found for whatever names them.
TEST_F(HubPermitsTest, IdsOfOnePersonEndWithItsShard) {
  std::set<std::string> shards;
  for (int i = 10; i < 20; ++i) {
    const std::string number = std::to_string(i);
    const std::string person = "P-" + number, account = "A-" + number, other = "B-" + number;
    ASSERT_OK(world_.Import({MakeRecord(2 * i, {.account_id = account, .person_id = person}),
                             MakeRecord(2 * i + 1, {.account_id = other, .person_id = person})}));
    const auto placed = world_.Live(account);
    const std::string shard(ShardOf(placed.assignment_id()));
    EXPECT_EQ(ShardOf(world_.Live(other).assignment_id()), shard);
    ASSERT_OK_AND_ASSIGN(const auto answer,
                         world_.Ask(placed.vendor_id(), "r-1", placed.assignment_id()));
    EXPECT_EQ(ShardOf(answer.permit().permit_id()), shard);
    shards.insert(shard);
  }
  EXPECT_GT(shards.size(), 5u);
}

TEST_F(HubPermitsTest, ReleaseRules) {
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  const std::string id = answer.permit().permit_id();
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN");
  EXPECT_THAT(Release(vendor_, "nothing"), unknown);
  EXPECT_THAT(Release(AnotherVendor(), id), unknown);  // not yours: unknown (I7)
  auto outcome = MakeOutcome("o-1", placed_.assignment_id());
  outcome.set_permit_id(id);
  ASSERT_OK(world_.Report(vendor_, {outcome}));
  EXPECT_THAT(Release(vendor_, id),
              FailsWith(absl::StatusCode::kFailedPrecondition, "PERMIT_USED"));
  ASSERT_OK_AND_ASSIGN(const auto second, world_.Ask(vendor_, "r-2", placed_.assignment_id()));
  EXPECT_OK(Release(vendor_, second.permit().permit_id()));
  EXPECT_OK(Release(vendor_, second.permit().permit_id()));
}

TEST_F(HubPermitsTest, WhatIsNotYoursLooksUnknown) {
  const std::string other = AnotherVendor();
  const auto theirs = world_.Ask(other, "r-1", placed_.assignment_id());
  const auto none = world_.Ask(other, "r-1", "01NOSUCHASSIGNMENT");
  ASSERT_OK(theirs);
  ASSERT_OK(none);
  EXPECT_EQ(theirs->SerializeAsString(), none->SerializeAsString());
  EXPECT_EQ(AnswerOf(theirs), "NOT_ASSIGNED");
  EXPECT_THAT(world_.Ask("stranger", "r-1", placed_.assignment_id()),
              FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
}

TEST_F(HubPermitsTest, BadPermitRequestsNameTheField) {
  for (const auto& [request, assignment, point, field] : std::vector<std::array<std::string, 4>>{
           {"", "a", "p", "request_id"},
           {"r 1", "a", "p", "request_id"},
           {"r", "", "p", "assignment_id"},
           {"r", "a", "", "contact_point_id"},
           {"r", "a", std::string(65, 'p'), "contact_point_id"}}) {
    const auto answer = world_.Ask(vendor_, request, assignment, point);
    EXPECT_THAT(answer, FailsWith(kInvalid, "FIELD_INVALID"));
    EXPECT_EQ(ErrorMetadata(answer.status(), "field"), field);
  }
}

TEST_F(HubPermitsTest, ContactPoints) {
  EXPECT_EQ(Ask("r-1", "dead"), "NO_CONTACT_POINT");
  EXPECT_EQ(Ask("r-2", "nothing"), "NO_CONTACT_POINT");
  EXPECT_EQ(Ask("r-3", "mobile"), "permit");
  EXPECT_EQ(Post(PointStop("e-1", "P-1", "email")), "ACCEPTED 0 0");
  EXPECT_EQ(Post(PointStop("e-2", "P-1", "mobile")), "ACCEPTED 0 1");
  EXPECT_EQ(Ask("r-4", "mobile"), "STOPPED");
  EXPECT_EQ(Ask("r-5", "dead"), "NO_CONTACT_POINT");
  EXPECT_EQ(Post(Lift("e-3", "e-1")), "ACCEPTED 0 0");
  EXPECT_EQ(Ask("r-6", "email"), "permit");
  EXPECT_EQ(Post(PointStop("e-4", "P-1", "nothing")), "UNKNOWN_SUBJECT 0 0");
}

TEST_F(HubPermitsTest, PlacementsExpire) {
  HubWorld world;
  world.ApplyContract({.work_terms = "    term: 1d\n"});
  world.ApplyPlan(testing::PlanYaml("[{vendor_id: sakura, percent: 100}]"));
  ASSERT_OK(world.Import({MakeRecord(1)}));
  const auto placed = world.Live("A-1");
  world.clock.Advance(absl::Hours(24));
  EXPECT_EQ(AnswerOf(world.Ask("sakura", "r-1", placed.assignment_id())), "EXPIRED");
  world.Advance(absl::ZeroDuration());
  EXPECT_EQ(AnswerOf(world.Ask("sakura", "r-2", placed.assignment_id())), "NOT_ASSIGNED");
  EXPECT_EQ(world.Placements()[0].withdraw_reason(), v1::WITHDRAW_REASON_EXPIRED);
}

}  // namespace
}  // namespace switchboard
