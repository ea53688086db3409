// Recordings of calls through the whole hub: which are owed, which are missing, which were checked.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AccountIn;
using testing::At;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubRetentionTest;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::kPlaced;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::PlanYaml;
using testing::VendorPeer;

constexpr char kOwedInADay[] = "recordings: {within: 1d}\n";

// The same outcome, with a recording of the call; `byte`: of which its digest is.
v1::Outcome Recorded(v1::Outcome outcome, char byte = 'x') {
  v1::Recording& recording = *outcome.mutable_recording();
  recording.set_address("https://rec.sakura.example/o-1.wav");
  recording.set_sha256(std::string(32, byte));
  *recording.mutable_begin_time() = outcome.start_time();
  recording.mutable_length()->set_seconds(1);
  recording.set_retention_class("calls");
  return outcome;
}

// "sakura o-1" of each call.
template <typename Response>
std::vector<std::string> LinesOf(const absl::StatusOr<Response>& response) {
  EXPECT_OK(response);
  std::vector<std::string> lines;
  if (!response.ok()) return lines;
  for (const v1::MissingRecording& call : response->calls())
    lines.push_back(absl::StrCat(call.vendor_id(), " ", call.outcome_id()));
  return lines;
}

// Two vendors that owe recordings within a day of the call, with an account each.
class HubRecordingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura", "fuji"});
    for (const char* vendor_id : {"sakura", "fuji"})
      world_.ApplyContract({.vendor_id = vendor_id, .more = kOwedInADay});
    world_.ApplyPlan(PlanYaml("[{vendor_id: sakura, percent: 100}]", "to-sakura"));
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    world_.ApplyPlan(PlanYaml("[{vendor_id: fuji, percent: 100}]", "to-fuji"));
    ASSERT_OK(world_.Import({MakeRecord(2, {.account_id = "A-2", .person_id = "P-2"})}));
    id_ = world_.Live("A-1").assignment_id();
    other_id_ = world_.Live("A-2").assignment_id();
    world_.Advance(absl::Hours(1));
  }

  // A call of sakura's that begins now and takes a second.
  v1::Outcome Call(const std::string& outcome_id, CallCode code = CallCode::kRightParty,
                   int32_t version = 1) {
    return At(MakeOutcome(outcome_id, id_, code, version), world_.clock.Now());
  }
  v1::Outcome OtherCall(const std::string& outcome_id) {
    v1::Outcome outcome = Call(outcome_id);
    outcome.set_assignment_id(other_id_);
    return outcome;
  }
  // Another version of the same call.
  static v1::Outcome Corrected(v1::Outcome outcome, CallCode code = CallCode::kRightParty) {
    outcome.set_version(outcome.version() + 1);
    *outcome.mutable_result() = ResultOf(code);
    outcome.clear_recording();
    return outcome;
  }
  void Report(const std::vector<v1::Outcome>& outcomes, const std::string& vendor_id = "sakura") {
    const auto response = world_.Report(vendor_id, outcomes);
    ASSERT_OK(response);
    for (const auto& receipt : response->receipts()) {
      EXPECT_EQ(receipt.status(), v1::ReportOutcomesResponse::STATUS_RECORDED)
          << receipt.ShortDebugString();
    }
  }

  absl::StatusOr<v1::ListMissingRecordingsResponse> List(const std::string& vendor_id,
                                                         const std::string& after = "",
                                                         int max_calls = 0) {
    v1::ListMissingRecordingsRequest request;
    request.set_after(after);
    request.set_max_calls(max_calls);
    return world_.Await<v1::ListMissingRecordingsResponse>([&](auto done) {
      world_.hub().vendor_api().ListMissingRecordings(VendorPeer(vendor_id), request, done);
    });
  }
  absl::StatusOr<v1::FindMissingRecordingsResponse> Find(
      const v1::FindMissingRecordingsRequest& request) {
    return world_.Await<v1::FindMissingRecordingsResponse>([&](auto done) {
      world_.hub().operator_api().FindMissingRecordings(Operator(), request, done);
    });
  }
  absl::StatusOr<v1::CheckRecordingResponse> Check(const std::string& vendor_id,
                                                   const std::string& outcome_id, char byte) {
    v1::CheckRecordingRequest request;
    request.set_vendor_id(vendor_id);
    request.set_outcome_id(outcome_id);
    request.set_sha256(std::string(32, byte));
    return Check(request);
  }
  absl::StatusOr<v1::CheckRecordingResponse> Check(const v1::CheckRecordingRequest& request) {
    return world_.Await<v1::CheckRecordingResponse>(
        [&](auto done) { world_.hub().operator_api().CheckRecording(Operator(), request, done); });
  }
  // Of sakura's calls, so much later.
  std::vector<std::string> MissingAfter(absl::Duration time) {
    world_.clock.Advance(time);
    return LinesOf(List("sakura"));
  }
  std::vector<std::string> MissingNow() { return LinesOf(List("sakura")); }

  HubWorld world_;
  std::string id_;        // of A-1, at sakura
  std::string other_id_;  // of A-2, at fuji
};

TEST_F(HubRecordingsTest, OfEachCallThatWasAnsweredOneIsOwed) {
  v1::Outcome in = Call("o-2");
  in.set_direction(v1::DIRECTION_IN);
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-1", id_));
  v1::Outcome permitted = Call("o-3");
  permitted.set_permit_id(answer.permit().permit_id());
  v1::Outcome visit = Call("o-4");
  visit.set_channel(v1::CHANNEL_VISIT);
  v1::Outcome message = Call("o-5", CallCode::kDelivered);
  message.set_channel(v1::CHANNEL_SMS);
  Report({Call("o-1"), in, permitted, visit, message, Call("o-6", CallCode::kNoAnswer),
          Call("o-7", CallCode::kMachine), Call("o-8", CallCode::kThirdParty)});
  EXPECT_THAT(MissingAfter(absl::Hours(25)),
              ElementsAre("sakura o-1", "sakura o-2", "sakura o-3", "sakura o-8"));
}

TEST_F(HubRecordingsTest, OneIsMissingOnceItsTimeIsUp) {
  using google::protobuf::util::TimeUtil;
  const absl::Time called = world_.clock.Now();
  Report({Call("o-1")});
  // A day after the call, which took a second.
  EXPECT_THAT(MissingAfter(absl::Hours(24) + absl::Seconds(1)), IsEmpty());
  EXPECT_THAT(MissingAfter(absl::Microseconds(1)), ElementsAre("sakura o-1"));
  world_.Restart();
  ASSERT_OK_AND_ASSIGN(const auto list, List("sakura"));
  ASSERT_EQ(list.calls_size(), 1);
  EXPECT_EQ(list.calls(0).assignment_id(), id_);
  EXPECT_EQ(TimeUtil::TimestampToMicroseconds(list.calls(0).call_time()),
            absl::ToUnixMicros(called));
  EXPECT_EQ(TimeUtil::TimestampToMicroseconds(list.calls(0).due_time()),
            absl::ToUnixMicros(called + absl::Hours(24) + absl::Seconds(1)));
}

TEST_F(HubRecordingsTest, WhatWasToldInTheReportIsNotOwed) {
  Report({Recorded(Call("o-1")), Recorded(Call("o-2", CallCode::kMachine)), Call("o-3")});
  EXPECT_THAT(MissingAfter(absl::Hours(48)), ElementsAre("sakura o-3"));
}

// A permit says by which channel a call was, and a recording is of a call that was taken.
TEST_F(HubRecordingsTest, ARecordingOfNoCallIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-1", id_));
  v1::Outcome permitted = Recorded(Call("o-1", CallCode::kNoAnswer));
  permitted.set_permit_id(answer.permit().permit_id());
  const auto response =
      world_.Report("sakura", {permitted, Recorded(Call("o-2", CallCode::kBusy))});
  ASSERT_OK(response);
  for (const auto& receipt : response->receipts()) {
    EXPECT_EQ(receipt.status(), v1::ReportOutcomesResponse::STATUS_INVALID);
    EXPECT_EQ(receipt.field(), "recording");
  }
  EXPECT_THAT(Check("sakura", "o-1", 'x'),
              FailsWith(absl::StatusCode::kNotFound, "RECORDING_UNKNOWN"));
}

TEST_F(HubRecordingsTest, TheNewestVersionCounts) {
  const v1::Outcome first = Call("o-1");
  Report({first, Call("o-2")});
  EXPECT_THAT(MissingAfter(absl::Hours(25)), ElementsAre("sakura o-1", "sakura o-2"));
  // Told by a correction, however late.
  const v1::Outcome told = Recorded(Corrected(first));
  Report({told});
  EXPECT_THAT(MissingNow(), ElementsAre("sakura o-2"));
  ASSERT_OK_AND_ASSIGN(const auto checked, Check("sakura", "o-1", 'x'));
  EXPECT_TRUE(checked.matches());
  // Another correction that does not speak of it takes it back, and it is owed as before.
  Report({Corrected(told)});
  EXPECT_THAT(MissingNow(), ElementsAre("sakura o-1", "sakura o-2"));
  EXPECT_THAT(Check("sakura", "o-1", 'x'),
              FailsWith(absl::StatusCode::kNotFound, "RECORDING_UNKNOWN"));
}

TEST_F(HubRecordingsTest, WhatWasNoCallAfterAllOwesNothing) {
  const v1::Outcome owed = Call("o-1");
  const v1::Outcome told = Recorded(Call("o-2"));
  const v1::Outcome at_once = Call("o-3");
  Report({owed, told, at_once, Corrected(at_once, CallCode::kBusy)});
  EXPECT_THAT(MissingAfter(absl::Hours(25)), ElementsAre("sakura o-1"));
  Report({Corrected(owed, CallCode::kBusy), Corrected(told, CallCode::kBusy)});
  EXPECT_THAT(MissingNow(), IsEmpty());
  EXPECT_THAT(Check("sakura", "o-2", 'x'),
              FailsWith(absl::StatusCode::kNotFound, "RECORDING_UNKNOWN"));
  // And the other way round: what was busy was answered.
  const v1::Outcome busy = Call("o-4", CallCode::kBusy);
  Report({busy, Corrected(busy)});
  EXPECT_THAT(MissingAfter(absl::Hours(25)), ElementsAre("sakura o-4"));
}

TEST_F(HubRecordingsTest, TheContractOfTheCallSaysWhatIsOwed) {
  const v1::Outcome before = Call("o-1");
  world_.Advance(absl::Seconds(1));
  world_.ApplyContract({.vendor_id = "sakura"});
  world_.Advance(absl::Seconds(1));
  Report({before, Call("o-2"), Recorded(Call("o-3"))});
  EXPECT_THAT(MissingAfter(absl::Hours(24 * 91)), ElementsAre("sakura o-1"));
  // What was told is known, owed or not.
  ASSERT_OK_AND_ASSIGN(const auto checked, Check("sakura", "o-3", 'x'));
  EXPECT_TRUE(checked.matches());
}

TEST_F(HubRecordingsTest, NobodySeesAnothersCalls) {
  Report({Call("o-1")});
  Report({OtherCall("o-2")}, "fuji");
  EXPECT_THAT(MissingAfter(absl::Hours(25)), ElementsAre("sakura o-1"));
  EXPECT_THAT(LinesOf(List("fuji")), ElementsAre("fuji o-2"));
  EXPECT_THAT(LinesOf(List("fuji", "o-2")), IsEmpty());
  EXPECT_THAT(List("ume"), FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
  EXPECT_THAT(LinesOf(Find({})), ElementsAre("fuji o-2", "sakura o-1"));
  v1::FindMissingRecordingsRequest of_fuji;
  of_fuji.set_vendor_id("fuji");
  EXPECT_THAT(LinesOf(Find(of_fuji)), ElementsAre("fuji o-2"));
  // An outcome's id is its vendor's.
  EXPECT_THAT(Check("fuji", "o-1", 'x'),
              FailsWith(absl::StatusCode::kNotFound, "RECORDING_UNKNOWN"));
}

TEST_F(HubRecordingsTest, AVendorReadsPageByPage) {
  Report({Call("o-1"), Recorded(Call("o-2")), Call("o-3"), Call("o-4")});
  EXPECT_THAT(MissingAfter(absl::Hours(25)), ElementsAre("sakura o-1", "sakura o-3", "sakura o-4"));
  EXPECT_THAT(LinesOf(List("sakura", "", 2)), ElementsAre("sakura o-1", "sakura o-3"));
  EXPECT_THAT(LinesOf(List("sakura", "o-3", 2)), ElementsAre("sakura o-4"));
  EXPECT_THAT(LinesOf(List("sakura", "o-4", 1000)), IsEmpty());
  EXPECT_EQ(ErrorMetadata(List("sakura", "o 1").status(), "field"), "after");
  EXPECT_EQ(ErrorMetadata(List("sakura", "", 1001).status(), "field"), "max_calls");
  EXPECT_EQ(ErrorMetadata(List("sakura", "", -1).status(), "field"), "max_calls");
}

TEST_F(HubRecordingsTest, AnOperatorReadsPageByPage) {
  Report({Call("o-1"), Call("o-3")});
  Report({OtherCall("o-2"), OtherCall("o-4")}, "fuji");
  world_.clock.Advance(absl::Hours(25));
  const auto page = [&](const std::string& vendor_id, const std::string& after_vendor_id,
                        const std::string& after_outcome_id, int max_calls) {
    v1::FindMissingRecordingsRequest request;
    request.set_vendor_id(vendor_id);
    request.set_after_vendor_id(after_vendor_id);
    request.set_after_outcome_id(after_outcome_id);
    request.set_max_calls(max_calls);
    return Find(request);
  };
  EXPECT_THAT(LinesOf(page("", "", "", 3)), ElementsAre("fuji o-2", "fuji o-4", "sakura o-1"));
  EXPECT_THAT(LinesOf(page("", "fuji", "o-4", 1)), ElementsAre("sakura o-1"));
  EXPECT_THAT(LinesOf(page("", "sakura", "o-1", 0)), ElementsAre("sakura o-3"));
  EXPECT_THAT(LinesOf(page("", "sakura", "o-3", 0)), IsEmpty());
  EXPECT_THAT(LinesOf(page("fuji", "fuji", "o-2", 0)), ElementsAre("fuji o-4"));
  const auto refused = [&](const std::string& vendor_id, const std::string& after_vendor_id,
                           const std::string& after_outcome_id, int max_calls) {
    return ErrorMetadata(page(vendor_id, after_vendor_id, after_outcome_id, max_calls).status(),
                         "field");
  };
  EXPECT_EQ(refused("Fuji", "", "", 0), "vendor_id");
  EXPECT_EQ(refused("", "fuji", "", 0), "after_outcome_id");
  EXPECT_EQ(refused("", "", "o-1", 0), "after_vendor_id");
  EXPECT_EQ(refused("", "Fuji", "o-1", 0), "after_vendor_id");
  EXPECT_EQ(refused("fuji", "sakura", "o-1", 0), "after_vendor_id");
  EXPECT_EQ(refused("", "", "", 1001), "max_calls");
}

TEST_F(HubRecordingsTest, AnOperatorChecksWhatWasFetched) {
  Report({Recorded(Call("o-1"), 'x'), Call("o-2")});
  ASSERT_OK_AND_ASSIGN(const auto same, Check("sakura", "o-1", 'x'));
  EXPECT_TRUE(same.matches());
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto other, Check("sakura", "o-1", 'y'));
  EXPECT_FALSE(other.matches());
  // Nothing was told of one that is owed, nor of what never was.
  for (const char* outcome_id : {"o-2", "o-9"}) {
    EXPECT_THAT(Check("sakura", outcome_id, 'x'),
                FailsWith(absl::StatusCode::kNotFound, "RECORDING_UNKNOWN"));
  }
  std::vector<bool> found;
  std::vector<std::string> compared;
  for (const v1::AuditEvent& event : world_.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_RECORDING_CHECKED) continue;
    EXPECT_EQ(event.actor(), "operator/ito");
    EXPECT_EQ(event.vendor_id(), "sakura");
    EXPECT_EQ(event.subject_id(), "o-1");
    EXPECT_EQ(event.assignment_id(), id_);
    EXPECT_EQ(event.detail_case(), v1::AuditEvent::kRecordingMatches);
    found.push_back(event.recording_matches());
    compared.push_back(event.digest());
  }
  EXPECT_THAT(found, ElementsAre(true, false));
  EXPECT_THAT(compared, ElementsAre(std::string(32, 'x'), std::string(32, 'y')));
}

TEST_F(HubRecordingsTest, ACheckNamesItsField) {
  const auto refused = [&](void (*alter)(v1::CheckRecordingRequest&)) {
    v1::CheckRecordingRequest request;
    request.set_vendor_id("sakura");
    request.set_outcome_id("o-1");
    request.set_sha256(std::string(32, 'x'));
    alter(request);
    const absl::Status status = Check(request).status();
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    return ErrorMetadata(status, "field");
  };
  EXPECT_EQ(refused([](auto& one) { one.clear_vendor_id(); }), "vendor_id");
  EXPECT_EQ(refused([](auto& one) { one.set_outcome_id("o 1"); }), "outcome_id");
  EXPECT_EQ(refused([](auto& one) { one.set_sha256(std::string(64, 'a')); }), "sha256");
}

class HubRecordingErasureTest : public HubRetentionTest {};

TEST_F(HubRecordingErasureTest, RecordingsGoWithTheirAssignment) {
  for (const std::string& vendor_id : vendors_)
    world_.ApplyContract({.vendor_id = vendor_id, .more = kOwedInADay});
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  ASSERT_EQ(Import(AccountIn(2, "A-2", "P-2")), kPlaced);
  world_.clock.Advance(absl::Seconds(1));
  for (const std::string account_id : {"A-1", "A-2"}) {
    const auto placed = world_.Live(account_id);
    const v1::Outcome call =
        At(MakeOutcome("owed-" + account_id, placed.assignment_id(), CallCode::kRightParty),
           world_.clock.Now());
    v1::Outcome told = Recorded(call);
    told.set_outcome_id("told-" + account_id);
    for (const v1::Outcome& outcome : {call, told}) {
      EXPECT_EQ(Report(placed.vendor_id(), outcome), v1::ReportOutcomesResponse::STATUS_RECORDED);
    }
  }
  ASSERT_OK(world_.ReadCoreFeed(4));  // confirms
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(19);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM recording"), 4);
  Pass(1);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM recording"), 2);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM recording WHERE outcome_id = 'owed-A-2'"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM recording WHERE outcome_id = 'told-A-2'"), 1);
}

}  // namespace
}  // namespace switchboard
