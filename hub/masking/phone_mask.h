#pragma once

#include <string>
#include <string_view>

namespace switchboard::masking {

// What masks leave of a phone number in E.164. Seven asterisks stand for what is hidden, whatever
// its length; of what is no such number nothing else is left.

// MASK_LAST_FOUR: the last four digits. Under ten digits, country code included, at most a third of
// them.
std::string LastFourMask(std::string_view phone);

// MASK_AREA: "+81 3 *******" of a fixed line in Tokyo. Of a number without an area (phone.h), a
// mobile one for instance, as CountryMask.
std::string AreaMask(std::string_view phone);

// MASK_COUNTRY: "+81 *******".
std::string CountryMask(std::string_view phone);

}  // namespace switchboard::masking
