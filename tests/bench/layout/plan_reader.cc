#include "tests/bench/layout/plan_reader.h"

#include "absl/strings/str_cat.h"
#include "tests/bench/measure.h"

namespace switchboard::bench {
namespace {

constexpr int kDetailColumn = 3;

bool ReadsTooMuch(std::string_view step) {
  if (step.find("AUTOMATIC") != std::string_view::npos) return true;
  return step.starts_with("SCAN ") && !step.starts_with("SCAN rows ") &&
         step != "SCAN CONSTANT ROW";
}

}  // namespace

absl::StatusOr<int64_t> PlanReader::Execute(const char* sql, Parameters parameters) {
  RETURN_IF_ERROR(Read(sql, parameters));
  return connection_.Execute(sql, parameters);
}

absl::Status PlanReader::Query(const char* sql, Parameters parameters, Visitor visit) {
  RETURN_IF_ERROR(Read(sql, parameters));
  return connection_.Query(sql, parameters, visit);
}

absl::Status PlanReader::Read(const char* sql, Parameters parameters) {
  if (OverNoRows(parameters)) return absl::OkStatus();
  const auto [question, added] = questions_.try_emplace(sql);
  if (!added) return absl::OkStatus();
  question->second = absl::StrCat("EXPLAIN QUERY PLAN ", sql);
  return connection_.Query(question->second.c_str(), parameters, [sql](const storage::Row& row) {
    const std::string step(row.Text(kDetailColumn));
    if (ReadsTooMuch(step)) GiveUp(absl::StrCat(sql, ": ", step));
    return absl::OkStatus();
  });
}

}  // namespace switchboard::bench
