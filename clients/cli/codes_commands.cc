// Vendors' code maps: checked here, and at the hub.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/changed_fields.h"
#include "clients/cli/code_text.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/cli/text_lint.h"
#include "clients/cli/text_versions.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/results/code_map_check.h"
#include "hub/results/compiled_map.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Json = nlohmann::ordered_json;
using CodeResult = v1::Outcome::Result;

// "sakura version 3: VICIdial 2.14, 79 codes"
std::string Describe(const v1::CodeMap& map) {
  return absl::StrCat(map.vendor_id(), " version ", map.version(), ": ", map.title(), ", ",
                      Counted(map.declared_codes_size(), "code"));
}

// What one text of a map says otherwise than another.
struct Difference {
  struct Changed {
    std::string code;
    std::vector<ChangedValue> values;
  };
  std::vector<std::string> map;  // fields beside the codes and the version
  std::vector<std::pair<std::string, std::string>> added, removed;  // codes, and what they mean
  std::vector<Changed> changed;

  bool none() const { return map.empty() && added.empty() && removed.empty() && changed.empty(); }
};

std::vector<std::string> CodesOf(const v1::CodeMap& map) {
  std::vector<std::string> codes(map.declared_codes().begin(), map.declared_codes().end());
  std::sort(codes.begin(), codes.end());
  return codes;
}

// What the vendor calls each code.
std::map<std::string, std::string> TitlesOf(const v1::CodeMap& map) {
  std::map<std::string, std::string> titles;
  for (const auto& meaning : map.meanings()) {
    for (const std::string& code : meaning.codes()) titles[code] = meaning.title();
  }
  return titles;
}

Difference Compare(const v1::CodeMap& before, const v1::CodeMap& after) {
  const std::set<std::string> of_codes = {"version", "declared_codes", "meanings"};
  Difference difference;
  for (std::string& field : ChangedFields(before, after)) {
    if (!of_codes.contains(field)) difference.map.push_back(std::move(field));
  }
  const results::CompiledMap old_map(before), new_map(after);
  auto old_titles = TitlesOf(before), new_titles = TitlesOf(after);
  for (const std::string& code : CodesOf(after)) {
    const CodeResult& meaning = *new_map.Find(code);
    const CodeResult* old_meaning = old_map.Find(code);
    if (old_meaning == nullptr) {
      difference.added.emplace_back(code, ResultText(meaning));
      continue;
    }
    auto values = ChangedValues(*old_meaning, meaning);
    if (old_titles[code] != new_titles[code])
      values.push_back({"title", old_titles[code], new_titles[code]});
    if (!values.empty()) difference.changed.push_back({code, std::move(values)});
  }
  for (const std::string& code : CodesOf(before)) {
    if (new_map.Find(code) == nullptr)
      difference.removed.emplace_back(code, ResultText(*old_map.Find(code)));
  }
  return difference;
}

// One line a code.
std::string LinesOf(const Difference& difference) {
  std::string lines;
  if (!difference.map.empty())
    absl::StrAppend(&lines, "  map      ", absl::StrJoin(difference.map, ", "), "\n");
  for (const auto& [code, means] : difference.added)
    absl::StrAppend(&lines, "  added    ", code, ": ", means, "\n");
  for (const auto& [code, means] : difference.removed)
    absl::StrAppend(&lines, "  removed  ", code, ": ", means, "\n");
  for (const auto& [code, values] : difference.changed) {
    std::vector<std::string> texts;
    for (const ChangedValue& value : values)
      texts.push_back(absl::StrCat(value.field, " ", value.before, " -> ", value.after));
    absl::StrAppend(&lines, "  changed  ", code, ": ", absl::StrJoin(texts, ", "), "\n");
  }
  return lines;
}

Json JsonOf(const std::vector<std::pair<std::string, std::string>>& codes) {
  Json json = Json::array();
  for (const auto& [code, means] : codes) json.push_back({{"code", code}, {"means", means}});
  return json;
}

Json JsonOf(const Difference& difference) {
  Json changed = Json::array();
  for (const auto& [code, values] : difference.changed) {
    Json fields = Json::array();
    for (const ChangedValue& value : values)
      fields.push_back({{"field", value.field}, {"before", value.before}, {"after", value.after}});
    changed.push_back({{"code", code}, {"fields", std::move(fields)}});
  }
  return {{"map_fields", difference.map},
          {"added", JsonOf(difference.added)},
          {"removed", JsonOf(difference.removed)},
          {"changed", std::move(changed)}};
}

// Which contacts a map would be read for.
std::string WouldChange(const v1::CodeMap& map) {
  if (!map.has_effective_from())
    return "; it would be read for contacts of any day, and mend what waits in quarantine";
  return absl::StrCat("; it would be read for contacts from ", DayText(map.effective_from()),
                      " (UTC) on");
}

}  // namespace

absl::StatusOr<Result> CodesLint(Session&, const std::vector<std::string>& files) {
  return LintFiles(
      v1::TEXT_KIND_CODE_MAP, files,
      [](const std::string& yaml, const std::string& file) -> absl::StatusOr<LintedText> {
        ASSIGN_OR_RETURN(const auto map, results::ParseCodeMap(yaml, file));
        LintedText linted;
        linted.about = Describe(map);
        linted.json = Dumped(Json::object({{"vendor_id", map.vendor_id()},
                                           {"version", map.version()},
                                           {"codes", map.declared_codes_size()}}));
        return linted;
      });
}

absl::StatusOr<Result> CodesList(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response,
                   hub->Ask<v1::ListCodeMapsResponse>(v1::ListCodeMapsRequest()));
  TextTable table({{"vendor", Align::kLeft},
                   {"version"},
                   {"in force", Align::kLeft},
                   {"codes"},
                   {"from", Align::kLeft},
                   {"proposed by", Align::kLeft},
                   {"released by", Align::kLeft},
                   {"released (UTC)", Align::kLeft},
                   {"title", Align::kLeft}});
  int64_t in_force = 0;
  for (const auto& line : response.maps()) {
    in_force += line.in_force() ? 1 : 0;
    table.Add({line.vendor_id(), absl::StrCat(line.version()), line.in_force() ? "yes" : "no",
               WithCommas(line.codes()), DayText(line.effective_from()), line.proposed_by(),
               line.released_by(), UtcText(line.release_time()), line.title()});
  }
  Result result;
  result.text = table.Render();
  result.summary = absl::StrCat(Counted(response.maps_size(), "version"), " of code maps, ",
                                in_force, " in force");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> CodesDiff(Session& session, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadTextFile(file));
  ASSIGN_OR_RETURN(const auto after, results::ParseCodeMap(yaml, file));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto newest, NewestText(*hub, v1::TEXT_KIND_CODE_MAP, after.vendor_id()));
  const bool is_new = !newest.has_value();
  v1::CodeMap before;
  if (!is_new) {
    ASSIGN_OR_RETURN(before,
                     results::ParseCodeMap(
                         *newest, absl::StrCat("code map ", after.vendor_id(), " as released")));
  }
  Difference difference = Compare(before, after);
  if (is_new) difference.map.clear();  // all of it
  Result result;
  result.holds = difference.none();
  result.text = LinesOf(difference);
  result.summary = absl::StrCat(
      "code map ", after.vendor_id(), ": ",
      is_new ? "nothing released" : absl::StrCat("version ", before.version(), " released"),
      " -> version ", after.version(), " of the file: ");
  if (difference.none()) {
    result.summary += "the same";
  } else {
    absl::StrAppend(&result.summary, Counted(std::ssize(difference.added), "code"), " added, ",
                    difference.removed.size(), " removed, ", difference.changed.size(), " changed",
                    WouldChange(after));
  }
  if (!difference.none() && after.version() <= before.version())
    absl::StrAppend(&result.summary, "; to be proposed it needs version ", before.version() + 1,
                    " or higher");
  Json json = JsonOf(difference);
  json["vendor_id"] = after.vendor_id();
  json["released_version"] = before.version();
  json["version"] = after.version();
  result.json = Dumped(json);
  return result;
}

absl::StatusOr<Result> CodesUnmapped(Session& session, const std::string& vendor_id) {
  v1::ListUnmappedCodesRequest request;
  request.set_vendor_id(vendor_id);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ListUnmappedCodesResponse>(request));
  TextTable table({{"code", Align::kLeft},
                   {"shape only", Align::kLeft},
                   {"outcomes"},
                   {"waiting since (UTC)", Align::kLeft}});
  int64_t outcomes = 0;
  for (const auto& line : response.codes()) {
    outcomes += line.outcomes();
    table.Add({line.code(), line.shape_only() ? "yes" : "no", WithCommas(line.outcomes()),
               UtcText(line.first_time())});
  }
  Result result;
  if (!response.codes().empty()) result.text = table.Render();
  result.summary = absl::StrCat(Counted(response.codes_size(), "code"), " of ", vendor_id,
                                " without a meaning, for which ", Counted(outcomes, "outcome"),
                                outcomes == 1 ? " waits" : " wait");
  if (response.other_outcomes() > 0)
    absl::StrAppend(&result.summary, "; ", WithCommas(response.other_outcomes()),
                    " more, of whose codes nothing can be shown");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
