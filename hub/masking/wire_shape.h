#pragma once

#include <string_view>

namespace switchboard::masking {

// What each mask leaves, as a form that the guard on the wire asks for (wire_guard.h): written down
// here once more, and not taken from those who mask.

// 26 characters of lower-case base 32.
bool IsTokenShape(std::string_view text);
// "************1234": asterisks and four digits, or asterisks alone.
bool IsCardShape(std::string_view text);
// Seven asterisks, and at most four digits behind them.
bool IsLastFourShape(std::string_view text);
// "+81 *******", "+81 3 *******", or the asterisks alone.
bool IsCountryShape(std::string_view text);
bool IsAreaShape(std::string_view text);
// "***@" and a host.
bool IsDomainShape(std::string_view text);
// "1980-05-02", "1980", "40-49".
bool IsDayShape(std::string_view text);
bool IsYearShape(std::string_view text);
bool IsAgeBandShape(std::string_view text);
// "M0" to "M7+".
bool IsBucketShape(std::string_view text);
// Language, script and region of BCP 47, each at most once: "zh-Hant-HK".
bool IsLanguageShape(std::string_view text);
// Words of one letter at most with three asterisks behind it.
bool IsInitialsShape(std::string_view text);
// Two capital letters.
bool IsCountryCode(std::string_view text);
// Three.
bool IsCurrencyCode(std::string_view text);

// Whether a digit, of any script and width, or an "@" stands in a text.
bool HoldsDigitOrAt(std::string_view text);

}  // namespace switchboard::masking
