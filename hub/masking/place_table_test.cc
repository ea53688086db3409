#include "hub/masking/place_table.h"

#include "gtest/gtest.h"
#include "hub/masking/folded_text.h"

namespace switchboard::masking {
namespace {

TEST(PlaceTable, HasTheRegionsOfMostCountries) {
  struct Row {
    const char* country;
    const char* region;
  };
  const Row kRows[] = {{"JP", "東京都"},
                       {"CN", "广东省"},
                       {"TW", "臺北市"},
                       {"HK", "油尖旺區"},
                       {"MO", "澳門"},
                       {"KR", "경기도"},
                       {"SG", "Singapore"},
                       {"US", "Kentucky"},
                       {"US", "KY"},
                       {"CA", "Ontario"},
                       {"MX", "Ciudad de México"},
                       {"BR", "São Paulo"},
                       {"AR", "Córdoba"},
                       {"GB", "Kent"},
                       {"IE", "County Cork"},
                       {"FR", "Bretagne"},
                       {"DE", "Bayern"},
                       {"AT", "Steiermark"},
                       {"CH", "Zürich"},
                       {"IT", "Toscana"},
                       {"ES", "Andalucía"},
                       {"PT", "Lisboa"},
                       {"NL", "Zuid-Holland"},
                       {"BE", "Vlaanderen"},
                       {"DK", "Hovedstaden"},
                       {"SE", "Skåne län"},
                       {"NO", "Rogaland"},
                       {"FI", "Uusimaa"},
                       {"PL", "Mazowieckie"},
                       {"CZ", "Praha"},
                       {"HU", "Budapest"},
                       {"RO", "Iași"},
                       {"GR", "Αττική"},
                       {"TR", "İstanbul"},
                       {"RU", "Москва"},
                       {"UA", "Львівська область"},
                       {"IN", "तमिलनाडु"},
                       {"TH", "เชียงใหม่"},
                       {"VN", "Hà Nội"},
                       {"ID", "Jawa Barat"},
                       {"MY", "Selangor"},
                       {"PH", "Metro Manila"},
                       {"AU", "NSW"},
                       {"NZ", "Wellington"},
                       {"ZA", "Gauteng"},
                       {"EG", "القاهرة"},
                       {"AE", "دبي"},
                       {"SA", "الرياض"},
                       {"IL", "ירושלים"},
                       {"KE", "Nairobi County"}};
  for (const Row& row : kRows) EXPECT_TRUE(IsRegionOf(row.country, row.region)) << row.region;
  for (const Row& row : kRows) EXPECT_FALSE(IsRegionOf("XX", row.region)) << row.region;
  EXPECT_FALSE(IsRegionOf("JP", "渋谷区"));
  EXPECT_FALSE(IsRegionOf("JP", ""));
  EXPECT_FALSE(IsRegionOf("jp", "東京都"));
  EXPECT_FALSE(IsRegionOf("", "東京都"));
  EXPECT_EQ(PlacesOf("XX"), nullptr);
}

TEST(PlaceTable, NumbersAndSingleLettersAreNoRegions) {
  EXPECT_FALSE(IsRegionOf("JP", "13"));
  EXPECT_FALSE(IsRegionOf("FR", "2A"));
  EXPECT_FALSE(IsRegionOf("AR", "C"));
}

TEST(PlaceTable, HasTheCitiesOfARegion) {
  const CountryPlaces* const japan = PlacesOf("JP");
  ASSERT_NE(japan, nullptr);
  const int tokyo = japan->Region("東京都").region;
  const int osaka = japan->Region("大阪府").region;
  EXPECT_EQ(japan->Region("東京").region, tokyo);
  EXPECT_EQ(japan->City(tokyo, "渋谷区"), "渋谷区");
  EXPECT_EQ(japan->City(osaka, "渋谷区"), "");
  EXPECT_EQ(japan->City(0, "渋谷区"), "渋谷区");
  EXPECT_EQ(japan->CityAtBegin(tokyo, "渋谷区神南1-19-11"), "渋谷区");
  EXPECT_EQ(japan->CityAtBegin(tokyo, "神南"), "");
  EXPECT_TRUE(IsCityOf("JP", "渋谷区"));
  EXPECT_FALSE(IsCityOf("JP", "神南"));
  EXPECT_TRUE(IsCityOf("CN", "深圳市"));
  EXPECT_FALSE(IsCityOf("US", "Louisville"));
}

TEST(PlaceTable, GivesTheSpellingThatWasUsed) {
  const CountryPlaces* const france = PlacesOf("FR");
  ASSERT_NE(france, nullptr);
  EXPECT_EQ(france->RegionLike("ile de france").text, "Île-de-France");
  EXPECT_EQ(france->RegionLike("Bretagne").text, "Bretagne");
  EXPECT_EQ(france->RegionLike("BRITTANY").text, "Brittany");
  EXPECT_EQ(france->RegionLike("Brittany").region, france->RegionLike("Bretagne").region);
  EXPECT_EQ(france->RegionLike("").region, 0);
  EXPECT_EQ(france->Region("ile de france").region, 0);
}

TEST(PlaceTable, RegionsEndInTheirOwnWriting) {
  const CountryPlaces* const japan = PlacesOf("JP");
  ASSERT_NE(japan, nullptr);
  EXPECT_EQ(japan->RegionAtBegin("東京都渋谷区").text, "東京都");
  EXPECT_EQ(japan->RegionAtBegin("東京 渋谷区").text, "東京");
  EXPECT_EQ(japan->RegionAtBegin("京都市左京区").text, "");
  EXPECT_EQ(japan->RegionAtBegin("京都").text, "京都");
  EXPECT_EQ(japan->RegionAtBegin("").text, "");
}

TEST(PlaceTable, PostalCodesNameTheirRegion) {
  struct Row {
    const char* country;
    const char* code;
    const char* region;
  };
  const Row kRows[] = {{"JP", "150-0041", "東京都"},
                       {"JP", "〒0600000", "北海道"},
                       {"JP", "900-0006", "沖縄県"},
                       {"JP", "15", ""},
                       {"JP", "", ""},
                       {"US", "40219", "Kentucky"},
                       {"US", "10118", "New York"},
                       {"US", "00501", "New York"},
                       {"US", "20166", "Virginia"},
                       {"US", "73301", "Texas"},
                       {"US", "99501", "Alaska"},
                       {"CA", "M5V 3L9", "Ontario"},
                       {"CA", "H2X 1K4", "Quebec"},
                       {"CA", "X1A 2N3", ""},
                       {"GB", "SW1A 1AA", ""}};
  for (const Row& row : kRows) {
    const CountryPlaces* const places = PlacesOf(row.country);
    ASSERT_NE(places, nullptr);
    EXPECT_EQ(places->RegionOfPostalCode(row.code).text, row.region) << row.code;
  }
}

TEST(FoldedText, IsAlikeForWhatPeopleTakeForOneName) {
  EXPECT_EQ(Folded("Île-de-France"), "ile de france");
  EXPECT_EQ(Folded("ST. LOUIS"), "st louis");
  EXPECT_EQ(Folded("L’Aquila"), "laquila");
  EXPECT_EQ(Folded("L'Aquila"), "laquila");
  EXPECT_EQ(Folded("  Hauptstraße – 5 "), "hauptstrasse 5");
  EXPECT_EQ(Folded("İSTANBUL"), "istanbul");
  EXPECT_EQ(Folded("Ｔｏｋｙｏ　都"), "tokyo 都");
  EXPECT_EQ(Folded("ΑΘΉΝΑ"), "αθηνα");
  EXPECT_EQ(Folded("Йошкар-Ола"), "иошкар ола");
  EXPECT_EQ(Folded("मुंबई"), "मुंबई");
  EXPECT_EQ(Folded(""), "");
}

}  // namespace
}  // namespace switchboard::masking
