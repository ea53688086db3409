#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/storage/database.h"
#include "hub/storage/row_writes.h"

namespace switchboard::audit {

// Which tables the entries of one lane's chain leave open. A peer can have some rows changed as
// often as it likes without an event (TableFacts::often); an entry for each time would fill the
// disk. So the first group that only does that has its entry, the next one has one that leaves the
// tables open, and what others of this lane do to them within a second waits: only which rows they
// were is remembered. Then one more entry says how these rows are by then, and closes: it writes
// them anew as they are, so that nobody else can change them between that and its commit, and what
// it says is newer than what anybody said before.
//
// Rows that are removed never wait. Not thread-safe.
class OpenTables {
 public:
  static constexpr absl::Duration kTimeMax = absl::Seconds(1);

  // Whether the group that wrote this is to have an entry; otherwise its rows wait. `tells`: it has
  // events.
  bool NeedsEntry(const storage::RowWrites& writes, bool tells, absl::Time now);
  // Instead, in a group that does nothing else: writes the rows that wait, for an entry that
  // closes. Errors: those of the engine.
  absl::Status Close(storage::WriterConnection& connection);
  // The tables that the group's entry leaves open.
  std::vector<std::string> names() const;
  // What came of the group. In doubt: not committed.
  void Settled(bool committed);

  // When Close is due; never, if nothing is open.
  absl::Time due() const;

 private:
  enum class Group { kNone, kWaits, kHasEntry, kCloses };

  bool Waits(const storage::RowWrites& writes);
  void Open(const storage::RowWrites& writes, absl::Time now);

  // By table, in the schema's order; rows as RowWrites::Write has them.
  std::map<const storage::TableFacts*, std::set<std::string>> waiting_;
  size_t rows_ = 0;  // that wait
  // The chain's last entry is known to say that all of these are open.
  bool said_ = false;
  absl::Time since_;
  absl::Time last_quiet_ = absl::InfinitePast();  // entry without events, when nothing was open
  Group group_ = Group::kNone;
};

}  // namespace switchboard::audit
