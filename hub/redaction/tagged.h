#pragma once

#include <string>

#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// For tests: a text with what the marks hide of it in brackets, "<N 山田太郎>様", by the first
// letter of each one's kind.
inline std::string Tagged(const Marks& marks) {
  const FoldedText& text = marks.text();
  std::string tagged;
  size_t byte = 0;
  for (const Span& span : marks.Resolved()) {
    const size_t begin = text.begin_byte(span.begin), end = text.end_byte(span.end - 1);
    constexpr size_t kPrefix = sizeof("KIND_") - 1;
    tagged += text.typed().substr(byte, begin - byte);
    tagged += std::string("<") + v1::TextMark::Kind_Name(span.kind)[kPrefix] + " ";
    tagged += text.typed().substr(begin, end - begin);
    tagged += ">";
    byte = end;
  }
  return tagged + std::string(text.typed().substr(byte));
}

}  // namespace switchboard::redaction
