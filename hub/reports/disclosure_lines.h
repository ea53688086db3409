#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/contracts/contracts.h"
#include "hub/storage/database.h"
#include "switchboard/v1/disclosure.pb.h"
#include "switchboard/v1/values.pb.h"

// The lines of a record of disclosures (disclosure_record.h), as the tables have them.

namespace switchboard::reports {

// An assignment, live or ended, with what a line of it needs.
struct ShownWork {
  std::string assignment_id;
  std::string vendor_id;
  std::string person_id;
  std::string account_id;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  int64_t change_sequence = 0;  // its place in the feed; 0: it has none, or its withdrawal has it
  int64_t expire_time_us = 0;   // 0: no limit
  v1::RecallReason recall_reason = v1::RECALL_REASON_UNSPECIFIED;
  int64_t recall_time_us = 0;  // 0: none was announced
  bool handed_over = false;
  std::string deletion_order_id;  // empty: in none yet
};

// All work of these persons, of one account if that is not empty, by id.
absl::StatusOr<std::vector<ShownWork>> WorkOf(storage::Connection& reader,
                                              const std::vector<std::string>& person_ids,
                                              const std::string& account_id);

// A page of its vendor's feed that showed an assignment.
struct ShownPageOf {
  int64_t contract_version = 0;
  int64_t disclose_time_us = 0;
  int64_t acknowledge_time_us = 0;  // 0: never
  int64_t fields = 0;
  std::string digest;
};
// All of them, as they were shown.
absl::StatusOr<std::vector<ShownPageOf>> PagesThatShowed(storage::Connection& reader,
                                                         const ShownWork& work);

// What stood in an answer about a person.
struct ShownAnswer {
  v1::DisclosureLine::Kind kind = v1::DisclosureLine::KIND_UNSPECIFIED;
  std::string shown_to;
  std::string assignment_id;
  std::string subject_id;
  int64_t fields = 0;
  int64_t contract_version = 0;
  int64_t show_time_us = 0;
  int64_t until_time_us = 0;  // 0: with the assignment
  std::string digest;
  std::string agreed_by;  // of an unmasking
};
// All of these persons; with an account, what is of another one is left out. As they were shown.
absl::StatusOr<std::vector<ShownAnswer>> AnswersAbout(storage::Connection& reader,
                                                      const std::vector<std::string>& person_ids,
                                                      const std::string& account_id);

// Adds what the bits of `fields` say to a line, as the contract of its version has it for its work
// and its kind. `contract`: null where no contract masked it, or none of its version is known.
void AddFields(int64_t fields, const contracts::CompiledContract* contract,
               v1::DisclosureLine* line);

}  // namespace switchboard::reports
