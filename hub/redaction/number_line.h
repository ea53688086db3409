#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hub/redaction/folded_text.h"
#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// A text as far as numbers go: one byte of ASCII for each of its characters. Digits (also Han
// numerals that are ones) are digits, dashes "-", blanks and line ends " ", other separators beyond
// ASCII "."; other ASCII is as typed; "~" stands for any other letter, and "!" for any other sign
// and for what is in a mark.
std::string NumberLine(const FoldedText& text);

// The same, with "!" for what is taken already.
std::string FreeNumberLine(const Marks& marks);

// Han numerals at the ends of a row of other digits, by character: they begin or end a word that
// touches a number, as in 13812345678一直没人接, or are digits of it. Who looks for numbers in a
// text that has such looks twice, and first with them: what is left of a number without its last
// digit may look like one. Empty: it has none.
std::vector<bool> HanBesideDigits(const FoldedText& text);

// FreeNumberLine with these as other letters.
std::string FreeNumberLine(const Marks& marks, const std::vector<bool>& words);

// Digits in a row, [begin, end) of a number line.
struct DigitGroup {
  size_t begin, end;

  size_t size() const { return end - begin; }
};
// Groups that are joined by separators.
using DigitRow = std::vector<DigitGroup>;

// All rows of a line in order: groups that one to three of `separators` join, maximal.
std::vector<DigitRow> DigitRows(std::string_view line, std::string_view separators);

// The digits in [begin, end).
std::string DigitsIn(std::string_view line, size_t begin, size_t end);

// Whether the groups in [begin, end) of a line are an amount of money (a currency beside it, or
// decimals) or a day.
bool IsAmountOrDay(const FoldedText& text, std::string_view line, size_t begin, size_t end);
// Whether they are a day: 2026-11-27, 27/11/2026, 11.27.26.
bool IsDay(std::string_view line, size_t begin, size_t end);

}  // namespace switchboard::redaction
