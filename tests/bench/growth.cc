// What a larger book costs: the same work on books of several sizes, beside the smallest.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/grown_book.h"

namespace switchboard::bench {
namespace {

// Of the database of an account, with its part of the audit log and of what is written meanwhile;
// as much again for its backup.
constexpr int64_t kBytesPerAccount = 1'600;
constexpr int64_t kBytesBeside = int64_t{2} << 30;

struct Figure {
  const char* name;
  const char* unit;
  Series GrownBook::*series;
  const char* goal;
  bool goal_of_ratio = true;
};
constexpr Figure kFigures[] = {
    {"import of new accounts", "hub CPU us/account", &GrownBook::new_cpu_us, "<= 1.3"},
    {"import of changes", "hub CPU us/account", &GrownBook::change_cpu_us, "<= 1.3"},
    {"permit, 1 outstanding", "p50 us", &GrownBook::permit_p50_us, "<= 1.3"},
    {"permit, 1 outstanding", "p99 us", &GrownBook::permit_p99_us, "<= 1.3"},
    {"outcomes in", "records/s", &GrownBook::outcomes_rate, ""},
    {"outcomes in", "hub CPU us/record", &GrownBook::outcome_cpu_us, "<= 1.3"},
    {"resident memory", "MiB", &GrownBook::resident_mib, "<= 256 MiB", /*goal_of_ratio=*/false},
    {"database", "bytes/account", &GrownBook::account_bytes, ""},
    {"SIGTERM to the end", "s", &GrownBook::stop_seconds, ""},
    {"start until it serves", "s", &GrownBook::start_seconds, ""},
    {"backup", "s", &GrownBook::backup_seconds, ""},
    {"audit verification", "s", &GrownBook::verify_seconds, ""},
};

std::vector<int64_t> BooksOf(const Place& place) {
  std::vector<int64_t> books = place.books;
  if (books.empty() && place.quick) books = {10'000, 50'000};
  if (books.empty()) books = {100'000, 1'000'000, 10'000'000};
  std::sort(books.begin(), books.end());
  return books;
}

// True when the disk is too full for a book and its backup, which a row then tells.
bool LeftOut(Place& place, int64_t accounts) {
  const auto needed = static_cast<uint64_t>(2 * accounts * kBytesPerAccount + kBytesBeside);
  const uint64_t free = std::filesystem::space(place.folder).available;
  if (free >= needed) return false;
  constexpr double kGib = 1 << 30;
  const std::string text = absl::StrFormat(
      "book of %s LEFT OUT: it needs %.0f GiB of disk, and %.0f are free", BookText(accounts),
      static_cast<double>(needed) / kGib, static_cast<double>(free) / kGib);
  std::cerr << "\nbench: " << text << std::flush;
  place.rows.push_back({.name = text});
  return true;
}

}  // namespace

void RunGrowth(Place& place) {
  std::vector<std::pair<int64_t, GrownBook>> grown;
  for (const int64_t accounts : BooksOf(place)) {
    if (!LeftOut(place, accounts)) grown.emplace_back(accounts, GrowBook(place, accounts));
  }
  for (const Figure& figure : kFigures) {
    for (const auto& [accounts, book] : grown) {
      Row row{.name = absl::StrCat(figure.name, ", book of ", BookText(accounts)),
              .unit = figure.unit,
              .ours = book.*figure.series};
      const bool smallest = accounts == grown.front().first;
      if (!smallest || !figure.goal_of_ratio) row.goal = figure.goal;
      if (!smallest) {
        row.baseline_name = "book of " + BookText(grown.front().first);
        row.baseline = grown.front().second.*figure.series;
      }
      place.rows.push_back(std::move(row));
    }
  }
}

}  // namespace switchboard::bench
