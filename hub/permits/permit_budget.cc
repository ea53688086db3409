#include "hub/permits/permit_budget.h"

#include <utility>

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::permits {
namespace {

using storage::Row;

constexpr int64_t kHourSeconds = 3600;

// Another hour begins anew, an earlier one too: then the clock stepped back.
constexpr char kAdd[] =
    "INSERT INTO permit_budget (vendor_id, lane, hour, given, unused, refused) VALUES ($1, $2, $3, "
    "$4, $5, $6) ON CONFLICT (vendor_id, lane) DO UPDATE SET hour = excluded.hour, "
    "given = excluded.given + CASE WHEN permit_budget.hour = excluded.hour THEN "
    "permit_budget.given ELSE 0 END, "
    "unused = excluded.unused + CASE WHEN permit_budget.hour = excluded.hour THEN "
    "permit_budget.unused ELSE 0 END, "
    "refused = excluded.refused + CASE WHEN permit_budget.hour = excluded.hour THEN "
    "permit_budget.refused ELSE 0 END";
constexpr char kSelectSpent[] =
    "SELECT vendor_id, CAST(SUM(given) AS BIGINT), CAST(SUM(unused) AS BIGINT), CAST(SUM(refused) "
    "AS BIGINT) FROM permit_budget WHERE hour = $1 GROUP BY vendor_id ORDER BY vendor_id";

storage::ClosingKey KeyOf(std::string_view vendor_id) {
  return book::ClosingKeyOf(book::ClosingPlace::kPermitBudget, vendor_id);
}

void Add(BudgetUse& to, const BudgetUse& more) {
  to.given += more.given;
  to.unused += more.unused;
  to.refused += more.refused;
}

}  // namespace

PermitBudget& PermitBudget::Of(storage::Transaction& transaction, std::string_view vendor_id) {
  return transaction.Leave<PermitBudget>(KeyOf(vendor_id), std::string(vendor_id));
}

BudgetUse PermitBudget::LeftFor(const storage::Transaction& transaction,
                                std::string_view vendor_id) {
  const auto* left = transaction.Left<PermitBudget>(KeyOf(vendor_id));
  return left == nullptr ? BudgetUse() : left->added;
}

void PermitBudget::Absorb(storage::ClosingWork& later) {
  Add(added, static_cast<PermitBudget&>(later).added);
}

absl::Status PermitBudget::Run(storage::Transaction& transaction) {
  return transaction
      .Execute(kAdd, {vendor_id_, transaction.lane(), HourOf(transaction.now()), added.given,
                      added.unused, added.refused})
      .status();
}

int64_t HourOf(absl::Time time) { return absl::ToUnixSeconds(time) / kHourSeconds; }

absl::Time NextHour(absl::Time now) {
  return absl::FromUnixSeconds((HourOf(now) + 1) * kHourSeconds);
}

absl::StatusOr<std::vector<SpentBudget>> SpentBudgets(storage::Connection& reader, absl::Time now) {
  std::vector<SpentBudget> spent;
  RETURN_IF_ERROR(reader.Query(kSelectSpent, {HourOf(now)}, [&](const Row& row) {
    const BudgetUse use{row.Integer(1), row.Integer(2), row.Integer(3)};
    if (use.refused > 0) spent.push_back({std::string(row.Text(0)), use});
    return absl::OkStatus();
  }));
  return spent;
}

}  // namespace switchboard::permits
