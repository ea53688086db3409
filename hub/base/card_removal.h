#pragma once

#include <cstddef>
#include <string>

namespace switchboard {

// Replaces each digit of what looks like a card number by an asterisk: 12 to 19 digits of any
// script that pass Luhn's check, whatever blanks, dashes, dots, slashes or underscores divide them.
// Broad, since a note loses little by it. The card's code goes with it: three or four digits behind
// a word for it (CVV, CVC, security code, セキュリティコード, 安全码, …) anywhere in the text, and
// within the 32 characters behind a number. Other texts are left untouched. Returns how many were
// replaced. REQUIRES: UTF-8.
size_t RemoveCardNumbers(std::string* text);

}  // namespace switchboard
