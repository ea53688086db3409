#pragma once

#include <cstddef>
#include <string>

namespace switchboard {

// Replaces each digit of what looks like a card number by an asterisk: 12 to 19 digits of any
// script that pass Luhn's check and begin as a scheme's numbers do (IsCardNumberInText), whatever
// blanks, dashes, dots, slashes or underscores divide them. The card's code goes with it: three or
// four digits behind a word for it (CVV, CVC, security code, セキュリティコード, 安全码, …)
// anywhere in the text, and within the 32 characters behind a number. Other texts are left
// untouched. Returns how many were replaced. For codes and references, whose letters leave no room
// for marks; what people type in words is cleaned (hub/redaction). REQUIRES: UTF-8.
size_t RemoveCardNumbers(std::string* text);

}  // namespace switchboard
