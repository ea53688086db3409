#include <string>
#include <utility>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/assignments/own_data.h"
#include "hub/base/error.h"
#include "hub/outcomes/outcomes.h"
#include "hub/outcomes/recorded_item.h"

namespace switchboard::outcomes {
namespace {

bool IsOfCard(const v1::TextMark& mark) {
  return mark.kind() == v1::TextMark::KIND_CARD || mark.kind() == v1::TextMark::KIND_CARD_CODE;
}

// What stands in the place of the note from here on. Its digest and its bytes, which tell a repeat,
// stay those of what came, whatever is known of the person when it comes again.
void Replace(storage::Sealer& sealer, std::string_view vendor_id, const redaction::CleanText& clean,
             ReceivedOutcome& received) {
  if (!clean.has_marks()) return;
  v1::Outcome& outcome = *received.parsed;
  outcome.set_note(clean.text());
  clean.MarksTo(&received.note_marks);
  for (const v1::TextMark& mark : received.note_marks)
    received.card_removed = received.card_removed || IsOfCard(mark);
  received.hidden_box = SealHidden(sealer, vendor_id, outcome, clean.hidden());
}

}  // namespace

redaction::Cleaner::Work Outcomes::WorkOfNotes(absl::Span<const ReceivedOutcome> received) const {
  redaction::Cleaner::Work all;
  for (const ReceivedOutcome& one : received) {
    if (one.problem.has_value()) continue;
    const redaction::Cleaner::Work work = cleaner_.WorkOf(one.outcome().note());
    all.has_candidate = all.has_candidate || work.has_candidate;
    all.slow_characters += work.slow_characters;
  }
  return all;
}

absl::Status Outcomes::CleanNotes(storage::Connection& connection, std::string_view vendor_id,
                                  absl::Span<ReceivedOutcome> received) const {
  std::vector<ReceivedOutcome*> candidates;
  std::vector<std::string> ids;
  for (ReceivedOutcome& one : received) {
    if (one.problem.has_value() || !cleaner_.WorkOf(one.outcome().note()).has_candidate) continue;
    candidates.push_back(&one);
    ids.push_back(one.outcome().assignment_id());
  }
  std::vector<assignments::Assignment> work;
  if (!ids.empty()) {
    ASSIGN_OR_RETURN(auto found, assignments::FindAssignments(connection, std::move(ids)));
    // By others' nothing is to be learnt, not even by how long it takes.
    for (auto& [id, assignment] : found)
      if (assignment.vendor_id == vendor_id) work.push_back(std::move(assignment));
  }
  ASSIGN_OR_RETURN(const auto own, assignments::ReadOwnData(connection, book_, work));
  for (ReceivedOutcome* one : candidates) {
    const auto known = own.find(one->outcome().assignment_id());
    const redaction::OwnData* of_person = known == own.end() ? nullptr : &known->second;
    Replace(sealer_, vendor_id, cleaner_.Clean(one->outcome().note(), of_person, ""), *one);
  }
  for (ReceivedOutcome& one : received) {
    if (one.problem.has_value()) continue;
    one.box = SealItem(sealer_, vendor_id, *one.parsed);
  }
  return absl::OkStatus();
}

}  // namespace switchboard::outcomes
