// Outcomes under a vendor's own codes, through the whole hub.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;

constexpr char kMap[] = R"(vendor_id: sakura
version: 1
title: A dialer
declared_codes: [NA, RPC, PP]
meanings:
  - codes: [NA]
    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}
  - codes: [RPC]
    result: {connection: ANSWERED, reached: PERSON, disposition: RIGHT_PARTY}
  - codes: [PP]
    result: {connection: ANSWERED, reached: PERSON, disposition: PROMISE_TO_PAY}
)";
// The lawyer was forgotten.
constexpr char kMended[] = R"(vendor_id: sakura
version: 2
title: A dialer
declared_codes: [NA, RPC, PP, LAW]
meanings:
  - codes: [NA]
    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}
  - codes: [RPC]
    result: {connection: ANSWERED, reached: PERSON, disposition: RIGHT_PARTY}
  - codes: [PP]
    result: {connection: ANSWERED, reached: PERSON, disposition: PROMISE_TO_PAY}
  - codes: [LAW]
    result: {connection: ANSWERED, reached: PERSON, disposition: ATTORNEY}
)";

class HubCodesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
    id_ = world_.Live("A-1").assignment_id();
  }

  void Apply(const std::string& yaml) {
    v1::ApplyCodeMapRequest request;
    request.set_yaml(yaml);
    request.set_file_name("map.yaml");
    EXPECT_OK(world_.Await<v1::ApplyCodeMapResponse>(
        [&](auto done) { world_.hub().operator_api().ApplyCodeMap(Operator(), request, done); }));
  }
  v1::Outcome Coded(const std::string& outcome_id, const std::string& code, int32_t version = 1) {
    v1::Outcome outcome = At(MakeOutcome(outcome_id, id_, CallCode::kNoAnswer, version),
                             world_.clock.Now() - absl::Seconds(2));
    outcome.clear_result();
    outcome.set_vendor_code(code);
    return outcome;
  }
  std::vector<std::string> Report(const std::vector<v1::Outcome>& outcomes) {
    return testing::Statuses(world_.Report("sakura", outcomes));
  }
  // "o-1 v1 RIGHT_PARTY by 1" of each outcome that the core reads.
  std::vector<std::string> Read() {
    std::vector<std::string> lines;
    const auto response = world_.ReadCoreFeed(0);
    EXPECT_OK(response);
    if (!response.ok()) return lines;
    for (const v1::CoreItem& item : response->items()) {
      if (!item.has_outcome()) continue;
      const v1::Outcome& outcome = item.outcome().outcome();
      lines.push_back(absl::StrCat(outcome.outcome_id(), " v", outcome.version(), " ",
                                   v1::Disposition_Name(outcome.result().disposition()).substr(12),
                                   " by ", item.outcome().code_map_version()));
    }
    return lines;
  }
  // "RECORDED" of each item in quarantine that is taken again, in its order.
  std::vector<std::string> Retry() {
    v1::ReplayQuarantineRequest request;
    for (const auto& item : world_.Quarantine()) request.add_quarantine_ids(item.quarantine_id());
    const auto response = world_.Await<v1::ReplayQuarantineResponse>([&](auto done) {
      world_.hub().operator_api().ReplayQuarantine(Operator(), request, done);
    });
    EXPECT_OK(response);
    std::vector<std::string> statuses;
    if (!response.ok()) return statuses;
    for (const auto& receipt : response->receipts())
      statuses.push_back(receipt.status().substr(sizeof("STATUS_") - 1));
    return statuses;
  }

  testing::HubWorld world_;
  std::string id_;
};

TEST_F(HubCodesTest, ACodeIsReadByTheMap) {
  Apply(kMap);
  EXPECT_THAT(Report({Coded("o-1", "NA"), Coded("o-2", "RPC")}),
              ElementsAre("RECORDED", "RECORDED"));
  EXPECT_THAT(Read(), ElementsAre("o-1 v1 NONE by 1", "o-2 v1 RIGHT_PARTY by 1"));
  // The same again is the same, whatever the map says by then.
  Apply(kMended);
  EXPECT_THAT(Report({Coded("o-1", "NA"), Coded("o-3", "NA")}),
              ElementsAre("REPEATED", "RECORDED"));
  EXPECT_THAT(Read(),
              ElementsAre("o-1 v1 NONE by 1", "o-2 v1 RIGHT_PARTY by 1", "o-3 v1 NONE by 2"));
}

// What waits is recorded once the map is mended, once, with its consequences, in its order.
TEST_F(HubCodesTest, ACodeWithoutAMeaningWaitsAndIsRecordedLater) {
  EXPECT_THAT(Report({Coded("o-1", "LAW")}), ElementsAre("UNMAPPED"));  // there is no map at all
  Apply(kMap);
  EXPECT_THAT(Report({Coded("o-1", "LAW"), Coded("o-2", "RPC"), Coded("o-1", "RPC", 2)}),
              ElementsAre("UNMAPPED", "RECORDED", "VERSION_GAP"));
  EXPECT_EQ(world_.Quarantine().size(), 2u);
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  EXPECT_THAT(Retry(), ElementsAre("UNMAPPED", "VERSION_GAP"));

  Apply(kMended);
  const auto retried = Retry();
  EXPECT_THAT(retried, ElementsAre("RECORDED", "RECORDED"));
  EXPECT_THAT(world_.Quarantine(), IsEmpty());
  // The lawyer ended the work, and the correction took that back.
  EXPECT_THAT(Read(), ElementsAre("o-2 v1 RIGHT_PARTY by 1", "o-1 v1 ATTORNEY by 2",
                                  "o-1 v2 RIGHT_PARTY by 2"));
  EXPECT_TRUE(world_.Live("A-1").assignment_id().empty());
  EXPECT_THAT(Report({Coded("o-1", "LAW")}), ElementsAre("REPEATED"));
}

// What is not kept is not said to be.
TEST(HubCodesShareTest, BeyondItsShareAVendorIsToldToSendAgain) {
  HubOptions options = testing::HubWorld::Options();
  options.quarantine.rows_max = 1;
  testing::HubWorld world(options);
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({MakeRecord(1)}));
  const std::string id = world.Live("A-1").assignment_id();
  for (const char* outcome_id : {"o-1", "o-2"}) {
    v1::Outcome outcome = MakeOutcome(outcome_id, id);
    outcome.clear_result();
    outcome.set_vendor_code("NEW");
    const auto response = world.Report("sakura", {outcome});
    ASSERT_OK(response);
    EXPECT_EQ(response->receipts(0).status(), v1::ReportOutcomesResponse::STATUS_UNMAPPED);
    const bool kept = response->receipts(0).problem().find("it is kept") != std::string::npos;
    EXPECT_EQ(kept, std::string(outcome_id) == "o-1") << response->receipts(0).problem();
  }
  ASSERT_OK(world.hub().readers().Run([](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const auto waiting, audit::ListUnmapped(reader));
    EXPECT_EQ(waiting.size(), 1u);
    EXPECT_EQ(waiting.front().actor, "vendor/sakura");
    EXPECT_EQ(waiting.front().count, 2);
    return absl::OkStatus();
  }));
}

TEST_F(HubCodesTest, WhatTheMapSaysMustGoWithTheRest) {
  Apply(kMap);
  // A promise without a promise, and one beside another result.
  auto beside = Coded("o-2", "RPC");
  beside.mutable_promise()->mutable_amount()->set_currency_code("JPY");
  beside.mutable_promise()->mutable_amount()->set_minor_units(1);
  beside.mutable_promise()->mutable_due_date()->set_year(2026);
  beside.mutable_promise()->mutable_due_date()->set_month(1);
  beside.mutable_promise()->mutable_due_date()->set_day(2);
  auto both = Coded("o-3", "NA");
  *both.mutable_result() = ResultOf(CallCode::kBusy);
  auto written = Coded("o-4", "NA");
  written.set_channel(v1::CHANNEL_EMAIL);
  const auto response = world_.Report("sakura", {Coded("o-1", "PP"), beside, both, written});
  ASSERT_OK(response);
  std::vector<std::string> problems;
  for (const auto& receipt : response->receipts()) {
    EXPECT_EQ(receipt.status(), v1::ReportOutcomesResponse::STATUS_INVALID);
    problems.push_back(receipt.field());
  }
  EXPECT_THAT(problems, ElementsAre("promise", "promise", "vendor_code", "result.connection"));
}

TEST_F(HubCodesTest, TheMapOfTheDayOfTheContactCounts) {
  Apply(kMap);
  // From tomorrow on the same code says something else.
  const absl::CivilDay tomorrow = absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + 1;
  Apply(absl::StrCat(R"(vendor_id: sakura
version: 2
title: A dialer
effective_from: )",
                     absl::FormatCivilTime(tomorrow), R"(
declared_codes: [NA]
meanings:
  - codes: [NA]
    result: {connection: NOT_CONNECTED, reached: NOBODY, disposition: BUSY}
)"));
  const auto before = Coded("o-1", "NA");
  world_.Advance(absl::Hours(48));
  EXPECT_THAT(Report({before, Coded("o-2", "NA"), Coded("o-3", "RPC")}),
              ElementsAre("RECORDED", "RECORDED", "UNMAPPED"));
  EXPECT_THAT(Read(), ElementsAre("o-1 v1 NONE by 1", "o-2 v1 BUSY by 2"));
}

}  // namespace
}  // namespace switchboard
