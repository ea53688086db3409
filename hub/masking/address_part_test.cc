#include "hub/masking/address_part.h"

#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

struct Row {
  const char* country;
  const char* typed;
  const char* shown;
};

TEST(AddressPart, RegionsEndWhereRegionsDo) {
  const Row kRows[] = {
      {"JP", "東京都", "東京都"},
      {"JP", "北海道", "北海道"},
      {"JP", "京都府", "京都府"},
      {"JP", "三重県", "三重県"},
      {"JP", "神奈川県", "神奈川県"},
      {"JP", "東京都渋谷区", "東京都"},
      {"JP", "東京都渋谷区神南1-19-11", "東京都"},
      {"JP", "神奈川県横浜市青葉区１丁目", "神奈川県"},
      {"JP", "Tokyo", "Tokyo"},
      {"JP", "Tokyo, Shibuya-ku", "Tokyo"},
      {"JP", "渋谷1-1", ""},
      {"CN", "广东省", "广东省"},
      {"CN", "广东省深圳市南山区", "广东省"},
      {"CN", "北京市朝阳区建国路88号", "北京市"},
      {"CN", "内蒙古自治区", "内蒙古自治区"},
      {"TW", "臺北市", "臺北市"},
      {"TW", "臺北市信義區市府路1號", "臺北市"},
      {"KR", "서울특별시", "서울특별시"},
      {"KR", "서울특별시 강남구 테헤란로 152", "서울특별시"},
      {"KR", "경기도 성남시", "경기도"},
      {"US", "New York", "New York"},
      {"US", "CA 94043", ""},
      {"US", "12 Main Street", ""},
      {"GB", "Greater London (Flat 3)", "Greater London"},
      {"BE", "Région de Bruxelles-Capitale", "Région de Bruxelles-Capitale"},
      {"IN", "महाराष्ट्र ४००००१", ""},
      {"", "東京都渋谷区", "東京都渋谷区"},
      {"JP", "", ""},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(RegionPart(row.typed, row.country), row.shown) << row.typed;
}

TEST(AddressPart, CitiesEndWhereCitiesDo) {
  const Row kRows[] = {
      {"JP", "渋谷区", "渋谷区"},
      {"JP", "渋谷区神南", "渋谷区"},
      {"JP", "渋谷区神南1-19-11", "渋谷区"},
      {"JP", "渋谷区神南一丁目一九番", "渋谷区"},
      {"JP", "横浜市青葉区", "横浜市青葉区"},
      {"JP", "横浜市青葉区美しが丘", "横浜市青葉区"},
      {"JP", "市川市八幡", "市川市"},
      {"JP", "四日市市諏訪町", "四日市市"},
      {"JP", "廿日市市", "廿日市市"},
      {"JP", "八王子市", "八王子市"},
      {"JP", "町田市森野", "町田市"},
      {"JP", "武蔵村山市", "武蔵村山市"},
      {"JP", "大和郡山市矢田山町", "大和郡山市"},
      {"JP", "蒲郡市", "蒲郡市"},
      {"JP", "郡山市朝日", "郡山市"},
      {"JP", "余市郡余市町", "余市郡余市町"},
      {"JP", "高市郡明日香村", "高市郡明日香村"},
      {"JP", "芳賀郡市貝町", "芳賀郡市貝町"},
      {"JP", "佐波郡玉村町", "佐波郡玉村町"},
      {"JP", "八頭郡智頭町智頭", "八頭郡智頭町"},
      {"JP", "白川村荻町", "白川村"},
      {"JP", "Shibuya-ku", "Shibuya-ku"},
      {"JP", "1-19-11 Jinnan", ""},
      {"US", "Springfield", "Springfield"},
      {"US", "Springfield, 12 Main Street", "Springfield"},
      {"US", "Main Street 12", ""},
      {"AT", "1010 Wien", ""},
      {"US", "Springfield\nApt 5", "Springfield"},
      {"FR", "Saint-Étienne", "Saint-Étienne"},
  };
  for (const Row& row : kRows) EXPECT_EQ(CityPart(row.typed, row.country), row.shown) << row.typed;
}

TEST(AddressPart, DistrictsEndBeforeTheHouse) {
  const std::pair<const char*, const char*> kRows[] = {
      {"神南", "神南"},       {"神南1-19-11", "神南"},  {"神南 １丁目", "神南"},
      {"Jinnan 1", "Jinnan"}, {"Jinnan, 4F", "Jinnan"}, {"Jinnan (Park)", "Jinnan"},
      {"12 Main Street", ""}, {"三番町", "三番町"},     {"", ""},
  };
  for (const auto& [typed, shown] : kRows) EXPECT_EQ(DistrictPart(typed), shown) << typed;
}

}  // namespace
}  // namespace switchboard::masking
