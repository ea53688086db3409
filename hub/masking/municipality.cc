#include "hub/masking/municipality.h"

#include <algorithm>

#include "hub/masking/characters.h"
#include "hub/masking/house_number.h"
#include "hub/masking/street.h"

namespace switchboard::masking {
namespace {

constexpr size_t kHanBytes = 3;

// Bytes up to the end of the first of `ends` that has at least one character before it. 0 when
// there is none. A market (市場) is no city.
size_t EndOfFirst(std::string_view text, Words ends) {
  size_t at = 0;
  if (!text.empty()) NextCharacter(text, &at);
  while (at < text.size()) {
    const size_t end = at + BeginsWith(text.substr(at), ends);
    const bool market =
        text.substr(at, end - at) == "市" && BeginsWith(text.substr(end), {"場", "场"}) > 0;
    if (end > at && !market) return end;
    NextCharacter(text, &at);
  }
  return 0;
}

size_t EndOfTown(std::string_view text) {
  // Elsewhere the next character is of a district: 雫石町町裏.
  const size_t odd = BeginsWith(text, {"大町町", "玉村町"});
  return odd > 0 ? odd : EndOfFirst(text, {"町", "村"});
}

// Cities with wards, which their law designates: a 区 behind any other is a part of a town.
bool HasWards(std::string_view city) {
  return BeginsWith(city,
                    {"札幌市", "仙台市", "さいたま市", "千葉市",   "横浜市", "川崎市", "相模原市",
                     "新潟市", "静岡市", "浜松市",     "名古屋市", "京都市", "大阪市", "堺市",
                     "神戸市", "岡山市", "広島市",     "北九州市", "福岡市", "熊本市"}) ==
         city.size();
}

// The ward that `text` begins with, or 0. Their names have at most four characters: 青葉区,
// 安佐南区, and none ends in a numeral or lies in a town: 端野町一区.
size_t EndOfWard(std::string_view text) {
  constexpr size_t kNameBytesMax = 4 * kHanBytes;
  const size_t end = EndOfFirst(text, {"区"});
  if (end == 0 || end > kNameBytesMax + kHanBytes) return 0;
  const std::string_view name = text.substr(0, end - kHanBytes);
  const bool of_town = EndOfFirst(name, {"町", "字", "丁"}) > 0;
  const bool numbered =
      EndsWith(name, {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"});
  return of_town || numbered ? 0 : end;
}

size_t EndInJapan(std::string_view text) {
  // Names that hold the character that ends their own rank or another.
  if (const size_t odd = BeginsWith(
          text, {"四日市市", "廿日市市", "野々市市", "大和郡山市", "小郡市", "蒲郡市", "余市町"})) {
    return odd;
  }
  const size_t city = EndOfFirst(text, {"市"});
  const size_t ward = EndOfWard(text);
  const size_t county = EndOfFirst(text, {"郡"});
  // 鈴鹿市郡山町 lies in no county.
  if (county > 0 && (city == 0 || county < city || BeginsWith(text, {"余市郡", "高市郡"}) > 0)) {
    const size_t town = EndOfTown(text.substr(county));
    if (town > 0 || county == text.size()) return county + town;
  }
  if (city > 0 && (ward == 0 || city < ward)) {
    return HasWards(text.substr(0, city)) ? city + EndOfWard(text.substr(city)) : city;
  }
  if (ward > 0) return ward;
  // Without its county a town looks like a part of a city, which numbers follow more often.
  return FirstNumber(text, "JP") < text.size() ? 0 : EndOfTown(text);
}

// Parts of towns and markets end as districts do: 阳光小区, 工业区, 开发区, 新区, 轻纺城东区, 三区,
// A区, 超市.
bool IsCompound(std::string_view text) {
  if (text.ends_with("超市")) return true;
  if (!EndsWith(text, {"区", "區"}) || text == "二七区") return false;
  constexpr size_t kShortNameBytes = 3 * kHanBytes;
  const std::string_view name = text.substr(0, text.size() - kHanBytes);
  const Words kSides = {"东", "西", "南", "北", "中", "東"};
  return name.empty() || static_cast<unsigned char>(name.back()) < 0x80 ||
         (name.size() > kShortNameBytes && EndsWith(name, kSides)) ||
         EndsWith(name, {"小",   "社",   "校", "厂", "廠", "业", "業", "业园", "業園",
                         "技园", "技園", "属", "屬", "易", "贸", "貿", "一",   "二",
                         "三",   "四",   "五", "六", "七", "八", "九", "十"});
}

// Whether a street, or the town around it, stands inside `text`. At its end they are part of a
// name: 让胡路区, 景德镇市.
bool HoldsFinerPart(std::string_view text) {
  const size_t inside = text.size() - std::min(text.size(), 2 * kHanBytes);
  if (FirstStreetSign(text, kHanBytes) < inside) return true;
  for (size_t at = kHanBytes; at < inside; at += kHanBytes) {
    if (BeginsWith(text.substr(at), {"街道", "镇", "鎮"})) return true;
  }
  return false;
}

size_t EndInChina(std::string_view text, Words ends) {
  if (const size_t league = BeginsWith(text, {"锡林郭勒盟", "兴安盟", "阿拉善盟"})) return league;
  size_t end = EndOfFirst(text, ends);
  // Many streets have 红旗 in their name, so a banner ends where the text does.
  if (end == 0 && text.ends_with("旗")) end = text.size();
  // 津市市, 左鎮區. Behind longer names a second ending begins what comes next: 广州市市桥.
  if (end == 2 * kHanBytes) end += BeginsWith(text.substr(end), ends);
  const bool of_town = BeginsWith(text.substr(end), {"镇", "鎮", "乡", "鄉"}) > 0;
  const std::string_view found = text.substr(0, end);
  // 呼和浩特市 is among the longest; 箱包城慧腾服装市 is a market.
  constexpr size_t kCityBytesMax = 5 * kHanBytes;
  if (found.ends_with("市") && found.size() > kCityBytesMax) return 0;
  return of_town || IsCompound(found) || HoldsFinerPart(found) ? 0 : end;
}

size_t EndInKorea(std::string_view text) {
  size_t end = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t behind = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, behind - begin);
    if (!word.empty() && !EndsWith(word, {"시", "군", "구"})) break;
    end = behind;
    begin = behind + 1;
  }
  return end;
}

}  // namespace

size_t EndOfMunicipality(std::string_view text, std::string_view country) {
  if (country == "JP") return EndInJapan(text);
  if (country == "KR") return EndInKorea(text);
  if (country == "CN") return EndInChina(text, {"自治州", "市", "县", "縣", "区", "區"});
  if (country == "TW") {
    return EndInChina(text, {"市", "區", "区", "鄉", "乡", "鎮", "镇", "縣", "县"});
  }
  return 0;
}

}  // namespace switchboard::masking
