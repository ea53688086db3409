#pragma once

// For tests: a log as a hub keeps it, in memory, where everybody may write.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/audit/chain.h"
#include "hub/audit/checkpoint.h"
#include "hub/audit/event_proof.h"
#include "hub/audit/log_check.h"
#include "hub/audit/made_entry.h"
#include "hub/audit/merkle.h"
#include "hub/base/error.h"

namespace switchboard::audit {

class MadeLog final : public LogSource {
 public:
  using Range = v1::ReadAuditTreeResponse::Range;

  explicit MadeLog(char seed = 's')
      : signer_(std::make_shared<Ed25519Signer>(Secret(std::string(kEd25519KeyBytes, seed)))) {}

  // An entry behind the chain's last one. `written`: what its commit wrote.
  v1::AuditEntry& Append(const std::string& chain_id, const std::vector<std::string>& events,
                         const v1::RowWrites& written = {}) {
    auto& chain = chains[chain_id];
    v1::AuditEntry entry;
    entry.set_chain_id(chain_id);
    entry.set_sequence(static_cast<int64_t>(chain.size()) + 1);
    time_us += 1'000'000;
    entry.set_commit_order(++order);
    entry.set_commit_time_us(time_us);
    for (const std::string& event : events) entry.add_events(event);
    entry.set_written(written.SerializeAsString());
    chain.push_back(std::move(entry));
    Seal(chain_id, chain.size() - 1);
    return chain.back();
  }

  // A row of a table as it becomes; content 0: it goes.
  struct Write {
    std::string table;
    uint64_t row = 0;
    uint64_t content = 0;
  };
  // An entry without events that says so, and the rows to go with it.
  v1::AuditEntry& Commit(const std::string& chain_id, const std::vector<Write>& writes,
                         const std::vector<std::string>& open_tables = {}) {
    v1::RowWrites written;
    for (const Write& write : writes) {
      auto* table =
          written.tables_size() > 0 ? written.mutable_tables(written.tables_size() - 1) : nullptr;
      if (table == nullptr || table->table() != write.table) {
        table = written.add_tables();
        table->set_table(write.table);
      }
      AddRow(write.row, write.content, table->mutable_rows());
      auto& rows = tables[write.table];
      rows.erase(write.row);
      if (write.content != 0) rows.emplace(write.row, write.content);
    }
    for (const std::string& table : open_tables) written.add_open_tables(table);
    return Append(chain_id, {}, written);
  }

  // Makes an entry, and all behind it, fit again.
  void Seal(const std::string& chain_id, size_t from) {
    auto& chain = chains[chain_id];
    for (size_t i = from; i < chain.size(); ++i) {
      v1::AuditEntry& entry = chain[i];
      entry.set_previous_hash(i == 0 ? Genesis() : chain[i - 1].hash());
      FitEntry(&entry);
    }
  }

  // Makes leaves of all entries that are none, and signs; the note.
  std::string Sign() {
    for (const auto& [chain_id, chain] : chains) {
      int64_t there = 0;
      for (const Range& range : ranges)
        if (range.chain_id() == chain_id) there += range.count();
      const int64_t count = static_cast<int64_t>(chain.size()) - there;
      if (count == 0) continue;
      Range& range = ranges.emplace_back();
      range.set_first_position(size());
      range.set_chain_id(chain_id);
      range.set_first_sequence(there + 1);
      range.set_count(count);
      for (size_t i = static_cast<size_t>(there); i < chain.size(); ++i)
        leaves.push_back(*HashOf(chain[i].hash()));
    }
    root = Root().text();
    notes.push_back(NoteOf(size()));
    return notes.back();
  }

  // The tree, and the notes, anew from the entries as they are now.
  void MakeTreeAnew() {
    leaves.clear();
    for (const Range& range : ranges) {
      for (int64_t i = 0; i < range.count(); ++i) {
        const auto& entry =
            chains[range.chain_id()][static_cast<size_t>(range.first_sequence() + i - 1)];
        leaves.push_back(*HashOf(entry.hash()));
      }
    }
    root = Root().text();
    for (std::string& note : notes) note = NoteOf(ParseCheckpoint(ParseNote(note)->text)->size);
  }

  int64_t size() const { return static_cast<int64_t>(leaves.size()); }
  Hash Node(int level, int64_t index) const {
    CompactRange below;
    for (int64_t i = index << level; i < (index + 1) << level; ++i)
      below.Add(leaves[static_cast<size_t>(i)]);
    return below.Root();
  }
  auto reader() const {
    return [this](int level, int64_t index) -> absl::StatusOr<Hash> { return Node(level, index); };
  }
  Hash Root() const { return CompactRange::At(size(), reader())->Root(); }
  const Ed25519Signer& signer() const { return *signer_; }
  VerifierKey key() const { return VerifierKeyOf(origin, *signer_); }
  std::string NoteOf(int64_t of_size) const {
    const Checkpoint checkpoint = {
        origin, of_size, CompactRange::At(of_size, reader())->Root(), {}};
    return SignNote(checkpoint.Text(), origin, *signer_);
  }

  // That the tree continues the one of `old_size`.
  std::string ConsistencyText(int64_t old_size) const {
    return ConsistencyFile{old_size, *ConsistencyProof(old_size, size(), reader()), NoteOf(size())}
        .Text();
  }
  // The proof of an event of the entry at this position.
  std::string ProofText(const v1::AuditEntry& entry, int64_t position, int64_t index) const {
    return ProofFile{ProveWithinEntry(entry, index).SerializeAsString(), position,
                     *InclusionPath(position, size(), reader()), NoteOf(size())}
        .Text();
  }

  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override {
    v1::ReadAuditTreeResponse page;
    page.set_size(size());
    page.set_root(root);
    page.set_origin(origin);
    for (const Range& range : ranges)
      if (range.first_position() >= after && page.ranges_size() < page_max)
        *page.add_ranges() = range;
    return page;
  }

  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
    v1::ReadAuditResponse page;
    for (const auto& [chain_id, chain] : chains) page.add_chain_ids(chain_id);
    const auto chain =
        request.chain_id().empty() ? chains.begin() : chains.find(request.chain_id());
    if (chain == chains.end()) {
      if (request.chain_id().empty()) return page;
      return Error(absl::StatusCode::kNotFound, "CHAIN_UNKNOWN", "there is no such chain");
    }
    // As a hub has it: each row is behind the one before, whatever was there when it was made.
    std::string previous = Genesis();
    for (const v1::AuditEntry& entry : chain->second) {
      if (page.entries_size() == std::min(page_max, request.max_entries())) break;
      if (entry.sequence() > request.after()) {
        v1::AuditEntry& read = *page.add_entries();
        read = entry;
        read.set_previous_hash(previous);
        if (request.stored()) {
          v1::AuditEntry events;
          events.mutable_events()->Swap(read.mutable_events());
          read.set_stored_events(events.SerializeAsString());
        }
      }
      previous = entry.hash();
    }
    return page;
  }

  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override {
    v1::ListCheckpointsResponse page;
    page.set_key(key().Text());
    if (after_size == 0) page.mutable_notes()->Assign(notes.begin(), notes.end());
    return page;
  }

  // Rows by their digests, which stand for the order of their keys.
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override {
    if (before_rows) before_rows(request);
    v1::DigestRowsResponse page;
    if (request.table().empty()) {
      for (const auto& [table, rows] : tables) page.add_tables(table);
      return page;
    }
    const auto& rows = tables[request.table()];
    auto row = rows.begin();
    if (!request.after().empty()) row = rows.upper_bound(std::stoull(request.after()));
    for (int i = 0; i < page_max && row != rows.end(); ++i, ++row) {
      AddRow(row->first, row->second, page.mutable_rows());
      page.set_next(std::to_string(row->first));
      if (request.with_keys()) page.add_keys("K-" + std::to_string(row->first));
    }
    return page;
  }

  std::string origin = "issuer.example/switchboard";
  int64_t time_us = 1'767'225'600'000'000;  // of the last entry
  int64_t order = 0;                        // of it
  int page_max = 3;
  std::map<std::string, std::vector<v1::AuditEntry>> chains;
  std::vector<Range> ranges;
  std::vector<Hash> leaves;
  std::string root;                // as it is told
  std::vector<std::string> notes;  // checkpoints that it keeps
  // By table its rows: of each the digest of its key, and that of all of it.
  std::map<std::string, std::map<uint64_t, uint64_t>> tables;
  std::function<void(const v1::DigestRowsRequest&)> before_rows;  // it answers

 private:
  static void AddRow(uint64_t row, uint64_t content, std::string* rows) {
    for (const uint64_t number : {row, content})
      for (int shift = 0; shift < 64; shift += 8)
        rows->push_back(static_cast<char>(number >> shift & 0xff));
  }

  std::shared_ptr<const Ed25519Signer> signer_;
};

}  // namespace switchboard::audit
