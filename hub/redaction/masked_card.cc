#include "hub/redaction/masked_card.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "hub/base/card_number.h"
#include "hub/redaction/card_places.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kPlacesMin = 12;
constexpr size_t kPlacesMax = 19;
constexpr size_t kSeparatorsMax = 3;
constexpr size_t kFirstMax = 8;      // digits that are seen in front
constexpr size_t kSchemeDigits = 4;  // of them tell the scheme
constexpr size_t kLastMin = 2;       // digits that are seen at the end
constexpr size_t kLastMax = 4;
constexpr size_t kMasksMin = 2;       // between digits
constexpr size_t kMasksAloneMin = 8;  // in front of the last ones

bool IsMask(const FoldedText& text, size_t index) {
  constexpr std::u32string_view kMasks = U"*#•●○◯✱∗■□█×";
  const char32_t c = text.plain()[index];
  if (text.in_mark(index)) return false;
  if (text.loose()[index] != U'x') return kMasks.find(c) != std::u32string_view::npos;
  const auto is_letter = [&](size_t i) {
    return text.is_word(i) && text.digit(i) < 0 && text.loose()[i] != U'x';
  };
  return (index == 0 || !is_letter(index - 1)) &&
         (index + 1 == text.size() || !is_letter(index + 1));
}

// Signs that mask, all of one sort, in a row with three separators between two at most.
struct Block {
  std::vector<size_t> characters;
  bool divided = false;
  bool letters = false;  // of "XXXX"
};

Block BlockAt(const FoldedText& text, size_t begin) {
  Block block;
  block.letters = text.loose()[begin] == U'x';
  for (size_t i = begin; i < text.size(); ++i) {
    if (IsMask(text, i) && text.loose()[i] == text.loose()[begin]) {
      block.divided = block.divided || (i > begin && block.characters.back() + 1 != i);
      block.characters.push_back(i);
    } else if (!JoinsPlaces(text, i) || i - block.characters.back() > kSeparatorsMax) {
      break;
    }
  }
  return block;
}

// The digits in front of a block, in their order, and at which of them a group begins.
struct First {
  std::vector<size_t> characters;
  std::vector<bool> begins_group;
};

First FirstBefore(const FoldedText& text, size_t begin) {
  First first;
  size_t gap = 0;
  for (size_t i = begin; i > 0 && first.characters.size() < kFirstMax; --i) {
    if (text.digit(i - 1) >= 0) {
      first.characters.push_back(i - 1);
      first.begins_group.push_back(i == 1 || text.digit(i - 2) < 0);
      gap = 0;
    } else if (!JoinsPlaces(text, i - 1) || ++gap > kSeparatorsMax) {
      break;
    }
  }
  return first;
}

// The digits behind a block, up to four, if they end there.
std::vector<size_t> LastBehind(const FoldedText& text, const Block& block) {
  std::vector<size_t> last;
  size_t i = block.characters.back() + 1, gap = 0, pieces = 0;
  for (; i < text.size() && last.size() < kLastMax; ++i) {
    if (text.digit(i) >= 0) {
      pieces += last.empty() || gap > 0;
      last.push_back(i);
      gap = 0;
    } else if (IsMask(text, i) || !JoinsPlaces(text, i) || ++gap > kSeparatorsMax) {
      break;
    }
  }
  if (last.size() < kLastMin || (last.size() < kLastMax && pieces > 1)) return {};
  const size_t behind = last.back() + 1;
  if (behind < text.size() && text.digit(behind) >= 0) return {};
  // A line of asterisks and a year behind it are no card.
  const bool apart = last.front() != block.characters.back() + 1;
  if (apart && !block.divided) return {};
  return last;
}

class Reading {
 public:
  Reading(const FoldedText& text, const std::function<bool(size_t)>& is_near_word)
      : text_(text), is_near_word_(is_near_word) {}

  std::optional<MaskedCard> CardAt(const Block& block) const {
    const First first = FirstBefore(text_, block.characters.front());
    const std::vector<size_t> last = LastBehind(text_, block);
    if (last.empty()) return std::nullopt;
    // The most digits in front with which it is a card; a few only where they touch it.
    const bool touches =
        !first.characters.empty() && first.characters.front() + 1 == block.characters.front();
    for (size_t seen = first.characters.size() + 1; seen > 0; --seen) {
      const size_t size = seen - 1;
      if (size > 0 && !first.begins_group[size - 1]) continue;
      if (size > 0 && size < kSchemeDigits && !touches) continue;
      if (IsCard(first, size, block, last.size())) return Card(first, size, block, last);
    }
    return std::nullopt;
  }

 private:
  bool IsCard(const First& first, size_t size, const Block& block, size_t last) const {
    const size_t masks = block.characters.size();
    const size_t places = size + masks + last;
    if (places < kPlacesMin) return false;
    if (size < kSchemeDigits) return masks >= kMasksAloneMin;
    if (masks < kMasksMin || places > kPlacesMax) return false;
    std::string digits;
    for (size_t i = 0; i < kSchemeDigits; ++i) {
      digits += static_cast<char>('0' + text_.digit(first.characters[size - 1 - i]));
    }
    return IsOfSchemeInText(digits, places) || is_near_word_(first.characters[size - 1]);
  }

  MaskedCard Card(const First& first, size_t size, const Block& block,
                  const std::vector<size_t>& last) const {
    MaskedCard card;
    for (size_t i = size; i > 0; --i) card.characters.push_back(first.characters[i - 1]);
    card.characters.insert(card.characters.end(), block.characters.begin(), block.characters.end());
    card.shown.assign(card.characters.size(), '*');
    for (const size_t i : last) {
      card.characters.push_back(i);
      card.shown += static_cast<char>('0' + text_.digit(i));
    }
    // What was typed on to a number was masked with it.
    for (size_t i = last.back() + 1; i < text_.size() && IsMask(text_, i); ++i) {
      card.characters.push_back(i);
      card.shown += '*';
    }
    return card;
  }

  const FoldedText& text_;
  const std::function<bool(size_t)>& is_near_word_;
};

// Letters mask whatever somebody left out of a text. They are a card's where nothing divides them,
// or one and the same sign all through, and there are as many as most cards have.
bool IsEven(const FoldedText& text, const MaskedCard& card) {
  constexpr size_t kMost = 14;
  char32_t sign = 0;
  for (size_t i = 1; i < card.characters.size(); ++i) {
    const size_t before = card.characters[i - 1], at = card.characters[i];
    if (at == before + 1) continue;
    if (at > before + 2 || (sign != 0 && text.plain()[before + 1] != sign)) return false;
    sign = text.plain()[before + 1];
  }
  return card.characters.size() >= kMost;
}

}  // namespace

std::vector<MaskedCard> MaskedCards(const FoldedText& text,
                                    const std::function<bool(size_t)>& is_near_word) {
  std::vector<MaskedCard> cards;
  const Reading reading(text, is_near_word);
  for (size_t at = 0; at < text.size();) {
    if (!IsMask(text, at)) {
      ++at;
      continue;
    }
    const Block block = BlockAt(text, at);
    std::optional<MaskedCard> card = reading.CardAt(block);
    if (card.has_value() && block.letters && !IsEven(text, *card)) card.reset();
    at = block.characters.back() + 1;
    if (!card.has_value()) continue;
    at = card->characters.back() + 1;
    cards.push_back(*std::move(card));
  }
  return cards;
}

}  // namespace switchboard::redaction
