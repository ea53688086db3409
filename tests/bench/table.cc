#include "tests/bench/table.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace switchboard::bench {
namespace {

std::string Short(double value) {
  if (value >= 1e6) return absl::StrFormat("%.2f M", value / 1e6);
  if (value >= 1e4) return absl::StrFormat("%.1f k", value / 1e3);
  if (value >= 100) return absl::StrFormat("%.0f", value);
  return absl::StrFormat("%.2f", value);
}

std::string Spread(const Series& series) {
  if (series.empty()) return "";
  if (series.values.size() == 1) return Short(series.Median());
  return absl::StrCat(Short(series.Median()), " (", Short(series.Min()), " - ", Short(series.Max()),
                      ")");
}

std::string Cpu(const Row& row) {
  if (row.hub_cpu_us.empty()) return "";
  std::string text =
      absl::StrFormat("%.1f + %.1f", row.hub_cpu_us.Median(),
                      row.generator_cpu_us.empty() ? 0 : row.generator_cpu_us.Median());
  if (!row.baseline_cpu_us.empty())
    absl::StrAppendFormat(&text, " / %.1f", row.baseline_cpu_us.Median());
  return text;
}

nlohmann::json ToJson(const Series& series) {
  if (series.empty()) return nullptr;
  return {{"median", series.Median()},
          {"min", series.Min()},
          {"max", series.Max()},
          {"values", series.values}};
}

}  // namespace

double Series::Median() const {
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

double Series::Min() const { return *std::min_element(values.begin(), values.end()); }

double Series::Max() const { return *std::max_element(values.begin(), values.end()); }

std::optional<double> Row::Ratio() const {
  if (ours.empty() || baseline.empty() || baseline.Median() == 0) return std::nullopt;
  return ours.Median() / baseline.Median();
}

void Print(const std::vector<Row>& rows, std::ostream& out) {
  std::vector<std::vector<std::string>> cells = {{"what", "unit", "ours (min - max)",
                                                  "baseline (min - max)", "against", "ratio",
                                                  "goal", "CPU us: hub + generator / baseline"}};
  for (const Row& row : rows) {
    const auto ratio = row.Ratio();
    cells.push_back({row.name, row.unit, Spread(row.ours), Spread(row.baseline), row.baseline_name,
                     ratio.has_value() ? absl::StrFormat("%.2f", *ratio) : "", row.goal, Cpu(row)});
  }
  std::vector<size_t> widths(cells[0].size());
  for (const auto& line : cells) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  for (const auto& line : cells) {
    for (size_t i = 0; i < line.size(); ++i)
      out << absl::StreamFormat("%-*s  ", static_cast<int>(widths[i]), line[i]);
    out << "\n";
  }
}

absl::Status WriteJson(const std::vector<Row>& rows, const std::string& path) {
  nlohmann::json list = nlohmann::json::array();
  for (const Row& row : rows) {
    const auto ratio = row.Ratio();
    list.push_back({{"name", row.name},
                    {"unit", row.unit},
                    {"ours", ToJson(row.ours)},
                    {"baseline_name", row.baseline_name},
                    {"baseline", ToJson(row.baseline)},
                    {"ratio", ratio.has_value() ? nlohmann::json(*ratio) : nlohmann::json()},
                    {"goal", row.goal},
                    {"hub_cpu_us", ToJson(row.hub_cpu_us)},
                    {"generator_cpu_us", ToJson(row.generator_cpu_us)},
                    {"baseline_cpu_us", ToJson(row.baseline_cpu_us)}});
  }
  std::ofstream file(path, std::ios::trunc);
  file << nlohmann::json({{"rows", list}}).dump(1) << "\n";
  file.close();
  return file ? absl::OkStatus() : absl::UnavailableError(path + " cannot be written");
}

}  // namespace switchboard::bench
