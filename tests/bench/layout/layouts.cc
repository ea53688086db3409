// The circle's database work over other tables and keys than the hub's, beside its own.

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/storage/sqlite.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/layout/kept_tables.h"
#include "tests/bench/layout/layout.h"
#include "tests/bench/layout/layout_replay.h"
#include "tests/bench/layout/plan_reader.h"
#include "tests/bench/layout/thread_meter.h"

namespace switchboard::bench {
namespace {

struct Variant {
  const char* name;
  std::unique_ptr<Layout> (*make)();
};
// The first is what the others stand beside.
constexpr Variant kVariants[] = {
    {"today", [] { return KeyedByTexts({}); }},
    {"without account_person", [] { return KeyedByTexts({.account_person = false}); }},
    {"without assignment_expiry", [] { return KeyedByTexts({.assignment_expiry = false}); }},
    {"fewer indexes",
     [] {
       return KeyedByTexts({false, false});
     }},
    {"numbers", [] { return KeyedByNumbers(PublicIds::kStored); }},
    {"numbers, derived ids", [] { return KeyedByNumbers(PublicIds::kDerived); }},
};

constexpr int64_t kChanged = 20'000;
constexpr int64_t kPieces = 1'000;  // a sample is a multiple of it

// Of one run, for each account.
struct Figures {
  double writer_us = 0;
  double writer_instructions = 0;
  double reader_us = 0;
  double change_us = 0;
  double bytes = 0;
  double commits = 0;  // for each 1,000
  std::string rows;    // what the end says of them
};

constexpr char kPages[] = "PRAGMA page_count";
// Whatever the layout, they say the same.
constexpr const char* kCounts[] = {
    "SELECT COUNT(*), SUM(as_of - 1793610000000000) FROM person",
    "SELECT COUNT(*), SUM(sequence) FROM account",
    "SELECT COUNT(*), SUM(change_sequence) FROM assignment",
    "SELECT COUNT(*), SUM(state) FROM permit",
    "SELECT COUNT(*), SUM(sequence) FROM outcome",
    "SELECT COUNT(*), SUM(sequence) FROM core_item",
    "SELECT COUNT(*), SUM(sequence) FROM disclosure",
    "SELECT SUM(newest_sequence), COUNT(*) FROM vendor_counter",
    "SELECT SUM(placed - withdrawn), SUM(permits_given + outcomes) FROM vendor_tally",
    "SELECT SUM(acknowledged_sequence), COUNT(*) FROM vendor",
};

std::pair<int64_t, int64_t> NumbersOf(storage::Connection& connection, const char* sql,
                                      int columns) {
  std::pair<int64_t, int64_t> numbers;
  Require(connection.Query(sql, {},
                           [&](const storage::Row& row) {
                             numbers = {row.Integer(0), columns > 1 ? row.Integer(1) : 0};
                             return absl::OkStatus();
                           }),
          sql);
  return numbers;
}

std::vector<int64_t> Sample(int64_t accounts, int64_t count) {
  std::vector<int64_t> numbers;
  const int64_t step = accounts / count;
  for (int64_t i = 0; i < count; ++i) numbers.push_back(i * step);
  return numbers;
}

// The rows as every layout must have them, and what the duties find.
std::string RowsAtTheEnd(Layout& layout, const LayoutReplay& replay, storage::Connection& reader) {
  std::string rows;
  for (const char* sql : kCounts) {
    const auto [first, second] = NumbersOf(reader, sql, 2);
    absl::StrAppend(&rows, first, ":", second, " ");
  }
  PlanReader planned(reader);
  for (int vendor = 0; vendor < kVendors; ++vendor)
    absl::StrAppend(&rows, layout.WalkLive(planned, vendor), " ");
  absl::StrAppend(&rows, layout.CountDue(planned, replay.now_us()), " ",
                  layout.CountDue(planned, replay.now_us() + kTermUs), " ", replay.pages_sum());
  return rows;
}

// Half of the book comes in unmeasured, the other half counts; then some of it comes again.
// REQUIRES: `accounts` in whole rounds for each half.
Figures Measure(const std::string& folder, const Variant& variant, IdOrder order,
                int64_t accounts) {
  std::filesystem::create_directory(folder);
  auto database = storage::SqliteDatabase::Open(folder + "/book.db");
  Require(database.status(), "open");
  auto lane = (*database)->OpenWriter();
  Require(lane.status(), "writer");
  auto reader = (*database)->OpenReader();
  Require(reader.status(), "reader");
  const LayoutReplay::Connections connections{**lane, **lane, **reader};
  const auto layout = variant.make();
  const ThreadMeter meter;
  LayoutReplay replay(*layout, order, meter);
  replay.Begin(connections);
  LayoutReplay::Spent before, spent, changed;
  const int64_t half = accounts / LayoutReplay::kRound / 2;
  for (int64_t i = 0; i < half; ++i) replay.Run(connections, before);
  (*lane)->Housekeep(/*idle=*/true);
  for (int64_t i = 0; i < half; ++i) replay.Run(connections, spent);
  meter.Measure(spent.writer, [&] { (*lane)->Housekeep(/*idle=*/true); });
  const auto measured = static_cast<double>(half * LayoutReplay::kRound);
  Figures figures;
  figures.writer_us = spent.writer.cpu_us / measured;
  figures.writer_instructions = spent.writer.instructions / measured;
  figures.reader_us = spent.reader.cpu_us / measured;
  figures.commits = static_cast<double>(spent.commits) * 1'000 / measured;
  figures.bytes = static_cast<double>(NumbersOf(**lane, kPages, 1).first) * 4'096 /
                  static_cast<double>(replay.accounts());
  const int64_t count = std::min(kChanged, replay.accounts() / 2 / kPieces * kPieces);
  replay.ImportAgain(connections, Sample(replay.accounts(), count), changed);
  meter.Measure(changed.writer, [&] { (*lane)->Housekeep(/*idle=*/true); });
  figures.change_us = changed.writer.cpu_us / static_cast<double>(count);
  // Once more everything, to see how each statement finds its rows.
  PlanReader writer_plans(**lane), reader_plans(**reader);
  const LayoutReplay::Connections planned{**lane, writer_plans, reader_plans};
  replay.Run(planned, before);
  replay.ImportAgain(planned, Sample(replay.accounts(), kPieces), before);
  figures.rows = RowsAtTheEnd(*layout, replay, **reader);
  return figures;
}

Figures MeasureIn(const Place& place, const Variant& variant, IdOrder order, int64_t accounts) {
  const std::string folder = place.folder + "/layout";
  Figures figures = Measure(folder, variant, order, accounts);
  std::filesystem::remove_all(folder);
  return figures;
}

const char* NameOf(IdOrder order) {
  return order == IdOrder::kGrowing ? "growing ids" : "random ids";
}

using RunsOf = std::vector<Figures>;

Series SeriesOf(const RunsOf& runs, double Figures::*figure) {
  Series series;
  for (const Figures& run : runs) series.Add(run.*figure);
  return series;
}

void AddRows(Place& place, const std::string& name, const RunsOf& runs, const RunsOf& today) {
  const std::pair<const char*, double Figures::*> kRows[] = {
      {"writer CPU us", &Figures::writer_us},
      {"writer instructions", &Figures::writer_instructions},
      {"reader CPU us", &Figures::reader_us},
      {"known again, CPU us", &Figures::change_us},
      {"bytes", &Figures::bytes},
      {"commits of 1,000", &Figures::commits}};
  for (const auto& [unit, figure] : kRows) {
    Row row{.name = name, .unit = unit, .ours = SeriesOf(runs, figure)};
    if (row.ours.Max() == 0) continue;
    if (&runs != &today) row.baseline_name = kVariants[0].name;
    if (&runs != &today) row.baseline = SeriesOf(today, figure);
    place.rows.push_back(std::move(row));
  }
}

// All layouts take turns, beginning with another one in each run. What comes before them warms up,
// and says what rows they must have.
void RunBook(Place& place, IdOrder order, int64_t accounts) {
  std::vector<RunsOf> figures(std::size(kVariants));
  const std::string rows = MeasureIn(place, kVariants[0], order, accounts).rows;
  for (int run = 0; run < place.runs(); ++run) {
    for (size_t turn = 0; turn < std::size(kVariants); ++turn) {
      const size_t i = (turn + static_cast<size_t>(run)) % std::size(kVariants);
      if (i > 0 && !place.layout.empty() && place.layout != kVariants[i].name) continue;
      figures[i].push_back(MeasureIn(place, kVariants[i], order, accounts));
      const std::string& own = figures[i].back().rows;
      if (own != rows)
        GiveUp(absl::StrCat(kVariants[i].name, " has other rows: ", own, " instead of ", rows));
    }
  }
  for (size_t i = 0; i < std::size(kVariants); ++i) {
    if (figures[i].empty()) continue;
    AddRows(place, absl::StrCat(kVariants[i].name, ", ", NameOf(order), ", ", accounts), figures[i],
            figures[0]);
  }
}

}  // namespace

void RunLayout(Place& place) {
  const auto knows = [&](const Variant& variant) { return place.layout == variant.name; };
  if (!place.layout.empty() && std::none_of(std::begin(kVariants), std::end(kVariants), knows))
    GiveUp("no layout is called " + place.layout);
  const std::vector<int64_t> chosen = {place.quick ? 20'000 : 100'000};
  constexpr int64_t kHalves = 2 * LayoutReplay::kRound;
  for (const int64_t accounts : place.books.empty() ? chosen : place.books) {
    for (const IdOrder order : {IdOrder::kGrowing, IdOrder::kRandom})
      RunBook(place, order, std::max<int64_t>(1, accounts / kHalves) * kHalves);
  }
}

}  // namespace switchboard::bench
