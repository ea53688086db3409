#include "hub/contracts/terms_difference.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/contracts/contract_check.h"
#include "tests/testing.h"

namespace switchboard::contracts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kContract[] = R"(vendor_id: sakura
languages: [ja, en]
live_assignments_max: 5000
work_types:
  - work_type: EARLY_COLLECTIONS
    acts: [REMIND, TAKE_PROMISE]
    term: 30d
    disclose: [{data_class: NAME, show: CLEAR}]
    unmask:
      - {data_class: PHONE, show: PARTIAL, mask: LAST_FOUR, lasts: 10min, per_account_day: 3}
permits: {lifetime: 90s, dial: TRUNK, look_ahead: 1min, other_parties: [PROXY]}
recalls: {pending_period: 1d}
promises: {days_ahead_max: 30, least_percent: 10, count_max: 3, within_days: 30}
plans:
  authorities:
    - {level: agent, months_max: 6, least_down_percent: 10, least_proofs: 1}
hand_over_to: [fuji]
recordings: {within: 2d}
sub_contractors:
  - {sub_contractor_id: kita, display_name: Kita, country: JP, to_day: 2027-06-01}
)";

std::string With(const std::string& from, const std::string& to) {
  std::string text = kContract;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

const char* Word(masking::Change change) {
  using enum masking::Change;
  switch (change) {
    case kSame:
      return "neither";
    case kMore:
      return "more";
    case kLess:
      return "less";
    case kOtherwise:
      return "otherwise";
  }
  return "";
}

// "permits.lifetime: 90s -> 2min, more"
std::vector<std::string> Between(const std::string& before, const std::string& after) {
  const auto one = ParseContract(before, "before.yaml"), other = ParseContract(after, "after.yaml");
  EXPECT_OK(one);
  EXPECT_OK(other);
  std::vector<std::string> lines;
  if (!one.ok() || !other.ok()) return lines;
  for (const TermDifference& term : TermsBetween(*one, *other))
    lines.push_back(
        absl::StrCat(term.path, ": ", term.before, " -> ", term.after, ", ", Word(term.change)));
  return lines;
}

TEST(TermsBetween, WhatIsShownIsNoTerm) {
  EXPECT_THAT(Between(kContract, kContract), IsEmpty());
  EXPECT_THAT(Between(kContract, With("show: CLEAR", "show: PARTIAL, mask: INITIALS")), IsEmpty());
  EXPECT_THAT(Between(kContract, With("[ja, en]", "[en, ja]")), IsEmpty()) << "no order";
}

// Each term that has a direction, and back again.
TEST(TermsBetween, TermsHaveADirection) {
  const std::string early = "work_types[EARLY_COLLECTIONS].";
  const struct {
    const char* from;
    const char* to;
    std::string path;
    const char* before;
    const char* after;
    bool is_more;
  } rows[] = {
      {"[ja, en]", "[ja, en, zh]", "languages", "ja, en", "ja, en, zh", true},
      {"max: 5000", "max: 6000", "live_assignments_max", "5000", "6000", true},
      {"max: 5000", "max: 0", "live_assignments_max", "5000", "", true},
      {", TAKE_PROMISE", "", early + "acts", "REMIND, TAKE_PROMISE", "REMIND", false},
      {"term: 30d", "term: 36h", early + "term", "30d", "36h", false},
      {"    term: 30d\n", "", early + "term", "30d", "", true},
      {"lasts: 10min", "lasts: 5min", early + "unmask[PHONE].lasts", "10min", "5min", false},
      {"day: 3}", "day: 4}", early + "unmask[PHONE].per_account_day", "3", "4", true},
      {"day: 3}", "day: 3, second_person: NONE}", early + "unmask[PHONE].second_person", "OPERATOR",
       "NONE", true},
      {"show: PARTIAL, mask: LAST_FOUR", "show: CLEAR", early + "unmask[PHONE].show",
       "PARTIAL LAST_FOUR", "CLEAR", true},
      {"lifetime: 90s", "lifetime: 2min", "permits.lifetime", "90s", "2min", true},
      {"dial: TRUNK", "dial: NUMBER", "permits.dial", "TRUNK", "NUMBER", true},
      {"look_ahead: 1min, ", "", "permits.look_ahead", "1min", "", false},
      {"[PROXY]", "[PROXY, THIRD]", "permits.other_parties", "PROXY", "PROXY, THIRD", true},
      {"[PROXY]}", "[PROXY], per_hour: 5}", "permits.per_hour", "20000", "5", false},
      {"[PROXY]}", "[PROXY], unused_per_hour: 5}", "permits.unused_per_hour", "1000", "5", false},
      {"[PROXY]}", "[PROXY], unused_per_account_day: 6}", "permits.unused_per_account_day", "5",
       "6", true},
      {"[PROXY]}", "[PROXY], contact_max: 1h}", "permits.contact_max", "4h", "1h", false},
      {"period: 1d", "period: 2d", "recalls.pending_period", "1d", "2d", true},
      {"period: 1d", "period: 1d, objection_extension: 1d", "recalls.objection_extension", "7d",
       "1d", false},
      {"max: 30,", "max: 20,", "promises.days_ahead_max", "30", "20", false},
      {"days_ahead_max: 30, ", "", "promises.days_ahead_max", "30", "", true},
      {"least_percent: 10", "least_percent: 20", "promises.least_percent", "10", "20", false},
      {"count_max: 3", "count_max: 4", "promises.count_max", "3", "4", true},
      {"within_days: 30", "within_days: 40", "promises.within_days", "30", "40", false},
      {"months_max: 6", "months_max: 7", "plans.authorities[agent].months_max", "6", "7", true},
      {"down_percent: 10", "down_percent: 9", "plans.authorities[agent].least_down_percent", "10",
       "9", true},
      {"proofs: 1", "proofs: 2", "plans.authorities[agent].least_proofs", "1", "2", false},
      {"[fuji]", "[fuji, beni]", "hand_over_to", "fuji", "fuji, beni", true},
      {"within: 2d", "within: 3d", "recordings.within", "2d", "3d", true},
      {"recordings: {within: 2d}\n", "", "recordings.within", "2d", "", true},
      {"recordings:", "deletion: {within: 10d}\nrecordings:", "deletion.within", "30d", "10d",
       false},
      {"recordings:", "unmaskings_per_hour: 30\nrecordings:", "unmaskings_per_hour", "20", "30",
       true},
      {"to_day: 2027-06-01", "to_day: 2027-05-31", "sub_contractors[kita].to_day", "2027-06-01",
       "2027-05-31", false},
      {", to_day: 2027-06-01", "", "sub_contractors[kita].to_day", "2027-06-01", "", true},
      {"country: JP", "country: JP, from_day: 2027-01-01", "sub_contractors[kita].from_day", "",
       "2027-01-01", false},
      {"country: JP", "country: JP, work_types: [EARLY_COLLECTIONS]",
       "sub_contractors[kita].work_types", "", "EARLY_COLLECTIONS", false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(absl::StrCat(row.from, " -> ", row.to));
    const std::string changed = With(row.from, row.to);
    const char *there = row.is_more ? "more" : "less", *back = row.is_more ? "less" : "more";
    EXPECT_THAT(
        Between(kContract, changed),
        ElementsAre(absl::StrCat(row.path, ": ", row.before, " -> ", row.after, ", ", there)));
    EXPECT_THAT(
        Between(changed, kContract),
        ElementsAre(absl::StrCat(row.path, ": ", row.after, " -> ", row.before, ", ", back)));
  }
}

TEST(TermsBetween, OneMayBeMoreAndLess) {
  EXPECT_THAT(Between(kContract, With("[ja, en]", "[ja, zh]")),
              ElementsAre("languages: ja, en -> ja, zh, otherwise"));
  EXPECT_THAT(Between(kContract, With("PARTIAL, mask: LAST_FOUR", "PARTIAL, mask: AREA")),
              ElementsAre("work_types[EARLY_COLLECTIONS].unmask[PHONE].show: PARTIAL LAST_FOUR -> "
                          "PARTIAL AREA, otherwise"));
}

TEST(TermsBetween, EntriesComeAndGoWhole) {
  const std::string added = With("permits:",
                                 "  - {work_type: CAMPAIGN, acts: [REMIND], term: 1d, "
                                 "disclose: [{data_class: NAME, show: CLEAR}]}\npermits:");
  EXPECT_THAT(Between(kContract, added),
              ElementsAre("work_types[CAMPAIGN]:  -> {work_type: CAMPAIGN, acts: [REMIND], term: "
                          "1d}, more"));
  EXPECT_THAT(Between(added, kContract),
              ElementsAre("work_types[CAMPAIGN]: {work_type: CAMPAIGN, acts: [REMIND], term: 1d} "
                          "-> , less"));
  EXPECT_THAT(Between(kContract, With("least_proofs: 1}\n",
                                      "least_proofs: 1}\n    - {level: lead, months_max: 9}\n")),
              ElementsAre("plans.authorities[lead]:  -> {level: lead, months_max: 9}, more"));
}

// Names, days and whose place it is in are told, and are neither more nor less.
TEST(TermsBetween, SomeHaveNone) {
  EXPECT_THAT(Between(kContract, With("languages:", "display_name: Sakura\nlanguages:")),
              ElementsAre("display_name:  -> Sakura, neither"));
  EXPECT_THAT(Between(kContract, With("languages:", "effective_to: 2027-01-31\nlanguages:")),
              ElementsAre("effective_to:  -> 2027-01-31, neither"));
  EXPECT_THAT(Between(kContract, With("languages:", "collector_kind: ISSUER\nlanguages:")),
              ElementsAre("collector_kind:  -> ISSUER, neither"));
  EXPECT_THAT(
      Between(kContract,
              With("languages:",
                   "calendar: {zone: Asia/Tokyo, shifts: [{weekdays: [MON], from: \"09:00\", "
                   "to: \"18:00\"}]}\nlanguages:")),
      ElementsAre("calendar.zone:  -> Asia/Tokyo, neither",
                  "calendar.shifts:  -> {weekdays: [MON], from: 09:00, to: 18:00}, neither"));
}

}  // namespace
}  // namespace switchboard::contracts
