#include "hub/audit/row_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

// A hub has some fifty; one that lists more and more is not listened to.
constexpr size_t kTablesListedMax = 1'000;
constexpr size_t kPageBytesMax = 4 * 1024 * 1024;
// Entries since are read when so many rows may be as these say.
constexpr size_t kSuspectsMax = 10'000;
// Of a table; the others are counted.
constexpr int64_t kNamedMax = 100;
// Keys in clear take more pages than digests alone did.
constexpr int kPagesForKeysMax = 100;

absl::Status Malformed(std::string_view what) {
  return Error(absl::StatusCode::kDataLoss, "ANSWER_MALFORMED",
               absl::StrCat("DigestRows: ", absl::string_view(what.data(), what.size())));
}

}  // namespace

std::string RowCheck::EntryName::Text() const {
  return place.empty() ? "an entry" : absl::StrCat(place, " of ", UtcTextOf(time_us));
}

RowCheck::RowCheck(LogSource& source, size_t memory_bytes)
    : source_(source), newest_(memory_bytes) {
  newest_.Begin(0);
}

int RowCheck::TableOf(std::string_view name) {
  const auto [found, added] =
      table_numbers_.try_emplace(std::string(name), static_cast<int>(tables_.size()));
  if (added) tables_.emplace_back(name);
  return found->second;
}

bool RowCheck::See(const v1::AuditEntry& entry) {
  if (entry.forged()) return true;
  const int64_t order = entry.commit_order();
  if (!entry.written().empty() && (order <= 0 || order > RowTable::kOrderMax)) return false;
  std::vector<int> open;
  bool has_room = true;
  const auto table_of = [&](std::string_view name) {
    const int table = TableOf(name);
    has_room = table < RowTable::kTablesMax;
    return table;
  };
  const bool readable = ForEachWritten(
      entry.written(),
      [&](std::string_view name, std::string_view rows) {
        const int table = table_of(name);
        if (!has_room) return;
        ForEachRow(rows, [&](const WrittenRow& row) { SeeRow(entry, table, row); });
      },
      [&](std::string_view name) { open.push_back(table_of(name)); });
  SeeOpen(entry.chain_id(), open);
  return readable && has_room;
}

void RowCheck::SeeOpen(const std::string& chain_id, const std::vector<int>& tables) {
  const auto found = open_.find(chain_id);
  if (found != open_.end()) {
    found->second = tables;
  } else if (!tables.empty()) {
    open_.emplace(chain_id, tables);
  }
  if (step_ == Step::kJudges) were_open_.insert(tables.begin(), tables.end());
}

void RowCheck::SeeRow(const v1::AuditEntry& entry, int table, const WrittenRow& row) {
  if (step_ == Step::kNames) return Name(entry, row);
  if (step_ == Step::kJudges) return SeeLater(entry, table, row);
  newest_.Put(row.row, row.content, table, entry.commit_order());
}

void RowCheck::SeeLater(const v1::AuditEntry& entry, int table, const WrittenRow& row) {
  const auto suspected = suspected_.find(row.row);
  if (suspected != suspected_.end()) {
    Suspect& suspect = suspects_[suspected->second];
    suspect.fits = suspect.fits || suspect.listed.content == row.content;
  }
  if (!newest_.Covers(row.row)) return;
  const RowTable::Slot* known = newest_.Find(row.row);
  // Who reads by keys may have been behind it when it came, or came again.
  const bool moves = known == nullptr || known->content == 0 || row.content == 0;
  newest_.Put(row.row, row.content, table, entry.commit_order());
  if (moves) newest_.Find(row.row)->set_seen();
}

absl::StatusOr<v1::DigestRowsResponse> RowCheck::ReadPage(int table, const std::string& after,
                                                          bool with_keys) {
  v1::DigestRowsRequest request;
  request.set_table(tables_[static_cast<size_t>(table)]);
  request.set_after(after);
  request.set_with_keys(with_keys);
  ASSIGN_OR_RETURN(auto page, source_.Rows(request));
  const size_t rows = page.rows().size() / kWrittenRowBytes;
  if (page.rows().size() % kWrittenRowBytes != 0 || page.rows().size() > kPageBytesMax)
    return Malformed("rows are cut short, or too many");
  if (rows > 0 && page.next() == after) return Malformed("it does not go on");
  if (with_keys && static_cast<size_t>(page.keys_size()) != rows)
    return Malformed("rows are without their keys");
  return page;
}

absl::Status RowCheck::Judge(absl::FunctionRef<absl::Status()> see_later) {
  step_ = Step::kJudges;
  newest_.Keep();
  were_open_.clear();
  for (const auto& [chain_id, tables] : open_) were_open_.insert(tables.begin(), tables.end());
  ASSIGN_OR_RETURN(const auto listed, source_.Rows(v1::DigestRowsRequest()));
  if (static_cast<size_t>(listed.tables_size()) > kTablesListedMax)
    return Malformed("there are too many tables");
  for (const std::string& name : listed.tables())
    RETURN_IF_ERROR(ReadTable(TableOf(name), see_later));
  // Rows that are gone since are not missing.
  RETURN_IF_ERROR(see_later());
  AddMissing();
  report_.compared = true;
  report_.tables = listed.tables_size();
  return absl::OkStatus();
}

absl::Status RowCheck::ReadTable(int table, absl::FunctionRef<absl::Status()> see_later) {
  auto after = std::make_shared<const std::string>();
  while (true) {
    ASSIGN_OR_RETURN(auto page, ReadPage(table, *after, false));
    if (page.rows().empty()) break;
    ForEachRow(page.rows(), [&](const WrittenRow& row) { JudgeRow(table, row, after); });
    if (suspects_.size() > kSuspectsMax) RETURN_IF_ERROR(Settle(see_later));
    after = std::make_shared<const std::string>(std::move(*page.mutable_next()));
  }
  return Settle(see_later);
}

void RowCheck::JudgeRow(int table, const WrittenRow& listed, const Page& page) {
  if (!newest_.Covers(listed.row)) return;
  RowTable::Slot* known = newest_.Find(listed.row);
  if (known != nullptr) known->set_seen();
  if (known != nullptr && known->content == listed.content && listed.content != 0) {
    ++report_.fit;
    return;
  }
  suspects_.push_back({listed, table, page});
}

// Of what was listed before they are read, all entries that it can rest on are there.
absl::Status RowCheck::Settle(absl::FunctionRef<absl::Status()> see_later) {
  if (suspects_.empty()) return absl::OkStatus();
  for (size_t i = 0; i < suspects_.size(); ++i) suspected_[suspects_[i].listed.row] = i;
  RETURN_IF_ERROR(see_later());
  suspected_.clear();
  for (Suspect& suspect : suspects_) {
    if (suspect.fits) {
      ++report_.fit;
    } else if (were_open_.contains(suspect.table)) {
      ++report_.unsealed;
    } else {
      const RowTable::Slot* known = newest_.Find(suspect.listed.row);
      Wrong wrong = {.kind = known == nullptr ? Finding::kUnknown : Finding::kAltered,
                     .table = suspect.table,
                     .listed = suspect.listed,
                     .page = suspect.page};
      if (known != nullptr) {
        wrong.last_order = known->order();
        wrong.is_removed = known->content == 0;
      }
      AddWrong(std::move(wrong));
    }
  }
  suspects_.clear();
  return absl::OkStatus();
}

void RowCheck::AddMissing() {
  newest_.ForEach([&](const RowTable::Slot& slot) {
    if (slot.seen() || slot.content == 0) return;
    AddWrong({.kind = Finding::kMissing,
              .table = slot.table(),
              .listed = {slot.row, 0},
              .page = nullptr,
              .last_order = slot.order()});
  });
}

void RowCheck::AddWrong(Wrong wrong) {
  ++report_.wrong;
  if (++wrong_of_[wrong.table] > kNamedMax) return;
  named_[wrong.listed.row] = wrong_.size();
  wrong_.push_back(std::move(wrong));
}

bool RowCheck::NextPass() {
  if (newest_.last() == UINT64_MAX) return false;
  step_ = Step::kCollects;
  newest_.Begin(newest_.last() + 1);
  open_.clear();
  return true;
}

bool RowCheck::BeginNaming() {
  step_ = Step::kNames;
  return std::any_of(wrong_.begin(), wrong_.end(),
                     [](const Wrong& wrong) { return wrong.kind != Finding::kUnknown; });
}

void RowCheck::Name(const v1::AuditEntry& entry, const WrittenRow& row) {
  const auto found = named_.find(row.row);
  if (found == named_.end()) return;
  Wrong& wrong = wrong_[found->second];
  const int64_t order = entry.commit_order();
  const auto name = [&] {
    return EntryName{absl::StrCat(entry.chain_id(), "/", entry.sequence()), order,
                     entry.commit_time_us()};
  };
  if (order == wrong.last_order) {
    wrong.last = name();
  } else if (order < wrong.last_order && order > wrong.older.order && row.content != 0 &&
             row.content == wrong.listed.content) {
    wrong.older = name();
  }
}

absl::StatusOr<std::vector<Finding>> RowCheck::Findings() {
  RETURN_IF_ERROR(FindKeys());
  std::vector<Finding> findings;
  for (Wrong& wrong : wrong_) {
    if (wrong.kind == Finding::kAltered && !wrong.older.place.empty()) wrong.kind = Finding::kOlder;
    findings.push_back(FindingOf(wrong));
  }
  for (const auto& [table, count] : wrong_of_) {
    if (count <= kNamedMax) continue;
    const std::string& name = tables_[static_cast<size_t>(table)];
    findings.push_back(
        {Finding::kAltered, name,
         absl::StrCat(name, ": ", count - kNamedMax, " rows more are not as the log says")});
  }
  return findings;
}

// As they are listed now, page by page where something was wrong.
absl::Status RowCheck::FindKeys() {
  for (size_t i = 0; i < wrong_.size();) {
    const Page page = wrong_[i].page;
    const int table = wrong_[i].table;
    size_t end = i;
    while (end < wrong_.size() && wrong_[end].page == page && wrong_[end].table == table) ++end;
    const auto all_found = [&] {
      return std::none_of(wrong_.begin() + static_cast<int64_t>(i),
                          wrong_.begin() + static_cast<int64_t>(end),
                          [](const Wrong& wrong) { return wrong.key.empty(); });
    };
    std::string after = page == nullptr ? "" : *page;
    for (int pages = 0; page != nullptr && pages < kPagesForKeysMax && !all_found(); ++pages) {
      ASSIGN_OR_RETURN(const auto listed, ReadPage(table, after, true));
      if (listed.rows().empty()) break;
      int place = 0;
      ForEachRow(listed.rows(), [&](const WrittenRow& row) {
        const std::string& key = listed.keys(place++);
        const auto named = named_.find(row.row);
        if (named != named_.end()) wrong_[named->second].key = key;
      });
      after = listed.next();
    }
    i = end;
  }
  return absl::OkStatus();
}

Finding RowCheck::FindingOf(const Wrong& wrong) const {
  const std::string& table = tables_[static_cast<size_t>(wrong.table)];
  const std::string place =
      wrong.key.empty() ? absl::StrCat(table, " #", absl::Hex(wrong.listed.row, absl::kZeroPad16))
                        : absl::StrCat(table, " ", wrong.key);
  const std::string last = wrong.last.Text();
  const char* did = wrong.is_removed ? "removed" : "wrote";
  switch (wrong.kind) {
    case Finding::kUnknown:
      return {wrong.kind, place, absl::StrCat(place, ": no entry wrote this row")};
    case Finding::kMissing:
      return {wrong.kind, absl::StrCat(table, ", ", wrong.last.place),
              absl::StrCat(place, ": ", last, " wrote this row, and it is not there")};
    case Finding::kOlder:
      return {wrong.kind, place,
              absl::StrCat(place, ": is as ", wrong.older.Text(), " wrote it, and ", last, " ", did,
                           " it since")};
    default:
      break;
  }
  return {wrong.kind, place,
          wrong.is_removed ? absl::StrCat(place, ": ", last, " removed this row, and it is there")
                           : absl::StrCat(place, ": is not as ", last, " wrote it last")};
}

}  // namespace switchboard::audit
