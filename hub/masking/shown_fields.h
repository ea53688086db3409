#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/disclosure.pb.h"

// What of a person stands in a message that leaves, as the record of disclosures keeps it: by the
// stable numbers of ShownField, read from the bytes themselves and not from what a contract says.

namespace switchboard::masking {

// ShownBits of a serialized Assignment: each field in which something stands. A text that is empty
// shows nothing. An answer that has a MaskedPerson or a MaskedAccount by itself is told by an
// Assignment with these alone.
int64_t ShownFieldsIn(std::string_view assignment);

// The field that shows what stands at this path of an Assignment ("person.address.city"); nothing
// where no person's data stands. Numbers and addresses of contact points have one path, and two
// fields: PHONE is said of both.
std::optional<v1::ShownField> ShownFieldAt(std::string_view path);

// The class of a field; DATA_CLASS_UNSPECIFIED of a number that this program does not know.
v1::DataClass ClassOf(v1::ShownField field);

}  // namespace switchboard::masking
