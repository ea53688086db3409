#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "hub/base/yaml.h"

namespace switchboard {

// Collects what is wrong with one configuration file and those it names, so that all of it is told
// at once. Every problem is INVALID_ARGUMENT, its message begins "file:line:column: field: ".
class ConfigProblems {
 public:
  // Told at most; more are counted.
  static constexpr size_t kTold = 20;

  // Of the configuration file with this text.
  ConfigProblems(std::string_view text, std::string_view file_name)
      : places_(text, file_name), file_name_(file_name) {}

  // A problem that has its place already: the reader's, or one of another file.
  void Add(const absl::Status& problem);
  // CONFIG_INVALID at the field's place. Left out when something is known of the field already, of
  // what it lies in or of what lies in it: the second would only follow from the first.
  void AddAt(std::string_view field, std::string_view problem);
  // The same, also when something is known of the field: of a folder with several files.
  void AddBeside(std::string_view field, std::string_view problem);
  void Require(bool holds, std::string_view field, std::string_view problem) {
    if (!holds) AddAt(field, problem);
  }

  // Whether something is wrong with the field, as AddAt asks.
  bool Knows(std::string_view field) const;
  bool empty() const { return problems_.empty(); }

  // The configuration file's problems in the order of its text, then those of the files it names
  // in the order they were added; at most kTold.
  std::vector<absl::Status> InOrder() const;
  // How many InOrder leaves out.
  size_t untold() const { return problems_.size() > kTold ? problems_.size() - kTold : 0; }

 private:
  const YamlPlaces places_;
  const std::string file_name_;
  std::vector<absl::Status> problems_;
};

}  // namespace switchboard
