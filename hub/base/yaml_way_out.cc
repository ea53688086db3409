#include "hub/base/yaml_way_out.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace switchboard {
namespace {

using std::string_view;

constexpr size_t kNone = string_view::npos;
constexpr string_view kWideColon = "\xEF\xBC\x9A";
// Signs that no plain value may begin with.
constexpr string_view kSigns = "*&!%@`|>]},";

string_view LineOf(string_view text, int number) {
  for (; number > 1 && !text.empty(); --number)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The byte at which a column of characters begins.
size_t ByteOf(string_view line, int column) {
  size_t at = 0;
  for (; column > 1 && at < line.size(); --column) {
    ++at;
    while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

string_view Trimmed(string_view text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// Whether `at` lies within brackets that begin on this line.
bool InBrackets(string_view line, size_t at) {
  int depth = 0;
  for (const char c : line.substr(0, at)) {
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
  }
  return depth > 0;
}

// The value that begins at `begin` and was read to `from` as YAML: up to a comment, and within
// brackets up to what ends it there.
string_view ValueAt(string_view line, size_t begin, size_t from) {
  size_t end = line.find(" #", from);
  if (InBrackets(line, begin)) end = std::min(end, line.find_first_of(",}]", from));
  return Trimmed(line.substr(begin, end == kNone ? kNone : end - begin));
}

std::string QuoteIt(string_view why, string_view value) {
  const string_view quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') ? "" : value;
  return absl::StrCat("; ", absl::string_view(why.data(), why.size()), ": quote it",
                      quoted.empty() ? "" : ", as " + QuoteYaml(quoted));
}

// Where the bracket or quote began that ends at `end`; kNone when not on this line.
size_t OpeningOf(string_view line, size_t end) {
  const char close = line[end];
  if (close == '"' || close == '\'') return end == 0 ? kNone : line.rfind(close, end - 1);
  const char open = close == ']' ? '[' : '{';
  int depth = 0;
  for (size_t at = end + 1; at-- > 0;) {
    if (line[at] == close) ++depth;
    if (line[at] == open && --depth == 0) return at;
  }
  return kNone;
}

// "key:value" where "key: value" was meant.
bool LacksBlank(string_view line) {
  const size_t begin = line.find_first_not_of(" -");
  if (begin == kNone) return false;
  size_t at = begin;
  while (at < line.size() &&
         (absl::ascii_isalnum(static_cast<unsigned char>(line[at])) || line[at] == '_'))
    ++at;
  return at > begin && at + 1 < line.size() && line[at] == ':' && line[at + 1] != ' ' &&
         line[at + 1] != '\t';
}

bool HasWideColon(string_view line) {
  const size_t wide = line.find(kWideColon);
  return wide != kNone && line.substr(0, wide).find(": ") == kNone;
}

}  // namespace

std::string YamlWayOut(string_view text, YamlPlace place) {
  const string_view line = LineOf(text, place.line);
  const string_view above = place.line > 1 ? LineOf(text, place.line - 1) : "";
  for (const auto& [one, where] :
       {std::pair(line, "this line"), std::pair(above, "the line above")}) {
    if (HasWideColon(one)) return absl::StrCat("; ", where, " has a wide colon (：); write \": \"");
    if (LacksBlank(one)) return absl::StrCat("; ", where, " needs a blank after its colon");
  }
  const size_t at = ByteOf(line, place.column);
  if (at >= line.size()) return "";
  const size_t before = at == 0 ? kNone : line.find_last_not_of(" \t", at - 1);
  if (before != kNone && string_view("]}\"'").find(line[before]) != kNone) {
    const size_t begin = OpeningOf(line, before);
    if (begin == kNone) return "";
    return QuoteIt(absl::StrCat("the value begins with ", QuoteYaml(line.substr(begin, 1)),
                                " and does not end with it"),
                   ValueAt(line, begin, at));
  }
  for (const size_t sign : {at, at == 0 ? kNone : at - 1}) {
    if (sign == kNone || kSigns.find(line[sign]) == kNone) continue;
    if (line.substr(0, sign).find_first_not_of(" \t-") == kNone && sign == at - 1) continue;
    return QuoteIt(absl::StrCat("no value may begin with ", QuoteYaml(line.substr(sign, 1))),
                   ValueAt(line, sign, sign + 1));
  }
  const size_t key = line[at] == ':' ? line.substr(0, at).rfind(": ") : kNone;
  if (key != kNone)
    return QuoteIt("the value holds a colon and a blank", ValueAt(line, key + 2, at));
  // Deeper than the line above, which has its value already.
  const size_t depth = line.find_first_not_of(' ');
  const size_t depth_above = above.find_first_not_of(' ');
  if (depth_above == kNone || depth == kNone || depth <= depth_above || above.ends_with(':'))
    return "";
  return "; it stands further in than it can below a line that has its value: check the "
         "indentation";
}

}  // namespace switchboard
