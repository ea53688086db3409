// What is head office's alone, and whom contracts let vendors hand work to.

#include "hub/contracts/head_office.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "tests/testing.h"

namespace switchboard::contracts {
namespace {

// An act added to the schema must be decided here.
TEST(IsHeadOfficesAlone, IsSoOfFourActs) {
  std::set<std::string> alone;
  for (int act = v1::Act_MIN; act <= v1::Act_MAX; ++act) {
    if (IsHeadOfficesAlone(static_cast<v1::Act>(act)))
      alone.insert(v1::Act_Name(static_cast<v1::Act>(act)));
  }
  EXPECT_THAT(alone, ::testing::UnorderedElementsAre("ACT_WAIVE", "ACT_SETTLE", "ACT_LEGAL_STEP",
                                                     "ACT_EXPLAIN_RENEWAL"));
}

struct Row {
  std::string lines;  // of a contract of "a"
  const char* field;  // that is refused; empty: none
  const char* problem;
};

std::string Receivers(int count) {
  std::string line = "hand_over_to: [";
  for (int i = 0; i < count; ++i) absl::StrAppend(&line, i == 0 ? "" : ", ", "v-", i);
  return line + "]\n";
}

TEST(ParseContract, KnowsWhatIsHeadOfficesAlone) {
  constexpr char kAlone[] = "is head office's alone; leave it out, or set head_office";
  constexpr char kIssuer[] = "must be ISSUER with head_office";
  constexpr char kLabel[] = "must be 1 to 32 characters of a-z, 0-9 and \"-\"";
  const std::string all = "[REMIND, WAIVE, SETTLE, LEGAL_STEP, EXPLAIN_RENEWAL]";
  const Row kRows[] = {
      {"acts: [REMIND, WAIVE]", "work_types[0].acts[1]", kAlone},
      {"acts: [SETTLE]", "work_types[0].acts[0]", kAlone},
      {"acts: [LEGAL_STEP]", "work_types[0].acts[0]", kAlone},
      {"acts: [EXPLAIN_RENEWAL]", "work_types[0].acts[0]", kAlone},
      {absl::StrCat("acts: ", all, "}]\nhead_office: true\ncollector_kind: ISSUER\n"), "", ""},
      {"acts: [WAIVE]}]\ncollector_kind: ISSUER\n", "work_types[0].acts[0]", kAlone},
      {"acts: [WAIVE]}]\nhead_office: true\n", "collector_kind", kIssuer},
      {"acts: [REMIND]}]\nhead_office: true\ncollector_kind: AGENCY\n", "collector_kind", kIssuer},
      {"acts: []}]\nhand_over_to: [head-office, b]\n", "", ""},
      {"acts: []}]\n" + Receivers(50), "", ""},
      {"acts: []}]\n" + Receivers(51), "hand_over_to", "has 51 entries; at most 50"},
      {"acts: []}]\nhand_over_to: [b, Head Office]\n", "hand_over_to[1]", kLabel},
      {"acts: []}]\nhand_over_to: [\"\"]\n", "hand_over_to[0]", kLabel},
      {"acts: []}]\nhand_over_to: [b, a]\n", "hand_over_to[1]",
       "is the vendor itself; leave it out"},
      {"acts: []}]\nhand_over_to: [b, c, b]\n", "hand_over_to[2]", "stands here twice; keep one"},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.lines);
    const bool ends = row.lines.find("}]") != std::string::npos;
    const absl::Status status =
        ParseContract(absl::StrCat("vendor_id: a\nlanguages: [ja]\nwork_types: [{work_type: "
                                   "EARLY_COLLECTIONS, ",
                                   row.lines, ends ? "" : "}]\n"),
                      "c.yaml")
            .status();
    if (*row.field == '\0') {
      EXPECT_OK(status);
      continue;
    }
    EXPECT_THAT(status, testing::FailsWith(absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID"));
    EXPECT_EQ(ErrorMetadata(status, "field"), row.field);
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(row.problem));
  }
}

}  // namespace
}  // namespace switchboard::contracts
