#include "clients/cli/text_lint.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/cli/text_kind.h"
#include "clients/printable_text.h"
#include "hub/base/error.h"

namespace switchboard::cli {

using Json = nlohmann::ordered_json;

Result LintFiles(
    v1::TextKind kind, const std::vector<std::string>& files,
    absl::FunctionRef<absl::StatusOr<LintedText>(const std::string& yaml, const std::string& file)>
        lint) {
  Result result;
  Json json = Json::array();
  int64_t bad = 0, warned = 0;
  for (const std::string& file : files) {
    const auto linted = [&]() -> absl::StatusOr<LintedText> {
      ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
      return lint(yaml, file);
    }();
    if (!linted.ok()) {
      ++bad;
      const std::string problem(linted.status().message());
      absl::StrAppend(&result.text, "  BAD  ", PrintableLines(problem), "\n");
      json.push_back({{"file", file},
                      {"ok", false},
                      {"reason", ErrorReason(linted.status())},
                      {"problem", problem}});
      continue;
    }
    absl::StrAppend(&result.text, "  ok   ", Printable(file), ": ", Printable(linted->about), "\n",
                    linted->lines);
    for (const std::string& warning : linted->warnings)
      absl::StrAppend(&result.text, "  WARNING  ", Printable(warning), "\n");
    warned += std::ssize(linted->warnings);
    Json one{{"file", file}, {"ok", true}};
    one.update(Json::parse(linted->json));
    json.push_back(std::move(one));
  }
  result.holds = bad == 0;
  const std::string all = Counted(std::ssize(files), WordsOf(kind).noun);
  result.summary =
      bad == 0 ? all + " checked, all good" : absl::StrCat(bad, " of ", all, " not good");
  if (warned > 0) absl::StrAppend(&result.summary, ", ", Counted(warned, "warning"));
  result.json = Dumped(json);
  return result;
}

}  // namespace switchboard::cli
