#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/hub/hub_fixture.h"

// Answers of the hub as short texts, so that a test says in one line what it expects.

namespace switchboard::testing {

// "2:STATUS_INVALID:person.language" for each receipt: the record's place in the batch, the status,
// and the field or the reason why it was not placed.
std::vector<std::string> Receipts(const absl::StatusOr<v1::ImportAccountsResponse>& response);

// "permit", the reasons of a denial, or the reason of an error.
std::string AnswerOf(const absl::StatusOr<v1::RequestPermitResponse>& answer);

// Of one event: "ACCEPTED 1 2": status, withdrawn assignments, voided permits.
std::string AnswerOf(const absl::StatusOr<v1::PostEventsResponse>& answer);

// "RECORDED" for each outcome.
std::vector<std::string> Statuses(const absl::StatusOr<v1::ReportOutcomesResponse>& response);

// "1 o-1 v1: AFTER_WITHDRAWAL" for each outcome that the core reads behind `after`.
std::vector<std::string> OutcomesRead(HubWorld& world, int64_t after = 0);

// "CAUSE_STOP" for each permit that became void.
std::vector<std::string> CausesOfVoids(HubWorld& world);

// Contacts without a permit, by vendor.
std::map<std::string, int64_t> CountsWithoutPermit(HubWorld& world);

// The same outcome, of a contact that began then and took a second.
v1::Outcome At(v1::Outcome outcome, absl::Time start);

// The same record, with another number as the contact point "mobile".
v1::AccountRecord WithMobile(v1::AccountRecord record, const std::string& phone);
// The same record, true as of a time of its own.
v1::AccountRecord AsOf(v1::AccountRecord record, absl::Time time);

}  // namespace switchboard::testing
