#include "hub/masking/domain_mask.h"

#include <unicode/idna.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "hub/base/card_number.h"
#include "hub/base/email.h"
#include "hub/base/error.h"
#include "hub/base/id_text.h"
#include "hub/base/text.h"

namespace switchboard::masking {
namespace {

constexpr std::string_view kHidden = "***@";

// Calls visit(label, is_last) for each, until one says true, and returns whether one did.
template <typename Visit>
bool AnyLabel(std::string_view host, Visit visit) {
  while (true) {
    const size_t dot = host.find('.');
    const bool is_last = dot == std::string_view::npos;
    if (visit(host.substr(0, dot), is_last)) return true;
    if (is_last) return false;
    host.remove_prefix(dot + 1);
  }
}

// Letters and digits of ASCII, in lower case.
std::string Squeezed(std::string_view text) {
  std::string squeezed;
  squeezed.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte)) squeezed += absl::ascii_tolower(byte);
  }
  return squeezed;
}

// Whether a label of the host, but the last, stands in the mailbox.
bool RepeatsMailbox(std::string_view local, std::string_view host) {
  constexpr size_t kSignsMin = 4;
  const std::string mailbox = Squeezed(local);
  return AnyLabel(host, [&](std::string_view label, bool is_last) {
    if (is_last || label.size() < kSignsMin) return false;
    const std::string squeezed = Squeezed(label);
    return squeezed.size() >= kSignsMin && mailbox.find(squeezed) != std::string::npos;
  });
}

const icu::IDNA& Idna() {
  static const icu::IDNA* const idna = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::IDNA* made = icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_UNICODE, error);
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
    return made;
  }();
  return *idna;
}

// In one case and width, and without marks: "muller" of "Müller".
std::string Plain(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFDInstance(error);
  const icu::UnicodeString apart = decompose->normalize(fold->normalize(text, error), error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  icu::UnicodeString plain;
  for (int32_t at = 0; at < apart.length(); at = apart.moveIndex32(at, 1)) {
    const UChar32 c = apart.char32At(at);
    if (u_charType(c) != U_NON_SPACING_MARK) plain.append(c);
  }
  std::string utf8;
  return plain.toUTF8String(utf8);
}

icu::UnicodeString UnicodeOf(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

// A host of IDNA as people read it, plain.
std::string PlainHost(std::string_view host) {
  icu::UnicodeString unicode;
  icu::IDNAInfo info;
  UErrorCode error = U_ZERO_ERROR;
  Idna().nameToUnicode(UnicodeOf(host), unicode, info, error);
  return Plain(U_SUCCESS(error) ? unicode : UnicodeOf(host));
}

bool IsOfIdna(std::string_view host) {
  constexpr std::string_view kAscii = "xn--";
  return !IsPrintableAscii(host) || AnyLabel(host, [&](std::string_view label, bool) {
    return label.size() > kAscii.size() &&
           absl::EqualsIgnoreCase(absl::string_view(label.data(), kAscii.size()),
                                  absl::string_view(kAscii.data(), kAscii.size()));
  });
}

// Whether a word of `name` in other writing than Latin stands in the plain host; one of a single
// character only as a label.
bool HoldsWordOf(const std::string& name, std::string_view host) {
  if (IsPrintableAscii(name)) return false;
  const std::string plain = Plain(UnicodeOf(name));
  for (size_t begin = 0; begin < plain.size();) {
    const size_t end = std::min(plain.find(' ', begin), plain.size());
    const std::string_view word = std::string_view(plain).substr(begin, end - begin);
    begin = end + 1;
    if (IsPrintableAscii(word)) continue;
    const bool found =
        CharactersIn(word) == 1
            ? AnyLabel(host, [&](std::string_view label, bool) { return label == word; })
            : host.find(word) != std::string_view::npos;
    if (found) return true;
  }
  return false;
}

bool TellsOf(const v1::Person& person, std::string_view host) {
  if (!IsOfIdna(host)) return HoldsMailboxOf(host, person) || HoldsNameOf(host, person);
  const std::string plain = PlainHost(host);
  return HoldsMailboxOf(plain, person) || HoldsNameOf(plain, person) ||
         HoldsWordOf(person.family_name(), plain) || HoldsWordOf(person.given_name(), plain) ||
         HoldsWordOf(person.family_name_reading(), plain) ||
         HoldsWordOf(person.given_name_reading(), plain);
}

}  // namespace

std::optional<std::string> DomainMask(std::string_view email, const v1::Person& person) {
  const auto host = HostOfEmail(email);
  if (!host || HoldsPhoneNumber(*host) || HoldsCardNumber(*host)) return std::nullopt;
  const std::string_view local = email.substr(0, email.size() - host->size() - 1);
  if (RepeatsMailbox(local, *host) || TellsOf(person, *host)) return std::nullopt;
  std::string masked;
  masked.reserve(kHidden.size() + host->size());
  return masked.append(kHidden).append(*host);
}

}  // namespace switchboard::masking
