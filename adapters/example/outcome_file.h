#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::adapters {

// The outcomes that a dialler reports in one file. Pure.
//
// CSV as csv_text.h reads it, seven columns: assignment_id, permit_id, code, start_time, end_time,
// agent, note. A first line that names the columns is understood, in any order; without one they
// stand in this order. code is one of call_code.h ("NO_ANSWER") but PROMISE_TO_PAY, of which no
// column says how much and by when; times are RFC 3339.

// Most bytes of one file.
inline constexpr int64_t kOutcomeFileBytesMax = 16 * 1024 * 1024;

// A line that was not taken, and why; never with what it said.
struct RefusedLine {
  int64_t line = 0;     // from 1
  std::string status;   // LINE_INVALID, FILE_INVALID, or the hub's STATUS_…
  std::string field;    // empty: the line as a whole
  std::string problem;  // what is allowed
};

struct OutcomeLine {
  int64_t line = 0;
  v1::Outcome outcome;
};

struct OutcomeFile {
  std::vector<OutcomeLine> outcomes;
  std::vector<RefusedLine> refused;
};

// What a file says. `file_name` makes the ids (OutcomeIdOf).
OutcomeFile ReadOutcomeFile(std::string_view content, std::string_view file_name);

// The id of the outcome at a line of a file: the same for the same name and line, so that a crash
// reports nothing twice, and a valid id whatever the name. Letters only.
std::string OutcomeIdOf(std::string_view file_name, int64_t line);

// The text of NAME.refused: CSV with the columns line, status, field, problem, by line.
std::string FormatRefused(std::vector<RefusedLine> refused);

}  // namespace switchboard::adapters
