#include "hub/redaction/loose_letter.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uspoof.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/error.h"

namespace switchboard::redaction {
namespace {

constexpr char32_t kHanFirst = 0x3400;
constexpr char32_t kHanBehind = 0xA000;

// A form and the one that stands for it, by turns. The second may be traditional: what comes of it
// is simplified afterwards. First forms that only names use, then the new forms of Japan.
constexpr std::u32string_view kForms =
    U"髙高﨑崎嵜崎碕崎嶋島嶌島邉邊斎齊齋齊斉齊冨富濵濱渕淵渊淵栁柳桺柳桒桑舘館舩船曽曾槗橋𣘺橋"
    U"𠮷吉槇槙埜野邨村峯峰薮藪籔藪蘓蘇劔劍剱劍圀國囯國穐秋龝秋煕熙凞熙菴庵眞真瀬瀨鴎鷗﨔欅𡈽土"
    U"𠀋丈礒磯萠萌皐皋珎珍靏鶴靍鶴隺鶴籐藤楳梅苅刈釼劍閒間寳寶荘莊庄莊讃讚龢和亜亞悪惡圧壓囲圍"
    U"医醫為爲壱壹隠隱栄榮営營衛衞駅驛円圓塩鹽縁緣応應欧歐桜櫻奥奧横橫温溫穏穩仮假価價画畫会會"
    U"懐懷絵繪拡擴覚覺学學岳嶽楽樂勧勸巻卷寛寬歓歡観觀関關顔顏帰歸気氣亀龜旧舊拠據挙擧峡峽郷鄉"
    U"暁曉区區駆驅勲勳薫薰径徑恵惠渓溪経經継繼蛍螢軽輕鶏鷄芸藝県縣倹儉剣劍検檢権權献獻険險顕顯"
    U"験驗厳嚴効效広廣恒恆鉱鑛号號国國黒黑済濟剤劑雑雜参參桟棧蚕蠶賛贊残殘糸絲歯齒児兒辞辭実實"
    U"舎舍写寫釈釋寿壽収收従從渋澁縦縱粛肅処處叙敍奨奬将將焼燒称稱証證乗乘嬢孃条條浄淨畳疊穣穰"
    U"譲讓触觸寝寢慎愼尽盡図圖粋粹酔醉随隨数數枢樞声聲静靜摂攝専專戦戰浅淺潜潛繊纖銭錢禅禪双雙"
    U"壮壯捜搜挿插争爭総總聡聰装裝騒騷蔵藏属屬続續体體対對帯帶滞滯滝瀧択擇沢澤単單担擔団團弾彈"
    U"断斷遅遲昼晝虫蟲鋳鑄庁廳聴聽鎮鎭鉄鐵転轉点點伝傳党黨灯燈当當闘鬪独獨読讀徳德届屆弐貳悩惱"
    U"脳腦覇霸廃廢拝拜売賣麦麥発發髪髮抜拔浜濱払拂仏佛変變辺邊宝寶豊豐没沒翻飜毎每万萬満滿黙默"
    U"弥彌訳譯薬藥与與余餘誉譽様樣謡謠来來頼賴乱亂覧覽竜龍両兩猟獵緑綠隣鄰凛凜塁壘涙淚励勵礼禮"
    U"隷隸霊靈齢齡恋戀炉爐労勞楼樓郎郞録錄亘亙湾灣瑶瑤晋晉穂穗巌巖桧檜尭堯遥遙祷禱祢禰禄祿戸戶";

using HanTable = std::array<char16_t, kHanBehind - kHanFirst>;

// By character of the first plane: its simplified form.
HanTable SimplifiedForms() {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> simplify(
      icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, error));
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  // In one go, a line each: what stands around a character could decide otherwise.
  icu::UnicodeString lines;
  for (char32_t c = kHanFirst; c < kHanBehind; ++c) {
    lines.append(static_cast<UChar32>(c)).append(u'\n');
  }
  simplify->transliterate(lines);
  HanTable made{};
  int32_t at = 0;
  for (size_t i = 0; i < made.size(); ++i) {
    const int32_t end = lines.indexOf(u'\n', at);
    made[i] = end - at == 1 ? lines[at] : static_cast<char16_t>(kHanFirst + i);
    at = end + 1;
  }
  return made;
}

bool IsInTable(char32_t character) { return character >= kHanFirst && character < kHanBehind; }

// The same with the first of kForms as the second ones.
const HanTable& HanForms() {
  static const HanTable& table = *new const HanTable([] {
    const HanTable simplified = SimplifiedForms();
    HanTable made = simplified;
    for (size_t i = 0; i + 1 < kForms.size(); i += 2) {
      if (IsInTable(kForms[i])) {
        made[kForms[i] - kHanFirst] = simplified[kForms[i + 1] - kHanFirst];
      }
    }
    return made;
  }());
  return table;
}

char32_t LooseHan(char32_t character) {
  if (IsInTable(character)) return HanForms()[character - kHanFirst];
  for (size_t i = 0; i + 1 < kForms.size(); i += 2) {
    if (kForms[i] == character) return LooseHan(kForms[i + 1]);
  }
  return character;
}

// Han beyond the table: what compatibility keeps apart (﨑), and other planes (𠮷).
bool IsRareHan(char32_t c) { return (c >= 0xF900 && c < 0xFB00) || (c >= 0x20000 && c < 0x40000); }

bool IsKatakana(char32_t c) { return (c >= 0x30A1 && c <= 0x30F6) || c == 0x30FD || c == 0x30FE; }

// Scripts whose letters carry marks that are often left out. Those of others are letters' parts.
bool HasLooseMarks(char32_t c) { return c < 0x530 || (c >= 0x1E00 && c < 0x2000); }

char32_t WithoutStroke(char32_t small) {
  static constexpr std::u32string_view kStrokes = U"øođdłlħhŧtıiɨiƀbɖdȷj";
  for (size_t i = 0; i < kStrokes.size(); i += 2) {
    if (kStrokes[i] == small) return kStrokes[i + 1];
  }
  return small;
}

char32_t WithoutMarks(char32_t character) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  icu::UnicodeString parts;
  if (nfd->getDecomposition(static_cast<UChar32>(character), parts)) {
    character = static_cast<char32_t>(parts.char32At(0));
  }
  return WithoutStroke(
      static_cast<char32_t>(u_foldCase(static_cast<UChar32>(character), U_FOLD_CASE_DEFAULT)));
}

// Greek, Cyrillic and Armenian; letters of phonetics; Cherokee.
constexpr std::pair<char32_t, char32_t> kLookalikes[] = {
    {0x0250, 0x02AF}, {0x0370, 0x058F}, {0x13A0, 0x13FF}, {0x1D00, 0x1D2F}, {0x2C80, 0x2CE4}};

std::vector<char32_t> LookalikesOf(char32_t first, char32_t last) {
  UErrorCode error = U_ZERO_ERROR;
  USpoofChecker* const checker = uspoof_open(&error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  std::vector<char32_t> letters;
  for (char32_t c = first; c <= last; ++c) {
    const icu::UnicodeString typed(static_cast<UChar32>(c));
    icu::UnicodeString skeleton;
    uspoof_getSkeletonUnicodeString(checker, 0, typed, skeleton, &error);
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
    const auto looks = static_cast<char32_t>(skeleton.char32At(0));
    char32_t letter = 0;
    if (skeleton.length() == 1 && looks < 0x80 && u_isalpha(static_cast<UChar32>(looks)) != 0) {
      // A capital I is a small l to UTS 39.
      const bool is_capital_i = looks == U'l' && u_isupper(static_cast<UChar32>(c)) != 0;
      letter = is_capital_i ? U'i' : looks | 0x20;
    }
    letters.push_back(letter);
  }
  uspoof_close(checker);
  return letters;
}

}  // namespace

char32_t LooseLetter(char32_t character) {
  if (character < 0x80) {
    return character >= U'A' && character <= U'Z' ? character + 0x20 : character;
  }
  if (IsKatakana(character)) return character - 0x60;
  if (HasLooseMarks(character)) return WithoutMarks(character);
  if (IsInTable(character) || IsRareHan(character)) return LooseHan(character);
  return static_cast<char32_t>(u_foldCase(static_cast<UChar32>(character), U_FOLD_CASE_DEFAULT));
}

char32_t LatinLookalike(char32_t character) {
  static const auto& tables = *new const std::vector<std::vector<char32_t>>([] {
    std::vector<std::vector<char32_t>> made;
    for (const auto& [first, last] : kLookalikes) made.push_back(LookalikesOf(first, last));
    return made;
  }());
  for (size_t i = 0; i < std::size(kLookalikes); ++i) {
    const auto& [first, last] = kLookalikes[i];
    if (character >= first && character <= last) return tables[i][character - first];
  }
  return 0;
}

}  // namespace switchboard::redaction
