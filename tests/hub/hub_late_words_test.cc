// A vendor that had an account may still say what it heard; it may not empty another's book.
#include <algorithm>
#include <string>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/outcomes/late_words.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using testing::Core;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;

class LateWordsTest : public ::testing::Test {
 protected:
  static HubOptions Options() {
    HubOptions options = HubWorld::Options();
    options.outcomes.late_words_day_max = 2;
    return options;
  }
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    for (int i = 1; i <= 4; ++i) {
      const std::string number = std::to_string(i);
      ASSERT_OK(world_.Import(
          {MakeRecord(i, {.account_id = "A-" + number, .person_id = "P-" + number})}));
      ids_.push_back(world_.Live("A-" + number).assignment_id());
    }
    // What ends an assignment and leaves the account free to be placed again.
    for (int i = 1; i <= 4; ++i) End(i);
    world_.Advance(absl::Minutes(10));
  }
  void End(int account) {
    v1::CoreEvent closure;
    closure.set_event_id("closed-" + std::to_string(account));
    closure.mutable_closure()->set_account_id("A-" + std::to_string(account));
    ASSERT_OK(world_.Post({closure}));
  }
  // An attorney, heard so long before now; whether the stop was placed or waits.
  std::string Say(int account, absl::Duration before = absl::Minutes(11)) {
    const std::string outcome_id = "o-" + std::to_string(++said_);
    auto outcome =
        MakeOutcome(outcome_id, ids_[static_cast<size_t>(account - 1)], CallCode::kAttorney);
    const absl::Time start = world_.clock.Now() - before;
    *outcome.mutable_start_time() = TimeUtil::SecondsToTimestamp(absl::ToUnixSeconds(start));
    *outcome.mutable_end_time() = outcome.start_time();
    EXPECT_THAT(testing::Statuses(world_.Report("sakura", {outcome})),
                ::testing::ElementsAre("RECORDED"));
    const auto feed = world_.ReadCoreFeed(0);
    EXPECT_OK(feed);
    for (const auto& item : feed->items()) {
      if (item.outcome().outcome().outcome_id() != outcome_id) continue;
      const auto& marks = item.outcome().marks();
      const bool waits = std::find(marks.begin(), marks.end(),
                                   v1::RecordedOutcome::MARK_STOP_WAITS) != marks.end();
      EXPECT_EQ(item.outcome().placed_stop_ids().empty(), waits);
      return waits ? "waits" : "stopped";
    }
    return "not in the feed";
  }
  std::vector<outcomes::LateWords> Waiting() {
    std::vector<outcomes::LateWords> waiting;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(waiting, outcomes::LateWordsWaiting(reader, world_.clock.Now()));
      return absl::OkStatus();
    }));
    return waiting;
  }

  HubWorld world_{Options()};
  std::vector<std::string> ids_;
  int said_ = 0;
};

TEST_F(LateWordsTest, BeyondANumberADayTheyWait) {
  EXPECT_EQ(Say(1), "stopped");
  EXPECT_EQ(Say(2), "stopped");
  EXPECT_TRUE(Waiting().empty());
  EXPECT_EQ(Say(3), "waits");
  ASSERT_EQ(Waiting().size(), 1u);
  EXPECT_EQ(Waiting()[0].taken, 2);
  EXPECT_EQ(Waiting()[0].waiting, 1);
  world_.clock.Advance(absl::Hours(24));
  EXPECT_EQ(Say(4, absl::Hours(24) + absl::Minutes(11)), "stopped");
}

TEST_F(LateWordsTest, AContactOutsideOfThePlacementWaits) {
  EXPECT_EQ(Say(1, absl::Hours(24 * 365)), "waits");
  world_.clock.Advance(absl::Hours(2));
  EXPECT_EQ(Say(2, absl::ZeroDuration()), "waits");
  EXPECT_EQ(Say(3, absl::Hours(1) + absl::Minutes(30)), "stopped") << "a call that went on";
}

}  // namespace
}  // namespace switchboard
