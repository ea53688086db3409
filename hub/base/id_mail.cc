#include "hub/base/id_mail.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "hub/base/locale_codes.h"

namespace switchboard {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLetter(char c) { return IsLower(c) || IsUpper(c); }
bool IsAlphanumeric(char c) { return IsLetter(c) || IsDigit(c); }
bool IsSeparator(char c) { return c == '.' || c == '_' || c == ':' || c == '/' || c == '-'; }

// A word of an id, in whatever case.
struct Word {
  std::string_view text;
  bool dotted;  // behind one dot, or behind the word for it
  bool apart;   // signs of the id, or its ends, stand on both sides: not taroAt
};
using Words = absl::Span<const Word>;

// Whether the text is this word, which is in lower case.
bool Is(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return a == b || (IsUpper(a) && a + ('a' - 'A') == b); });
}

// Whether a word begins at a sign of the id: behind what is none, or by its case (taroAt).
bool BeginsWord(std::string_view id, size_t at) {
  if (!IsAlphanumeric(id[at])) return false;
  return at == 0 || !IsAlphanumeric(id[at - 1]) || (IsUpper(id[at]) && IsLower(id[at - 1]));
}

// Of a piece of an id.
absl::InlinedVector<Word, 16> WordsOf(std::string_view id) {
  absl::InlinedVector<Word, 16> words;
  size_t behind = 0;  // the last word
  for (size_t at = 0; at < id.size();) {
    if (!BeginsWord(id, at)) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    while (end < id.size() && IsAlphanumeric(id[end]) && !BeginsWord(id, end)) ++end;
    const bool said = words.size() >= 2 && Is(words.back().text, "dot");
    if (said) words.pop_back();
    words.push_back({id.substr(at, end - at), said || id.substr(behind, at - behind) == ".",
                     (at == 0 || !IsAlphanumeric(id[at - 1])) &&
                         (end == id.size() || !IsAlphanumeric(id[end]))});
    at = behind = end;
  }
  return words;
}

// Of most ids nothing more need be asked: random ones are of one word, or hexadecimal, and others
// have one word with numbers behind. A domain is a word of letters behind another word.
bool MayHoldAddress(std::string_view id) {
  bool domain = false, beyond_hex = false;
  for (size_t at = 1; at < id.size(); ++at) {
    if (!IsLetter(id[at])) continue;
    domain = domain || BeginsWord(id, at);
    beyond_hex = beyond_hex || (id[at] | 0x20) > 'f';
  }
  return domain && beyond_hex;
}

// Domains that are no country's, and where mail can go; those of examples too.
constexpr std::string_view kDomains[] = {
    "app",     "asia", "biz",  "cloud", "com",   "coop", "dev",  "edu",   "email", "eu",
    "example", "gov",  "info", "int",   "jobs",  "mil",  "mobi", "name",  "net",   "online",
    "org",     "pro",  "shop", "site",  "store", "tel",  "test", "tokyo", "uk",    "xyz",
};
// Domains that no word of English is: of what hyphens join, as "call-at-noon-in-may" is.
constexpr std::string_view kDomainsOnly[] = {
    "au",  "biz", "br", "cn",  "com", "de", "edu", "es", "fr", "gov", "hk", "kr", "mx",
    "net", "nl",  "nz", "org", "ph",  "ru", "sg",  "th", "tr", "tw",  "uk", "vn", "jp",
};

bool IsOneOf(absl::Span<const std::string_view> words, std::string_view text) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return Is(text, word); });
}

// The letters that a word begins with, if nothing but digits stands behind them: jp of jp1.
std::string_view LettersOf(std::string_view word) {
  const auto digit = std::find_if_not(word.begin(), word.end(), IsLetter);
  const bool plain = std::none_of(digit, word.end(), IsLetter);
  return plain ? word.substr(0, static_cast<size_t>(digit - word.begin())) : std::string_view();
}

bool HasLetter(std::string_view word) { return std::any_of(word.begin(), word.end(), IsLetter); }

// Whether the word may end a host behind `at` whose label before it is `before`: 9.pm is none.
bool EndsHost(const Word& at, const Word& before, const Word& word) {
  const std::string_view domain = LettersOf(word.text);
  if (!HasLetter(before.text)) return false;
  if (!word.dotted) return at.apart && word.apart && IsOneOf(kDomainsOnly, domain);
  return IsOneOf(kDomains, domain) ||
         (domain.size() == 2 && IsCountryCode(absl::AsciiStrToUpper({domain.data(), 2})));
}

// Whether `words` begin with "at" and a host.
bool BeginsWithHost(Words words) {
  if (!Is(words[0].text, "at")) return false;
  for (size_t i = 2; i < words.size(); ++i) {
    if (EndsHost(words[0], words[i - 1], words[i])) return true;
  }
  return false;
}

// Where people in general have their mailboxes.
struct MailHost {
  std::string_view name;
  std::string_view domains[2];  // the second empty: of one
};
constexpr MailHost kMailHosts[] = {
    {"126", {"com", ""}},        {"163", {"com", ""}},        {"aliyun", {"com", ""}},
    {"aol", {"com", ""}},        {"bigpond", {"com", ""}},    {"daum", {"net", ""}},
    {"docomo", {"ne", "jp"}},    {"ezweb", {"ne", "jp"}},     {"foxmail", {"com", ""}},
    {"free", {"fr", ""}},        {"gmail", {"com", ""}},      {"gmx", {"de", ""}},
    {"gmx", {"net", ""}},        {"googlemail", {"com", ""}}, {"hanmail", {"net", ""}},
    {"hotmail", {"co", "jp"}},   {"hotmail", {"com", ""}},    {"icloud", {"com", ""}},
    {"kakao", {"com", ""}},      {"laposte", {"net", ""}},    {"libero", {"it", ""}},
    {"live", {"com", ""}},       {"mac", {"com", ""}},        {"mail", {"ru", ""}},
    {"me", {"com", ""}},         {"msn", {"com", ""}},        {"nate", {"com", ""}},
    {"naver", {"com", ""}},      {"nifty", {"com", ""}},      {"ocn", {"ne", "jp"}},
    {"orange", {"fr", ""}},      {"outlook", {"com", ""}},    {"outlook", {"jp", ""}},
    {"proton", {"me", ""}},      {"protonmail", {"com", ""}}, {"qq", {"com", ""}},
    {"rediffmail", {"com", ""}}, {"rocketmail", {"com", ""}}, {"sina", {"com", ""}},
    {"sohu", {"com", ""}},       {"softbank", {"ne", "jp"}},  {"uol", {"com", "br"}},
    {"wanadoo", {"fr", ""}},     {"web", {"de", ""}},         {"yahoo", {"co", "in"}},
    {"yahoo", {"co", "jp"}},     {"yahoo", {"co", "uk"}},     {"yahoo", {"com", ""}},
    {"yahoo", {"fr", ""}},       {"yandex", {"ru", ""}},      {"yeah", {"net", ""}},
    {"ymail", {"com", ""}},
};

// Whether `words` begin with the host; `has_local`: something stands before them. The name may be
// the end of a longer word if it is long itself; then nothing but hyphens may join the host too,
// unless that says a company and its country, as orange-fr does.
bool BeginsWith(const MailHost& host, Words words, bool has_local) {
  constexpr size_t kLongBytes = 5;
  const std::string_view first = words[0].text;
  if (first.size() < host.name.size()) return false;
  const bool is_long = host.name.size() >= kLongBytes;
  const bool joined = is_long && first.size() > host.name.size() &&
                      Is(first.substr(first.size() - host.name.size()), host.name);
  if (!joined && (!has_local || !Is(first, host.name))) return false;
  const size_t size = host.domains[1].empty() ? 1 : 2;
  if (words.size() <= size) return false;
  const bool may_be_hyphened =
      is_long && (size == 2 || host.domains[0] == "com" || host.domains[0] == "net");
  for (size_t i = 0; i < size; ++i) {
    const Word& word = words[i + 1];
    const std::string_view domain = i + 1 == size ? LettersOf(word.text) : word.text;
    if (!Is(domain, host.domains[i]) || (!word.dotted && !may_be_hyphened)) return false;
  }
  return true;
}

bool HoldsAddress(Words words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const Words rest = words.subspan(i);
    if (i > 0 && BeginsWithHost(rest)) return true;
    if (!IsLetter(words[i + 1].text[0])) continue;  // every domain begins with one
    const bool public_host =
        std::any_of(std::begin(kMailHosts), std::end(kMailHosts),
                    [&](const MailHost& host) { return BeginsWith(host, rest, i > 0); });
    if (public_host) return true;
  }
  return false;
}

}  // namespace

bool HoldsMailAddress(std::string_view id) {
  if (!MayHoldAddress(id)) return false;
  for (size_t begin = 0; begin < id.size();) {
    size_t end = begin;
    while (end < id.size() && (IsAlphanumeric(id[end]) || IsSeparator(id[end]))) ++end;
    if (HoldsAddress(WordsOf(id.substr(begin, end - begin)))) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace switchboard
