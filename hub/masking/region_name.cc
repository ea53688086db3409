#include "hub/masking/region_name.h"

#include <unicode/uchar.h>

#include "hub/masking/characters.h"

namespace switchboard::masking {
namespace {

bool WordEndsBefore(std::string_view text) {
  size_t at = 0;
  return text.empty() || u_isalnum(NextCharacter(text, &at)) == 0;
}

// Bytes of one of `names` with one of `endings`, or alone.
size_t EndOfOneOf(std::string_view text, Words names, Words endings) {
  for (const std::string_view name : names) {
    if (!text.starts_with(name)) continue;
    const std::string_view rest = text.substr(name.size());
    const size_t ending = BeginsWith(rest, endings);
    if (ending > 0 || WordEndsBefore(rest)) return name.size() + ending;
  }
  return 0;
}

size_t EndOfPrefecture(std::string_view text) {
  if (const size_t end = EndOfOneOf(text, {"東京"}, {"都"})) return end;
  if (const size_t end = EndOfOneOf(text, {"北海"}, {"道"})) return end;
  if (const size_t end = EndOfOneOf(text, {"京都", "大阪"}, {"府"})) return end;
  return EndOfOneOf(
      text,
      {"青森",   "岩手", "宮城", "秋田",   "山形", "福島", "茨城", "栃木", "群馬",   "埼玉", "千葉",
       "神奈川", "新潟", "富山", "石川",   "福井", "山梨", "長野", "岐阜", "静岡",   "愛知", "三重",
       "滋賀",   "兵庫", "奈良", "和歌山", "鳥取", "島根", "岡山", "広島", "山口",   "徳島", "香川",
       "愛媛",   "高知", "福岡", "佐賀",   "長崎", "熊本", "大分", "宮崎", "鹿児島", "沖縄"},
      {"県", "縣"});
}

// In both writings.
size_t EndOfProvince(std::string_view text) {
  if (const size_t end = EndOfOneOf(text, {"北京", "天津", "上海", "重庆", "重慶"}, {"市"})) {
    return end;
  }
  if (const size_t end = EndOfOneOf(text, {"香港", "澳门", "澳門"}, {"特别行政区", "特別行政區"})) {
    return end;
  }
  if (const size_t end =
          EndOfOneOf(text,
                     {"内蒙古", "內蒙古", "广西壮族", "廣西壯族", "广西", "廣西", "西藏",
                      "宁夏回族", "寧夏回族", "宁夏", "寧夏", "新疆维吾尔", "新疆維吾爾", "新疆"},
                     {"自治区", "自治區"})) {
    return end;
  }
  return EndOfOneOf(text,
                    {"河北", "山西", "辽宁", "遼寧", "吉林", "黑龙江", "黑龍江", "江苏", "江蘇",
                     "浙江", "安徽", "福建", "江西", "山东", "山東",   "河南",   "湖北", "湖南",
                     "广东", "廣東", "海南", "四川", "贵州", "貴州",   "云南",   "雲南", "陕西",
                     "陝西", "甘肃", "甘肅", "青海", "台湾", "台灣",   "臺灣"},
                    {"省"});
}

size_t EndOfTaiwansRegion(std::string_view text) {
  if (const size_t end = EndOfOneOf(text,
                                    {"臺北", "台北", "新北", "桃園", "桃园", "臺中", "台中", "臺南",
                                     "台南", "高雄", "基隆", "新竹", "嘉義", "嘉义"},
                                    {"市"})) {
    return end;
  }
  return EndOfOneOf(text, {"新竹", "苗栗", "彰化", "南投", "雲林", "云林", "嘉義", "嘉义",
                           "屏東", "屏东", "宜蘭", "宜兰", "花蓮", "花莲", "臺東", "台東",
                           "台东", "澎湖", "金門", "金门", "連江", "连江"},
                    {"縣", "县"});
}

size_t EndOfKoreasRegion(std::string_view text) {
  return EndOfOneOf(text,
                    {"서울",   "부산", "대구", "인천",   "광주",   "대전",   "울산",   "세종",
                     "경기",   "강원", "제주", "충청북", "충청남", "전라북", "전라남", "경상북",
                     "경상남", "충북", "충남", "전북",   "전남",   "경북",   "경남"},
                    {"특별자치시", "특별자치도", "특별시", "광역시", "시", "도"});
}

}  // namespace

size_t EndOfRegion(std::string_view text, std::string_view country) {
  if (country == "JP") return EndOfPrefecture(text);
  if (country == "CN") return EndOfProvince(text);
  if (country == "TW") return EndOfTaiwansRegion(text);
  if (country == "KR") return EndOfKoreasRegion(text);
  return 0;
}

}  // namespace switchboard::masking
