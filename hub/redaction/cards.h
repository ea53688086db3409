#pragma once

#include <cstddef>
#include <string>

#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Payment card numbers in what people typed, in any grouping, width, script and spelling:
// - 12 to 19 digits that pass Luhn's check and begin as a scheme's numbers do (IsCardNumberInText),
//   whatever up to three separators a place divide them, with letters O and l for digits, or as the
//   words for digits of English, Japanese and Chinese;
// - such digits of no scheme within 48 characters of a word for a card;
// - a number of 12 to 19 places of which the middle, or all but the last, is masked:
//   "424242******4242", "**** **** **** 4242";
// - one of a scheme inside a longer run, with its expiry or code typed on.
// Not: one digit all along, an IMEI behind a word for it, and what fails Luhn's check as a whole.
// Of four groups of four that fail it, three are one only where they are a scheme's number in
// themselves: a group beside them may as well be a year or an amount.
//
// A card's code: three or four digits, or as many asterisks, behind a word for it (CVV, security
// code, セキュリティコード, 安全码, …), and within 32 characters behind a number.

// Adds cards and codes to the marks.
void FindCards(Marks* marks);

// Does what needs neither person nor language, before anything of a text is stored: all digits of
// such a number but its last four, and all of such a code, become asterisks. Other texts are left
// untouched; FindCards finds again what this left. Returns how many numbers and codes were hidden.
// REQUIRES: UTF-8.
size_t HideCardNumbers(std::string* text);

}  // namespace switchboard::redaction
