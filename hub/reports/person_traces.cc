#include "hub/reports/person_traces.h"

#include "hub/base/error.h"

namespace switchboard::reports {
namespace {

// Each by an index that begins with the person.
constexpr const char* kTraces[] = {
    "SELECT 1 FROM assignment WHERE person_id = $1 LIMIT 1",
    "SELECT 1 FROM contact WHERE person_id = $1 LIMIT 1",
    "SELECT 1 FROM disclosed_answer WHERE person_id = $1 LIMIT 1",
    "SELECT 1 FROM former_owner WHERE person_id = $1 LIMIT 1",
    "SELECT 1 FROM person_past WHERE person_id = $1 LIMIT 1",
    "SELECT 1 FROM person_word WHERE person_id = $1 LIMIT 1",
    "SELECT 1 FROM person_request WHERE person_id = $1 LIMIT 1",
    "SELECT 1 FROM stop WHERE subject = $1 AND lift_time IS NULL LIMIT 1",
    "SELECT 1 FROM stop WHERE subject = $1 AND lift_time IS NOT NULL LIMIT 1",
};

}  // namespace

absl::StatusOr<bool> AnythingKeptOf(storage::Connection& reader, const std::string& person_id) {
  for (const char* sql : kTraces) {
    bool kept = false;
    RETURN_IF_ERROR(reader.Query(sql, {person_id}, [&](const storage::Row&) {
      kept = true;
      return absl::OkStatus();
    }));
    if (kept) return true;
  }
  return false;
}

}  // namespace switchboard::reports
