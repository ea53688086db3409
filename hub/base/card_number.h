#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace switchboard {

// Payment card numbers (primary account numbers of ISO/IEC 7812-1) where they do not belong.

// True if the digits pass Luhn's check (ISO/IEC 7812-1 annex B).
bool PassesLuhn(std::string_view digits);

// True if the digits, 12 to 19 of them, pass Luhn's check and begin as the numbers of a card scheme
// do, in a length which that scheme has: Visa, Mastercard, Maestro, American Express, Diners,
// Discover, JCB, UnionPay, Mir, RuPay, Troy. Numbers outside those ranges, such as time stamps and
// counters that begin with 0 or 1, are nobody's card.
bool IsCardNumber(std::string_view digits);

// True if the text holds a card number: a whole run of ASCII digits, also one with letters at its
// ends, or runs joined by single separators (blank . _ : / -) in the groups that cards are written
// in (4-4-4-4, 4-6-5, 4-6-4, 6-10, …, or all of one size).
// Strict, since what holds one is refused: runs inside random tokens (UUID, ULID, hexadecimal) do
// not count.
bool HoldsCardNumber(std::string_view text);

// Replaces each digit of what looks like a card number by an asterisk: 12 to 19 digits of any script
// that pass Luhn's check, whatever blanks, dashes, dots, slashes or underscores divide them. Broad,
// since a note loses little by it. The card's code goes with it: three or four digits behind a word
// for it (CVV, CVC, security code, セキュリティコード, 安全码, …) anywhere in the text, and within
// the 32 characters behind a number. Other texts are left untouched. Returns how many were replaced.
// REQUIRES: UTF-8.
size_t RemoveCardNumbers(std::string* text);

}  // namespace switchboard
