#include "hub/redaction/own_data.h"

#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace switchboard::redaction {
namespace {

v1::Person PersonOf(const std::string& text) {
  v1::Person person;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &person)) << text;
  return person;
}

v1::Person Yamada() {
  return PersonOf(R"pb(
    person_id: "P-1001"
    family_name: "山田"
    given_name: "太郎"
    family_name_reading: "ヤマダ"
    given_name_reading: "タロウ"
    birth_date { year: 1980 month: 5 day: 2 }
    language: "ja"
    address {
      country: "JP"
      postal_code: "150-0041"
      region: "東京都"
      city: "渋谷区"
      district: "神南"
      street: "１－１９－１１ パークハイツ４０１"
    }
    contact_points { contact_point_id: "m" phone: "+819012345678" }
    contact_points { contact_point_id: "e" email: "taro.yamada@example.com" }
    other_parties {
      party_id: "o"
      contact_points { contact_point_id: "op" phone: "+81312345678" }
    }
  )pb");
}

v1::Account AccountOf(const char* id, const char* card) {
  v1::Account account;
  account.set_account_id(id);
  account.set_card_number(card);
  return account;
}

// The text with what is the person's own in < >.
std::string Found(const v1::Person& person, const std::string& typed,
                  const std::vector<const v1::Account*>& accounts = {}) {
  const OwnData own(person, accounts);
  const FoldedText text(typed);
  Marks marks(text);
  own.Find(&marks);
  std::string left;
  size_t byte = 0;
  for (const Span& span : marks.Resolved()) {
    EXPECT_TRUE(span.own);
    const size_t begin = text.begin_byte(span.begin), end = text.end_byte(span.end - 1);
    left += typed.substr(byte, begin - byte) + "<" + typed.substr(begin, end - begin) + ">";
    byte = end;
  }
  return left + typed.substr(byte);
}

void ExpectFound(const v1::Person& person, const std::vector<const char*>& texts) {
  for (const char* const text : texts) {
    std::string typed = text;
    std::erase(typed, '<');
    std::erase(typed, '>');
    EXPECT_EQ(Found(person, typed), text);
  }
}

TEST(OwnData, AJapaneseNameInAllItsSpellings) {
  ExpectFound(Yamada(),
              {
                  "<山田太郎>様より入電", "<山田>さんは不在",    "<太郎>さん",
                  "<山田　太郎>",         "<山 田 太 郎>",       "<山田・太郎>",
                  "<太郎 山田>",          "<ヤマダ タロウ>様",   "<ﾔﾏﾀﾞ ﾀﾛｳ>",
                  "<やまだたろう>です",   "<やまだ>さん",        "本日<やまだ>は不在",
                  "<Yamada Taro>",        "<Taro YAMADA>様",     "<YAMADA>, he said",
                  "<yamada tarou>",       "<Yamada>-san called", "<Ｙａｍａｄａ　Ｔａｒｏ>",
                  "<Y a m a d a>",        "<TaroYamada>",        "<yamada taroh>",
                  "<Yamada>'s wife",      "<山田太郎>名義",      "<山田タロウ>",
                  "＜<山田>＞",
              });
}

TEST(OwnData, OthersAndLongerWordsStay) {
  for (const char* const text : {
           "",
           "田中さんより入電",
           "山の田んぼ",
           "ヤマダデンキで購入",
           "Yamadaya is a shop",
           "Tarot cards",
           "山田県",
           "ヤマ",
           "Yama da",
           "yam ad a",
           "父の太一",
           "a man a plan",
       }) {
    EXPECT_EQ(Found(Yamada(), text), text);
  }
}

TEST(OwnData, LongVowelsAndVariantsOfKanji) {
  const v1::Person person = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "髙橋"
    given_name: "裕子"
    family_name_reading: "タカハシ"
    given_name_reading: "ユウコ"
    language: "ja")pb");
  ExpectFound(person, {"<高橋>様", "<髙橋裕子>", "<高橋裕子>", "<yuko takahashi>",
                       "<Yuuko TAKAHASI>", "<Takahashi Yūko>", "<ユウコ>さん"});
  const v1::Person ono = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "大野"
    given_name: "順一"
    family_name_reading: "オオノ"
    given_name_reading: "ジュンイチ"
    language: "ja")pb");
  ExpectFound(ono, {"<Ono> said", "<Oono Junichi>", "<Ohno Jun'ichi>", "<Zyun'iti Ôno>"});
  const v1::Person shimbo = PersonOf(R"pb(
    person_id: "P-1"
    given_name: "真帆"
    family_name: "新保"
    family_name_reading: "シンボ"
    given_name_reading: "マホ"
    language: "ja")pb");
  ExpectFound(shimbo, {"<Shimbo>", "<Shinbo>", "<Sinbo Maho>", "<新保>", "<眞帆>"});
}

TEST(OwnData, ANameThatIsAWordNeedsMore) {
  const v1::Person mori = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "森"
    given_name: "光"
    family_name_reading: "モリ"
    given_name_reading: "ヒカリ"
    language: "ja")pb");
  ExpectFound(mori, {"<森>様", "<森>さんは森にいる", "ご本人<森>より", "<森光>", "<森 光>",
                     "光の中", "森の中に", "もりもり食べる", "<もり>さん", "本日の月光"});
  const v1::Person will = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "Rose"
    given_name: "Will"
    language: "en"
    address { country: "US" })pb");
  ExpectFound(will, {"He will pay", "Will pay soon", "I spoke to <Will> today", "a rose for you",
                     "Mr <Rose> called", "<Will Rose>", "<ROSE, WILL>", "WILL PAY TODAY",
                     "told <Rose> about it", "it rose. Rose again"});
  const v1::Person may =
      PersonOf(R"pb(
        person_id: "P-1" family_name: "Nguyen" given_name: "May" language: "en")pb");
  ExpectFound(may, {"pays in May", "<May Nguyen>", "Ms <May>", "<Nguyen> pays", "nguyenx"});
}

TEST(OwnData, ChineseNames) {
  const v1::Person wang = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "王"
    given_name: "小明"
    language: "zh"
    address { country: "CN" })pb");
  ExpectFound(wang,
              {"<王小明>来电", "<王>先生", "小<王>说", "<小明>", "<王 小 明>", "<Wang Xiaoming>",
               "<Xiao Ming Wang>", "<WANG XIAO MING>", "国王的", "<Xiaoming>"});
  const v1::Person ouyang = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "歐陽"
    given_name: "國強"
    language: "zh-Hant"
    address { country: "TW" })pb");
  ExpectFound(ouyang, {"<欧阳国强>", "<歐陽國強>", "<歐陽>小姐", "<Ouyang Guoqiang>"});
  const v1::Person lu = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "吕"
    given_name: "建国"
    language: "zh"
    address { country: "CN" })pb");
  ExpectFound(lu, {"<吕建国>", "<Lu Jianguo>", "<LV JIANGUO>", "<Lü Jianguo>"});
}

TEST(OwnData, NamesOfAlphabets) {
  const v1::Person person = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "Müller-Strauß"
    given_name: "Jörg Peter"
    language: "de"
    address { country: "DE" })pb");
  ExpectFound(person,
              {"<Müller-Strauß>", "<Mueller-Strauss>", "<Muller Strauß>", "<Jörg Peter>", "<Joerg>",
               "<PETER MUELLER>", "<Müller>s", "<Mu\u0308ller>", "<Jörg Peter Müller-Strauß>"});
  const v1::Person garcia =
      PersonOf(R"pb(
        person_id: "P-1" family_name: "García" given_name: "José" language: "es")pb");
  ExpectFound(garcia, {"<Garcia>", "<García, José>", "<J o s e>", "<Gаrсia>", "garciaz"});
  const v1::Person ivanov =
      PersonOf(R"pb(
        person_id: "P-1" family_name: "Иванов" given_name: "Пётр" language: "ru")pb");
  ExpectFound(ivanov, {"<Иванов>", "<ИВАНОВ Петр>", "Ивановы"});
  const v1::Person kim =
      PersonOf(R"pb(
        person_id: "P-1" family_name: "김" given_name: "민수" language: "ko")pb");
  ExpectFound(kim, {"<김민수>씨", "<김> 씨", "<민수>가", "김치"});
}

TEST(OwnData, PhonesInAnyDress) {
  ExpectFound(Yamada(), {
                            "<090-1234-5678>へ",
                            "<+81 90 1234 5678>",
                            "<９０-１２３４-５６７８>",
                            "<1234 5678> only",
                            "<0 9 0 1 2 3 4 5 6 7 8>",
                            "<〇九〇一二三四五六七八>",
                            "<zero nine zero one two three four five six seven eight>",
                            "<090の1234の5678>",
                            "<(090) 1234-5678>",
                            "<090|1234|5678>",
                            "<0081 90 1234 5678>",
                            "勤務先<03-1234-5678>",
                            "1234-56",
                            "080-9999-9999",
                        });
}

TEST(OwnData, Mailboxes) {
  ExpectFound(Yamada(), {"<taro.yamada@example.com>", "<Taro.Yamada+x@EXAMPLE.com>, ok",
                         "<taroyamada@other.example>", "<taro_yamada>", "<taro.yamada>です"});
}

TEST(OwnData, DaysOfBirth) {
  ExpectFound(Yamada(), {
                            "<1980-05-02>",
                            "<1980/5/2>",
                            "<1980年5月2日>生まれ",
                            "<昭和55年5月2日>",
                            "<S55.5.2>",
                            "<昭55.5.2>",
                            "<民國69年5月2日>",
                            "<May 2nd 1980>",
                            "<2 May 1980>",
                            "<2nd of May, 1980>",
                            "<May 2, '80>",
                            "<02/05/1980>",
                            "<5/2/80>",
                            "<19800502>",
                            "<800502>",
                            "<一九八〇年五月二日>",
                            "<昭和五十五年五月二日>",
                            "<１９８０・５・２>",
                            "誕生日は<5月2日>",
                            "born on <May 2>",
                            "<1980年>生まれ",
                            "DOB <5/2>",
                            "생일 <1980년 5월 2일> 확인",
                            "<1980년5월2일>생",
                            "생일은 <5월 2일>",
                            "<1980년> 출생",
                        });
  for (const char* const text :
       {"1980-05-03", "1981年5月2日", "on 5/2 we met", "in 1980", "S56.5.2", "5月2日に入金",
        "198005021", "5월 2일 입금", "1980년 5월 3일"}) {
    EXPECT_EQ(Found(Yamada(), text), text);
  }
}

TEST(OwnData, AddressesByTheirNumbersInOrder) {
  ExpectFound(Yamada(), {
                            "<東京都渋谷区神南1-19-11>",
                            "<神南一丁目19番11号>に転居",
                            "<神南１の１９>",
                            "<渋谷区神南1丁目>",
                            "住所は<1-19-11>",
                            "<パークハイツ401>",
                            "<〒150-0041 東京都渋谷区神南1丁目>",
                            "<150-0041>",
                            "<1500041>",
                            "神南",
                            "渋谷区在住",
                            "1-19-12",
                        });
  const v1::Person american = PersonOf(R"pb(
    person_id: "P-1"
    family_name: "Doe"
    given_name: "Jane"
    language: "en"
    address {
      country: "US"
      postal_code: "94105"
      region: "CA"
      city: "San Francisco"
      street: "1600 Pennsylvania Avenue, Apt 5"
    })pb");
  ExpectFound(american, {"lives at <1600 Pennsylvania Ave>",
                         "<1600 pennsylvania avenue apt. 5, "
                         "San Francisco, CA 94105>",
                         "<Pennsylvania Ave> house", "zip <94105>", "owes 94105 dollars",
                         "went to San Francisco", "1600 dollars", "an avenue apart"});
  const v1::Person
      taiwanese =
          PersonOf(
              R"pb(
                person_id: "P-1"
                family_name: "林"
                given_name: "志玲"
                language: "zh-Hant"
                address {
                  country: "TW"
                  region: "台北市"
                  city: "大安區"
                  street: "和平東路一段129號3樓"
                })pb");
  ExpectFound(taiwanese, {"搬到<台北市大安區和平東路一段129號>", "<和平东路1段129号>"});
}

TEST(OwnData, IdsAndCards) {
  const v1::Account account = AccountOf("LOAN-0001", "4111111111111111");
  const std::vector<const v1::Account*> accounts = {&account};
  for (const char* const text : {
           "account <LOAN-0001>",
           "<loan 0001>です",
           "<P-1001>",
           "<P1001>",
           "<4111 1111 1111 1111>",
           "card <************1111>",
           "card ending in <1111>",
           "カード下4桁<1111>",
           "<XXXX-XXXX-XXXX-1111>",
           "LOAN-00012",
           "room 1111",
           "card ending in 1112",
       }) {
    std::string typed = text;
    std::erase(typed, '<');
    std::erase(typed, '>');
    EXPECT_EQ(Found(Yamada(), typed, accounts), text);
  }
}

TEST(OwnData, KnowsTheLanguageAndCountry) {
  OwnData own(Yamada(), {});
  EXPECT_EQ(own.language(), "ja");
  EXPECT_EQ(own.country(), "JP");
  OwnData moved = std::move(own);
  EXPECT_EQ(moved.country(), "JP");
  // Of nobody nothing is found.
  EXPECT_EQ(Found(v1::Person(), "山田太郎 090-1234-5678 1980-05-02"),
            "山田太郎 090-1234-5678 1980-05-02");
}

}  // namespace
}  // namespace switchboard::redaction
