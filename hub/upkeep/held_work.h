#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/assignments/assignments.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/feed/held_to.h"
#include "hub/feed/vendor_feed.h"
#include "hub/ingest/placer.h"
#include "hub/storage/sealer.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Holds vendors to what they may have. When a vendor's contract ends, begins or changes by its days
// or by an operator, or the vendor is stopped, its live assignments are looked through page by
// page: what it may hold no longer is withdrawn and placed elsewhere, and what a contract shows
// more of than before is shown again, each row once. Its feed follows the contract meanwhile. Once
// nothing is left to do it looks at no vendor until somebody changes the terms of one
// (book/terms_change.h), another day begins or a vendor's stop ends by itself.
class HeldWork final : public Duty {
 public:
  struct Parts {
    const book::Book& book;
    const feed::VendorFeed& feed;
    ingest::Placer::Parts placer;
    storage::Sealer& sealer;
    IdMint& ids;
  };

  explicit HeldWork(const Parts& parts) : parts_(parts) {}

  std::string name() const override { return "held work"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override;

 private:
  // What all vendors' terms rest on: how often they were changed, and the day, in UTC.
  using Basis = std::pair<int64_t, absl::CivilDay>;

  absl::StatusOr<bool> AnyVendor(storage::Connection& reader, absl::Time now);
  absl::StatusOr<std::string> TermsOf(storage::Connection& reader, const std::string& vendor_id,
                                      absl::Time now) const;
  bool IsToFollow(const std::string& vendor_id) const;
  // Reads the next page of a vendor's work, and the versions between which its rows changed.
  absl::Status Begin(storage::Connection& reader, const feed::HeldTo& held_to);
  absl::Status Look(storage::Transaction& transaction, ingest::Placer& placer,
                    assignments::Changes& changes, const assignments::InFeed& found) const;
  bool IsToBeShown(const assignments::InFeed& found) const;

  const Parts parts_;
  std::optional<Basis> in_line_;        // of the last look, if it found nothing to do …
  absl::Time in_line_until_;            // … and until when that cannot change by time alone
  std::vector<std::string> to_follow_;  // found by the last look: vendors whose feed lags behind …
  feed::HeldTo to_hold_;                // … and one to be held to these terms; empty: none
  // Where rows of that one wait to be shown again: by what they were shown, null if nobody knows,
  // and by what they are.
  contracts::Contracts::Compiled shown_before_, shown_now_;
  std::vector<assignments::InFeed> page_;  // of that one
  bool last_page_ = true;
  feed::HeldTo sweep_;  // what is being looked through …
  int64_t after_ = 0;   // … and how far that has come
};

}  // namespace switchboard::upkeep
