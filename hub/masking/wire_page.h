#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "hub/masking/masker.h"
#include "hub/masking/to_vendor.h"
#include "hub/masking/wire_guard.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::masking {

// Of a row whose work is being recalled.
struct FrameRecall {
  v1::RecallReason reason = v1::RECALL_REASON_UNSPECIFIED;
  absl::Time final_time;
  bool objected = false;
};

// What of a row is the hub's own. Nothing of anybody fits in.
struct RowFrame {
  std::string assignment_id;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  std::vector<v1::Act> acts = {};
  std::optional<absl::Time> expire_time = {};  // shown by the hour (CoarseTime), as the recall's
  std::optional<FrameRecall> recall = {};
};

// The records behind a row, read and as their boxes hold them.
struct OpenedRecord {
  const v1::Person& person;
  const v1::Account& account;
  std::string person_bytes;
  std::string account_bytes;
};

// A row that must not leave.
struct WithheldChange {
  Finding finding;
  std::string assignment_id;
  v1::Assignment assigned;  // what would have been shown
};

// A page of a feed as it may leave.
class ShownPage {
 public:
  ShownPage() = default;  // of no feed
  // One that says that nothing is new, or that it is not known yet.
  static ShownPage Heartbeat(const v1::Cursor& at, bool caught_up);

  const v1::Cursor& after() const { return after_; }
  const v1::Cursor& through() const { return through_; }
  int changes() const { return static_cast<int>(changes_.size()); }
  bool caught_up() const { return caught_up_; }
  void set_caught_up(bool caught_up) { caught_up_ = caught_up; }
  // Whether it brings the vendor's cursor on.
  bool Advances() const { return through_.sequence() > after_.sequence(); }
  // Whether rows were left out of it, which the vendor's cursor is to pass all the same.
  bool skips() const { return skips_; }

  // The rows that show an assignment, or no more than that there is one, each as it leaves: a
  // serialized Assignment.
  void ForEachRow(
      absl::FunctionRef<void(const std::string& assignment_id, std::string_view row)> visit) const;
  // Leaves the rows of these out; what tells that they were withdrawn stays.
  void LeaveOut(const std::vector<std::string>& assignment_ids);

  // As the vendor reads it.
  v1::SyncResponse::Batch Read() const;

 private:
  friend class WirePage;
  friend class StreamMessage;

  struct Change {
    std::string assignment_id;
    std::string bytes;     // with tag and length
    size_t row_bytes = 0;  // of the Assignment, which stands last; 0: a withdrawal
  };

  std::string Serialized() const;  // a Batch

  v1::Cursor after_;
  v1::Cursor through_;
  std::vector<Change> changes_;
  bool caught_up_ = false;
  bool skips_ = false;
};

// Where a page ends.
struct PageEnd {
  size_t bytes_max = 0;  // of its changes, but it has one at least
  int rows_max = 0;      // that were asked for
  int64_t newest = 0;    // sequence of the feed
};

// Makes a page of a feed: masks its rows, looks at each once more as it would be sent, and leaves
// out what must not be. The only maker of rows. Of one thread.
class WirePage {
 public:
  explicit WirePage(const v1::Cursor& after) { shown_.after_ = shown_.through_ = after; }

  // In the order of the feed. What they return is the row's place.
  void AddWithdrawal(int64_t sequence, const std::string& assignment_id, v1::WithdrawReason reason);
  // One of which nothing but the frame is shown: work that the contract does not list any more.
  void AddFrame(int64_t sequence, const RowFrame& frame);
  // `masker` and `guard`, of one contract and the row's work, outlive the page.
  size_t AddRow(int64_t sequence, const RowFrame& frame, const Masker& masker,
                const WireGuard& guard, OpenedRecord record, absl::Time now);

  // Of a row with records. As Masker::MaskPromises and MaskHandedOver.
  void ShowPromises(size_t place, const ShownPromise* promise, const ShownPromise* proposed);
  void ShowHandOver(size_t place, const ShownHandOver& hand_over);

  struct Made {
    ShownPage page;
    std::vector<WithheldChange> withheld;
  };
  // The page, whose changes are in RandomOrder: in the feed's order two vendors' pages of the same
  // people would tell who is whom. What is withheld is behind its cursor as what is shown.
  Made Make(const PageEnd& end) &&;

 private:
  struct Row {
    int64_t sequence = 0;
    v1::SyncResponse::Change change;
    const Masker* masker = nullptr;    // null: no records
    const WireGuard* guard = nullptr;  // null: a withdrawal
    std::string person_bytes = {};
    std::string account_bytes = {};
  };
  Row& Add(int64_t sequence, const RowFrame& frame);

  ShownPage shown_;
  std::vector<Row> rows_;
};

// What is sent on a Sync stream.
class StreamMessage {
 public:
  static ToVendor<v1::SyncResponse> Of(const ShownPage& page);
  // Of these two nothing is personal; tests/tree/descriptor_test holds them to that.
  static ToVendor<v1::SyncResponse> Of(v1::SyncResponse::Opened opened);
  static ToVendor<v1::SyncResponse> Of(v1::SyncResponse::WithdrawnNow withdrawn);
};

}  // namespace switchboard::masking
