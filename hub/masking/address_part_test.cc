#include "hub/masking/address_part.h"

#include <utility>

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
      {"JP", "大阪市北区梅田三丁目一番三号", ""},
      {"JP", "梅田三丁目山県ビル", ""},
      {"JP", "渋谷区神南", ""},
      {"JP", "山県市高富", ""},
      {"JP", "京都市左京区", ""},
      {"JP", "京都府京都市左京区", "京都府"},
      {"JP", "東京", "東京"},
      {"JP", "東京 渋谷区", "東京"},
      {"JP", "和歌山県", "和歌山県"},
      {"JP", "ジンナン", ""},
      {"CN", "广东省", "广东省"},
      {"CN", "广东省深圳市南山区", "广东省"},
      {"CN", "北京市朝阳区建国路88号", "北京市"},
      {"CN", "内蒙古自治区", "内蒙古自治区"},
      {"CN", "广西壮族自治区南宁市", "广西壮族自治区"},
      {"CN", "廣東省", "廣東省"},
      {"CN", "广东", "广东"},
      {"CN", "深圳市南山区", ""},
      {"CN", "科技园路八十八号", ""},
      {"CN", "香港特别行政区", "香港特别行政区"},
      {"CN", "Guangdong", "Guangdong"},
      {"TW", "臺北市", "臺北市"},
      {"TW", "臺北市信義區市府路1號", "臺北市"},
      {"TW", "臺北市市府路一號", "臺北市"},
      {"TW", "新北市", "新北市"},
      {"TW", "彰化縣鹿港鎮", "彰化縣"},
      {"TW", "彰化市", ""},
      {"TW", "和平東路一段八十號", ""},
      {"KR", "서울특별시", "서울특별시"},
      {"KR", "서울특별시 강남구 테헤란로 152", "서울특별시"},
      {"KR", "경기도 성남시", "경기도"},
      {"KR", "제주특별자치도", "제주특별자치도"},
      {"KR", "서울 강남구", "서울"},
      {"KR", "테헤란로", ""},
      {"US", "New York", "New York"},
      {"US", "DC", "DC"},
      {"HK", "九龍", "九龍"},
      {"HK", "彌敦道八十號", ""},
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
      {"JP", "神南一丁目十九番", ""},
      {"JP", "神南", ""},
      {"JP", "神保町一丁目", ""},
      {"JP", "芝大門百二十八番町田荘", ""},
      {"JP", "東近江市市子松井町", "東近江市"},
      {"JP", "銚子漁港市場", ""},
      {"JP", "東京都渋谷区神南", "東京都渋谷区"},
      {"JP", "奈良県大和郡山市矢田山町", "奈良県大和郡山市"},
      {"JP", "上郡町", "上郡町"},
      {"US", "Springfield", "Springfield"},
      {"US", "Springfield, 12 Main Street", "Springfield"},
      {"US", "Main Street 12", ""},
      {"AT", "1010 Wien", ""},
      {"US", "Springfield\nApt 5", "Springfield"},
      {"US", "Grass Valley", "Grass Valley"},
      {"FR", "Saint-Étienne", "Saint-Étienne"},
  };
  for (const Row& row : kRows) EXPECT_EQ(CityPart(row.typed, row.country), row.shown) << row.typed;
}

TEST(AddressPart, CitiesOfChinaTaiwanAndKoreaHoldNoStreet) {
  const Row kRows[] = {
      {"CN", "深圳市南山区科技园路八十八号三栋", "深圳市"},
      {"CN", "深圳市南山区科技园路88号", "深圳市"},
      {"CN", "广东省深圳市南山区", "广东省深圳市"},
      {"CN", "广州市市桥街道", "广州市"},
      {"CN", "北京市朝阳区建国路", "北京市"},
      {"CN", "南山区", "南山区"},
      {"CN", "南山区科技园路八十八号", "南山区"},
      {"CN", "延边朝鲜族自治州延吉市", "延边朝鲜族自治州"},
      {"CN", "锡林郭勒盟", "锡林郭勒盟"},
      {"CN", "杭锦旗", "杭锦旗"},
      {"CN", "Shenzhen", "Shenzhen"},
      {"CN", "88 Keji Road", ""},
      // What ends like a city and is none.
      {"CN", "科技园路八十八号", ""},
      {"CN", "红旗路", ""},
      {"CN", "人民路阳光小区", ""},
      {"CN", "阳光小区三栋", ""},
      {"CN", "柯桥轻纺城东区", ""},
      {"CN", "福田市场二区四楼", ""},
      {"CN", "峰江街道桥洋工业区", ""},
      {"CN", "新华联超市", ""},
      {"CN", "中山路八号工商银行市分行", ""},
      {"TW", "臺北市大安區和平東路一段八十號", "臺北市"},
      {"TW", "台北市市府路1號", "台北市"},
      {"TW", "大安區和平東路", "大安區"},
      {"TW", "新竹縣竹北市", "新竹縣竹北市"},
      {"TW", "鹿港鎮中山路", "鹿港鎮"},
      {"TW", "左鎮區", "左鎮區"},
      {"TW", "和平東路一段八十號", ""},
      {"KR", "성남시 분당구 정자동", "성남시 분당구"},
      {"KR", "서울특별시 강남구 테헤란로 152", "서울특별시 강남구"},
      {"KR", "강남구", "강남구"},
      {"KR", "양구군 양구읍", "양구군"},
      {"KR", "대구광역시 달성군", "대구광역시 달성군"},
      {"KR", "테헤란로 152", ""},
      {"KR", "테헤란로", ""},
      {"KR", "Seongnam-si", "Seongnam-si"},
      {"HK", "彌敦道八十號", ""},
  };
  for (const Row& row : kRows) EXPECT_EQ(CityPart(row.typed, row.country), row.shown) << row.typed;
}

// Those of Japan and China are from the lists of Japan Post and of the divisions of China.
TEST(AddressPart, NamesWithNumeralsOrEndingsInsideStayWhole) {
  const std::pair<const char*, const char*> kCities[] = {
      {"JP", "千代田区"},
      {"JP", "四日市市"},
      {"JP", "廿日市市"},
      {"JP", "野々市市"},
      {"JP", "八王子市"},
      {"JP", "二本松市"},
      {"JP", "十日町市"},
      {"JP", "五所川原市"},
      {"JP", "三宅村"},
      {"JP", "三条市"},
      {"JP", "七尾市"},
      {"JP", "玖珠郡九重町"},
      {"JP", "千葉市中央区"},
      {"JP", "札幌市北区"},
      {"JP", "杵島郡大町町"},
      {"JP", "南会津郡南会津町"},
      {"JP", "市原市"},
      {"JP", "東村山市"},
      {"CN", "三亚市"},
      {"CN", "六安市"},
      {"CN", "九江市"},
      {"CN", "津市市"},
      {"CN", "沙市区"},
      {"CN", "新市区"},
      {"CN", "景德镇市"},
      {"CN", "新乡市"},
      {"CN", "让胡路区"},
      {"CN", "路桥区"},
      {"CN", "道真仡佬族苗族自治县"},
      {"CN", "孟村回族自治县"},
      {"CN", "二七区"},
      {"CN", "阿里地区"},
      {"CN", "社旗县"},
      {"CN", "恩施土家族苗族自治州"},
      {"TW", "三重區"},
      {"TW", "路竹區"},
      {"TW", "七美鄉"},
      {"KR", "군포시"},
      {"KR", "구리시"},
  };
  for (const auto& [country, city] : kCities) EXPECT_EQ(CityPart(city, country), city);

  const std::pair<const char*, const char*> kDistricts[] = {
      {"JP", "九段南"},           {"JP", "六本木"},         {"JP", "麻布十番"},
      {"JP", "三番町"},           {"JP", "東六番丁"},       {"JP", "横七番町通"},
      {"JP", "二階堂"},           {"JP", "三室"},           {"JP", "三室町"},
      {"JP", "三棟町"},           {"JP", "上賀茂六段田町"}, {"JP", "北二十二条西"},
      {"JP", "五十嵐一の町"},     {"JP", "百人町"},         {"CN", "东城区建国门街道"},
      {"CN", "西城区新街口街道"}, {"CN", "南山区六号街道"}, {"CN", "榆树市八号镇"},
      {"CN", "张北县三号乡"},     {"CN", "沛县五段镇"},     {"CN", "让胡路区"},
      {"TW", "路竹區"},           {"TW", "大安區龍淵里"},   {"KR", "강남구 역삼동"},
      {"US", "Capitol Hill"},
  };
  for (const auto& [country, district] : kDistricts)
    EXPECT_EQ(DistrictPart(district, country), district);
}

TEST(AddressPart, DistrictsEndBeforeTheHouse) {
  const Row kRows[] = {
      {"JP", "神南", "神南"},
      {"JP", "神南1-19-11", "神南"},
      {"JP", "神南 １丁目", "神南"},
      {"JP", "Jinnan 1", "Jinnan"},
      {"JP", "Jinnan, 4F", "Jinnan"},
      {"JP", "Jinnan (Park)", "Jinnan"},
      {"US", "12 Main Street", ""},
      {"JP", "", ""},
      // In Han numerals.
      {"JP", "神南一丁目十九番十一号", "神南"},
      {"JP", "神南　十九番地", "神南"},
      {"JP", "神南十九番", "神南"},
      {"JP", "神南二〇一号室", "神南"},
      {"JP", "神南一ノ十九ノ十一", "神南"},
      {"JP", "神南一の19", "神南"},
      {"JP", "神南一－十九", "神南"},
      {"JP", "神南壱番地", "神南"},
      {"JP", "神南十九番町田ビル三階", "神南"},
      {"JP", "三番町六番地", "三番町"},
      {"JP", "九段南一丁目", "九段南"},
      {"JP", "麻布十番二丁目", "麻布十番"},
      {"JP", "麻布十番地", "麻布"},
      {"JP", "青葉台三棟", "青葉台"},
      {"JP", "十二丁目", ""},
      {"HK", "旺角彌敦道八十號十二樓", "旺角彌敦道"},
      {"CN", "科技园三栋二〇一室", "科技园"},
      {"CN", "阳光小区三号楼两单元", "阳光小区"},
      {"CN", "桃园新村五弄", "桃园新村"},
      // Streets.
      {"CN", "南山区科技园路八十八号三栋", "南山区"},
      {"CN", "黄浦区南京东路街道福州路88号", "黄浦区南京东路街道"},
      {"CN", "南山区望乡路8号", "南山区"},
      {"CN", "人民路", ""},
      {"TW", "大安區和平東路一段八十號", "大安區"},
      {"TW", "信義區松仁路100巷", "信義區"},
      {"TW", "和平東路一段", ""},
      {"KR", "강남구 테헤란로 152", "강남구"},
      {"KR", "역삼동 테헤란로", "역삼동"},
      {"KR", "역삼동 823-4", "역삼동"},
      {"KR", "을지로1가 16", "을지로"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(DistrictPart(row.typed, row.country), row.shown) << row.typed;
}

}  // namespace
}  // namespace switchboard::masking
