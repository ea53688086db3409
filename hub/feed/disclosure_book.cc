#include "hub/feed/disclosure_book.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/storage/counter.h"

namespace switchboard::feed {
namespace {

constexpr char kInsert[] =
    "INSERT INTO disclosure (sequence, vendor_id, contract_version, disclose_time, assignment_ids) "
    "VALUES ($1, $2, $3, $4, $5)";

}  // namespace

void DisclosureBook::Write(storage::Transaction& transaction, Disclosure disclosure) {
  const auto key = book::ClosingKeyOf(book::ClosingPlace::kDisclosure);
  transaction.Leave<DisclosureBook>(key).disclosures_.push_back(std::move(disclosure));
}

void DisclosureBook::Absorb(storage::ClosingWork& later) {
  auto& more = static_cast<DisclosureBook&>(later).disclosures_;
  std::move(more.begin(), more.end(), std::back_inserter(disclosures_));
}

absl::Status DisclosureBook::Run(storage::Transaction& transaction) {
  ASSIGN_OR_RETURN(
      int64_t sequence,
      storage::TakeNumbers(transaction, "disclosure", static_cast<int64_t>(disclosures_.size())));
  for (const Disclosure& disclosure : disclosures_) {
    ++sequence;
    const std::string ids = absl::StrJoin(disclosure.assignment_ids, " ");
    RETURN_IF_ERROR(transaction
                        .Execute(kInsert, {sequence, disclosure.vendor_id,
                                           disclosure.contract_version, transaction.now_us(), ids})
                        .status());
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_DISCLOSED, "hub");
    event.set_vendor_id(disclosure.vendor_id);
    event.set_subject_id(absl::StrCat(sequence));
    event.set_disclosed_contract_version(disclosure.contract_version);
    event.set_digest(Sha256Of(ids));
    event.set_count(static_cast<int64_t>(disclosure.assignment_ids.size()));
    audit::Record(transaction, std::move(event));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::feed
