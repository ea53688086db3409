#include "hub/masking/specimens.h"

#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "hub/base/card_number.h"
#include "hub/base/id_text.h"
#include "hub/base/phone.h"
#include "hub/masking/masker.h"
#include "hub/masking/shown_fields.h"

namespace switchboard::masking {
namespace {

using v1::Contract;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());

TEST(SpecimensTest, AreManyAndEachIsWholeAndOfItsOwn) {
  std::set<std::string> labels, people, numbers, languages;
  for (const Specimen& one : Specimens()) {
    SCOPED_TRACE(one.label);
    EXPECT_TRUE(labels.insert(one.label).second);
    EXPECT_TRUE(people.insert(one.person.person_id()).second);
    languages.insert(one.person.language());
    EXPECT_EQ(one.account.person_id(), one.person.person_id());
    EXPECT_FALSE(one.person.given_name().empty());
    EXPECT_TRUE(one.account.has_balance() && one.account.has_amount_due() &&
                one.account.has_credit_limit() && one.account.has_due_date());
    EXPECT_FALSE(GivesAwayPerson(one.person.person_id(), one.person));
    ASSERT_EQ(one.person.contact_points_size(), 3);
    for (const v1::ContactPoint& point : one.person.contact_points()) {
      const std::string& value = point.email().empty() ? point.phone() : point.email();
      EXPECT_TRUE(numbers.insert(value).second) << value;
      EXPECT_TRUE(point.email().empty() ? IsPossiblePhone(value) : value.ends_with(".example"))
          << value;
    }
    EXPECT_EQ(one.account.card_number().size(), 16u);
    EXPECT_FALSE(IsCardNumber(one.account.card_number()));
  }
  EXPECT_GE(Specimens().size(), 12u);
  EXPECT_GE(languages.size(), 12u);
}

// Each way to show a class, as contracts write it.
struct Shown {
  v1::DataClass data_class;
  Contract::Show show;
  Contract::Mask mask = Contract::MASK_UNSPECIFIED;
  std::vector<int64_t> band_ends = {};
};
const Shown kWays[] = {
    {v1::DATA_CLASS_REFERENCE, Contract::SHOW_TOKEN},
    {v1::DATA_CLASS_NAME, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_NAME, Contract::SHOW_PARTIAL, Contract::MASK_FAMILY_NAME},
    {v1::DATA_CLASS_NAME, Contract::SHOW_PARTIAL, Contract::MASK_HONORIFIC},
    {v1::DATA_CLASS_NAME, Contract::SHOW_PARTIAL, Contract::MASK_INITIALS},
    {v1::DATA_CLASS_BIRTH_DATE, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_BIRTH_DATE, Contract::SHOW_BAND},
    {v1::DATA_CLASS_BIRTH_DATE, Contract::SHOW_PARTIAL, Contract::MASK_YEAR},
    {v1::DATA_CLASS_BIRTH_DATE, Contract::SHOW_PARTIAL, Contract::MASK_BIRTHDAY_HIDDEN},
    {v1::DATA_CLASS_PHONE, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_PHONE, Contract::SHOW_PARTIAL, Contract::MASK_LAST_FOUR},
    {v1::DATA_CLASS_PHONE, Contract::SHOW_PARTIAL, Contract::MASK_AREA},
    {v1::DATA_CLASS_PHONE, Contract::SHOW_PARTIAL, Contract::MASK_COUNTRY},
    {v1::DATA_CLASS_EMAIL, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_EMAIL, Contract::SHOW_PARTIAL, Contract::MASK_DOMAIN},
    {v1::DATA_CLASS_ADDRESS, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_ADDRESS, Contract::SHOW_PARTIAL, Contract::MASK_REGION},
    {v1::DATA_CLASS_ADDRESS, Contract::SHOW_PARTIAL, Contract::MASK_CITY},
    {v1::DATA_CLASS_ADDRESS, Contract::SHOW_PARTIAL, Contract::MASK_DISTRICT},
    {v1::DATA_CLASS_CARD_NUMBER, Contract::SHOW_PARTIAL, Contract::MASK_CARD_LAST_FOUR},
    {v1::DATA_CLASS_AMOUNT, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_AMOUNT, Contract::SHOW_BAND, Contract::MASK_UNSPECIFIED, {10'000, 500'000}},
    {v1::DATA_CLASS_CREDIT, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_CREDIT, Contract::SHOW_BAND, Contract::MASK_UNSPECIFIED, {1'000'000}},
    {v1::DATA_CLASS_DELINQUENCY, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_DELINQUENCY, Contract::SHOW_PARTIAL, Contract::MASK_BUCKET},
    {v1::DATA_CLASS_LANGUAGE, Contract::SHOW_CLEAR},
    {v1::DATA_CLASS_PRODUCT, Contract::SHOW_CLEAR},
};

v1::Assignment Masked(const Specimen& specimen, const Shown& way) {
  Contract contract;
  auto& terms = *contract.add_work_types();
  terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  auto& disclosure = *terms.add_disclose();
  disclosure.set_data_class(way.data_class);
  disclosure.set_show(way.show);
  disclosure.set_mask(way.mask);
  for (const int64_t end : way.band_ends) disclosure.add_band_ends(end);
  v1::Assignment row;
  Masker(contract, v1::WORK_TYPE_CAMPAIGN, std::string(32, 'k'))
      .Mask(specimen.person, specimen.account, kNow, &row);
  return row;
}

// A mask that leaves nothing of somebody would show nothing of what it does.
TEST(SpecimensTest, EachWayToShowLeavesSomethingOfEach) {
  for (const Specimen& one : Specimens()) {
    for (const Shown& way : kWays) {
      const v1::Assignment row = Masked(one, way);
      EXPECT_NE(ShownFieldsIn(row.SerializeAsString()), 0)
          << one.label << ", " << v1::DataClass_Name(way.data_class) << " "
          << Contract::Show_Name(way.show) << " " << Contract::Mask_Name(way.mask);
    }
  }
}

// What an operator is to see of the masks that people ask about, with one address in one field.
TEST(SpecimensTest, MasksShowWhatTheyDo) {
  std::set<std::string> names, regions, cities, areas;
  for (const Specimen& one : Specimens()) {
    names.insert(
        Masked(one, {v1::DATA_CLASS_NAME, Contract::SHOW_PARTIAL, Contract::MASK_HONORIFIC})
            .person()
            .name());
    const v1::Assignment city =
        Masked(one, {v1::DATA_CLASS_ADDRESS, Contract::SHOW_PARTIAL, Contract::MASK_CITY});
    regions.insert(city.person().address().region());
    cities.insert(city.person().address().city());
    const v1::Assignment area =
        Masked(one, {v1::DATA_CLASS_PHONE, Contract::SHOW_PARTIAL, Contract::MASK_AREA});
    for (const auto& point : area.person().contact_points()) areas.insert(point.value());
  }
  for (const char* name : {"青柳様", "闻人先生/女士", "樣先生/小姐", "Mr/Ms Sampleton", "C***"})
    EXPECT_TRUE(names.contains(name)) << name;
  for (const char* region : {"東京都", "大阪府", "广东省", "臺北市", "California"})
    EXPECT_TRUE(regions.contains(region)) << region;
  EXPECT_FALSE(regions.contains(""));
  for (const char* city : {"千代田区", "大阪市北区", "深圳市", "Sacramento", "München"})
    EXPECT_TRUE(cities.contains(city)) << city;
  EXPECT_FALSE(cities.contains(""));
  for (const char* area : {"+81 3 *******", "+81 *******", "+1 916 *******", "+44 113 *******"})
    EXPECT_TRUE(areas.contains(area)) << area;
}

// Where SWITCHBOARD_DATA says, or beside the checkout. Empty without lists of real people.
std::string Lists() {
  if (const char* const folder = std::getenv("SWITCHBOARD_DATA")) return folder;
  const std::string beside = "../shared/data";
  return std::filesystem::exists(beside + "/pii") ? beside : "";
}

std::string Unpacked(const std::filesystem::path& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  char buffer[1 << 16];
  for (int read = gzread(file, buffer, sizeof(buffer)); read > 0;
       read = gzread(file, buffer, sizeof(buffer)))
    text.append(buffer, static_cast<size_t>(read));
  gzclose(file);
  return text;
}

// What of an invented person would be somebody else's: names as people write them, streets,
// numbers with and without the country, mailboxes and cards.
std::vector<std::string> TracesOf(const Specimen& specimen) {
  const v1::Person& person = specimen.person;
  std::vector<std::string> traces = {specimen.account.card_number(), person.address().street(),
                                     person.address().district()};
  if (!person.family_name().empty()) {
    for (const char* between : {"", " ", "\",\"", ","}) {
      traces.push_back(absl::StrCat(person.family_name(), between, person.given_name()));
      traces.push_back(absl::StrCat(person.given_name(), between, person.family_name()));
    }
  }
  for (const v1::ContactPoint& point : person.contact_points()) {
    traces.push_back(point.email());
    if (point.phone().empty()) continue;
    traces.push_back(point.phone().substr(1));
    traces.push_back(absl::StrCat("0", point.phone().substr(1 + CountryDigitsOf(point.phone()))));
  }
  std::erase(traces, "");
  return traces;
}

TEST(SpecimensTest, NobodyOfTheListsOfRealPeopleIsAmongThem) {
  const std::string lists = Lists();
  if (lists.empty()) GTEST_SKIP() << "no lists of real people here";
  std::vector<std::string> traces;
  for (const Specimen& one : Specimens()) {
    for (std::string& trace : TracesOf(one)) traces.push_back(std::move(trace));
  }
  EXPECT_GT(traces.size(), 100u);
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(lists)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string text = Unpacked(entry.path());
    for (const std::string& trace : traces)
      EXPECT_EQ(text.find(trace), std::string::npos) << trace << " in " << entry.path();
  }
  EXPECT_GT(files, 20u);
}

}  // namespace
}  // namespace switchboard::masking
