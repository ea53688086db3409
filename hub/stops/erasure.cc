#include "hub/stops/erasure.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::stops {
namespace {

using storage::Row;

constexpr char kSelectStops[] =
    "SELECT stop_id, lift_time, end_time FROM stop WHERE stop_id > $1 ORDER BY stop_id LIMIT $2";
constexpr char kSelectSubjects[] =
    "SELECT stop_id, subject_kind, subject FROM stop WHERE stop_id IN (SELECT c1 FROM rows($1))";
constexpr char kEraseStop[] =
    "DELETE FROM stop WHERE stop_id IN (SELECT c1 FROM rows($1)) AND (lift_time <= $2 OR end_time "
    "<= $2)";

}  // namespace

absl::StatusOr<OldStopsPage> OldStops(storage::Connection& connection, std::string_view after,
                                      int64_t until_us, int limit) {
  OldStopsPage page;
  RETURN_IF_ERROR(connection.Query(kSelectStops, {after, limit}, [&](const Row& row) {
    ++page.rows;
    page.last_id = row.Text(0);
    // One id may lie on several subjects, a row each.
    const bool noted = !page.old_ids.empty() && page.old_ids.back() == page.last_id;
    const auto is_old = [&](int column) {
      return !row.IsNull(column) && row.Integer(column) <= until_us;
    };
    if ((is_old(1) || is_old(2)) && !noted) page.old_ids.push_back(page.last_id);
    return absl::OkStatus();
  }));
  if (page.rows < limit) page.last_id.clear();
  return page;
}

absl::StatusOr<std::vector<StopLying>> SubjectsOf(storage::Connection& connection,
                                                  const std::vector<std::string>& stop_ids) {
  std::vector<StopLying> lying;
  RETURN_IF_ERROR(
      connection.Query(kSelectSubjects, {storage::RowsOf(stop_ids)}, [&](const Row& row) {
        lying.push_back(
            {std::string(row.Text(0)),
             {static_cast<StopSubject::Kind>(row.Integer(1)), std::string(row.Text(2))}});
        return absl::OkStatus();
      }));
  return lying;
}

absl::StatusOr<int64_t> EraseStops(storage::Transaction& transaction,
                                   const std::vector<std::string>& stop_ids, int64_t until_us) {
  return transaction.Execute(kEraseStop, {storage::RowsOf(stop_ids), until_us});
}

}  // namespace switchboard::stops
