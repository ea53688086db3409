#include "hub/config_problems.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/numbers.h"
#include "hub/base/error.h"

namespace switchboard {
namespace {

// Whether `inner` is `outer` or lies in it: "tls" and "tls.directory", "contracts" and
// "contracts[0]".
bool LiesIn(std::string_view inner, std::string_view outer) {
  if (!inner.starts_with(outer)) return false;
  return inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[';
}

int NumberOf(const absl::Status& problem, std::string_view key) {
  int number = 0;
  return absl::SimpleAtoi(ErrorMetadata(problem, key), &number) ? number : 0;
}

}  // namespace

void ConfigProblems::Add(const absl::Status& problem) {
  if (!problem.ok()) problems_.push_back(problem);
}

void ConfigProblems::AddAt(std::string_view field, std::string_view problem) {
  if (!Knows(field)) AddBeside(field, problem);
}

void ConfigProblems::AddBeside(std::string_view field, std::string_view problem) {
  problems_.push_back(places_.ErrorAt(field, "CONFIG_INVALID", problem));
}

bool ConfigProblems::Knows(std::string_view field) const {
  return std::any_of(problems_.begin(), problems_.end(), [&](const absl::Status& one) {
    const std::string known = ErrorMetadata(one, "field");
    return !known.empty() && ErrorMetadata(one, "file") == file_name_ &&
           (LiesIn(field, known) || LiesIn(known, field));
  });
}

std::vector<absl::Status> ConfigProblems::InOrder() const {
  std::vector<absl::Status> ordered = problems_;
  const auto place = [this](const absl::Status& one) {
    const bool elsewhere = ErrorMetadata(one, "file") != file_name_;
    return elsewhere ? std::tuple(true, 0, 0)
                     : std::tuple(false, NumberOf(one, "line"), NumberOf(one, "column"));
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  if (ordered.size() > kTold) ordered.erase(ordered.begin() + kTold, ordered.end());
  return ordered;
}

}  // namespace switchboard
