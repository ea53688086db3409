#include "hub/reports/scorecard.h"

#include <map>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/contacts/contact_book.h"
#include "hub/deletions/deletion_book.h"
#include "hub/feed/confirmations.h"
#include "hub/permits/permit_tally.h"
#include "hub/reports/report_days.h"

namespace switchboard::reports {
namespace {

using Scores = std::map<std::string, v1::ReportVendorsResponse::Score>;

constexpr int64_t kSoonMs = 10'000;

constexpr char kCountUnmaskings[] =
    "SELECT vendor_id, COUNT(*) FROM unmasking WHERE show_time IS NOT NULL AND show_time >= $1 AND "
    "show_time < $2 AND ($3 = '' OR vendor_id = $3) GROUP BY vendor_id ORDER BY vendor_id";

absl::Status AddDeletions(storage::Connection& reader, const std::string& vendor_id,
                          const ReportDays& days, absl::Time now, Scores& scores) {
  ASSIGN_OR_RETURN(const auto counts, deletions::CountOrdersDue(reader, vendor_id, days.begin_us(),
                                                                days.end_us(), now));
  for (const deletions::OrderCounts& one : counts) {
    auto& score = scores[one.vendor_id];
    score.set_deletions_due(one.due);
    score.set_deletions_in_time(one.in_time);
    score.set_deletions_late(one.late);
    score.set_deletions_waived(one.waived);
    score.set_deletions_overdue(one.overdue);
    score.set_confirmations_refused(one.refused);
  }
  return absl::OkStatus();
}

absl::Status AddWithdrawals(storage::Connection& reader, const std::string& vendor_id,
                            const ReportDays& days, Scores& scores) {
  ASSIGN_OR_RETURN(const auto lines,
                   feed::ReadConfirmations(reader, vendor_id, days.from, days.through));
  for (const feed::ConfirmationLine& line : lines) {
    auto& score = scores[line.vendor_id];
    score.set_withdrawals(score.withdrawals() + line.count);
    const bool soon = line.within_ms > 0 && line.within_ms <= kSoonMs;
    if (soon) score.set_withdrawals_in_10_s(score.withdrawals_in_10_s() + line.count);
  }
  return absl::OkStatus();
}

absl::Status AddContacts(storage::Connection& reader, const std::string& vendor_id,
                         const ReportDays& days, Scores& scores) {
  ASSIGN_OR_RETURN(const auto without,
                   contacts::CountWithoutPermit(reader, vendor_id, days.begin_us(), days.end_us()));
  for (const auto& [id, count] : without) scores[id].set_contacts_without_permit(count);
  ASSIGN_OR_RETURN(const auto tally,
                   permits::ReadTally(reader, vendor_id, days.from, days.through));
  for (const permits::TallyLine& line : tally) {
    if (line.rule_id.empty())
      scores[line.vendor_id].set_foreign_sub_contractors(line.counts.foreign_subs);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ReportVendorsResponse> ReportVendors(storage::Connection& reader,
                                                        const v1::ReportVendorsRequest& request,
                                                        absl::Time now) {
  ASSIGN_OR_RETURN(const ReportDays days, DaysOf(request, now));
  const std::string& vendor_id = request.vendor_id();
  Scores scores;
  RETURN_IF_ERROR(AddDeletions(reader, vendor_id, days, now, scores));
  RETURN_IF_ERROR(AddWithdrawals(reader, vendor_id, days, scores));
  RETURN_IF_ERROR(AddContacts(reader, vendor_id, days, scores));
  RETURN_IF_ERROR(reader.Query(kCountUnmaskings, {days.begin_us(), days.end_us(), vendor_id},
                               [&](const storage::Row& row) {
                                 scores[std::string(row.Text(0))].set_unmaskings(row.Integer(1));
                                 return absl::OkStatus();
                               }));
  v1::ReportVendorsResponse response;
  for (auto& [id, score] : scores) {
    score.set_vendor_id(id);
    *response.add_scores() = std::move(score);
  }
  return response;
}

}  // namespace switchboard::reports
