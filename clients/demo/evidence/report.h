#pragma once

#include <string>

#include "absl/status/status.h"
#include "clients/demo/evidence/run_result.h"

namespace switchboard::demo {

// The report for people: UTF-8, at most 100 columns wide.
std::string RenderReport(const RunResult& result);

// The last line of a run: what matters most, or what is wrong.
std::string SummaryLine(const RunResult& result);

// The same as JSON. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
absl::Status WriteJson(const RunResult& result, const std::string& path);

}  // namespace switchboard::demo
