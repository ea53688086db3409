#pragma once

#include <compare>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/assignments/erasure.h"
#include "hub/core_feed/core_feed.h"
#include "hub/legal_holds/held.h"
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

// What the deletion of a person waits for, agreed to at `agree_time_us`, a sentence each; none: it
// comes with the next sweep.
absl::StatusOr<std::vector<std::string>> WaitsFor(storage::Connection& reader,
                                                  const legal_holds::Held& held,
                                                  std::string_view request_id,
                                                  std::string_view person_id,
                                                  int64_t agree_time_us);

}  // namespace switchboard::retention
