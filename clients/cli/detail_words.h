#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_join.h"

namespace switchboard::cli {

// Words with blanks between them; empty ones are left out.
class DetailWords {
 public:
  DetailWords& Add(const std::string& word) {
    if (!word.empty()) words_.push_back(word);
    return *this;
  }
  DetailWords& Add(const std::string& label, const std::string& word) {
    return word.empty() ? *this : Add(label + " " + word);
  }
  std::string Text() const { return absl::StrJoin(words_, " "); }

 private:
  std::vector<std::string> words_;
};

}  // namespace switchboard::cli
