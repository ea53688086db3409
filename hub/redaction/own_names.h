#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/redaction/marks.h"
#include "hub/redaction/own_name.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::redaction {

// The names of a person and their readings in all spellings (own_data.h), ready to be found.
// Immutable.
class OwnNames {
 public:
  explicit OwnNames(const v1::Person& person);

  // Adds them, as own.
  void Find(Marks* marks) const;

 private:
  std::vector<OwnName> families_, givens_;
  std::u32string first_letters_;  // of all of them
};

}  // namespace switchboard::redaction
