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
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::MakeOutcome;
using testing::MakeRecord;
using ::testing::Not;
using testing::Operator;
using testing::Receipts;

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

absl::StatusOr<v1::ListUnmappedCodesResponse> ListUnmapped(HubWorld& world,
                                                           const std::string& vendor_id) {
  v1::ListUnmappedCodesRequest request;
  request.set_vendor_id(vendor_id);
  return world.Await<v1::ListUnmappedCodesResponse>(
      [&](auto done) { world.hub().operator_api().ListUnmappedCodes(Operator(), request, done); });
}

// "LAW 2" of each code that is missing, "aaa aaaa shape 1" where only the shape is shown, and at
// the end "others 3" where more waits.
std::vector<std::string> Unmapped(HubWorld& world, const std::string& vendor_id = "sakura") {
  const auto response = ListUnmapped(world, vendor_id);
  EXPECT_OK(response);
  std::vector<std::string> lines;
  if (!response.ok()) return lines;
  for (const auto& line : response->codes()) {
    EXPECT_GT(line.first_time().seconds(), 0);
    lines.push_back(
        absl::StrCat(line.code(), line.shape_only() ? " shape " : " ", line.outcomes()));
  }
  if (response->other_outcomes() > 0)
    lines.push_back(absl::StrCat("others ", response->other_outcomes()));
  return lines;
}

class HubCodesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
    id_ = world_.Live("A-1").assignment_id();
  }

  void Apply(const std::string& yaml) {
    EXPECT_OK(world_.PutInForce(v1::TEXT_KIND_CODE_MAP, yaml));
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
  // "RECORDED" of each item in quarantine that is taken again, in its order: of all, or of those
  // that were refused with `status`.
  std::vector<std::string> Retry(const std::string& status = "") {
    v1::ReplayQuarantineRequest request;
    for (const auto& item : world_.Quarantine()) {
      if (status.empty() || item.status() == status)
        request.add_quarantine_ids(item.quarantine_id());
    }
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

// A correction that came while its first version waited is refused for the gap. So all that a
// vendor sent is taken again, whatever it was refused for.
TEST_F(HubCodesTest, TheCorrectionBehindAMissingCodeIsInForceAfterTheRetry) {
  Apply(kMap);
  EXPECT_THAT(Report({Coded("o-1", "LAW"), Coded("o-1", "RPC", 2)}),
              ElementsAre("UNMAPPED", "VERSION_GAP"));
  Apply(kMended);
  EXPECT_THAT(Retry("STATUS_UNMAPPED"), ElementsAre("RECORDED"));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(10)})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));

  EXPECT_THAT(Retry(), ElementsAre("RECORDED"));
  EXPECT_THAT(world_.Quarantine(), IsEmpty());
  const auto read = world_.ReadCoreFeed(0);
  ASSERT_OK(read);
  ASSERT_FALSE(read->items().empty());
  const v1::RecordedOutcome& newest = read->items(read->items_size() - 1).outcome();
  EXPECT_EQ(newest.outcome().version(), 2);
  EXPECT_EQ(newest.lifted_stop_ids_size(), 1);
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(11)})), Not(Contains(HasSubstr("STOPPED"))));
}

TEST_F(HubCodesTest, MissingCodesAreListedWithWhatWaitsForEach) {
  EXPECT_THAT(Unmapped(world_), IsEmpty());
  Apply(kMap);
  const v1::Outcome lawyer = Coded("o-2", "LAW");
  EXPECT_THAT(Report({Coded("o-1", "FRAUD"), lawyer, Coded("o-3", "LAW"), Coded("o-4", "NA"),
                      Coded("o-5", "VIP")}),
              ElementsAre("UNMAPPED", "UNMAPPED", "UNMAPPED", "RECORDED", "UNMAPPED"));
  Report({lawyer});  // once more
  EXPECT_THAT(Unmapped(world_), ElementsAre("LAW 2", "FRAUD 1", "VIP 1"));
  EXPECT_THAT(Unmapped(world_, "fuji"), IsEmpty());
  EXPECT_THAT(ListUnmapped(world_, "No vendor"),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  Apply(kMended);
  Retry();
  EXPECT_THAT(Unmapped(world_), ElementsAre("FRAUD 1", "VIP 1"));
}

// Nobody's word is needed, so nothing is shown that may say whom it is about.
TEST_F(HubCodesTest, WhatIsNoCodeIsShownByItsShape) {
  v1::AccountRecord record = MakeRecord(10);
  record.mutable_person()->set_given_name("Hanako");
  ASSERT_OK(world_.Import({record}));
  EXPECT_THAT(
      Report({Coded("o-1", "Ken Sato"), Coded("o-2", "Jun Ueno"), Coded("o-3", "090-1234-5678"),
              Coded("o-4", "HANAKO"), Coded("o-5", "NIHON")}),
      ElementsAre("UNMAPPED", "UNMAPPED", "INVALID", "UNMAPPED", "UNMAPPED"));
  EXPECT_THAT(Unmapped(world_), ElementsAre("aaa aaaa shape 2", "aaaaaa shape 1", "NIHON 1"));
  ASSERT_OK_AND_ASSIGN(const auto response, ListUnmapped(world_, "sakura"));
  for (const char* told : {"Sato", "Ueno", "1234", "HANAKO"})
    EXPECT_THAT(response.SerializeAsString(), Not(HasSubstr(told)));
}

TEST_F(HubCodesTest, OfVeryManyCodesTheMostFrequentAreListed) {
  std::vector<v1::Outcome> outcomes;
  for (int i = 0; i < 102; ++i)
    outcomes.push_back(Coded(absl::StrCat("o-", i), absl::StrCat("C-", 100 + i)));
  outcomes.push_back(Coded("o-102", "C-201"));
  Report(outcomes);
  const auto lines = Unmapped(world_);
  ASSERT_EQ(lines.size(), 101u);
  EXPECT_EQ(lines.front(), "C-201 2");
  EXPECT_EQ(lines[1], "C-100 1");
  EXPECT_EQ(lines.back(), "others 2");
}

// It lay sealed as it came, and goes out as what was recorded at once does.
TEST_F(HubCodesTest, ANoteThatWaitedIsCleanedAllTheSame) {
  Apply(kMap);
  auto noted = Coded("o-1", "LAW");
  noted.set_note("call 070-4816-2359");
  EXPECT_THAT(Report({noted}), ElementsAre("UNMAPPED"));
  Apply(kMended);
  EXPECT_THAT(Retry(), ElementsAre("RECORDED"));
  const auto read = world_.ReadCoreFeed(0);
  ASSERT_OK(read);
  ASSERT_EQ(read->items_size(), 1);
  EXPECT_EQ(read->items(0).outcome().outcome().note(), "call [PHONE 1]");
  EXPECT_EQ(read->items(0).outcome().note_marks_size(), 1);
  EXPECT_THAT(Report({noted}), ElementsAre("REPEATED"));
}

// What is kept has no card number any more, and it is said all the same that one came.
TEST_F(HubCodesTest, ACardNumberThatWaitedIsTold) {
  Apply(kMap);
  auto noted = Coded("o-1", "LAW");
  noted.set_note("card **** **** **** 1111");
  // The same, once cleaned, as what came with asterisks.
  auto card = noted;
  card.set_note("card 4111 1111 1111 1111");
  auto clean = Coded("o-2", "LAW");
  clean.set_note("no card");
  EXPECT_THAT(Report({noted, card, clean}), ElementsAre("UNMAPPED", "UNMAPPED", "UNMAPPED"));
  EXPECT_EQ(world_.Quarantine().size(), 2u);
  Apply(kMended);
  EXPECT_THAT(Retry(), ElementsAre("RECORDED", "RECORDED"));
  const auto read = testing::OutcomesRead(world_);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_TRUE(read[0].starts_with("1 o-1 v1:") && read[0].find("CARD_REMOVED") < read[0].size())
      << read[0];
  EXPECT_EQ(read[1].find("CARD_REMOVED"), std::string::npos) << read[1];
}

// What is not kept is not said to be, nor to wait here: the vendor has it, and each time that it
// sends it again would count.
void ExpectOneIsKeptAndOneIsNot(const audit::QuarantineQuota& quota) {
  HubOptions options = testing::HubWorld::Options();
  options.quarantine = quota;
  testing::HubWorld world(options);
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({MakeRecord(1)}));
  const std::string id = world.Live("A-1").assignment_id();
  for (const char* outcome_id : {"o-1", "o-2", "o-2"}) {
    v1::Outcome outcome = MakeOutcome(outcome_id, id);
    outcome.clear_result();
    outcome.set_vendor_code("NEW");
    outcome.set_note(std::string(1'000, 'x'));
    const auto response = world.Report("sakura", {outcome});
    ASSERT_OK(response);
    EXPECT_EQ(response->receipts(0).status(), v1::ReportOutcomesResponse::STATUS_UNMAPPED);
    const bool kept = response->receipts(0).problem().find("it is kept") != std::string::npos;
    EXPECT_EQ(kept, std::string(outcome_id) == "o-1") << response->receipts(0).problem();
  }
  ASSERT_OK(world.hub().readers().Run([](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const auto waiting, audit::ListUnmapped(reader));
    EXPECT_EQ(waiting.size(), 1u);
    if (waiting.size() != 1) return absl::OkStatus();
    EXPECT_EQ(waiting.front().actor, "vendor/sakura");
    EXPECT_EQ(waiting.front().count, 1);
    return absl::OkStatus();
  }));
  EXPECT_THAT(Unmapped(world), ElementsAre("NEW 1"));
}

TEST(HubCodesShareTest, BeyondItsShareAVendorIsToldToSendAgain) {
  ExpectOneIsKeptAndOneIsNot({.rows_max = 1});
}

TEST(HubCodesShareTest, BeyondItsBytesAVendorIsToldToSendAgain) {
  ExpectOneIsKeptAndOneIsNot({.bytes_max = 2'000});
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
