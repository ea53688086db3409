#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hub/base/field_problem.h"
#include "switchboard/v1/contract.pb.h"

// What a contract shows of each class of data, by the table in contract_check.h.

namespace switchboard::contracts {

// Brings each list of values to the form in which a record's products and grades are kept (text.h).
void NormalizeDisclosures(v1::Contract* contract);

// The first problem of what `terms` disclose, with its path; `path` is that of the terms.
std::optional<FieldProblem> CheckDisclosures(const v1::Contract::WorkTerms& terms,
                                             const std::string& path);

// The first problem of one of them, whose class is not among `seen` yet.
std::optional<FieldProblem> CheckDisclosure(const v1::Contract::Disclosure& disclosure,
                                            const std::string& path, std::set<v1::DataClass>* seen);

// What is allowed, and tells or may tell more than it seems to.
std::vector<FieldProblem> DisclosureWarnings(const v1::Contract& contract);

}  // namespace switchboard::contracts
