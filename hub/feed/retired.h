#pragma once

#include <string_view>

#include "hub/storage/database.h"

namespace switchboard::feed {

// Whether an operator said of a vendor that it will not come back, and no contract came since.
absl::StatusOr<bool> IsRetired(storage::Connection& connection, std::string_view vendor_id);

}  // namespace switchboard::feed
