#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::adapters {

// Comma-separated text as RFC 4180 has it, in UTF-8. Debian's libraries for it tell neither the
// line of a record nor go on behind one that is broken, and both are needed here. Pure.

// Most bytes of one record.
inline constexpr size_t kCsvRecordBytesMax = 64 * 1024;

struct CsvRecord {
  int64_t line = 0;                 // of its first character, from 1
  std::vector<std::string> fields;  // without quotes; unset with a problem
  std::string problem;              // why it cannot be read; empty: it can
};

// All records in order. A byte order mark is skipped and empty lines are left out; lines end with
// LF or CRLF; a quoted field may hold commas, line ends and doubled quotes. A record that cannot be
// read (not UTF-8, a quote out of place or never closed, too long) has a problem instead of fields,
// and reading goes on with the next line, so that nothing else is lost with it.
std::vector<CsvRecord> ReadCsv(std::string_view text);

// One line with its end; fields are quoted where they must be.
std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace switchboard::adapters
