#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::masking {

// Pure functions from a raw value to what a mask leaves of it. Asterisks stand in a fixed number,
// so that they do not tell a length; card numbers, whose length says only the scheme, are the
// exception. What is not in the form that person.proto and account.proto ask for is hidden whole.
// Texts are UTF-8.

// Which part of a name comes first when it is written or spoken whole.
enum class NameOrder { kFamilyFirst, kGivenFirst };

// By the writing of the name, and where that does not tell, by the person's language: Han, kana,
// Hangul and Bopomofo put the family first in any language; so do names in other scripts of who
// speaks Japanese, Chinese, Korean, Vietnamese, Hungarian or Khmer ("Nguyễn Văn An", "Nagy László",
// "Kim Minsu"); all others put the given name first. Looks at the family name, or at the given name
// when that is empty. A reading keeps the order of the name it reads: 欧阳 修 is "Ouyang Xiu".
// `language`: a BCP 47 tag, or empty.
NameOrder OrderOfName(std::string_view family, std::string_view given, std::string_view language);

// Both parts in order: 山田太郎, 高橋さくら, 欧阳修, 김민수 without a blank, since all is Hangul,
// or Han and kana with some Han in the family name; anything else with one: "ヤマダ タロウ", "Mary
// Ann Smith". An empty part leaves no blank.
std::string WholeName(std::string_view family, std::string_view given, NameOrder order);

// MASK_FAMILY_NAME: the family name, as far as it is one (family_name.h): 山田 of "山田 太郎", all
// of "de la Cruz". Three asterisks stand for each word, or rest of a word, that is the given name
// or no name at all. For a mononym the initials.
std::string FamilyNameMask(std::string_view family, std::string_view given, NameOrder order);

// MASK_INITIALS: of each word the first character as readers see it (with its combining marks and
// variation selectors) and three asterisks: "山*** 太***", "欧*** 修***", "M*** A*** S***". A word
// that begins with no letter shows none. When every word is one character long, which would show
// the whole name, only the first word's is shown if there is a second one: 李伟 is "李*** ***".
std::string InitialsMask(std::string_view family, std::string_view given, NameOrder order);

// MASK_LAST_FOUR: seven asterisks and the last four digits of an E.164 number. Under ten digits,
// country code included, at most a third of them.
std::string LastFourMask(std::string_view phone);

// MASK_DOMAIN: "***@example.com". Nothing when it is no e-mail address (email.h), and so has no
// host.
std::optional<std::string> DomainMask(std::string_view email);

// MASK_CARD_LAST_FOUR: as many characters as the number has, all asterisks but the last four.
std::string CardMask(std::string_view card_number);

// MASK_REGION, MASK_CITY, MASK_DISTRICT: country and region, and the city, and the district. Never
// the postal code: in many countries that names a block or a single building. Never the street's
// field, and nothing of what people type of it into coarser fields as far as that can be told: each
// field is shown as far as its own grammar goes (address_part.h); the rest of it stays inside.
enum class AddressLevel { kRegion, kCity, kDistrict };
void AddressMask(const v1::Address& address, AddressLevel level, v1::Address* masked);

// A language tag as far as it names language, script and region: of "ja-JP-x-taro" it is "ja-JP".
// At most, in this order: a language of 2 or 3 letters, three extensions of 3 letters, a script of
// 4 letters, a region of 2 letters or 3 digits. Empty when it does not begin with a language.
std::string LanguageOnly(std::string_view tag);

// "1980-05-02", "1980", or ten years of the age on `today`, the person's own
// day (own_day.h): "40-49". Nothing for a day that the
// calendar does not have, or a birth after `today`.
std::optional<std::string> BirthDay(const v1::Date& date);
std::optional<std::string> BirthYear(const v1::Date& date);
std::optional<std::string> AgeBand(const v1::Date& date, absl::CivilDay today);

// The band between two of `ends` (growing, minor units) that holds `money`. Below the first end lie
// bands from 0 and, for what is negative, from -10^15, the least that Money holds. Above the last
// end it is open.
v1::AmountBand AmountBandOf(const v1::Money& money, const std::vector<int64_t>& ends);

}  // namespace switchboard::masking
