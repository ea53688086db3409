#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::permits {

// What a vendor hands to the issuer's trunk in place of a number: the permit it stands for, and an
// HMAC-SHA256 of that cut to 160 bits, in lower-case base 32 (RFC 4648). Only the hub can make one,
// so that whoever reads permit ids in a log cannot have a number dialled. `key`: 32 secret bytes.
std::string TrunkTokenOf(std::string_view key, std::string_view permit_id);

// The permit that a token stands for; nothing if the hub of this key did not make it.
std::optional<std::string> PermitOfTrunkToken(std::string_view key, std::string_view token);

}  // namespace switchboard::permits
