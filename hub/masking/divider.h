#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace switchboard::masking {

// Where the first sign stands that divides the parts of an address: a comma, semicolon, colon,
// slash, bracket, line end, tab, '#' or '@' of any width, or an ideographic full stop; the size of
// `text` when there is none.
size_t FirstDivider(std::string_view text);

// The parts between such signs, without blanks and hyphens around them. Empty ones are left out.
std::vector<std::string_view> PartsBetweenDividers(std::string_view text);

// Without blanks and hyphens at its begin, or its end.
std::string_view WithoutLeadingBlanks(std::string_view text);
std::string_view WithoutTrailingBlanks(std::string_view text);

}  // namespace switchboard::masking
