#pragma once

#include <cstdint>
#include <string_view>

namespace switchboard::storage {

// One row of a result. Valid during the visit only; columns count from 0 and have the type that the
// statement's text gives them.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Integer(int column) const = 0;        // 0 when NULL
  virtual std::string_view Text(int column) const = 0;  // empty when NULL
  virtual std::string_view Blob(int column) const = 0;  // empty when NULL
};

}  // namespace switchboard::storage
