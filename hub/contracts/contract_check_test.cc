#include "hub/contracts/contract_check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "hub/base/error.h"
#include "tests/testing.h"

namespace switchboard::contracts {
namespace {

using ::switchboard::testing::FailsWith;
using v1::Contract;

constexpr char kWhole[] = R"(vendor_id: sakura
vendor_group: sakura-holdings
display_name: さくら
effective_from: 2026-11-01
effective_to: 2027-11-01
languages: [ja, en]
live_assignments_max: 5000
work_types:
  - work_type: EARLY_COLLECTIONS
    acts: [REMIND, TAKE_PROMISE]
    term: 30d
    disclose:
      - {data_class: REFERENCE, show: TOKEN}
      - {data_class: NAME, show: CLEAR}
      - {data_class: KANA, show: PARTIAL, mask: FAMILY_NAME}
      - {data_class: BIRTH_DATE, show: BAND}
      - {data_class: PHONE, show: PARTIAL, mask: LAST_FOUR}
      - {data_class: EMAIL, show: PARTIAL, mask: DOMAIN}
      - {data_class: ADDRESS, show: PARTIAL, mask: CITY}
      - {data_class: CARD_NUMBER, show: PARTIAL, mask: CARD_LAST_FOUR}
      - {data_class: AMOUNT, show: BAND, band_ends: [0, 10000, 50000]}
      - {data_class: DELINQUENCY, show: PARTIAL, mask: BUCKET}
      - {data_class: CREDIT, show: BAND, band_ends: [100000]}
      - {data_class: LANGUAGE, show: CLEAR}
      - {data_class: PRODUCT, show: CLEAR}
      - {data_class: FREE_TEXT, show: ABSENT}
permits: {lifetime: 10s, dial: NUMBER}
recalls: {pending_period: 1d, objection_extension: 2d}
)";

constexpr char kLeast[] = "vendor_id: a\nlanguages: [ja]\nwork_types: [{work_type: CAMPAIGN}]\n";

TEST(ParseContract, AcceptsAWholeContractAsItStands) {
  ASSERT_OK_AND_ASSIGN(const Contract contract, ParseContract(kWhole, "sakura.yaml"));
  EXPECT_EQ(contract.vendor_group(), "sakura-holdings");
  EXPECT_EQ(contract.work_types(0).disclose_size(), 14);
  EXPECT_EQ(contract.permits().lifetime().seconds(), 10);
  EXPECT_EQ(contract.recalls().pending_period().seconds(), 86400);
  EXPECT_EQ(contract.recalls().objection_extension().seconds(), 2 * 86400);
  EXPECT_OK(CheckContract(contract));
}

TEST(ParseContract, FillsDefaults) {
  ASSERT_OK_AND_ASSIGN(const Contract contract, ParseContract(kLeast, "a.yaml"));
  EXPECT_EQ(contract.vendor_group(), "a");
  EXPECT_EQ(contract.permits().lifetime().seconds(), 120);
  EXPECT_EQ(contract.recalls().pending_period().seconds(), 3 * 86400);
  EXPECT_EQ(contract.recalls().objection_extension().seconds(), 7 * 86400);
  EXPECT_EQ(contract.deletion().within().seconds(), 30 * 86400);
  EXPECT_FALSE(contract.has_effective_from());
  EXPECT_FALSE(contract.has_effective_to());
}

TEST(ParseContract, RecordingsAreOwedWithinATime) {
  const std::pair<const char*, int64_t> rows[] = {
      {"", 0},  // none is owed
      {"recordings: {}\n", 3 * 86'400},
      {"recordings: {within: 1min}\n", 60},
      {"recordings: {within: 90d}\n", 90 * 86'400},
  };
  for (const auto& [line, seconds] : rows) {
    const auto contract = ParseContract(absl::StrCat(kLeast, line), "a.yaml");
    ASSERT_OK(contract) << line;
    EXPECT_EQ(contract->has_recordings(), seconds > 0) << line;
    EXPECT_EQ(contract->recordings().within().seconds(), seconds) << line;
  }
}

TEST(ParseContract, PassesOnWhatTheSchemaRefuses) {
  EXPECT_THAT(ParseContract("vendr_id: a", "a.yaml"),
              FailsWith(absl::StatusCode::kInvalidArgument, "YAML_INVALID"));
}

struct Refusal {
  const char* instead_of;  // part of kWhole
  const char* text;        // what stands in its place
  const char* message;     // behind "c.yaml:"
};

TEST(ParseContract, NamesPlaceFieldAndWayOut) {
  constexpr char kIdForm[] = "must be 1 to 32 characters of a-z, 0-9 and \"-\"";
  const std::string long_name = "display_name: " + std::string(101, 'x');
  const std::string id_refused = absl::StrCat("1:12: vendor_id: ", kIdForm);
  const std::string id_missing = absl::StrCat("1:1: vendor_id: ", kIdForm);
  const std::string group_refused = absl::StrCat("2:15: vendor_group: ", kIdForm);
  const Refusal kRows[] = {
      {"vendor_id: sakura\n", "vendor_id: Sakura\n", id_refused.c_str()},
      {"vendor_id: sakura\n", "vendor_id: a_b\n", id_refused.c_str()},
      {"vendor_id: sakura\n", "vendor_id: \"\"\n", id_refused.c_str()},
      {"vendor_id: sakura\n", "vendor_id: abcdefghijklmnopqrstuvwxyz0123456\n", id_refused.c_str()},
      {"vendor_id: sakura\n", "", id_missing.c_str()},
      {"sakura-holdings", "Sakura Holdings", group_refused.c_str()},
      {"display_name: さくら", long_name.c_str(), "3:15: display_name: has 101 bytes; at most 100"},
      {"display_name: さくら", "display_name: \"early\\u200b5m\"",
       "3:15: display_name: must be one line without control, format or private characters"},
      {"display_name: さくら", "display_name: \"\\ue000さくら\"",
       "3:15: display_name: must be one line without control, format or private characters"},
      {"effective_to: 2027-11-01", "effective_to: 2026-11-01",
       "5:15: effective_to: must be later than effective_from; it is the first day out of force"},
      {"languages: [ja, en]", "languages: []",
       "6:1: languages: must name at least one, as [ja]; routing places no other"},
      {"languages: [ja, en]\n", "",
       "1:1: languages: must name at least one, as [ja]; routing places no other"},
      {"languages: [ja, en]", "languages: [ja, en-US]",
       "6:17: languages[1]: must be a primary language in lower case, as \"ja\" or \"zh\", without "
       "region"},
      {"languages: [ja, en]", "languages: [ja, ja]",
       "6:17: languages[1]: stands here twice; keep one"},
      {"live_assignments_max: 5000", "live_assignments_max: -1",
       "7:23: live_assignments_max: must not be negative; 0 means no limit"},
      {"work_type: EARLY_COLLECTIONS\n    acts", "acts",
       "9:5: work_types[0].work_type: is missing; name a kind of work, as EARLY_COLLECTIONS"},
      {"permits:", "  - {work_type: EARLY_COLLECTIONS}\npermits:",
       "27:17: work_types[1].work_type: EARLY_COLLECTIONS stands here twice; keep one"},
      {"[REMIND, TAKE_PROMISE]", "[REMIND, UNSPECIFIED]",
       "10:20: work_types[0].acts[1]: must be an act, as REMIND"},
      {"[REMIND, TAKE_PROMISE]", "[REMIND, REMIND]",
       "10:20: work_types[0].acts[1]: REMIND stands here twice; keep one"},
      {"term: 30d", "term: -1s",
       "11:11: work_types[0].term: must not be negative, and at most 3650d"},
      {"term: 30d", "term: 3651d",
       "11:11: work_types[0].term: must not be negative, and at most 3650d"},
      {"lifetime: 10s", "lifetime: 9s", "27:21: permits.lifetime: must be from 10s to 1h"},
      {"lifetime: 10s", "lifetime: 61min", "27:21: permits.lifetime: must be from 10s to 1h"},
      {"lifetime: 10s", "look_ahead: 6min", "27:23: permits.look_ahead: must be from 0s to 5min"},
      {"pending_period: 1d", "pending_period: 0s",
       "28:27: recalls.pending_period: must be longer than 0 and at most 3650d"},
      {"objection_extension: 2d", "objection_extension: -2d",
       "28:52: recalls.objection_extension: must be longer than 0 and at most 3650d"},
      {"permits:", "recordings: {within: 59s}\npermits:",
       "27:22: recordings.within: must be from 1min to 90d"},
      {"permits:", "deletion: {within: 59min}\npermits:",
       "27:20: deletion.within: must be from 1h to 366d"},
      {"permits:", "sub_contractors: [{sub_contractor_id: kita, country: J}]\npermits:",
       "27:54: sub_contractors[0].country: must be an ISO 3166-1 alpha-2 code in upper case"},
      {"permits:", "recordings: {within: 2161h}\npermits:",
       "27:22: recordings.within: must be from 1min to 90d"},
  };
  for (const Refusal& row : kRows) {
    SCOPED_TRACE(row.text);
    const std::string yaml = absl::StrReplaceAll(kWhole, {{row.instead_of, row.text}});
    ASSERT_NE(yaml, kWhole);
    const absl::Status status = ParseContract(yaml, "c.yaml").status();
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID"));
    EXPECT_EQ(std::string(status.message()), absl::StrCat("c.yaml:", row.message));
  }
}

TEST(ParseContract, NeedsAWorkType) {
  const absl::Status status =
      ParseContract("vendor_id: a\nlanguages: [ja]\nwork_types: []", "c.yaml").status();
  EXPECT_EQ(std::string(status.message()),
            "c.yaml:3:1: work_types: must have at least one entry, as \"- work_type: "
            "EARLY_COLLECTIONS\"");
}

struct DisclosureRow {
  const char* disclosure;
  const char* problem;  // field below the disclosure and text; nullptr when it is accepted
};

constexpr char kGoesWithPartial[] = "mask: goes with show: PARTIAL only; leave it out";
constexpr char kGoesWithBand[] = "band_ends: goes with show: BAND only; leave it out";
constexpr char kValuesBeside[] =
    "values: goes with show: CLEAR of PRODUCT and CREDIT only; leave it out";
constexpr char kEndsMissing[] =
    "band_ends: must list the ends of the bands in minor units, growing, as [10000, 50000]";
const DisclosureRow kDisclosures[] = {
    {"data_class: REFERENCE, show: TOKEN", nullptr},
    {"data_class: REFERENCE, show: ABSENT", nullptr},
    {"data_class: REFERENCE, show: CLEAR",
     "show: CLEAR does not fit REFERENCE; allowed: TOKEN, ABSENT"},
    {"data_class: NAME, show: TOKEN",
     "show: TOKEN does not fit NAME; allowed: CLEAR, PARTIAL with FAMILY_NAME or HONORIFIC or "
     "INITIALS, "
     "ABSENT"},
    {"data_class: NAME, show: PARTIAL, mask: FAMILY_NAME", nullptr},
    {"data_class: NAME, show: PARTIAL, mask: INITIALS", nullptr},
    {"data_class: KANA, show: PARTIAL, mask: HONORIFIC", nullptr},
    {"data_class: NAME, show: PARTIAL",
     "mask: is missing; for NAME: FAMILY_NAME or HONORIFIC or INITIALS"},
    {"data_class: NAME, show: PARTIAL, mask: YEAR",
     "mask: YEAR does not fit NAME; allowed: FAMILY_NAME or HONORIFIC or INITIALS"},
    {"data_class: NAME, show: CLEAR, mask: INITIALS", kGoesWithPartial},
    {"data_class: NAME",
     "show: is missing for NAME; allowed: CLEAR, PARTIAL with FAMILY_NAME or HONORIFIC or "
     "INITIALS, ABSENT"},
    {"data_class: KANA, show: CLEAR", nullptr},
    {"data_class: BIRTH_DATE, show: PARTIAL, mask: YEAR", nullptr},
    {"data_class: BIRTH_DATE, show: PARTIAL, mask: BIRTHDAY_HIDDEN", nullptr},
    {"data_class: BIRTH_DATE, show: BAND", nullptr},
    {"data_class: BIRTH_DATE, show: BAND, band_ends: [10]",
     "band_ends: does not go with BIRTH_DATE, which has bands of ten years of age; leave it out"},
    {"data_class: PHONE, show: CLEAR", nullptr},
    {"data_class: PHONE, show: PARTIAL, mask: CARD_LAST_FOUR",
     "mask: CARD_LAST_FOUR does not fit PHONE; allowed: LAST_FOUR or AREA or COUNTRY"},
    {"data_class: PHONE, show: PARTIAL, mask: AREA", nullptr},
    {"data_class: PHONE, show: PARTIAL, mask: COUNTRY", nullptr},
    {"data_class: EMAIL, show: PARTIAL, mask: DOMAIN", nullptr},
    {"data_class: ADDRESS, show: PARTIAL, mask: DISTRICT", nullptr},
    {"data_class: ADDRESS, show: BAND",
     "show: BAND does not fit ADDRESS; allowed: CLEAR, PARTIAL with REGION or CITY or DISTRICT, "
     "ABSENT"},
    {"data_class: CARD_NUMBER, show: PARTIAL, mask: CARD_LAST_FOUR", nullptr},
    {"data_class: CARD_NUMBER, show: CLEAR",
     "show: CLEAR does not fit CARD_NUMBER; allowed: PARTIAL with CARD_LAST_FOUR, ABSENT"},
    {"data_class: AMOUNT, show: CLEAR", nullptr},
    {"data_class: AMOUNT, show: CLEAR, band_ends: [1]", kGoesWithBand},
    {"data_class: AMOUNT, show: BAND, band_ends: [-5, 0, 5]", nullptr},
    {"data_class: AMOUNT, show: BAND", kEndsMissing},
    {"data_class: AMOUNT, show: BAND, band_ends: []", kEndsMissing},
    {"data_class: AMOUNT, show: BAND, band_ends: [1, 1]",
     "band_ends[1]: must be greater than the end before it"},
    {"data_class: CREDIT, show: BAND, band_ends: [1, 2, 0]",
     "band_ends[2]: must be greater than the end before it"},
    {"data_class: DELINQUENCY, show: PARTIAL, mask: BUCKET", nullptr},
    {"data_class: LANGUAGE, show: PARTIAL, mask: REGION",
     "show: PARTIAL does not fit LANGUAGE; allowed: CLEAR, ABSENT"},
    {"data_class: PRODUCT, show: CLEAR", nullptr},
    {"data_class: PRODUCT, show: CLEAR, values: [gold-card, ゴールド カード]", nullptr},
    {"data_class: PRODUCT, show: CLEAR, values: []", nullptr},
    {"data_class: CREDIT, show: CLEAR, values: [A, B]", nullptr},
    {"data_class: PRODUCT, show: ABSENT, values: [a]", kValuesBeside},
    {"data_class: CREDIT, show: BAND, band_ends: [1], values: [A]", kValuesBeside},
    {"data_class: LANGUAGE, show: CLEAR, values: [ja]", kValuesBeside},
    {"data_class: PRODUCT, show: CLEAR, values: [a, b, a]",
     "values[2]: stands here twice; keep one"},
    {"data_class: PRODUCT, show: CLEAR, values: [が, \"か\\u3099\"]",
     "values[1]: stands here twice; keep one"},
    {"data_class: PRODUCT, show: CLEAR, values: [a, \" \"]",
     "values[1]: has 0 bytes; must have 1 to 64"},
    {"data_class: CREDIT, show: CLEAR, values: "
     "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]",
     "values[0]: has 65 bytes; must have 1 to 64"},
    {"data_class: PRODUCT, show: CLEAR, values: [\"a\\u200bb\"]",
     "values[0]: must be one line without control, format or private characters"},
    {"data_class: FREE_TEXT, show: CLEAR", nullptr},
    {"data_class: FREE_TEXT, show: TOKEN",
     "show: TOKEN does not fit FREE_TEXT; allowed: CLEAR, ABSENT"},
    {"data_class: INTERNAL, show: ABSENT",
     "data_class: INTERNAL is never shown to a vendor; leave the entry out"},
    {"data_class: NOT_PERSONAL, show: CLEAR",
     "data_class: NOT_PERSONAL is always shown; leave the entry out"},
    {"show: CLEAR", "data_class: is missing; name a class of data, as NAME or PHONE"},
    {"data_class: NAME, show: ABSENT}, {data_class: NAME, show: CLEAR",
     "data_class: NAME stands here twice; keep one"},
};

TEST(ParseContract, KnowsWhichWayOfShowingFitsWhichClass) {
  for (const DisclosureRow& row : kDisclosures) {
    SCOPED_TRACE(row.disclosure);
    const std::string yaml = absl::StrCat(
        "vendor_id: a\nlanguages: [ja]\nwork_types: [{work_type: CAMPAIGN, disclose: [{",
        row.disclosure, "}]}]");
    const absl::Status status = ParseContract(yaml, "c.yaml").status();
    if (row.problem == nullptr) {
      EXPECT_OK(status);
      continue;
    }
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID"));
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(row.problem));
    EXPECT_EQ(ErrorMetadata(status, "line"), "3");
    EXPECT_THAT(ErrorMetadata(status, "field"), ::testing::StartsWith("work_types[0].disclose["));
  }
}

TEST(ParseContract, ListsAreBounded) {
  const auto parse = [](int count) {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back(absl::StrCat("p", i));
    return ParseContract(
               absl::StrCat(
                   "vendor_id: a\nlanguages: [ja]\nwork_types: [{work_type: CAMPAIGN, disclose: "
                   "[{data_class: PRODUCT, show: CLEAR, values: [",
                   absl::StrJoin(values, ", "), "]}]}]"),
               "c.yaml")
        .status();
  };
  EXPECT_OK(parse(500));
  EXPECT_THAT(std::string(parse(501).message()),
              ::testing::HasSubstr("values: has 501 values; at most 500"));
}

TEST(ParseContract, BringsItsTextsToOneForm) {
  const std::string yaml = absl::StrReplaceAll(
      kWhole, {{"display_name: さくら", "display_name: ' か\u3099\u3000'"},
               {"PRODUCT, show: CLEAR", "PRODUCT, show: CLEAR, values: [' か\u3099\u3000']"}});
  ASSERT_OK_AND_ASSIGN(const Contract contract, ParseContract(yaml, "c.yaml"));
  EXPECT_EQ(contract.display_name(), "が");
  EXPECT_EQ(contract.work_types(0).disclose(12).values(0), "が");
}

TEST(ContractWarnings, NameWhatShowsMoreThanItSeemsTo) {
  const auto warnings = [](const std::string& yaml) {
    const auto contract = ParseContract(yaml, "c.yaml");
    EXPECT_OK(contract);
    return ContractWarnings(*contract, yaml, "c.yaml");
  };
  EXPECT_THAT(
      warnings(kWhole),
      ::testing::ElementsAre(
          "c.yaml:16:40: work_types[0].disclose[3].show: a band that changes on the birthday tells "
          "it, once in ten years; PARTIAL with BIRTHDAY_HIDDEN does not",
          "c.yaml:25:9: work_types[0].disclose[12].values: is missing, so that whatever looks like "
          "a code is shown; list the products that may be"));
  EXPECT_THAT(
      warnings(absl::StrReplaceAll(
          kWhole, {{"BIRTH_DATE, show: BAND", "BIRTH_DATE, show: PARTIAL, mask: BIRTHDAY_HIDDEN"},
                   {"PRODUCT, show: CLEAR", "PRODUCT, show: CLEAR, values: [gold-card]"},
                   {"CREDIT, show: BAND, band_ends: [100000]", "CREDIT, show: CLEAR"}})),
      ::testing::ElementsAre(::testing::HasSubstr("list the grades that may be")));
  EXPECT_THAT(warnings(kLeast), ::testing::IsEmpty());
}

// What YAML cannot express but a message that came over the wire can.
TEST(CheckContract, RefusesWhatYamlCannotSay) {
  const auto damaged = [](void (*damage)(Contract*)) {
    Contract contract = *ParseContract(kWhole, "c.yaml");
    damage(&contract);
    return ErrorMetadata(CheckContract(contract), "field");
  };
  EXPECT_EQ(damaged([](Contract* c) { c->mutable_effective_from()->set_month(13); }),
            "effective_from");
  EXPECT_EQ(damaged([](Contract* c) { c->mutable_effective_to()->set_day(0); }), "effective_to");
  EXPECT_EQ(damaged([](Contract* c) { c->mutable_permits()->mutable_lifetime()->set_nanos(-1); }),
            "permits.lifetime");
  EXPECT_EQ(damaged([](Contract* c) {
              c->mutable_recalls()->mutable_pending_period()->set_nanos(1'000'000'000);
            }),
            "recalls.pending_period");
  EXPECT_EQ(damaged([](Contract* c) {
              c->mutable_recordings()->mutable_within()->set_seconds(90 * 86'400);
              c->mutable_recordings()->mutable_within()->set_nanos(1);
            }),
            "recordings.within");
  EXPECT_EQ(damaged([](Contract* c) {
              c->mutable_recordings()->mutable_within()->set_seconds(60);
              c->mutable_recordings()->mutable_within()->set_nanos(-1);
            }),
            "recordings.within");
  EXPECT_EQ(damaged([](Contract* c) {
              c->mutable_permits()->set_dial(static_cast<Contract::PermitTerms::Dial>(9));
            }),
            "permits.dial");
  EXPECT_EQ(damaged([](Contract* c) {
              c->mutable_work_types(0)->set_work_type(static_cast<v1::WorkType>(99));
            }),
            "work_types[0].work_type");
  EXPECT_EQ(
      damaged([](Contract* c) { c->mutable_work_types(0)->set_acts(0, static_cast<v1::Act>(99)); }),
      "work_types[0].acts[0]");
  EXPECT_EQ(damaged([](Contract* c) {
              c->mutable_work_types(0)->mutable_disclose(0)->set_data_class(
                  static_cast<v1::DataClass>(99));
            }),
            "work_types[0].disclose[0].data_class");
  EXPECT_EQ(
      damaged([](Contract* c) {
        c->mutable_work_types(0)->mutable_disclose(0)->set_show(static_cast<Contract::Show>(99));
      }),
      "work_types[0].disclose[0].show");
  EXPECT_EQ(
      damaged([](Contract* c) {
        c->mutable_work_types(0)->mutable_disclose(2)->set_mask(static_cast<Contract::Mask>(99));
      }),
      "work_types[0].disclose[2].mask");
}

// A class, way or mask added to the schema must be decided here: nothing is accepted by accident.
TEST(CheckContract, AcceptsExactlyTheListedCombinations) {
  std::vector<std::string> accepted;
  for (int data_class = 0; data_class < v1::DataClass_ARRAYSIZE; ++data_class) {
    for (int show = 0; show < Contract::Show_ARRAYSIZE; ++show) {
      for (int mask = 0; mask < Contract::Mask_ARRAYSIZE; ++mask) {
        for (const char* beside : {"", "+", "="}) {  // ends of bands, values
          Contract contract = *ParseContract(kLeast, "c.yaml");
          auto* disclosure = contract.mutable_work_types(0)->add_disclose();
          disclosure->set_data_class(static_cast<v1::DataClass>(data_class));
          disclosure->set_show(static_cast<Contract::Show>(show));
          disclosure->set_mask(static_cast<Contract::Mask>(mask));
          if (*beside == '+') disclosure->add_band_ends(100);
          if (*beside == '=') disclosure->add_values("a");
          if (show == Contract::SHOW_ABSENT || !CheckContract(contract).ok()) continue;
          accepted.push_back(absl::StrCat(
              v1::DataClass_Name(disclosure->data_class()).substr(11), " ",
              Contract::Show_Name(disclosure->show()).substr(5), " ",
              mask == 0 ? "" : Contract::Mask_Name(disclosure->mask()).substr(5), beside));
        }
      }
    }
  }
  EXPECT_THAT(
      accepted,
      ::testing::UnorderedElementsAre(
          "REFERENCE TOKEN ", "NAME CLEAR ", "NAME PARTIAL FAMILY_NAME", "NAME PARTIAL HONORIFIC",
          "NAME PARTIAL INITIALS", "KANA CLEAR ", "KANA PARTIAL FAMILY_NAME",
          "KANA PARTIAL HONORIFIC", "KANA PARTIAL INITIALS", "BIRTH_DATE CLEAR ",
          "BIRTH_DATE PARTIAL YEAR", "BIRTH_DATE PARTIAL BIRTHDAY_HIDDEN", "BIRTH_DATE BAND ",
          "PHONE CLEAR ", "PHONE PARTIAL LAST_FOUR", "PHONE PARTIAL AREA", "PHONE PARTIAL COUNTRY",
          "EMAIL CLEAR ", "EMAIL PARTIAL DOMAIN", "ADDRESS CLEAR ", "ADDRESS PARTIAL REGION",
          "ADDRESS PARTIAL CITY", "ADDRESS PARTIAL DISTRICT", "CARD_NUMBER PARTIAL CARD_LAST_FOUR",
          "AMOUNT CLEAR ", "AMOUNT BAND +", "DELINQUENCY CLEAR ", "DELINQUENCY PARTIAL BUCKET",
          "CREDIT CLEAR ", "CREDIT CLEAR =", "CREDIT BAND +", "LANGUAGE CLEAR ", "PRODUCT CLEAR ",
          "PRODUCT CLEAR =", "FREE_TEXT CLEAR "));
}

// What may be unmasked in the one kind of work there is.
std::string Unmask(const std::string& entries, const std::string& more = "") {
  return absl::StrCat("vendor_id: a\nlanguages: [ja]\n", more,
                      "work_types:\n  - work_type: CAMPAIGN\n    disclose:\n"
                      "      - {data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}\n"
                      "      - {data_class: EMAIL, show: CLEAR}\n"
                      "    unmask: [",
                      entries, "]\n");
}

TEST(ParseContract, FillsWhatUnmaskingLeavesOut) {
  const auto contract = ParseContract(
      Unmask("{data_class: ADDRESS, show: CLEAR}, {data_class: NAME, show: CLEAR, lasts: 24h, "
             "second_person: NONE, per_account_day: 100}"),
      "a.yaml");
  ASSERT_OK(contract);
  EXPECT_EQ(contract->unmaskings_per_hour(), 20);
  const Contract::Unmasking& address = contract->work_types(0).unmask(0);
  EXPECT_EQ(address.lasts().seconds(), 15 * 60);
  EXPECT_EQ(address.second_person(), Contract::SECOND_PERSON_OPERATOR);
  EXPECT_EQ(address.per_account_day(), 2);
  const Contract::Unmasking& name = contract->work_types(0).unmask(1);
  EXPECT_EQ(name.lasts().seconds(), 24 * 60 * 60);
  EXPECT_EQ(name.second_person(), Contract::SECOND_PERSON_NONE);
  EXPECT_EQ(name.per_account_day(), 100);
  EXPECT_OK(CheckContract(*contract));
}

TEST(ParseContract, SaysWhatCannotBeUnmasked) {
  const struct {
    const char* entries;
    const char* field;  // behind "work_types[0].unmask[0]", or of the second entry
  } rows[] = {
      {"{data_class: CARD_NUMBER, show: PARTIAL, mask: CARD_LAST_FOUR}", "[0].data_class"},
      {"{data_class: FREE_TEXT, show: CLEAR}", "[0].data_class"},
      {"{data_class: REFERENCE, show: CLEAR}", "[0].data_class"},
      {"{data_class: INTERNAL, show: CLEAR}", "[0].data_class"},
      {"{data_class: NOT_PERSONAL, show: CLEAR}", "[0].data_class"},
      {"{show: CLEAR}", "[0].data_class"},
      {"{data_class: ADDRESS}", "[0].show"},
      {"{data_class: ADDRESS, show: ABSENT}", "[0].show"},
      {"{data_class: BIRTH_DATE, show: BAND}", "[0].show"},
      {"{data_class: ADDRESS, show: PARTIAL}", "[0].mask"},
      {"{data_class: ADDRESS, show: PARTIAL, mask: YEAR}", "[0].mask"},
      {"{data_class: ADDRESS, show: CLEAR, mask: CITY}", "[0].mask"},
      {"{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}", "[0].show"},  // rows show it
      {"{data_class: EMAIL, show: CLEAR}", "[0].show"},
      {"{data_class: EMAIL, show: PARTIAL, mask: DOMAIN}", "[0].show"},
      {"{data_class: ADDRESS, show: CLEAR, lasts: 59s}", "[0].lasts"},
      {"{data_class: ADDRESS, show: CLEAR, lasts: 25h}", "[0].lasts"},
      {"{data_class: ADDRESS, show: CLEAR, per_account_day: 101}", "[0].per_account_day"},
      {"{data_class: ADDRESS, show: CLEAR, per_account_day: -1}", "[0].per_account_day"},
      {"{data_class: ADDRESS, show: CLEAR}, {data_class: ADDRESS, show: CLEAR}", "[1].data_class"},
  };
  for (const auto& row : rows) {
    const absl::Status status = ParseContract(Unmask(row.entries), "a.yaml").status();
    EXPECT_EQ(ErrorReason(status), "CONTRACT_INVALID") << row.entries;
    EXPECT_EQ(ErrorMetadata(status, "field"), absl::StrCat("work_types[0].unmask", row.field))
        << row.entries << ": " << status;
  }
  for (const char* per_hour : {"-1", "100001"}) {
    const absl::Status status =
        ParseContract(Unmask("", absl::StrCat("unmaskings_per_hour: ", per_hour, "\n")), "a.yaml")
            .status();
    EXPECT_EQ(ErrorMetadata(status, "field"), "unmaskings_per_hour") << per_hour;
  }
}

TEST(FileNameForErrors, IsOneThatAHubTakes) {
  const std::string folder(200, 'f');
  const std::pair<std::string, std::string> rows[] = {
      {"contracts/sakura.yaml", "contracts/sakura.yaml"},
      {"/" + std::string(kFileNameBytesMax - 1, 'f'),
       "/" + std::string(kFileNameBytesMax - 1, 'f')},
      {folder + "/sakura.yaml", "sakura.yaml"},
      {"a\nb/さくら.yaml", "さくら.yaml"},
      {folder + "/" + folder + "f", "file"},
      {"a\x1b[2J.yaml", "file"},
      {folder + "/", "file"},
      {"", "file"},
  };
  for (const auto& [path, name] : rows) EXPECT_EQ(FileNameForErrors(path), name) << path;
}

}  // namespace
}  // namespace switchboard::contracts
