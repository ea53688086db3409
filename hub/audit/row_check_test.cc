// The rows of a log's tables against what its entries say of them.
#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/audit/log_check.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LogReport Check(MadeLog& log, LogCheckOptions options = {}) {
  auto report = CheckLog(log, std::move(options), [](int64_t, int64_t) {});
  EXPECT_OK(report);
  return report.ok() ? *report : LogReport();
}

std::string TextOf(const std::vector<Finding>& findings) {
  return absl::StrJoin(findings, "\n", [](std::string* text, const Finding& finding) {
    absl::StrAppend(text, finding.kind, " at ", finding.place, ": ", finding.text);
  });
}

bool Has(const LogReport& report, Finding::Kind kind, const std::string& place) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.kind == kind && finding.place == place;
  });
}

// The digest of some row: they lie all over the numbers there are.
uint64_t Spread(uint64_t number) { return number * 0x9e3779b97f4a7c15; }

// Two lanes that write rows of two tables, with what replaced and removed some of them.
MadeLog RowsLog(int rounds = 6) {
  MadeLog log;
  for (uint64_t round = 1; round <= static_cast<uint64_t>(rounds); ++round) {
    const std::string chain = round % 2 == 0 ? "hub-1.1" : "hub-1";
    std::vector<MadeLog::Write> writes;
    for (uint64_t i = 1; i <= 4; ++i) {
      writes.push_back({"permit", Spread(round * 100 + i), round * 10 + i});
      writes.push_back({"stop", Spread(50'000 + i), round});  // each round anew
    }
    if (round > 1) writes.push_back({"permit", Spread((round - 1) * 100 + 1), 0});
    log.Commit(chain, writes);
    if (round % 3 == 0) log.Sign();
  }
  return log;
}

TEST(RowCheckTest, RowsAsTheLogSaysHaveNoFinding) {
  MadeLog log = RowsLog();
  const LogReport report = Check(log);
  EXPECT_THAT(report.findings, IsEmpty()) << TextOf(report.findings);
  EXPECT_TRUE(report.rows.compared);
  EXPECT_EQ(report.rows.tables, 2);
  EXPECT_EQ(report.rows.fit, 6 * 4 - 5 + 4);
  EXPECT_EQ(report.rows.unsealed, 0);
  LogCheckOptions options;
  options.rows = false;
  log.tables.clear();
  EXPECT_THAT(Check(log, options).findings, IsEmpty()) << "nobody asked";
  EXPECT_FALSE(Check(log, options).rows.compared);
}

// Who has no key repeats what was said of the row once, and puts it back.
TEST(RowCheckTest, AForgedEntryIsNamedAndSaysNothingOfRows) {
  MadeLog log = RowsLog();
  log.Commit("hub-1", {{"stop", Spread(50'001), 2}}).set_forged(true);
  const LogReport report = Check(log);
  EXPECT_TRUE(Has(report, Finding::kForged, "hub-1/4")) << TextOf(report.findings);
  EXPECT_EQ(report.findings.size(), 2u) << TextOf(report.findings);
  EXPECT_EQ(report.findings.back().kind, Finding::kOlder);
}

TEST(RowCheckTest, EachKindOfChangeIsNamed) {
  const uint64_t row = Spread(202);
  const std::string place = absl::StrCat("permit K-", row);
  struct Case {
    Finding::Kind kind;
    std::string place, text;
    std::function<void(MadeLog&)> change;
  };
  const Case cases[] = {
      {Finding::kAltered, place, "is not as hub-1.1/1 of 2026-01-01 00:00:02 UTC wrote it last",
       [&](MadeLog& log) { log.tables["permit"][row] = 999; }},
      {Finding::kUnknown, absl::StrCat("permit K-", Spread(7)), "no entry wrote this row",
       [](MadeLog& log) { log.tables["permit"][Spread(7)] = 22; }},
      {Finding::kMissing, "permit, hub-1.1/1",
       "hub-1.1/1 of 2026-01-01 00:00:02 UTC wrote this row, and it is not there",
       [&](MadeLog& log) { log.tables["permit"].erase(row); }},
      {Finding::kOlder, absl::StrCat("stop K-", Spread(50'002)),
       "is as hub-1/3 of 2026-01-01 00:00:05 UTC wrote it, and hub-1.1/3 of 2026-01-01 00:00:06 "
       "UTC wrote it since",
       [](MadeLog& log) { log.tables["stop"][Spread(50'002)] = 5; }},
      {Finding::kOlder, absl::StrCat("permit K-", Spread(101)),
       "is as hub-1/1 of 2026-01-01 00:00:01 UTC wrote it, and hub-1.1/1 of 2026-01-01 00:00:02 "
       "UTC removed it since",
       [](MadeLog& log) { log.tables["permit"][Spread(101)] = 11; }},
      {Finding::kAltered, absl::StrCat("permit K-", Spread(101)),
       "hub-1.1/1 of 2026-01-01 00:00:02 UTC removed this row, and it is there",
       [](MadeLog& log) { log.tables["permit"][Spread(101)] = 12; }},
  };
  for (const Case& one : cases) {
    MadeLog log = RowsLog();
    one.change(log);
    const LogReport report = Check(log);
    ASSERT_EQ(report.findings.size(), 1u) << TextOf(report.findings);
    EXPECT_EQ(report.findings[0].kind, one.kind);
    EXPECT_EQ(report.findings[0].place, one.place);
    EXPECT_THAT(report.findings[0].text, HasSubstr(one.text));
    EXPECT_EQ(report.rows.wrong, 1);
  }
}

// Keys of two rows with each other's content are two that were altered; a whole table may be gone.
TEST(RowCheckTest, SwappedRowsAndLostTablesAreFound) {
  MadeLog log = RowsLog();
  std::swap(log.tables["permit"][Spread(202)], log.tables["permit"][Spread(203)]);
  EXPECT_EQ(Check(log).findings.size(), 2u);
  MadeLog lost = RowsLog();
  lost.tables.erase("stop");
  EXPECT_EQ(Check(lost).rows.wrong, 4);
}

// Of very many rows of a table some are named, and the others counted.
TEST(RowCheckTest, NoMoreThanAHundredRowsOfATableAreNamed) {
  MadeLog log;
  std::vector<MadeLog::Write> writes;
  for (uint64_t i = 1; i <= 250; ++i) writes.push_back({"permit", Spread(i), i});
  log.Commit("hub-1", writes);
  for (auto& [row, content] : log.tables["permit"]) content += 1'000;
  const LogReport report = Check(log);
  EXPECT_EQ(report.rows.wrong, 250);
  EXPECT_EQ(report.findings.size(), 101u);
  EXPECT_EQ(report.findings.back().place, "permit");
  EXPECT_THAT(report.findings.back().text, HasSubstr("150 rows more are not as the log says"));
}

// Rows far beyond the memory of one pass: the same findings.
TEST(RowCheckTest, SeveralPassesFindWhatOneFinds) {
  MadeLog log;
  log.page_max = 1'000;
  for (uint64_t round = 1; round <= 20; ++round) {
    std::vector<MadeLog::Write> writes;
    for (uint64_t i = 1; i <= 600; ++i)
      writes.push_back({"permit", Spread(round * 1'000 + i), round + i});
    for (uint64_t i = 1; i <= 300 && round > 1; ++i)
      writes.push_back({"permit", Spread((round - 1) * 1'000 + i), 7 * i});
    log.Commit("hub-1", writes);
  }
  auto& rows = log.tables["permit"];
  for (uint64_t i = 1; i <= 9; ++i) {
    rows[Spread(i * 1'000 + 1)] = 1;
    rows.erase(Spread(i * 1'000 + 2));
    rows[Spread(900'000 + i)] = i;
    rows[Spread(i * 1'000 + 3)] = i + 3;
  }
  const auto texts = [](const LogReport& report) {
    std::vector<std::string> sorted;
    for (const Finding& finding : report.findings)
      sorted.push_back(absl::StrCat(finding.kind, " ", finding.text));
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  };
  const LogReport whole = Check(log);
  EXPECT_EQ(whole.findings.size(), 36u) << TextOf(whole.findings);
  LogCheckOptions options;
  options.memory_bytes = 1;  // some three thousand rows a pass
  const LogReport parts = Check(log, options);
  EXPECT_EQ(texts(parts), texts(whole));
  EXPECT_EQ(parts.rows.fit, whole.rows.fit);
  EXPECT_EQ(parts.rows.wrong, 36);
  EXPECT_EQ(parts.entries, whole.entries);
}

// A hub that works on: rows are written, removed and added before each page of them is read, on
// either chain, and in each pass.
TEST(RowCheckTest, RowsThatChangeUnderTheCheckAreNoFinding) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    MadeLog log = RowsLog();
    std::mt19937_64 random(seed);
    log.before_rows = [&](const v1::DigestRowsRequest&) {
      const std::string chain = random() % 2 == 0 ? "hub-1.1" : "hub-1";
      std::vector<MadeLog::Write> writes;
      for (int i = 0; i < 3; ++i) {
        const bool permit = random() % 2 == 0;
        const uint64_t row = permit ? 100 * (1 + random() % 6) : 50'000;
        writes.push_back({permit ? "permit" : "stop", Spread(row + random() % 5),
                          random() % 3 == 0 ? 0 : 1 + random() % 1'000});
      }
      log.Commit(chain, writes);
      if (random() % 4 == 0) log.Sign();
    };
    const LogReport report = Check(log);
    EXPECT_THAT(report.findings, IsEmpty()) << seed << ": " << TextOf(report.findings);
    EXPECT_EQ(report.rows.wrong, 0);
  }
}

// What somebody changes meanwhile without an entry is one.
TEST(RowCheckTest, WhatIsAlteredUnderTheCheckIsFound) {
  MadeLog log = RowsLog();
  log.before_rows = [&](const v1::DigestRowsRequest& request) {
    if (request.table() == "stop") log.tables["stop"][Spread(50'004)] = 12'345;
    log.Commit("hub-1", {{"stop", Spread(50'001), 1 + log.chains["hub-1"].size()}});
  };
  const LogReport report = Check(log);
  EXPECT_TRUE(Has(report, Finding::kAltered, absl::StrCat("stop K-", Spread(50'004))))
      << TextOf(report.findings);
  EXPECT_EQ(report.rows.wrong, 1);
}

// The newest by commit order counts, in whatever order chains are read.
TEST(RowCheckTest, OrderOfCommitsDecidesOverChains) {
  for (const bool other_first : {false, true}) {
    MadeLog log;
    const std::string first = other_first ? "hub-2" : "hub-1";
    log.Commit(first, {{"stop", 1, 10}});
    log.Commit(other_first ? "hub-1" : "hub-2", {{"stop", 1, 20}, {"stop", 1, 21}});
    EXPECT_THAT(Check(log).findings, IsEmpty());
    log.tables["stop"][1] = 10;
    EXPECT_TRUE(Has(Check(log), Finding::kOlder, "stop K-1"));
    log.tables["stop"][1] = 20;  // of the same commit as the last one
    EXPECT_TRUE(Has(Check(log), Finding::kAltered, "stop K-1"));
  }
}

TEST(RowCheckTest, OnlyTablesThatAreOpenWaitForTheirEntry) {
  MadeLog log = RowsLog();
  log.Commit("hub-2", {{"vendor", 1, 10}, {"vendor", 2, 20}}, {"vendor"});
  log.tables["vendor"][1] = 11;
  log.tables["vendor"][3] = 30;
  log.tables["stop"][Spread(50'001)] = 99;
  LogReport report = Check(log);
  EXPECT_EQ(report.rows.unsealed, 2);
  EXPECT_EQ(report.rows.wrong, 1) << TextOf(report.findings);
  // Rows never go without an entry.
  log.tables["vendor"].erase(2);
  EXPECT_EQ(Check(log).rows.wrong, 2);
  // Another chain's entry closes nothing; its own does.
  log.Commit("hub-1", {{"vendor", 2, 21}});
  EXPECT_EQ(Check(log).rows.unsealed, 2);
  log.Commit("hub-2", {{"stop", Spread(50'001), 99}});
  report = Check(log);
  EXPECT_EQ(report.rows.unsealed, 0);
  EXPECT_EQ(report.rows.wrong, 2) << TextOf(report.findings);
}

TEST(RowCheckTest, BrokenLogSaysNothingOfRows) {
  MadeLog log = RowsLog();
  log.chains["hub-1"][1].set_commit_time_us(1);
  log.tables.clear();
  const LogReport report = Check(log);
  EXPECT_FALSE(report.rows.compared);
  EXPECT_EQ(report.findings[0].kind, Finding::kBroken);
  // What cannot be read is broken too, though its hash fits.
  MadeLog other = RowsLog();
  auto& entry = other.chains["hub-1"][2];
  entry.set_written("\x0a\x7f");
  other.Seal("hub-1", 2);
  other.MakeTreeAnew();
  EXPECT_TRUE(Has(Check(other), Finding::kBroken, "hub-1/3"));
}

TEST(RowCheckTest, AnswersThatAreNoneAreErrors) {
  class Hostile final : public LogSource {
   public:
    absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override {
      return log.Tree(after);
    }
    absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
      return log.Entries(request);
    }
    absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override {
      return log.Checkpoints(after_size);
    }
    absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override {
      ASSIGN_OR_RETURN(auto page, log.Rows(request));
      spoil(request, page);
      return page;
    }
    MadeLog log = RowsLog();
    std::function<void(const v1::DigestRowsRequest&, v1::DigestRowsResponse&)> spoil;
  };
  const std::function<void(const v1::DigestRowsRequest&, v1::DigestRowsResponse&)> cases[] = {
      [](const auto&, auto& page) { page.mutable_rows()->append("x"); },
      [](const auto&, auto& page) { page.mutable_rows()->append(std::string(5 << 20, 'x')); },
      [](const auto& request, auto& page) { page.set_next(request.after()); },
      [](const auto&, auto& page) {
        for (int i = 0; i < 1'001; ++i) page.add_tables(absl::StrCat("table ", i));
      },
  };
  for (const auto& one : cases) {
    Hostile source;
    source.spoil = one;
    EXPECT_THAT(CheckLog(source, {}, [](int64_t, int64_t) {}),
                FailsWith(absl::StatusCode::kDataLoss, "ANSWER_MALFORMED"));
  }
  // One that gives no keys where they are asked for.
  Hostile source;
  source.log.tables["stop"][1] = 1;
  source.spoil = [](const auto&, auto& page) { page.clear_keys(); };
  EXPECT_THAT(CheckLog(source, {}, [](int64_t, int64_t) {}),
              FailsWith(absl::StatusCode::kDataLoss, "ANSWER_MALFORMED"));
}

}  // namespace
}  // namespace switchboard::audit
