#include "hub/feed/shown_beside.h"

#include <optional>
#include <utility>

#include "hub/assignments/assignments.h"
#include "hub/assignments/own_data.h"
#include "hub/base/error.h"
#include "hub/promises/policy.h"
#include "hub/redaction/clean_text.h"

namespace switchboard::feed {
namespace {

using masking::ShownPromise;

std::optional<ShownPromise> ShownOf(const std::optional<promises::PromiseRow>& row) {
  if (!row.has_value()) return std::nullopt;
  return ShownPromise{row->standing, promises::AgreedIn(row->record), row->record};
}

}  // namespace

absl::Status ShownBeside::ForEachPromised(storage::Connection& connection,
                                          const std::vector<std::string>& account_ids,
                                          OnPromises visit) const {
  ASSIGN_OR_RETURN(const auto promised, promises_.ShownOn(connection, account_ids));
  if (promised.empty()) return absl::OkStatus();
  for (size_t at = 0; at < account_ids.size(); ++at) {
    const auto found = promised.find(account_ids[at]);
    if (found == promised.end()) continue;
    const std::optional<ShownPromise> promise = ShownOf(found->second.promise);
    const std::optional<ShownPromise> proposed = ShownOf(found->second.proposed);
    visit(at, promise.has_value() ? &*promise : nullptr,
          proposed.has_value() ? &*proposed : nullptr);
  }
  return absl::OkStatus();
}

absl::Status ShownBeside::ForEachHandOver(storage::Connection& connection,
                                          const std::vector<std::string>& assignment_ids,
                                          OnHandOver visit) const {
  if (assignment_ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto hand_overs,
                   assignments::FindHandOvers(connection, sealer_, assignment_ids));
  RETURN_IF_ERROR(HideWhatIsKnownSince(connection, hand_overs));
  for (size_t at = 0; at < assignment_ids.size(); ++at) {
    const auto found = hand_overs.find(assignment_ids[at]);
    if (found == hand_overs.end()) continue;
    const assignments::HandOver& hand_over = found->second;
    visit(at, {hand_over.reason, absl::FromUnixMicros(hand_over.time_us), hand_over.note});
  }
  return absl::OkStatus();
}

// What the core told of the person behind the hand-over does not leave with its note either.
absl::Status ShownBeside::HideWhatIsKnownSince(
    storage::Connection& connection,
    std::map<std::string, assignments::HandOver, std::less<>>& hand_overs) const {
  std::vector<std::string> ids;
  for (const auto& [id, hand_over] : hand_overs)
    if (!hand_over.note.empty()) ids.push_back(id);
  if (ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto found, assignments::FindAssignments(connection, std::move(ids)));
  std::vector<assignments::Assignment> work;
  for (auto& [id, assignment] : found) work.push_back(std::move(assignment));
  ASSIGN_OR_RETURN(const auto own, assignments::ReadOwnData(connection, book_, work));
  for (const auto& [id, of_person] : own) {
    assignments::HandOver& hand_over = hand_overs.find(id)->second;
    redaction::HideOwnData(of_person, &hand_over.note, &hand_over.note_marks);
  }
  return absl::OkStatus();
}

}  // namespace switchboard::feed
