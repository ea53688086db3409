#include "clients/demo/evidence/privacy_report.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/demo/evidence/work_folder.h"
#include "clients/text_table.h"

namespace switchboard::demo {
namespace {

using Align = TextTable::Align;

// Five columns of it are side by side.
constexpr size_t kCoreColumns = 14;
constexpr size_t kViewColumns = 16;
constexpr size_t kNameColumns = 10;
constexpr size_t kRowColumns = 26;

std::string Shown(const std::string& value) { return value.empty() ? "─" : value; }

std::string RowTable(const TighteningResult& tightening) {
  TextTable table({{"", Align::kLeft, kNameColumns},
                   {"the core knows", Align::kLeft, kRowColumns},
                   {"before", Align::kLeft, kRowColumns},
                   {"after", Align::kLeft, kRowColumns}});
  for (const ComparedField& field : tightening.row) {
    if (field.shown[0].empty() && field.shown[1].empty()) continue;
    table.Add({field.name, field.core, Shown(field.shown[0]), Shown(field.shown[1])});
  }
  return table.Render();
}

// As it was printed, without empty lines. Of people and rows side by side the report has its own.
std::string Printed(const std::string& command, const std::string& output) {
  constexpr char kSideBySide[] = "  Live work by its shape";
  std::string out = absl::StrCat("  $ switchboard contract ", command, "\n");
  const std::vector<std::string> lines = absl::StrSplit(output, '\n', absl::SkipWhitespace());
  bool left_out = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    left_out = left_out || absl::StartsWith(lines[i], kSideBySide);
    // The last one is the summary.
    if (!left_out || i + 1 == lines.size()) absl::StrAppend(&out, "  ", lines[i], "\n");
  }
  return out;
}

std::string ShownOrder(const DeletionShown& order) {
  return absl::StrFormat(
      "  order %s to %s, %s: %s assignments\n"
      "    opened     %s in Tokyo, to be confirmed by %s\n"
      "    deleted    %s, by the vendor's word; confirmed %s\n"
      "    digest     %s\n"
      "    signed by  %s\n"
      "    serial     %s\n"
      "    signature  %s\n",
      order.order_id, order.vendor_id, Words(order.cause, "CAUSE_"), WithCommas(order.count),
      InTokyo(order.opened), InTokyo(order.due), InTokyo(order.deleted), InTokyo(order.confirmed),
      order.digest, order.signed_by, order.serial,
      order.problem.empty()
          ? "verified without the hub: the vendor's own, over this count and digest"
          : "does NOT stand: " + order.problem);
}

nlohmann::json ToJson(const std::vector<ComparedField>& fields) {
  nlohmann::json json = nlohmann::json::array();
  for (const ComparedField& field : fields) {
    nlohmann::json shown = nlohmann::json::array();
    for (const std::string& value : field.shown)
      shown.push_back(value.empty() ? nlohmann::json(nullptr) : nlohmann::json(value));
    json.push_back({{"field", field.name}, {"core", field.core}, {"shown", shown}});
  }
  return json;
}

nlohmann::json ToJson(const TighteningResult& tightening) {
  return {{"vendor_id", tightening.vendor_id},
          {"contract_version", tightening.contract_version},
          {"plan", tightening.plan},
          {"history", tightening.history},
          {"seconds", tightening.seconds},
          {"rows_again", tightening.rows_again},
          {"bytes", tightening.bytes},
          {"rows_compared", tightening.rows_compared},
          {"values_searched", tightening.values_searched},
          {"found", tightening.found},
          {"former_pages", tightening.former_pages},
          {"work_type", tightening.work_type},
          {"row", ToJson(tightening.row)}};
}

nlohmann::json ToJson(const DeletionShown& order) {
  return {{"order_id", order.order_id}, {"vendor_id", order.vendor_id},
          {"cause", order.cause},       {"count", order.count},
          {"digest", order.digest},     {"signed_by", order.signed_by},
          {"serial", order.serial},     {"verified", order.problem.empty()}};
}

nlohmann::json ToJson(const DeletionCounts& counts) {
  return {{"orders", counts.orders},       {"assignments", counts.assignments},
          {"confirmed", counts.confirmed}, {"late", counts.late},
          {"open", counts.open},           {"overdue", counts.overdue},
          {"verified", counts.verified}};
}

}  // namespace

std::string Words(std::string_view name, std::string_view prefix) {
  std::string words(absl::StripPrefix(absl::string_view(name.data(), name.size()),
                                      absl::string_view(prefix.data(), prefix.size())));
  std::transform(words.begin(), words.end(), words.begin(), [](unsigned char c) {
    return c == '_' ? ' ' : static_cast<char>(std::tolower(c));
  });
  return words;
}

std::string InTokyo(absl::Time time) {
  return absl::FormatTime("%a, %d %b %Y, %H:%M", time, absl::FixedTimeZone(9 * 60 * 60));
}

std::string RenderViews(const RunResult& result) {
  if (!result.views.has_value()) return "";
  const Views& views = *result.views;
  std::vector<TextTable::Column> columns = {{"", Align::kLeft, kNameColumns},
                                            {"the core knows", Align::kLeft, kCoreColumns}};
  for (const DemoVendor& vendor : DemoVendors())
    columns.push_back({vendor.id, Align::kLeft, kViewColumns});
  TextTable table(std::move(columns));
  for (const ComparedField& field : views.fields) {
    std::vector<std::string> cells = {field.name, field.core};
    for (const std::string& value : field.shown) cells.push_back(Shown(value));
    table.Add(std::move(cells));
  }
  return absl::StrCat("One account through four contracts (─: withheld)\n", table.Render(), "  ",
                      views.vendor_id, " has it (", Words(views.work_type, "WORK_TYPE_"),
                      "), as it was first shown; the others as the hub's masks\n"
                      "  would show it to them, bright in a campaign. Ids are tokens of each "
                      "vendor's own.\n\n");
}

std::string RenderTightening(const RunResult& result) {
  if (!result.tightening.has_value()) return "";
  const TighteningResult& tightening = *result.tightening;
  std::string out = absl::StrFormat(
      "A contract that shows less, released in the middle of the day: version %d of %s's\n",
      tightening.contract_version, tightening.vendor_id);
  if (!tightening.plan.empty())
    out += Printed("plan sakura-tightened.yaml --samples 0", tightening.plan);
  if (!tightening.history.empty())
    out += Printed(absl::StrCat("history ", tightening.vendor_id), tightening.history);
  absl::StrAppendFormat(
      &out,
      "  from the release until the last live row had come masked anew: %.2f s (%s rows)\n"
      "  received from then on: %s bytes, searched for %s values that only the former version\n"
      "  showed, and %s rows compared with their own person: %s found\n"
      "  pages that the hub made by the former version behind the first by the new: %s\n",
      tightening.seconds, WithCommas(tightening.rows_again), WithCommas(tightening.bytes),
      WithCommas(tightening.values_searched), WithCommas(tightening.rows_compared),
      WithCommas(tightening.found), WithCommas(tightening.former_pages));
  if (!tightening.row.empty()) {
    absl::StrAppend(&out, "  the same row (", Words(tightening.work_type, "WORK_TYPE_"),
                    "), before and after:\n", RowTable(tightening));
  }
  return out + "\n";
}

std::string RenderDeletions(const RunResult& result) {
  TextTable table({{"vendor", Align::kLeft},
                   {"orders"},
                   {"assignments"},
                   {"confirmed"},
                   {"late"},
                   {"open"},
                   {"overdue"},
                   {"signatures verified"}});
  bool any = false;
  for (const VendorResult& vendor : result.vendors) {
    const DeletionCounts& counts = vendor.deletions;
    if (counts.orders == 0) continue;
    any = true;
    table.Add({vendor.vendor_id, WithCommas(counts.orders), WithCommas(counts.assignments),
               WithCommas(counts.confirmed), WithCommas(counts.late), WithCommas(counts.open),
               WithCommas(counts.overdue), WithCommas(counts.verified)});
  }
  if (!any) return "";
  std::string out = absl::StrCat(
      "Orders to delete what was shown of work that has ended; a vendor's word is signed\n",
      table.Render());
  if (result.deletion.has_value()) out += ShownOrder(*result.deletion);
  return out + "\n";
}

void AddPrivacy(const RunResult& result, nlohmann::json* json) {
  nlohmann::json& all = *json;
  all["views"] = all["tightening"] = all["deletion_shown"] = nullptr;
  all["deletion_orders"] = nlohmann::json::object();
  if (result.views.has_value()) {
    all["views"] = {{"vendor_id", result.views->vendor_id},
                    {"work_type", result.views->work_type},
                    {"account_id", result.views->account_id},
                    {"fields", ToJson(result.views->fields)}};
  }
  if (result.tightening.has_value()) all["tightening"] = ToJson(*result.tightening);
  if (result.deletion.has_value()) all["deletion_shown"] = ToJson(*result.deletion);
  for (const VendorResult& vendor : result.vendors)
    all["deletion_orders"][vendor.vendor_id] = ToJson(vendor.deletions);
}

}  // namespace switchboard::demo
