#pragma once

#include <cstdint>

#include "hub/guard/connection_book.h"
#include "hub/guard/door.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

// What the configuration's limits of connections come to. A connection takes three descriptors, one
// whose handshake is not over takes one, and a hundred are for the database, files and threads.

// The shares of connections past the handshake, where the process may open that many descriptors:
// limits.connections_max is cut to what they suffice for, at least 1, and the reserve to a quarter
// of that.
guard::ConnectionShares SharesOf(const v1::Config& config, int64_t descriptors_max);

// How many descriptors may be open before connections are refused.
int AcceptMax(int64_t descriptors_max);

// What comes before. `config` was judged: an address of a proxy that is none ends the process.
guard::DoorOptions DoorOf(const v1::Config& config, const guard::ConnectionShares& shares);

}  // namespace switchboard
