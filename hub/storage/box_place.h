#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::storage {

// What a box is bound to: the table and the column that it lies in, the key of its row, and what
// else of the row must not be exchanged under it. A box opens at no other place. Each part stands
// behind its kind and its length, so that no two places are alike.
class BoxPlace {
 public:
  BoxPlace(std::string_view table, std::string_view column);

  // The columns of the row's key, in order.
  BoxPlace& Key(std::string_view text);
  BoxPlace& Key(int64_t number);
  // What else of the row, in the clear.
  BoxPlace& With(std::string_view text);
  BoxPlace& With(int64_t number);

  std::string_view bytes() const { return bytes_; }

  bool operator==(const BoxPlace&) const = default;

 private:
  BoxPlace& Add(char kind, std::string_view part);

  std::string bytes_;
};

}  // namespace switchboard::storage
