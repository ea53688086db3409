#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace switchboard::bench {

// One number of several runs.
struct Series {
  std::vector<double> values{};

  void Add(double value) { values.push_back(value); }
  bool empty() const { return values.empty(); }
  double Median() const;
  double Min() const;
  double Max() const;
};

// One figure beside its baseline.
struct Row {
  std::string name{};  // "circle"
  std::string unit{};  // "accounts/s", "p99 us"
  Series ours{};
  std::string baseline_name{};  // empty: measured alone
  Series baseline{};
  std::string goal{};  // of the ratio, or of ours where it has a unit; with its number; empty: none
  // CPU microseconds per record; empty where they say nothing.
  Series hub_cpu_us{};
  Series generator_cpu_us{};
  Series baseline_cpu_us{};  // all processes of the baseline together

  // Median of ours by median of the baseline.
  std::optional<double> Ratio() const;
};

// For people.
void Print(const std::vector<Row>& rows, std::ostream& out);

// All values of all runs. Errors: UNAVAILABLE when the file cannot be written.
absl::Status WriteJson(const std::vector<Row>& rows, const std::string& path);

}  // namespace switchboard::bench
