#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::cli {

// What an event of the audit log is called: "hub-1/512/3".
struct EventName {
  std::string chain_id;
  int64_t sequence = 0;  // of its entry
  int64_t index = 0;     // within the entry, from 0
};

std::string TextOf(const EventName& name);
// Nothing if the text is no such name.
std::optional<EventName> ParseEventName(std::string_view text);

}  // namespace switchboard::cli
