#include "hub/unmasking/decision.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/contracts/contract_check.h"
#include "tests/testing.h"

namespace switchboard::unmasking {
namespace {

using Response = v1::RequestUnmaskingResponse;

const absl::Time kNow = absl::FromUnixSeconds(1'767'225'600);

v1::Contract ContractOf(const std::string& unmask) {
  const auto contract = contracts::ParseContract(
      absl::StrCat("vendor_id: a\nlanguages: [ja]\nunmaskings_per_hour: 7\nwork_types:\n"
                   "  - work_type: CAMPAIGN\n    unmask:\n",
                   unmask, "  - work_type: EARLY_COLLECTIONS\n"),
      "a.yaml");
  EXPECT_OK(contract);
  return contract.ok() ? *contract : v1::Contract();
}

TEST(TermsFor, AreTheStrictestOfAllClassesAskedFor) {
  const v1::Contract contract = ContractOf(
      "      - {data_class: ADDRESS, show: CLEAR}\n"
      "      - {data_class: BIRTH_DATE, show: CLEAR, lasts: 5min, second_person: NONE, "
      "per_account_day: 4}\n"
      "      - {data_class: EMAIL, show: CLEAR, lasts: 1h, second_person: NONE}\n");
  const auto terms = [&](std::vector<v1::DataClass> classes,
                         v1::WorkType work_type = v1::WORK_TYPE_CAMPAIGN) {
    const UnmaskTerms found = TermsFor(contract, work_type, classes);
    if (!found.allowed) return std::string("no");
    return absl::StrCat(absl::FormatDuration(found.lasts), " ", found.per_account_day, " ",
                        found.per_hour, found.second_person ? " word" : "");
  };
  EXPECT_EQ(terms({v1::DATA_CLASS_ADDRESS}), "15m 2 7 word");
  EXPECT_EQ(terms({v1::DATA_CLASS_BIRTH_DATE}), "5m 4 7");
  EXPECT_EQ(terms({v1::DATA_CLASS_BIRTH_DATE, v1::DATA_CLASS_EMAIL}), "5m 2 7");
  EXPECT_EQ(terms({v1::DATA_CLASS_BIRTH_DATE, v1::DATA_CLASS_ADDRESS}), "5m 2 7 word");
  EXPECT_EQ(terms({v1::DATA_CLASS_BIRTH_DATE, v1::DATA_CLASS_NAME}), "no");
  EXPECT_EQ(terms({}), "no");
  EXPECT_EQ(terms({v1::DATA_CLASS_ADDRESS}, v1::WORK_TYPE_EARLY_COLLECTIONS), "no");
  EXPECT_EQ(terms({v1::DATA_CLASS_ADDRESS}, v1::WORK_TYPE_LATE_COLLECTIONS), "no");
}

UnmaskTerms Terms(bool second_person) {
  UnmaskTerms terms;
  terms.allowed = true;
  terms.second_person = second_person;
  terms.lasts = absl::Minutes(15);
  terms.per_account_day = 2;
  terms.per_hour = 20;
  return terms;
}

UnmaskingFacts Waiting(absl::Duration ago) {
  UnmaskingFacts facts;
  facts.state = Response::STATE_WAITING;
  facts.ask_time = kNow - ago;
  return facts;
}

UnmaskingFacts Agreed(absl::Duration ago) {
  UnmaskingFacts facts = Waiting(ago);
  facts.state = Response::STATE_SHOWN;
  facts.agreed = true;
  facts.decide_time = kNow - ago;
  return facts;
}

// For a quarter of an hour from then on.
UnmaskingFacts Shown(absl::Duration ago, bool agreed) {
  UnmaskingFacts facts = Waiting(ago);
  facts.state = Response::STATE_SHOWN;
  facts.agreed = agreed;
  facts.was_shown = true;
  facts.show_time = kNow - ago;
  facts.until = facts.show_time + absl::Minutes(15);
  return facts;
}

UnmaskingFacts Standing(State state) {
  UnmaskingFacts facts = Waiting(absl::Minutes(1));
  facts.state = state;
  return facts;
}

UnmaskingFacts Others(int64_t of_account, int64_t of_vendor) {
  UnmaskingFacts facts;
  facts.of_account = of_account;
  facts.of_vendor = of_vendor;
  return facts;
}

UnmaskingFacts Stopped(UnmaskingFacts facts) {
  facts.stopped = true;
  return facts;
}

TEST(Judge, ByStandingTermsAndBudgets) {
  const absl::Duration day = absl::Hours(24), moment = absl::Microseconds(1);
  const struct {
    const char* what;
    bool second_person;
    UnmaskingFacts facts;
    Verdict verdict;
  } rows[] = {
      {"new, nobody's word", false, {}, Verdict::kShow},
      {"new, a word", true, {}, Verdict::kWait},
      {"new, a stop", false, Stopped({}), Verdict::kNotAllowed},
      {"one more of the account", false, Others(1, 0), Verdict::kShow},
      {"too many of the account", false, Others(2, 0), Verdict::kAccountSpent},
      {"too many to wait for", true, Others(2, 0), Verdict::kAccountSpent},
      {"one more of the hour", false, Others(0, 19), Verdict::kShow},
      {"too many of the hour", false, Others(0, 20), Verdict::kHourSpent},
      {"waits", true, Waiting(day - moment), Verdict::kWait},
      {"waited for too long", true, Waiting(day), Verdict::kEnded},
      {"no longer needs a word", false, Waiting(absl::Hours(1)), Verdict::kShow},
      {"waits, a stop", true, Stopped(Waiting(absl::Hours(1))), Verdict::kNotAllowed},
      {"agreed to", true, Agreed(day - moment), Verdict::kShow},
      {"agreed to long ago", true, Agreed(day), Verdict::kEnded},
      {"agreed to, a stop", true, Stopped(Agreed(absl::Hours(1))), Verdict::kNotAllowed},
      {"shown", true, Shown(absl::Minutes(15) - moment, true), Verdict::kShow},
      {"its time is up", true, Shown(absl::Minutes(15), true), Verdict::kEnded},
      {"shown by nobody's word", false, Shown(absl::Minutes(1), false), Verdict::kShow},
      {"now a word is missing", true, Shown(absl::Minutes(1), false), Verdict::kWait},
      {"refused", true, Standing(Response::STATE_REFUSED), Verdict::kRefused},
      {"refused, and none needed now", false, Standing(Response::STATE_REFUSED), Verdict::kRefused},
      {"ended", false, Standing(Response::STATE_ENDED), Verdict::kEnded},
  };
  for (const auto& row : rows)
    EXPECT_EQ(Judge(Terms(row.second_person), row.facts, kNow), row.verdict) << row.what;
  UnmaskTerms not_allowed = Terms(false);
  not_allowed.allowed = false;
  EXPECT_EQ(Judge(not_allowed, {}, kNow), Verdict::kNotAllowed);
  EXPECT_EQ(Judge(not_allowed, Agreed(absl::Hours(1)), kNow), Verdict::kNotAllowed);
}

TEST(Judge, AShorterTimeHoldsAtOnceAndALongerOneDoesNot) {
  UnmaskTerms terms = Terms(false);
  terms.lasts = absl::Minutes(5);
  EXPECT_EQ(Judge(terms, Shown(absl::Minutes(4), false), kNow), Verdict::kShow);
  EXPECT_EQ(UntilOf(terms, Shown(absl::Minutes(4), false), kNow), kNow + absl::Minutes(1));
  EXPECT_EQ(Judge(terms, Shown(absl::Minutes(5), false), kNow), Verdict::kEnded);
  terms.lasts = absl::Hours(2);
  EXPECT_EQ(UntilOf(terms, Shown(absl::Minutes(4), false), kNow), kNow + absl::Minutes(11));
  EXPECT_EQ(UntilOf(terms, {}, kNow), kNow + absl::Hours(2));
}

TEST(StandingAt, TellsWhatNobodyAskedAnew) {
  EXPECT_EQ(StandingAt(Waiting(absl::Hours(1)), kNow), Response::STATE_WAITING);
  EXPECT_EQ(StandingAt(Waiting(absl::Hours(24)), kNow), Response::STATE_ENDED);
  EXPECT_EQ(StandingAt(Agreed(absl::Hours(23)), kNow), Response::STATE_SHOWN);
  EXPECT_EQ(StandingAt(Agreed(absl::Hours(24)), kNow), Response::STATE_ENDED);
  EXPECT_EQ(StandingAt(Shown(absl::Minutes(15), false), kNow), Response::STATE_ENDED);
  EXPECT_EQ(StandingAt(Standing(Response::STATE_REFUSED), kNow), Response::STATE_REFUSED);
}

}  // namespace
}  // namespace switchboard::unmasking
