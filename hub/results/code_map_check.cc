#include "hub/results/code_map_check.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/text.h"
#include "hub/base/yaml.h"
#include "hub/results/result_check.h"

namespace switchboard::results {
namespace {

using v1::CodeMap;

constexpr char kReason[] = "CODE_MAP_INVALID";
constexpr size_t kVendorIdBytesMax = 32;
constexpr size_t kTitleBytesMax = 100;
constexpr size_t kCodeBytesMax = 64;
constexpr int kNone = -1;

// Of each declared code the meaning that it has, by its place; kNone: none.
using MeaningOfCode = absl::flat_hash_map<std::string, int>;

std::string Quoted(const std::string& code) { return absl::StrCat("\"", code, "\""); }

MeaningOfCode CheckDeclared(const CodeMap& map, FieldCheck* check) {
  MeaningOfCode meanings;
  check->Require(map.declared_codes_size() >= 1 && map.declared_codes_size() <= kCodesMax,
                 "declared_codes", "must have 1 to 2000 entries");
  for (int i = 0; i < map.declared_codes_size() && check->ok(); ++i) {
    const std::string path = absl::StrCat("declared_codes[", i, "]");
    check->Require(IsVendorCode(map.declared_codes(i)), path,
                   "must be 1 to 64 printable ASCII characters");
    check->Require(meanings.emplace(map.declared_codes(i), kNone).second, path,
                   "stands here twice; keep one");
  }
  return meanings;
}

void CheckResultOf(const CodeMap::Meaning& meaning, const std::string& path, FieldCheck* check) {
  FieldCheck of_result;
  CheckResult(meaning.result(), of_result);
  if (of_result.ok()) return;
  check->Fail(path + of_result.problem()->field, of_result.problem()->problem);
}

void CheckMeaning(const CodeMap& map, int number, MeaningOfCode* meanings, FieldCheck* check) {
  const CodeMap::Meaning& meaning = map.meanings(number);
  const std::string path = absl::StrCat("meanings[", number, "].");
  check->Require(meaning.codes_size() >= 1, path + "codes", "must have at least one entry");
  for (int i = 0; i < meaning.codes_size() && check->ok(); ++i) {
    const std::string place = absl::StrCat(path, "codes[", i, "]");
    const auto declared = meanings->find(meaning.codes(i));
    if (declared == meanings->end()) {
      return check->Fail(place, "is not among declared_codes; declare it, or take it away");
    }
    check->Require(declared->second == kNone, place, "has a meaning already; keep one");
    declared->second = number;
  }
  check->Text(TextForm::kLine, meaning.title(), 0, kTitleBytesMax, path + "title");
  check->Require(meaning.has_result() || !meaning.same_as().empty(), path + "result",
                 "is missing; give the codes a result, or same_as with the code that has one");
  check->Require(!meaning.has_result() || meaning.same_as().empty(), path + "same_as",
                 "stands beside a result; keep one of them");
  if (check->ok() && meaning.has_result()) CheckResultOf(meaning, path, check);
}

void CheckNoHole(const CodeMap& map, const MeaningOfCode& meanings, FieldCheck* check) {
  for (int i = 0; i < map.declared_codes_size() && check->ok(); ++i) {
    const std::string& code = map.declared_codes(i);
    check->Require(meanings.at(code) != kNone, absl::StrCat("declared_codes[", i, "]"),
                   absl::StrCat(Quoted(code), " has no meaning; each declared code needs one"));
  }
}

// Each meaning leads to one other at most, so that whoever comes back is in a circle.
void CheckNoCircle(const CodeMap& map, const MeaningOfCode& meanings, FieldCheck* check) {
  std::vector<int> leads_to(map.meanings_size(), kNone);
  for (int i = 0; i < map.meanings_size() && check->ok(); ++i) {
    const std::string& same_as = map.meanings(i).same_as();
    if (same_as.empty()) continue;
    const auto found = meanings.find(same_as);
    const bool known = found != meanings.end();
    check->Require(known, absl::StrCat("meanings[", i, "].same_as"),
                   "must be one of declared_codes");
    if (known) leads_to[i] = found->second;
  }
  for (int i = 0; i < map.meanings_size() && check->ok(); ++i) {
    int at = leads_to[i];
    for (int step = 1; step < map.meanings_size() && at != i && at != kNone; ++step)
      at = leads_to[at];
    check->Require(at != i, absl::StrCat("meanings[", i, "].same_as"),
                   absl::StrCat(Quoted(map.meanings(i).same_as()),
                                " leads back here in a circle; give one of them a result"));
  }
}

void CheckMap(const CodeMap& map, FieldCheck* check) {
  check->Label(map.vendor_id(), 1, kVendorIdBytesMax, "vendor_id");
  check->Require(map.version() >= 1, "version", "must be 1 or more");
  check->Text(TextForm::kLine, map.title(), 1, kTitleBytesMax, "title");
  if (map.has_effective_from()) check->Day(map.effective_from(), "effective_from");
  MeaningOfCode meanings = CheckDeclared(map, check);
  for (int i = 0; i < map.meanings_size() && check->ok(); ++i)
    CheckMeaning(map, i, &meanings, check);
  if (check->ok()) CheckNoHole(map, meanings, check);
  if (check->ok()) CheckNoCircle(map, meanings, check);
}

}  // namespace

absl::StatusOr<CodeMap> ParseCodeMap(std::string_view yaml, std::string_view file_name) {
  CodeMap map;
  RETURN_IF_ERROR(ReadYaml(yaml, file_name, &map));
  FieldCheck check;
  CheckMap(map, &check);
  if (check.ok()) return map;
  return YamlPlaces(yaml, file_name)
      .ErrorAt(check.problem()->field, kReason, check.problem()->problem);
}

bool IsVendorCode(std::string_view code) {
  return !code.empty() && code.size() <= kCodeBytesMax && IsPrintableAscii(code);
}

}  // namespace switchboard::results
