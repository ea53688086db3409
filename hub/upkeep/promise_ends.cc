#include "hub/upkeep/promise_ends.h"

#include <map>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/assignments/recalls.h"
#include "hub/base/error.h"
#include "hub/promises/shown_anew.h"

namespace switchboard::upkeep {
namespace {

constexpr int kPage = 100;

}  // namespace

absl::StatusOr<bool> PromiseEnds::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const auto due, promises::AccountsToReview(reader, absl::ToUnixMicros(now), 1));
  return !due.empty();
}

absl::Status PromiseEnds::Run(storage::Transaction& transaction) {
  ASSIGN_OR_RETURN(const auto due, promises::AccountsToReview(transaction.connection(),
                                                              transaction.now_us(), kPage));
  ASSIGN_OR_RETURN(const promises::Reviewed reviewed, parts_.promises.Review(transaction, due));
  RETURN_IF_ERROR(promises::ShowAnew(transaction, parts_.book, reviewed.changed));
  return ActOnBroken(transaction, reviewed.broken_plans);
}

absl::Status PromiseEnds::ActOnBroken(storage::Transaction& transaction,
                                      const std::map<std::string, int64_t>& broken_plans) const {
  if (policy_.broken_plan() <= v1::Config::PromisePolicy::BROKEN_PLAN_LEFT) return absl::OkStatus();
  // All owners before anything else is held.
  std::map<std::string, std::string> owners;
  for (const auto& [account_id, break_us] : broken_plans) {
    ASSIGN_OR_RETURN(const auto owner, parts_.book.HoldOwner(transaction, account_id));
    if (owner.has_value()) owners[account_id] = owner->person_id;
  }
  for (const auto& [account_id, person_id] : owners) {
    const int64_t break_us = broken_plans.at(account_id);
    if (policy_.broken_plan() == v1::Config::PromisePolicy::BROKEN_PLAN_RECALLED)
      RETURN_IF_ERROR(Recall(transaction, person_id, account_id, break_us));
    if (policy_.broken_plan() == v1::Config::PromisePolicy::BROKEN_PLAN_HANDED_OVER) {
      RETURN_IF_ERROR(
          parts_.hand_overs
              .HandOverBrokenPlan(transaction, account_id, break_us, policy_.broken_plan_to())
              .status());
    }
  }
  return absl::OkStatus();
}

absl::Status PromiseEnds::Recall(storage::Transaction& transaction, const std::string& person_id,
                                 const std::string& account_id, int64_t break_us) const {
  ASSIGN_OR_RETURN(const auto all,
                   assignments::AssignmentsOfPerson(transaction.connection(), person_id));
  std::vector<std::string> assignment_ids;
  for (const assignments::Assignment& one : all) {
    // Whoever came later has broken nothing.
    const bool was_there = one.live && one.place_time_us < break_us;
    if (was_there && one.account_id == account_id && ingest::IsCollections(one.work_type))
      assignment_ids.push_back(one.assignment_id);
  }
  assignments::Changes changes(transaction, parts_.sealer, parts_.ids, "hub");
  v1::RecallAssignmentsResponse announced;
  return assignments::AnnounceRecalls(transaction, changes, parts_.contracts, assignment_ids,
                                      {v1::RECALL_REASON_MOVED, /*place_again=*/true}, &announced);
}

}  // namespace switchboard::upkeep
