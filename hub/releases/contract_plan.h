#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/feed/shown_beside.h"
#include "hub/storage/database.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/operator_releases.pb.h"

namespace switchboard::releases {

// What a contract is held against.
struct ContractOutlook {
  storage::Connection& reader;
  const book::Book& book;
  contracts::Contracts& contracts;
  const feed::ShownBeside& beside;  // promises and hand-overs that rows show
  absl::Time now;
};

// What a contract that was found right would change in what its vendor sees, and changes nothing;
// see OperatorService.PlanContract. All of the answer but its digest and the warnings that any
// text gets. It is compiled, and so is the version in force on its first day; each live assignment
// is masked by both, as of now whatever that day is, since ages on chosen days tell days of birth.
// Nothing of anybody stands in the answer: texts of live work are shown by their shape, bands not
// even so, what is shown in clear is of people who were invented (masking/specimens.h), and what
// depends on people is counted in tens of them. That holds of the same live work: two answers
// before and after some of it came or went may differ by that. Where the version in force is not
// what was released, the contract is held against none, and a warning says so. Reads page by page
// for as long as it takes: for a thread of the reports. REQUIRES: the numbers of the request are in
// their ranges.
absl::StatusOr<v1::PlanContractResponse> PlanContract(const ContractOutlook& outlook,
                                                      const v1::Contract& contract,
                                                      const v1::PlanContractRequest& request);

}  // namespace switchboard::releases
