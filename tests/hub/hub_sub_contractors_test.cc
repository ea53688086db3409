// Sub-contractors: what a vendor may give them, and what is said of others.
#include <string>
#include <vector>

#include "tests/hub/deletion_fixture.h"

namespace switchboard {
namespace {

using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using ::testing::Not;
using testing::OutcomesRead;
using testing::VendorPeer;

constexpr char kRefused[] = "SUB_CONTRACTOR";

class HubSubContractorsTest : public testing::DeletionsTest {
 protected:
  v1::RequestPermitRequest RequestFor(const std::string& assignment_id,
                                      const std::string& sub_contractor_id) {
    v1::RequestPermitRequest request;
    request.set_request_id("r-" + std::to_string(++requests_));
    request.set_assignment_id(assignment_id);
    request.set_contact_point_id("mobile");
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_REMIND);
    request.set_sub_contractor_id(sub_contractor_id);
    return request;
  }
  absl::StatusOr<v1::RequestPermitResponse> AskFor(const std::string& assignment_id,
                                                   const std::string& sub_contractor_id) {
    const auto request = RequestFor(assignment_id, sub_contractor_id);
    return world_.Await<v1::RequestPermitResponse>([&](auto done) {
      world_.hub().vendor_api().RequestPermit(VendorPeer("sakura"), request, done);
    });
  }
  // The reason why a day may not be planned for it; empty: it may, and the plan is given back.
  std::string PlanFor(const std::string& assignment_id, const std::string& sub_contractor_id) {
    v1::PlanContactsRequest request;
    *request.mutable_contact() = RequestFor(assignment_id, sub_contractor_id);
    request.set_attempts(1);
    const auto response = world_.Await<v1::PlanContactsResponse>([&](auto done) {
      world_.hub().vendor_api().PlanContacts(VendorPeer("sakura"), request, done);
    });
    EXPECT_OK(response);
    if (!response.ok()) return "error";
    if (response->has_denial())
      return v1::Denial::Reason_Name(response->denial().reason()).substr(sizeof("REASON"));
    Release(response->plan().permit().permit_id());
    return "";
  }
  void Release(const std::string& permit_id) {
    v1::ReleasePermitRequest request;
    request.set_permit_id(permit_id);
    EXPECT_OK(world_.Await<v1::ReleasePermitResponse>([&](auto done) {
      world_.hub().vendor_api().ReleasePermit(VendorPeer("sakura"), request, done);
    }));
  }
  // What the core is told of a contact that is reported now as made by its agents.
  std::string MarksOf(const std::string& assignment_id, const std::string& sub_contractor_id,
                      const std::string& permit_id = "") {
    auto outcome = At(MakeOutcome("o-" + std::to_string(++requests_), assignment_id),
                      world_.clock.Now() - absl::Seconds(5));
    outcome.set_sub_contractor_id(sub_contractor_id);
    outcome.set_permit_id(permit_id);
    EXPECT_OK(world_.Report("sakura", {outcome}));
    const auto read = OutcomesRead(world_, outcomes_++);
    EXPECT_EQ(read.size(), 1u);
    return read.empty() ? "" : read.front();
  }

  int requests_ = 0;
  int64_t outcomes_ = 0;  // that were recorded
};

// Registered now and for this work, and passed on to: each of it is asked for, by everything that
// names a sub-contractor.
TEST_F(HubSubContractorsTest, DataIsForThoseThatTheContractNamesAndThatWereToldOf) {
  const std::string id = Place("A-1", "P-1");
  const auto not_registered =
      FailsWith(absl::StatusCode::kPermissionDenied, "SUB_CONTRACTOR_NOT_REGISTERED");
  int64_t refused = 0;
  const std::vector<std::string> subs = {"kita",    "late-only", "gone",
                                         "to-come", "nobody",    "sakura"};
  for (const std::string& sub : subs) {
    EXPECT_EQ(AnswerOf(AskFor(id, sub)), kRefused) << sub;
    EXPECT_EQ(PlanFor(id, sub), kRefused) << sub;
    EXPECT_THAT(MarksOf(id, sub), HasSubstr(kRefused)) << sub;
    refused += 3;
    if (sub == "kita") continue;
    EXPECT_THAT(PassOn(sub, {id}), not_registered) << sub;
    ++refused;
    EXPECT_EQ(AnswerOf(AskFor(id, sub)), kRefused) << sub;
    ++refused;
  }
  EXPECT_EQ(Score().foreign_sub_contractors(), refused);

  ASSERT_OK(PassOn("kita", {id}));
  ASSERT_OK(PassOn("kita", {id}));
  world_.clock.Advance(absl::Seconds(10));
  EXPECT_EQ(PlanFor(id, "kita"), "");
  EXPECT_THAT(MarksOf(id, "kita"), Not(HasSubstr(kRefused)));
  ASSERT_OK_AND_ASSIGN(const auto given, AskFor(id, "kita"));
  ASSERT_TRUE(given.has_permit());
  // The permit says whose agents they were.
  EXPECT_THAT(MarksOf(id, "", given.permit().permit_id()), Not(HasSubstr(kRefused)));
  EXPECT_EQ(Score().foreign_sub_contractors(), refused);

  int64_t passed = 0;
  std::vector<std::string> not_passed = {"kita"};
  for (const auto& event : world_.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_PASSED_ON) continue;
    if (event.has_refused()) {
      EXPECT_EQ(event.refused().status(), "SUB_CONTRACTOR_NOT_REGISTERED");
      EXPECT_EQ(event.actor(), "vendor/sakura");
      not_passed.push_back(event.subject_id());
      continue;
    }
    ++passed;
    EXPECT_EQ(event.passed_on_to(), "kita");
    EXPECT_EQ(event.assignment_id(), id);
    EXPECT_EQ(event.actor(), "vendor/sakura");
  }
  EXPECT_EQ(passed, 1) << "told twice, written down once";
  EXPECT_EQ(not_passed, subs);
}

TEST_F(HubSubContractorsTest, APermitIsForTheAgentsThatItWasAskedFor) {
  const std::string id = Place("A-1", "P-1");
  ASSERT_OK(PassOn("kita", {id}));
  auto request = RequestFor(id, "kita");
  const auto ask = [&] {
    return world_.Await<v1::RequestPermitResponse>([&](auto done) {
      world_.hub().vendor_api().RequestPermit(VendorPeer("sakura"), request, done);
    });
  };
  EXPECT_EQ(AnswerOf(ask()), "permit");
  EXPECT_EQ(AnswerOf(ask()), "permit");  // said again
  request.set_sub_contractor_id("");
  EXPECT_EQ(AnswerOf(ask()), "FIELD_INVALID");
}

TEST_F(HubSubContractorsTest, APermitForAgentsThatTheContractNamesNoLongerBecomesVoid) {
  const std::string id = Place("A-1", "P-1");
  ASSERT_OK(PassOn("kita", {id}));
  ASSERT_OK_AND_ASSIGN(const auto given, AskFor(id, "kita"));
  ASSERT_TRUE(given.has_permit());
  world_.ApplyContract({.vendor_id = "sakura"});
  world_.Advance(absl::Seconds(1));
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_CONTRACT"));
}

TEST_F(HubSubContractorsTest, AllOrNothingIsPassedOn) {
  const std::string id = Place("A-1", "P-1");
  const std::string other = Place("A-2", "P-2");
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "ASSIGNMENT_UNKNOWN");
  EXPECT_THAT(PassOn("kita", {id, "nothing"}), unknown);
  EXPECT_EQ(AnswerOf(AskFor(id, "kita")), kRefused);
  EXPECT_THAT(PassOn("kita", {}), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(PassOn("Kita Calls", {id}),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  Recall(other);
  EXPECT_THAT(PassOn("kita", {id, other}), unknown);
  ASSERT_OK(PassOn("kita", {id, id}));
}

// What was passed on is deleted at both.
TEST_F(HubSubContractorsTest, AConfirmationNamesTheSubContractorsToo) {
  const std::string id = Place("A-1", "P-1");
  ASSERT_OK(PassOn("kita", {id}));
  Recall(id);
  const auto order = Only();
  EXPECT_THAT(order.sub_contractor_ids(), ElementsAre("kita"));
  EXPECT_THAT(Confirm(WordOn(order, [](auto& s) { s.clear_sub_contractor_ids(); })),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DELETION_DIFFERS"));
  ASSERT_OK(Confirm(WordOn(order)));
  EXPECT_THAT(List().orders(), IsEmpty());
}

}  // namespace
}  // namespace switchboard
