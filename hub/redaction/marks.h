#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hub/redaction/folded_text.h"
#include "switchboard/v1/redaction.pb.h"

namespace switchboard::redaction {

// What is to be hidden in a text: characters [begin, end) of a FoldedText.
struct Span {
  size_t begin = 0;
  size_t end = 0;
  v1::TextMark::Kind kind = v1::TextMark::KIND_UNSPECIFIED;
  bool own = false;  // the person's own, as the core had told it
  // The normal form that spans of one kind are told apart by: a phone in E.164. Empty: the loose
  // letters and digits between begin and end.
  std::string value = {};
};

// The spans of one text, as their sources add them. What was typed in the form of a mark belongs to
// no span: it is left as it is.
class Marks {
 public:
  // `text` must outlive the marks.
  explicit Marks(const FoldedText& text);

  const FoldedText& text() const { return text_; }

  // Any order, any overlap; what it covers is hidden in any case. REQUIRES: begin < end <= size().
  void Add(Span span);
  // Whether no span added so far, and nothing typed in the form of a mark, lies in [begin, end).
  bool IsFree(size_t begin, size_t end) const;
  // What was first found at a character; KIND_UNSPECIFIED for nothing.
  v1::TextMark::Kind KindAt(size_t index) const {
    return static_cast<v1::TextMark::Kind>(taken_[index]);
  }
  bool empty() const { return spans_.empty(); }

  // What is hidden, in the text's order and without overlaps, blanks at the ends left out. Where
  // spans overlap, the first of these wins, and the others keep what it leaves of them: cards and
  // their codes; the person's own, the longest first; numbers and addresses of e-mail, by who came
  // first; postal addresses; names. Spans of one kind that overlap become one.
  std::vector<Span> Resolved() const;

 private:
  const FoldedText& text_;
  std::vector<Span> spans_;
  std::vector<uint8_t> taken_;  // kind by character
};

}  // namespace switchboard::redaction
