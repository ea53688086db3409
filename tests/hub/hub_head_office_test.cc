// What head office may do and nobody else.
#include <string>

#include "tests/hub/hand_over_fixture.h"

namespace switchboard {
namespace {

using testing::HandOverTest;
using testing::HandOverTo;
using testing::VendorPeer;

constexpr v1::Act kAlone[] = {v1::ACT_WAIVE, v1::ACT_SETTLE, v1::ACT_LEGAL_STEP,
                              v1::ACT_EXPLAIN_RENEWAL};
constexpr char kAllActs[] = "[REMIND, WAIVE, SETTLE, LEGAL_STEP, EXPLAIN_RENEWAL]";

class HubHeadOfficeTest : public HandOverTest {
 protected:
  std::string AskFor(v1::Act act) {
    const auto live = world_.Live("A-1");
    v1::RequestPermitRequest request;
    request.set_request_id("r-" + std::to_string(++asked_));
    request.set_assignment_id(live.assignment_id());
    request.set_contact_point_id("mobile");
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(act);
    const auto answer = world_.Await<v1::RequestPermitResponse>([&](auto done) {
      world_.hub().vendor_api().RequestPermit(VendorPeer(live.vendor_id()), request, done);
    });
    if (answer.ok() && answer->has_permit()) {
      v1::ReleasePermitRequest release;
      release.set_permit_id(answer->permit().permit_id());
      EXPECT_OK(world_.Await<v1::ReleasePermitResponse>([&](auto done) {
        world_.hub().vendor_api().ReleasePermit(VendorPeer(live.vendor_id()), release, done);
      }));
    }
    return testing::AnswerOf(answer);
  }
  // "RECORDED", or "INVALID act".
  std::string ReportActs(const std::string& vendor_id, const std::string& assignment_id,
                         v1::Act act, absl::Time start) {
    v1::Outcome outcome =
        testing::At(testing::MakeOutcome("o-" + std::to_string(++asked_), assignment_id), start);
    outcome.set_act(act);
    const auto response = world_.Report(vendor_id, {outcome});
    EXPECT_OK(response);
    if (!response.ok()) return "";
    const std::string status = testing::Statuses(response).front();
    const std::string& field = response->receipts(0).field();
    return field.empty() ? status : status + " " + field;
  }

  int asked_ = 0;
};

TEST_F(HubHeadOfficeTest, PermitsForItsActsAreGivenToItAlone) {
  ApplyHeadOffice(kAllActs);
  for (const v1::Act act : kAlone) EXPECT_EQ(AskFor(act), "ACT_NOT_ALLOWED") << act;
  EXPECT_EQ(AskFor(v1::ACT_REMIND), "permit");
  EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id_)));
  for (const v1::Act act : kAlone) EXPECT_EQ(AskFor(act), "permit") << act;
}

// A head office whose contract does not list them may do no more than others.
TEST_F(HubHeadOfficeTest, ItsActsAreThoseOfItsContract) {
  EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id_)));
  for (const v1::Act act : kAlone) EXPECT_EQ(AskFor(act), "ACT_NOT_ALLOWED") << act;
}

TEST_F(HubHeadOfficeTest, OutcomesOfItsActsAreTakenFromItAlone) {
  PassHours(1);
  for (const v1::Act act : kAlone)
    EXPECT_EQ(ReportActs("sakura", id_, act, Now() - absl::Minutes(1)), "INVALID act") << act;
  EXPECT_EQ(ReportActs("sakura", id_, v1::ACT_NEGOTIATE, Now() - absl::Minutes(1)), "RECORDED");
  EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id_)));
  PassHours(1);
  const std::string id = world_.Live("A-1").assignment_id();
  for (const v1::Act act : kAlone)
    EXPECT_EQ(ReportActs("head-office", id, act, Now() - absl::Minutes(1)), "RECORDED") << act;
  // By the contract of the contact: there was none yet.
  EXPECT_EQ(ReportActs("head-office", id, v1::ACT_SETTLE, begin_ - absl::Hours(24)), "INVALID act");
}

// A contract is judged as it was on the day of the contact, not as it is since.
TEST_F(HubHeadOfficeTest, WhoBecomesHeadOfficeLaterWasItNotBefore) {
  PassHours(1);
  const absl::Time before = Now();
  PassHours(48);
  world_.ApplyContract(
      {.vendor_id = "sakura", .more = "collector_kind: ISSUER\nhead_office: true\n"});
  EXPECT_EQ(ReportActs("sakura", id_, v1::ACT_WAIVE, before), "INVALID act");
  EXPECT_EQ(ReportActs("sakura", id_, v1::ACT_WAIVE, Now()), "RECORDED");
}

}  // namespace
}  // namespace switchboard
