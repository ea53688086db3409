#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/legal_holds/held.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

// What may go of rows that do not say whose they are, while there are legal holds.

namespace switchboard::retention {

// Those of the stops that lie on no person, account, or way to reach a person that is held.
absl::StatusOr<std::vector<std::string>> StopsNotHeld(storage::Connection& connection,
                                                      const legal_holds::Held& held,
                                                      const std::vector<std::string>& stop_ids);

// Those of the core's events that told of no payment on an account that is held: such a payment
// goes with its event.
absl::StatusOr<std::vector<std::string>> EventsNotHeld(storage::Connection& connection,
                                                       const legal_holds::Held& held,
                                                       const std::vector<std::string>& event_ids);

// Those of the refused items that name nobody who is held, nor work or an account of theirs. What
// cannot be opened or read may: it stays.
absl::StatusOr<std::vector<std::string>> ItemsNotHeld(
    storage::Connection& connection, storage::Sealer& sealer, const legal_holds::Held& held,
    const std::vector<std::string>& quarantine_ids);

// Until when pages of feeds may go, `until_us` at most. One names work of many: all stay since the
// first of the held persons' was placed.
absl::StatusOr<int64_t> PagesNotHeld(storage::Connection& connection, const legal_holds::Held& held,
                                     int64_t until_us);

}  // namespace switchboard::retention
