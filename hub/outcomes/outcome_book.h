#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/core_feed/core_feed.h"
#include "hub/outcomes/spoken_stops.h"
#include "hub/storage/transaction.h"

// The outcomes that were recorded, by who reported them; what they say lies in the core feed. Owns
// the table outcome.

namespace switchboard::outcomes {

// A version of an outcome.
struct OutcomeVersion {
  std::string digest;  // keyed, of what it means
  std::string assignment_id;
  std::vector<StandingStop> stops{};  // as it left them
  int64_t sequence = 0;               // in the core feed; 0: the group has yet to give it
};
using Versions = std::map<int64_t, OutcomeVersion>;  // by version

// An outcome that was accepted, as it will be stored.
struct AcceptedOutcome {
  std::string vendor_id;
  std::string outcome_id;
  int64_t version = 0;
  std::string assignment_id;
  std::string account_id;
  int64_t day = 0;  // on which it was recorded, UTC, since 1970
  std::string digest;
  std::vector<StandingStop> stops{};
};

// Writes accepted outcomes with the numbers that the core feed gave them, and their audit events;
// see ClosingPlace.
class OutcomeBook final : public storage::ClosingWork {
 public:
  static void Write(storage::Transaction& transaction, AcceptedOutcome accepted,
                    core_feed::CoreFeedBook::Number number);

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

  // All versions of these outcomes of a vendor, those of the group so far included.
  static absl::StatusOr<std::map<std::string, Versions, std::less<>>> FindVersions(
      storage::Transaction& transaction, std::string_view vendor_id,
      const std::vector<std::string>& outcome_ids);
  // How many versions were recorded on a day, by assignment of these accounts, those of the group
  // so far included.
  static absl::StatusOr<std::map<std::string, int64_t, std::less<>>> CountOfDay(
      storage::Transaction& transaction, const std::set<std::string>& account_ids, int64_t day);
  // Assignments of outcomes that the group is about to write.
  static std::vector<std::string_view> AssignmentsLeft(const storage::Transaction& transaction);

 private:
  struct Entry {
    AcceptedOutcome outcome;
    core_feed::CoreFeedBook::Number number;
  };
  template <typename Visit>
  static void ForEachLeft(const storage::Transaction& transaction, Visit visit);

  std::vector<Entry> entries_;
};

}  // namespace switchboard::outcomes
