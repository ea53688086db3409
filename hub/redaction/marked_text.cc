#include "hub/redaction/marked_text.h"

#include <algorithm>
#include <string_view>

#include "hub/redaction/cards.h"
#include "hub/redaction/mark_text.h"

namespace switchboard::redaction {
namespace {

// What is kept of what stood there: of cards the last four digits, of their codes nothing.
std::string KeptOf(const FoldedText& folded, const Span& span) {
  std::string kept(folded.Typed(span.begin, span.end));
  switch (span.kind) {
    case v1::TextMark::KIND_CARD:
      return span.value.empty() ? std::string(kept.size(), '*') : span.value;
    case v1::TextMark::KIND_CARD_CODE:
      return "";
    default:
      HideCardNumbers(&kept);
      return kept;
  }
}

// The letters and digits of a span, whatever stands between them.
std::string NormalForm(const FoldedText& folded, const Span& span) {
  std::u32string letters;
  for (size_t i = span.begin; i < span.end; ++i) {
    if (folded.is_word(i)) letters += folded.loose()[i];
  }
  return Utf8Of(letters);
}

}  // namespace

MarkedText::MarkedText(std::string text, std::vector<v1::HiddenText::Value> values)
    : text_(std::move(text)), values_(std::move(values)) {
  for (const v1::HiddenText::Value& value : values_) {
    int32_t& newest = newest_[value.mark().kind()];
    newest = std::max(newest, value.mark().number());
  }
}

int32_t MarkedText::NumberOf(const FoldedText& folded, const Span& span) {
  if (span.kind == v1::TextMark::KIND_CARD_CODE) return 0;
  std::string form = span.value.empty() ? NormalForm(folded, span) : span.value;
  const auto [place, is_new] = numbers_.try_emplace({span.kind, std::move(form)}, 0);
  if (is_new) place->second = ++newest_[span.kind];
  return place->second;
}

bool MarkedText::Hide(const FoldedText& folded, const std::vector<Span>& spans) {
  std::string text;
  std::vector<v1::HiddenText::Value> values;
  size_t byte = 0;  // of the text before, up to which it is copied
  auto old = values_.begin();
  const auto copy_until = [&](size_t end) {
    for (; old != values_.end() && static_cast<size_t>(old->mark().begin()) < end; ++old) {
      const auto shift = static_cast<int32_t>(text.size()) - static_cast<int32_t>(byte);
      old->mutable_mark()->set_begin(old->mark().begin() + shift);
      old->mutable_mark()->set_end(old->mark().end() + shift);
      values.push_back(std::move(*old));
    }
    text += folded.typed().substr(byte, end - byte);
    byte = end;
  };
  for (const Span& span : spans) {
    copy_until(folded.begin_byte(span.begin));
    v1::HiddenText::Value value;
    v1::TextMark& mark = *value.mutable_mark();
    mark.set_kind(span.kind);
    mark.set_number(NumberOf(folded, span));
    mark.set_own(span.own);
    mark.set_begin(static_cast<int32_t>(text.size()));
    text += TextOfMark(mark);
    mark.set_end(static_cast<int32_t>(text.size()));
    value.set_text(KeptOf(folded, span));
    values.push_back(std::move(value));
    byte = folded.end_byte(span.end - 1);
  }
  copy_until(folded.typed().size());
  text_ = std::move(text);
  values_ = std::move(values);
  return !spans.empty();
}

}  // namespace switchboard::redaction
