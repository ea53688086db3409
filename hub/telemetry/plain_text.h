#pragma once

#include <string>
#include <string_view>

namespace switchboard::telemetry {

// The second line of defence of invariant I4 (nothing personal in logs and metrics); the first is
// that callers only hand over ids, counts and durations.

// What stands in the place of text that is not an id.
inline constexpr char kWithheld[] = "withheld";

// True for what an id, a code, a host or a path looks like: 1 to 128 bytes of letters, digits and
// ._:/-[] without ten or more digits in a row, hyphens between them not counted (a phone or card
// number).
bool IsPlainId(std::string_view text);

// A sentence of ours or of a library, made fit for a log: at most 512 bytes, digits of such a row
// as "#", every byte outside printable ASCII as "?" and every "@" as "#".
std::string Scrub(std::string_view sentence);

}  // namespace switchboard::telemetry
