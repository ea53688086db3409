#include "hub/base/email.h"

#include <unicode/idna.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "hub/base/error.h"
#include "hub/base/text.h"

namespace switchboard {
namespace {

constexpr size_t kAddressBytesMax = 254;  // RFC 5321 errata 1690
constexpr size_t kLocalBytesMax = 64;     // RFC 5321 section 4.5.3.1.1
constexpr size_t kHostBytesMax = 253;
constexpr size_t kLabelBytesMax = 63;

bool IsAtomAscii(UChar32 c) {
  constexpr std::string_view kSigns = "!#$%&'*+/=?^_`{|}~-";
  return c < 0x80 && (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                      kSigns.find(static_cast<char>(c)) != std::string_view::npos);
}

bool IsLetterMarkOrDigit(UChar32 c) {
  return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK)) != 0 &&
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0;
}

bool IsLocalPart(std::string_view local) {
  if (local.empty() || local.size() > kLocalBytesMax) return false;
  if (local.front() == '.' || local.back() == '.') return false;
  UChar32 last = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(local.size());) {
    UChar32 c;
    U8_NEXT(local.data(), at, static_cast<int32_t>(local.size()), c);
    if (c < 0 || (c == '.' && last == '.')) return false;
    if (c != '.' && !IsAtomAscii(c) && (c < 0x80 || !IsLetterMarkOrDigit(c))) return false;
    last = c;
  }
  return true;
}

bool IsAsciiLabel(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
         });
}

bool IsAsciiHostName(std::string_view host) {
  if (host.size() > kHostBytesMax) return false;
  size_t labels = 0;
  while (true) {
    const size_t dot = host.find('.');
    const std::string_view label = host.substr(0, dot);
    if (!IsAsciiLabel(label)) return false;
    ++labels;
    if (dot == std::string_view::npos) {
      return labels >= 2 && !std::all_of(label.begin(), label.end(), [](char c) {
               return absl::ascii_isdigit(static_cast<unsigned char>(c));
             });
    }
    host.remove_prefix(dot + 1);
  }
}

const icu::IDNA& Idna() {
  static const icu::IDNA* const idna = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::IDNA* made = icu::IDNA::createUTS46Instance(
        UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
            UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
        error);
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
    return made;
  }();
  return *idna;
}

// A host with letters of other scripts. UTS 46 also maps what only looks like a host (full-width
// letters, the ideographic full stop); such a host is not in the form in which it would be used.
bool IsInternationalHostName(std::string_view host) {
  const icu::UnicodeString given =
      icu::UnicodeString::fromUTF8({host.data(), static_cast<int32_t>(host.size())});
  icu::UnicodeString unicode, ascii;
  icu::IDNAInfo unicode_info, ascii_info;
  UErrorCode error = U_ZERO_ERROR;
  Idna().nameToUnicode(given, unicode, unicode_info, error);
  Idna().nameToASCII(given, ascii, ascii_info, error);
  if (U_FAILURE(error) || unicode_info.hasErrors() || ascii_info.hasErrors()) return false;
  icu::UnicodeString lower(given);
  if (lower.toLower(icu::Locale::getRoot()) != unicode) return false;
  std::string text;
  return IsAsciiHostName(ascii.toUTF8String(text));
}

}  // namespace

bool IsHostName(std::string_view text) {
  return IsPrintableAscii(text) ? IsAsciiHostName(text) : IsInternationalHostName(text);
}

std::optional<std::string_view> HostOfEmail(std::string_view email) {
  const size_t at = email.find('@');
  if (email.size() > kAddressBytesMax || at == std::string_view::npos) return std::nullopt;
  if (!IsPlainText(TextForm::kLine, email)) return std::nullopt;
  const std::string_view host = email.substr(at + 1);
  if (!IsLocalPart(email.substr(0, at)) || !IsHostName(host)) return std::nullopt;
  return host;
}

bool IsEmailAddress(std::string_view text) { return HostOfEmail(text).has_value(); }

std::string MailboxOf(std::string_view email) {
  const auto folded = [](std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())})
        .foldCase();
  };
  std::string mailbox;
  const auto host = HostOfEmail(email);
  if (!host.has_value()) return folded(email).toUTF8String(mailbox);
  const std::string_view local = email.substr(0, email.size() - host->size() - 1);
  const size_t plus = local.find('+');
  folded(plus == 0 ? local : local.substr(0, plus)).toUTF8String(mailbox);
  icu::UnicodeString ascii;
  icu::IDNAInfo info;
  UErrorCode error = U_ZERO_ERROR;
  Idna().nameToASCII(folded(*host), ascii, info, error);
  mailbox += '@';
  return (U_FAILURE(error) || info.hasErrors() ? folded(*host) : ascii).toUTF8String(mailbox);
}

}  // namespace switchboard
