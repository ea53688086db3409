#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "hub/assignments/assignments.h"
#include "hub/storage/database.h"
#include "hub/storage/sealer.h"

// Whom refused items are about. That stands in their boxes alone.

namespace switchboard::retention {

// Whose items are looked for.
struct Them {
  std::function<bool(std::string_view)> id;                        // of a person or an account
  std::function<bool(const assignments::Assignment&)> assignment;  // that is there still
};

enum class Names {
  kNobody,  // of them; also what is not there, or was kept without its content
  kThem,    // by any id that stands in it, or by work of theirs
  kUnread,  // the box does not open, or nobody can read what is in it
};
absl::StatusOr<Names> NamesThem(storage::Connection& connection, storage::Sealer& sealer,
                                const std::string& quarantine_id, const Them& them);

}  // namespace switchboard::retention
