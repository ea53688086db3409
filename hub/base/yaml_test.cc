#include "hub/base/yaml.h"

#include <random>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "hub/base/yaml_tree.h"
#include "switchboard/v1/config.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/routing_plan.pb.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

using ::switchboard::testing::FailsWith;

constexpr char kContract[] = R"(# A contract as people write it.
vendor_id: sakura
display_name: "さくら"
effective_from: 2026-11-01
languages: [ja, en-US]
live_assignments_max: 5000
work_types:
  - work_type: EARLY_COLLECTIONS
    acts: [REMIND, ACT_TAKE_PROMISE]
    term: 30d
    disclose:
      - {data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}
      - data_class: DATA_CLASS_AMOUNT
        show: BAND
        band_ends: [-100, 0, 10000]
permits:
  lifetime: 90s
  dial: TRUNK
recalls: {pending_period: 2h, objection_extension: 1500ms}
)";

TEST(ReadYaml, FillsAMessageByItsSchema) {
  v1::Contract contract;
  ASSERT_OK(ReadYaml(kContract, "sakura.yaml", &contract));
  v1::Contract expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        vendor_id: "sakura"
        display_name: "さくら"
        effective_from { year: 2026 month: 11 day: 1 }
        languages: "ja"
        languages: "en-US"
        live_assignments_max: 5000
        work_types {
          work_type: WORK_TYPE_EARLY_COLLECTIONS
          acts: ACT_REMIND
          acts: ACT_TAKE_PROMISE
          term { seconds: 2592000 }
          disclose { data_class: DATA_CLASS_NAME show: SHOW_PARTIAL mask: MASK_FAMILY_NAME }
          disclose {
            data_class: DATA_CLASS_AMOUNT
            show: SHOW_BAND
            band_ends: -100
            band_ends: 0
            band_ends: 10000
          }
        }
        permits {
          lifetime { seconds: 90 }
          dial: DIAL_TRUNK
        }
        recalls {
          pending_period { seconds: 7200 }
          objection_extension { seconds: 1 nanos: 500000000 }
        }
      )pb",
      &expected));
  EXPECT_EQ(contract.DebugString(), expected.DebugString());
}

TEST(ReadYaml, ReplacesWhatTheMessageHeld) {
  v1::Contract contract;
  contract.set_display_name("from before");
  ASSERT_OK(ReadYaml("vendor_id: a", "a.yaml", &contract));
  EXPECT_EQ(contract.display_name(), "");
}

TEST(ReadYaml, TakesTextAsItStands) {
  // By schema these are texts; YAML's own guesses (Norway is "false") do not apply.
  v1::RoutingPlan plan;
  ASSERT_OK(ReadYaml("segments: [{name: no, when: {products: [010, 1.50, \"null\", 2026-11-01]}}]",
                     "p.yaml", &plan));
  EXPECT_EQ(plan.segments(0).name(), "no");
  EXPECT_THAT(plan.segments(0).when().products(),
              ::testing::ElementsAre("010", "1.50", "null", "2026-11-01"));
}

TEST(ReadYaml, AcceptsAByteOrderMarkAndCarriageReturns) {
  v1::Contract contract;
  ASSERT_OK(ReadYaml("\xEF\xBB\xBFvendor_id: a\r\nlanguages:\r\n- ja\r\n", "a.yaml", &contract));
  EXPECT_EQ(contract.vendor_id(), "a");
  EXPECT_EQ(contract.languages(0), "ja");
}

struct Refusal {
  const char* text;
  const char* message;  // as a whole
};

void ExpectRefused(const Refusal& row) {
  SCOPED_TRACE(row.text);
  v1::Contract contract;
  const absl::Status status = ReadYaml(row.text, "c.yaml", &contract);
  EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "YAML_INVALID"));
  EXPECT_EQ(std::string(status.message()), row.message);
}

const Refusal kRefusals[] = {
    // Keys.
    {"vendr_id: a", "c.yaml:1:1: unknown key \"vendr_id\"; did you mean \"vendor_id\"?"},
    {"vendor_id: a\npermits:\n  lifetim: 5s",
     "c.yaml:3:3: permits: unknown key \"lifetim\"; did you mean \"lifetime\"?"},
    {"permits: {zzz: 1}",
     "c.yaml:1:11: permits: unknown key \"zzz\"; known are lifetime, dial, "
     "per_hour, unused_per_hour, unused_per_account_day, other_parties, look_ahead, "
     "contact_max"},
    {"vendor_id: a\nvendor_id: b", "c.yaml:2:1: vendor_id: stands here a second time; keep one"},
    {"? [a]\n: b", "c.yaml:1:3: a key must be a plain value, not a list or map"},
    {": b", "c.yaml:1:1: a key is missing before \":\""},
    {"<<: {vendor_id: a}",
     "c.yaml:1:1: unknown key \"<<\"; known are vendor_id, vendor_group, display_name, "
     "effective_from, "
     "effective_to, languages, live_assignments_max, work_types, permits, recalls, "
     "collector_kind, promises, calendar, plans, head_office, hand_over_to, recordings, "
     "deletion, sub_contractors, unmaskings_per_hour"},
    // Kinds of values.
    {"hello", "c.yaml:1:1: expects keys and values (\"key: value\")"},
    {"- a", "c.yaml:1:1: expects keys and values (\"key: value\")"},
    {"permits: 5", "c.yaml:1:10: permits: expects keys and values (\"key: value\")"},
    {"vendor_id: [a]",
     "c.yaml:1:12: vendor_id: expects a single value, not a list; a text that begins with a "
     "bracket "
     "is quoted"},
    {"vendor_id: {a: b}",
     "c.yaml:1:12: vendor_id: expects a single value, not a map of keys and values; a text that "
     "begins "
     "with a bracket is quoted"},
    {"languages: ja",
     "c.yaml:1:12: languages: expects a list (\"[a, b]\", or one \"- a\" per line)"},
    {"languages:",
     "c.yaml:1:1: languages: has no value; write [] for an empty list or leave the key out"},
    {"vendor_id: ~", "c.yaml:1:1: vendor_id: has no value; write one or leave the key out"},
    {"languages: [ja, ~]", "c.yaml:1:17: languages[1]: has no value"},
    // Numbers.
    {"live_assignments_max: many",
     "c.yaml:1:23: live_assignments_max: expects a whole number (100, -5), got \"many\""},
    {"live_assignments_max: \"5\"",
     "c.yaml:1:23: live_assignments_max: expects a whole number (100, -5), got \"5\" in quotes"},
    {"live_assignments_max: 1.5",
     "c.yaml:1:23: live_assignments_max: expects a whole number (100, -5), got \"1.5\""},
    {"live_assignments_max: 010",
     "c.yaml:1:23: live_assignments_max: expects a whole number (100, -5), got \"010\""},
    {"live_assignments_max: 9223372036854775808",
     "c.yaml:1:23: live_assignments_max: \"9223372036854775808\" is out of range; allowed are "
     "-9223372036854775808 to 9223372036854775807"},
    // Enums.
    {"work_types:\n- disclose:\n  - {data_class: NAEM}",
     "c.yaml:3:18: work_types[0].disclose[0].data_class: unknown value \"NAEM\"; did you mean "
     "\"NAME\"?"},
    {"work_types:\n- disclose:\n  - {data_class: name}",
     "c.yaml:3:18: work_types[0].disclose[0].data_class: unknown value \"name\"; did you mean "
     "\"NAME\"?"},
    {"permits: {dial: DIAL_TRUNKS}",
     "c.yaml:1:17: permits.dial: unknown value \"DIAL_TRUNKS\"; did you mean \"TRUNK\"?"},
    {"permits: {dial: 2}",
     "c.yaml:1:17: permits.dial: unknown value \"2\"; known are NUMBER, TRUNK"},
    // Durations and days.
    {"permits: {lifetime: 30}",
     "c.yaml:1:21: permits.lifetime: expects a duration: a whole number and ms, s, min, h or d "
     "(\"90s\", "
     "\"3d\"), got \"30\""},
    {"permits: {lifetime: 1h30m}",
     "c.yaml:1:21: permits.lifetime: expects a duration: a whole number and ms, s, min, h or d "
     "(\"90s\", "
     "\"3d\"), got \"1h30m\""},
    {"permits: {lifetime: 9999999999999999d}",
     "c.yaml:1:21: permits.lifetime: expects a duration: a whole number and ms, s, min, h or d "
     "(\"90s\", "
     "\"3d\"), got \"9999999999999999d\""},
    {"effective_from: 2026-02-29",
     "c.yaml:1:17: effective_from: expects a day as 2026-11-01, from 1900 to 2200, got "
     "\"2026-02-29\""},
    {"effective_from: 2026-2-9",
     "c.yaml:1:17: effective_from: expects a day as 2026-11-01, from 1900 to 2200, got "
     "\"2026-2-9\""},
    {"effective_from: [2026]",
     "c.yaml:1:17: effective_from: expects a day as 2026-11-01, from 1900 to 2200"},
    // The text as such.
    {"", "c.yaml:1:1: the document is empty"},
    {"# nothing\n---\n", "c.yaml:1:1: the document is empty"},
    {"vendor_id: a\n---\nvendor_id: b", "c.yaml:2:1: a second document; one file holds one"},
    {"permits:\n\tdial: TRUNK", "c.yaml:2:1: tab in the indentation; use spaces"},
    {"# caf\xE9", "c.yaml:1:6: not UTF-8; save the file as UTF-8"},
    {"# \xED\xA0\x80", "c.yaml:1:3: not UTF-8; save the file as UTF-8"},
    {"# \xC0\x80", "c.yaml:1:3: not UTF-8; save the file as UTF-8"},
    {"vendor_id: \x01", "c.yaml:1:12: control character"},
    {"# \u009B2J", "c.yaml:1:3: control character"},
    {"display_name: \u202Eabc", "c.yaml:1:15: control character"},
    {"display_name: \"a\\u009b2J\"", "c.yaml:1:15: control character"},
    {"display_name: \"a\\x07\"", "c.yaml:1:15: control character"},
    {"display_name: \"a\\u2028b\"", "c.yaml:1:15: control character"},
    {"permits:\n\u3000dial: TRUNK",
     "c.yaml:2:1: a wide or no-break space in the indentation; use plain spaces"},
    {"permits:\n \u00A0dial: TRUNK",
     "c.yaml:2:2: a wide or no-break space in the indentation; use plain spaces"},
    {"display_name: \"Sakura\nvendor_id: a", "c.yaml:1:15: the quote is never closed"},
    {"display_name: 'it''s\nvendor_id: a", "c.yaml:1:15: the quote is never closed"},
    {"vendor_id: a\n  b",
     "c.yaml:1:12: a value over several lines; put it on one line, or check the indentation below "
     "it"},
    {"languages:\n- ja\n -en",
     "c.yaml:2:3: a value over several lines; put it on one line, or check the indentation below "
     "it"},
    // The way out of what is not YAML.
    {"vendor_id: [::]:8443",
     "c.yaml:1:16: not YAML: end of map not found; the value begins with \"[\" and does not end "
     "with "
     "it: quote it, as \"[::]:8443\""},
    {"vendor_id: [::1]:8443 # here\nlanguages: [ja]",
     "c.yaml:1:17: not YAML: end of map not found; the value begins with \"[\" and does not end "
     "with "
     "it: quote it, as \"[::1]:8443\""},
    {"permits: {dial: [::]:80, lifetime: 2s}",
     "c.yaml:1:21: not YAML: end of map flow not found; the value begins with \"[\" and does not "
     "end "
     "with it: quote it, as \"[::]:80\""},
    {"languages:\n - {a}b",
     "c.yaml:2:7: not YAML: end of sequence not found; the value begins with \"{\" and does not "
     "end "
     "with it: quote it, as \"{a}b\""},
    {"display_name: @sakura",
     "c.yaml:1:15: not YAML: unknown token; no value may begin with \"@\": quote it, as "
     "\"@sakura\""},
    {"display_name: *x",
     "c.yaml:1:15: not YAML: the referenced anchor is not defined; no value may begin with \"*\": "
     "quote it, as \"*x\""},
    {"display_name: |x",
     "c.yaml:1:16: not YAML: unexpected character in block scalar; no value may begin with \"|\": "
     "quote it, as \"|x\""},
    {"display_name: Sakura: early",
     "c.yaml:1:21: not YAML: illegal map value; the value holds a colon and a blank: quote it, as "
     "\"Sakura: early\""},
    {"vendor_id:a\nlanguages: [ja]",
     "c.yaml:2:10: not YAML: illegal map value; the line above needs a blank after its colon"},
    {"vendor_id\uFF1A a\nlanguages: [ja]",
     "c.yaml:2:10: not YAML: illegal map value; the line above has a wide colon (\uFF1A); write "
     "\": "
     "\""},
    {"vendor_id: \"a\"\n  display_name: b",
     "c.yaml:2:3: not YAML: end of map not found; it stands further in than it can below a line "
     "that "
     "has its value: check the indentation"},
    {"vendor_id: &a b", "c.yaml:1:12: anchors and aliases are not allowed; write the value out"},
    {"vendor_id: !!binary YQ==", "c.yaml:1:12: tags are not allowed; leave it out"},
    {"display_name: \"さくら\", x",
     "c.yaml:1:20: not YAML: end of map not found; the value begins with \"\\\"\" and does not end "
     "with it: quote it"},
    // Columns count characters, not bytes.
    {"work_types: [{disclose: [{data_class: さく}]}]",
     "c.yaml:1:39: work_types[0].disclose[0].data_class: unknown value \"さく\"; known are "
     "NOT_PERSONAL, "
     "REFERENCE, NAME, KANA, BIRTH_DATE, PHONE, EMAIL, ADDRESS, CARD_NUMBER, AMOUNT, "
     "DELINQUENCY, CREDIT, "
     "LANGUAGE, PRODUCT, INTERNAL, FREE_TEXT"},
    {"{display_name: さくら, vendr_id: a}",
     "c.yaml:1:21: unknown key \"vendr_id\"; did you mean \"vendor_id\"?"},
};

TEST(ReadYaml, NamesPlaceFieldAndWayOut) {
  for (const Refusal& row : kRefusals) ExpectRefused(row);
}

TEST(ReadYaml, ReadsThroughToTheLastProblem) {
  constexpr char kText[] =
      "vendr_id: a\n"
      "languages: ja\n"
      "live_assignments_max: 010\n"
      "work_types:\n"
      "- {work_type: EARLY, term: soon}\n"
      "- {work_type: EARLY_COLLECTIONS}\n"
      "permits: {dial: TRUNK}\n"
      "permits: {dial: NUMBER}\n";
  v1::Contract contract;
  std::vector<std::string> places;
  for (const absl::Status& problem : ReadYamlThrough(kText, "c.yaml", 20, &contract)) {
    EXPECT_THAT(problem, FailsWith(absl::StatusCode::kInvalidArgument, "YAML_INVALID"));
    places.push_back(ErrorMetadata(problem, "line") + " " + ErrorMetadata(problem, "field"));
  }
  EXPECT_THAT(places, ::testing::ElementsAre("1 ", "2 languages", "3 live_assignments_max",
                                             "5 work_types[0].work_type", "5 work_types[0].term",
                                             "8 permits"));
  EXPECT_EQ(contract.work_types(1).work_type(), v1::WORK_TYPE_EARLY_COLLECTIONS);
  EXPECT_EQ(contract.permits().dial(), v1::Contract::PermitTerms::DIAL_TRUNK);
  EXPECT_EQ(ReadYamlThrough(kText, "c.yaml", 2, &contract).size(), 2u);
  EXPECT_TRUE(ReadYamlThrough("vendor_id: a", "c.yaml", 2, &contract).empty());
  EXPECT_EQ(ReadYamlThrough("a: [", "c.yaml", 2, &contract).size(), 1u);
}

TEST(ReadYaml, RefusesNumbersBelowTheirType) {
  v1::RoutingPlan plan;
  EXPECT_EQ(
      std::string(
          ReadYaml("segments: [{shares: [{percent: 2147483648}]}]", "p.yaml", &plan).message()),
      "p.yaml:1:32: segments[0].shares[0].percent: \"2147483648\" is out of range; allowed are "
      "-2147483648 to 2147483647");
  // Whether a negative percentage makes sense is the check's business.
  EXPECT_OK(ReadYaml("segments: [{shares: [{percent: -1}]}]", "p.yaml", &plan));
}

TEST(ReadYaml, PutsPlaceIntoMetadata) {
  v1::Contract contract;
  const absl::Status status = ReadYaml("vendor_id: a\npermits: {dial: X}", "c.yaml", &contract);
  EXPECT_EQ(ErrorMetadata(status, "file"), "c.yaml");
  EXPECT_EQ(ErrorMetadata(status, "line"), "2");
  EXPECT_EQ(ErrorMetadata(status, "column"), "17");
  EXPECT_EQ(ErrorMetadata(status, "field"), "permits.dial");
}

TEST(ReadYaml, QuotesHostileValuesSafely) {
  v1::Contract contract;
  const absl::Status status =
      ReadYaml("? \"" + std::string(100, 'x') + "\\n\\e[31m\"\n: 1", "c.yaml", &contract);
  EXPECT_THAT(std::string(status.message()),
              ::testing::StartsWith("c.yaml:1:3: unknown key \"" + std::string(40, 'x') + "…\""));
  EXPECT_EQ(QuoteYaml("a\n\x1b[31m"), "\"a\\n\\033[31m\"");
  EXPECT_EQ(QuoteYaml(std::string(39, 'x') + "さ"), "\"" + std::string(39, 'x') + "…\"");
}

std::string Repeat(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(ReadYaml, StaysBoundedOnHostileTexts) {
  std::string laughs = "a0: &a0 [x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    laughs +=
        "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + "," + last + "]\n";
  }
  const std::string kTexts[] = {
      laughs,
      Repeat("[", 200'000),
      Repeat("[\n", 100'000),
      Repeat("languages: [" + Repeat("a,", 2000) + "]\n", 60),
      Repeat("{a: ", 60'000),
      Repeat("- ", 120'000),
      Repeat("? ", 120'000),
      Repeat("a: [", 30'000),
      "vendor_id: " + std::string(300'000, 'a'),
      Repeat("vendor_id: a\n", 20'000),
      "languages: [" + Repeat("a,", 100'000),
      std::string(250'000, '\n'),
      std::string(250'000, ' '),
      std::string(250'000, '\''),
      std::string(250'000, '"'),
      std::string(250'000, '%'),
      std::string(200'000, 'k') + ": 1",
      Repeat("&a ", 80'000),
      Repeat("---\n", 60'000),
      std::string("vendor_id: a\0b", 14),
      "\xFF\xFE"
      "v",
      "vendor_id: \"\\",
      "vendor_id: \"\\uD800\"",
      "vendor_id: |\n  a\n b",
      "%YAML 1.2\n%YAML 1.2\n---\na: b",
      "%TAG ! tag:x,2000:\n---\nvendor_id: !x a",
      "vendor_id: *nowhere",
      "vendor_id: a\n]",
      "vendor_id: a\n}",
      "@",
      "`",
  };
  for (const std::string& text : kTexts) {
    SCOPED_TRACE(text.substr(0, 40));
    v1::Contract contract;
    EXPECT_THAT(ReadYaml(text, "c.yaml", &contract),
                FailsWith(absl::StatusCode::kInvalidArgument, "YAML_INVALID"));
  }
}

TEST(ReadYaml, RefusesDeepNestingAndAcceptsWhatIsBelow) {
  const auto nested = [](int lists) {
    return ReadYamlTree(Repeat("[", lists) + Repeat("]", lists), "c.yaml").status();
  };
  EXPECT_OK(nested(kYamlDepthMax));
  EXPECT_EQ(std::string(nested(kYamlDepthMax + 1).message()), "c.yaml:1:33: nested deeper than 32");
}

TEST(ReadYaml, RefusesTextsOverTheLimit) {
  v1::Contract contract;
  const std::string head = "vendor_id: a\n";
  EXPECT_OK(ReadYaml(head + std::string(kYamlBytesMax - head.size(), '\n'), "c.yaml", &contract));
  EXPECT_EQ(std::string(ReadYaml(head + std::string(kYamlBytesMax - head.size() + 1, '\n'),
                                 "c.yaml", &contract)
                            .message()),
            "c.yaml:1:1: the text has 262145 bytes; at most 262144");
}

TEST(ReadYaml, RefusesLinesOverTheLimit) {
  v1::Contract contract;
  EXPECT_OK(
      ReadYaml("vendor_id: a\n" + std::string(kYamlLineBytesMax, '#') + "\n", "c.yaml", &contract));
  EXPECT_EQ(std::string(ReadYaml("vendor_id: a\n" + std::string(kYamlLineBytesMax + 1, '#'),
                                 "c.yaml", &contract)
                            .message()),
            "c.yaml:2:4097: a line longer than 4096 bytes; break it");
}

TEST(ReadYaml, NeverThrowsOnDamagedTexts) {
  std::mt19937 random(20261122);
  const std::string pieces[] = {"\n", " ", ":", "-", "[", "]", "{",    "}", "&a", "*a",
                                "\"", "'", "|", ">", "?", "!", "\xE3", "%", "\t", "#"};
  for (int round = 0; round < 3000; ++round) {
    std::string text = kContract;
    for (int change = 0; change < 3; ++change) {
      const std::string& piece = pieces[random() % std::size(pieces)];
      text.replace(random() % text.size(), random() % 3, piece);
    }
    v1::Contract contract;
    const absl::Status status = ReadYaml(text, "c.yaml", &contract);
    if (!status.ok()) {
      ASSERT_EQ(ErrorReason(status), "YAML_INVALID") << text;
    }
  }
}

TEST(ReadYaml, ReadsTheConfiguration) {
  v1::Config config;
  ASSERT_OK(ReadYaml("listen: 127.0.0.1:0\nlimits: {heartbeat_interval: 5s, reader_threads: 4}",
                     "h.yaml", &config));
  EXPECT_EQ(config.listen(), "127.0.0.1:0");
  EXPECT_EQ(config.limits().heartbeat_interval().seconds(), 5);
  EXPECT_EQ(config.limits().reader_threads(), 4);
}

TEST(YamlPlaces, NamesThePlaceOfAPathOrOfItsNearestAncestor) {
  const YamlPlaces places(kContract, "sakura.yaml");
  const std::pair<const char*, const char*> kRows[] = {
      {"vendor_id", "sakura.yaml:2:12: vendor_id: wrong"},
      {"vendor_group", "sakura.yaml:1:1: vendor_group: wrong"},
      {"languages", "sakura.yaml:5:1: languages: wrong"},
      {"languages[1]", "sakura.yaml:5:17: languages[1]: wrong"},
      {"languages[7]", "sakura.yaml:5:1: languages[7]: wrong"},
      {"work_types[0].work_type", "sakura.yaml:8:16: work_types[0].work_type: wrong"},
      {"work_types[0].disclose[0].mask",
       "sakura.yaml:12:49: work_types[0].disclose[0].mask: wrong"},
      {"work_types[0].disclose[1].mask", "sakura.yaml:13:9: work_types[0].disclose[1].mask: wrong"},
      {"work_types[0].disclose[1].band_ends[2]",
       "sakura.yaml:15:30: work_types[0].disclose[1].band_ends[2]: wrong"},
      {"permits.dial", "sakura.yaml:18:9: permits.dial: wrong"},
      {"permits", "sakura.yaml:16:1: permits: wrong"},
      {"", "sakura.yaml:1:1: wrong"},
      {"work_types[x]..[", "sakura.yaml:7:1: work_types[x]..[: wrong"},
  };
  for (const auto& [path, message] : kRows) {
    const absl::Status status = places.ErrorAt(path, "CONTRACT_INVALID", "wrong");
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID"));
    EXPECT_EQ(std::string(status.message()), message);
    EXPECT_EQ(ErrorMetadata(status, "field"), path);
  }
}

}  // namespace
}  // namespace switchboard
