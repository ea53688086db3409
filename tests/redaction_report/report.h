#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/redaction_report/labelled_file.h"
#include "tests/redaction_report/scoring.h"

namespace switchboard::redaction_report {

// What all files of a folder came to.
class Report {
 public:
  void Add(const LabelledFile& file, const FileScore& score);

  // A row for each file, language and type; then each type and language over all files.
  void Print() const;
  // The same for programs. Errors: UNAVAILABLE when it cannot be written.
  absl::Status WriteJson(const std::string& path) const;
  // The last line.
  std::string Summary() const;

  // What is not as it must be: cards missed or found where none are, and what lies below the floors
  // in `floors_path`, an object {file: {type: {"recall", "precision"}}}, of files of these names.
  // Errors: INVALID_ARGUMENT for a file that is not one.
  absl::StatusOr<std::vector<std::string>> Failures(const std::string& floors_path) const;
  // Those of cards alone.
  std::vector<std::string> CardFailures() const;

 private:
  struct Row {
    std::string file{}, language{};
    size_t texts = 0;
    bool labelled = true;
    Scores scores{};
  };
  std::map<std::pair<Type, std::string>, Score> Totals() const;

  std::vector<Row> rows_;
  std::map<std::string, size_t> labels_not_looked_for_;
  size_t texts_ = 0;
  double seconds_ = 0;
  Score cards_;              // of the files of cards
  size_t false_alarms_ = 0;  // on numbers that fail Luhn's check
  std::map<std::string, Scores> by_file_;
};

}  // namespace switchboard::redaction_report
