#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

namespace switchboard::disclosures {

// A row as it is about to be shown.
struct ShownRow {
  std::string assignment_id;
  int64_t fields = 0;  // ShownBits
  std::string digest;  // ShownDigest of its bytes
};

// What one vendor is about to be shown in one message: what lies in its feed behind one place and
// not behind another.
struct Disclosure {
  std::string vendor_id;
  int64_t contract_version = 0;
  std::string generation;
  int64_t after_sequence = 0;
  int64_t through_sequence = 0;
  std::vector<ShownRow> rows;
};

// Writes disclosures down under the next numbers of one dense sequence, and into the audit log.
// Owns the table disclosure. Left for the group's end, because every lane wants the sequence.
class DisclosureBook final : public storage::ClosingWork {
 public:
  static void Write(storage::Transaction& transaction, Disclosure disclosure);

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  std::vector<Disclosure> disclosures_;
};

// The row of an assignment, from the columns `assignment_ids` and `shown` of a disclosure; nothing:
// the disclosure did not show it.
std::optional<ShownRow> FindShown(std::string_view assignment_ids, std::string_view shown,
                                  std::string_view assignment_id);

}  // namespace switchboard::disclosures
