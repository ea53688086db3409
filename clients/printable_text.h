#pragma once

#include <string>
#include <string_view>

namespace switchboard {

// Text that somebody else chose, fit for a terminal and for one line: every character that moves
// the cursor, ends a line, turns the direction of writing, is invisible or is none (Unicode's
// categories Cc, Cf, Zl, Zp, Cs, Co and Cn) becomes \u{XXXX}, a byte that is no UTF-8 \x{XX}.
// Everything else stays. Doing it twice changes nothing more.
std::string Printable(std::string_view text);

// The same, line ends (LF) excepted: for text of many lines that are ours.
std::string PrintableLines(std::string_view text);

// JSON with the same characters as JSON's own escapes, which mean the same to whoever reads it.
// Line ends between the values stay. REQUIRES: valid JSON in UTF-8.
std::string PrintableJson(std::string_view json);

}  // namespace switchboard
