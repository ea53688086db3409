#pragma once

#include <cstdint>
#include <initializer_list>

#include "switchboard/v1/disclosure.pb.h"

namespace switchboard {

// Fields that were shown, as the hub keeps them: a bit for each ShownField, by its number.
inline int64_t ShownBits(std::initializer_list<v1::ShownField> fields) {
  int64_t bits = 0;
  for (const v1::ShownField field : fields) bits |= int64_t{1} << field;
  return bits;
}

}  // namespace switchboard
