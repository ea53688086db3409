#include "tests/invariants/outcome_keys.h"

#include "absl/strings/str_cat.h"

namespace switchboard::invariants {

std::string KeyOf(const std::string& vendor_id, const v1::Outcome& outcome) {
  return absl::StrCat(vendor_id, " ", outcome.outcome_id(), " v", outcome.version());
}

bool Accepted(const ReportedOutcome& reported) {
  return reported.receipt == v1::ReportOutcomesResponse::STATUS_RECORDED ||
         reported.receipt == v1::ReportOutcomesResponse::STATUS_REPEATED;
}

bool Waits(const ReportedOutcome& reported) {
  return reported.receipt == v1::ReportOutcomesResponse::STATUS_UNSPECIFIED &&
         !reported.lost_by_vendor;
}

std::unordered_set<std::string> KeysRead(const Ledger& ledger) {
  std::unordered_set<std::string> read;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (item.has_outcome())
      read.insert(KeyOf(item.outcome().vendor_id(), item.outcome().outcome()));
  }
  return read;
}

}  // namespace switchboard::invariants
