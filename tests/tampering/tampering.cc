#include "tests/tampering/tampering.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/chain.h"
#include "hub/audit/entry_seal.h"
#include "hub/audit/made_entry.h"
#include "hub/base/error.h"
#include "hub/storage/open_database.h"
#include "hub/storage/row_key.h"
#include "hub/storage/sqlite_copy.h"
#include "switchboard/v1/audit_rows.pb.h"
#include "tests/hub/row_story.h"
#include "tests/hub/stored_log.h"
#include "tests/open_sealer.h"

namespace switchboard::tampering {
namespace {

using audit::Finding;
using storage::TableFacts;
using testing::FirstRows;
using testing::HubWorld;
using testing::IsOfKey;
using testing::TableRow;
using testing::TableWriter;

constexpr char kChain[] = "hub-1";
constexpr int kRoundsBefore = 2, kRoundsAfter = 2;
constexpr int kMadeUp = 4;  // rows of each table
constexpr int kRowsToDrawFrom = 200;

// The rows of these are read by who recomputes the log: none can be made up.
bool IsOfTree(const TableFacts& table) {
  return table.name == "audit_range" || table.name == "audit_tile" ||
         table.name == "audit_checkpoint";
}

std::string PlaceOf(const TableFacts& table, const TableRow& row) {
  return table.name + " " + storage::KeyText(table, row);
}

std::string EntryPlace(int64_t sequence) { return absl::StrCat(kChain, "/", sequence); }

std::optional<size_t> PlainColumn(const TableFacts& table) {
  for (size_t column = 0; column < table.columns.size(); ++column)
    if (!IsOfKey(table, column)) return column;
  return std::nullopt;
}

absl::Status Runs(HubWorld& world, storage::Unit unit) {
  absl::Status result = absl::InternalError("not run");
  world.hub().writer().Submit(storage::Urgency::kUrgent, std::move(unit),
                              [&](const absl::Status& status) { result = status; });
  world.Settle();
  return result;
}

absl::Status AddMadeUp(storage::Transaction& transaction) {
  TableWriter writer(transaction.connection());
  for (const TableFacts& table : storage::Tables())
    for (int number = 1; number <= kMadeUp && !IsOfTree(table); ++number)
      RETURN_IF_ERROR(writer.Insert(table, TableRow(table, number)));
  return absl::OkStatus();
}

Case Flip(const TableFacts& table, const TableRow& row, size_t column) {
  TableRow changed = row;
  changed.Change(table, column);
  Case one{absl::StrCat(PlaceOf(table, row), ": column ", table.columns[column], " altered"),
           [&table, row, changed, column](TableWriter& writer) -> absl::Status {
             if (!IsOfKey(table, column)) return writer.Update(table, row, changed, column);
             // Statements that change a key are refused.
             RETURN_IF_ERROR(writer.Delete(table, row));
             return writer.Insert(table, changed);
           },
           {},
           IsOfTree(table)};
  if (IsOfKey(table, column)) {
    one.expected = {{Finding::kUnknown, PlaceOf(table, changed)},
                    {Finding::kMissing, table.name + ", *"}};
  } else {
    one.expected = {{Finding::kAltered, PlaceOf(table, row)}};
  }
  return one;
}

Case TakeAway(const TableFacts& table, const TableRow& row) {
  return {absl::StrCat(PlaceOf(table, row), ": deleted"),
          [&table, row](TableWriter& writer) { return writer.Delete(table, row); },
          {{Finding::kMissing, table.name + ", *"}},
          IsOfTree(table)};
}

Case Add(const TableFacts& table, TableRow row) {
  for (size_t column = 0; column < table.columns.size(); ++column) row.Change(table, column);
  return {absl::StrCat(PlaceOf(table, row), ": added"),
          [&table, row](TableWriter& writer) { return writer.Insert(table, row); },
          {{Finding::kUnknown, PlaceOf(table, row)}},
          IsOfTree(table)};
}

// Nothing where both say the same, but for their keys.
std::optional<Case> Swap(const TableFacts& table, const TableRow& one, const TableRow& other) {
  TableRow first = one, second = other;
  for (size_t column = 0; column < table.columns.size(); ++column)
    if (!IsOfKey(table, column)) std::swap(first.cells[column], second.cells[column]);
  if (first.cells == one.cells) return std::nullopt;
  return Case{
      absl::StrCat(PlaceOf(table, one), " and ", PlaceOf(table, other), ": swapped"),
      [&table, one, other, first, second](TableWriter& writer) -> absl::Status {
        RETURN_IF_ERROR(writer.Delete(table, one));
        RETURN_IF_ERROR(writer.Delete(table, other));
        RETURN_IF_ERROR(writer.Insert(table, first));
        return writer.Insert(table, second);
      },
      {{Finding::kAltered, PlaceOf(table, one)}, {Finding::kAltered, PlaceOf(table, other)}},
      IsOfTree(table)};
}

// The entries from one on with `alter` done to it, and all hashes behind it made to fit.
std::function<absl::Status(TableWriter&)> MadeAnew(
    storage::Connection& connection, int64_t from,
    const std::function<void(v1::AuditEntry&, std::string&)>& alter) {
  return [&connection, from, alter](TableWriter& writer) -> absl::Status {
    std::vector<v1::AuditEntry> entries;
    RETURN_IF_ERROR(audit::ReadEntries(connection, kChain, from - 1, 1'000'000,
                                       {.stored = false, .written = true},
                                       [&](v1::AuditEntry entry) {
                                         entries.push_back(std::move(entry));
                                         return true;
                                       }));
    std::string previous = entries.front().previous_hash();
    for (v1::AuditEntry& entry : entries) {
      std::string written = entry.written();
      if (entry.sequence() == from) alter(entry, written);
      v1::AuditEntry events;
      *events.mutable_events() = entry.events();
      entry.set_events_root(audit::MerkleRoot({entry.events().begin(), entry.events().end()}));
      entry.set_written_sha256(Sha256Of(written));
      entry.set_previous_hash(previous);
      previous = audit::EntryHash(entry);
      const std::string stored = events.SerializeAsString();
      RETURN_IF_ERROR(writer.Run(
          "UPDATE audit_entry SET events_root = $1, hash = $2, events = $3, written = $4 WHERE "
          "chain_id = $5 AND sequence = $6",
          {storage::Value::Blob(entry.events_root()), storage::Value::Blob(previous),
           storage::Value::Blob(stored), storage::Value::Blob(written), kChain, entry.sequence()}));
    }
    return absl::OkStatus();
  };
}

// An entry behind the chain's last one, which says that a commit wrote this. `seal`: null where
// somebody without a key makes it.
absl::Status AppendEntry(storage::Connection& connection, TableWriter& writer,
                         const std::string& chain_id, int64_t order, const std::string& written,
                         const audit::EntrySeal* seal) {
  v1::AuditEntry entry;
  entry.set_chain_id(chain_id);
  entry.set_previous_hash(audit::Genesis());
  ASSIGN_OR_RETURN(const auto heads, audit::Heads(connection));
  for (const v1::AuditHead& head : heads) {
    if (head.chain_id() != chain_id) continue;
    entry.set_sequence(head.sequence());
    entry.set_previous_hash(head.hash());
  }
  entry.set_sequence(entry.sequence() + 1);
  entry.set_commit_order(order);
  entry.set_written(written);
  audit::FitEntry(&entry);
  const std::string sealed = seal == nullptr ? std::string(16, 's') : seal->Of(entry.hash());
  return writer.Run(
      "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, events_root, hash, "
      "events, written, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {chain_id, entry.sequence(), order, entry.commit_time_us(),
       storage::Value::Blob(entry.events_root()), storage::Value::Blob(entry.hash()),
       storage::Value::Blob(""), storage::Value::Blob(written), storage::Value::Blob(sealed)});
}

// A serialized v1::RowWrites: that a commit left this row so.
std::string SaysOf(const TableFacts& table, const TableRow& row, std::string_view key) {
  v1::RowWrites written;
  v1::RowWrites::Table& told = *written.add_tables();
  told.set_table(table.name);
  storage::AppendRowDigest(
      {&table, storage::KeyDigest(table, row, key), storage::ContentDigest(table, row, key)},
      told.mutable_rows());
  return written.SerializeAsString();
}

Case AlterEntry(const std::string& set, const char* what, int64_t sequence) {
  const std::string sql =
      absl::StrCat("UPDATE audit_entry SET ", set, " WHERE chain_id = $1 AND sequence = $2");
  return {absl::StrCat("entry ", sequence, ": ", what),
          [sql, sequence](TableWriter& writer) {
            return writer.Run(sql, {kChain, sequence});
          },
          {{Finding::kBroken, EntryPlace(sequence)}}};
}

Case DeleteEntries(int64_t first, int64_t last, std::vector<Expected> expected) {
  return {absl::StrCat("entries ", first, " to ", last, ": deleted"),
          [first, last](TableWriter& writer) {
            return writer.Run(
                "DELETE FROM audit_entry WHERE chain_id = $1 AND sequence >= $2 AND sequence <= $3",
                {kChain, first, last}, last - first + 1);
          },
          std::move(expected)};
}

// A row that was altered may happen to be as it was once.
bool Fits(const Expected& expected, const Finding& finding) {
  const bool once = finding.kind == Finding::kOlder && expected.kind == Finding::kAltered;
  if (finding.kind != expected.kind && !once) return false;
  if (!expected.place.ends_with('*')) return finding.place == expected.place;
  return finding.place.starts_with(expected.place.substr(0, expected.place.size() - 1));
}

std::string TextOf(const std::vector<Finding>& findings) {
  if (findings.empty()) return "nothing was found";
  return absl::StrJoin(findings, "\n", [](std::string* text, const Finding& finding) {
    absl::StrAppend(text, "  found ", finding.kind, " at ", finding.place, ": ", finding.text);
  });
}

}  // namespace

struct Tampering::Stored {
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::WriterConnection> connection;
  std::unique_ptr<testing::StoredLog> log;

  static absl::StatusOr<std::unique_ptr<Stored>> Open(const std::string& path) {
    auto stored = std::make_unique<Stored>();
    storage::StorageOptions options;
    options.sqlite_path = path;
    ASSIGN_OR_RETURN(stored->database, storage::OpenDatabase(options));
    ASSIGN_OR_RETURN(stored->connection, stored->database->OpenWriter());
    return stored;
  }
};

Tampering::Tampering() = default;
Tampering::~Tampering() = default;

absl::StatusOr<std::unique_ptr<Tampering>> Tampering::Make() {
  std::unique_ptr<Tampering> tampering(new Tampering());
  RETURN_IF_ERROR(tampering->TellStory());
  RETURN_IF_ERROR(tampering->Open());
  return tampering;
}

// Rows that no room would write are written by the hub's own writer all the same, so that there are
// some in each table: the first is changed afterwards, and the last removed.
absl::Status Tampering::TellStory() {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  const auto rounds = [&](int from, int count) {
    for (int round = from; round < from + count; ++round) {
      testing::TellRowStory(world, round);
      for (int times = 0; times < 2; ++times) world.Advance(absl::Minutes(1));
    }
  };
  const auto no_progress = [](int64_t, int64_t) { return true; };
  const std::string path = world.options().storage.sqlite_path;
  rounds(1, kRoundsBefore);
  RETURN_IF_ERROR(
      storage::CopySqlite(path, storage::CopySource::kLive, folder_ / "older.db", no_progress));
  rounds(1 + kRoundsBefore, kRoundsAfter);
  world.clock.Advance(absl::Seconds(2));
  world.Settle();
  RETURN_IF_ERROR(Runs(world, AddMadeUp));
  RETURN_IF_ERROR(
      Runs(world, [&](storage::Transaction& transaction) { return MakeHistories(transaction); }));
  RETURN_IF_ERROR(
      storage::CopySqlite(path, storage::CopySource::kLive, folder_ / "hub.db", no_progress));
  key_file_ = folder_ / "hub.key";
  std::filesystem::copy_file(world.options().wrapping.key_file, key_file_);
  origin_ = world.options().log_origin;
  return absl::OkStatus();
}

absl::Status Tampering::MakeHistories(storage::Transaction& transaction) {
  histories_.clear();
  TableWriter writer(transaction.connection());
  for (const TableFacts& table : storage::Tables()) {
    if (IsOfTree(table)) continue;
    History& history = histories_.emplace_back();
    history.table = &table;
    history.removed = TableRow(table, kMadeUp);
    RETURN_IF_ERROR(writer.Delete(table, *history.removed));
    const std::optional<size_t> column = PlainColumn(table);
    if (!column.has_value()) continue;
    history.replaced = TableRow(table, 1);
    TableRow changed = *history.replaced;
    changed.Change(table, *column);
    RETURN_IF_ERROR(writer.Update(table, *history.replaced, changed, *column));
  }
  return absl::OkStatus();
}

absl::Status Tampering::Open() {
  ASSIGN_OR_RETURN(stored_, Stored::Open(folder_ / "hub.db"));
  ASSIGN_OR_RETURN(older_, Stored::Open(folder_ / "older.db"));
  // Who opens keys makes one, which no entry tells of.
  RETURN_IF_ERROR(older_->connection->Begin());
  ASSIGN_OR_RETURN(sealer_, testing::OpenSealer(key_file_, *older_->connection, ids_, 1));
  RETURN_IF_ERROR(older_->connection->Rollback());
  for (Stored* stored : {stored_.get(), older_.get()})
    stored->log = std::make_unique<testing::StoredLog>(*stored->connection, *sealer_, origin_);
  ASSIGN_OR_RETURN(const auto kept, stored_->log->Checkpoints(0));
  ASSIGN_OR_RETURN(options_.keys.emplace_back(), audit::ParseVerifierKey(kept.key()));
  for (const std::string& note : kept.notes())
    options_.checkpoints.push_back({absl::StrCat("file ", options_.checkpoints.size()), note});
  ASSIGN_OR_RETURN(const audit::LogReport report, Check(*stored_));
  leaves_ = report.leaves;
  entries_ = report.entries;
  if (!report.findings.empty() || report.rows.unsealed > 0 || report.chains.size() != 1)
    return absl::FailedPreconditionError(absl::StrCat("before: ", TextOf(report.findings)));
  return absl::OkStatus();
}

absl::StatusOr<audit::LogReport> Tampering::Check(Stored& stored) {
  return audit::CheckLog(*stored.log, options_, [](int64_t, int64_t) {});
}

absl::StatusOr<std::vector<Case>> Tampering::Cases() {
  std::vector<Case> cases;
  for (const TableFacts& table : storage::Tables()) RETURN_IF_ERROR(AddCasesOf(table, cases));
  for (const History& history : histories_) {
    const TableFacts& table = *history.table;
    if (history.replaced.has_value()) {
      const TableRow row = *history.replaced;
      cases.push_back({PlaceOf(table, row) + ": an older version put back",
                       [&table, row](TableWriter& writer) -> absl::Status {
                         RETURN_IF_ERROR(writer.Delete(table, row));
                         return writer.Insert(table, row);
                       },
                       {{Finding::kOlder, PlaceOf(table, row)}}});
    }
    if (history.removed.has_value()) {
      const TableRow row = *history.removed;
      cases.push_back({PlaceOf(table, row) + ": put back after it was removed",
                       [&table, row](TableWriter& writer) { return writer.Insert(table, row); },
                       {{Finding::kOlder, PlaceOf(table, row)}}});
    }
  }
  RETURN_IF_ERROR(AddCasesOfChain(cases));
  RETURN_IF_ERROR(AddCasesOfOrder(cases));
  return cases;
}

absl::Status Tampering::AddCasesOf(const TableFacts& table, std::vector<Case>& cases) {
  ASSIGN_OR_RETURN(const auto rows, FirstRows(*stored_->connection, table, kRowsToDrawFrom));
  // A small log's tree may be one row.
  if (rows.size() < (IsOfTree(table) ? 1 : 2))
    return absl::FailedPreconditionError(table.name + " has less than two rows: add some");
  for (const TableRow* row : {&rows.front(), &rows.back()}) {
    for (size_t column = 0; column < table.columns.size(); ++column)
      cases.push_back(Flip(table, *row, column));
    cases.push_back(TakeAway(table, *row));
    cases.push_back(Add(table, *row));
  }
  if (rows.size() < 2) return absl::OkStatus();
  if (auto swap = Swap(table, rows[0], rows[1]); swap.has_value()) cases.push_back(*swap);
  return absl::OkStatus();
}

absl::Status Tampering::AddCasesOfChain(std::vector<Case>& cases) {
  storage::Connection& connection = *stored_->connection;
  if (leaves_ < 12 || entries_ <= leaves_)
    return absl::FailedPreconditionError("there are too few entries, or all are leaves");
  const int64_t middle = leaves_ / 2;
  cases.push_back(DeleteEntries(entries_, entries_, {}));
  cases.push_back(DeleteEntries(leaves_ - 2, entries_, {{Finding::kCut, EntryPlace(leaves_ - 2)}}));
  cases.push_back(DeleteEntries(middle, middle, {{Finding::kBroken, EntryPlace(middle)}}));
  cases.push_back(DeleteEntries(1, middle, {{Finding::kBroken, EntryPlace(1)}}));
  cases.push_back(DeleteEntries(1, entries_, {{Finding::kCut, EntryPlace(1)}}));
  cases.push_back(AlterEntry("chain_id = 'hub-2'", "given to another chain", middle));
  cases.push_back(AlterEntry("sequence = sequence + 1000000", "renumbered", middle));
  cases.push_back(AlterEntry("commit_order = commit_order + 1", "another order", middle));
  cases.push_back(AlterEntry("commit_time = commit_time + 1", "another time", middle));
  cases.push_back(AlterEntry("events_root = hash", "another root", middle));
  cases.push_back(AlterEntry("hash = events_root", "another hash", middle));
  cases.push_back(AlterEntry("events = hash", "other events", middle));
  cases.push_back(AlterEntry("written = hash", "other rows", middle));
  const auto event = [](v1::AuditEntry& entry, std::string&) { entry.add_events("forged"); };
  const auto rows = [](v1::AuditEntry&, std::string& written) { written.clear(); };
  for (const int64_t from : {int64_t{1}, middle, leaves_}) {
    cases.push_back({absl::StrCat("entry ", from, ": an event more, and all hashes anew"),
                     MadeAnew(connection, from, event),
                     {{Finding::kNotAsNoted, "position*"}, {Finding::kTree, "position*"}}});
    cases.push_back({absl::StrCat("entry ", from, ": says of no row, and all hashes anew"),
                     MadeAnew(connection, from, rows),
                     {{Finding::kNotAsNoted, "position*"}}});
  }
  return absl::OkStatus();
}

// An older row put back, and an entry that speaks for it: of somebody without a key, who repeats
// what an entry said of that row before, or of a hub whose order was put back.
absl::Status Tampering::AddCasesOfOrder(std::vector<Case>& cases) {
  const auto history = std::find_if(histories_.begin(), histories_.end(),
                                    [](const History& one) { return one.replaced.has_value(); });
  if (history == histories_.end()) return absl::FailedPreconditionError("no row was changed");
  const TableFacts& table = *history->table;
  const TableRow row = *history->replaced;
  int64_t last = 0;
  RETURN_IF_ERROR(audit::ReadEntries(*stored_->connection, kChain, entries_ - 1, 1,
                                     [&](const v1::AuditEntry& entry) {
                                       last = entry.commit_order();
                                       return false;
                                     }));
  const Secret key = storage::RowKey(*sealer_);
  const std::string written = SaysOf(table, row, key.view());
  const auto seal = std::make_shared<const audit::EntrySeal>(*sealer_);
  const auto add = [&](const char* name, const std::string& chain_id, std::vector<int64_t> orders,
                       bool sealed, std::vector<Expected> expected) {
    const auto change = [this, &table, row, written, seal, chain_id, orders,
                         sealed](TableWriter& writer) -> absl::Status {
      RETURN_IF_ERROR(writer.Delete(table, row));
      RETURN_IF_ERROR(writer.Insert(table, row));
      for (const int64_t order : orders)
        RETURN_IF_ERROR(AppendEntry(*stored_->connection, writer, chain_id, order, written,
                                    sealed ? seal.get() : nullptr));
      return absl::OkStatus();
    };
    cases.push_back({absl::StrCat(PlaceOf(table, row), ": an older version put back, ", name),
                     change, std::move(expected)});
  };
  const Expected older = {Finding::kOlder, PlaceOf(table, row)};
  add("and an entry that repeats it", kChain, {last + 1}, false,
      {{Finding::kForged, EntryPlace(entries_ + 1)}, older});
  add("and a chain that repeats it", "hub-9", {last + 1}, false,
      {{Finding::kForged, "hub-9/1"}, older});
  add("and the order, on one chain", kChain, {last - 3}, true,
      {{Finding::kBroken, EntryPlace(entries_ + 1)}});
  add("and the order, on two chains", "hub-1.2", {last - 2, last - 3}, true,
      {{Finding::kBroken, "hub-1.2/2"}});
  return absl::OkStatus();
}

absl::StatusOr<Case> Tampering::Random(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](size_t end) { return static_cast<size_t>(random() % end); };
  const auto tables = storage::Tables();
  if (random() % 5 == 0) {
    const auto entry = static_cast<int64_t>(1 + below(static_cast<size_t>(leaves_) - 1));
    if (random() % 2 == 0) {
      const auto last = entry + static_cast<int64_t>(below(static_cast<size_t>(leaves_ - entry)));
      return DeleteEntries(entry, last, {{Finding::kBroken, EntryPlace(entry)}});
    }
    const char* column = random() % 2 == 0 ? "commit_order" : "commit_time";
    return AlterEntry(absl::StrCat(column, " = ", column, " + ", 1 + below(1'000)), "altered",
                      entry);
  }
  while (true) {
    const TableFacts& table = tables[below(tables.size())];
    ASSIGN_OR_RETURN(const auto rows, FirstRows(*stored_->connection, table, kRowsToDrawFrom));
    const TableRow& row = rows[below(rows.size())];
    switch (random() % 4) {
      case 0:
        return TakeAway(table, row);
      case 1:
        return Add(table, row);
      case 2: {
        const TableRow& other = rows[below(rows.size())];
        if (row.cells == other.cells) continue;
        if (auto swap = Swap(table, row, other); swap.has_value()) return *std::move(swap);
        continue;
      }
      default:
        return Flip(table, row, below(table.columns.size()));
    }
  }
}

absl::StatusOr<std::string> Tampering::Try(const Case& one) {
  RETURN_IF_ERROR(stored_->connection->Begin());
  TableWriter writer(*stored_->connection);
  const absl::Status changed = one.change(writer);
  absl::StatusOr<std::string> said = std::string();
  if (changed.ok()) {
    said = Judge(one, *stored_);
  } else {
    said = changed;
  }
  RETURN_IF_ERROR(stored_->connection->Rollback());
  if (said.ok()) return said;
  return absl::Status(said.status().code(),
                      absl::StrCat(one.name, ": ", std::string(said.status().message())));
}

absl::StatusOr<std::string> Tampering::TryOlderFile() {
  return Judge({"the whole file as it was before", {}, {{Finding::kCut, "position*"}}}, *older_);
}

absl::StatusOr<std::string> Tampering::Judge(const Case& one, Stored& stored) {
  const auto report = Check(stored);
  if (!report.ok()) {
    const bool names_tile = report.status().message().find("tile ") != absl::string_view::npos;
    if (one.spoils_tree && names_tile) return std::string();
    return report.status();
  }
  for (const Expected& expected : one.expected) {
    if (!std::any_of(report->findings.begin(), report->findings.end(),
                     [&](const Finding& finding) { return Fits(expected, finding); })) {
      return absl::StrCat(one.name, "\n  expected ", expected.kind, " at ", expected.place, "\n",
                          TextOf(report->findings));
    }
  }
  const bool named = !report->findings.empty() &&
                     std::all_of(report->findings.begin(), report->findings.end(),
                                 [](const Finding& finding) { return !finding.place.empty(); });
  return named ? std::string() : absl::StrCat(one.name, "\n", TextOf(report->findings));
}

}  // namespace switchboard::tampering
