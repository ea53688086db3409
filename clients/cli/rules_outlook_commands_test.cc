// What packs do to the hours to come, and what they would have done, as people read it.
#include <algorithm>
#include <string>
#include <vector>

#include "clients/cli/scripted_calls.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

// With one blank where there are several.
std::string Squeezed(std::string text) {
  const auto both_blank = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), both_blank), text.end());
  return text;
}

class RulesOutlookCommandsTest : public ::testing::Test {
 protected:
  RulesOutlookCommandsTest() { testing::WriteFile(file_, "pack_id: xx\n"); }

  testing::TemporaryFolder folder_;
  const std::string file_ = folder_ / "xx.yaml";
  Script script_;
};

TEST_F(RulesOutlookCommandsTest, PreviewAsksForTheDefaultsUnlessToldOtherwise) {
  EXPECT_EQ(RunOnline({"rules", "preview"}, script_).code, 0);
  EXPECT_EQ(script_.Asked<v1::PreviewRulesRequest>().ByteSizeLong(), 0u);
  const Ran ran = RunOnline({"rules", "preview", "--pack", file_, "--hours", "72", "--channel",
                             "letter", "--assignments", "500"},
                            script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto asked = script_.Asked<v1::PreviewRulesRequest>();
  EXPECT_EQ(asked.yaml(), "pack_id: xx\n");
  EXPECT_EQ(asked.file_name(), file_);
  EXPECT_EQ(asked.hours(), 72);
  EXPECT_EQ(asked.channel(), v1::CHANNEL_LETTER);
  EXPECT_EQ(asked.assignments_max(), 500);
  // No number that wraps around to one that the hub takes.
  RunOnline({"rules", "preview", "--hours", "4294967297"}, script_);
  EXPECT_EQ(script_.Asked<v1::PreviewRulesRequest>().hours(), 2147483647);
  EXPECT_EQ(RunOnline({"rules", "preview", "--hours", "0"}, script_).code, 2);
  EXPECT_EQ(RunOnline({"rules", "preview", "--channel", "pigeon"}, script_).code, 2);
  EXPECT_NE(RunOnline({"rules", "preview", "--pack", folder_ / "none.yaml"}, script_).code, 0);
}

TEST_F(RulesOutlookCommandsTest, PreviewShowsEachHourOfEachVendorAndWhatRefuses) {
  auto& response = script_.Answer<v1::PreviewRulesResponse>();
  response.mutable_begin_time()->set_seconds(1'796'000'400);  // 2026-11-30 01:00
  response.set_looked_at(1'234);
  auto& fuji = *response.add_vendors();
  fuji.set_vendor_id("fuji");
  fuji.set_assignments(1'200);
  fuji.set_barred(3);
  fuji.add_callable(1'100);
  fuji.add_callable(0);
  auto& line = *fuji.add_blocking();
  line.set_rule_id("jp.hours");
  line.set_assignment_hours(2'345);
  line.set_alone(67);
  auto& sakura = *response.add_vendors();
  sakura.set_vendor_id("sakura");
  sakura.set_assignments(34);
  sakura.add_callable(34);
  sakura.add_callable(33);
  const Ran ran = RunOnline({"rules", "preview", "--json", folder_ / "preview.json"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const std::string out = Squeezed(ran.out);
  EXPECT_THAT(out, HasSubstr("hour from (UTC) fuji sakura\n"));
  EXPECT_THAT(out, HasSubstr("2026-11-30 01:00:00 1,100 34\n 2026-11-30 02:00:00 0 33\n"));
  EXPECT_THAT(out, HasSubstr("vendor assignments barred rule hours it refuses alone\n"));
  EXPECT_THAT(out, HasSubstr(" fuji 1,200 3 jp.hours 2,345 67\n sakura 34 0\n"));
  EXPECT_THAT(out, EndsWith("\n1,234 live assignments looked at, and there are more\n"));
  EXPECT_THAT(testing::ReadFile(folder_ / "preview.json"), HasSubstr("jp.hours"));
}

TEST_F(RulesOutlookCommandsTest, PreviewOfNoWorkSaysSo) {
  script_.Answer<v1::PreviewRulesResponse>().set_all(true);
  EXPECT_EQ(RunOnline({"rules", "preview"}, script_).out, "0 live assignments looked at\n");
}

TEST_F(RulesOutlookCommandsTest, ReplayAsksForATimeWithItsOffset) {
  const std::vector<std::string> words = {"rules",  "replay",
                                          "--pack", file_,
                                          "--from", "2026-11-01T00:00:00+09:00",
                                          "--to",   "2026-12-01T00:00:00.5Z"};
  const Ran ran = RunOnline(words, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  auto asked = script_.Asked<v1::ReplayRulesRequest>();
  EXPECT_EQ(asked.yaml(), "pack_id: xx\n");
  EXPECT_EQ(asked.file_name(), file_);
  EXPECT_EQ(asked.from_time().seconds(), 1'793'458'800);
  EXPECT_EQ(asked.to_time().seconds(), 1'796'083'200);
  EXPECT_EQ(asked.to_time().nanos(), 500'000'000);
  EXPECT_EQ(asked.samples_max(), 0);
  EXPECT_EQ(asked.contacts_max(), 0);
  std::vector<std::string> more = words;
  more.insert(more.end(), {"--samples", "7", "--contacts", "900"});
  EXPECT_EQ(RunOnline(more, script_).code, 0);
  asked = script_.Asked<v1::ReplayRulesRequest>();
  EXPECT_EQ(asked.samples_max(), 7);
  EXPECT_EQ(asked.contacts_max(), 900);
  std::vector<std::string> bare = words;
  bare[5] = "2026-11-01 00:00";
  EXPECT_THAT(RunOnline(bare, script_).err, HasSubstr("--from: must be a time with its offset"));
  EXPECT_EQ(RunOnline({"rules", "replay", "--pack", file_}, script_).code, 2);
}

TEST_F(RulesOutlookCommandsTest, ReplayCountsByRuleShowsSomeAndSaysWhereToGoOn) {
  auto& response = script_.Answer<v1::ReplayRulesResponse>();
  response.set_contacts(100'000);
  response.set_refused(1'234);
  auto& rule = *response.add_rules();
  rule.set_rule_id("jp.hours");
  rule.set_refused(1'230);
  rule.set_warned(5);
  auto& sample = *response.add_samples();
  sample.set_account_id("A-1");
  sample.set_collector("issuer");
  sample.mutable_begin_time()->set_seconds(1'796'000'400);
  sample.set_channel(v1::CHANNEL_SMS);
  sample.add_rule_ids("jp.hours");
  sample.add_rule_ids("jp.contacts-per-day");
  response.mutable_next_time()->set_seconds(1'796'000'461);
  response.mutable_next_time()->set_nanos(250'001'000);
  const std::vector<std::string> words = {"rules",  "replay",
                                          "--pack", file_,
                                          "--from", "2026-11-01T00:00:00Z",
                                          "--to",   "2026-12-01T00:00:00Z"};
  const Ran ran = RunOnline(words, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const std::string out = Squeezed(ran.out);
  EXPECT_THAT(out, HasSubstr("rule would refuse would warn\n"));
  EXPECT_THAT(out, HasSubstr(" jp.hours 1,230 5\n"));
  EXPECT_THAT(out, HasSubstr("account by began (UTC) how refused by\n"));
  EXPECT_THAT(out,
              HasSubstr(" A-1 issuer 2026-11-30 01:00:00 SMS jp.hours, jp.contacts-per-day\n"));
  EXPECT_THAT(out,
              EndsWith("\n1,234 of 100,000 contacts would have been refused; there are more: go "
                       "on with --from 2026-11-30T01:01:01.250001+00:00\n"));
  // It can be said as it stands there.
  std::vector<std::string> next = words;
  next[5] = "2026-11-30T01:01:01.250001+00:00";
  const Ran rest = RunOnline(next, script_);
  EXPECT_EQ(rest.out, "0 of 0 contacts would have been refused\n");
  const auto asked = script_.Asked<v1::ReplayRulesRequest>();
  EXPECT_EQ(asked.from_time().seconds(), 1'796'000'461);
  EXPECT_EQ(asked.from_time().nanos(), 250'001'000);
}

}  // namespace
}  // namespace switchboard::cli
