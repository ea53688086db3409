#include "hub/base/id_text.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "hub/base/card_number.h"
#include "hub/base/digit_groups.h"
#include "hub/base/email.h"
#include "hub/base/error.h"
#include "hub/base/id_mail.h"
#include "hub/base/phone_digits.h"
#include "hub/base/text.h"

namespace switchboard {
namespace {

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }
bool IsLower(char c) { return absl::ascii_islower(static_cast<unsigned char>(c)); }
bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

size_t DigitsIn(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), IsDigit));
}

// A plus sign and 7 to 15 digits, whatever single separators divide them.
bool HoldsPlusNumber(std::string_view text) {
  constexpr size_t kBytesMax = 32;  // what is longer has more than 15 digits
  for (size_t plus = text.find('+'); plus != std::string_view::npos;
       plus = text.find('+', plus + 1)) {
    const std::vector<DigitSequence> sequences = DigitSequences(text.substr(plus + 1, kBytesMax));
    if (sequences.empty() || sequences[0][0].data() != text.data() + plus + 1) continue;
    const size_t digits = Joined(sequences[0]).size();
    if (digits >= 7 && digits <= 15) return true;
  }
  return false;
}

// Digits that could say something: of dates none, of a zero-padded counter its number.
size_t TellingDigits(const std::vector<DigitSequence>& sequences) {
  size_t digits = 0;
  for (const DigitSequence& sequence : sequences) {
    for (size_t i = 0; i < sequence.size();) {
      if (const size_t date = DateGroups(sequence, i); date > 0) {
        i += date;
        continue;
      }
      std::string_view group = sequence[i++];
      if (group.starts_with("00")) {
        group.remove_prefix(std::min(group.find_first_not_of('0'), group.size()));
      }
      digits += group.size();
    }
  }
  return digits;
}

// Whether some `size` digits in a row of `digits` stand in `own`, or in its national form.
bool SharesDigits(std::string_view digits, std::string_view own, size_t size) {
  for (size_t at = 0; at + size <= digits.size(); ++at) {
    const std::string_view piece = digits.substr(at, size);
    if (piece.find_first_not_of(piece[0]) == std::string_view::npos) continue;  // padding
    if (own.find(piece) != std::string_view::npos) return true;
    if (piece[0] != '0') continue;
    for (size_t code = 1; code <= 3 && code < own.size(); ++code) {
      if (own.substr(code).starts_with(piece.substr(1))) return true;
    }
  }
  return false;
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), IsDigit);
  return digits;
}

// Words for a contact point or a record of whoever it is; they are mailboxes and names too.
constexpr std::string_view kSilentWords[] = {
    "account", "call",       "cell",    "cellphone", "client", "contact", "customer",
    "email",   "fax",        "home",    "info",      "mail",   "main",    "mobile",
    "office",  "other",      "outcome", "permit",    "person", "phone",   "report",
    "request", "smartphone", "tel",     "telephone", "user",   "visit",   "work",
};

// Whether `text` is that word, in whatever case.
bool IsWord(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
    return absl::ascii_tolower(static_cast<unsigned char>(a)) == b;
  });
}

bool SaysNothing(std::string_view word) {
  return std::any_of(std::begin(kSilentWords), std::end(kSilentWords),
                     [&](std::string_view silent) { return IsWord(word, silent); });
}

// Whether the letters before and behind `at` may be of two words: where small ones turn to capitals
// (yamadaMobile), where several capitals turn to small ones (YAMADAmobile), and before the last of
// several capitals (YAMADAMobile).
bool DividesWords(std::string_view text, size_t at) {
  if (!IsUpper(text[at - 1])) return IsUpper(text[at]);
  if (!IsUpper(text[at])) return at >= 2 && IsUpper(text[at - 2]);
  return at + 1 < text.size() && IsLower(text[at + 1]);
}

// Calls `visit` with all letters in a row that may be a word: "mobile", "Phone" and "mobilePhone"
// of "mobilePhone1".
template <typename Visit>
void ForEachWord(std::string_view text, Visit visit) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (!IsLetter(text[at])) continue;
    if (at > 0 && IsLetter(text[at - 1]) && !DividesWords(text, at)) continue;
    for (size_t end = at + 1; end <= text.size() && IsLetter(text[end - 1]); ++end) {
      if (end == text.size() || !IsLetter(text[end]) || DividesWords(text, end))
        visit(at, text.substr(at, end - at));
    }
  }
}

// Separators say nothing; "~" stands for a random token.
bool IsOfId(char c) { return IsAlphanumeric(c) || c == '~'; }

// "tyamada1" of "T.Yamada-1".
std::string Squeezed(std::string_view id) {
  std::string squeezed;
  for (const char c : id) {
    if (IsOfId(c)) squeezed += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return squeezed;
}

// Which signs of the id are letters of a word that could say something.
std::vector<bool> TellingLetters(std::string_view id) {
  std::vector<bool> telling(id.size());
  std::transform(id.begin(), id.end(), telling.begin(), IsLetter);
  ForEachWord(id, [&](size_t at, std::string_view word) {
    if (!SaysNothing(word)) return;
    for (size_t i = at; i < at + word.size(); ++i) telling[i] = false;
  });
  return telling;
}

// Signs of the id that are of no word that says nothing.
size_t SignsOutsideSilentWords(std::string_view id) {
  const std::vector<bool> telling = TellingLetters(id);
  size_t signs = 0;
  for (size_t i = 0; i < id.size(); ++i) signs += IsOfId(id[i]) && (telling[i] || !IsLetter(id[i]));
  return signs;
}

// Whether `piece` stands in the squeezed id with a letter that says something.
bool Tells(std::string_view id, std::string_view piece) {
  const std::string squeezed = Squeezed(id);
  size_t at = squeezed.find(piece);
  if (at == std::string::npos) return false;
  const std::vector<bool> all = TellingLetters(id);
  std::vector<bool> telling;  // of the squeezed id
  for (size_t i = 0; i < id.size(); ++i) {
    if (IsOfId(id[i])) telling.push_back(all[i]);
  }
  for (; at != std::string::npos; at = squeezed.find(piece, at + 1)) {
    for (size_t i = at; i < at + piece.size(); ++i) {
      if (telling[i]) return true;
    }
  }
  return false;
}

// Of so many letters and digits is a mailbox that is looked for.
constexpr size_t kMailboxSigns = 4;
// So many digits of somebody's number in a row are that number.
constexpr size_t kOwnNumberDigits = 9;

// The local parts of the person's e-mail addresses, squeezed and without their tags, of four
// letters and digits at least.
std::vector<std::string> MailboxesOf(const v1::Person& person) {
  std::vector<std::string> mailboxes;
  for (const v1::ContactPoint& point : person.contact_points()) {
    if (!point.has_email()) continue;
    const std::string_view email = point.email();
    const std::string_view local = email.substr(0, email.find('@'));
    // What stands behind a plus sign is a tag of the mailbox.
    std::string mailbox = Squeezed(local.substr(0, local.find('+', 1)));
    std::erase(mailbox, '~');
    if (mailbox.size() >= kMailboxSigns) mailboxes.push_back(std::move(mailbox));
  }
  return mailboxes;
}

// So many characters of a mailbox stand nowhere by chance, not in a random token either.
constexpr size_t kMailboxNotByChance = 9;

bool HoldsMailbox(std::string_view id, std::string_view mailbox) {
  if (mailbox.size() > id.size()) return false;
  return mailbox.size() >= kMailboxNotByChance ? Tells(id, mailbox)
                                               : Tells(WithoutRandomTokens(id), mailbox);
}

const icu::Transliterator& LatinToAscii() {
  static const icu::Transliterator* const rules = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Transliterator* made =
        icu::Transliterator::createInstance("Latin-ASCII", UTRANS_FORWARD, error);
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
    return made;
  }();
  return *rules;
}

// "yamada" of "Yamada" and of "山田 YAMADA", "muller" of "Müller".
std::vector<std::string> LatinWords(const std::string& name) {
  std::string ascii = name;
  if (!IsPrintableAscii(name)) {
    icu::UnicodeString unicode = icu::UnicodeString::fromUTF8(name);
    LatinToAscii().transliterate(unicode);
    ascii.clear();
    unicode.toUTF8String(ascii);
  }
  std::vector<std::string> words(1);
  for (const char c : ascii) {
    if (IsLetter(c)) {
      words.back() += absl::ascii_tolower(static_cast<unsigned char>(c));
    } else if (!words.back().empty() && c != '\'') {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// True of what is written without a letter of the Latin script, by the bytes of UTF-8 that begin
// its characters: Greek to Thai, kana, Han and Hangul. Others may hold one.
bool HoldsNoLatin(std::string_view name) {
  for (size_t at = 0; at < name.size(); ++at) {
    const auto byte = static_cast<unsigned char>(name[at]);
    const unsigned char next = at + 1 < name.size() ? static_cast<unsigned char>(name[at + 1]) : 0;
    const bool inside = byte >= 0x80 && byte < 0xC0;
    const bool other = (byte >= 0xCE && byte <= 0xE0) || (byte >= 0xE3 && byte <= 0xED);
    const bool latin = byte == 0xEA && next < 0xB0;
    const bool rare_han = byte == 0xF0 && next >= 0xA0;
    if (byte != ' ' && !inside && (!other || latin) && !rare_han) return false;
  }
  return true;
}

// False if no word of `name` stands in the squeezed id, so that nothing made of its words does.
bool MayHoldWordOf(const std::string& name, std::string_view squeezed) {
  if (HoldsNoLatin(name)) return false;
  if (!IsPrintableAscii(name)) return true;
  std::string word;
  for (size_t at = 0; at <= name.size(); ++at) {
    if (at < name.size() && IsLetter(name[at])) {
      word += absl::ascii_tolower(static_cast<unsigned char>(name[at]));
      continue;
    }
    if (!word.empty() && squeezed.find(word) != std::string_view::npos) return true;
    word.clear();
  }
  return false;
}

// The cheap answer to most ids and people.
bool MayHoldNameOf(std::string_view id, const v1::Person& person) {
  const std::string squeezed = Squeezed(id);
  return MayHoldWordOf(person.family_name(), squeezed) ||
         MayHoldWordOf(person.given_name(), squeezed) ||
         MayHoldWordOf(person.family_name_reading(), squeezed) ||
         MayHoldWordOf(person.given_name_reading(), squeezed);
}

// The words of a family and a given name, and both in one in either order.
void AddNameWords(const std::string& family, const std::string& given,
                  std::set<std::string>* names) {
  std::string joined[2];
  const std::vector<std::string> words[] = {LatinWords(family), LatinWords(given)};
  for (size_t i = 0; i < 2; ++i) {
    for (const std::string& word : words[i]) {
      names->insert(word);
      joined[i] += word;
    }
    names->insert(joined[i]);
  }
  names->insert(joined[0] + joined[1]);
  names->insert(joined[1] + joined[0]);
}

// Whether a word may begin at `at`, or before digits that stand there: where no letter stands, or
// one of another word.
bool BeginsWord(std::string_view id, size_t at) {
  size_t before = at;
  while (before > 0 && IsDigit(id[before - 1])) --before;
  if (before == 0 || !IsLetter(id[before - 1])) return true;
  if (before == at && DividesWords(id, at)) return true;
  const std::string_view rest = id.substr(0, before);
  return std::any_of(std::begin(kSilentWords), std::end(kSilentWords), [&](std::string_view word) {
    return rest.size() >= word.size() && IsWord(rest.substr(rest.size() - word.size()), word);
  });
}

bool EndsWord(std::string_view id, size_t at) {
  size_t behind = at;
  while (behind < id.size() && IsDigit(id[behind])) ++behind;
  if (behind == id.size() || !IsLetter(id[behind])) return true;
  if (behind == at && DividesWords(id, at)) return true;
  const std::string_view rest = id.substr(behind);
  return std::any_of(std::begin(kSilentWords), std::end(kSilentWords), [&](std::string_view word) {
    return IsWord(rest.substr(0, word.size()), word);
  });
}

// Whether a name of a few letters, in lower case, is a word of the id.
bool HoldsWord(std::string_view id, const std::vector<bool>& telling, std::string_view name) {
  const std::string lower = absl::AsciiStrToLower({id.data(), id.size()});
  for (size_t at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
    const auto first = telling.begin() + static_cast<std::ptrdiff_t>(at);
    const auto behind = first + static_cast<std::ptrdiff_t>(name.size());
    const bool tells = std::find(first, behind, true) != behind;
    if (tells && BeginsWord(id, at) && EndsWord(id, at + name.size())) return true;
  }
  return false;
}

// An e-mail address: whatever stands before an "@", and a host behind it, blanks apart.
bool HoldsAddress(std::string_view text) {
  for (size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const size_t host = text.find_first_not_of(' ', at + 1);
    if (host == std::string_view::npos || text.find_first_not_of(' ') == at) continue;
    size_t end = host;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) >= 0x80 ||
                                 IsAlphanumeric(text[end]) || text[end] == '.' || text[end] == '-'))
      ++end;
    while (end > host && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    if (IsHostName(text.substr(host, end - host))) return true;
  }
  return false;
}

// An "@" of any width.
bool HoldsAtSign(std::string_view text) {
  constexpr std::string_view kAtSigns[] = {"@", "\uff20", "\ufe6b"};
  return std::any_of(std::begin(kAtSigns), std::end(kAtSigns), [&](std::string_view sign) {
    return text.find(sign) != std::string_view::npos;
  });
}

// Digits and letters of every width in that of ASCII.
std::string OneWidth(std::string_view text) {
  std::string normal;
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  icu::StringByteSink<std::string> sink(&normal);
  nfkc->normalizeUTF8(0, {text.data(), static_cast<int32_t>(text.size())}, sink, nullptr, error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  return normal;
}

// What stands between the groups of a number, one or several of it.
bool IsBetweenGroups(char c) {
  switch (c) {
    case ' ':
    case '(':
    case ')':
    case '.':
    case '_':
    case ':':
    case '/':
    case '-':
    case ',':
    case '\t':
    case '\n':
      return true;
    default:
      return false;
  }
}

// Whether something but single separators stands there.
bool HasWideGaps(std::string_view text) {
  if (text.find_first_of("(),\t\n") != std::string_view::npos) return true;
  return std::adjacent_find(text.begin(), text.end(), [](char a, char b) {
           return IsBetweenGroups(a) && IsBetweenGroups(b);
         }) != text.end();
}

// "090-1234-5678" of "(090) 1234 - 5678".
std::string WithSingleSeparators(std::string_view text) {
  std::string single;
  for (const char c : text) {
    if (!IsBetweenGroups(c)) {
      single += c;
    } else if (!single.empty() && single.back() != '-') {
      single += '-';
    }
  }
  return single;
}

}  // namespace

bool IsIdText(std::string_view text, size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == ':' || c == '-';
         });
}

bool IsLabel(std::string_view text, size_t bytes_min, size_t bytes_max) {
  return text.size() >= bytes_min && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-'; });
}

bool HoldsPhoneNumber(std::string_view text) {
  constexpr size_t kNationalDigitsMin = 10;
  std::string folded;
  if (!IsPrintableAscii(text)) {
    folded = AsciiDigits(text);
    text = folded;
  }
  const size_t digits = DigitsIn(text);
  if (digits < kNationalDigitsMin) return HoldsPlusNumber(text);
  const std::string rest = WithoutRandomTokens(text);
  const std::vector<DigitSequence> sequences = DigitSequences(rest);
  const std::vector<std::string> padded = PaddedNumbers(text);
  return HoldsPlusNumber(rest) ||
         std::any_of(sequences.begin(), sequences.end(),
                     [](const DigitSequence& sequence) { return HoldsPhoneNumber(sequence); }) ||
         std::any_of(padded.begin(), padded.end(), [](const std::string& number) {
           return IsPhoneRun(number) || HasTrunkZero("0" + number);
         });
}

bool ReachesSomebody(std::string_view text) {
  constexpr size_t kDigitsMin = 7;
  std::string one_width, ascii;
  if (!IsPrintableAscii(text)) {
    // Nearly all names are shorter than a number.
    if (!HoldsAtSign(text) && CharactersIn(text) < kDigitsMin) return false;
    text = one_width = OneWidth(text);
  }
  if (text.find('@') != std::string_view::npos && HoldsAddress(text)) return true;
  if (text.size() < kDigitsMin) return false;
  if (HoldsMailAddress(text)) return true;
  if (!IsPrintableAscii(text)) text = ascii = AsciiDigits(text);
  if (DigitsIn(text) < kDigitsMin) return false;
  return HoldsPhoneNumber(text) ||
         (HasWideGaps(text) && HoldsPhoneNumber(WithSingleSeparators(text)));
}

bool HoldsDigitsOf(std::string_view text, const v1::Person& person, size_t digits_min) {
  // So many of one's own digits stand in a random token once in a million ids.
  constexpr size_t kNotByChance = 9;
  std::string folded;
  if (!IsPrintableAscii(text)) {
    folded = AsciiDigits(text);
    text = folded;
  }
  if (DigitsIn(text) < digits_min) return false;
  const std::string all = DigitsOf(text);
  const std::string rest = DigitsOf(WithoutRandomTokens(text));
  return std::any_of(person.contact_points().begin(), person.contact_points().end(),
                     [&](const v1::ContactPoint& point) {
                       const std::string own =
                           DigitsOf(point.has_email() ? point.email() : point.phone());
                       return SharesDigits(all, own, std::max(digits_min, kNotByChance)) ||
                              SharesDigits(rest, own, digits_min);
                     });
}

bool HoldsMailboxOf(std::string_view id, const v1::Person& person) {
  const std::vector<std::string> mailboxes = MailboxesOf(person);
  return std::any_of(mailboxes.begin(), mailboxes.end(),
                     [&](const std::string& mailbox) { return HoldsMailbox(id, mailbox); });
}

bool IsMadeOfMailboxOf(std::string_view id, const v1::Person& person) {
  constexpr size_t kOthersMax = 3;
  const std::vector<std::string> mailboxes = MailboxesOf(person);
  return std::any_of(mailboxes.begin(), mailboxes.end(), [&](const std::string& mailbox) {
    return HoldsMailbox(id, mailbox) &&
           (mailbox.size() >= kMailboxNotByChance ||
            SignsOutsideSilentWords(id) <= mailbox.size() + kOthersMax);
  });
}

bool HoldsNameOf(std::string_view id, const v1::Person& person) {
  constexpr size_t kLettersMin = 3;
  // No word for a contact point holds so many letters of a name.
  constexpr size_t kNotByChance = 6;
  if (!MayHoldNameOf(id, person)) return false;
  const std::string rest = WithoutRandomTokens(id);
  const std::vector<bool> telling = TellingLetters(rest);
  if (std::count(telling.begin(), telling.end(), true) < static_cast<std::ptrdiff_t>(kLettersMin))
    return false;
  std::set<std::string> names;
  AddNameWords(person.family_name(), person.given_name(), &names);
  AddNameWords(person.family_name_reading(), person.given_name_reading(), &names);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    if (name.size() < kLettersMin || SaysNothing(name)) return false;
    return name.size() >= kNotByChance ? Tells(rest, name) : HoldsWord(rest, telling, name);
  });
}

bool GivesAwayContactPoint(std::string_view id, const v1::Person& person) {
  constexpr size_t kTellingDigits = 7;
  constexpr size_t kOwnDigits = 6;
  if (HoldsMailboxOf(id, person) || HoldsNameOf(id, person) || HoldsMailAddress(id)) return true;
  if (DigitsIn(id) < kOwnDigits) return false;
  const std::string rest = WithoutRandomTokens(id);
  return TellingDigits(DigitSequences(rest)) >= kTellingDigits || HoldsCardNumber(id) ||
         HoldsPhoneNumber(id) || HoldsDigitsOf(id, person, kOwnDigits);
}

bool GivesAwayPerson(std::string_view id, const v1::Person& person) {
  return HoldsDigitsOf(id, person, kOwnNumberDigits) || IsMadeOfMailboxOf(id, person);
}

bool MayGiveAwayPerson(std::string_view id) {
  const std::string rest = WithoutRandomTokens(id);
  bool tells = TellingDigits(DigitSequences(rest)) >= kOwnNumberDigits;
  ForEachWord(rest, [&](size_t, std::string_view word) {
    tells = tells || (word.size() >= kMailboxSigns && !SaysNothing(word));
  });
  return tells;
}

}  // namespace switchboard
