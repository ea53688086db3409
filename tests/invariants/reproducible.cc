#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/invariants/invariants.h"

// The validator of I9.

namespace switchboard::invariants {

Violations Reproducible(const Ledger& first, const Ledger& second) {
  Violations violations;
  auto compare = [&](const char* what, const auto& one, const auto& other, auto bytes_of) {
    const size_t common = std::min(one.size(), other.size());
    for (size_t i = 0; i < common; ++i) {
      if (bytes_of(one[i]) == bytes_of(other[i])) continue;
      violations.push_back(absl::StrCat(what, " differ, first at ", i + 1));
      return;
    }
    if (one.size() != other.size()) {
      violations.push_back(absl::StrCat(what, ": ", one.size(), " and ", other.size()));
    }
  };
  auto serialized = [](const auto& message) { return message.SerializeAsString(); };
  compare("audit entries", first.audit, second.audit, serialized);
  compare("placements", first.placements, second.placements, serialized);
  compare("rows shown", first.shown, second.shown,
          [](const auto& shown) { return shown.first + " " + shown.second.SerializeAsString(); });
  compare("outcomes", first.items_read, second.items_read, serialized);
  return violations;
}

}  // namespace switchboard::invariants
