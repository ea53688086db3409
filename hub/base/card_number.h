#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard {

// Payment card numbers (the primary account number of ISO/IEC 7812-1) in fields that are not for
// them.

// True if the digits pass Luhn's check (ISO/IEC 7812-1 annex B).
bool PassesLuhn(std::string_view digits);

// True if the digits, 12 to 19 of them, pass Luhn's check and begin as the numbers of a card scheme
// do, in a length which that scheme has: Visa, Mastercard, Maestro, American Express, Diners,
// Discover, JCB, UnionPay, Mir, RuPay, Troy. Numbers outside those ranges, such as counters
// that begin with 0 or 1 and stamps of year to second, are nobody's card.
bool IsCardNumber(std::string_view digits);

// The same by a wider table, for what people typed: with the older ranges of JCB, the air plan of
// UATP, which begins with 1, and enRoute. Counters of 15 digits in ids would be among them.
bool IsCardNumberInText(std::string_view digits);

// Whether the numbers of some scheme begin with these four digits and have this length, by the
// wider table. REQUIRES: four digits at least.
bool IsOfSchemeInText(std::string_view digits, size_t length);

// True if the text holds a card number: a whole run of ASCII digits, also one with letters at its
// ends, or runs joined by single separators (blank . _ : / -) in the groups that cards are written
// in (4-4-4-4, 4-6-5, 4-6-4, 6-10, …, or all of one size).
// Digits of any script and width count. Strict, since what holds one is refused: runs inside random
// tokens (digit_groups.h) do not count, nor do numbers of IsCardNumber's other ranges; a number
// behind zeros in a token's outline (00000000-0000-0000-4111-111111111111) does.
bool HoldsCardNumber(std::string_view text);

}  // namespace switchboard
