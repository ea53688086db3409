#include "hub/redaction/chinese_address.h"

#include <unicode/locid.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "hub/redaction/loose_letter.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Kind = ChineseWord::Kind;

// All words below are in the loose dress, which is simplified.

// What numbers of doors, floors and their like stand before. The longer of two with one begin
// first.
constexpr std::u32string_view kUnits[] = {
    U"号楼", U"号院", U"号", U"弄", U"幢", U"栋", U"座", U"单元", U"室", U"楼",
    U"层",   U"门面", U"门", U"间", U"房", U"组", U"巷", U"铺",   U"户", U"期",
    U"区",   U"段",   U"村", U"队", U"里", U"邻", U"路", U"街",   U"#"};
// Those that tell an address without any place.
constexpr std::u32string_view kSureUnits[] = {U"号楼", U"幢", U"栋", U"单元", U"弄", U"室"};
// What a road, an estate, a building and what else has an address ends with.
constexpr std::u32string_view kEnds[] = {
    U"省",   U"市",   U"区",   U"县",   U"镇",   U"乡",   U"村",   U"路",   U"街",   U"道",
    U"巷",   U"弄",   U"里",   U"胡同", U"花园", U"公寓", U"大厦", U"广场", U"苑",   U"城",
    U"园",   U"号",   U"栋",   U"幢",   U"单元", U"室",   U"楼",   U"层",   U"座",   U"院",
    U"庄",   U"寨",   U"组",   U"队",   U"厂",   U"店",   U"馆",   U"中心", U"市场", U"学校",
    U"宿舍", U"商城", U"小学", U"中学", U"大学", U"公司", U"桥",   U"站",   U"府",   U"湾",
    U"岛",   U"港",   U"寓",   U"旗",   U"州",   U"屯",   U"坊",   U"段",   U"银行", U"客栈",
    U"宾馆", U"超市", U"服饰", U"饰品", U"电器", U"物业", U"快递", U"部",   U"对面", U"后面",
    U"后门", U"楼下", U"楼上", U"隔壁", U"旁边", U"门口", U"附近", U"路口"};
// Of what is written of an address without being a word of the tagger's, the last one before a
// number: 望复家园6-9-1722.
constexpr std::u32string_view kBeforeNumbers =
    U"路街道巷弄村镇苑园城厦寓庄坊桥场区店厂院楼府湾里都会";
// No part of a name of a road or a building.
constexpr std::u32string_view kNotInNames =
    U"的了在是和与及我他她你您已不未没去从把被说要来还也就再让给因为欠住到至往居于搬迁址称";
// What is counted otherwise: 3000元, 5月.
constexpr std::u32string_view kCounted = U"元块万千百亿年月日天点时分秒次个位人名岁件家笔成倍折%";
constexpr std::u32string_view kHanDigits = U"〇零一二三四五六七八九十百两";
constexpr std::u32string_view kJoins = U"-_~/.、之至 ";
constexpr std::u32string_view kProvinces[] = {
    U"北京", U"天津", U"上海",   U"重庆", U"河北", U"山西", U"辽宁", U"吉林", U"黑龙江",
    U"江苏", U"浙江", U"安徽",   U"福建", U"江西", U"山东", U"河南", U"湖北", U"湖南",
    U"广东", U"海南", U"四川",   U"贵州", U"云南", U"陕西", U"甘肃", U"青海", U"台湾",
    U"香港", U"澳门", U"内蒙古", U"广西", U"西藏", U"宁夏", U"新疆", U"亚洲", U"欧洲",
    U"非洲", U"美洲", U"大陆",   U"全国", U"国外", U"海外", U"中国", U"日本", U"韩国",
    U"朝鲜", U"欧美", U"东南亚", U"华东", U"华南", U"华北"};
constexpr size_t kNounsMax = 12;  // characters that stand before a road's or building's last one

using WideNames = std::set<std::u32string, std::less<>>;

// Names of countries, provinces and continents, in the loose dress.
const WideNames& WidePlaces() {
  static const auto& wide = *new WideNames([] {
    WideNames places(std::begin(kProvinces), std::end(kProvinces));
    for (const char* const* country = icu::Locale::getISOCountries(); *country != nullptr;
         ++country) {
      icu::UnicodeString name;
      icu::Locale("", *country).getDisplayCountry(icu::Locale("zh"), name);
      std::u32string loose;
      for (int32_t i = 0; i < name.length(); i = name.moveIndex32(i, 1)) {
        loose += LooseLetter(static_cast<char32_t>(name.char32At(i)));
      }
      places.insert(std::move(loose));
    }
    return places;
  }());
  return wide;
}

template <size_t kSize>
size_t SizeOfFirst(std::u32string_view loose, const std::u32string_view (&words)[kSize]) {
  for (const std::u32string_view word : words) {
    if (loose.starts_with(word)) return word.size();
  }
  return 0;
}

template <size_t kSize>
bool EndsWithOne(std::u32string_view loose, const std::u32string_view (&words)[kSize]) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::u32string_view word) { return loose.ends_with(word); });
}

class AddressSearch {
 public:
  AddressSearch(const std::vector<ChineseWord>& words, Marks* marks)
      : words_(words), marks_(marks), text_(marks->text()) {}

  void Run() {
    for (size_t i = 0; i < words_.size(); ++i) {
      const ChineseWord& word = words_[i];
      if (word.begin < behind_) continue;
      if (IsPlace(word)) {
        FromPlace(i);
      } else if (const Units units = UnitsAt(word.begin, false); units.is_sure) {
        FromUnits(i, units.end);
      } else if (units.numbers > 0 && IsBehindRoad(word.begin)) {
        FromRoad(word.begin, units.end);
      }
    }
  }

 private:
  struct Units {
    size_t end = 0;
    size_t numbers = 0;  // with a unit
    bool is_sure = false;
  };

  std::u32string_view Loose(size_t begin, size_t end) const {
    return text_.loose().substr(begin, end - begin);
  }
  bool IsHanAt(size_t at) const { return at < text_.size() && IsHan(text_.plain()[at]); }

  // What the tagger takes for an organization is at times an address with its house.
  bool IsPlace(const ChineseWord& word) const {
    if (word.kind != Kind::kOrganization) return word.kind == Kind::kPlace;
    for (size_t i = word.begin; i + 1 < word.end; ++i) {
      if (text_.digit(i) >= 0 || IsOneOf(text_.loose()[i], U"镇乡村路")) return true;
    }
    return Loose(word.begin, word.end).find(U"街道") != std::u32string_view::npos;
  }

  // Behind a number with letters, as 47, 3A, 十二; `at` when there is none.
  size_t NumberEnd(size_t at) const {
    size_t end = at, letters = 0;
    for (; end < text_.size(); ++end) {
      const char32_t c = text_.plain()[end];
      if (c < 0x80 && text_.is_word(end)) {
        letters += text_.digit(end) < 0;
      } else if (!IsOneOf(c, kHanDigits) && !IsOneOf(c, U"甲乙丙丁")) {
        break;
      }
    }
    constexpr size_t kLettersMax = 3;
    return letters > kLettersMax ? at : end;
  }

  // Numbers with their units, one behind another, from `at` on. `in_address`: a place stands
  // before, so that a number alone may be that of a door.
  Units UnitsAt(size_t at, bool in_address) const {
    Units units{at};
    while (at < text_.size()) {
      size_t from = at;
      while (from < text_.size() && from - at < 2 &&
             (IsOneOf(text_.plain()[from], kJoins) || IsOneOf(text_.plain()[from], U"(,"))) {
        ++from;
      }
      size_t end = NumberEnd(from);
      while (end > from && end + 1 < text_.size() && IsOneOf(text_.plain()[end], kJoins) &&
             text_.plain()[end] != U' ' && NumberEnd(end + 1) > end + 1) {
        end = NumberEnd(end + 1);
      }
      if (end == from) break;
      const std::u32string_view behind = text_.loose().substr(end);
      if (const size_t unit = SizeOfFirst(behind, kUnits); unit > 0) {
        ++units.numbers;
        units.is_sure = units.is_sure || SizeOfFirst(behind, kSureUnits) > 0;
        end += unit;
      } else if (!in_address || !IsDoor(from, end)) {
        break;
      }
      if (end < text_.size() && text_.plain()[end] == U')') ++end;
      units.end = at = end;
      in_address = true;
    }
    return units;
  }

  // A number without a unit: with digits, neither a count of something nor a phone.
  bool IsDoor(size_t begin, size_t end) const {
    constexpr size_t kDigitsMax = 5;  // in a row
    size_t digits = 0, most = 0;
    for (size_t i = begin; i < end; ++i) {
      digits = text_.digit(i) < 0 ? 0 : digits + 1;
      most = std::max(most, digits);
    }
    if (most == 0 || most > kDigitsMax) return false;
    return end == text_.size() || !IsOneOf(text_.loose()[end], kCounted);
  }

  // Which word begins at `at`; their number when none does.
  size_t WordAt(size_t at) const {
    const auto found =
        std::lower_bound(words_.begin(), words_.end(), at,
                         [](const ChineseWord& word, size_t begin) { return word.begin < begin; });
    return found == words_.end() || found->begin != at
               ? words_.size()
               : static_cast<size_t>(found - words_.begin());
  }

  // Behind the nouns from `at` on, as far as the last that ends as roads and buildings do; `at`
  // when none does.
  size_t NounsEnd(size_t at) const {
    size_t end = at;
    for (size_t i = WordAt(at); i < words_.size(); ++i) {
      const ChineseWord& word = words_[i];
      if (word.begin != (i > 0 ? words_[i - 1].end : 0) && word.begin != at) break;
      if (word.kind == Kind::kOther || word.end - at > kNounsMax) break;
      if (word.kind == Kind::kPlace || word.kind == Kind::kOrganization ||
          EndsWithOne(Loose(word.begin, word.end), kEnds)) {
        end = word.end;
      }
    }
    return end;
  }

  // Behind the numbers that stand behind a name of a road or a building, which the tagger did not
  // know for one; `at` when there are none.
  size_t NumberBehindName(size_t at) const {
    size_t end = at;
    while (IsHanAt(end) && end - at < kNounsMax && !IsOneOf(text_.loose()[end], kNotInNames) &&
           text_.loose().substr(end, 1) != U"号") {
      ++end;
    }
    // The name ends where digits begin, or a letter that stands before some.
    if (end == at || !IsOneOf(text_.loose()[end - 1], kBeforeNumbers)) return at;
    const Units units = UnitsAt(end, true);
    return units.end > end ? units.end : at;
  }

  // Where an address that has come as far as `end` ends.
  size_t Grown(size_t end, bool* is_fine) const {
    while (true) {
      size_t next = UnitsAt(end, *is_fine).end;
      if (next == end) next = NumberBehindName(end);
      if (next == end) next = NounsEnd(end);
      if (next == end && end + 1 < text_.size() && IsOneOf(text_.plain()[end], U"-_ ,")) {
        // A blank or a comma between two places.
        const size_t word = WordAt(end + 1);
        if (word < words_.size() && IsPlace(words_[word])) next = words_[word].end;
      }
      if (next == end) return end;
      *is_fine = true;
      end = next;
    }
  }

  void FromPlace(size_t word) {
    const size_t begin = words_[word].begin;
    size_t end = words_[word].end;
    bool is_fine = IsFine(Loose(begin, end));
    end = Grown(end, &is_fine);
    if (is_fine) Add(begin, end);
  }

  // From a number back over the nouns before it.
  void FromUnits(size_t word, size_t end) {
    size_t begin = words_[word].begin;
    for (size_t i = word; i > 0; --i) {
      const ChineseWord& before = words_[i - 1];
      const bool noun = before.kind != Kind::kOther && before.kind != Kind::kName;
      if (!noun || before.end != begin || words_[word].begin - before.begin > kNounsMax) break;
      begin = before.begin;
    }
    bool is_fine = true;
    Add(begin, Grown(end, &is_fine));
  }

  bool IsBehindRoad(size_t at) const {
    return at >= 2 && IsOneOf(text_.loose()[at - 1], U"路街道巷弄") && IsHanAt(at - 2);
  }

  // From the number of a house back over the name of its road, whatever the tagger takes it for.
  void FromRoad(size_t number, size_t end) {
    constexpr size_t kNameMax = 6;
    size_t begin = number;
    while (begin > behind_ && number - begin < kNameMax && IsHanAt(begin - 1) &&
           !IsOneOf(text_.loose()[begin - 1], kNotInNames)) {
      --begin;
    }
    bool is_fine = true;
    Add(begin, Grown(end, &is_fine));
  }

  static bool IsFine(std::u32string_view place) {
    if (place.size() > 2 && place.ends_with(U'省')) return false;
    std::u32string_view name = place;
    if (name.size() > 2 && name.ends_with(U'市')) name.remove_suffix(1);
    return !WidePlaces().contains(name);
  }

  void Add(size_t begin, size_t end) {
    while (begin < end && !text_.is_word(begin)) ++begin;
    while (end > begin && !text_.is_word(end - 1) && text_.plain()[end - 1] != U')') --end;
    if (begin == end) return;
    marks_->Add({begin, end, v1::TextMark::KIND_ADDRESS});
    behind_ = end;
  }

  const std::vector<ChineseWord>& words_;
  Marks* const marks_;
  const FoldedText& text_;
  size_t behind_ = 0;  // the address before
};

}  // namespace

void FindChineseAddresses(const std::vector<ChineseWord>& words, Marks* marks) {
  AddressSearch(words, marks).Run();
}

}  // namespace switchboard::redaction
