#include "hub/masking/postal_place.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "hub/masking/place_table.h"

namespace switchboard::masking {
namespace {

struct Row {
  const char* country;
  const char* typed;
  const char* shown;
};

v1::Address AddressOf(const std::string& country, const std::string& region,
                      const std::string& city, const std::string& district = "",
                      const std::string& street = "", const std::string& postal_code = "") {
  v1::Address address;
  address.set_country(country);
  address.set_region(region);
  address.set_city(city);
  address.set_district(district);
  address.set_street(street);
  address.set_postal_code(postal_code);
  return address;
}

// "region|city|district".
std::string Shown(const v1::Address& address) {
  const Place place = PlaceOf(address);
  return std::string(place.region) + "|" + std::string(place.city) + "|" +
         std::string(place.district);
}

std::string RegionShown(const Row& row) {
  const v1::Address address = AddressOf(row.country, row.typed, "");
  return std::string(PlaceOf(address).region);
}

std::string CityShown(const Row& row) {
  const v1::Address address = AddressOf(row.country, "", row.typed);
  return std::string(PlaceOf(address).city);
}

std::string DistrictShown(const Row& row) {
  const v1::Address address = AddressOf(row.country, "", "", row.typed);
  return std::string(PlaceOf(address).district);
}

TEST(PostalPlace, RegionsAreTextsOfTheTable) {
  const Row kRows[] = {
      {"JP", "東京都", "東京都"},
      {"JP", "北海道", "北海道"},
      {"JP", "京都府", "京都府"},
      {"JP", "三重県", "三重県"},
      {"JP", "神奈川県", "神奈川県"},
      {"JP", "神奈川縣", "神奈川縣"},
      {"JP", "東京都渋谷区", "東京都"},
      {"JP", "東京都渋谷区神南1-19-11", "東京都"},
      {"JP", "〒150-0041 東京都渋谷区神南1-19-11", "東京都"},
      {"JP", "神奈川県横浜市青葉区１丁目", "神奈川県"},
      {"JP", "Tokyo", "Tokyo"},
      {"JP", "TOKYO", "Tokyo"},
      {"JP", "Tōkyō", "Tokyo"},
      {"JP", "Ōsaka", "Ōsaka"},
      {"JP", "Tokyo, Shibuya-ku", "Tokyo"},
      {"JP", "1-19-11 Jinnan, Shibuya-ku, Tokyo 150-0041", "Tokyo"},
      {"JP", "Kanagawa-ken", "Kanagawa-ken"},
      {"JP", "Kanagawa Prefecture", "Kanagawa Prefecture"},
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
      {"CN", "吉林市船营区", ""},
      {"CN", "香港特别行政区", "香港特别行政区"},
      {"CN", "Guangdong", "Guangdong"},
      {"CN", "88 Keji Lu, Nanshan, Shenzhen, Guangdong Province 518000", "Guangdong Province"},
      {"TW", "臺北市", "臺北市"},
      {"TW", "臺北市信義區市府路1號", "臺北市"},
      {"TW", "臺北市市府路一號", "臺北市"},
      {"TW", "新北市", "新北市"},
      {"TW", "彰化縣鹿港鎮", "彰化縣"},
      {"TW", "彰化市", ""},
      {"TW", "和平東路一段八十號", ""},
      {"TW", "Taipei City", "Taipei City"},
      {"KR", "서울특별시", "서울특별시"},
      {"KR", "서울특별시 강남구 테헤란로 152", "서울특별시"},
      {"KR", "경기도 성남시", "경기도"},
      {"KR", "제주특별자치도", "제주특별자치도"},
      {"KR", "서울 강남구", "서울"},
      {"KR", "테헤란로", ""},
      {"KR", "Gyeonggi-do", "Gyeonggi-do"},
      {"HK", "九龍", "九龍"},
      {"HK", "九龍旺角彌敦道80號", "九龍"},
      {"HK", "Wan Chai District", "Wan Chai District"},
      {"HK", "彌敦道八十號", ""},
      {"US", "New York", "New York"},
      {"US", "DC", "DC"},
      {"US", "D.C.", "D.C."},
      {"US", "kentucky", "Kentucky"},
      {"US", "CA 94043", "CA"},
      {"US", "12 Main Street", ""},
      {"US", "6007 Applegate Lane, Louisville, KY 40219", "KY"},
      {"US", "Applegate Lane Louisville KY", "KY"},
      {"US", "Applegate Lane Charleston West Virginia", "West Virginia"},
      {"US", "Applegate Lane Louisville", ""},
      {"US", "12 Florida", ""},
      {"US", "Avenue of Texas", ""},
      {"US", "Maine Road", ""},
      {"GB", "Greater London (Flat 3)", "Greater London"},
      {"GB", "12 High Street, Camden Town, Greater London", "Greater London"},
      {"GB", "10 Downing Street, Greater London SW1A 2AA", "Greater London"},
      {"GB", "12 Union Street, Aberdeen, Aberdeenshire AB43 1AA", "Aberdeenshire"},
      {"GB", "5 King Street, Stretford, Kent M1 1AE", "Kent"},
      {"GB", "5 King Street, Kent, M1 1AE", "Kent"},
      {"CA", "Québec", "Québec"},
      {"CA", "100 rue Sainte-Catherine, Montréal QC H2X 1K4", "QC"},
      {"AU", "12 Wattle Grove Road, Perth WA 6107", "WA"},
      {"DE", "Bayern", "Bayern"},
      {"DE", "Nordrhein Westfalen", "Nordrhein-Westfalen"},
      {"DE", "Hauptstraße 5, 80331 München", ""},
      {"FR", "Ile de France", "Île-de-France"},
      {"FR", "PROVENCE-ALPES-CÔTE D’AZUR", "Provence-Alpes-Côte-d'Azur"},
      {"IT", "Lombardia", "Lombardia"},
      {"ES", "Calle Sevilla", ""},
      {"ES", "C/ Mayor, 5, Madrid", "Madrid"},
      {"BE", "Région de Bruxelles-Capitale", "Région de Bruxelles-Capitale"},
      {"BR", "Rua Augusta, 1500 - Consolação, São Paulo - SP", "SP"},
      {"IN", "महाराष्ट्र", "महाराष्ट्र"},
      {"IN", "महाराष्ट्र 400001", "महाराष्ट्र"},
      {"RU", "Московская область", "Московская область"},
      {"TH", "กรุงเทพมหานคร", "กรุงเทพมหานคร"},
      // No table: the country alone.
      {"", "東京都渋谷区", ""},
      {"XX", "Anywhere", ""},
      {"JP", "", ""},
  };
  for (const Row& row : kRows) EXPECT_EQ(RegionShown(row), row.shown) << row.typed;
}

TEST(PostalPlace, CitiesEndWhereCitiesDo) {
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
      {"JP", "Shibuya-ku, Tokyo", "Shibuya-ku"},
      {"JP", "1-19-11 Jinnan", ""},
      {"JP", "神南一丁目十九番", ""},
      {"JP", "神南", ""},
      {"JP", "神保町一丁目", ""},
      {"JP", "芝大門百二十八番町田荘", ""},
      {"JP", "東近江市市子松井町", "東近江市"},
      {"JP", "銚子漁港市場", ""},
      {"JP", "東京都渋谷区神南", "渋谷区"},
      {"JP", "奈良県大和郡山市矢田山町", "大和郡山市"},
      {"JP", "上郡町", "上郡町"},
      // Only designated cities have wards.
      {"JP", "北見市端野町一区", "北見市"},
      {"JP", "盛岡市玉山区", "盛岡市"},
      {"JP", "無名市北区", "無名市"},
      {"JP", "端野町一区", "端野町"},
      {"JP", "堺市北区百舌鳥", "堺市北区"},
      {"JP", "北九州市八幡東区", "北九州市八幡東区"},
      {"US", "Springfield", "Springfield"},
      {"US", "Springfield, 12 Main Street", "Springfield"},
      {"US", "Main Street 12", ""},
      {"AT", "1010 Wien", ""},
      {"US", "Springfield\nApt 5", "Springfield"},
      {"US", "Grass Valley", "Grass Valley"},
      {"US", "St. Louis", "St. Louis"},
      {"US", "East St Louis", "East St Louis"},
      {"US", "Kansas City", "Kansas City"},
      {"US", "Fort Washington", "Fort Washington"},
      {"US", "Louisville, KY", "Louisville"},
      {"FR", "Saint-Étienne", "Saint-Étienne"},
      {"FR", "Mont-St-Michel", "Mont-St-Michel"},
      {"FR", "L’Haÿ-les-Roses", "L’Haÿ-les-Roses"},
      {"BR", "São José do Rio Preto", "São José do Rio Preto"},
      {"ES", "Las Palmas de Gran Canaria", "Las Palmas de Gran Canaria"},
      {"GR", "Θεσσαλονίκη", "Θεσσαλονίκη"},
      {"RU", "Нижний Новгород", "Нижний Новгород"},
      {"IN", "मुंबई", "मुंबई"},
      {"TH", "เชียงใหม่", "เชียงใหม่"},
      {"EG", "الإسكندرية", "الإسكندرية"},
      {"HK", "旺角", "旺角"},
      {"", "Springfield", "Springfield"},
  };
  for (const Row& row : kRows) EXPECT_EQ(CityShown(row), row.shown) << row.typed;
}

TEST(PostalPlace, NoStreetIsACity) {
  const Row kRows[] = {
      {"US", "Applegate Lane", ""},
      {"US", "Applegate Lane Louisville KY", ""},
      {"US", "Applegate Louisville KY", ""},
      {"US", "Applegate Louisville Kentucky", ""},
      {"US", "Main St", ""},
      {"US", "Main St Louisville", ""},
      {"US", "T Street Southeast", ""},
      {"US", "P.O. Box", ""},
      {"US", "C/O John Smith", ""},
      {"GB", "High Street", ""},
      {"FR", "Rue de Rivoli", ""},
      {"FR", "R. de Rivoli", ""},
      {"ES", "C/ Mayor", ""},
      {"ES", "Mayor, 5", ""},
      {"ES", "Avda. Diagonal", ""},
      {"IT", "Via Roma", ""},
      {"IT", "P.zza Navona", ""},
      {"PT", "Largo do Carmo", ""},
      {"BR", "Rua Augusta", ""},
      {"DE", "Hauptstraße", ""},
      {"DE", "HAUPTSTRASSE", ""},
      {"DE", "Lindenweg", ""},
      {"NL", "Prinsengracht", ""},
      {"SE", "Storgatan", ""},
      {"NO", "Storgata", ""},
      {"DK", "Strandvejen Vej", ""},
      {"FI", "Mannerheimintie", ""},
      {"PL", "ul. Zamkowa", ""},
      {"CZ", "Jiráskova", ""},
      {"HU", "Kossuth utca", ""},
      {"RU", "улица Ленина", ""},
      {"RU", "Невский пр.", ""},
      {"UA", "вул. Хрещатик", ""},
      {"GR", "Οδός Ερμού", ""},
      {"TR", "İstiklal Caddesi", ""},
      {"IN", "मार्ग महात्मा गांधी", ""},
      {"TH", "ถนนสุขุมวิท", ""},
      {"EG", "شارع التحرير", ""},
      {"ID", "Jl. Sudirman", ""},
      {"VN", "Đường Lê Lợi", ""},
      {"CN", "Keji Lu", ""},
      {"KR", "Teheran-ro", ""},
      {"KR", "Yeoksam-dong", ""},
      {"JP", "Meiji-dori", ""},
      {"HK", "旺角彌敦道", ""},
      {"HK", "彌敦道八十號", ""},
      {"US", "One Two Three Four Five", ""},
      {"US", "X", ""},
      {"US", "\xFF\xFE", ""},
  };
  for (const Row& row : kRows) EXPECT_EQ(CityShown(row), row.shown) << row.typed;
}

TEST(PostalPlace, CitiesOfChinaTaiwanAndKoreaHoldNoStreet) {
  const Row kRows[] = {
      {"CN", "深圳市南山区科技园路八十八号三栋", "深圳市"},
      {"CN", "深圳市南山区科技园路88号", "深圳市"},
      {"CN", "广东省深圳市南山区", "深圳市"},
      {"CN", "广州市市桥街道", "广州市"},
      {"CN", "北京市朝阳区建国路", "北京市"},
      {"CN", "南山区", "南山区"},
      {"CN", "南山区科技园路八十八号", "南山区"},
      {"CN", "延边朝鲜族自治州延吉市", "延边朝鲜族自治州"},
      {"CN", "锡林郭勒盟", "锡林郭勒盟"},
      {"CN", "杭锦旗", "杭锦旗"},
      {"CN", "浦东新区", "浦东新区"},
      {"CN", "深圳市南山區", "深圳市"},
      {"CN", "南山區科技園路", "南山區"},
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
      {"CN", "王江泾开发区欣悦路159号", ""},
      {"CN", "红旗新区26-1栋", ""},
      {"CN", "柯桥东区八楼西边78号", ""},
      {"CN", "滨海园区5道12路805号", ""},
      {"CN", "箱包城慧腾服装市五层", ""},
      {"TW", "臺北市大安區和平東路一段八十號", "臺北市"},
      {"TW", "台北市市府路1號", "台北市"},
      {"TW", "大安區和平東路", "大安區"},
      {"TW", "新竹縣竹北市", "竹北市"},
      {"TW", "鹿港鎮中山路", "鹿港鎮"},
      {"TW", "左鎮區", "左鎮區"},
      {"TW", "和平東路一段八十號", ""},
      {"KR", "성남시 분당구 정자동", "성남시 분당구"},
      {"KR", "서울특별시 강남구 테헤란로 152", "강남구"},
      {"KR", "강남구", "강남구"},
      {"KR", "양구군 양구읍", "양구군"},
      {"KR", "대구광역시 달성군", "달성군"},
      {"KR", "광주시 오포읍", "광주시"},
      {"KR", "테헤란로 152", ""},
      {"KR", "테헤란로", ""},
      {"KR", "Seongnam-si", "Seongnam-si"},
  };
  for (const Row& row : kRows) EXPECT_EQ(CityShown(row), row.shown) << row.typed;
}

// Those of Japan and China are from the lists of Japan Post and of the divisions of China.
TEST(PostalPlace, NamesWithNumeralsOrEndingsInsideStayWhole) {
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
      {"JP", "札幌市"},
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
  for (const auto& [country, city] : kCities) EXPECT_EQ(CityShown({country, city, ""}), city);

  const std::pair<const char*, const char*> kDistricts[] = {
      {"JP", "九段南"},           {"JP", "六本木"},         {"JP", "麻布十番"},
      {"JP", "三番町"},           {"JP", "東六番丁"},       {"JP", "横七番町通"},
      {"JP", "二階堂"},           {"JP", "三室"},           {"JP", "三室町"},
      {"JP", "三棟町"},           {"JP", "上賀茂六段田町"}, {"JP", "北二十二条西"},
      {"JP", "五十嵐一の町"},     {"JP", "百人町"},         {"CN", "东城区建国门街道"},
      {"CN", "西城区新街口街道"}, {"CN", "南山区六号街道"}, {"CN", "榆树市八号镇"},
      {"CN", "张北县三号乡"},     {"CN", "沛县五段镇"},     {"CN", "让胡路区"},
      {"TW", "路竹區"},           {"TW", "大安區龍淵里"},   {"KR", "강남구 역삼동"},
      {"US", "Capitol Hill"},     {"KR", "Yeoksam-dong"},   {"GB", "Camden Town"},
  };
  for (const auto& [country, district] : kDistricts)
    EXPECT_EQ(DistrictShown({country, district, ""}), district);
}

TEST(PostalPlace, DistrictsEndBeforeTheHouse) {
  const Row kRows[] = {
      {"JP", "神南", "神南"},
      {"JP", "神南1-19-11", "神南"},
      {"JP", "神南 １丁目", "神南"},
      {"JP", "Jinnan 1", "Jinnan"},
      {"JP", "Jinnan, 4F", "Jinnan"},
      {"JP", "Jinnan (Park)", "Jinnan"},
      {"US", "12 Main Street", ""},
      {"US", "Main Street", ""},
      {"US", "Broad 12", ""},
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
      {"HK", "旺角彌敦道八十號十二樓", ""},
      {"HK", "旺角", "旺角"},
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
  for (const Row& row : kRows) EXPECT_EQ(DistrictShown(row), row.shown) << row.typed;
}

struct WholeRow {
  v1::Address address;
  const char* shown;
};

TEST(PostalPlace, IsFoundInWhateverFieldTheCoreUsed) {
  const WholeRow kRows[] = {
      {AddressOf("JP", "東京都", "渋谷区", "神南", "1-19-11", "150-0041"), "東京都|渋谷区|神南"},
      {AddressOf("JP", "東京都渋谷区神南1-19-11", ""), "東京都|渋谷区|"},
      {AddressOf("JP", "", "東京都渋谷区神南1-19-11"), "東京都|渋谷区|"},
      {AddressOf("JP", "", "", "東京都渋谷区神南1-19-11"), "東京都|渋谷区|東京都渋谷区神南"},
      {AddressOf("JP", "", "", "", "東京都渋谷区神南1-19-11"), "東京都|渋谷区|"},
      {AddressOf("JP", "東京都", "", "渋谷区神南"), "東京都|渋谷区|渋谷区神南"},
      {AddressOf("JP", "渋谷区", "東京都"), "東京都||"},
      {AddressOf("JP", "東京都渋谷区", "渋谷区神南1-19-11"), "東京都|渋谷区|"},
      {AddressOf("CN", "广东省深圳市南山区科技园路88号", ""), "广东省|深圳市|"},
      {AddressOf("CN", "北京市朝阳区建国路88号", ""), "北京市|北京市|"},
      {AddressOf("CN", "北京市", "朝阳区", "", "建国路88号"), "北京市|朝阳区|"},
      {AddressOf("CN", "海南省", "海南省", "万宁市和乐镇"), "海南省|万宁市|万宁市和乐镇"},
      {AddressOf("TW", "臺北市", "大安區", "", "和平東路一段八十號"), "臺北市|大安區|"},
      {AddressOf("KR", "서울특별시 강남구 테헤란로 152", ""), "서울특별시|강남구|"},
      {AddressOf("KR", "경기도", "광주시"), "경기도|광주시|"},
      {AddressOf("US", "KY", "Louisville", "", "6007 Applegate Lane", "40219"), "KY|Louisville|"},
      {AddressOf("US", "6007 Applegate Lane, Louisville, KY 40219", ""), "KY||"},
      {AddressOf("US", "", "6007 Applegate Lane, Louisville, KY 40219"), "KY||"},
      {AddressOf("US", "", "", "", "6007 Applegate Lane, Louisville, KY 40219"), "KY||"},
      {AddressOf("US", "", "", "", "6007 Applegate Lane Louisville KY 40219"), "KY||"},
      {AddressOf("US", "", "Louisville KY", "", "6007 Applegate Lane"), "KY||"},
      {AddressOf("US", "", "", "", "12 Florida Ave"), "||"},
      {AddressOf("US", "", "", "", "Florida 3"), "||"},
      {AddressOf("GB", "Kent", "Dover", "", "3 Castle Street"), "Kent|Dover|"},
      {AddressOf("HK", "九龍", "旺角", "", "彌敦道80號"), "九龍|旺角|"},
      {AddressOf("XK", "Prishtinë", "Prishtinë"), "|Prishtinë|"},
  };
  for (const WholeRow& row : kRows)
    EXPECT_EQ(Shown(row.address), row.shown) << row.address.ShortDebugString();
}

TEST(PostalPlace, PostalCodesTellARegionThatNoTextDoes) {
  const WholeRow kRows[] = {
      {AddressOf("JP", "", "", "", "", "150-0041"), "東京都||"},
      {AddressOf("JP", "", "渋谷区", "", "", "〒150-0041"), "東京都|渋谷区|"},
      {AddressOf("US", "", "Louisville", "", "", "40219"), "Kentucky|Louisville|"},
      {AddressOf("US", "", "", "", "", "40219-1234"), "Kentucky||"},
      {AddressOf("CA", "", "Toronto", "", "", "M5V 3L9"), "Ontario|Toronto|"},
      // Prefixes of two regions, and codes of nobody.
      {AddressOf("JP", "", "", "", "", "498-0000"), "||"},
      {AddressOf("US", "", "", "", "", "000"), "||"},
      {AddressOf("DE", "", "", "", "", "50667"), "||"},
      // A street or a city that is called as a region is gives way to the code.
      {AddressOf("US", "", "Washington", "", "", "20020"), "District of Columbia|Washington|"},
      {AddressOf("US", "", "", "", "12 Main Street, Washington", "20020"),
       "District of Columbia||"},
      // The region's field stands, but what is called its city may be no city.
      {AddressOf("US", "Washington", "Applegate", "", "", "40219"), "Washington||"},
      {AddressOf("JP", "大阪府", "渋谷区", "", "", "150-0041"), "大阪府||"},
      {AddressOf("JP", "東京都", "渋谷区", "", "", "530-0001"), "東京都|渋谷区|"},
  };
  for (const WholeRow& row : kRows)
    EXPECT_EQ(Shown(row.address), row.shown) << row.address.ShortDebugString();
}

TEST(PostalPlace, WhatTheStreetHoldsIsNoCity) {
  const WholeRow kRows[] = {
      {AddressOf("US", "CA", "Fremont", "", "37675 Fremont Boulevard"), "CA||"},
      {AddressOf("GB", "", "Lincoln", "", "12 Lincoln Road"), "||"},
      {AddressOf("GB", "", "Lincoln", "", "12 Lincolnshire Road"), "|Lincoln|"},
      {AddressOf("US", "NY", "New York", "", "350 5th Ave, New York, NY 10118"), "NY|New York|"},
      {AddressOf("US", "NY", "New York", "", "New York Avenue 3, New York"), "NY||"},
      {AddressOf("US", "KY", "Broadwater", "", "Broadwater"), "KY||"},
      {AddressOf("GB", "", "Lincoln", "", "Flat 3, Lincoln Road 5"), "||"},
      {AddressOf("HK", "九龍", "旺角", "", "旺角道80號"), "九龍||"},
      {AddressOf("GB", "", "London", "London", "1 Strand"), "||London"},
      {AddressOf("GB", "", "London", "London Bridge", "1 Strand"), "|London|London Bridge"},
      {AddressOf("GB", "", "Leeds", "Harehills", "88 Harehills Lane"), "|Leeds|"},
  };
  for (const WholeRow& row : kRows)
    EXPECT_EQ(Shown(row.address), row.shown) << row.address.ShortDebugString();
}

TEST(PostalPlace, WithoutTheDistrictIsTheSame) {
  const v1::Address address = AddressOf("JP", "東京都", "渋谷区", "神南", "1-19-11", "150-0041");
  const Place place = PlaceWithoutDistrict(address);
  EXPECT_EQ(place.region, "東京都");
  EXPECT_EQ(place.city, "渋谷区");
  EXPECT_EQ(place.district, "");
}

// Whatever stands in the fields: a region is a text of the tables, and no digit is ever shown.
TEST(PostalPlace, ShowsNoNumberAndNoRegionOfItsOwn) {
  const std::vector<std::string> kPieces = {
      "東京都",   "渋谷区",   "神南",     "1-19-11", "北区",          "广东省",
      "深圳市",   "科技园路", "八十八号", "서울",    "강남구",        "KY",
      "Kentucky", "Lane",     "Main",     "St",      "Washington",    ", ",
      " ",        "/",        "12",       "１２",    "40219",         "Köln",
      "\xFF",     "旺角",     "道",       "(",       "Île-de-France", "\n"};
  const std::vector<std::string> kCountries = {"JP", "CN", "TW", "KR", "HK", "US", "FR", "DE", ""};
  std::mt19937 random(13);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  const auto text = [&] {
    std::string made;
    for (size_t pieces = random() % 6; pieces > 0; --pieces) made += pick(kPieces);
    return made;
  };
  for (int round = 0; round < 20'000; ++round) {
    const v1::Address address = AddressOf(pick(kCountries), text(), text(), text(), text(),
                                          pick({"", "150-0041", "40219"}));
    const Place place = PlaceOf(address);
    EXPECT_TRUE(place.region.empty() || IsRegionOf(address.country(), place.region))
        << address.ShortDebugString();
    for (const std::string_view shown : {place.region, place.city, place.district}) {
      EXPECT_EQ(shown.find_first_of("0123456789"), std::string_view::npos)
          << address.ShortDebugString();
      EXPECT_EQ(shown.find("１"), std::string_view::npos) << address.ShortDebugString();
    }
    const Place again = PlaceWithoutDistrict(address);
    EXPECT_EQ(again.region, place.region);
    EXPECT_EQ(again.city, place.city);
  }
}

}  // namespace
}  // namespace switchboard::masking
