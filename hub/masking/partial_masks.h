#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/masking/name_order.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::masking {

// Pure functions from a raw value to what a mask leaves of it. Asterisks stand in a fixed number,
// so that they do not tell a length; card numbers, whose length says only the scheme, are the
// exception. What is not in the form that person.proto and account.proto ask for is hidden whole.
// Texts are UTF-8.

// Both parts in order: 山田太郎, 高橋さくら, 欧阳修, 김민수 without a blank, since all is Hangul,
// or Han and kana with some Han in the family name; anything else with one: "ヤマダ タロウ", "Mary
// Ann Smith". An empty part leaves no blank.
std::string WholeName(NameParts name, NameOrder order);

// MASK_FAMILY_NAME: the family name, as far as it is one (family_name.h): 山田 of "山田 太郎", all
// of "de la Cruz". Three asterisks stand for each word, or rest of a word, that is the given name
// or no name at all. For a mononym the initials. `language`: the person's, a BCP 47 tag, or empty.
std::string FamilyNameMask(NameParts name, std::string_view language, NameOrder order);

// MASK_INITIALS: of each word the first character as readers see it (with its combining marks and
// variation selectors) and three asterisks: "山*** 太***", "欧*** 修***", "M*** A*** S***". A word
// that begins with no letter shows none. When every word is one character long, which would show
// the whole name, only the first word's is shown if there is a second one: 李伟 is "李*** ***".
std::string InitialsMask(NameParts name, NameOrder order);

// MASK_CARD_LAST_FOUR: as many characters as the number has, all asterisks but the last four.
std::string CardMask(std::string_view card_number);

// MASK_REGION, MASK_CITY, MASK_DISTRICT: country and region, and the city, and the district, as the
// hub's tables and the country's grammar know them (postal_place.h), whichever field they were
// typed in. Never the postal code: in many countries that names a block or a single building. Never
// the street, nor the rest of any field.
enum class AddressLevel { kRegion, kCity, kDistrict };
void AddressMask(const v1::Address& address, AddressLevel level, v1::Address* masked);

// A language tag as far as it names language, script and region: of "ja-JP-x-taro" it is "ja-JP".
// At most, in this order: a language of 2 or 3 letters, three extensions of 3 letters, a script of
// 4 letters, a region of 2 letters or 3 digits. Empty when it does not begin with a language.
std::string LanguageOnly(std::string_view tag);

// "1980-05-02", "1980", or ten years of the age on `day`: "40-49". AgeBand is given the person's
// own day (own_day.h), or for MASK_BIRTHDAY_HIDDEN the last of its month. Nothing for a day that
// the calendar does not have, or a birth after `day`.
std::optional<std::string> BirthDay(const v1::Date& date);
std::optional<std::string> BirthYear(const v1::Date& date);
std::optional<std::string> AgeBand(const v1::Date& date, absl::CivilDay day);

// The band between two of `ends` (growing, minor units) that holds `money`. Below the first end lie
// bands from 0 and, for what is negative, from -10^15, the least that Money holds. Above the last
// end it is open.
v1::AmountBand AmountBandOf(const v1::Money& money, const std::vector<int64_t>& ends);

}  // namespace switchboard::masking
