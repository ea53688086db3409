#pragma once

#include <string>

namespace switchboard::testing {

// Id of the pack below, which is to be heard of everybody.
inline constexpr char kOpenPackId[] = "open";

// A rule pack that lets every contact pass, for tests that are about something else.
inline std::string OpenPackYaml() {
  return "pack_id: open\nversion: 1\ntitle: Everything passes\ncountry: AQ\nhome_zone: UTC\n"
         "rules:\n  - rule_id: open.visits\n    strength: SHOULD\n    source: the house\n"
         "    verification: CONFIRMED\n    asks: [{channels: [VISIT]}]\n    forbid: {}\n";
}

}  // namespace switchboard::testing
