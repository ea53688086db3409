#include "hub/masking/exposure.h"

#include <cstdint>
#include <deque>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "hub/contracts/contract_check.h"
#include "hub/masking/masker.h"
#include "hub/masking/shown_fields.h"
#include "hub/masking/specimens.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using google::protobuf::TextFormat;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Contract;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());

// What may be written of one class, and below it in the same order what becomes of the class from
// the way of the line to that of the column: "=" nothing, ">" more is seen, "<" less, "x" neither
// includes the other.
struct ClassTable {
  v1::DataClass data_class;
  std::vector<const char*> ways;
  std::vector<const char*> lines;
};
const ClassTable kTables[] = {
    {v1::DATA_CLASS_REFERENCE, {"show: ABSENT", "show: TOKEN"}, {"=>", "<="}},
    {v1::DATA_CLASS_NAME,
     {"show: ABSENT", "show: CLEAR", "show: PARTIAL, mask: FAMILY_NAME",
      "show: PARTIAL, mask: HONORIFIC", "show: PARTIAL, mask: INITIALS"},
     {"=>>>>", "<=<<<", "<>=xx", "<>x=x", "<>xx="}},
    {v1::DATA_CLASS_KANA,
     {"show: ABSENT", "show: CLEAR", "show: PARTIAL, mask: FAMILY_NAME",
      "show: PARTIAL, mask: HONORIFIC", "show: PARTIAL, mask: INITIALS"},
     {"=>>>>", "<=<<<", "<>=xx", "<>x=x", "<>xx="}},
    {v1::DATA_CLASS_BIRTH_DATE,
     {"show: ABSENT", "show: CLEAR", "show: BAND", "show: PARTIAL, mask: YEAR",
      "show: PARTIAL, mask: BIRTHDAY_HIDDEN"},
     {"=>>>>", "<=<<<", "<>=xx", "<>x=x", "<>xx="}},
    {v1::DATA_CLASS_PHONE,
     {"show: ABSENT", "show: CLEAR", "show: PARTIAL, mask: LAST_FOUR", "show: PARTIAL, mask: AREA",
      "show: PARTIAL, mask: COUNTRY"},
     {"=>>>>", "<=<<<", "<>=xx", "<>x=<", "<>x>="}},
    {v1::DATA_CLASS_EMAIL,
     {"show: ABSENT", "show: CLEAR", "show: PARTIAL, mask: DOMAIN"},
     {"=>>", "<=<", "<>="}},
    {v1::DATA_CLASS_ADDRESS,
     {"show: ABSENT", "show: CLEAR", "show: PARTIAL, mask: REGION", "show: PARTIAL, mask: CITY",
      "show: PARTIAL, mask: DISTRICT"},
     {"=>>>>", "<=<<<", "<>=>>", "<><=>", "<><<="}},
    {v1::DATA_CLASS_CARD_NUMBER,
     {"show: ABSENT", "show: PARTIAL, mask: CARD_LAST_FOUR"},
     {"=>", "<="}},
    // The fourth has an end below zero, so that 0 ends no band there.
    {v1::DATA_CLASS_AMOUNT,
     {"show: ABSENT", "show: CLEAR", "show: BAND, band_ends: [100]",
      "show: BAND, band_ends: [100, 200]", "show: BAND, band_ends: [0, 100]",
      "show: BAND, band_ends: [-50, 100]", "show: BAND, band_ends: [200]"},
     {"=>>>>>>", "<=<<<<<", "<>=>=xx", "<><=<x<", "<>=>=xx", "<>xxx=x", "<>x>xx="}},
    {v1::DATA_CLASS_DELINQUENCY,
     {"show: ABSENT", "show: CLEAR", "show: PARTIAL, mask: BUCKET"},
     {"=>>", "<=<", "<>="}},
    {v1::DATA_CLASS_CREDIT,
     {"show: ABSENT", "show: CLEAR", "show: CLEAR, values: [A]", "show: CLEAR, values: [A, B]",
      "show: CLEAR, values: [C]", "show: BAND, band_ends: [100]", "show: BAND, band_ends: [200]"},
     {"=>>>>>>", "<=xxx<<", "<x=>x<<", "<x<=x<<", "<xxx=<<", "<>>>>=x", "<>>>>x="}},
    {v1::DATA_CLASS_LANGUAGE, {"show: ABSENT", "show: CLEAR"}, {"=>", "<="}},
    {v1::DATA_CLASS_PRODUCT,
     {"show: ABSENT", "show: CLEAR", "show: CLEAR, values: [A]", "show: CLEAR, values: [A, B]",
      "show: CLEAR, values: [C]"},
     {"=>>>>", "<=xxx", "<x=>x", "<x<=x", "<xxx="}},
    {v1::DATA_CLASS_FREE_TEXT, {"show: ABSENT", "show: CLEAR"}, {"=>", "<="}},
};

Contract ContractWith(const std::string& disclosures) {
  auto contract = contracts::ParseContract(
      absl::StrCat("vendor_id: a\nlanguages: [ja]\nwork_types:\n  - {work_type: CAMPAIGN, acts: "
                   "[OFFER], disclose: [",
                   disclosures, "]}\n"),
      "a.yaml");
  EXPECT_TRUE(contract.ok()) << disclosures << ": " << contract.status();
  return contract.ok() ? *contract : Contract();
}

// "NAME" of DATA_CLASS_NAME.
std::string WordFor(v1::DataClass data_class) {
  return v1::DataClass_Name(data_class).substr(std::string_view("DATA_CLASS_").size());
}

std::string Disclosure(v1::DataClass data_class, const char* way) {
  return absl::StrCat("{data_class: ", WordFor(data_class), ", ", way, "}");
}

MaskPlan PlanOf(const std::string& disclosures) {
  return CompileMaskPlan(ContractWith(disclosures), v1::WORK_TYPE_CAMPAIGN);
}

Change Meant(char sign) {
  switch (sign) {
    case '=':
      return Change::kSame;
    case '>':
      return Change::kMore;
    case '<':
      return Change::kLess;
    default:
      return Change::kOtherwise;
  }
}

TEST(ExposureTest, EachWayOfEachClassBesideEachOther) {
  for (const ClassTable& table : kTables) {
    ASSERT_EQ(table.lines.size(), table.ways.size()) << table.data_class;
    for (size_t i = 0; i < table.ways.size(); ++i) {
      ASSERT_EQ(std::string_view(table.lines[i]).size(), table.ways.size()) << table.data_class;
      for (size_t j = 0; j < table.ways.size(); ++j) {
        SCOPED_TRACE(absl::StrCat(WordFor(table.data_class), " from ", table.ways[i], " to ",
                                  table.ways[j]));
        const MaskPlan before = PlanOf(Disclosure(table.data_class, table.ways[i]));
        const MaskPlan after = PlanOf(Disclosure(table.data_class, table.ways[j]));
        const Change meant = Meant(table.lines[i][j]);
        EXPECT_EQ(Compare(table.data_class, before, after), meant);
        EXPECT_EQ(Compare(before, after), meant) << "no other class is named";
        EXPECT_EQ(Compare(after, before), Reversed(meant));
      }
    }
  }
}

// A mask that is new fails to compile until it is ranked, and this until it stands in the table.
TEST(ExposureTest, TheTableNamesEveryTreatmentOfEveryClass) {
  std::set<std::pair<v1::DataClass, Treatment>> named, there_are;
  for (const ClassTable& table : kTables) {
    for (const char* way : table.ways) {
      named.insert({table.data_class, PlanOf(Disclosure(table.data_class, way))[table.data_class]});
    }
  }
  for (int number = 0; number < v1::DataClass_ARRAYSIZE; ++number) {
    const auto data_class = static_cast<v1::DataClass>(number);
    for (int show = 0; show < Contract::Show_ARRAYSIZE; ++show) {
      for (int mask = 0; mask < Contract::Mask_ARRAYSIZE; ++mask) {
        for (const bool ends : {false, true}) {
          Contract contract;
          auto& terms = *contract.add_work_types();
          terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
          auto& disclosure = *terms.add_disclose();
          disclosure.set_data_class(data_class);
          disclosure.set_show(static_cast<Contract::Show>(show));
          disclosure.set_mask(static_cast<Contract::Mask>(mask));
          if (ends) disclosure.add_band_ends(7);
          const Treatment treatment = CompileMaskPlan(contract, v1::WORK_TYPE_CAMPAIGN)[data_class];
          if (treatment != Treatment::kWithheld) there_are.insert({data_class, treatment});
        }
      }
    }
  }
  for (const auto& one : there_are)
    EXPECT_TRUE(named.contains(one)) << v1::DataClass_Name(one.first);
  EXPECT_GT(there_are.size(), 25u);
}

TEST(ExposureTest, WhatIsJoinedIsBothAtOnce) {
  constexpr Change kAll[] = {Change::kSame, Change::kMore, Change::kLess, Change::kOtherwise};
  for (const Change one : kAll) {
    EXPECT_EQ(Join(one, Change::kSame), one);
    EXPECT_EQ(Join(one, one), one);
    EXPECT_EQ(Join(one, Change::kOtherwise), Change::kOtherwise);
    EXPECT_EQ(Reversed(Reversed(one)), one);
    for (const Change other : kAll) {
      EXPECT_EQ(Join(one, other), Join(other, one));
      EXPECT_EQ(Reversed(Join(one, other)), Join(Reversed(one), Reversed(other)));
    }
  }
  EXPECT_EQ(Join(Change::kMore, Change::kLess), Change::kOtherwise);
}

bool IsNoLess(Change change) { return change == Change::kSame || change == Change::kMore; }

// Of each class alone, so that there are many chains; and of whole plans, which join them.
TEST(ExposureTest, IsAnOrder) {
  std::mt19937_64 random(1);
  std::vector<std::vector<MaskPlan>> plans;
  for (const ClassTable& table : kTables) {
    plans.emplace_back();
    for (const char* way : table.ways)
      plans.back().push_back(PlanOf(Disclosure(table.data_class, way)));
  }
  for (int i = 0; i < 300; ++i) {
    std::string disclosures;
    for (const ClassTable& table : kTables) {
      if (random() % 4 != 0) continue;
      absl::StrAppend(&disclosures, disclosures.empty() ? "" : ", ",
                      Disclosure(table.data_class, table.ways[random() % table.ways.size()]));
    }
    if (i % 50 == 0) plans.emplace_back();
    plans.back().push_back(PlanOf(disclosures));
  }
  int chains = 0;
  for (const auto& some : plans) {
    for (const MaskPlan& a : some) {
      EXPECT_EQ(Compare(a, a), Change::kSame);
      for (const MaskPlan& b : some) {
        EXPECT_EQ(Compare(a, b), Reversed(Compare(b, a)));
        if (!IsNoLess(Compare(a, b))) continue;
        for (const MaskPlan& c : some) {
          if (!IsNoLess(Compare(b, c))) continue;
          ++chains;
          EXPECT_EQ(Compare(a, c), Join(Compare(a, b), Compare(b, c)));
        }
      }
    }
  }
  EXPECT_GT(chains, 1'000);
}

// Somebody by chance: of the country and writing of a specimen, with other numbers, days and words,
// and without some of it.
class People {
 public:
  explicit People(uint64_t seed) : random_(seed) {}

  size_t Below(size_t end) { return random_() % end; }

  Specimen Next() {
    Specimen somebody = Specimens()[Below(Specimens().size())];
    v1::Person& person = somebody.person;
    if (Below(4) == 0) person.clear_birth_date();
    if (person.has_birth_date()) person.mutable_birth_date()->set_year(1930 + Number(70));
    if (Below(4) == 0) person.clear_family_name_reading();
    if (Below(6) == 0) person.clear_family_name();
    if (Below(6) == 0) person.mutable_address()->clear_district();
    person.set_given_name(absl::StrCat(person.given_name(), Below(2) == 0 ? "" : " ひ"));
    for (v1::ContactPoint& point : *person.mutable_contact_points()) {
      if (point.phone().empty()) continue;
      std::string phone = point.phone();
      phone.back() = static_cast<char>('0' + Below(10));
      if (Below(8) == 0) phone.resize(phone.size() - 3);
      point.set_phone(phone);
    }
    if (Below(5) == 0) person.clear_contact_points();
    v1::Account& account = somebody.account;
    account.mutable_amount_due()->set_minor_units(Number(500) - 200);
    account.mutable_balance()->set_minor_units(Number(500) - 200);
    account.mutable_credit_limit()->set_minor_units(Number(500) - 200);
    if (Below(4) == 0) account.clear_amount_due();
    if (Below(4) == 0) account.clear_credit_limit();
    constexpr const char* kCodes[] = {"A", "B", "C", "", "D"};
    account.set_grade(kCodes[Below(5)]);
    account.set_product(kCodes[Below(5)]);
    account.set_days_past_due(Number(100));
    if (Below(4) == 0) account.clear_due_date();
    if (Below(4) == 0) account.clear_card_number();
    return somebody;
  }

 private:
  int32_t Number(int32_t end) { return static_cast<int32_t>(Below(static_cast<size_t>(end))); }

  std::mt19937_64 random_;
};

v1::Assignment Masked(const Specimen& somebody, const Masker& masker) {
  v1::Assignment row;
  masker.Mask(somebody.person, somebody.account, kNow, &row);
  masker.MaskHandedOver({v1::HAND_OVER_REASON_ESCALATED, kNow, "is ill"}, &row);
  return row;
}

// Half-open, in minor units.
struct Range {
  int64_t from;
  int64_t below;
};
Range RangeOf(const v1::AmountBand& band) {
  return {band.from_minor_units(), band.has_below_minor_units()
                                       ? band.below_minor_units()
                                       : std::numeric_limits<int64_t>::max()};
}

// What a row with more tells of a sum is no less than the band it had.
void ExpectWithin(const v1::AmountBand& before, bool has_after, const v1::AmountBand& band,
                  const v1::Money& exact) {
  const Range wide = RangeOf(before);
  const Range narrow =
      has_after ? RangeOf(band) : Range{exact.minor_units(), exact.minor_units() + 1};
  EXPECT_LE(wide.from, narrow.from);
  EXPECT_GE(wide.below, narrow.below);
}

// Whatever was seen can be told still.
void ExpectNothingVanishes(const v1::Assignment& before, const v1::Assignment& after) {
  const int64_t fields = ShownFieldsIn(before.SerializeAsString());
  EXPECT_EQ(fields & ~ShownFieldsIn(after.SerializeAsString()), 0)
      << before.DebugString() << " becomes " << after.DebugString();
  const v1::Address& was = before.person().address();
  const v1::Address& is = after.person().address();
  EXPECT_TRUE(was.region().empty() || was.region() == is.region()) << is.region();
  EXPECT_TRUE(was.city().empty() || was.city() == is.city()) << is.city();
  const v1::MaskedAccount& then = before.account();
  const v1::MaskedAccount& now = after.account();
  if (then.has_amount_due_band())
    ExpectWithin(then.amount_due_band(), now.has_amount_due_band(), now.amount_due_band(),
                 now.amount_due());
  if (then.has_credit_limit_band())
    ExpectWithin(then.credit_limit_band(), now.has_credit_limit_band(), now.credit_limit_band(),
                 now.credit_limit());
  ASSERT_EQ(before.person().contact_points_size(), after.person().contact_points_size());
  for (int i = 0; i < before.person().contact_points_size(); ++i) {
    const std::string& point = before.person().contact_points(i).value();
    if (!point.starts_with("+") || !point.ends_with(" *******")) continue;
    const std::string shown = point.substr(0, point.find(' '));
    EXPECT_TRUE(after.person().contact_points(i).value().starts_with(shown)) << shown;
  }
}

// The address of the specimen that stands in one field is no test of fields: CLEAR shows it there.
bool HasItsPlaces(const Specimen& somebody) {
  const v1::Address& address = somebody.person.address();
  return !address.region().empty() && !address.city().empty();
}

TEST(ExposureTest, WhereMoreIsSeenNothingVanishesOfAnybody) {
  People people(7);
  std::deque<std::deque<Masker>> maskers;
  for (const ClassTable& table : kTables) {
    maskers.emplace_back();
    for (const char* way : table.ways)
      maskers.back().emplace_back(ContractWith(Disclosure(table.data_class, way)),
                                  v1::WORK_TYPE_CAMPAIGN, std::string(32, 'k'));
  }
  int more = 0, less = 0, same = 0;
  for (int i = 0; i < 2'000; ++i) {
    const Specimen somebody = people.Next();
    for (size_t at = 0; at < maskers.size(); ++at) {
      const ClassTable& table = kTables[at];
      if (table.data_class == v1::DATA_CLASS_ADDRESS && !HasItsPlaces(somebody)) continue;
      const size_t from = people.Below(table.ways.size());
      const size_t to = people.Below(table.ways.size());
      SCOPED_TRACE(absl::StrCat("person ", i, ", ", WordFor(table.data_class), " from ",
                                table.ways[from], " to ", table.ways[to]));
      const v1::Assignment before = Masked(somebody, maskers[at][from]);
      const v1::Assignment after = Masked(somebody, maskers[at][to]);
      switch (maskers[at][from].ChangeTo(maskers[at][to])) {
        case Change::kSame:
          ++same;
          EXPECT_EQ(before.SerializeAsString(), after.SerializeAsString());
          break;
        case Change::kMore:
          ++more;
          ExpectNothingVanishes(before, after);
          break;
        case Change::kLess:
          ++less;
          ExpectNothingVanishes(after, before);
          break;
        case Change::kOtherwise:
          break;
      }
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(more, 5'000);
  EXPECT_GT(less, 5'000);
  EXPECT_GT(same, 3'000);
}

TEST(ExposureTest, SaysHowAClassIsShownInTheWordsOfContracts) {
  const struct {
    v1::DataClass data_class;
    const char* way;
    const char* words;
  } rows[] = {
      {v1::DATA_CLASS_NAME, "show: ABSENT", "ABSENT"},
      {v1::DATA_CLASS_NAME, "show: PARTIAL, mask: HONORIFIC", "PARTIAL HONORIFIC"},
      {v1::DATA_CLASS_PHONE, "show: PARTIAL, mask: LAST_FOUR", "PARTIAL LAST_FOUR"},
      {v1::DATA_CLASS_CARD_NUMBER, "show: PARTIAL, mask: CARD_LAST_FOUR", "PARTIAL CARD_LAST_FOUR"},
      {v1::DATA_CLASS_BIRTH_DATE, "show: BAND", "BAND"},
      {v1::DATA_CLASS_REFERENCE, "show: TOKEN", "TOKEN"},
      {v1::DATA_CLASS_AMOUNT, "show: BAND, band_ends: [100, 200]", "BAND 100 200"},
      {v1::DATA_CLASS_CREDIT, "show: BAND, band_ends: [7]", "BAND 7"},
      {v1::DATA_CLASS_CREDIT, "show: CLEAR, values: [B, A]", "CLEAR A B"},
      {v1::DATA_CLASS_PRODUCT, "show: CLEAR", "CLEAR"},
      {v1::DATA_CLASS_PRODUCT, "show: CLEAR, values: [a, b, c, d, e, f, g, h, i, j, k, l]",
       "CLEAR a b c d e f g h i j and 2 more"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(WordsFor(row.data_class, PlanOf(Disclosure(row.data_class, row.way))), row.words);
  // Whatever a table has, in words that are its own.
  for (const ClassTable& table : kTables) {
    std::set<std::string> words;
    for (const char* way : table.ways)
      words.insert(WordsFor(table.data_class, PlanOf(Disclosure(table.data_class, way))));
    EXPECT_EQ(words.size(), table.ways.size()) << WordFor(table.data_class);
  }
}

v1::Assignment RowOf(const char* text) {
  v1::Assignment row;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &row));
  return row;
}

std::vector<std::string> Differences(const char* before, const char* after) {
  std::vector<std::string> all;
  ForEachDifference(RowOf(before), RowOf(after), [&](const FieldDifference& one) {
    all.push_back(absl::StrCat(std::string(one.path), " ", WordFor(one.data_class), ": ",
                               std::string(one.before), " -> ", std::string(one.after)));
  });
  return all;
}

TEST(ExposureTest, TellsFieldByFieldWhatLooksOtherwise) {
  EXPECT_THAT(
      Differences(R"pb(person { name: "山田" birth_date: "40-49" language: "ja" }
                       account { days_past_due: 3 bucket: "M1" product: "" })pb",
                  R"pb(person {
                         name: "山田太郎"
                         person_token: "t1"
                         language: "ja"
                         address { country: "JP" region: "東京都" }
                       }
                       account { days_past_due: 0 bucket: "M1" grade: "" })pb"),
      ElementsAre(
          "account.days_past_due DELINQUENCY: 3 -> 0", "person.address.country ADDRESS:  -> JP",
          "person.address.region ADDRESS:  -> 東京都", "person.birth_date BIRTH_DATE: 40-49 -> ",
          "person.name NAME: 山田 -> 山田太郎", "person.person_token REFERENCE:  -> t1"));
}

// One sum has one path, shown exactly or as a band, and so has a day.
TEST(ExposureTest, HoldsSumsAndDaysAgainstEachOtherWhole) {
  EXPECT_THAT(
      Differences(
          R"pb(account {
                 balance_band { currency_code: "JPY" from_minor_units: 0 below_minor_units: 100 }
                 amount_due_band { currency_code: "JPY" from_minor_units: 100 }
                 due_date { year: 2026 month: 3 day: 1 }
               })pb",
          R"pb(account {
                 balance { currency_code: "JPY" minor_units: 7 }
                 amount_due_band { currency_code: "JPY" from_minor_units: 100 }
               }
               promise {
                 amount { currency_code: "JPY" minor_units: 5 }
                 standing: PROMISE_STANDING_OPEN
                 instalments { amount { currency_code: "JPY" minor_units: 2 } }
                 instalments { amount { currency_code: "JPY" minor_units: 3 } }
               }
               handed_over { note: "is ill" reason: HAND_OVER_REASON_ESCALATED })pb"),
      ElementsAre("account.balance AMOUNT: from 0 below 100 JPY -> 7 JPY",
                  "account.due_date DELINQUENCY: 2026-03-01 -> ",
                  "handed_over.note FREE_TEXT:  -> is ill", "promise.amount AMOUNT:  -> 5 JPY",
                  "promise.instalments.amount AMOUNT:  -> 2 JPY",
                  "promise.instalments.amount AMOUNT:  -> 3 JPY"));
}

TEST(ExposureTest, HoldsContactPointsOfOneIdAgainstEachOther) {
  constexpr char kBefore[] = R"pb(person {
                                    contact_points { contact_point_id: "a" value: "*******1234" }
                                    contact_points { contact_point_id: "b" value: "***@x.example" }
                                    contact_points { contact_point_id: "c" }
                                  })pb";
  EXPECT_THAT(
      Differences(kBefore, R"pb(person {
                                  contact_points { contact_point_id: "c" value: "t@y.example" }
                                  contact_points { contact_point_id: "b" value: "t@x.example" }
                                  contact_points { contact_point_id: "a" value: "*******1234" }
                                })pb"),
      ElementsAre("person.contact_points.value EMAIL: ***@x.example -> t@x.example",
                  "person.contact_points.value EMAIL:  -> t@y.example"));
  EXPECT_THAT(Differences(kBefore, "person { contact_points { contact_point_id: 'a' } }"),
              ElementsAre("person.contact_points.value PHONE: *******1234 -> ",
                          "person.contact_points.value EMAIL: ***@x.example -> "));
  EXPECT_THAT(Differences(kBefore, kBefore), IsEmpty());
}

// What the hub says of its own is in every row.
TEST(ExposureTest, SaysNothingOfWhatNoClassGuards) {
  EXPECT_THAT(Differences("assignment_id: 'a' work_type: WORK_TYPE_CAMPAIGN",
                          R"pb(assignment_id: "b"
                               acts: ACT_OFFER
                               person { contact_points { contact_point_id: "a" } }
                               pending_recall { objected: true })pb"),
              IsEmpty());
}

}  // namespace
}  // namespace switchboard::masking
