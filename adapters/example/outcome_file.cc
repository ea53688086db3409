#include "adapters/example/outcome_file.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "adapters/codes/call_code.h"
#include "adapters/example/csv_text.h"
#include "adapters/example/letter_digest.h"

namespace switchboard::adapters {
namespace {

constexpr size_t kColumns = 7;
constexpr std::array<std::string_view, kColumns> kNames = {
    "assignment_id", "permit_id", "code", "start_time", "end_time", "agent", "note"};
enum Column { kAssignment, kPermit, kCode, kStart, kEnd, kAgent, kNote };

// Where in a line each column stands.
using Positions = std::array<size_t, kColumns>;

bool SameName(std::string_view field, std::string_view name) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(
             absl::string_view(field.data(), field.size()))) == std::string(name);
}

bool NamesColumns(const CsvRecord& record) {
  return std::any_of(record.fields.begin(), record.fields.end(),
                     [](const std::string& field) { return SameName(field, kNames[0]); });
}

// What is wrong with the line that names the columns, if anything.
std::optional<RefusedLine> ReadNames(const CsvRecord& record, Positions& positions) {
  for (size_t column = 0; column < kColumns; ++column) {
    const auto is_it = [&](const std::string& field) { return SameName(field, kNames[column]); };
    const auto& fields = record.fields;
    const auto found = std::find_if(fields.begin(), fields.end(), is_it);
    const bool once =
        found != fields.end() && std::find_if(found + 1, fields.end(), is_it) == fields.end();
    if (!once) {
      return RefusedLine{
          record.line, "FILE_INVALID", std::string(kNames[column]),
          "the first line must name this column once; nothing of the file was taken"};
    }
    positions[column] = static_cast<size_t>(found - fields.begin());
  }
  if (record.fields.size() == kColumns) return std::nullopt;
  return RefusedLine{
      record.line, "FILE_INVALID", "",
      "the first line names a column that is not known; nothing of the file was taken"};
}

// False unless `text` is a moment.
bool ReadTime(const std::string& text, google::protobuf::Timestamp* time) {
  absl::Time parsed;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &parsed, &ignored)) return false;
  if (parsed == absl::InfiniteFuture() || parsed == absl::InfinitePast()) return false;
  time->set_seconds(absl::ToUnixSeconds(parsed));
  return true;
}

// What is wrong with the line, if anything.
std::optional<RefusedLine> ReadOutcome(const CsvRecord& record, const Positions& positions,
                                       v1::Outcome& outcome) {
  const auto refused = [&](std::string_view field, const char* problem) {
    return RefusedLine{record.line, "LINE_INVALID", std::string(field), problem};
  };
  if (!record.problem.empty()) return refused("", record.problem.c_str());
  if (record.fields.size() < kColumns) return refused("", "seven columns; the last may be empty");
  if (record.fields.size() > kColumns)
    return refused("", "seven columns; a field that holds a comma must be quoted");
  const auto field = [&](Column column) { return record.fields[positions[column]]; };
  const auto code = CallCodeOf(field(kCode));
  if (!code.has_value() || *code == CallCode::kPromiseToPay)
    return refused(kNames[kCode], "a code of call_code.h, as NO_ANSWER; but no PROMISE_TO_PAY");
  for (const Column column : {kStart, kEnd}) {
    auto* time = column == kStart ? outcome.mutable_start_time() : outcome.mutable_end_time();
    if (!ReadTime(field(column), time))
      return refused(kNames[column], "RFC 3339, as 2026-11-02T09:30:00Z");
  }
  outcome.set_version(1);
  outcome.set_assignment_id(field(kAssignment));
  outcome.set_permit_id(field(kPermit));
  *outcome.mutable_result() = ResultOf(*code);
  outcome.set_agent_reference(field(kAgent));
  outcome.set_note(field(kNote));
  return std::nullopt;
}

}  // namespace

OutcomeFile ReadOutcomeFile(std::string_view content, std::string_view file_name) {
  OutcomeFile file;
  const std::vector<CsvRecord> records = ReadCsv(content);
  if (records.empty()) {
    file.refused.push_back({1, "FILE_INVALID", "", "the file is empty"});
    return file;
  }
  Positions positions{0, 1, 2, 3, 4, 5, 6};
  const size_t first = NamesColumns(records.front()) ? 1 : 0;
  if (first == 1) {
    if (auto refused = ReadNames(records.front(), positions); refused.has_value()) {
      file.refused.push_back(*std::move(refused));
      return file;
    }
  }
  for (size_t i = first; i < records.size(); ++i) {
    OutcomeLine line{records[i].line, {}};
    if (auto refused = ReadOutcome(records[i], positions, line.outcome); refused.has_value()) {
      file.refused.push_back(*std::move(refused));
      continue;
    }
    line.outcome.set_outcome_id(OutcomeIdOf(file_name, line.line));
    file.outcomes.push_back(std::move(line));
  }
  return file;
}

std::string OutcomeIdOf(std::string_view file_name, int64_t line) {
  return "drop-" + LetterDigest(std::to_string(line) + "/" + std::string(file_name));
}

std::string FormatRefused(std::vector<RefusedLine> refused) {
  std::stable_sort(
      refused.begin(), refused.end(),
      [](const RefusedLine& one, const RefusedLine& other) { return one.line < other.line; });
  std::string text = CsvLine({"line", "status", "field", "problem"});
  for (const RefusedLine& line : refused) {
    text += CsvLine({std::to_string(line.line), line.status, line.field, line.problem});
  }
  return text;
}

}  // namespace switchboard::adapters
