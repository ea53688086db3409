#include "tests/redaction_report/report.h"

#include <cstdio>
#include <fstream>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace switchboard::redaction_report {
namespace {

using Json = nlohmann::json;

std::string Figure(double part, size_t of) { return of == 0 ? "-" : absl::StrFormat("%.3f", part); }

void PrintRow(const std::string& file, const std::string& language, Type type, const Score& score,
              bool labelled) {
  const size_t of = score.labelled, marks = labelled ? score.marks : 0;
  std::printf("%-38s %-7s %-15s %8zu %7s %7s %7zu %9s %6s\n", file.c_str(), language.c_str(),
              NameOf(type).c_str(), of, Figure(score.Recall(), of).c_str(),
              Figure(score.Hidden(), of).c_str(), score.marks,
              Figure(score.Precision(), marks).c_str(),
              Figure(score.PrecisionAny(), marks).c_str());
}

Json JsonOf(Type type, const Score& score) {
  return {{"type", NameOf(type)},
          {"labelled", score.labelled},
          {"found", score.found},
          {"hidden", score.hidden},
          {"touched", score.touched},
          {"marks", score.marks},
          {"right", score.right},
          {"recall", score.Recall()},
          {"hidden_recall", score.Hidden()},
          {"precision", score.Precision()},
          {"precision_any", score.PrecisionAny()}};
}

bool IsSeen(const Score& score) { return score.labelled + score.marks > 0; }

std::string Shown(const std::string& language) { return language.empty() ? "-" : language; }

}  // namespace

void Report::Add(const LabelledFile& file, const FileScore& score) {
  seconds_ += score.seconds;
  const Scores all = score.All();
  const Score& cards = all[v1::TextMark::KIND_CARD];
  if (file.role == LabelledFile::Role::kCards) cards_.Add(cards);
  if (file.role == LabelledFile::Role::kNoCards) false_alarms_ += cards.marks;
  for (const auto& [label, count] : file.labels_not_looked_for) {
    labels_not_looked_for_[label] += count;
  }
  const bool labelled =
      file.role == LabelledFile::Role::kLabelled || file.role == LabelledFile::Role::kCards;
  for (const auto& [language, scores] : score.languages) {
    texts_ += scores.first;
    rows_.push_back({.file = file.name,
                     .language = Shown(language),
                     .texts = scores.first,
                     .labelled = labelled,
                     .scores = scores.second});
  }
  by_file_[file.name] = all;
}

std::map<std::pair<Type, std::string>, Score> Report::Totals() const {
  std::map<std::pair<Type, std::string>, Score> totals;
  for (const Row& row : rows_) {
    if (!row.labelled) continue;
    for (Type type = 0; type < kTypes; ++type) {
      const Score& score = row.scores[static_cast<size_t>(type)];
      if (IsSeen(score)) totals[{type, row.language}].Add(score);
    }
  }
  return totals;
}

void Report::Print() const {
  std::printf("%-38s %-7s %-15s %8s %7s %7s %7s %9s %6s\n", "file", "lang", "type", "labelled",
              "recall", "hidden", "marks", "precision", "any");
  for (const Row& row : rows_) {
    for (Type type = 0; type < kTypes; ++type) {
      const Score& score = row.scores[static_cast<size_t>(type)];
      if (IsSeen(score)) PrintRow(row.file, row.language, type, score, row.labelled);
    }
  }
  for (const auto& [key, score] : Totals()) PrintRow("all", key.second, key.first, score, true);
  for (const auto& [label, count] : labels_not_looked_for_) {
    std::printf("not looked for: %s, %zu\n", label.c_str(), count);
  }
}

absl::Status Report::WriteJson(const std::string& path) const {
  Json files = Json::array(), totals = Json::array();
  for (const Row& row : rows_) {
    Json types = Json::array();
    for (Type type = 0; type < kTypes; ++type) {
      const Score& score = row.scores[static_cast<size_t>(type)];
      if (IsSeen(score)) types.push_back(JsonOf(type, score));
    }
    files.push_back({{"file", row.file},
                     {"language", row.language},
                     {"texts", row.texts},
                     {"types", std::move(types)}});
  }
  for (const auto& [key, score] : Totals()) {
    totals.push_back(JsonOf(key.first, score));
    totals.back()["language"] = key.second;
  }
  const Json json = {
      {"files", std::move(files)},
      {"totals", std::move(totals)},
      {"cards",
       {{"variants", cards_.labelled},
        {"missed", cards_.labelled - cards_.found},
        {"false_on_luhn_failures", false_alarms_}}},
      {"labels_not_looked_for", labels_not_looked_for_},
      {"microseconds_per_text", texts_ == 0 ? 0 : seconds_ * 1e6 / static_cast<double>(texts_)}};
  std::ofstream file(path);
  file << json.dump(1) << "\n";
  if (!file.good()) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

std::string Report::Summary() const {
  const auto totals = Totals();
  std::string names;
  for (const auto& [key, score] : totals) {
    if (key.first != v1::TextMark::KIND_NAME || score.labelled == 0) continue;
    absl::StrAppend(&names, names.empty() ? ", names " : " ", key.second, " ",
                    absl::StrFormat("%.3f", score.Recall()));
  }
  Score cards;
  for (const auto& [key, score] : totals) {
    if (key.first == v1::TextMark::KIND_CARD) cards.Add(score);
  }
  return absl::StrCat(
      "tests/redaction: ", texts_, " texts, cards ", Figure(cards.Recall(), cards.labelled), names,
      ", ", absl::StrFormat("%.1f us a text", seconds_ * 1e6 / static_cast<double>(texts_)));
}

std::vector<std::string> Report::CardFailures() const {
  std::vector<std::string> failures;
  if (cards_.found < cards_.labelled) {
    failures.push_back(absl::StrCat(cards_.labelled - cards_.found, " of ", cards_.labelled,
                                    " card numbers were not found"));
  }
  if (false_alarms_ > 0) {
    failures.push_back(
        absl::StrCat(false_alarms_, " numbers that fail Luhn's check were taken for cards"));
  }
  return failures;
}

absl::StatusOr<std::vector<std::string>> Report::Failures(const std::string& floors_path) const {
  std::ifstream file(floors_path);
  const Json floors = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!floors.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(floors_path, " is no JSON object"));
  }
  std::vector<std::string> failures = CardFailures();
  for (const auto& [name, scores] : by_file_) {
    const auto floors_of_file = floors.find(name);
    if (floors_of_file == floors.end()) continue;
    for (const auto& [type_name, floor] : floors_of_file->items()) {
      Type type = 0;
      while (type < kTypes && NameOf(type) != type_name) ++type;
      if (type == kTypes) {
        return absl::InvalidArgumentError(
            absl::StrCat(floors_path, ": no type is called ", type_name));
      }
      const Score& score = scores[static_cast<size_t>(type)];
      const auto check = [&](const char* what, double reached) {
        const auto least = floor.find(what);
        if (least == floor.end() || !least->is_number() || reached >= least->get<double>()) return;
        failures.push_back(absl::StrFormat("%s: %s of %s is %.3f, below %.3f", name, what,
                                           type_name, reached, least->get<double>()));
      };
      check("recall", score.Recall());
      check("precision", score.Precision());
    }
  }
  return failures;
}

}  // namespace switchboard::redaction_report
