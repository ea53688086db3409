#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard {

// Digits in an id or a text, as people and programs group them.

// A digit as readers see one: of any script and width, circled or raised; -1 for all else.
int DigitValue(int32_t character);

// A blank, dash, dot, slash, underscore or the like, of any width: what stands between the groups
// of a number.
bool IsDigitSeparator(int32_t character);

// The text in ASCII as far as numbers go: such digits as ASCII ones, such separators as "-", every
// other character beyond ASCII as "~".
std::string AsciiDigits(std::string_view text);

// Runs of ASCII digits that single separators (blank . _ : / -) join: "2026-11-27",
// "090-1234-5678". Maximal: what stands around it is a letter, another sign, two separators or an
// end.
using DigitSequence = std::vector<std::string_view>;

// All sequences of `text`, in order. The pieces point into `text`.
std::vector<DigitSequence> DigitSequences(std::string_view text);

// The digits of some groups in a row.
std::string Joined(std::span<const std::string_view> groups);

// How many groups from `at` on are a date, a time behind it included; 0 if none begins there:
// 20261127, 2026-11-27, 2026-1127, 261127-0930, 20261127-093000.
size_t DateGroups(const DigitSequence& sequence, size_t at);

// MMDDhhmmss (ISO 8583 field 7, ten digits) or YYMMDDhhmmss (twelve).
bool IsMonthToSecond(std::string_view digits);
bool IsYearToSecond(std::string_view digits);

// The text with every random token overwritten by "~", which joins nothing: a UUID, a ULID, or a
// hexadecimal token in one case, of 16 characters and more, that has letters between its digits, or
// stands for whole words of 4 bytes and has 5 letters. A number inside one is chance. None is what
// only has the outline: seven zeros in a row, unless 8 random bytes stand behind zeros; or a ULID
// or 16 bytes with one letter at most (a UUID's version and variant make up for them).
std::string WithoutRandomTokens(std::string_view text);

// The numbers that stand behind seven zeros or more in the outline of a UUID or ULID, without those
// zeros: "819012345678" of "00000000-0000-0000-0000-819012345678".
std::vector<std::string> PaddedNumbers(std::string_view text);

}  // namespace switchboard
