#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_lint.h"
#include "hub/base/error.h"
#include "hub/contracts/script_check.h"

namespace switchboard::cli {

using Json = nlohmann::ordered_json;

absl::StatusOr<Result> ScriptLint(Session&, const std::vector<std::string>& files) {
  return LintFiles(
      v1::TEXT_KIND_SCRIPT, files,
      [](const std::string& yaml, const std::string& file) -> absl::StatusOr<LintedText> {
        ASSIGN_OR_RETURN(const auto script, contracts::ParseScript(yaml, file));
        std::set<std::string> languages;
        for (const auto& step : script.steps()) {
          for (const auto& wording : step.wordings()) languages.insert(wording.language());
        }
        LintedText linted;
        linted.about = absl::StrCat(script.script_id(), " version ", script.version(), ": ",
                                    script.title(), ", ", Counted(script.steps_size(), "step"),
                                    " in ", absl::StrJoin(languages, ", "));
        linted.json = Dumped(Json::object({{"script_id", script.script_id()},
                                           {"version", script.version()},
                                           {"steps", script.steps_size()},
                                           {"languages", languages}}));
        return linted;
      });
}

}  // namespace switchboard::cli
