#include "hub/telemetry/plain_text.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"

namespace switchboard::telemetry {
namespace {

constexpr size_t kIdBytesMax = 128;
constexpr size_t kSentenceBytesMax = 512;
constexpr int kDigitsInRowMax = 9;

// End of the row of digits, and hyphens between digits, that begins at `begin`; how many digits it
// has.
struct DigitRow {
  size_t end;
  int digits;
};

DigitRow ReadDigits(std::string_view text, size_t begin) {
  DigitRow row{begin, 0};
  for (size_t i = begin; i < text.size(); ++i) {
    if (absl::ascii_isdigit(text[i])) {
      row.end = i + 1;
      ++row.digits;
    } else if (text[i] != '-' || row.end != i) {
      break;
    }
  }
  return row;
}

}  // namespace

bool IsPlainId(std::string_view text) {
  if (text.empty() || text.size() > kIdBytesMax) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::ascii_isdigit(text[i])) {
      const DigitRow row = ReadDigits(text, i);
      if (row.digits > kDigitsInRowMax) return false;
      i = row.end - 1;
    } else if (!absl::ascii_isalpha(text[i]) &&
               std::string_view("._:/-[]").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::string Scrub(std::string_view sentence) {
  std::string result;
  for (size_t i = 0; i < sentence.size() && result.size() < kSentenceBytesMax; ++i) {
    const char c = sentence[i];
    if (absl::ascii_isdigit(c)) {
      const DigitRow row = ReadDigits(sentence, i);
      if (row.digits > kDigitsInRowMax) {
        result += '#';
      } else {
        result += sentence.substr(i, row.end - i);
      }
      i = row.end - 1;
    } else {
      result += c == '@' ? '#' : absl::ascii_isprint(c) ? c : '?';
    }
  }
  result.resize(std::min(result.size(), kSentenceBytesMax));
  return result;
}

}  // namespace switchboard::telemetry
