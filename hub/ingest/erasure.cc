#include "hub/ingest/erasure.h"

#include "hub/base/error.h"
#include "hub/promises/erasure.h"
#include "hub/stops/stops.h"

namespace switchboard::ingest {
namespace {

using storage::Row;

constexpr char kSelectEvents[] =
    "SELECT event_id, event_time FROM core_event WHERE event_id > $1 ORDER BY event_id LIMIT $2";
constexpr char kEraseEvent[] = "DELETE FROM core_event WHERE event_id = $1 AND event_time <= $2";

}  // namespace

absl::StatusOr<OldEventsPage> OldEvents(storage::Connection& connection, std::string_view after,
                                        int64_t until_us, int limit) {
  OldEventsPage page;
  std::vector<std::string> old;
  RETURN_IF_ERROR(connection.Query(kSelectEvents, {after, limit}, [&](const Row& row) {
    ++page.rows;
    page.last_id = row.Text(0);
    if (row.Integer(1) <= until_us) old.push_back(page.last_id);
    return absl::OkStatus();
  }));
  for (std::string& id : old) {
    ASSIGN_OR_RETURN(const bool has_stop, stops::StopKnown(connection, id));
    if (!has_stop) page.old_ids.push_back(std::move(id));
  }
  if (page.rows < limit) page.last_id.clear();
  return page;
}

absl::StatusOr<int64_t> EraseEvents(storage::Transaction& transaction,
                                    const std::vector<std::string>& event_ids, int64_t until_us) {
  int64_t erased = 0;
  std::vector<std::string> erased_ids;
  for (const std::string& id : event_ids) {
    ASSIGN_OR_RETURN(const bool has_stop, stops::StopKnown(transaction.connection(), id));
    if (has_stop) continue;
    ASSIGN_OR_RETURN(const int64_t rows, transaction.Execute(kEraseEvent, {id, until_us}));
    erased += rows;
    if (rows > 0) erased_ids.push_back(id);
  }
  RETURN_IF_ERROR(promises::EraseUnusedPayments(transaction, erased_ids));
  return erased;
}

}  // namespace switchboard::ingest
