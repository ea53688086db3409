#pragma once

#include <optional>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "switchboard/v1/account.pb.h"

namespace switchboard::ingest {

// Brings the texts of a record to their normal form and holds it to every rule of account.proto and
// person.proto that needs nothing but the record and the time. What comes of it is what is stored,
// shown and compared: two records that differ only in how they were typed are the same.
std::optional<FieldProblem> AdmitRecord(v1::AccountRecord& record, absl::Time now);

// The same for what a person said, and for all contact points, of a record that was admitted before
// something was added to it.
std::optional<FieldProblem> AdmitWords(v1::Person& person);

}  // namespace switchboard::ingest
