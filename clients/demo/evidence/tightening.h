#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/demo/evidence/evidence.h"
#include "clients/demo/people/population.h"

namespace switchboard::demo {

// The contract that shows less, as two operators put it in force: not proposed yet. `demo_folder`
// is clients/demo. Errors: those of the file and of its check.
absl::StatusOr<Tightening> ReadTightening(const std::string& demo_folder);

// Where in `tap`, what the vendor received, the frame begins from which on everything left the hub
// under the tightened contract: the first that opens a stream of another generation than the one
// before, behind the operator's call. The end of `tap`: there is none.
size_t TightenedFrom(std::string_view tap, const Tightening& tightening);

// What came of it: from `tap`, of which the part behind `from` is under the tightened contract.
// Former values are those that the former contract showed of accounts placed with this vendor and
// that the tightened one does not; each of eight bytes or more is looked for in every byte behind
// `from`, unless it is part of something that is still shown. A value of fewer bytes would be found
// by chance: those are looked for in each row that came, by the scan of its own person.
// REQUIRES: the hub's placements are in `evidence`.
TighteningSeen LookBehind(const Tightening& tightening, std::string_view tap, size_t from,
                          const Population& population, const Evidence& evidence);

// How the same row was shown before and after, and how soon; into `result`. Nothing where no
// contract was tightened.
void CountTightening(const Evidence& evidence, const Population& population, RunResult* result);

}  // namespace switchboard::demo
