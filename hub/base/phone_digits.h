#pragma once

#include <string_view>

#include "hub/base/digit_groups.h"

namespace switchboard {

// Which digits make a phone number, as people and programs write them; HoldsPhoneNumber (id_text.h)
// says which those are. Pure.

// 10 or 11 digits, 0[1-9]…: a national number.
bool HasTrunkZero(std::string_view digits);

// 11 digits, 1[3-9]…: a mobile number of China as it is dialled there.
bool IsChineseMobile(std::string_view digits);

// True if digits without anything between them are a national number, a mobile one of China, or one
// in E.164 without its plus sign.
bool IsPhoneRun(std::string_view run);

// True if groups of the sequence, dates and times apart, are such a number.
bool HoldsPhoneNumber(const DigitSequence& sequence);

}  // namespace switchboard
