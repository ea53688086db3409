#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hub/redaction/folded_text.h"
#include "hub/redaction/marks.h"
#include "switchboard/v1/redaction.pb.h"

namespace switchboard::redaction {

// A text in which spans become marks, round by round, and what stood there.
class MarkedText {
 public:
  // `values`: marks that the text has already, in their order; new ones count on where those stop.
  MarkedText(std::string text, std::vector<v1::HiddenText::Value> values);

  const std::string& text() const { return text_; }
  const std::vector<v1::HiddenText::Value>& values() const { return values_; }

  // Puts marks in the place of spans of `folded`, which is the text as it is: in order and without
  // overlaps, as Marks resolves them. False when there are none. `folded` is dead afterwards.
  bool Hide(const FoldedText& folded, const std::vector<Span>& spans);

 private:
  // The same for the same value of a kind, by its normal form.
  int32_t NumberOf(const FoldedText& folded, const Span& span);

  std::string text_;
  std::vector<v1::HiddenText::Value> values_;
  std::map<std::pair<v1::TextMark::Kind, std::string>, int32_t> numbers_;
  std::map<v1::TextMark::Kind, int32_t> newest_;  // number of a kind
};

}  // namespace switchboard::redaction
