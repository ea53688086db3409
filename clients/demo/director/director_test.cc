#include "clients/demo/director/director.h"

#include <utility>
#include <vector>

#include "clients/demo/director/served_again.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::FailsWith;
using ::testing::HasSubstr;

TEST(CheckEngine, TakesOneHubOnAFileAndSeveralOnADatabase) {
  EXPECT_OK(CheckEngine("sqlite", 1));
  EXPECT_OK(CheckEngine("postgres", 1));
  EXPECT_OK(CheckEngine("postgres", kHubsMax));
}

TEST(CheckEngine, SaysWhatElseToAskFor) {
  const absl::Status several = CheckEngine("sqlite", 3);
  EXPECT_THAT(several, FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
  EXPECT_THAT(several.message(), HasSubstr("--hubs 3"));
  EXPECT_THAT(several.message(), HasSubstr("--engine postgres"));
  const absl::Status engine = CheckEngine("postgresql", 1);
  EXPECT_THAT(engine, FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
  EXPECT_THAT(engine.message(), HasSubstr("sqlite and postgres"));
  for (const int hubs : {-1, 0, kHubsMax + 1}) {
    EXPECT_THAT(CheckEngine("postgres", hubs),
                FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
  }
}

TEST(CheckFailOver, TakesPatroniWhereThereAreServersToFailOver) {
  EXPECT_OK(CheckFailOver("by-hand", "sqlite"));
  EXPECT_OK(CheckFailOver("by-hand", "postgres"));
  for (const auto& [failover, engine] : {std::pair("patroni", "sqlite"), {"repmgr", "postgres"}}) {
    const absl::Status other = CheckFailOver(failover, engine);
    EXPECT_THAT(other, FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
    EXPECT_THAT(other.message(), HasSubstr(failover));
  }
}

TEST(CheckBalance, TakesTwoWays) {
  EXPECT_OK(CheckBalance("client"));
  EXPECT_EQ(CheckBalance("proxy"), servers::HaProxy::Available());
  const absl::Status other = CheckBalance("dns");
  EXPECT_THAT(other, FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
  EXPECT_THAT(other.message(), HasSubstr("--balance dns"));
}

TEST(ServedAgain, TakesTheWordOfAHubWhereNoNewerStreamComes) {
  const ChildStatus catching_up = {{"streaming", 1}, {"caught_up", 0}, {"streams", 4}};
  const ChildStatus as_before = {{"streaming", 1}, {"caught_up", 1}, {"streams", 3}};
  const ChildStatus newer = {{"streaming", 1}, {"caught_up", 1}, {"streams", 4}};
  const StreamBefore cut = {true, 3};
  struct Case {
    const char* what;
    ChildStatus status;
    StreamBefore before;
    bool shown;
    bool served;
  };
  for (const Case& c :
       std::vector<Case>{{"has said nothing yet", {}, {}, true, false},
                         {"has not caught up", catching_up, cut, true, false},
                         {"was not cut", as_before, {}, false, true},
                         {"was cut and does not know it yet", as_before, cut, false, false},
                         {"came back", newer, cut, false, true},
                         {"had left before its hub saw it", as_before, cut, true, true}}) {
    EXPECT_EQ(ServedAgain(c.status, c.before, c.shown), c.served) << c.what;
  }
}

}  // namespace
}  // namespace switchboard::demo
