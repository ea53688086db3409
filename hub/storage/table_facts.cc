#include "hub/storage/table_facts.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"
#include "hub/storage/schema.h"

namespace switchboard::storage {
namespace {

constexpr std::string_view kCreate = "CREATE TABLE ";
constexpr std::string_view kIfMissing = "IF NOT EXISTS ";
constexpr std::string_view kKey = "PRIMARY KEY";
constexpr std::string_view kUnbound = "audit_entry";
constexpr std::string_view kOften[] = {
    "vendor",          "core_cursor",   "lease",        "counter",       "audit_left_out",
    "quarantine",      "confirmation",  "vendor_tally", "permit_tally",  "quarantine_share",
    "quarantine_rest", "permit_budget", "late_word",    "deletion_order"};

std::vector<std::string> WordsOf(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), absl::ByAnyChar(" \n,()"),
                        absl::SkipEmpty());
}

// What stands between the commas of a list that begins behind a bracket, up to its end.
std::vector<std::string_view> PartsOf(std::string_view list) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t from = 0;
  for (size_t at = 0; at < list.size(); ++at) {
    if (list[at] == '(') ++depth;
    if (list[at] != ')' && (list[at] != ',' || depth > 0)) continue;
    if (list[at] == ')' && --depth >= 0) continue;
    parts.push_back(list.substr(from, at - from));
    from = at + 1;
    if (depth < 0) return parts;
  }
  SWITCHBOARD_ASSERT(false);  // no end
  return parts;
}

char KindOf(std::string_view type) {
  if (type == "BIGINT") return 'i';
  SWITCHBOARD_ASSERT(type == "TEXT" || type == "BYTEA");
  return type == "TEXT" ? 't' : 'b';
}

size_t PlaceOf(const TableFacts& table, std::string_view column) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), column);
  SWITCHBOARD_ASSERT(found != table.columns.end());
  return static_cast<size_t>(found - table.columns.begin());
}

TableFacts Parse(std::string_view definition) {
  definition.remove_prefix(kCreate.size());
  if (definition.starts_with(kIfMissing)) definition.remove_prefix(kIfMissing.size());
  const size_t bracket = definition.find('(');
  TableFacts table;
  table.name = WordsOf(definition.substr(0, bracket)).front();
  table.often = std::find(std::begin(kOften), std::end(kOften), table.name) != std::end(kOften);
  for (const std::string_view part : PartsOf(definition.substr(bracket + 1))) {
    const std::vector<std::string> words = WordsOf(part);
    const size_t key = part.find(kKey);
    if (words[0] == "PRIMARY") {
      for (size_t i = 2; i < words.size(); ++i) table.key.push_back(PlaceOf(table, words[i]));
      continue;
    }
    table.columns.push_back(words[0]);
    table.kinds.push_back(KindOf(words[1]));
    if (key != std::string_view::npos) table.key.push_back(table.columns.size() - 1);
  }
  SWITCHBOARD_ASSERT(!table.key.empty());
  return table;
}

std::vector<TableFacts> ParseAll() {
  std::vector<TableFacts> tables;
  for (const std::string_view definition : Definitions()) {
    if (!definition.starts_with(kCreate)) continue;
    TableFacts table = Parse(definition);
    if (table.name != kUnbound) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

absl::Span<const TableFacts> Tables() {
  static const auto* const kAll = new std::vector<TableFacts>(ParseAll());
  return *kAll;
}

const TableFacts* FindTable(std::string_view name) {
  static const auto* const kByName = [] {
    auto* by_name = new std::map<std::string_view, const TableFacts*>();
    for (const TableFacts& table : Tables()) by_name->emplace(table.name, &table);
    return by_name;
  }();
  const auto found = kByName->find(name);
  return found == kByName->end() ? nullptr : found->second;
}

}  // namespace switchboard::storage
