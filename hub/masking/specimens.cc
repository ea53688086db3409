#include "hub/masking/specimens.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace switchboard::masking {
namespace {

struct Invented {
  const char* label;
  const char* language;
  const char* country;
  const char* family;
  const char* given;
  const char* family_reading;
  const char* given_reading;
  int32_t born[3];  // year, month, day
  const char* postal_code;
  const char* region;
  const char* city;
  const char* district;
  const char* street;
  const char* mobile;
  const char* home;  // a fixed line
  const char* mailbox;
  const char* currency;
};

constexpr Invented kInvented[] = {
    {"ja JP",
     "ja",
     "JP",
     "青柳",
     "ひかり",
     "アオヤギ",
     "ヒカリ",
     {1984, 5, 17},
     "100-9999",
     "東京都",
     "千代田区",
     "標本台",
     "9丁目99番9号 見本ハイツ909号室",
     "+819000000101",
     "+81310000101",
     "aoyagi.hikari@mail.example",
     "JPY"},
    {"ja JP, address in one field",
     "ja",
     "JP",
     "見本",
     "そら",
     "みほん",
     "そら",
     {1959, 12, 1},
     "530-9999",
     "大阪府大阪市北区標本台九丁目99-9",
     "",
     "",
     "",
     "+819000000102",
     "+81610000102",
     "sora@post.example",
     "JPY"},
    {"zh-Hans CN",
     "zh-Hans",
     "CN",
     "闻人",
     "晓样",
     "Wenren",
     "Xiaoyang",
     {1991, 2, 28},
     "999999",
     "广东省",
     "深圳市",
     "南山区样本街道",
     "样本路999号9栋909室",
     "+8612000000103",
     "+8675510000103",
     "wenren.xy@mail.example",
     "CNY"},
    {"zh-Hant TW",
     "zh-Hant",
     "TW",
     "樣",
     "品萱",
     "Yang",
     "Pin-hsuan",
     {1976, 8, 8},
     "999",
     "臺北市",
     "中正區",
     "樣本里",
     "樣本路九段999號9樓",
     "+886100000104",
     "+886210000104",
     "pinhsuan@post.example",
     "TWD"},
    {"ko KR",
     "ko",
     "KR",
     "표",
     "하늘",
     "Pyo",
     "Haneul",
     {1988, 10, 3},
     "99999",
     "서울특별시",
     "강남구",
     "견본동",
     "견본로 999, 99동 909호",
     "+821000000105",
     "+8221110105",
     "haneul@mail.example",
     "KRW"},
    {"en US",
     "en",
     "US",
     "Sampleton",
     "Averil Joan",
     "",
     "",
     {1969, 7, 20},
     "90000",
     "California",
     "Sacramento",
     "Specimen Heights",
     "9999 Nowhere Lane, Apt 909",
     "+12025550106",
     "+19165550106",
     "ajs@post.example",
     "USD"},
    {"en GB",
     "en",
     "GB",
     "de Specimen",
     "Rhoswen",
     "",
     "",
     {1993, 1, 31},
     "ZZ99 9ZZ",
     "England",
     "Leeds",
     "Specimenthorpe",
     "999 Nowhere Crescent",
     "+447700900107",
     "+441134960107",
     "rhoswen@mail.example",
     "GBP"},
    {"hi IN",
     "hi",
     "IN",
     "नमूनावाला",
     "आकांक्षा",
     "Namoonawala",
     "Akanksha",
     {1981, 11, 14},
     "999999",
     "महाराष्ट्र",
     "मुंबई",
     "नमूना नगर",
     "फ्लैट 909, नमूना मार्ग",
     "+911000000108",
     "+912299990108",
     "akanksha@post.example",
     "INR"},
    {"id ID, one name",
     "id",
     "ID",
     "",
     "Contohwati",
     "",
     "",
     {1972, 4, 21},
     "99999",
     "Jawa Barat",
     "Bandung",
     "Contohsari",
     "Jalan Contoh 999",
     "+621000000109",
     "+62221000109",
     "contoh@mail.example",
     "IDR"},
    {"vi VN",
     "vi",
     "VN",
     "Mẫu",
     "Thị Ảo Ảnh",
     "",
     "",
     {1997, 9, 2},
     "99999",
     "Hà Nội",
     "Hoàn Kiếm",
     "Phường Mẫu",
     "999 phố Mẫu",
     "+841000000110",
     "+842431000110",
     "ao.anh@post.example",
     "VND"},
    {"th TH",
     "th",
     "TH",
     "ตัวอย่างวงศ์",
     "สมมุติ",
     "Tuayangwong",
     "Sommut",
     {1965, 6, 30},
     "99999",
     "กรุงเทพมหานคร",
     "ปทุมวัน",
     "แขวงตัวอย่าง",
     "999/99 ถนนตัวอย่าง",
     "+661000000111",
     "+6621000111",
     "sommut@mail.example",
     "THB"},
    {"de DE",
     "de",
     "DE",
     "von Mustersee-Probe",
     "Änne",
     "",
     "",
     {1954, 3, 3},
     "99999",
     "Bayern",
     "München",
     "Musterried",
     "Probegasse 999",
     "+491713920012",
     "+493023125112",
     "aenne@post.example",
     "EUR"},
    {"fr FR",
     "fr",
     "FR",
     "Lexemplaire",
     "Maëlle",
     "",
     "",
     {2001, 2, 11},
     "99999",
     "Auvergne-Rhône-Alpes",
     "Lyon",
     "Spéciménières",
     "999 rue du Spécimen",
     "+33639980114",
     "+33199000114",
     "maelle@mail.example",
     "EUR"},
    {"ar EG",
     "ar",
     "EG",
     "النموذجي",
     "مثال",
     "Al-Namouzagi",
     "Mithal",
     {1979, 1, 9},
     "99999",
     "القاهرة",
     "مدينة نصر",
     "حي النموذج",
     "999 شارع النموذج",
     "+201900000113",
     "+20210000113",
     "mithal@mail.example",
     "EGP"},
};

void AddPhone(const char* id, v1::ContactKind kind, const char* number, v1::Person& person) {
  v1::ContactPoint& point = *person.add_contact_points();
  point.set_contact_point_id(id);
  point.set_kind(kind);
  point.set_phone(number);
}

v1::Person PersonOf(const Invented& invented, int number) {
  v1::Person person;
  person.set_person_id(absl::StrCat("SPECIMEN-P-", number));
  person.set_family_name(invented.family);
  person.set_given_name(invented.given);
  person.set_family_name_reading(invented.family_reading);
  person.set_given_name_reading(invented.given_reading);
  person.mutable_birth_date()->set_year(invented.born[0]);
  person.mutable_birth_date()->set_month(invented.born[1]);
  person.mutable_birth_date()->set_day(invented.born[2]);
  person.set_language(invented.language);
  v1::Address& address = *person.mutable_address();
  address.set_country(invented.country);
  address.set_postal_code(invented.postal_code);
  address.set_region(invented.region);
  address.set_city(invented.city);
  address.set_district(invented.district);
  address.set_street(invented.street);
  AddPhone("mobile-1", v1::CONTACT_KIND_MOBILE, invented.mobile, person);
  AddPhone("home-1", v1::CONTACT_KIND_HOME_PHONE, invented.home, person);
  v1::ContactPoint& mail = *person.add_contact_points();
  mail.set_contact_point_id("mail-1");
  mail.set_kind(v1::CONTACT_KIND_EMAIL);
  mail.set_email(invented.mailbox);
  return person;
}

void SetSum(int64_t minor_units, const char* currency, v1::Money* money) {
  money->set_currency_code(currency);
  money->set_minor_units(minor_units);
}

// Sums grow from one to the next, so that they lie in many bands, and so do the days.
v1::Account AccountOf(const Invented& invented, int number) {
  v1::Account account;
  account.set_account_id(absl::StrCat("SPECIMEN-A-", number));
  account.set_person_id(absl::StrCat("SPECIMEN-P-", number));
  account.set_product(number % 2 == 0 ? "GOLD" : "CLASSIC");
  account.set_grade(number % 3 == 0 ? "B" : "A");
  const int64_t sum = int64_t{900} * number * number * number;
  SetSum(sum * 7, invented.currency, account.mutable_balance());
  SetSum(sum, invented.currency, account.mutable_amount_due());
  SetSum(sum * 50, invented.currency, account.mutable_credit_limit());
  account.set_days_past_due(13 * number);
  account.mutable_due_date()->set_year(2026);
  account.mutable_due_date()->set_month(1 + number % 12);
  account.mutable_due_date()->set_day(number);
  account.set_card_number(absl::StrCat("99990000000", 10'000 + 9 * number));
  return account;
}

std::vector<Specimen> Invent() {
  std::vector<Specimen> all;
  for (const Invented& invented : kInvented) {
    const int number = static_cast<int>(all.size()) + 1;
    all.push_back({invented.label, PersonOf(invented, number), AccountOf(invented, number)});
  }
  return all;
}

}  // namespace

const std::vector<Specimen>& Specimens() {
  static const auto& all = *new std::vector<Specimen>(Invent());
  return all;
}

}  // namespace switchboard::masking
