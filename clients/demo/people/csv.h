#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace switchboard::demo {

// Reads a CSV file with a header line, plain or gzip, row by row. Columns are found by name, in any
// order; others are ignored. Cells may be quoted with '"'; a quoted cell may not span lines. Not
// thread-safe.
//
// Errors name file, line and, where there is one, column; they never quote a value:
// - NOT_FOUND, FILE_UNREADABLE: cannot be opened.
// - INVALID_ARGUMENT, CSV_INVALID: damaged gzip, a line longer than 64 KiB, a NUL byte, a missing
// or
//   doubled column, a row with more or fewer cells than the header.
class CsvReader {
 public:
  // `columns` are those wanted, in the order in which Next gives them. "PAY_0|PAY_1" takes either
  // name.
  static absl::StatusOr<std::unique_ptr<CsvReader>> Open(const std::string& path,
                                                         std::vector<std::string> columns,
                                                         char separator = ',');
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // Reads the next row that is not blank into `cells`. False at the end of the file.
  absl::StatusOr<bool> Next(std::vector<std::string>* cells);

  // The cell as a whole number from `low` to `high`. "20000.0" and "2e+04" are such.
  absl::StatusOr<int64_t> WholeNumber(const std::vector<std::string>& cells, size_t column,
                                      int64_t low, int64_t high) const;

  // CSV_INVALID at the line read last. An empty column names only the line.
  absl::Status ErrorAt(std::string_view column, std::string_view problem) const;

 private:
  CsvReader(std::string path, std::vector<std::string> columns, char separator);
  absl::StatusOr<bool> ReadLine(std::string* line);
  absl::Status ReadHeader();
  std::vector<std::string> Split(const std::string& line) const;

  const std::string path_;
  const std::vector<std::string> columns_;
  const char separator_;
  void* file_ = nullptr;           // a gzFile; owned
  std::vector<size_t> positions_;  // where in a row each wanted column stands
  size_t width_ = 0;               // cells of the header
  int64_t line_ = 0;
};

}  // namespace switchboard::demo
