#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

namespace switchboard::feed {

// What one vendor is about to be shown in one message.
struct Disclosure {
  std::string vendor_id;
  int64_t contract_version = 0;
  std::vector<std::string> assignment_ids;
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

}  // namespace switchboard::feed
