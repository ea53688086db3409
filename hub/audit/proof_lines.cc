#include "hub/audit/proof_lines.h"

#include <charconv>

#include "absl/strings/escaping.h"

namespace switchboard::audit {

std::optional<std::string_view> ProofLines::Next() {
  const size_t end = rest_.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return line;
}

std::string ToBase64(std::string_view bytes) {
  return absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  // Abseil also takes blanks, no padding, and bits that say nothing.
  if (!absl::Base64Unescape(absl::string_view(text.data(), text.size()), &bytes) ||
      ToBase64(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<Hash> HashFromBase64(std::string_view text) {
  const std::optional<std::string> bytes = FromBase64(text);
  return bytes.has_value() ? HashOf(*bytes) : std::nullopt;
}

std::optional<int64_t> FromDecimal(std::string_view text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool leads = text.size() > 1 && text.front() == '0';
  if (read.ec != std::errc() || read.ptr != end || number < 0 || leads || text.front() == '-')
    return std::nullopt;
  return number;
}

std::optional<std::string_view> ValueOf(std::string_view line, std::string_view key) {
  if (line.size() <= key.size() + 1 || line.substr(0, key.size()) != key || line[key.size()] != ' ')
    return std::nullopt;
  return line.substr(key.size() + 1);
}

}  // namespace switchboard::audit
