// The rows of all tables against what the log says of them, and what somebody who writes into the
// tables behind the hub's back leaves there.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "hub/audit/log_check.h"
#include "hub/base/error.h"
#include "hub/storage/open_database.h"
#include "tests/hub/row_story.h"
#include "tests/hub/stored_log.h"
#include "tests/hub/table_rows.h"
#include "tests/hub/world_log.h"
#include "tests/open_sealer.h"

namespace switchboard {
namespace {

using audit::Finding;
using testing::FailsWith;
using testing::FirstRows;
using testing::HubWorld;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StoredLog;
using testing::TableRow;
using testing::TableWriter;
using testing::WorldLog;

std::string TextOf(const audit::LogReport& report) {
  return absl::StrJoin(report.findings, "\n", [](std::string* text, const Finding& finding) {
    absl::StrAppend(text, finding.kind, " at ", finding.place, ": ", finding.text);
  });
}

bool Has(const audit::LogReport& report, Finding::Kind kind, const std::string& place) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.kind == kind && finding.place == place;
  });
}

const storage::TableFacts& Table(const char* name) { return *storage::FindTable(name); }

class HubRowBindingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    for (int round = 1; round <= 2; ++round) {
      testing::TellRowStory(world_, round);
      world_.Advance(absl::Minutes(1));
    }
    Rest();
  }

  // Until no lane owes an entry.
  void Rest() {
    world_.Settle();
    world_.clock.Advance(absl::Seconds(2));
    world_.Settle();
  }

  audit::LogReport Check(audit::LogSource& log) {
    auto report = audit::CheckLog(log, {}, [](int64_t, int64_t) {});
    EXPECT_OK(report);
    return report.ok() ? *report : audit::LogReport();
  }
  audit::LogReport Check() {
    WorldLog log(world_);
    return Check(log);
  }

  // What the check says of the tables as `change` leaves them, with no hub there; nothing stays.
  audit::LogReport CheckChanged(const std::function<absl::Status(TableWriter&)>& change) {
    audit::LogReport report;
    world_.WhileClosed([&](const HubOptions& options) {
      ASSERT_OK_AND_ASSIGN(const auto database, storage::OpenDatabase(options.storage));
      ASSERT_OK_AND_ASSIGN(const auto connection, database->OpenWriter());
      ASSERT_OK(connection->Begin());
      ASSERT_OK_AND_ASSIGN(const auto sealer, testing::OpenSealer(options.wrapping.key_file,
                                                                  *connection, world_.ids, 1));
      ASSERT_OK(connection->Rollback());
      ASSERT_OK(connection->Begin());
      TableWriter writer(*connection);
      ASSERT_OK(change(writer));
      StoredLog log(*connection, *sealer, options.log_origin);
      report = Check(log);
      ASSERT_OK(connection->Rollback());
    });
    return report;
  }

  std::vector<TableRow> RowsOf(const storage::TableFacts& table) {
    std::vector<TableRow> rows;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(rows, FirstRows(reader, table, 1'000));
      return absl::OkStatus();
    }));
    return rows;
  }
  static std::string PlaceOf(const storage::TableFacts& table, const TableRow& row) {
    return table.name + " " + storage::KeyText(table, row);
  }

  HubWorld world_;
};

TEST_F(HubRowBindingTest, EveryRowOfEveryTableFits) {
  audit::LogReport report = Check();
  EXPECT_THAT(report.findings, IsEmpty()) << TextOf(report);
  EXPECT_TRUE(report.rows.compared);
  EXPECT_EQ(report.rows.tables, static_cast<int64_t>(storage::Tables().size()));
  EXPECT_EQ(report.rows.unsealed, 0);
  int64_t rows = 0;
  for (const storage::TableFacts& table : storage::Tables())
    rows += static_cast<int64_t>(RowsOf(table).size());
  EXPECT_EQ(report.rows.fit, rows);
  EXPECT_GT(rows, 60);
  // A start writes too.
  world_.Restart();
  testing::TellRowStory(world_, 3);
  Rest();
  report = Check();
  EXPECT_THAT(report.findings, IsEmpty()) << TextOf(report);
  EXPECT_EQ(report.rows.unsealed, 0);
  world_.Crash();
  report = Check();
  EXPECT_THAT(report.findings, IsEmpty()) << TextOf(report);
}

constexpr const char* kTables[] = {"permit", "outcome", "stop", "disclosure", "contract"};

TEST_F(HubRowBindingTest, ColumnThatWasAlteredIsFound) {
  for (const char* name : kTables) {
    const storage::TableFacts& table = Table(name);
    const std::vector<TableRow> rows = RowsOf(table);
    ASSERT_FALSE(rows.empty()) << name;
    const TableRow& row = rows[rows.size() / 2];
    for (size_t column = 0; column < table.columns.size(); ++column) {
      if (testing::IsOfKey(table, column)) continue;
      const audit::LogReport report = CheckChanged([&](TableWriter& writer) {
        TableRow changed = row;
        changed.Change(table, column);
        return writer.Update(table, row, changed, column);
      });
      ASSERT_THAT(report.findings, SizeIs(1)) << name << "." << table.columns[column];
      EXPECT_TRUE(Has(report, Finding::kAltered, PlaceOf(table, row))) << TextOf(report);
    }
  }
  EXPECT_THAT(Check().findings, IsEmpty()) << "nothing stayed";
}

TEST_F(HubRowBindingTest, RowsThatWereTakenAwayAddedOrSwappedAreFound) {
  for (const char* name : kTables) {
    const storage::TableFacts& table = Table(name);
    const std::vector<TableRow> rows = RowsOf(table);
    ASSERT_FALSE(rows.empty()) << name;
    audit::LogReport report =
        CheckChanged([&](TableWriter& writer) { return writer.Delete(table, rows[0]); });
    ASSERT_THAT(report.findings, SizeIs(1)) << name << ": " << TextOf(report);
    EXPECT_EQ(report.findings[0].kind, Finding::kMissing);
    EXPECT_TRUE(report.findings[0].place.starts_with(table.name + ", hub-1")) << TextOf(report);

    TableRow added = rows[0];
    for (size_t column = 0; column < table.columns.size(); ++column) added.Change(table, column);
    report = CheckChanged([&](TableWriter& writer) { return writer.Insert(table, added); });
    ASSERT_THAT(report.findings, SizeIs(1)) << name << ": " << TextOf(report);
    EXPECT_TRUE(Has(report, Finding::kUnknown, PlaceOf(table, added))) << TextOf(report);

    if (rows.size() < 2) continue;
    TableRow one = rows[0], other = rows[1];
    for (size_t column = 0; column < table.columns.size(); ++column)
      if (!testing::IsOfKey(table, column)) std::swap(one.cells[column], other.cells[column]);
    report = CheckChanged([&](TableWriter& writer) -> absl::Status {
      for (const TableRow* row : {&rows[0], &rows[1]}) RETURN_IF_ERROR(writer.Delete(table, *row));
      for (const TableRow* row : {&one, &other}) RETURN_IF_ERROR(writer.Insert(table, *row));
      return absl::OkStatus();
    });
    EXPECT_THAT(report.findings, SizeIs(2)) << name << ": " << TextOf(report);
    EXPECT_TRUE(Has(report, Finding::kAltered, PlaceOf(table, rows[0]))) << TextOf(report);
    EXPECT_TRUE(Has(report, Finding::kAltered, PlaceOf(table, rows[1]))) << TextOf(report);
  }
}

// An account is what it was before its newest record.
TEST_F(HubRowBindingTest, OlderRowThatWasPutBackIsFound) {
  const storage::TableFacts& table = Table("account");
  const std::vector<TableRow> before = RowsOf(table);
  const auto known = std::find_if(before.begin(), before.end(), [&](const TableRow& row) {
    return storage::KeyText(table, row) == "A-1-1";
  });
  ASSERT_NE(known, before.end());
  ASSERT_OK(world_.Import({testing::MakeRecord(
      901, {.account_id = "A-1-1", .person_id = "P-1-1", .amount_due = 5'000})}));
  Rest();
  const audit::LogReport report = CheckChanged([&](TableWriter& writer) -> absl::Status {
    RETURN_IF_ERROR(writer.Delete(table, *known));
    return writer.Insert(table, *known);
  });
  ASSERT_THAT(report.findings, SizeIs(1)) << TextOf(report);
  EXPECT_TRUE(Has(report, Finding::kOlder, "account A-1-1")) << TextOf(report);
}

TEST_F(HubRowBindingTest, TablesAreListedAndOthersRefused) {
  WorldLog log(world_);
  ASSERT_OK_AND_ASSIGN(const auto listed, log.Rows(v1::DigestRowsRequest()));
  EXPECT_THAT(listed.tables(), SizeIs(storage::Tables().size()));
  v1::DigestRowsRequest request;
  for (const char* name : {"audit_entry", "none", "permit; DROP TABLE permit"}) {
    request.set_table(name);
    EXPECT_THAT(log.Rows(request), FailsWith(absl::StatusCode::kNotFound, "TABLE_UNKNOWN"));
  }
  request.set_table("permit");
  for (const char* after : {"x", "more than eight bytes"}) {
    request.set_after(after);
    EXPECT_THAT(log.Rows(request), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
}

}  // namespace
}  // namespace switchboard
