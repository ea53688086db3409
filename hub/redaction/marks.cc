#include "hub/redaction/marks.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::redaction {
namespace {

// Who wins where spans overlap: the smaller.
int RankOf(const Span& span) {
  switch (span.kind) {
    case v1::TextMark::KIND_CARD:
    case v1::TextMark::KIND_CARD_CODE:
      return 0;
    case v1::TextMark::KIND_ADDRESS:
      return span.own ? 1 : 3;
    case v1::TextMark::KIND_NAME:
      return span.own ? 1 : 4;
    default:
      return span.own ? 1 : 2;
  }
}

bool IsBlank(char32_t character) { return u_isUWhiteSpace(static_cast<UChar32>(character)) != 0; }

// Characters of a text, each with the span that has it.
class Owners {
 public:
  explicit Owners(const FoldedText& text) : text_(text), owner_(text.size(), kNobody) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text.in_mark(i)) owner_[i] = kTypedMark;
    }
  }

  // Gives a span what nobody has of it.
  void Take(const Span& span) {
    for (size_t begin = span.begin; begin < span.end;) {
      if (owner_[begin] != kNobody) {
        ++begin;
        continue;
      }
      size_t end = begin;
      while (end < span.end && owner_[end] == kNobody) ++end;
      TakePiece(span, begin, end);
      begin = end;
    }
  }

  std::vector<Span> Spans() const {
    std::vector<Span> spans;
    for (size_t begin = 0; begin < owner_.size();) {
      const int owner = owner_[begin];
      size_t end = begin + 1;
      while (end < owner_.size() && owner_[end] == owner) ++end;
      if (owner >= 0) AddTrimmed(kept_[static_cast<size_t>(owner)], begin, end, &spans);
      begin = end;
    }
    return spans;
  }

 private:
  // Spans of one kind that are one, in the name of the first.
  struct Kept {
    Span span;
    std::vector<size_t> begins, ends;  // of all of them
  };

  static constexpr int kNobody = -1;
  static constexpr int kTypedMark = -2;

  // Who has the character, if it is of the same kind and lies in the span too.
  int KinAt(const Span& span, size_t index) const {
    if (index < span.begin || index >= span.end || owner_[index] < 0) return kNobody;
    const Kept& kin = kept_[static_cast<size_t>(owner_[index])];
    return kin.span.kind == span.kind ? owner_[index] : kNobody;
  }

  void TakePiece(const Span& span, size_t begin, size_t end) {
    const int before = begin == 0 ? kNobody : KinAt(span, begin - 1);
    const int behind = KinAt(span, end);
    int owner = before != kNobody ? before : behind;
    if (owner == kNobody) {
      const bool whole = begin == span.begin && end == span.end;
      // Of a span that others cut, what is left is worth a mark only if it says something.
      const auto says = [&](size_t i) { return text_.is_word(i); };
      if (!whole && !Any(begin, end, says)) return;
      owner = static_cast<int>(kept_.size());
      kept_.push_back({span, {span.begin}, {span.end}});
    } else {
      Join(span, owner);
    }
    if (before != kNobody && behind != kNobody && before != behind) {
      std::replace(owner_.begin(), owner_.end(), behind, owner);
      const Kept other = kept_[static_cast<size_t>(behind)];
      Kept& kept = kept_[static_cast<size_t>(owner)];
      kept.begins.insert(kept.begins.end(), other.begins.begin(), other.begins.end());
      kept.ends.insert(kept.ends.end(), other.ends.begin(), other.ends.end());
    }
    std::fill(owner_.begin() + static_cast<std::ptrdiff_t>(begin),
              owner_.begin() + static_cast<std::ptrdiff_t>(end), owner);
  }

  void Join(const Span& span, int owner) {
    Kept& kept = kept_[static_cast<size_t>(owner)];
    kept.begins.push_back(span.begin);
    kept.ends.push_back(span.end);
  }

  template <typename Test>
  static bool Any(size_t begin, size_t end, Test test) {
    for (size_t i = begin; i < end; ++i) {
      if (test(i)) return true;
    }
    return false;
  }

  // Blanks fall at both ends, and all signs where others cut the span.
  void AddTrimmed(const Kept& kept, size_t begin, size_t end, std::vector<Span>* spans) const {
    const bool whole = begin == kept.span.begin && end == kept.span.end;
    const bool begins =
        std::find(kept.begins.begin(), kept.begins.end(), begin) != kept.begins.end();
    const bool ends = std::find(kept.ends.begin(), kept.ends.end(), end) != kept.ends.end();
    const auto falls = [&](size_t i, bool own_end) {
      return own_end ? IsBlank(text_.plain()[i]) : !text_.is_word(i);
    };
    while (begin < end && falls(begin, begins)) ++begin;
    while (end > begin && falls(end - 1, ends)) --end;
    if (begin == end) return;
    Span span = kept.span;
    span.begin = begin;
    span.end = end;
    if (!whole) span.value.clear();
    spans->push_back(std::move(span));
  }

  const FoldedText& text_;
  std::vector<int> owner_;
  std::vector<Kept> kept_;
};

}  // namespace

Marks::Marks(const FoldedText& text) : text_(text), taken_(text.size()) {}

void Marks::Add(Span span) {
  SWITCHBOARD_ASSERT(span.begin < span.end && span.end <= text_.size());
  // Characters that were typed as one go together.
  while (span.begin > 0 && text_.begin_byte(span.begin - 1) == text_.begin_byte(span.begin)) {
    --span.begin;
  }
  while (span.end < text_.size() && text_.begin_byte(span.end - 1) == text_.begin_byte(span.end)) {
    ++span.end;
  }
  for (size_t i = span.begin; i < span.end; ++i) {
    if (taken_[i] == 0) taken_[i] = static_cast<uint8_t>(span.kind);
  }
  spans_.push_back(std::move(span));
}

bool Marks::IsFree(size_t begin, size_t end) const {
  for (size_t i = begin; i < end; ++i) {
    if (taken_[i] != 0 || text_.in_mark(i)) return false;
  }
  return true;
}

std::vector<Span> Marks::Resolved() const {
  std::vector<const Span*> order;
  for (const Span& span : spans_) order.push_back(&span);
  // By rank; the person's own before others of the same, the longest first.
  const auto place = [this](const Span* span) {
    return std::tuple(RankOf(*span), span->own ? 0 : 1,
                      span->own ? text_.size() - (span->end - span->begin) : 0);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const Span* a, const Span* b) { return place(a) < place(b); });
  Owners owners(text_);
  for (const Span* span : order) owners.Take(*span);
  return owners.Spans();
}

}  // namespace switchboard::redaction
