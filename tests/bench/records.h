#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::bench {

inline constexpr int kVendors = 4;

// "v0" to "v3".
std::string VendorId(int vendor);
// Ids of the account and the person with this number; they grow with it, as ids of a core do.
std::string AccountId(int64_t number);

// Account `number` with its owner, about 600 bytes. The amount due says the number, so that a
// vendor's row can be told from another's. Reuses what `record` holds.
void FillAccount(int64_t number, v1::AccountRecord* record);
int64_t AccountNumberOf(int64_t amount_due_minor_units);

// A vendor's outcome `number`, about 250 bytes, with a time-ordered id.
void FillOutcome(int vendor, int64_t number, std::string_view assignment_id, v1::Outcome* outcome);

// A contract that shows most of a record, as one of a vendor that collects would, and the plan that
// gives each vendor a quarter.
std::string ContractYaml(int vendor);
std::string RoutingPlanYaml();
// Deals what each grade has to a quarter of the vendors, in equal parts. REQUIRES: 400 is a
// multiple of `vendors`.
std::string PlanOfManyYaml(int vendors);

}  // namespace switchboard::bench
