// The tables of mask_cases/, one row a record and what a mask leaves of it, run through Masker as
// rows of a feed are; and that no mask, language or country of the code is without a row there.

#include <unicode/uloc.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "hub/masking/honorific.h"
#include "hub/masking/masker.h"
#include "hub/masking/name_order.h"
#include "hub/masking/place_table.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using v1::Contract;

constexpr std::string_view kFiles[] = {"names", "addresses", "phones", "birth", "others"};
constexpr std::string_view kWithheld = "withheld";

// Cells by their column.
using Cells = std::map<std::string, std::string>;

std::vector<std::string> CellsOf(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<Cells> RowsOf(std::string_view file) {
  std::istringstream lines(
      testing::ReadFile(absl::StrCat("hub/masking/mask_cases/", std::string(file), ".csv")));
  std::vector<std::string> columns;
  std::vector<Cells> rows;
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> cells = CellsOf(line);
    if (columns.empty()) {
      columns = cells;
      continue;
    }
    EXPECT_EQ(cells.size(), columns.size()) << line;
    Cells row;
    for (size_t i = 0; i < std::min(cells.size(), columns.size()); ++i) row[columns[i]] = cells[i];
    rows.push_back(std::move(row));
  }
  EXPECT_FALSE(rows.empty()) << file;
  return rows;
}

std::string Described(const Cells& row) {
  std::string text;
  for (const auto& [column, cell] : row) absl::StrAppend(&text, column, "=", cell, " ");
  return text;
}

// A contract that shows `data_class` as the column "mask" says: by a mask, CLEAR or BAND.
Contract ContractOf(v1::DataClass data_class, const std::string& mask,
                    const std::vector<int64_t>& band_ends = {}) {
  Contract contract;
  Contract::WorkTerms& terms = *contract.add_work_types();
  terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  Contract::Disclosure& disclosure = *terms.add_disclose();
  disclosure.set_data_class(data_class);
  if (mask == "CLEAR") {
    disclosure.set_show(Contract::SHOW_CLEAR);
  } else if (mask == "BAND") {
    disclosure.set_show(Contract::SHOW_BAND);
    for (const int64_t end : band_ends) disclosure.add_band_ends(end);
  } else {
    Contract::Mask parsed = Contract::MASK_UNSPECIFIED;
    EXPECT_TRUE(Contract::Mask_Parse("MASK_" + mask, &parsed)) << mask;
    disclosure.set_show(Contract::SHOW_PARTIAL);
    disclosure.set_mask(parsed);
  }
  return contract;
}

Masker MaskerOf(const Contract& contract) {
  return Masker(contract, v1::WORK_TYPE_CAMPAIGN, std::string(32, 'k'));
}

absl::Time TimeOf(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << error;
  return time;
}

v1::Assignment Shown(const Contract& contract, const v1::Person& person,
                     const v1::Account& account = {}, absl::Time now = absl::UnixEpoch()) {
  v1::Assignment assignment;
  MaskerOf(contract).Mask(person, account, now, &assignment);
  return assignment;
}

// --- Names ---

v1::Person NamedPerson(const Cells& row) {
  v1::Person person;
  person.set_family_name(row.at("family"));
  person.set_given_name(row.at("given"));
  person.set_family_name_reading(row.at("family_reading"));
  person.set_given_name_reading(row.at("given_reading"));
  person.set_language(row.at("language"));
  person.mutable_address()->set_country(row.at("country"));
  return person;
}

std::pair<std::string, std::string> NamesShown(const std::string& mask, const v1::Person& person) {
  Contract contract = ContractOf(v1::DATA_CLASS_NAME, mask);
  Contract::WorkTerms& terms = *contract.mutable_work_types(0);
  *terms.add_disclose() = terms.disclose(0);
  terms.mutable_disclose(1)->set_data_class(v1::DATA_CLASS_KANA);
  const v1::Assignment shown = Shown(contract, person);
  EXPECT_TRUE(shown.person().has_name() && shown.person().has_name_reading());
  return {shown.person().name(), shown.person().name_reading()};
}

TEST(MaskTables, Names) {
  for (const Cells& row : RowsOf("names")) {
    EXPECT_EQ(NamesShown(row.at("mask"), NamedPerson(row)),
              std::pair(row.at("name"), row.at("reading")))
        << Described(row);
  }
}

// --- Addresses ---

v1::Person PersonAt(const Cells& row) {
  v1::Person person;
  v1::Address& address = *person.mutable_address();
  address.set_country(row.at("country"));
  address.set_region(row.at("region"));
  address.set_city(row.at("city"));
  address.set_district(row.at("district"));
  address.set_street(row.at("street"));
  address.set_postal_code(row.at("postal_code"));
  return person;
}

std::string Joined(std::string_view country, std::string_view region, std::string_view city,
                   std::string_view district) {
  std::string text(country);
  for (const std::string_view part : {region, city, district}) text.append("|").append(part);
  return text;
}

std::string AddressShown(const std::string& mask, const v1::Person& person) {
  const v1::Assignment shown = Shown(ContractOf(v1::DATA_CLASS_ADDRESS, mask), person);
  const v1::Address& address = shown.person().address();
  const bool clear = mask == "CLEAR";
  EXPECT_EQ(address.street(), clear ? person.address().street() : "");
  EXPECT_EQ(address.postal_code(), clear ? person.address().postal_code() : "");
  return Joined(address.country(), address.region(), address.city(), address.district());
}

TEST(MaskTables, Addresses) {
  for (const Cells& row : RowsOf("addresses")) {
    EXPECT_EQ(AddressShown(row.at("mask"), PersonAt(row)),
              Joined(row.at("country"), row.at("shown_region"), row.at("shown_city"),
                     row.at("shown_district")))
        << Described(row);
  }
}

// --- Phones, births and the rest ---

TEST(MaskTables, Phones) {
  for (const Cells& row : RowsOf("phones")) {
    v1::Person person;
    person.add_contact_points()->set_phone(row.at("phone"));
    const v1::Assignment shown = Shown(ContractOf(v1::DATA_CLASS_PHONE, row.at("mask")), person);
    ASSERT_EQ(shown.person().contact_points_size(), 1);
    EXPECT_EQ(shown.person().contact_points(0).value(), row.at("shown")) << Described(row);
  }
}

v1::Person PersonBorn(const Cells& row) {
  v1::Person person;
  if (!row.at("country").empty()) person.mutable_address()->set_country(row.at("country"));
  person.set_language(row.at("language"));
  const std::vector<std::string> parts = absl::StrSplit(row.at("born"), '-', absl::SkipEmpty());
  int32_t year = 0, month = 0, day = 0;
  if (parts.size() == 3 && absl::SimpleAtoi(parts[0], &year) &&
      absl::SimpleAtoi(parts[1], &month) && absl::SimpleAtoi(parts[2], &day)) {
    v1::Date& date = *person.mutable_birth_date();
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
  }
  return person;
}

TEST(MaskTables, Births) {
  for (const Cells& row : RowsOf("birth")) {
    const v1::Person person = PersonBorn(row);
    const Contract contract = ContractOf(v1::DATA_CLASS_BIRTH_DATE, row.at("mask"));
    const absl::Time now = TimeOf(row.at("now"));
    const v1::Assignment shown = Shown(contract, person, {}, now);
    EXPECT_EQ(
        shown.person().has_birth_date() ? shown.person().birth_date() : std::string(kWithheld),
        row.at("shown"))
        << Described(row);
    const auto next = MaskerOf(contract).NextChange(person, now);
    EXPECT_EQ(next ? absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", *next, absl::UTCTimeZone()) : "",
              row.at("changes"))
        << Described(row);
  }
}

std::string Text(const v1::AmountBand& band) {
  return absl::StrCat(
      "from ", band.from_minor_units(),
      band.has_below_minor_units() ? absl::StrCat(", below ", band.below_minor_units()) : "", " ",
      band.currency_code());
}

std::string Text(const v1::Money& money) {
  return absl::StrCat(money.minor_units(), " ", money.currency_code());
}

v1::Money MoneyOf(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  v1::Money money;
  int64_t minor_units = 0;
  EXPECT_TRUE(parts.size() == 2 && absl::SimpleAtoi(parts[0], &minor_units)) << text;
  money.set_minor_units(minor_units);
  money.set_currency_code(parts.back());
  return money;
}

std::string OtherShown(const Cells& row, const Contract& contract, v1::DataClass data_class) {
  v1::Person person;
  v1::Account account;
  switch (data_class) {
    case v1::DATA_CLASS_EMAIL: {
      person.set_family_name(row.at("family"));
      person.set_given_name(row.at("given"));
      person.add_contact_points()->set_email(row.at("value"));
      const v1::Assignment shown = Shown(contract, person);
      const v1::MaskedContactPoint& point = shown.person().contact_points(0);
      return point.has_value() ? point.value() : std::string(kWithheld);
    }
    case v1::DATA_CLASS_CARD_NUMBER:
      account.set_card_number(row.at("value"));
      return Shown(contract, person, account).account().card_number();
    case v1::DATA_CLASS_DELINQUENCY: {
      int32_t days = 0;
      EXPECT_TRUE(absl::SimpleAtoi(row.at("value"), &days));
      account.set_days_past_due(days);
      const v1::Assignment shown = Shown(contract, person, account);
      const v1::MaskedAccount& masked = shown.account();
      const std::string late = absl::StrCat(", ", masked.days_past_due(), " days");
      return masked.bucket() + (masked.has_days_past_due() ? late : "");
    }
    case v1::DATA_CLASS_AMOUNT: {
      *account.mutable_amount_due() = MoneyOf(row.at("value"));
      const v1::Assignment shown = Shown(contract, person, account);
      return shown.account().has_amount_due_band() ? Text(shown.account().amount_due_band())
                                                   : Text(shown.account().amount_due());
    }
    case v1::DATA_CLASS_CREDIT: {
      *account.mutable_credit_limit() = MoneyOf(row.at("value"));
      const v1::Assignment shown = Shown(contract, person, account);
      return shown.account().has_credit_limit_band() ? Text(shown.account().credit_limit_band())
                                                     : Text(shown.account().credit_limit());
    }
    default:
      return "no such class in this table";
  }
}

TEST(MaskTables, Others) {
  for (const Cells& row : RowsOf("others")) {
    v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
    ASSERT_TRUE(v1::DataClass_Parse("DATA_CLASS_" + row.at("data_class"), &data_class));
    std::vector<int64_t> ends;
    for (const std::string& end :
         std::vector<std::string>(absl::StrSplit(row.at("band_ends"), ' ', absl::SkipEmpty()))) {
      EXPECT_TRUE(absl::SimpleAtoi(end, &ends.emplace_back())) << end;
    }
    const Contract contract = ContractOf(data_class, row.at("mask"), ends);
    EXPECT_EQ(OtherShown(row, contract, data_class), row.at("shown")) << Described(row);
  }
}

// --- That nothing is left out ---

// The cells of two columns of a file, row by row.
std::set<std::pair<std::string, std::string>> Pairs(std::string_view file, const char* one,
                                                    const char* other) {
  std::set<std::pair<std::string, std::string>> pairs;
  for (const Cells& row : RowsOf(file)) pairs.emplace(row.at(one), row.at(other));
  return pairs;
}

std::set<std::string> Column(std::string_view file, const char* column) {
  std::set<std::string> cells;
  for (const Cells& row : RowsOf(file)) cells.insert(row.at(column));
  return cells;
}

const std::vector<std::string> kNameMasks = {"CLEAR", "FAMILY_NAME", "HONORIFIC", "INITIALS"};
const std::vector<std::string> kAddressMasks = {"CLEAR", "REGION", "CITY", "DISTRICT"};

TEST(MaskTablesAreWhole, EveryMaskHasRows) {
  std::set<std::string> masks;
  for (const std::string_view file : kFiles) masks.merge(Column(file, "mask"));
  const auto& all = *Contract::Mask_descriptor();
  for (int i = 0; i < all.value_count(); ++i) {
    if (all.value(i)->number() == Contract::MASK_UNSPECIFIED) continue;
    EXPECT_EQ(masks.count(all.value(i)->name().substr(std::string("MASK_").size())), 1u)
        << all.value(i)->name();
  }
}

// Tags that the masks of names treat otherwise than a language they know nothing of.
TEST(MaskTablesAreWhole, EveryLanguageThatNamesAreToldApartByHasRowsOfEachMask) {
  const auto pairs = Pairs("names", "mask", "language");
  std::vector<std::string> languages = {"cmn",     "hak",   "nan",   "wuu",    "yue",
                                        "zh-Hant", "zh-TW", "zh-HK", "zh-Hans"};
  for (const char* const* code = uloc_getISOLanguages(); *code != nullptr; ++code)
    languages.push_back(*code);
  const NameParts name = {"Yamada", "Taro"};
  size_t told_apart = 0;
  for (const std::string& language : languages) {
    const NameOrder order = OrderOfName(name, language, "US");
    if (order == NameOrder::kGivenFirst && HonorificMask(name, language, order) == name.family)
      continue;
    ++told_apart;
    for (const std::string& mask : kNameMasks)
      EXPECT_EQ(pairs.count({mask, language}), 1u) << mask << " " << language;
  }
  EXPECT_GE(told_apart, 30u);
}

TEST(MaskTablesAreWhole, EveryCountryThatNamesAreToldApartByHasRowsOfEachMask) {
  const auto pairs = Pairs("names", "mask", "country");
  size_t told_apart = 0;
  for (const char* const* country = uloc_getISOCountries(); *country != nullptr; ++country) {
    const NameParts name = {"Yamada", "Taro"};
    const bool own = OrderOfName(name, "", *country) == NameOrder::kFamilyFirst ||
                     OrderOfName(name, "en", *country) == NameOrder::kFamilyFirst;
    if (!own) continue;
    ++told_apart;
    for (const std::string& mask : kNameMasks)
      EXPECT_EQ(pairs.count({mask, *country}), 1u) << mask << " " << *country;
  }
  EXPECT_GE(told_apart, 11u);
}

// Every way of writing, by every mask, of every country that has one of them; and the countries of
// which the tables have cities or postal codes, or the grammar endings, are among these.
TEST(MaskTablesAreWhole, EveryCountryOfAddressesHasRowsOfEachMaskAndWriting) {
  std::set<std::vector<std::string>> cells;
  std::set<std::string> countries;
  for (const Cells& row : RowsOf("addresses")) {
    cells.insert({row.at("mask"), row.at("country"), row.at("written")});
    if (PlacesOf(row.at("country")) != nullptr) countries.insert(row.at("country"));
  }
  for (const char* const country : {"CA", "CN", "HK", "JP", "KR", "MO", "TW", "US"})
    EXPECT_EQ(countries.count(country), 1u) << country;
  EXPECT_GE(countries.size(), 22u);
  for (const std::string& country : countries) {
    for (const std::string& mask : kAddressMasks) {
      for (const char* const written :
           {"own writing", "Latin", "all in region", "all in city", "all in street",
            "no number, in region", "no number, in city", "halves swapped", "postal code alone"}) {
        EXPECT_EQ(cells.count({mask, country, written}), 1u)
            << mask << " " << country << " " << written;
      }
    }
  }
}

// Of what the tables hold of all other countries: each region is shown in its own field.
TEST(MaskTablesAreWhole, EveryRegionOfEveryCountryIsShown) {
  std::istringstream lines(testing::ReadFile("hub/masking/data/places.csv"));
  std::set<std::string> countries;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    countries.insert(cells[0]);
    for (const std::string& region : std::vector<std::string>(absl::StrSplit(cells[2], '/'))) {
      v1::Person person;
      person.mutable_address()->set_country(cells[0]);
      person.mutable_address()->set_region(region);
      person.mutable_address()->set_street("12");
      EXPECT_EQ(AddressShown("REGION", person), Joined(cells[0], region, "", ""));
    }
  }
  EXPECT_GE(countries.size(), 200u);
}

TEST(MaskTablesAreWhole, CountriesHaveRowsOfEachMaskOfPhonesAndBirths) {
  const auto phones = Pairs("phones", "mask", "country");
  const auto births = Pairs("birth", "mask", "country");
  for (const char* const mask : {"CLEAR", "LAST_FOUR", "AREA", "COUNTRY"}) {
    for (const char* const country : {"JP", "CN", "TW", "HK", "MO", "KR", "SG", "US", "GB", "IN"})
      EXPECT_EQ(phones.count({mask, country}), 1u) << mask << " " << country;
  }
  EXPECT_GE(Column("phones", "country").size(), 30u);
  for (const char* const mask : {"CLEAR", "YEAR", "BAND", "BIRTHDAY_HIDDEN"}) {
    for (const std::string& country : Column("birth", "country"))
      EXPECT_EQ(births.count({mask, country}), 1u) << mask << " " << country;
  }
  EXPECT_GE(Column("birth", "country").size(), 20u);
}

}  // namespace
}  // namespace switchboard::masking
