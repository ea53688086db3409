// Alters the tables and the log of a hub's database in every way there is a case for, and in as
// many drawn ones as it is asked for, and tells what `audit verify` does not find.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <string>

#include "tests/tampering/tampering.h"

namespace switchboard::tampering {
namespace {

struct Options {
  uint64_t seeds = 500;
  uint64_t from = 1;
};

class Run {
 public:
  explicit Run(Tampering& tampering) : tampering_(tampering) {}

  void Judge(const std::string& name, const absl::StatusOr<std::string>& said) {
    ++tried_;
    if (said.ok() && said->empty()) return;
    ++missed_;
    std::printf("NOT FOUND: %s: %s\n", name.c_str(),
                said.ok() ? said->c_str() : said.status().ToString().c_str());
  }
  void Try(const std::string& name, const absl::StatusOr<Case>& one) {
    Judge(name, one.ok() ? tampering_.Try(*one) : one.status());
  }

  int End() const {
    std::printf("tampering: %s: %lld changes, %lld not found or without their place\n",
                missed_ == 0 ? "OK" : "FAILED", static_cast<long long>(tried_),
                static_cast<long long>(missed_));
    return missed_ == 0 ? 0 : 1;
  }

 private:
  Tampering& tampering_;
  int64_t tried_ = 0, missed_ = 0;
};

int Main(const Options& options) {
  const auto tampering = Tampering::Make();
  if (!tampering.ok()) {
    std::printf("tampering: no database: %s\n", tampering.status().ToString().c_str());
    return 1;
  }
  Run run(**tampering);
  const auto cases = (*tampering)->Cases();
  if (!cases.ok()) {
    run.Judge("cases", cases.status());
    return run.End();
  }
  for (const Case& one : *cases) run.Try("case", one);
  run.Judge("older file", (*tampering)->TryOlderFile());
  for (uint64_t seed = options.from; seed < options.from + options.seeds; ++seed)
    run.Try("seed " + std::to_string(seed), (*tampering)->Random(seed));
  return run.End();
}

}  // namespace
}  // namespace switchboard::tampering

int main(int argc, char** argv) {
  switchboard::tampering::Options options;
  CLI::App app(
      "Alters a hub's database in every way there is a case for, and in drawn ones: each is to be "
      "found by what 'switchboard audit verify' runs, and its place named.");
  app.add_option("--seeds", options.seeds, "how many are drawn (default: 500)");
  app.add_option("--from", options.from, "the first seed (default: 1)");
  CLI11_PARSE(app, argc, argv);
  return switchboard::tampering::Main(options);
}
