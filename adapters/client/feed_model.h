#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/client/mirror.h"
#include "adapters/client/sync_protocol.h"
#include "adapters/client/vendor_file.h"
#include "gtest/gtest.h"
#include "hub/base/error.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/dying_connection.h"
#include "tests/testing.h"

// For the tests of this folder: messages in one line, a hub's feed in memory, and a vendor that can
// crash anywhere.

namespace switchboard::adapters {

using testing::DyingConnection;

inline v1::Cursor At(const std::string& generation, int64_t sequence) {
  v1::Cursor cursor;
  cursor.set_generation(generation);
  cursor.set_sequence(sequence);
  return cursor;
}

// A row `id` whose content tells `version`.
inline v1::SyncResponse::Change Assigned(const std::string& id, int version = 1) {
  v1::SyncResponse::Change change;
  change.mutable_assigned()->set_assignment_id(id);
  change.mutable_assigned()->mutable_account()->set_days_past_due(version);
  return change;
}

inline v1::SyncResponse::Change Withdrawn(const std::string& id) {
  v1::SyncResponse::Change change;
  change.mutable_withdrawn()->set_assignment_id(id);
  return change;
}

inline v1::SyncResponse::Batch BatchOf(const v1::Cursor& after, const v1::Cursor& through,
                                       const std::vector<v1::SyncResponse::Change>& changes,
                                       bool caught_up = false) {
  v1::SyncResponse::Batch batch;
  *batch.mutable_after() = after;
  *batch.mutable_through() = through;
  for (const auto& change : changes) *batch.add_changes() = change;
  batch.set_caught_up(caught_up);
  return batch;
}

// A hub's feed of one vendor: the rules of the protocol, in memory.
class FeedModel {
 public:
  void Put(const std::string& id, int version) { rows_[id] = {version, ++sequence_}; }
  void Withdraw(const std::string& id) {
    const auto row = rows_.find(id);
    if (row != rows_.end() && row->second.version.has_value()) row->second = {{}, ++sequence_};
  }

  // The rows that are live, with their versions.
  std::map<std::string, int> Live() const {
    std::map<std::string, int> live;
    for (const auto& [id, row] : rows_) {
      if (row.version.has_value()) live[id] = *row.version;
    }
    return live;
  }

  // Withdrawals behind `after`, by their place in the feed.
  std::vector<v1::SyncResponse::WithdrawnNow> Withdrawals(int64_t after) const {
    std::vector<v1::SyncResponse::WithdrawnNow> found;
    for (const auto& [id, row] : rows_) {
      if (row.version.has_value() || row.sequence <= after) continue;
      found.emplace_back().set_assignment_id(id);
      found.back().set_change_sequence(row.sequence);
    }
    return found;
  }

  void NewGeneration() {
    generation_ = "g" + std::to_string(++generations_);
    acked_ = 0;
    ++session_;
    std::erase_if(rows_, [](const auto& row) { return !row.second.version.has_value(); });
  }

  // Drops withdrawals: those that were acknowledged, or all, which begins a new generation if need
  // be.
  void Purge(bool all) {
    bool unacknowledged = false;
    std::erase_if(rows_, [&](const auto& row) {
      const bool goes = !row.second.version && (all || row.second.sequence <= acked_);
      unacknowledged |= goes && row.second.sequence > acked_;
      return goes;
    });
    if (unacknowledged) NewGeneration();
  }

  // The one resume rule. The session's number; `cursor` becomes where it goes on.
  int64_t Open(v1::Cursor& cursor) {
    ++session_;
    const bool goes_on = cursor.generation() == generation_ && acked_ <= cursor.sequence() &&
                         cursor.sequence() <= sequence_;
    if (goes_on) return session_;
    if (acked_ > 0) NewGeneration();
    cursor = At(generation_, 0);
    return session_;
  }

  v1::SyncResponse::Batch Page(int64_t after, size_t window) const {
    std::map<int64_t, std::string> newer;
    for (const auto& [id, row] : rows_) {
      if (row.sequence > after) newer[row.sequence] = id;
    }
    const bool more = newer.size() > window;
    std::vector<v1::SyncResponse::Change> changes;
    int64_t through = more ? after : std::max(after, sequence_);
    for (const auto& [sequence, id] : newer) {
      if (changes.size() == window) break;
      const Row& row = rows_.at(id);
      changes.push_back(row.version ? Assigned(id, *row.version) : Withdrawn(id));
      if (more) through = sequence;
    }
    return BatchOf(At(generation_, after), At(generation_, through), changes, !more);
  }

  // False: refused, of another session or generation.
  bool Ack(int64_t session, const v1::Cursor& cursor) {
    if (session != session_ || cursor.generation() != generation_) return false;
    EXPECT_LE(cursor.sequence(), sequence_) << "ack beyond the end of the feed";
    acked_ = std::max(acked_, cursor.sequence());
    return true;
  }

  int64_t session() const { return session_; }
  const std::string& generation() const { return generation_; }

 private:
  struct Row {
    std::optional<int> version;  // none: withdrawn
    int64_t sequence;
  };
  std::map<std::string, Row> rows_;
  int64_t sequence_ = 0;
  int64_t acked_ = 0;
  int64_t session_ = 0;
  int generations_ = 1;
  std::string generation_ = "g1";
};

// A vendor on the real mirror and protocol, in one thread, against a FeedModel.
class ModelVendor {
 public:
  explicit ModelVendor(std::string path) : path_(std::move(path)) { Restart(); }

  // What the process does after a crash, or after its file was replaced.
  void Restart() {
    mirror_.reset();
    file_.reset();
    protocol_ = std::make_unique<SyncProtocol>(SyncProtocolOptions{}, [] { return uint64_t{0}; });
    ASSERT_OK_AND_ASSIGN(auto connection, DyingConnection::Open(path_));
    connection_ = connection.get();
    ASSERT_OK_AND_ASSIGN(file_, VendorFile::Adopt(std::move(connection)));
    ASSERT_OK_AND_ASSIGN(mirror_, Mirror::Open(*file_));
  }

  // The process is gone, and its file with it.
  void LoseEverything() {
    Shut();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
    Restart();
  }
  void Backup() {
    Shut();
    std::filesystem::copy_file(path_, path_ + ".backup",
                               std::filesystem::copy_options::overwrite_existing);
    Restart();
  }
  void RestoreBackup() {
    Shut();
    std::filesystem::copy_file(path_ + ".backup", path_,
                               std::filesystem::copy_options::overwrite_existing);
    Restart();
  }

  // Opens a stream. Returns its session.
  int64_t Connect(FeedModel& hub) {
    Do(protocol_->OnDisconnected(now_, absl::OkStatus()));
    now_ += absl::Hours(1);  // past any delay
    Do(protocol_->OnTick(now_));
    Do(protocol_->OnConnected(now_, mirror_->cursor()));
    v1::Cursor cursor = mirror_->cursor();
    const int64_t session = hub.Open(cursor);
    v1::SyncResponse opened;
    *opened.mutable_opened()->mutable_cursor() = cursor;
    Do(protocol_->OnResponse(now_, opened));
    return session;
  }

  // Takes one page; false when the vendor wants to reconnect or was killed. `ack` is what it sends.
  bool Take(const v1::SyncResponse::Batch& batch, std::optional<v1::Cursor>* ack = nullptr) {
    acked_.reset();
    v1::SyncResponse response;
    *response.mutable_batch() = batch;
    Do(protocol_->OnResponse(now_, response));
    if (ack != nullptr) *ack = acked_;
    return acked_.has_value();
  }

  // Takes a withdrawal that overtook the feed.
  void Take(const v1::SyncResponse::WithdrawnNow& withdrawn) {
    v1::SyncResponse response;
    *response.mutable_withdrawn_now() = withdrawn;
    Do(protocol_->OnResponse(now_, response));
  }

  // Works until caught up, without faults.
  void CatchUp(FeedModel& hub, size_t window) {
    for (int sessions = 0; sessions < 10; ++sessions) {
      const int64_t session = Connect(hub);
      for (int pages = 0; pages < 1000; ++pages) {
        const auto page = hub.Page(mirror_->cursor().sequence(), window);
        if (!Take(page) || !hub.Ack(session, *acked_)) break;
        if (page.caught_up()) return;
      }
    }
    FAIL() << "did not converge";
  }

  std::map<std::string, int> Workable() {
    std::map<std::string, int> rows;
    auto found = mirror_->NextWorkable("", 1'000'000, now_);
    EXPECT_OK(found);
    for (const auto& row : *found) rows[row.assignment_id()] = row.account().days_past_due();
    return rows;
  }

  Mirror& mirror() { return *mirror_; }
  SyncProtocol& protocol() { return *protocol_; }
  DyingConnection& connection() { return *connection_; }

 private:
  void Shut() {
    mirror_.reset();
    file_.reset();  // SQLite folds its log into the file when the last connection closes
  }

  void Do(SyncProtocol::Actions actions) {
    for (size_t i = 0; i < actions.size(); ++i) {
      SyncProtocol::Actions next;
      if (auto* adopt = std::get_if<SyncProtocol::Adopt>(&actions[i])) {
        const v1::Cursor cursor = adopt->cursor;
        next = protocol_->OnStored(now_, cursor, mirror_->Opened(cursor));
      } else if (auto* store = std::get_if<SyncProtocol::Store>(&actions[i])) {
        const auto batch = store->batch;
        next = protocol_->OnStored(now_, batch.through(), mirror_->Apply(batch));
      } else if (auto* end = std::get_if<SyncProtocol::End>(&actions[i])) {
        const auto withdrawn = end->withdrawn;
        next = protocol_->OnEnded(now_, withdrawn.change_sequence(), mirror_->Withdraw(withdrawn));
      } else if (auto* send = std::get_if<SyncProtocol::Send>(&actions[i])) {
        if (send->request.has_ack()) acked_ = send->request.ack().cursor();
      }
      actions.insert(actions.end(), next.begin(), next.end());
    }
  }

  const std::string path_;
  std::unique_ptr<VendorFile> file_;
  std::unique_ptr<Mirror> mirror_;
  std::unique_ptr<SyncProtocol> protocol_;
  DyingConnection* connection_ = nullptr;
  std::optional<v1::Cursor> acked_;
  absl::Time now_ = absl::FromUnixSeconds(1767225600);
};

}  // namespace switchboard::adapters
