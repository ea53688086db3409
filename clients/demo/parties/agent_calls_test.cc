#include "clients/demo/parties/agent_calls.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using Earlier = BankCall::Earlier;

TEST(AgentCalls, MapsRowsAsTheTableSays) {
  struct Case {
    BankCall call;
    v1::Disposition collections;
    v1::Disposition campaign;
  };
  const std::vector<Case> cases = {
      {{0, true, 1, Earlier::kNone, false}, v1::DISPOSITION_NO_ANSWER, v1::DISPOSITION_NO_ANSWER},
      {{4, true, 1, Earlier::kNone, true}, v1::DISPOSITION_NO_ANSWER, v1::DISPOSITION_NO_ANSWER},
      {{5, true, 1, Earlier::kNone, false}, v1::DISPOSITION_BUSY, v1::DISPOSITION_BUSY},
      {{29, true, 1, Earlier::kNone, false}, v1::DISPOSITION_MACHINE, v1::DISPOSITION_MACHINE},
      {{30, true, 1, Earlier::kFailure, true},
       v1::DISPOSITION_PROMISE_TO_PAY,
       v1::DISPOSITION_SALE},
      {{500, true, 1, Earlier::kSuccess, false},
       v1::DISPOSITION_CLAIMS_PAID,
       v1::DISPOSITION_CALL_BACK},
      {{500, true, 1, Earlier::kFailure, false},
       v1::DISPOSITION_REFUSED_TO_PAY,
       v1::DISPOSITION_NOT_INTERESTED},
      {{89, true, 1, Earlier::kNone, false},
       v1::DISPOSITION_CALL_BACK,
       v1::DISPOSITION_NOT_INTERESTED},
      {{90, true, 1, Earlier::kNone, false},
       v1::DISPOSITION_RIGHT_PARTY,
       v1::DISPOSITION_NOT_INTERESTED},
      {{240, true, 1, Earlier::kNone, false},
       v1::DISPOSITION_PROMISE_TO_PAY,
       v1::DISPOSITION_NOT_INTERESTED},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(DispositionOf(c.call, v1::WORK_TYPE_EARLY_COLLECTIONS), c.collections)
        << c.call.duration_seconds;
    EXPECT_EQ(DispositionOf(c.call, v1::WORK_TYPE_LATE_COLLECTIONS), c.collections)
        << c.call.duration_seconds;
    EXPECT_EQ(DispositionOf(c.call, v1::WORK_TYPE_CAMPAIGN), c.campaign) << c.call.duration_seconds;
  }
}

TEST(AgentCalls, RareThingsComeAsOftenAsSaid) {
  std::map<v1::Disposition, int> collections, campaign;
  for (int64_t draw = 0; draw < 10'000; ++draw) {
    ++collections[RareDisposition(draw, v1::WORK_TYPE_LATE_COLLECTIONS)];
    ++campaign[RareDisposition(draw, v1::WORK_TYPE_CAMPAIGN)];
  }
  EXPECT_EQ(collections[v1::DISPOSITION_UNSPECIFIED], 9'540);
  EXPECT_EQ(collections[v1::DISPOSITION_THIRD_PARTY], 150);
  EXPECT_EQ(collections[v1::DISPOSITION_CEASE_CONTACT], 30);
  EXPECT_EQ(collections[v1::DISPOSITION_BANKRUPTCY], 5);
  EXPECT_EQ(campaign[v1::DISPOSITION_DISPUTE], 0);
  EXPECT_EQ(campaign[v1::DISPOSITION_DECEASED], 10);
}

TEST(AgentCalls, DrawsTheSameForTheSameSeedAndAssignment) {
  ASSERT_OK_AND_ASSIGN(const AgentCalls calls,
                       AgentCalls::Load("clients/demo/data/bank_calls.csv.gz"));
  EXPECT_EQ(calls.calls().size(), 32'950u);
  int differ = 0, promises = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string id = absl::StrCat("assignment", i);
    const AgentCall a = calls.Draw(1, id, v1::WORK_TYPE_EARLY_COLLECTIONS);
    const AgentCall b = calls.Draw(1, id, v1::WORK_TYPE_EARLY_COLLECTIONS);
    const AgentCall c = calls.Draw(2, id, v1::WORK_TYPE_EARLY_COLLECTIONS);
    EXPECT_EQ(a.disposition, b.disposition);
    EXPECT_EQ(a.duration_seconds, b.duration_seconds);
    differ += a.duration_seconds != c.duration_seconds;
    ASSERT_GE(a.attempts, 1);
    ASSERT_LE(a.attempts, 5);
    ASSERT_GE(a.minutes_between_attempts, 60);
    ASSERT_LE(a.minutes_between_attempts, 180);
    const bool promise = a.disposition == v1::DISPOSITION_PROMISE_TO_PAY;
    EXPECT_EQ(a.promise_percent > 0, promise);
    EXPECT_EQ(a.promise_days > 0, promise);
    promises += promise;
  }
  EXPECT_GT(differ, 1'900);
  EXPECT_GT(promises, 400);
  EXPECT_LT(promises, 900);
}

}  // namespace
}  // namespace switchboard::demo
