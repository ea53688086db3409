#pragma once

#include <string>
#include <string_view>

#include "hub/assignments/assignments.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/ingest/placer.h"
#include "hub/storage/sealer.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Ends an assignment whose recall is final, now, and places the account again where the recall says
// so. REQUIRES: it is live, its person held, a recall pending.
absl::Status FinalizeRecall(storage::Transaction& transaction, const book::Book& book,
                            const ingest::Placer::Parts& placer_parts, storage::Sealer& sealer,
                            IdMint& ids, std::string_view actor,
                            const assignments::Assignment& assignment);

// What comes due by time alone: placements and permits whose time is up, and recalls that become
// final.
class DueAssignments final : public Duty {
 public:
  DueAssignments(const book::Book& book, const ingest::Placer::Parts& placer_parts,
                 storage::Sealer& sealer, IdMint& ids)
      : book_(book), placer_parts_(placer_parts), sealer_(sealer), ids_(ids) {}

  std::string name() const override { return "due work"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  const book::Book& book_;
  const ingest::Placer::Parts placer_parts_;
  storage::Sealer& sealer_;
  IdMint& ids_;
};

}  // namespace switchboard::upkeep
