#pragma once

#include <string_view>

namespace switchboard::redaction {

// Check digits, dates and shapes of personal numbers: pure tests of a number without separators,
// its letters in upper case. Each is false for another length.

// The day of yyyymmdd exists, from 1900 to 2099.
bool IsDate(std::string_view yyyymmdd);
// The day of yymmdd exists in some century.
bool IsShortDate(std::string_view yymmdd);

bool IsMyNumber(std::string_view text);               // Japan: 12 digits, modulo 11
bool IsJapaneseResidenceCard(std::string_view text);  // AB12345678CD
bool IsChineseResident(std::string_view text);        // 18, ISO 7064 MOD 11-2, with a day of birth
bool IsOldChineseResident(std::string_view text);     // 15 digits with a day of birth
bool IsTaiwaneseId(std::string_view text);            // A123456789, and of residents AB12345678
bool IsHongKongId(std::string_view text);             // A1234563, AB1234563
bool IsKoreanResident(std::string_view text);         // 13 digits with a day of birth
bool PassesKoreanCheck(std::string_view text);        // of those, given before October 2020
bool IsSocialSecurity(std::string_view text);         // United States: 9 digits, also ITIN
bool IsAadhaar(std::string_view text);                // India: 12 digits, Verhoeff
bool IsIndianPan(std::string_view text);              // of a person: AAAPA9999A
bool IsNino(std::string_view text);                   // United Kingdom: QQ123456C
bool IsNhsNumber(std::string_view text);              // United Kingdom: 10 digits, modulo 11
bool IsSingaporeId(std::string_view text);            // S1234567D
bool IsSpanishId(std::string_view text);              // 12345678Z, X1234567L
bool IsFrenchNir(std::string_view text);              // 15 digits, modulo 97
bool IsCodiceFiscale(std::string_view text);          // Italy: shape only
bool IsCpf(std::string_view text);                    // Brazil: 11 digits
bool IsThaiId(std::string_view text);                 // 13 digits, modulo 11
bool IsMalaysianId(std::string_view text);            // 12 digits with a day of birth
bool IsIban(std::string_view text);                   // by country's length, modulo 97

}  // namespace switchboard::redaction
