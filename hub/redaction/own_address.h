#pragma once

#include <string>
#include <vector>

#include "hub/redaction/marks.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::redaction {

// An address that the core told, as fine as its town, ready to be found: its town or street with or
// without the numbers behind or before it, whatever units and signs those have (一丁目2番3号 as
// 1-2-3), three of its numbers in order, and its postal code. Its city and region only beside
// those. Immutable.
class OwnAddress {
 public:
  explicit OwnAddress(const v1::Address& address);

  // Adds it, as own.
  void Find(Marks* marks) const;

  // A word or a number of an address.
  struct Element {
    size_t begin = 0, end = 0;  // in the text that it was read from
    bool is_number = false;
    std::u32string letters = {};  // in the loose dress; of a number its digits
  };

 private:
  void FindPostalCode(Marks* marks) const;
  // Adds [begin, end) with what of the address stands beside it.
  void AddWithPlaces(size_t begin, size_t end, Marks* marks) const;

  std::vector<Element> elements_;       // of district and street, in their order
  std::vector<std::u32string> places_;  // region, city and postal code, squeezed
  std::u32string postal_code_;
};

}  // namespace switchboard::redaction
