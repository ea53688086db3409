// Permits, stops, events of the core and recalls through the whole hub.
#include <array>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::AccountStop;
using testing::Closure;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::Lift;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Payment;
using testing::PersonStop;
using testing::PointStop;
using Events = v1::PostEventsResponse;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// One vendor or more, with account A-1 of P-1 and A-2 of P-1, and A-3 of P-3.
class HubRulesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura", "fuji", "ume"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"}),
                             MakeRecord(3, {.account_id = "A-3", .person_id = "P-3"})}));
    placed_ = world_.Live("A-1");
    vendor_ = placed_.vendor_id();
  }

  // "permit", the reasons of a denial, or the reason of an error.
  std::string Ask(const std::string& request_id, const std::string& point = "mobile",
                  const std::string& account_id = "A-1") {
    const auto live = world_.Live(account_id);
    return Tell(world_.Ask(live.vendor_id(), request_id, live.assignment_id(), point));
  }
  static std::string Tell(const absl::StatusOr<v1::RequestPermitResponse>& answer) {
    if (!answer.ok()) return ErrorReason(answer.status());
    if (answer->has_permit()) return "permit";
    std::string reasons;
    for (int reason : answer->denial().all_reasons()) {
      reasons += (reasons.empty() ? "" : " ") +
                 v1::Denial::Reason_Name(static_cast<v1::Denial::Reason>(reason)).substr(7);
    }
    return reasons;
  }
  // "ACCEPTED 1 2": status, withdrawn assignments, voided permits.
  std::string Post(const v1::CoreEvent& event) {
    const auto response = world_.Post({event});
    EXPECT_OK(response);
    if (!response.ok()) return "";
    const auto& receipt = response->receipts(0);
    return Events::Status_Name(receipt.status()).substr(7) + " " +
           std::to_string(receipt.withdrawn_assignments()) + " " +
           std::to_string(receipt.voided_permits());
  }
  std::string ReimportAndAsk(int64_t sequence, const std::string& request_id) {
    EXPECT_OK(world_.Import({MakeRecord(sequence)}));
    return Ask(request_id);
  }

  HubWorld world_;
  v1::ListPlacementsResponse::Placement placed_;
  std::string vendor_;
};

TEST_F(HubRulesTest, PermitCarriesTheNumberAndEndsByItself) {
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

TEST_F(HubRulesTest, TrunkKeepsTheNumber) {
  world_.ApplyContract({.vendor_id = vendor_, .dial = "TRUNK"});
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  EXPECT_FALSE(answer.permit().has_dial());
  EXPECT_FALSE(answer.permit().trunk_token().empty());
  EXPECT_EQ(answer.SerializeAsString().find("8190"), std::string::npos);
}

TEST_F(HubRulesTest, RepeatGetsTheSamePermitWhileItIsOpen) {
  ASSERT_OK_AND_ASSIGN(const auto first, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  world_.Restart();
  ASSERT_OK_AND_ASSIGN(const auto again, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(world_.Vendor(vendor_).permits_given(), 1);
  EXPECT_EQ(Ask("r-1", "email"), "FIELD_INVALID");  // same id, another contact
  ASSERT_OK(world_.Await<v1::ReleasePermitResponse>([&](auto done) {
    v1::ReleasePermitRequest request;
    request.set_permit_id(first.permit().permit_id());
    world_.hub().vendor_api().ReleasePermit(vendor_, request, done);
  }));
  EXPECT_EQ(Ask("r-1"), "FIELD_INVALID");  // given back: an old request opens nothing
  EXPECT_EQ(Ask("r-2"), "permit");
}

TEST_F(HubRulesTest, ReleaseRules) {
  auto release = [&](const std::string& vendor, const std::string& permit_id) {
    return world_.Await<v1::ReleasePermitResponse>([&](auto done) {
      v1::ReleasePermitRequest request;
      request.set_permit_id(permit_id);
      world_.hub().vendor_api().ReleasePermit(vendor, request, done);
    });
  };
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_, "r-1", placed_.assignment_id()));
  const std::string id = answer.permit().permit_id();
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN");
  EXPECT_THAT(release(vendor_, "nothing"), unknown);
  EXPECT_THAT(release(vendor_ == "fuji" ? "ume" : "fuji", id), unknown);  // not yours: unknown (I7)
  auto outcome = MakeOutcome("o-1", placed_.assignment_id());
  outcome.set_permit_id(id);
  ASSERT_OK(world_.Report(vendor_, {outcome}));
  EXPECT_THAT(release(vendor_, id),
              FailsWith(absl::StatusCode::kFailedPrecondition, "PERMIT_USED"));
  ASSERT_OK_AND_ASSIGN(const auto second, world_.Ask(vendor_, "r-2", placed_.assignment_id()));
  EXPECT_OK(release(vendor_, second.permit().permit_id()));
  EXPECT_OK(release(vendor_, second.permit().permit_id()));
}

TEST_F(HubRulesTest, WhatIsNotYoursLooksUnknown) {
  const std::string other = vendor_ == "fuji" ? "ume" : "fuji";
  const auto theirs = world_.Ask(other, "r-1", placed_.assignment_id());
  const auto none = world_.Ask(other, "r-1", "01NOSUCHASSIGNMENT");
  ASSERT_OK(theirs);
  ASSERT_OK(none);
  EXPECT_EQ(theirs->SerializeAsString(), none->SerializeAsString());
  EXPECT_EQ(Tell(theirs), "NOT_ASSIGNED");
  EXPECT_THAT(world_.Ask("stranger", "r-1", placed_.assignment_id()),
              FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
}

TEST_F(HubRulesTest, BadPermitRequestsNameTheField) {
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

TEST_F(HubRulesTest, ContactPoints) {
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

// I5: what is stopped is withdrawn, its open permits are void, and no further one is given.
TEST_F(HubRulesTest, EachStopEndsWorkAndPermits) {
  EXPECT_EQ(Ask("r-1"), "permit");
  EXPECT_EQ(Post(AccountStop("e-1", "A-2")), "ACCEPTED 1 0");
  EXPECT_EQ(Post(AccountStop("e-2", "A-1")), "ACCEPTED 1 1");
  EXPECT_EQ(Tell(world_.Ask(vendor_, "r-2", placed_.assignment_id())), "NOT_ASSIGNED");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(Ask("r-3", "mobile", "A-3"), "permit");
  EXPECT_EQ(Post(PersonStop("e-3", "P-3")), "ACCEPTED 1 1");
  EXPECT_EQ(Tell(world_.Ask(vendor_, "r-1", placed_.assignment_id())), "FIELD_INVALID");
}

TEST_F(HubRulesTest, PaymentIsLiftedOnlyByWhatTheCoreSendsNext) {
  EXPECT_EQ(Post(Payment("pay-1", "A-1")), "ACCEPTED 1 0");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  // A payment is no PlaceStop: nobody lifts it by hand.
  EXPECT_EQ(Post(Lift("e-1", "pay-1")), "UNKNOWN_SUBJECT 0 0");
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_NE(world_.Live("A-1").vendor_id(), "");
  EXPECT_NE(world_.Live("A-1").vendor_id(), vendor_);  // never the same group twice
  EXPECT_EQ(Ask("r-1"), "permit");
}

// A payment of an account that comes later holds when it comes, until it comes again.
TEST_F(HubRulesTest, PaymentBeforeTheAccountHolds) {
  EXPECT_EQ(Post(Payment("pay-1", "A-9")), "UNKNOWN_SUBJECT 0 0");
  ASSERT_OK(world_.Import({MakeRecord(10, {.account_id = "A-9", .person_id = "P-9"})}));
  EXPECT_EQ(world_.Live("A-9").vendor_id(), "");
  ASSERT_OK(world_.Import({MakeRecord(11, {.account_id = "A-9", .person_id = "P-9"})}));
  EXPECT_NE(world_.Live("A-9").vendor_id(), "");
}

TEST_F(HubRulesTest, ClosureIsForGood) {
  EXPECT_EQ(Post(Closure("c-1", "A-1")), "ACCEPTED 1 0");
  EXPECT_EQ(Post(Lift("e-1", "c-1")), "UNKNOWN_SUBJECT 0 0");
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
}

TEST_F(HubRulesTest, LiftedStopsLetTheAccountBePlacedWhenItIsImportedNext) {
  EXPECT_EQ(Post(AccountStop("e-1", "A-1")), "ACCEPTED 1 0");
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(Post(Lift("e-2", "e-1")), "ACCEPTED 0 0");
  EXPECT_EQ(Post(Lift("e-3", "e-1")), "UNKNOWN_SUBJECT 0 0");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(ReimportAndAsk(11, "r-1"), "permit");
}

TEST_F(HubRulesTest, EventsAreIdempotentById) {
  EXPECT_EQ(Post(AccountStop("e-1", "A-1")), "ACCEPTED 1 0");
  world_.Restart();
  EXPECT_EQ(Post(AccountStop("e-1", "A-1")), "REPEATED 0 0");
  EXPECT_EQ(Post(AccountStop("e-1", "A-2")), "ID_REUSED 0 0");
  EXPECT_NE(world_.Live("A-2").vendor_id(), "");
  ASSERT_EQ(world_.Quarantine().size(), 1u);
  EXPECT_EQ(world_.Quarantine()[0].status(), "STATUS_ID_REUSED");
}

struct BadEvent {
  const char* what;
  void (*make)(v1::CoreEvent&);
  const char* field;
};

TEST_F(HubRulesTest, BadEventsNameTheFieldAndCostOnlyThemselves) {
  using E = v1::CoreEvent;
  const std::vector<BadEvent> rows = {
      {"no id", [](E& e) { e = Payment("", "A-1"); }, "event_id"},
      {"long id", [](E& e) { e = Payment(std::string(65, 'e'), "A-1"); }, "event_id"},
      {"id with slash", [](E& e) { e = Payment("a/b", "A-1"); }, "event_id"},
      {"nothing", [](E&) {}, "event"},
      {"no account", [](E& e) { e = Payment("x", ""); }, "payment.account_id"},
      {"card as account", [](E& e) { e = Payment("x", "4111111111111111"); }, "payment.account_id"},
      {"zero",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_amount()->set_minor_units(0);
       },
       "payment.amount.minor_units"},
      {"overflow",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_amount()->set_minor_units(INT64_MAX);
       },
       "payment.amount.minor_units"},
      {"currency",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_amount()->set_currency_code("YEN!");
       },
       "payment.amount.currency_code"},
      {"bad time",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_pay_time()->set_seconds(-1);
       },
       "payment.pay_time"},
      {"stop on nothing", [](E& e) { e.mutable_place_stop()->set_reason(v1::STOP_REASON_DEATH); },
       "place_stop"},
      {"stop without reason", [](E& e) { e = PersonStop("x", "P-1", v1::STOP_REASON_UNSPECIFIED); },
       "place_stop.reason"},
      {"unknown reason", [](E& e) { e = PersonStop("x", "P-1", static_cast<v1::StopReason>(99)); },
       "place_stop.reason"},
      {"empty person", [](E& e) { e = PersonStop("x", ""); }, "place_stop.person_id"},
      {"empty point", [](E& e) { e = PointStop("x", "P-1", ""); },
       "place_stop.contact_point.contact_point_id"},
      {"lift nothing", [](E& e) { e = Lift("x", ""); }, "lift_stop.stop_event_id"},
      {"lift too long", [](E& e) { e = Lift("x", std::string(129, 's')); },
       "lift_stop.stop_event_id"},
      {"close nothing", [](E& e) { e = Closure("x", ""); }, "closure.account_id"},
  };
  std::vector<v1::CoreEvent> events;
  for (const BadEvent& row : rows) {
    v1::CoreEvent event;
    event.set_event_id("bad");
    row.make(event);
    events.push_back(event);
    events.push_back(Payment("good-" + std::to_string(events.size()), "A-1"));
  }
  ASSERT_OK_AND_ASSIGN(const Events response, world_.Post(events));
  ASSERT_EQ(response.receipts_size(), static_cast<int>(events.size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& receipt = response.receipts(static_cast<int>(2 * i));
    EXPECT_EQ(receipt.status(), Events::STATUS_INVALID) << rows[i].what;
    EXPECT_EQ(receipt.field(), rows[i].field) << rows[i].what;
    EXPECT_FALSE(receipt.problem().empty());
    EXPECT_EQ(response.receipts(static_cast<int>(2 * i + 1)).status(), Events::STATUS_ACCEPTED);
  }
  EXPECT_EQ(world_.Quarantine().size(), rows.size());
}

TEST_F(HubRulesTest, MalformedEventsAndCalls) {
  v1::ItemBytes request;
  request.add_items("\xff\xff garbage");
  request.add_items(Payment("e-1", "A-1").SerializeAsString());
  auto post = [&](const std::string& bytes) {
    return world_.Await<Events>(
        [&](auto done) { world_.hub().core_api().PostEvents(Core(), bytes, done); });
  };
  ASSERT_OK_AND_ASSIGN(const Events response, post(request.SerializeAsString()));
  EXPECT_EQ(response.receipts(0).status(), Events::STATUS_INVALID);
  EXPECT_EQ(response.receipts(1).status(), Events::STATUS_ACCEPTED);
  EXPECT_THAT(post("\xff\xff"), FailsWith(kInvalid, "MESSAGE_MALFORMED"));
  request.clear_items();
  for (int i = 0; i < 501; ++i) request.add_items("");
  EXPECT_THAT(post(request.SerializeAsString()), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
}

TEST_F(HubRulesTest, RecallPendsTakesOneObjectionAndBecomesFinal) {
  auto recall = [&](bool place_again) {
    return world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      v1::RecallAssignmentsRequest request;
      request.set_reason(v1::RECALL_REASON_NO_EFFORT);
      request.add_assignment_ids(placed_.assignment_id());
      request.set_place_again(place_again);
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    });
  };
  auto object = [&](const std::string& vendor, const std::string& id) {
    return world_.Await<v1::ObjectToRecallResponse>([&](auto done) {
      v1::ObjectToRecallRequest request;
      request.set_assignment_id(id);
      request.set_reason(v1::ObjectToRecallRequest::REASON_PROMISE);
      world_.hub().vendor_api().ObjectToRecall(vendor, request, done);
    });
  };
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "ASSIGNMENT_UNKNOWN");
  const std::string id = placed_.assignment_id();
  EXPECT_THAT(object(vendor_, id),
              FailsWith(absl::StatusCode::kFailedPrecondition, "NO_PENDING_RECALL"));
  EXPECT_THAT(object(vendor_, "nothing"), unknown);
  const int64_t now = absl::ToUnixSeconds(world_.clock.Now());
  ASSERT_OK_AND_ASSIGN(auto answer, recall(true));
  EXPECT_EQ(answer.announced(), 1);
  EXPECT_THAT(object(vendor_ == "fuji" ? "ume" : "fuji", id), unknown);
  EXPECT_EQ(world_.Live("A-1").pending_recall().final_time().seconds(), now + 86'400);
  EXPECT_EQ(Ask("r-1"), "permit");  // it may still be worked
  ASSERT_OK_AND_ASSIGN(const auto moved, object(vendor_, id));
  EXPECT_EQ(moved.final_time().seconds(), now + 3 * 86'400);
  ASSERT_OK_AND_ASSIGN(const auto again, object(vendor_, id));
  EXPECT_EQ(again.final_time().seconds(), now + 3 * 86'400);
  ASSERT_OK_AND_ASSIGN(answer, recall(true));
  EXPECT_EQ(answer.pending_before(), 1);
  EXPECT_TRUE(world_.Live("A-1").pending_recall().objected());
  world_.Advance(absl::Hours(71));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id);
  world_.Advance(absl::Hours(2));
  const auto next = world_.Live("A-1");
  EXPECT_NE(next.assignment_id(), id);
  EXPECT_NE(next.vendor_id(), vendor_);
  EXPECT_EQ(next.placement_number(), 2);
}

TEST_F(HubRulesTest, RecalledAccountNeverReturnsToAGroupThatHadIt) {
  std::set<std::string> vendors;
  for (int round = 0; round < 4; ++round) {
    const auto live = world_.Live("A-3");
    if (live.vendor_id().empty()) break;
    EXPECT_TRUE(vendors.insert(live.vendor_id()).second);
    v1::RecallAssignmentsRequest request;
    request.set_reason(v1::RECALL_REASON_TERM_ENDED);
    request.add_assignment_ids(live.assignment_id());
    request.set_place_again(true);
    ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    }));
    world_.Advance(absl::Hours(25));
  }
  EXPECT_EQ(vendors.size(), 3u);
  EXPECT_EQ(world_.Live("A-3").vendor_id(), "");
}

TEST_F(HubRulesTest, PlacementsExpire) {
  HubWorld world;
  world.ApplyContract({.work_terms = "    term: 1d\n"});
  world.ApplyPlan(testing::PlanYaml("[{vendor_id: sakura, percent: 100}]"));
  ASSERT_OK(world.Import({MakeRecord(1)}));
  const auto placed = world.Live("A-1");
  world.clock.Advance(absl::Hours(24));
  EXPECT_EQ(Tell(world.Ask("sakura", "r-1", placed.assignment_id())), "EXPIRED");
  world.Advance(absl::ZeroDuration());
  EXPECT_EQ(Tell(world.Ask("sakura", "r-2", placed.assignment_id())), "NOT_ASSIGNED");
  EXPECT_EQ(world.Placements()[0].withdraw_reason(), "REASON_EXPIRED");
}

}  // namespace
}  // namespace switchboard
