#include "hub/permits/permit_tally.h"

#include "hub/base/day_number.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::permits {
namespace {

using storage::Row;
using storage::Rows;
using enum storage::Value::Kind;

constexpr char kAdd[] =
    "INSERT INTO permit_tally (vendor_id, day, rule_id, lane, given, denied, warned, voided, "
    "voided_by_stops, foreign_subs) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM rows($1) "
    "WHERE true ON "
    "CONFLICT (vendor_id, day, rule_id, lane) DO UPDATE SET given = permit_tally.given + "
    "excluded.given, denied = permit_tally.denied + excluded.denied, warned = permit_tally.warned "
    "+ "
    "excluded.warned, voided = permit_tally.voided + excluded.voided, voided_by_stops = "
    "permit_tally.voided_by_stops + excluded.voided_by_stops, foreign_subs = "
    "permit_tally.foreign_subs + excluded.foreign_subs";
constexpr char kSelect[] =
    "SELECT vendor_id, rule_id, CAST(SUM(given) AS BIGINT), CAST(SUM(denied) AS BIGINT), "
    "CAST(SUM(warned) AS BIGINT), CAST(SUM(voided) AS BIGINT), CAST(SUM(voided_by_stops) AS "
    "BIGINT), CAST(SUM(foreign_subs) AS BIGINT) FROM permit_tally WHERE day >= $1 AND day <= $2 "
    "AND ($3 = '' OR vendor_id = $3) GROUP "
    "BY vendor_id, rule_id ORDER BY vendor_id, rule_id";
constexpr char kErase[] = "DELETE FROM permit_tally WHERE day < $1";

// Of a vendor in all.
constexpr char kNoRule[] = "";

// What one group of units adds; see ClosingPlace.
class PermitTally final : public storage::ClosingWork {
 public:
  static PermitTally& Of(storage::Transaction& transaction) {
    return transaction.Leave<PermitTally>(book::ClosingKeyOf(book::ClosingPlace::kPermitTally));
  }

  PermitCounts& At(std::string_view vendor_id, std::string_view rule_id) {
    return counts_[{std::string(vendor_id), std::string(rule_id)}];
  }

  void Absorb(storage::ClosingWork& work) override {
    for (const auto& [key, later] : static_cast<PermitTally&>(work).counts_) {
      PermitCounts& sum = counts_[key];
      sum.given += later.given;
      sum.denied += later.denied;
      sum.warned += later.warned;
      sum.voided += later.voided;
      sum.voided_by_stops += later.voided_by_stops;
      sum.foreign_subs += later.foreign_subs;
    }
  }

  absl::Status Run(storage::Transaction& transaction) override {
    const int64_t day = DayNumberAt(transaction.now());
    Rows rows(
        {kText, kInteger, kText, kText, kInteger, kInteger, kInteger, kInteger, kInteger, kInteger},
        counts_.size());
    for (const auto& [key, sum] : counts_) {
      rows.Add({key.first, day, key.second, transaction.lane(), sum.given, sum.denied, sum.warned,
                sum.voided, sum.voided_by_stops, sum.foreign_subs});
    }
    return transaction.Execute(kAdd, {rows}).status();
  }

 private:
  std::map<std::pair<std::string, std::string>, PermitCounts> counts_;  // by vendor and rule
};

}  // namespace

void CountGiven(storage::Transaction& transaction, std::string_view vendor_id,
                const v1::Permit& permit) {
  PermitTally& tally = PermitTally::Of(transaction);
  PermitCounts& sum = tally.At(vendor_id, kNoRule);
  ++sum.given;
  if (!permit.warnings().empty()) ++sum.warned;
  for (const auto& warning : permit.warnings()) ++tally.At(vendor_id, warning.rule_id()).warned;
}

void CountDenial(storage::Transaction& transaction, std::string_view vendor_id,
                 const v1::Denial& denial) {
  PermitTally& tally = PermitTally::Of(transaction);
  ++tally.At(vendor_id, kNoRule).denied;
  for (const int reason : denial.all_reasons())
    if (reason == v1::Denial::REASON_SUB_CONTRACTOR) CountForeignSub(transaction, vendor_id);
  for (const auto& refusal : denial.refusals()) ++tally.At(vendor_id, refusal.rule_id()).denied;
}

void CountVoided(storage::Transaction& transaction, std::string_view vendor_id, bool by_stop) {
  PermitCounts& sum = PermitTally::Of(transaction).At(vendor_id, kNoRule);
  ++sum.voided;
  if (by_stop) ++sum.voided_by_stops;
}

void CountForeignSub(storage::Transaction& transaction, std::string_view vendor_id) {
  ++PermitTally::Of(transaction).At(vendor_id, kNoRule).foreign_subs;
}

absl::StatusOr<std::vector<TallyLine>> ReadTally(storage::Connection& reader,
                                                 std::string_view vendor_id, absl::CivilDay from,
                                                 absl::CivilDay through) {
  std::vector<TallyLine> lines;
  RETURN_IF_ERROR(reader.Query(
      kSelect, {DayNumberOf(from), DayNumberOf(through), vendor_id}, [&](const Row& row) {
        lines.push_back({std::string(row.Text(0)),
                         std::string(row.Text(1)),
                         {row.Integer(2), row.Integer(3), row.Integer(4), row.Integer(5),
                          row.Integer(6), row.Integer(7)}});
        return absl::OkStatus();
      }));
  return lines;
}

absl::Status EraseTally(storage::Transaction& transaction, absl::CivilDay first_kept) {
  return transaction.Execute(kErase, {DayNumberOf(first_kept)}).status();
}

}  // namespace switchboard::permits
