#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/invariants/invariants.h"

// The validator of I4.

namespace switchboard::invariants {
namespace {

// A text that the two ends of a cut may share is found in no piece alone.
bool FoundIn(const std::vector<std::string>& pieces, const std::string& value) {
  return std::any_of(pieces.begin(), pieces.end(), [&](const std::string& piece) {
    return piece.find(value) != std::string::npos;
  });
}

}  // namespace

Violations Masked(const Ledger& ledger) {
  Violations violations;
  for (const auto& [vendor_id, values] : ledger.withheld) {
    const auto shown = ledger.bytes_shown.find(vendor_id);
    if (shown == ledger.bytes_shown.end()) continue;
    int64_t found = 0;
    for (const std::string& value : values) found += FoundIn(shown->second, value) ? 1 : 0;
    if (found > 0) {
      violations.push_back(
          absl::StrCat("vendor ", vendor_id, " was sent ", found, " withheld values"));
    }
  }
  for (const auto& [vendor_id, kinds] : ledger.withheld_found) {
    for (const auto& [kind, times] : kinds) {
      violations.push_back(absl::StrCat("vendor ", vendor_id, " was sent a withheld ", kind, " ",
                                        times, times == 1 ? " time" : " times"));
    }
  }
  // That it did not leave is the guard's merit: whoever masks was about to let it.
  int64_t withheld = 0;
  for (const auto& item : ledger.quarantine) withheld += item.kind() == "shown" ? 1 : 0;
  for (const auto& rest : ledger.quarantine_rest)
    if (rest.kind() == "shown") withheld += rest.count();
  if (withheld > 0) {
    violations.push_back(
        absl::StrCat("the guard on the wire withheld ", withheld, " rows or permits"));
  }
  return violations;
}

}  // namespace switchboard::invariants
