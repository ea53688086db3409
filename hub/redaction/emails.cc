#include "hub/redaction/emails.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "hub/base/email.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kLocalMax = 64;
constexpr size_t kHostMax = 253;

struct Sign {
  std::u32string_view text;  // in the loose dress
  bool bare;                 // an English word that also means something else
};
// What stands for "@" and for ".", the longer of two with one begin first.
constexpr Sign kAtSigns[] = {
    {U"@", false},      {U"(at)", false},         {U"[at]", false},     {U" (at) ", false},
    {U" [at] ", false}, {U"{at}", false},         {U"(あっと)", false}, {U"[あっと]", false},
    {U"(@)", false},    {U"あっとまーく", false}, {U"あっと", false},   {U" at ", true}};
constexpr Sign kDots[] = {{U" dot ", true},   {U"(dot)", true},   {U"[dot]", true},
                          {U" (dot) ", true}, {U" [dot] ", true}, {U"どっと", true},
                          {U" . ", false},    {U".", false},      {U"。", false}};
constexpr std::u32string_view kLocalDots[] = {U" dot ", U"(dot)", U"[dot]", U"どっと"};
// Whose hosts people leave the last part of.
constexpr std::u32string_view kProviders[] = {U"gmail",  U"hotmail", U"outlook",   U"icloud",
                                              U"docomo", U"ezweb",   U"softbank",  U"yahoo",
                                              U"qq",     U"naver",   U"googlemail"};

bool IsAsciiAlnum(char32_t c) {
  return c < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(c));
}

bool IsAtomSign(char32_t c) {
  constexpr std::u32string_view kSigns = U"!#$%&'*+/=?^_`{|}~-.";
  return kSigns.find(c) != std::u32string_view::npos;
}

class EmailSearch {
 public:
  explicit EmailSearch(Marks* marks) : marks_(marks), text_(marks->text()) {}

  void Run() {
    for (size_t at = 1; at < text_.size();) {
      const size_t end = FindAt(at);
      at = std::max(end, at + 1);
    }
  }

 private:
  struct Host {
    size_t end = 0;
    bool spelled = false;  // with a word for a dot
    bool known = false;    // ends in a common top-level domain, or is a provider's
    std::string value = {};
  };

  bool Stands(std::u32string_view sign, size_t at) const {
    return text_.loose().substr(at, sign.size()) == sign;
  }

  // Behind the address whose sign stands at `at`, or 0.
  size_t FindAt(size_t at) {
    constexpr std::u32string_view kFirst = U"@([{ あ";
    if (kFirst.find(text_.loose()[at]) == kFirst.npos) return 0;
    for (const Sign& sign : kAtSigns) {
      if (!Stands(sign.text, at)) continue;
      const size_t begin = LocalBefore(at);
      if (begin == at) continue;
      const std::optional<Host> host = HostAt(at + sign.text.size());
      if (!host.has_value() || (sign.bare && !host->spelled)) continue;
      const bool apart = text_.plain()[at - 1] == U' ' || text_.plain()[at] == U' ';
      if ((apart || host->spelled) && !host->known) continue;
      const std::string local = LocalValue(begin, at);
      marks_->Add({begin, host->end, v1::TextMark::KIND_EMAIL, false,
                   MailboxOf(local + "@" + host->value)});
      return host->end;
    }
    return 0;
  }

  bool IsOfLocal(size_t index, bool ascii) const {
    const char32_t c = text_.plain()[index];
    if (IsAtomSign(c)) return true;
    return ascii ? IsAsciiAlnum(c) || (c < 0x250 && text_.is_word(index))
                 : text_.is_word(index) && c >= 0x80;
  }

  // Where the local part before `at` begins; `at` when there is none.
  size_t LocalBefore(size_t at) const {
    size_t end = at;
    if (end > 0 && text_.plain()[end - 1] == U' ') --end;
    if (end == 0) return at;
    const bool ascii = text_.plain()[end - 1] < 0x250;
    size_t begin = end;
    while (begin > 0 && end - begin < kLocalMax) {
      if (IsOfLocal(begin - 1, ascii)) {
        --begin;
        continue;
      }
      const size_t dot = SpelledDotBefore(begin);
      if (dot == begin || begin == end) break;
      begin = dot;
    }
    while (begin < end && !text_.is_word(begin) && text_.plain()[begin] != U'_') ++begin;
    return begin < end ? begin : at;
  }

  // Where a word for a dot begins that ends at `end` and has a letter before it; else `end`.
  size_t SpelledDotBefore(size_t end) const {
    for (const std::u32string_view dot : kLocalDots) {
      if (end > dot.size() && Stands(dot, end - dot.size()) && text_.is_word(end - dot.size() - 1))
        return end - dot.size();
    }
    return end;
  }

  std::string LocalValue(size_t begin, size_t end) const {
    std::u32string local(text_.loose().substr(begin, end - begin));
    for (const std::u32string_view dot : kLocalDots) {
      for (size_t at = local.find(dot); at != local.npos; at = local.find(dot, at + 1)) {
        local.replace(at, dot.size(), 1, U'.');
      }
    }
    std::erase(local, U' ');
    return Utf8Of(local);
  }

  // Labels of letters, digits and hyphens from `at` on.
  std::optional<Host> HostAt(size_t at) const {
    if (at < text_.size() && text_.plain()[at] == U' ') ++at;
    Host host{at};
    std::u32string value;
    size_t labels = 0;
    for (size_t begin = at; begin - at < kHostMax;) {
      const size_t end = LabelEnd(begin);
      if (end == begin) break;
      if (labels > 0) value += U'.';
      value += text_.loose().substr(begin, end - begin);
      ++labels;
      host.end = end;
      const Sign* const dot = DotAt(end);
      if (dot == nullptr) break;
      begin = end + dot->text.size();
      if (LabelEnd(begin) > begin) host.spelled = host.spelled || dot->bare;
    }
    const bool provider = labels == 1 && std::find(std::begin(kProviders), std::end(kProviders),
                                                   value) != std::end(kProviders);
    host.value = Utf8Of(value);
    host.known = provider || EndsInCommonDomain(value);
    if (!provider && (labels < 2 || !EndsInTopLevel(value))) return std::nullopt;
    return host;
  }

  const Sign* DotAt(size_t at) const {
    const auto* const dot = std::find_if(std::begin(kDots), std::end(kDots), [&](const Sign& one) {
      return at < text_.size() && Stands(one.text, at);
    });
    return dot == std::end(kDots) ? nullptr : dot;
  }

  size_t LabelEnd(size_t begin) const {
    if (begin >= text_.size()) return begin;
    const bool ascii = text_.plain()[begin] < 0x80;
    size_t end = begin;
    while (end < text_.size()) {
      const char32_t c = text_.plain()[end];
      const bool belongs = ascii ? IsAsciiAlnum(c) : c >= 0x80 && text_.is_word(end);
      if (!belongs && (c != U'-' || end == begin)) break;
      ++end;
    }
    while (end > begin && text_.plain()[end - 1] == U'-') --end;
    return end;
  }

  static bool EndsInCommonDomain(std::u32string_view host) {
    static constexpr std::u32string_view kCommon[] = {
        U"com", U"net", U"org", U"edu", U"gov", U"info", U"biz", U"io", U"me", U"jp", U"cn", U"tw",
        U"hk",  U"kr",  U"uk",  U"us",  U"de",  U"fr",   U"it",  U"es", U"eu", U"au", U"ca", U"in"};
    const std::u32string_view last = host.substr(host.rfind(U'.') + 1);
    return std::find(std::begin(kCommon), std::end(kCommon), last) != std::end(kCommon);
  }

  static bool EndsInTopLevel(std::u32string_view host) {
    const std::u32string_view last = host.substr(host.rfind(U'.') + 1);
    const bool digits =
        std::all_of(last.begin(), last.end(), [](char32_t c) { return c >= U'0' && c <= U'9'; });
    return last.size() >= 2 && !digits;
  }

  Marks* const marks_;
  const FoldedText& text_;
};

}  // namespace

void FindEmails(Marks* marks) { EmailSearch(marks).Run(); }

}  // namespace switchboard::redaction
