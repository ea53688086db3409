#include "hub/redaction/cards.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "hub/base/card_number.h"
#include "hub/base/digit_groups.h"
#include "hub/redaction/card_places.h"
#include "hub/redaction/cue_words.h"
#include "hub/redaction/identity_numbers.h"
#include "hub/redaction/masked_card.h"
#include "hub/redaction/number_line.h"

namespace switchboard::redaction {
namespace {

using Kind = v1::TextMark;

constexpr size_t kDigitsMin = 12;
constexpr size_t kDigitsMax = 19;
constexpr size_t kLastDigits = 4;   // that are kept
constexpr size_t kBehindCard = 32;  // characters in which a card's code is looked for
constexpr size_t kBehindWord = 16;  // the same behind a word for it
constexpr size_t kBesideWord = 48;  // between a number of no scheme and a word for a card

const CueWords& CodeWords() {
  static const CueWords& words = *new const CueWords(
      "cvv cvv2 cvc cvc2 cvn csc cid security_code card_code verification_code pin pin_number "
      "セキュリティコード セキュリティーコード セキュリティ番号 セキュリティ 暗証番号 安全码 "
      "安全碼 "
      "检查码 檢查碼 驗證碼 卡背面 后三码 末三码 보안코드 보안_코드 비밀번호");
  return words;
}

const CueWords& CardWords() {
  static const CueWords& words = *new const CueWords(
      "card cards cc visa mastercard amex jcb debit_card credit_card pan カード クレジット クレカ "
      "卡号 卡 카드");
  return words;
}

const CueWords& DeviceWords() {
  static const CueWords& words = *new const CueWords("imei meid 端末 シリアル 机身");
  return words;
}

bool IsAlike(std::string_view digits) {
  return digits.find_first_not_of(digits[0]) == std::string_view::npos;
}

// YYYYMMDDhhmmss.
bool IsStamp(std::string_view digits) {
  return digits.size() == 14 && digits.starts_with("20") && IsYearToSecond(digits.substr(2));
}

// A year of the last or this century, or MMYY.
bool IsYearOrExpiry(std::string_view four) {
  const std::string_view front = four.substr(0, 2);
  return front == "19" || front == "20" || (front >= "01" && front <= "12" && four[2] >= '2');
}

// All but the last four of some digits as asterisks.
std::string Shown(std::string digits) {
  const size_t hidden = digits.size() - std::min(kLastDigits, digits.size());
  std::fill_n(digits.begin(), hidden, '*');
  return digits;
}

// What was found, and which characters its places are.
struct Found {
  size_t begin, end;
  v1::TextMark::Kind kind;
  std::string shown;               // by place
  std::vector<size_t> characters;  // by place; none when words stand for digits
};

class CardSearch {
 public:
  explicit CardSearch(const Marks& marks) : text_(marks.text()), taken_(text_.size()) {
    for (size_t i = 0; i < text_.size(); ++i) {
      const v1::TextMark::Kind kind = marks.KindAt(i);
      identity_.push_back(kind == Kind::KIND_IDENTITY_NUMBER || kind == Kind::KIND_ACCOUNT);
    }
  }

  std::vector<Found> Run() {
    if (text_.digits() * 2 >= kDigitsMin) {
      FindIn(WrittenPlaces(text_, {}));
      if (const std::vector<bool> words = BesideDigits(); !words.empty()) {
        FindIn(WrittenPlaces(text_, words));
      }
      TakeLongest();
    }
    FindIn(SpelledPlaces(text_));
    TakeLongest();
    for (MaskedCard& card : MaskedCards(text_, [&](size_t at) { return IsNearWord(at, at); })) {
      const size_t begin = card.characters.front(), end = card.characters.back() + 1;
      Take({begin, end, Kind::KIND_CARD, std::move(card.shown), std::move(card.characters)});
    }
    FindCodes();
    return std::move(found_);
  }

 private:
  struct Code {
    size_t begin, end;
  };
  // What looks with and without some characters found, which may overlap.
  struct Number {
    bool of_scheme, printed;
    Found found;
  };

  // HanBesideDigits, and the letters that may be digits: a number may stand behind one.
  std::vector<bool> BesideDigits() const {
    std::vector<bool> words = HanBesideDigits(text_);
    for (size_t i = 0; i < text_.size(); ++i) {
      const char32_t c = text_.plain()[i];
      const bool letter = text_.loose()[i] == U'o' || c == U'l' || c == U'I';
      const bool touches =
          (i > 0 && text_.digit(i - 1) >= 0) || (i + 1 < text_.size() && text_.digit(i + 1) >= 0);
      if (!letter || !touches || text_.digit(i) >= 0) continue;
      words.resize(text_.size());
      words[i] = true;
    }
    return words;
  }

  // A scheme's number goes before one that only a word says is one, the groups of cards before
  // others, and the whole before a part.
  void TakeLongest() {
    std::stable_sort(numbers_.begin(), numbers_.end(), [](const Number& a, const Number& b) {
      return std::tuple(a.of_scheme, a.printed, a.found.shown.size()) >
             std::tuple(b.of_scheme, b.printed, b.found.shown.size());
    });
    for (Number& number : numbers_) Take(std::move(number.found));
    numbers_.clear();
  }

  bool IsNearWord(size_t begin, size_t end) const {
    constexpr auto kText = CueWords::Reach::kText;
    return CardWords().StandBefore(text_, begin, kBesideWord, kText) ||
           CardWords().StandBehind(text_, end, kBesideWord, kText);
  }

  void FindIn(const CardPlaces& places) {
    for (size_t i = 0; i < places.groups.size();) {
      const size_t end = EndOfNumber(places, i);
      if (end > 0) {
        const size_t first = places.groups[i].first, behind = places.groups[end - 1].behind;
        Add(places, first, behind, IsPrinted(places, i, end),
            Shown(places.digits.substr(first, behind - first)));
      } else {
        FindInside(places, places.groups[i]);
      }
      i = std::max(end, i + 1);
    }
  }

  // Behind the last group of a number that begins with a group, or 0: of the longest that is
  // grouped as cards are, or else of the longest.
  size_t EndOfNumber(const CardPlaces& places, size_t begin) const {
    const std::vector<CardPlaces::Group>& groups = places.groups;
    size_t end = 0, printed = 0;
    for (size_t i = begin; i < groups.size() && (i == begin || groups[i].joined); ++i) {
      const size_t size = groups[i].behind - groups[begin].first;
      if (size > kDigitsMax) break;
      if (size < kDigitsMin || !IsNumber(places, begin, i + 1)) continue;
      end = i + 1;
      if (IsPrinted(places, begin, end)) printed = end;
    }
    return printed > 0 ? printed : end;
  }

  bool IsNumber(const CardPlaces& places, size_t group, size_t end) const {
    const size_t first = places.groups[group].first, behind = places.groups[end - 1].behind;
    const std::string digits = places.digits.substr(first, behind - first);
    if (!PassesLuhn(digits) || IsAlike(digits)) return false;
    const auto guessed =
        std::count(places.guessed.begin() + static_cast<std::ptrdiff_t>(first),
                   places.guessed.begin() + static_cast<std::ptrdiff_t>(behind), true);
    if (!places.spelled && static_cast<size_t>(guessed) * 2 > digits.size()) return false;
    const size_t at = places.begins[first], till = places.ends[behind - 1];
    if (DeviceWords().StandBefore(text_, at, kBehindWord)) return false;
    if (IsCardNumberInText(digits)) return true;
    const bool dialled = at > 0 && text_.plain()[at - 1] == U'+';
    return guessed == 0 && !dialled && !IsStamp(digits) && IsPrinted(places, group, end) &&
           !IsPartOfPrinted(places, group, end) && IsNearWord(at, till);
  }

  // Three groups of four of a number with four, which fails its check; a code of four may stand
  // behind that. What stands apart in another way, or reads as a date, is none of its groups.
  bool IsPartOfPrinted(const CardPlaces& places, size_t group, size_t end) const {
    constexpr size_t kPart = 3, kWhole = 4, kWithCode = 5;  // groups
    const std::vector<CardPlaces::Group>& groups = places.groups;
    const auto before = [&](size_t i) {
      const size_t at = places.ends[groups[i].first - 1];
      return text_.plain().substr(at, places.begins[groups[i].first] - at);
    };
    const auto is_four = [&](size_t i) { return groups[i].size() == 4; };
    if (end - group != kPart || !is_four(group) || !is_four(group + 1) || !is_four(group + 2))
      return false;
    const auto between = before(group + 1);
    if (before(group + 2) != between) return false;
    const auto joins = [&](size_t i) { return groups[i].joined && before(i) == between; };
    size_t first = group, behind = end;
    while (first > 0 && joins(first) && is_four(first - 1) && behind - first <= kWithCode) --first;
    while (behind < groups.size() && joins(behind) && is_four(behind) &&
           !IsYearOrExpiry(std::string_view(places.digits).substr(groups[behind].first, 4)) &&
           behind - first <= kWithCode)
      ++behind;
    return behind - first == kWhole || behind - first == kWithCode;
  }

  // In one run, or in the groups of cards.
  static bool IsPrinted(const CardPlaces& places, size_t group, size_t end) {
    if (end - group == 1) return true;
    std::vector<size_t> sizes;
    for (size_t i = group; i < end; ++i) sizes.push_back(places.groups[i].size());
    if (sizes == std::vector<size_t>{4, 6, 5} || sizes == std::vector<size_t>{4, 6, 4}) return true;
    return sizes.back() <= 4 &&
           std::all_of(sizes.begin(), sizes.end() - 1, [](size_t size) { return size == 4; });
  }

  // A number with its expiry or code typed on. All of the run goes.
  void FindInside(const CardPlaces& places, const CardPlaces::Group& group) {
    if (group.size() <= kDigitsMax) return;
    const std::string_view run = std::string_view(places.digits).substr(group.first, group.size());
    // Most cards have 16 digits, and any of these lengths would be found by chance.
    for (const size_t size : {16u, 15u, 14u, 19u, 18u, 17u, 13u}) {
      for (size_t at = 0; at + size <= run.size(); ++at) {
        if (!IsCardNumberInText(run.substr(at, size))) continue;
        std::string shown(run.size(), '*');
        const size_t last = at + size - kLastDigits;
        shown.replace(last, kLastDigits, run.substr(last, kLastDigits));
        return Add(places, group.first, group.behind, true, std::move(shown));
      }
    }
  }

  void Add(const CardPlaces& places, size_t first, size_t behind, bool printed, std::string shown) {
    std::vector<size_t> characters(places.begins.begin() + static_cast<std::ptrdiff_t>(first),
                                   places.begins.begin() + static_cast<std::ptrdiff_t>(behind));
    const size_t begin = places.begins[first], end = places.ends[behind - 1];
    for (size_t i = first; i < behind; ++i) {
      if (places.ends[i] - places.begins[i] > 1) characters.clear();
    }
    const bool of_scheme =
        IsCardNumberInText(std::string_view(places.digits).substr(first, behind - first));
    Found found{begin, end, Kind::KIND_CARD, std::move(shown), std::move(characters)};
    numbers_.push_back({of_scheme, printed, std::move(found)});
  }

  // What is an id by its own check digits is one, and what was found before stays.
  void Take(Found found) {
    for (size_t i = found.begin; i < found.end; ++i) {
      if (taken_[i] || (found.kind == Kind::KIND_CARD && identity_[i])) return;
    }
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(found.begin),
              taken_.begin() + static_cast<std::ptrdiff_t>(found.end), true);
    found_.push_back(std::move(found));
  }

  // Three or four digits or asterisks that stand alone.
  std::vector<Code> Codes() const {
    std::vector<Code> codes;
    for (size_t begin = 0; begin < text_.size();) {
      const bool digit = text_.digit(begin) >= 0;
      const auto belongs = [&](size_t i) {
        return digit ? text_.digit(i) >= 0 : text_.plain()[i] == U'*';
      };
      size_t end = begin;
      while (end < text_.size() && belongs(end)) ++end;
      const size_t size = end - begin;
      if ((size == 3 || size == 4) && !taken_[begin] && IsAlone(begin, end)) {
        codes.push_back({begin, end});
      }
      begin = std::max(end, begin + 1);
    }
    return codes;
  }

  // Digits or asterisks in a row from `index` on, forward or back, with none taken.
  size_t RunFrom(size_t index, bool back) const {
    size_t size = 0;
    for (size_t i = index; i < text_.size() && !taken_[i]; i = back ? i - 1 : i + 1, ++size) {
      if (text_.digit(i) < 0 && text_.plain()[i] != U'*') break;
    }
    return size;
  }

  // Not in a phone number, a date, a year or a row of such groups.
  bool IsAlone(size_t begin, size_t end) const {
    const auto is_part = [&](size_t sign, size_t other) {
      const bool masked = text_.loose()[other] == U'x';
      if ((text_.digit(other) < 0 && !masked) || taken_[other]) return false;
      const char32_t c = text_.plain()[sign];
      return c == U'/' || c == U'.' ||
             (text_.separates(sign) && c != U' ' && c != U',' && c != U':' && c != U'\n');
    };
    const auto touches = [&](size_t i) { return text_.digit(i) >= 0 || text_.plain()[i] == U'*'; };
    if ((begin > 0 && touches(begin - 1)) || (end < text_.size() && touches(end))) return false;
    constexpr size_t kGroup = 3;
    if (begin >= 2 && text_.plain()[begin - 1] == U' ' && RunFrom(begin - 2, true) >= kGroup) {
      return false;
    }
    if (end + 1 < text_.size() && text_.plain()[end] == U' ' && RunFrom(end + 1, false) >= kGroup) {
      return false;
    }
    if (begin >= 2 && is_part(begin - 1, begin - 2)) return false;
    if (end + 1 < text_.size() && is_part(end, end + 1)) return false;
    return end == text_.size() || text_.plain()[end] != U'年';
  }

  void FindCodes() {
    const std::vector<Code> codes = Codes();
    if (codes.empty()) return;
    const auto from = [&](size_t begin) {
      return std::partition_point(codes.begin(), codes.end(),
                                  [&](const Code& code) { return code.begin < begin; });
    };
    const std::vector<Found> cards = found_;
    for (const Found& card : cards) {
      for (auto code = from(card.end); code != codes.end(); ++code) {
        if (code->begin > card.end + kBehindCard) break;
        TakeCode(*code);
      }
    }
    for (const size_t word : CodeWords().EndsIn(text_)) {
      for (auto code = from(word); code != codes.end(); ++code) {
        if (code->begin > word + kBehindWord) break;
        if (taken_[code->begin]) continue;
        TakeCode(*code);
        break;
      }
    }
  }

  void TakeCode(const Code& code) {
    Found found{
        code.begin, code.end, Kind::KIND_CARD_CODE, std::string(code.end - code.begin, '*'), {}};
    for (size_t i = code.begin; i < code.end; ++i) found.characters.push_back(i);
    Take(std::move(found));
  }

  const FoldedText& text_;
  std::vector<bool> taken_, identity_;  // by character
  std::vector<Number> numbers_;         // that are not taken yet
  std::vector<Found> found_;
};

// Whether a text can hold a card or a code. Nearly all notes cannot, and cost one pass.
bool MayHoldCard(std::string_view text) {
  constexpr size_t kSpelledMin = 40;  // bytes of twelve words for digits
  size_t places = 0;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return true;
    places += (c >= '0' && c <= '9') || c == '*';
  }
  if (places >= 3) return true;
  if (text.size() < kSpelledMin) return false;
  const auto holds = [&](std::string_view word) { return text.find(word) != text.npos; };
  // Twelve digits without five of the ten are few; each of those is spelled with one of these.
  return holds("ne") || holds("NE") || holds("our") || holds("OUR") || holds("ive") ||
         holds("IVE") || holds("ouble") || holds("OUBLE");
}

// Appends what was found, with `shown` in its places.
void AppendShown(const FoldedText& text, const Found& found, std::string* kept) {
  if (found.characters.empty()) {
    *kept += found.shown;
    return;
  }
  size_t place = 0;
  for (size_t i = found.begin; i < found.end; ++i) {
    const bool is_place = place < found.characters.size() && found.characters[place] == i;
    if (is_place) {
      *kept += found.shown[place++];
    } else if (i == 0 || text.begin_byte(i) != text.begin_byte(i - 1)) {
      *kept += text.Typed(i, i + 1);
    }
  }
}

}  // namespace

void FindCards(Marks* marks) {
  if (!MayHoldCard(marks->text().typed())) return;
  for (Found& found : CardSearch(*marks).Run()) {
    const bool is_card = found.kind == Kind::KIND_CARD;
    marks->Add({found.begin, found.end, found.kind, false, is_card ? found.shown : "code"});
  }
}

size_t HideCardNumbers(std::string* text) {
  if (!MayHoldCard(*text)) return 0;
  size_t hidden = 0;
  std::string kept;
  {
    const FoldedText folded(*text);
    Marks marks(folded);
    std::vector<Found> all = CardSearch(marks).Run();
    const bool has_card = std::any_of(
        all.begin(), all.end(), [](const Found& found) { return found.kind == Kind::KIND_CARD; });
    if (has_card) {
      FindIdentityNumbers(&marks);
      all = CardSearch(marks).Run();
    }
    std::sort(all.begin(), all.end(),
              [](const Found& a, const Found& b) { return a.begin < b.begin; });
    size_t byte = 0;
    for (const Found& found : all) {
      const std::string_view typed = folded.Typed(found.begin, found.end);
      const auto begin = static_cast<size_t>(typed.data() - folded.typed().data());
      if (begin < byte) continue;
      kept += folded.typed().substr(byte, begin - byte);
      const size_t at = kept.size();
      AppendShown(folded, found, &kept);
      hidden += std::string_view(kept).substr(at) != typed;
      byte = begin + typed.size();
    }
    kept += folded.typed().substr(byte);
  }
  if (hidden > 0) *text = std::move(kept);
  return hidden;
}

}  // namespace switchboard::redaction
