// What a dialler leaves in the example's folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "adapters/example/csv_text.h"
#include "adapters/example/outcome_file.h"

using switchboard::adapters::CsvLine;
using switchboard::adapters::CsvRecord;
using switchboard::adapters::FormatRefused;
using switchboard::adapters::OutcomeFile;
using switchboard::adapters::ReadCsv;
using switchboard::adapters::ReadOutcomeFile;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const CsvRecord& record : ReadCsv(text)) {
    if (!record.problem.empty() || record.fields.empty()) continue;
    // What was read is written and read the same.
    const auto again = ReadCsv(CsvLine(record.fields));
    const bool blank = record.fields.size() == 1 && record.fields[0].empty();
    if (!blank && (again.size() != 1 || again[0].fields != record.fields)) abort();
  }
  const OutcomeFile file = ReadOutcomeFile(text, "f.csv");
  (void)FormatRefused(file.refused);
  return 0;
}
