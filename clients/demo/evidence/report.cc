#include "clients/demo/evidence/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "clients/demo/evidence/privacy_report.h"
#include "clients/demo/evidence/work_folder.h"
#include "clients/demo/parties/ledger.h"
#include "clients/text_table.h"
#include "switchboard/v1/promise.pb.h"

namespace switchboard::demo {
namespace {

using Align = TextTable::Align;

std::string Milliseconds(const Percentiles& times, double value) {
  return times.count == 0 ? "-" : absl::StrFormat("%.1f", value);
}

std::string VendorTable(const RunResult& result) {
  TextTable table({{"vendor", Align::kLeft},
                   {"placed"},
                   {"delivered"},
                   {"permits"},
                   {"refused"},
                   {"outcomes"},
                   {"withdrawn"},
                   {"stop p50 ms"},
                   {"p99 ms"}});
  for (const VendorResult& vendor : result.vendors) {
    table.Add({vendor.vendor_id, WithCommas(vendor.placed), WithCommas(vendor.delivered),
               WithCommas(vendor.permits_given), WithCommas(vendor.permits_refused),
               WithCommas(vendor.outcomes), WithCommas(vendor.withdrawn),
               Milliseconds(vendor.stop, vendor.stop.p50_ms),
               Milliseconds(vendor.stop, vendor.stop.p99_ms)});
  }
  return table.Render();
}

// Rows that say how long go from the shortest to the longest, all others by how many they count.
std::pair<absl::Duration, int64_t> RankOf(const std::string& name, int64_t count) {
  absl::Duration duration;
  return {absl::ParseDuration(name, &duration) ? duration : absl::InfiniteDuration(), -count};
}

// One row for each key that any vendor has.
std::string CountTable(const RunResult& result, const std::string& title,
                       const std::map<std::string, int64_t> VendorResult::*counts,
                       std::string_view prefix) {
  std::vector<TextTable::Column> columns = {{title, Align::kLeft}};
  std::map<std::string, int64_t> totals;
  for (const VendorResult& vendor : result.vendors) {
    columns.push_back({vendor.vendor_id});
    for (const auto& [name, count] : vendor.*counts) totals[name] += count;
  }
  TextTable table(std::move(columns));
  std::vector<std::pair<std::pair<absl::Duration, int64_t>, std::string>> order;
  for (const auto& [name, count] : totals) order.emplace_back(RankOf(name, count), name);
  std::sort(order.begin(), order.end());
  for (const auto& [rank, name] : order) {
    std::vector<std::string> cells = {Words(name, prefix)};
    for (const VendorResult& vendor : result.vendors) {
      const auto found = (vendor.*counts).find(name);
      cells.push_back(found == (vendor.*counts).end() ? "·" : WithCommas(found->second));
    }
    table.Add(std::move(cells));
  }
  return table.Render();
}

// The rows of the table of promises that each vendor has, with or without a number; those between
// that are open in parts are their own.
std::vector<std::pair<std::string, int64_t>> PromiseRows(const PromiseCounts& counts) {
  const auto standing = [&](v1::PromiseStanding one) {
    const auto found = counts.standings.find(v1::PromiseStanding_Name(one));
    return found == counts.standings.end() ? 0 : found->second;
  };
  return {{"taken", counts.taken},
          {"plans among them", counts.plans},
          {"plans that wait for head office", counts.waiting},
          {"plans that it approved", counts.approved},
          {"plans that it changed", counts.changed},
          {"plans that it refused", counts.refused},
          {"open", standing(v1::PROMISE_STANDING_OPEN)},
          {"kept", standing(v1::PROMISE_STANDING_KEPT)},
          {"partly kept", standing(v1::PROMISE_STANDING_PARTLY_KEPT)},
          {"broken", standing(v1::PROMISE_STANDING_BROKEN)},
          {"replaced", standing(v1::PROMISE_STANDING_REPLACED)},
          {"not binding", standing(v1::PROMISE_STANDING_NOT_BINDING)},
          {"taken back", standing(v1::PROMISE_STANDING_TAKEN_BACK)},
          {"recordings of calls, told", counts.recordings_told},
          {"recordings of calls, missing", counts.recordings_missing}};
}

std::string CountCell(int64_t count) { return count == 0 ? "·" : WithCommas(count); }

std::string PromiseTable(const RunResult& result) {
  std::vector<TextTable::Column> columns = {{"promise", Align::kLeft}};
  std::set<std::string> open_plans;
  for (const VendorResult& vendor : result.vendors) {
    columns.push_back({vendor.vendor_id});
    for (const auto& [parts, count] : vendor.promises.open_plans) open_plans.insert(parts);
  }
  TextTable table(std::move(columns));
  const auto add = [&](const std::string& name, const auto& count_of) {
    std::vector<std::string> cells = {name};
    for (const VendorResult& vendor : result.vendors)
      cells.push_back(CountCell(count_of(vendor.promises)));
    table.Add(std::move(cells));
  };
  const auto rows = PromiseRows(PromiseCounts());
  for (size_t row = 0; row < rows.size(); ++row) {
    add(rows[row].first, [&](const auto& counts) { return PromiseRows(counts)[row].second; });
    if (rows[row].first != "open") continue;
    for (const std::string& parts : open_plans) {
      add("open plans, " + parts, [&](const PromiseCounts& counts) {
        const auto found = counts.open_plans.find(parts);
        return found == counts.open_plans.end() ? 0 : found->second;
      });
    }
  }
  std::string out = table.Render();
  if (!open_plans.empty()) {
    out +=
        "  The second part of a plan is due two weeks after the first at least, and this day ends "
        "before:\n  a plan whose first part came in time is open with one part kept.\n";
  }
  return out;
}

bool HasPromises(const RunResult& result) {
  return std::any_of(result.vendors.begin(), result.vendors.end(),
                     [](const VendorResult& vendor) { return !vendor.promises.none(); });
}

bool HasAny(const RunResult& result, const std::map<std::string, int64_t> VendorResult::*counts) {
  return std::any_of(result.vendors.begin(), result.vendors.end(),
                     [counts](const VendorResult& vendor) { return !(vendor.*counts).empty(); });
}

std::string SampleTable(const Sample& sample) {
  TextTable table(
      {{"", Align::kLeft}, {"the core knows", Align::kLeft, 45}, {"shown", Align::kLeft, 36}});
  for (const SampleField& field : sample.fields) {
    table.Add({field.name, field.core, field.vendor.empty() ? "─" : field.vendor});
  }
  return absl::StrCat("  ", sample.vendor_id, ", ", Words(sample.work_type, "WORK_TYPE_"), ":\n",
                      table.Render());
}

std::string Stops(const RunResult& result) {
  std::string kinds;
  for (const auto& [kind, count] : result.stops_by_kind) {
    absl::StrAppend(&kinds, kinds.empty() ? "" : ", ", kind, " ", WithCommas(count));
  }
  std::string out = absl::StrFormat(
      "Stops: %s posted by the core\n"
      "  %s\n"
      "  from the core's call to the vendor having stored the withdrawal: p50 %.1f ms, p99 %.1f ms "
      "(%s)\n",
      WithCommas(result.stops_posted), kinds, result.stop.p50_ms, result.stop.p99_ms,
      WithCommas(result.stop.count));
  int64_t ahead = 0;
  for (const VendorResult& vendor : result.vendors) ahead += vendor.withdrawn_ahead;
  absl::StrAppend(&out, "  withdrawals that overtook a feed which was behind: ", WithCommas(ahead),
                  "\n");
  if (result.stop_in_outage.count > 0) {
    absl::StrAppendFormat(
        &out, "  with %s down in between, counted apart: p50 %.1f ms, p99 %.1f ms (%s)\n",
        result.database_kills > 0 ? "a hub, the database or the vendor" : "the hub or the vendor",
        result.stop_in_outage.p50_ms, result.stop_in_outage.p99_ms,
        WithCommas(result.stop_in_outage.count));
  }
  int64_t chains = 0;
  for (const auto& [hub_id, hub] : result.by_hub) chains += hub.audit_chains;
  absl::StrAppend(
      &out, "  permits given or used behind a stop: ", result.permits_given_after_stop_by_audit,
      " by the order of the audit log",
      chains > 1 ? absl::StrCat(" (", chains, " chains, joined by commit times), ") : ", ",
      result.permits_given_after_stop_by_clock, " by the clock\n");
  absl::StrAppend(&out, "  paid accounts sent again as of before they were paid: ",
                  WithCommas(result.late_sent), ", ", WithCommas(result.late_held_up),
                  " of them held back\n");
  return out;
}

std::string Kills(const RunResult& result) {
  std::string out =
      absl::StrCat("SIGKILL: ", result.vendor_kills, " × vendor ", result.killed_vendor, ", ",
                   result.hub_kills, " × ", result.hubs == 1 ? "hub" : result.killed_hub);
  if (result.database_kills > 0)
    absl::StrAppend(&out, ", ", result.database_kills, " × PostgreSQL primary");
  absl::StrAppend(&out, "; serving again after");
  for (const auto& [who, seconds] : result.outage_seconds)
    absl::StrAppendFormat(&out, " %.1f s (%s)", seconds, who);
  if (result.database_kills > 0) {
    absl::StrAppendFormat(&out,
                          "\n  the standby was promoted%s; commits on two servers again after "
                          "%.1f s",
                          result.failover == "patroni" ? " by Patroni" : "",
                          result.database_rejoin_seconds);
  }
  return out + "\n";
}

// Where there are several, what each of them did.
std::string Hubs(const RunResult& result) {
  if (result.hubs == 1) return "";
  TextTable table({{"hub", Align::kLeft}, {"permits"}, {"outcomes"}, {"audit chains"}, {"events"}});
  for (const auto& [hub_id, hub] : result.by_hub) {
    table.Add({hub_id, WithCommas(hub.permits_given), WithCommas(hub.outcomes),
               WithCommas(hub.audit_chains), WithCommas(hub.audit_events)});
  }
  return absl::StrCat("Hubs: while ", result.killed_hub, " was away, the others recorded ",
                      WithCommas(result.outcomes_while_hub_away), " outcomes\n", table.Render());
}

std::string Privacy(const RunResult& result) {
  TextTable table({{"vendor", Align::kLeft},
                   {"bytes received"},
                   {"values searched"},
                   {"messages compared"},
                   {"raw values found"}});
  for (const VendorResult& vendor : result.vendors) {
    table.Add({vendor.vendor_id, WithCommas(vendor.scan.bytes),
               WithCommas(vendor.scan.values_searched), WithCommas(vendor.scan.assignments_read),
               WithCommas(vendor.scan.raw_values_found)});
  }
  std::string out = table.Render();
  for (const VendorResult& vendor : result.vendors) {
    for (const std::string& example : vendor.scan.examples) {
      absl::StrAppend(&out, "  ", vendor.vendor_id, ": ", example, "\n");
    }
  }
  return out;
}

std::string Invariants(const RunResult& result) {
  TextTable table({{"invariant", Align::kLeft}, {"violations"}});
  for (const auto& [name, violations] : result.invariants)
    table.Add({name, WithCommas(violations)});
  return table.Render();
}

std::string HandedOver(const RunResult& result) {
  std::string out;
  for (const auto& [way, count] : result.handed_over)
    absl::StrAppend(&out, out.empty() ? "Handed over: " : ", ", WithCommas(count), " from ", way);
  return out.empty() ? "" : out + "\n";
}

std::string Figures(const RunResult& result) {
  return absl::StrFormat(
      "Outcomes: %s recorded by the hub, %s read by the core, %d lost, %d doubled; %s carry a "
      "mark\n"
      "Audit: %s entries, %s events, %s; %s disclosures on record; %d items in quarantine\n"
      "Checkpoints of the log: %s kept in a folder of their own, %s of them as the log is now\n",
      WithCommas(result.outcomes_recorded), WithCommas(result.items_read_by_core),
      result.outcomes_lost, result.outcomes_doubled, WithCommas(result.outcomes_marked),
      WithCommas(result.audit_entries), WithCommas(result.audit_events),
      result.audit_verified ? "verified" : "NOT VERIFIED", WithCommas(result.disclosures),
      result.quarantined, WithCommas(result.checkpoints_kept),
      WithCommas(result.checkpoints_as_kept));
}

nlohmann::json ToJson(const Percentiles& times) {
  return {{"count", times.count}, {"p50", times.p50_ms}, {"p99", times.p99_ms}};
}

nlohmann::json ToJson(const PromiseCounts& counts) {
  return {{"taken", counts.taken},
          {"plans", counts.plans},
          {"waiting", counts.waiting},
          {"approved", counts.approved},
          {"changed", counts.changed},
          {"refused", counts.refused},
          {"by_standing", counts.standings},
          {"open_plans", counts.open_plans},
          {"recordings_told", counts.recordings_told},
          {"recordings_missing", counts.recordings_missing}};
}

nlohmann::json ToJson(const VendorResult& vendor) {
  return {{"vendor_id", vendor.vendor_id},
          {"placed", vendor.placed},
          {"delivered", vendor.delivered},
          {"permits_given", vendor.permits_given},
          {"permits_refused", vendor.permits_refused},
          {"outcomes", vendor.outcomes},
          {"withdrawn", vendor.withdrawn},
          {"withdrawn_ahead", vendor.withdrawn_ahead},
          {"stop_to_withdrawn_ms", ToJson(vendor.stop)},
          {"results", vendor.results},
          {"promises", ToJson(vendor.promises)},
          {"refusals", vendor.refusals},
          {"permits", vendor.permits},
          {"rules_denied", vendor.rules_denied},
          {"rules_warned", vendor.rules_warned},
          {"stops_confirmed", vendor.confirmed},
          {"bytes_received", vendor.scan.bytes},
          {"values_searched", vendor.scan.values_searched},
          {"messages_compared", vendor.scan.assignments_read},
          {"raw_values_found", vendor.scan.raw_values_found},
          {"raw_values_by_field", vendor.scan.by_field}};
}

nlohmann::json ToJson(const HubResult& hub) {
  return {{"permits_given", hub.permits_given},
          {"outcomes", hub.outcomes},
          {"audit_chains", hub.audit_chains},
          {"audit_entries", hub.audit_entries},
          {"audit_events", hub.audit_events}};
}

nlohmann::json SamplesToJson(const RunResult& result) {
  nlohmann::json samples = nlohmann::json::array();
  for (const Sample& sample : result.samples) {
    nlohmann::json fields = nlohmann::json::array();
    for (const SampleField& field : sample.fields) {
      fields.push_back({{"field", field.name},
                        {"core", field.core},
                        {"vendor", field.vendor.empty() ? nlohmann::json(nullptr)
                                                        : nlohmann::json(field.vendor)}});
    }
    samples.push_back({{"vendor_id", sample.vendor_id},
                       {"work_type", sample.work_type},
                       {"account_id", sample.account_id},
                       {"fields", fields}});
  }
  return samples;
}

std::string Day(const RunResult& result) {
  std::string packs;
  for (const std::string& pack : DemoPacks())
    absl::StrAppend(&packs, packs.empty() ? "" : ", ", pack);
  return absl::StrFormat(
      "Clock of the day: %s to %s in Tokyo, %s times as fast as the true time\n"
      "Rule packs: %s\n",
      InTokyo(result.day_begin), InTokyo(result.day_end), WithCommas(result.day_speed), packs);
}

}  // namespace

std::string RenderReport(const RunResult& result) {
  std::string out = absl::StrFormat(
      "\nSwitchboard demo: %s accounts, four vendors, seed %d, %s, %s%s\n"
      "Book: %s accepted in %.1f s, %s of them not placed; all done in %.1f s\n",
      WithCommas(result.accounts), result.seed, result.engine,
      result.hubs == 1 ? "one hub" : absl::StrCat(result.hubs, " hubs"),
      result.balance == "proxy" ? " behind HAProxy" : "", WithCommas(result.accounts_imported),
      result.import_seconds, WithCommas(result.accounts_not_placed), result.seconds);
  absl::StrAppend(&out, Day(result), "\n");
  absl::StrAppend(&out, VendorTable(result), "\nWhat came of it\n",
                  CountTable(result, "outcome", &VendorResult::results, ""), "\n");
  if (HasPromises(result)) {
    absl::StrAppend(&out, "Promises and plans, as the core was told last\n", PromiseTable(result),
                    "\n");
  }
  absl::StrAppend(&out, "Why permits were refused, as the vendors were told\n",
                  CountTable(result, "reason", &VendorResult::refusals, "REASON_"), "\n");
  absl::StrAppend(&out, "Permits, as the hub counts them\n",
                  CountTable(result, "what came of asking", &VendorResult::permits, ""), "\n",
                  "Which rules refused\n",
                  CountTable(result, "rule", &VendorResult::rules_denied, ""), "\n");
  if (HasAny(result, &VendorResult::rules_warned)) {
    absl::StrAppend(&out, "Which rules warned\n",
                    CountTable(result, "rule", &VendorResult::rules_warned, ""), "\n");
  }
  absl::StrAppend(&out, "How soon vendors confirmed what was stopped, by the clock of the day\n",
                  CountTable(result, "within", &VendorResult::confirmed, ""), "\n");
  absl::StrAppend(&out, Stops(result), Kills(result), Hubs(result), HandedOver(result),
                  Figures(result), "\n");
  absl::StrAppend(&out, RenderViews(result), RenderTightening(result), RenderDeletions(result));
  absl::StrAppend(&out, "The same kind of data through four contracts (─: withheld)\n");
  for (const Sample& sample : result.samples) absl::StrAppend(&out, SampleTable(sample), "\n");
  absl::StrAppend(&out,
                  "Every byte that vendors received, searched for what their contracts withhold\n",
                  Privacy(result), "\n", Invariants(result), "\n");
  for (const std::string& problem : result.problems)
    absl::StrAppend(&out, "PROBLEM: ", problem, "\n");
  return out;
}

std::string SummaryLine(const RunResult& result) {
  if (result.holds()) {
    return absl::StrFormat(
        "demo: OK: %s accounts, %s outcomes, 0 lost, 0 doubled, 0 raw values, audit verified, %.1f "
        "s",
        WithCommas(result.accounts_imported), WithCommas(result.items_read_by_core),
        result.seconds);
  }
  return absl::StrFormat("demo: FAILED: %d problems in %.1f s, the first: %s",
                         result.problems.size(), result.seconds, result.problems[0]);
}

absl::Status WriteJson(const RunResult& result, const std::string& path) {
  nlohmann::json json = {
      {"seed", result.seed},
      {"engine", result.engine},
      {"hubs", result.hubs},
      {"balance", result.balance},
      {"failover", result.failover},
      {"accounts", result.accounts},
      {"accounts_imported", result.accounts_imported},
      {"accounts_not_placed", result.accounts_not_placed},
      {"assignments_delivered", result.assignments_delivered},
      {"outcomes_recorded", result.outcomes_recorded},
      {"items_read_by_core", result.items_read_by_core},
      {"outcomes_lost", result.outcomes_lost},
      {"outcomes_doubled", result.outcomes_doubled},
      {"outcomes_marked", result.outcomes_marked},
      {"handed_over", result.handed_over},
      {"quarantined", result.quarantined},
      {"raw_values_found_at_vendors", result.raw_values_found},
      {"values_searched", result.values_searched},
      {"bytes_scanned", result.bytes_scanned},
      {"stops_posted", result.stops_posted},
      {"stops_by_kind", result.stops_by_kind},
      {"stop_to_withdrawn_ms", ToJson(result.stop)},
      {"stop_to_withdrawn_in_outage_ms", ToJson(result.stop_in_outage)},
      {"permits_given", result.permits_given},
      {"permits_refused", result.permits_refused},
      {"permits_given_after_stop", std::max(result.permits_given_after_stop_by_audit,
                                            result.permits_given_after_stop_by_clock)},
      {"permits_given_after_stop_by_audit", result.permits_given_after_stop_by_audit},
      {"permits_given_after_stop_by_clock", result.permits_given_after_stop_by_clock},
      {"paid_accounts_sent_late", result.late_sent},
      {"paid_accounts_held_back", result.late_held_up},
      {"hub_kills", result.hub_kills},
      {"vendor_kills", result.vendor_kills},
      {"database_kills", result.database_kills},
      {"killed_vendor", result.killed_vendor},
      {"killed_hub", result.killed_hub},
      {"outage_seconds", result.outage_seconds},
      {"database_rejoin_seconds", result.database_rejoin_seconds},
      {"outcomes_while_hub_away", result.outcomes_while_hub_away},
      {"by_hub", nlohmann::json::object()},
      {"audit_verified", result.audit_verified},
      {"audit_entries", result.audit_entries},
      {"audit_events", result.audit_events},
      {"checkpoints_kept", result.checkpoints_kept},
      {"checkpoints_as_kept", result.checkpoints_as_kept},
      {"disclosures", result.disclosures},
      {"import_seconds", result.import_seconds},
      {"seconds", result.seconds},
      {"day_begin", absl::FormatTime(result.day_begin, absl::UTCTimeZone())},
      {"day_end", absl::FormatTime(result.day_end, absl::UTCTimeZone())},
      {"day_speed", result.day_speed},
      {"rule_packs", DemoPacks()},
      {"holds", result.holds()},
      {"problems", result.problems},
      {"samples", SamplesToJson(result)},
      {"vendors", nlohmann::json::array()},
      {"invariants", nlohmann::json::object()}};
  for (const VendorResult& vendor : result.vendors) json["vendors"].push_back(ToJson(vendor));
  for (const auto& [hub_id, hub] : result.by_hub) json["by_hub"][hub_id] = ToJson(hub);
  for (const auto& [name, violations] : result.invariants) json["invariants"][name] = violations;
  AddPrivacy(result, &json);
  return ReplaceFile(path,
                     json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace switchboard::demo
