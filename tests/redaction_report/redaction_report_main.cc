#include <cstdio>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "hub/redaction/clean_text.h"
#include "tests/redaction_report/labelled_file.h"
#include "tests/redaction_report/report.h"
#include "tests/redaction_report/scoring.h"

namespace switchboard::redaction_report {
namespace {

struct Wishes {
  std::string data, json;
  size_t show = 0;
  bool no_floors = false;
};

int GiveUp(const absl::Status& status) {
  std::fprintf(stderr, "redaction: %s\n", std::string(status.message()).c_str());
  return 2;
}

int Measure(const Wishes& wishes) {
  const auto cleaner = redaction::Cleaner::Load("");
  if (!cleaner.ok()) return GiveUp(cleaner.status());
  const auto files = ReadFolder(wishes.data);
  if (!files.ok()) return GiveUp(files.status());
  if (files->empty()) return GiveUp(absl::NotFoundError("no labelled file in " + wishes.data));
  Report report;
  for (const LabelledFile& file : *files) {
    report.Add(file, ScoreFile(**cleaner, file, wishes.show));
  }
  report.Print();
  if (!wishes.json.empty()) {
    const absl::Status written = report.WriteJson(wishes.json);
    if (!written.ok()) return GiveUp(written);
  }
  absl::StatusOr<std::vector<std::string>> failures = report.CardFailures();
  if (!wishes.no_floors) failures = report.Failures(SWITCHBOARD_REDACTION_FLOORS);
  if (!failures.ok()) return GiveUp(failures.status());
  for (const std::string& failure : *failures) std::printf("FAILED: %s\n", failure.c_str());
  std::printf("%s\n", report.Summary().c_str());
  return failures->empty() ? 0 : 1;
}

int Main(int argc, char** argv) {
  Wishes wishes;
  CLI::App app("Precision and recall of what the hub takes out of typed text.", "tests/redaction");
  app.add_option("--data", wishes.data, "folder of labelled files")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--json", wishes.json, "file for the result");
  app.add_option("--show", wishes.show, "how many misses and false marks of each type are shown");
  app.add_flag("--no-floors", wishes.no_floors, "only cards can fail");
  CLI11_PARSE(app, argc, argv);
  return Measure(wishes);
}

}  // namespace
}  // namespace switchboard::redaction_report

int main(int argc, char** argv) { return switchboard::redaction_report::Main(argc, argv); }
