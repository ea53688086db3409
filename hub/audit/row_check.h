#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "hub/audit/finding.h"
#include "hub/audit/log_source.h"
#include "hub/audit/row_table.h"
#include "hub/audit/written_rows.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::audit {

struct RowReport {
  bool compared = false;  // otherwise rows were not asked for, or the log itself is broken
  int64_t tables = 0;
  int64_t fit = 0;       // rows that are as the log says
  int64_t unsealed = 0;  // of tables that are open: the log is to say it within a second
  int64_t wrong = 0;
};

// The rows of all tables against what the entries of a log say of them: the newest by commit order,
// and within an entry by its place. The hub works on meanwhile: a row is right if it is as the log
// said when the pass over the rows began, or as any entry since says, and none is missing that an
// entry since removed. Rows beyond `memory_bytes` are judged in further passes; a pass is
//
//   See of every entry there is, each chain in its order; Judge; then, while NextPass, again.
//
// What is wrong is named by one more reading: if BeginNaming, See of every entry; then Findings.
// Not thread-safe.
class RowCheck {
 public:
  RowCheck(LogSource& source, size_t memory_bytes);

  // An entry that verifies; a forged one says nothing. False if what it says was written cannot be
  // read.
  bool See(const v1::AuditEntry& entry);

  // Reads the rows. `see_later` reads all entries that came meanwhile, and shows them to See.
  // Errors: those of the source and of see_later; DATA_LOSS, ANSWER_MALFORMED.
  absl::Status Judge(absl::FunctionRef<absl::Status()> see_later);

  // True if there are rows that no pass was about yet.
  bool NextPass();
  // True if there is something that an entry's name would explain.
  bool BeginNaming();
  // Asks for the keys of what is wrong. Errors: as Judge.
  absl::StatusOr<std::vector<Finding>> Findings();

  const RowReport& report() const { return report_; }

 private:
  enum class Step { kCollects, kJudges, kNames };
  // Where a row was listed.
  using Page = std::shared_ptr<const std::string>;
  struct Suspect {
    WrittenRow listed;
    int table = 0;
    Page page;
    bool fits = false;  // an entry since says so
  };
  struct EntryName {
    std::string place;  // empty: there is none
    int64_t order = 0;
    int64_t time_us = 0;

    std::string Text() const;
  };
  struct Wrong {
    Finding::Kind kind = Finding::kAltered;
    int table = 0;
    WrittenRow listed = {};
    Page page = {};           // none where the row is missing
    int64_t last_order = 0;   // of the entry that wrote or removed it last
    bool is_removed = false;  // by that entry
    EntryName last = {};
    EntryName older = {};  // the last one before that by which it is as it was listed
    std::string key = {};  // empty: it was not found again
  };

  int TableOf(std::string_view name);
  void SeeRow(const v1::AuditEntry& entry, int table, const WrittenRow& row);
  void SeeLater(const v1::AuditEntry& entry, int table, const WrittenRow& row);
  void Name(const v1::AuditEntry& entry, const WrittenRow& row);
  void SeeOpen(const std::string& chain_id, const std::vector<int>& tables);
  absl::Status ReadTable(int table, absl::FunctionRef<absl::Status()> see_later);
  void JudgeRow(int table, const WrittenRow& listed, const Page& page);
  absl::Status Settle(absl::FunctionRef<absl::Status()> see_later);
  void AddMissing();
  void AddWrong(Wrong wrong);
  absl::StatusOr<v1::DigestRowsResponse> ReadPage(int table, const std::string& after,
                                                  bool with_keys);
  absl::Status FindKeys();
  Finding FindingOf(const Wrong& wrong) const;

  LogSource& source_;
  Step step_ = Step::kCollects;
  RowTable newest_;
  std::vector<std::string> tables_;
  absl::flat_hash_map<std::string, int> table_numbers_;
  std::map<std::string, std::vector<int>> open_;  // by chain: tables that its last entry left open
  std::set<int> were_open_;                       // at some time since rows are judged
  std::vector<Suspect> suspects_;
  absl::flat_hash_map<uint64_t, size_t> suspected_;  // by row, while they are settled
  std::vector<Wrong> wrong_;
  absl::flat_hash_map<uint64_t, size_t> named_;  // by row
  std::map<int, int64_t> wrong_of_;              // by table, how many
  RowReport report_;
};

}  // namespace switchboard::audit
