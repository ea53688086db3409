#include "clients/cli/event_name.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace switchboard::cli {

std::string TextOf(const EventName& name) {
  return absl::StrCat(name.chain_id, "/", name.sequence, "/", name.index);
}

std::optional<EventName> ParseEventName(std::string_view text) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '/');
  EventName name;
  if (parts.size() != 3 || parts[0].empty() || !absl::SimpleAtoi(parts[1], &name.sequence) ||
      !absl::SimpleAtoi(parts[2], &name.index) || name.sequence < 1 || name.index < 0)
    return std::nullopt;
  name.chain_id = parts[0];
  return name;
}

}  // namespace switchboard::cli
