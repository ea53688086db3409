#pragma once

#include <cstddef>
#include <string_view>

#include "switchboard/v1/person.pb.h"

namespace switchboard {

// What ids and codes may look like. Ids stand in logs, indexes and the audit log and outlive the
// erasure of a person, so they must hold nothing that reaches somebody.

// 1 to `bytes_max` bytes of [A-Za-z0-9._:-].
bool IsIdText(std::string_view text, size_t bytes_max = 64);
// `bytes_min` to `bytes_max` bytes of [a-z0-9-]: ids of vendors, names of readers.
bool IsLabel(std::string_view text, size_t bytes_min, size_t bytes_max);

// True if the text holds what looks like a phone number, in digits joined by nothing or by single
// separators (. _ : / -), also with letters at its ends:
// - a national number with its leading 0: 10 or 11 digits, 0[1-9]…, grouped as people write them
//   (090-1234-5678, 03-1234-5678, 0930-12-3456, 01.23.45.67.89);
// - a Chinese mobile number (1[3-9] and nine digits), a North American one in its groups
//   (212-555-0123);
// - a number in E.164 without its plus sign: a mobile one of the 23 countries of phone_digits.cc
//   and of Brazil, or any of North America;
// - a plus sign and 7 to 15 digits.
// Not taken for one: dates and times (20261127-093000, month to second as in ISO 8583 field 7),
// epoch seconds to nanoseconds, zero-padded counters, and runs inside random tokens (UUID, ULID,
// hexadecimal), but for those that are a number behind zeros (PaddedNumbers in digit_groups.h). Of
// 100,000 random ids of those kinds none is refused, and of random decimal ones of 12 digits at
// most two in a hundred; a test holds both. Digits of any script and width count.
bool HoldsPhoneNumber(std::string_view text);

// True if `text`, as people write, holds what looks like a phone number, also with brackets,
// several signs or blanks between its groups and digits of any width, or an e-mail address, also in
// the dress of an id (id_mail.h): in an id, a name or a product's code.
bool ReachesSomebody(std::string_view text);

// True if some `digits_min` digits in a row of one of the person's own numbers or addresses stand
// in `text`, whatever divides them there and whatever dress they wear; random tokens apart, where
// nine must.
bool HoldsDigitsOf(std::string_view text, const v1::Person& person, size_t digits_min);

// True if the local part of one of the person's own e-mail addresses, of 4 letters and digits at
// least and without its tag, stands in `id`, in whatever case and with whatever separators. Words
// that say nothing, such as mobile or home, do not count, nor does what is shorter than nine
// characters in a random token.
bool HoldsMailboxOf(std::string_view id, const v1::Person& person);

// True if `id` holds such a mailbox of nine characters at least, or a shorter one and at most three
// other letters and digits, as in C-tyamada-01. A word before a longer number is the core's own,
// whoever has it as a mailbox: LOAN-0001.
bool IsMadeOfMailboxOf(std::string_view id, const v1::Person& person);

// True if a word of one of the person's names or readings, or family and given name in one, stands
// in `id`, in whatever case: one of six Latin letters or more anywhere and with whatever
// separators, one of three to five as a word. Words end where no letter stands or the case changes
// (AbeMobile, ABEMobile, ABEmobile), and beside a word that says nothing (abemobile, abe1home), as
// above, which does not count itself.
bool HoldsNameOf(std::string_view id, const v1::Person& person);

// True if `id` gives away what the point is, or another point of `person`, or whose it is: seven
// digits or more (random tokens, dates and zero-padded counters apart), six digits in a row of one
// of the person's own numbers or addresses (HoldsDigitsOf), a card or phone number, an e-mail
// address (id_mail.h), a mailbox (HoldsMailboxOf) or a name (HoldsNameOf).
bool GivesAwayContactPoint(std::string_view id, const v1::Person& person);

// True if an id that is about `person` says so: it holds nine digits in a row of one of the
// person's own numbers or addresses (HoldsDigitsOf), in the national form without its 0 too, or is
// made of a mailbox (IsMadeOfMailboxOf).
bool GivesAwayPerson(std::string_view id, const v1::Person& person);
// False if `id` cannot give anybody away, so that no person need be looked at: without nine digits
// that could say something, and without a word of four letters that is not one of those above,
// random tokens apart.
bool MayGiveAwayPerson(std::string_view id);

}  // namespace switchboard
