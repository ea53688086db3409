#include "hub/feed/confirmations.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "hub/assignments/assignments.h"
#include "hub/base/day_number.h"
#include "hub/base/error.h"

namespace switchboard::feed {
namespace {

using storage::Row;
using storage::Rows;
using enum storage::Value::Kind;

// 100 ms, 1 s, 10 s, 1 min, 10 min, 1 h, 1 d.
constexpr int64_t kBoundsMs[] = {100, 1'000, 10'000, 60'000, 600'000, 3'600'000, 86'400'000};

constexpr char kAdd[] =
    "INSERT INTO confirmation (vendor_id, day, within_ms, lane, count) SELECT c1, c2, c3, c4, c5 "
    "FROM rows($1) WHERE true ON CONFLICT (vendor_id, day, within_ms, lane) DO UPDATE SET count = "
    "confirmation.count + excluded.count";
constexpr char kSelect[] =
    "SELECT vendor_id, within_ms, CAST(SUM(count) AS BIGINT) FROM confirmation WHERE day >= $1 AND "
    "day <= $2 AND ($3 = '' OR vendor_id = $3) GROUP BY vendor_id, within_ms ORDER BY vendor_id, "
    "CASE WHEN within_ms = 0 THEN 1 ELSE 0 END, within_ms";
constexpr char kErase[] = "DELETE FROM confirmation WHERE day < $1";

int64_t BoundOf(int64_t took_us) {
  const auto bound = std::lower_bound(std::begin(kBoundsMs), std::end(kBoundsMs),
                                      (std::max<int64_t>(took_us, 0) + 999) / 1'000);
  return bound == std::end(kBoundsMs) ? 0 : *bound;
}

}  // namespace

absl::Status CountConfirmations(storage::Transaction& transaction, std::string_view vendor_id,
                                int64_t after, int64_t through) {
  ASSIGN_OR_RETURN(const auto stopped, assignments::StoppedBetween(transaction.connection(),
                                                                   vendor_id, after, through));
  if (stopped.empty()) return absl::OkStatus();
  std::map<int64_t, int64_t> counts;  // by bound
  for (const int64_t withdraw_us : stopped) ++counts[BoundOf(transaction.now_us() - withdraw_us)];
  const int64_t day = DayNumberAt(transaction.now());
  Rows rows({kText, kInteger, kInteger, kText, kInteger}, counts.size());
  for (const auto& [bound, count] : counts)
    rows.Add({vendor_id, day, bound, transaction.lane(), count});
  return transaction.Execute(kAdd, {rows}).status();
}

absl::StatusOr<std::vector<ConfirmationLine>> ReadConfirmations(storage::Connection& reader,
                                                                std::string_view vendor_id,
                                                                absl::CivilDay from,
                                                                absl::CivilDay through) {
  std::vector<ConfirmationLine> lines;
  RETURN_IF_ERROR(reader.Query(
      kSelect, {DayNumberOf(from), DayNumberOf(through), vendor_id}, [&](const Row& row) {
        lines.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2)});
        return absl::OkStatus();
      }));
  return lines;
}

absl::Status EraseConfirmations(storage::Transaction& transaction, absl::CivilDay first_kept) {
  return transaction.Execute(kErase, {DayNumberOf(first_kept)}).status();
}

}  // namespace switchboard::feed
