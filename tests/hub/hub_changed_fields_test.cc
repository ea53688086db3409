// What the core is told of what a correction changed, through the whole hub.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/codes/call_code.h"
#include "tests/hub/promise_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using testing::MakeOutcome;
using testing::Promised;
using testing::PromiseTest;
using testing::Statuses;

constexpr char kMap[] = R"(vendor_id: sakura
version: 1
title: A dialer
declared_codes: [NA]
meanings:
  - codes: [NA]
    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}
)";

class HubChangedFieldsTest : public PromiseTest {
 protected:
  v1::Outcome Made(CallCode code, int32_t version, const std::string& note = "") {
    v1::Outcome outcome = At(MakeOutcome("o-1", id_, code, version), called_);
    outcome.set_note(note);
    return outcome;
  }
  // "v2: note" of each outcome that the core reads.
  std::vector<std::string> Read() {
    std::vector<std::string> lines;
    const auto read = world_.ReadCoreFeed(0);
    EXPECT_OK(read);
    if (!read.ok()) return lines;
    for (const v1::CoreItem& item : read->items()) {
      if (!item.has_outcome()) continue;
      lines.push_back(absl::StrCat("v", item.outcome().outcome().version(), ": ",
                                   absl::StrJoin(item.outcome().changed_fields(), " ")));
    }
    return lines;
  }

  absl::Time called_ = Now();
};

TEST_F(HubChangedFieldsTest, ACorrectionSaysWhatIsOtherwise) {
  Report(Made(CallCode::kRightParty, 1));
  Report(Made(CallCode::kCallBack, 2));
  v1::Outcome flagged = Made(CallCode::kCallBack, 3);
  flagged.mutable_result()->set_complained(true);
  Report(flagged);
  flagged.set_version(4);
  flagged.set_note("a word");
  Report(flagged);
  flagged.set_version(5);
  Report(flagged);
  EXPECT_THAT(Read(), ElementsAre("v1: ", "v2: result.disposition", "v3: result.complained",
                                  "v4: note", "v5: "));
}

TEST_F(HubChangedFieldsTest, APromisesDateAndThatItWasOne) {
  v1::Outcome promised = Promised("o-1", id_, 5'000, 3, called_);
  Report(promised);
  promised.set_version(2);
  promised.mutable_promise()->mutable_due_date()->set_day(promised.promise().due_date().day() + 1);
  Report(promised);
  Report(Made(CallCode::kRightParty, 3));
  EXPECT_THAT(Read(),
              ElementsAre("v1: ", "v2: promise.due_date", "v3: result.disposition promise"));
}

// Versions of one batch are compared with each other, and those that wait for one commit too.
TEST_F(HubChangedFieldsTest, VersionsThatComeAtOnce) {
  EXPECT_THAT(Statuses(world_.Report("sakura",
                                     {Made(CallCode::kBusy, 1, "a"), Made(CallCode::kBusy, 2, "b"),
                                      Made(CallCode::kNoAnswer, 3, "b")})),
              ElementsAre("RECORDED", "RECORDED", "RECORDED"));
  int answers = 0;
  for (const int32_t version : {4, 5}) {
    v1::ReportOutcomesRequest request;
    *request.add_outcomes() = Made(CallCode::kNoAnswer, version, version == 4 ? "c" : "");
    world_.hub().vendor_api().ReportOutcomes(
        testing::VendorPeer("sakura"), request.SerializeAsString(),
        [&answers](const absl::StatusOr<v1::ReportOutcomesResponse>& response) {
          EXPECT_THAT(Statuses(response), ElementsAre("RECORDED"));
          ++answers;
        });
  }
  world_.Settle();
  EXPECT_EQ(answers, 2);
  world_.Restart();
  Report(Made(CallCode::kNoAnswer, 6, "d"));
  EXPECT_THAT(Read(), ElementsAre("v1: ", "v2: note", "v3: result.connection result.disposition",
                                  "v4: note", "v5: note", "v6: note"));
}

// What the core reads is compared: the code, and the result that the map has for it.
TEST_F(HubChangedFieldsTest, ACodeInThePlaceOfAResult) {
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_CODE_MAP, kMap));
  Report(Made(CallCode::kBusy, 1));
  v1::Outcome coded = Made(CallCode::kBusy, 2);
  coded.clear_result();
  coded.set_vendor_code("NA");
  Report(coded);
  Report(Made(CallCode::kNoAnswer, 3));
  EXPECT_THAT(Read(), ElementsAre("v1: ", "v2: result.connection result.disposition vendor_code",
                                  "v3: vendor_code"));
}

}  // namespace
}  // namespace switchboard
