#include "hub/outcomes/late_words.h"

#include "hub/base/day_number.h"
#include "hub/base/error.h"
#include "hub/outcomes/marks.h"

namespace switchboard::outcomes {
namespace {

using storage::Row;

// A permit that is no plan lives an hour at most (contract_check.cc).
constexpr absl::Duration kPermitLifetimeMax = absl::Hours(1);

// Another day begins anew.
constexpr char kAdd[] =
    "INSERT INTO late_word (vendor_id, day, taken, waiting) VALUES ($1, $2, $3, $4) ON CONFLICT "
    "(vendor_id) DO UPDATE SET day = excluded.day, "
    "taken = excluded.taken + CASE WHEN late_word.day = excluded.day THEN late_word.taken ELSE 0 "
    "END, "
    "waiting = excluded.waiting + CASE WHEN late_word.day = excluded.day THEN late_word.waiting "
    "ELSE 0 END";
constexpr char kSelect[] = "SELECT taken FROM late_word WHERE vendor_id = $1 AND day = $2";
constexpr char kSelectWaiting[] =
    "SELECT vendor_id, taken, waiting FROM late_word WHERE day = $1 AND waiting > 0 ORDER BY "
    "vendor_id";

absl::Status Add(storage::Transaction& transaction, std::string_view vendor_id, int64_t taken,
                 int64_t waiting) {
  return transaction.Execute(kAdd, {vendor_id, DayNumberAt(transaction.now()), taken, waiting})
      .status();
}

}  // namespace

absl::Time EndOfContacts(const assignments::Assignment& assignment) {
  return absl::FromUnixMicros(assignment.withdraw_time_us) + kPermitLifetimeMax;
}

bool LiesInPlacement(const v1::Outcome& outcome, const assignments::Assignment& assignment) {
  const absl::Time start = absl::FromUnixSeconds(outcome.start_time().seconds()) +
                           absl::Nanoseconds(outcome.start_time().nanos());
  return start >= absl::FromUnixMicros(assignment.place_time_us) - kClockSkewMax &&
         start <= EndOfContacts(assignment);
}

absl::StatusOr<bool> TakeLateWord(storage::Transaction& transaction, std::string_view vendor_id,
                                  int64_t day_max) {
  int64_t taken = 0;
  RETURN_IF_ERROR(transaction.connection().Query(
      kSelect, {vendor_id, DayNumberAt(transaction.now())}, [&](const Row& row) {
        taken = row.Integer(0);
        return absl::OkStatus();
      }));
  const bool within = taken < day_max;
  RETURN_IF_ERROR(Add(transaction, vendor_id, within ? 1 : 0, within ? 0 : 1));
  return within;
}

absl::Status KeepLateWordWaiting(storage::Transaction& transaction, std::string_view vendor_id) {
  return Add(transaction, vendor_id, 0, 1);
}

absl::StatusOr<std::vector<LateWords>> LateWordsWaiting(storage::Connection& reader,
                                                        absl::Time now) {
  std::vector<LateWords> waiting;
  RETURN_IF_ERROR(reader.Query(kSelectWaiting, {DayNumberAt(now)}, [&](const Row& row) {
    waiting.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2)});
    return absl::OkStatus();
  }));
  return waiting;
}

}  // namespace switchboard::outcomes
