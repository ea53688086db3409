#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hub/masking/wire_schema.h"

namespace switchboard::masking {

// What stands in a field: a text, bytes or a message, or else a number.
struct WireValue {
  std::string_view bytes;
  uint64_t number = 0;
};

// Reads the base-128 number that begins at `at`; where it ends, or null if it does not before
// `end`.
inline const char* ReadVarint(const char* at, const char* end, uint64_t* number) {
  constexpr int kBitsMax = 63;
  if (at != end && static_cast<uint8_t>(*at) < 0x80) {  // nearly all are
    *number = static_cast<uint8_t>(*at);
    return at + 1;
  }
  *number = 0;
  for (int bits = 0; at != end && bits <= kBitsMax; bits += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    *number |= static_cast<uint64_t>(byte & 0x7F) << bits;
    if (byte < 0x80) return at;
  }
  return nullptr;
}

// Reads what stands behind a tag of this wire type; where it ends, or null if it is cut off, or of
// a type that no message has.
inline const char* ReadValue(const char* at, const char* end, uint32_t wire_type,
                             WireValue* value) {
  uint64_t size = 0;
  switch (wire_type) {
    case 0:
      return ReadVarint(at, end, &value->number);
    case 1:
      size = 8;
      break;
    case 2:
      at = ReadVarint(at, end, &size);
      if (at == nullptr) return nullptr;
      break;
    case 5:
      size = 4;
      break;
    default:
      return nullptr;
  }
  if (size > static_cast<size_t>(end - at)) return nullptr;
  value->bytes = {at, static_cast<size_t>(size)};
  return at + size;
}

// Walks a message as it stands on the wire: visit(const WireSchema::Field*, const WireValue&) for
// each field in order, and behind a field that is a message for what is in that. Null: the schema
// has no such field there. False when the bytes are no message; what stands before the flaw was
// visited. Allocates nothing; as deep as the schema.
template <typename Visit>
bool WalkWire(std::string_view bytes, const WireSchema::Node& node, const Visit& visit) {
  const char* const end = bytes.data() + bytes.size();
  for (const char* at = bytes.data(); at != end;) {
    uint64_t tag = 0;
    at = ReadVarint(at, end, &tag);
    if (at == nullptr) return false;
    const auto wire_type = static_cast<uint32_t>(tag & 7);
    WireValue value;
    at = ReadValue(at, end, wire_type, &value);
    if (at == nullptr) return false;
    const WireSchema::Field* field = node.Find(tag >> 3, wire_type);
    if (field == nullptr || field->wire_type == wire_type) {
      visit(field, value);
      if (field != nullptr && field->inside != nullptr &&
          !WalkWire(value.bytes, *field->inside, visit)) {
        return false;
      }
      continue;
    }
    const char* const packed_end = value.bytes.data() + value.bytes.size();
    for (const char* packed = value.bytes.data(); packed != packed_end;) {
      WireValue one;
      packed = ReadValue(packed, packed_end, field->wire_type, &one);
      if (packed == nullptr) return false;
      visit(field, one);
    }
  }
  return true;
}

}  // namespace switchboard::masking
