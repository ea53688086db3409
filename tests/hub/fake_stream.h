#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "hub/api/vendor_api.h"
#include "hub/base/mutex.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard::testing {

// Where a stream's messages go in these tests. Thread-safe.
class FakeOutlet final : public sync::Outlet {
 public:
  void Send(masking::ToVendor<v1::SyncResponse> message) override {
    const v1::SyncResponse response = message.Read();
    MutexLock lock(mutex_);
    EXPECT_TRUE(finished_.empty()) << "sent after the end";
    if (response.has_withdrawn_now()) {
      withdrawn_now_.push_back(response.withdrawn_now());
      return;
    }
    if (!response.has_batch()) {
      EXPECT_TRUE(!opened_);
      opened_ = true;
      through_ = response.opened().cursor();
      return;
    }
    const auto& batch = response.batch();
    // The chain: each batch begins where the one before ended.
    EXPECT_EQ(batch.after().SerializeAsString(), through_.SerializeAsString());
    through_ = batch.through();
    changes_ += batch.changes_size();
    largest_batch_ = std::max(largest_batch_, batch.ByteSizeLong());
    caught_up_ = batch.caught_up();
    for (const auto& change : batch.changes()) {
      if (change.has_assigned()) {
        rows_[change.assigned().assignment_id()] = change.assigned();
        told_.push_back(change.assigned().assignment_id());
      } else {
        rows_.erase(change.withdrawn().assignment_id());
      }
    }
  }
  void Finish(const absl::Status& status) override {
    MutexLock lock(mutex_);
    finished_.push_back(status.ok() ? "OK" : ErrorReason(status));
  }

  v1::SyncRequest Ack() {
    MutexLock lock(mutex_);
    v1::SyncRequest request;
    *request.mutable_ack()->mutable_cursor() = through_;
    return request;
  }
  int changes() {
    MutexLock lock(mutex_);
    return changes_;
  }
  // Bytes of the largest batch.
  size_t largest_batch() {
    MutexLock lock(mutex_);
    return largest_batch_;
  }
  bool opened() {
    MutexLock lock(mutex_);
    return opened_;
  }
  bool caught_up() {
    MutexLock lock(mutex_);
    return caught_up_;
  }
  std::set<std::string> rows() {
    MutexLock lock(mutex_);
    std::set<std::string> ids;
    for (const auto& [id, row] : rows_) ids.insert(id);
    return ids;
  }
  // Ids of rows in the order in which they came, each as often as it did.
  std::vector<std::string> told() {
    MutexLock lock(mutex_);
    return told_;
  }
  // A row as it was shown last; an empty one when the vendor does not have it.
  v1::Assignment row(const std::string& assignment_id) {
    MutexLock lock(mutex_);
    const auto found = rows_.find(assignment_id);
    return found == rows_.end() ? v1::Assignment() : found->second;
  }
  // In the order in which they came.
  std::vector<v1::SyncResponse::WithdrawnNow> withdrawn_now() {
    MutexLock lock(mutex_);
    return withdrawn_now_;
  }
  std::vector<std::string> finished() {
    MutexLock lock(mutex_);
    return finished_;
  }

 private:
  Mutex mutex_;
  bool opened_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool caught_up_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  int changes_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  size_t largest_batch_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  v1::Cursor through_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<std::string, v1::Assignment> rows_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<std::string> told_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<v1::SyncResponse::WithdrawnNow> withdrawn_now_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<std::string> finished_ SWITCHBOARD_GUARDED_BY(mutex_);
};

inline v1::SyncRequest OpenRequest(int window = 0, const v1::Cursor& cursor = {}) {
  v1::SyncRequest request;
  request.mutable_open()->set_window(window);
  *request.mutable_open()->mutable_cursor() = cursor;
  return request;
}

// One stream of sakura; Detach before the outlet goes.
struct OpenStream {
  OpenStream(HubWorld& world, int window = 0, const v1::Cursor& cursor = {},
             const std::string& vendor = "sakura")
      : stream(world.hub().vendor_api().OpenStream(VendorPeer(vendor), &outlet)) {
    stream->OnRequest(OpenRequest(window, cursor));
    world.Settle();
  }
  ~OpenStream() { stream->Detach(); }

  FakeOutlet outlet;
  std::shared_ptr<sync::SyncStream> stream;
};

}  // namespace switchboard::testing
