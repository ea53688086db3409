#include "hub/disclosures/disclosure_book.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/storage/counter.h"

namespace switchboard::disclosures {
namespace {

using storage::Value;

constexpr char kInsert[] =
    "INSERT INTO disclosure (sequence, vendor_id, contract_version, disclose_time, generation, "
    "after_sequence, through_sequence, assignment_ids, shown) VALUES ($1, $2, $3, $4, $5, $6, $7, "
    "$8, $9)";

// Of each row in the column `shown`: the fields, big endian, and the digest.
constexpr size_t kFieldsBytes = 8;
constexpr size_t kDigestBytes = 16;
constexpr size_t kRowBytes = kFieldsBytes + kDigestBytes;

// Both columns that say what was shown.
struct Packed {
  std::string assignment_ids;
  std::string shown;
};

Packed Pack(const std::vector<ShownRow>& rows) {
  Packed packed;
  packed.shown.reserve(rows.size() * kRowBytes);
  for (const ShownRow& row : rows) {
    SWITCHBOARD_ASSERT(row.digest.size() == kDigestBytes);
    if (!packed.assignment_ids.empty()) packed.assignment_ids += ' ';
    packed.assignment_ids += row.assignment_id;
    const auto fields = static_cast<uint64_t>(row.fields);
    for (size_t byte = 0; byte < kFieldsBytes; ++byte)
      packed.shown += static_cast<char>(fields >> (8 * (kFieldsBytes - 1 - byte)) & 0xFF);
    packed.shown += row.digest;
  }
  return packed;
}

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
    const Packed packed = Pack(disclosure.rows);
    RETURN_IF_ERROR(
        transaction
            .Execute(kInsert, {sequence, disclosure.vendor_id, disclosure.contract_version,
                               transaction.now_us(), disclosure.generation,
                               disclosure.after_sequence, disclosure.through_sequence,
                               packed.assignment_ids, Value::Blob(packed.shown)})
            .status());
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_DISCLOSED, "hub");
    event.set_vendor_id(disclosure.vendor_id);
    event.set_subject_id(absl::StrCat(sequence));
    event.set_disclosed_contract_version(disclosure.contract_version);
    // Each text behind its length: no two disclosures have the same bytes.
    event.set_digest(Sha256()
                         .AddNumber(static_cast<int64_t>(packed.assignment_ids.size()))
                         .Add(packed.assignment_ids)
                         .AddNumber(static_cast<int64_t>(disclosure.generation.size()))
                         .Add(disclosure.generation)
                         .AddNumber(disclosure.after_sequence)
                         .AddNumber(disclosure.through_sequence)
                         .Add(packed.shown)
                         .Finish());
    event.set_count(static_cast<int64_t>(disclosure.rows.size()));
    audit::Record(transaction, std::move(event));
  }
  return absl::OkStatus();
}

std::optional<ShownRow> FindShown(std::string_view assignment_ids, std::string_view shown,
                                  std::string_view assignment_id) {
  for (size_t row = 0; (row + 1) * kRowBytes <= shown.size(); ++row) {
    const size_t end = assignment_ids.find(' ');
    if (assignment_ids.substr(0, end) == assignment_id) {
      const std::string_view bytes = shown.substr(row * kRowBytes, kRowBytes);
      uint64_t fields = 0;
      for (const char byte : bytes.substr(0, kFieldsBytes))
        fields = fields << 8 | static_cast<uint8_t>(byte);
      return ShownRow{std::string(assignment_id), static_cast<int64_t>(fields),
                      std::string(bytes.substr(kFieldsBytes))};
    }
    if (end == std::string_view::npos) break;
    assignment_ids.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace switchboard::disclosures
