#pragma once

#include <compare>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/assignments/erasure.h"
#include "hub/core_feed/core_feed.h"
#include "hub/legal_holds/held.h"
#include "hub/person_requests/person_requests.h"
#include "hub/retention/eraser.h"
#include "hub/storage/database.h"
#include "switchboard/v1/privacy_keeping.pb.h"

// What ended work waits for before it may be erased, for whom, and what would end that: as the
// eraser looks at it, but by name.

namespace switchboard::retention {

struct Wait {
  v1::ReportRetentionResponse::Cause cause = v1::ReportRetentionResponse::CAUSE_UNSPECIFIED;
  std::string for_whom;  // "core/main", "core/main/audit", "vendor/sakura", the id of a legal hold

  auto operator<=>(const Wait&) const = default;
};

// What ends it: a command, or a sentence where there is none.
std::string WayOut(const Wait& wait);

// Of each of these, what it waits for. They have left their vendors' feeds.
absl::StatusOr<std::vector<std::set<Wait>>> WaitsOf(
    storage::Connection& reader, const legal_holds::Held& held,
    const std::vector<core_feed::ReaderCursor>& readers,
    const std::vector<assignments::EndedAssignment>& ended);

// Likewise what persons wait for before they may be erased, besides their accounts and work.
absl::StatusOr<std::vector<std::set<Wait>>> WaitsOfPersons(
    storage::Connection& reader, const legal_holds::Held& held,
    const std::vector<core_feed::ReaderCursor>& readers,
    const std::vector<std::string>& person_ids);

// What a deletion waits for, a sentence each; none: it comes with the next sweep. While there are
// legal holds it looks at `items_left` refused items at most, which it lowers, and says so where
// these were too few: one number for all that one call is told.
absl::StatusOr<std::vector<std::string>> WaitsFor(storage::Connection& reader, const Eraser& eraser,
                                                  const legal_holds::Held& held, absl::Time now,
                                                  const person_requests::AgreedDeletion& deletion,
                                                  int& items_left);

}  // namespace switchboard::retention
