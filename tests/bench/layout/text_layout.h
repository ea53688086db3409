#pragma once

#include <string>
#include <string_view>

#include "tests/bench/layout/layout.h"

namespace switchboard::bench {

#define ASSIGNMENT_COLUMNS                                                                       \
  "assignment_id, vendor_id, vendor_group, person_id, account_id, work_type, placement, ended, " \
  "segment, place_time, assignment.expire_time, recall_reason, recall_time, recall_objected, "   \
  "recall_place_again, country, review_time, withdraw_time"
inline constexpr std::string_view kAssignmentKinds = "tttttiiitiiiiiitii";

// The hub's tables as they are, or without some indexes. The statements are those of hub/book,
// hub/assignments, hub/feed, hub/permits and hub/outcomes, word for word but where an index is
// missing.
class TextLayout final : public Layout {
 public:
  explicit TextLayout(const Indexes& indexes) : indexes_(indexes) {}

  void Define(storage::WriterConnection& lane) const override;
  void LookUp(storage::Connection& writer, absl::Span<BookAccount> piece) override;
  void Put(storage::Connection& writer, absl::Span<BookAccount> piece, int64_t now_us) override;
  void Place(storage::Connection& writer, int vendor, absl::Span<BookAccount* const> added,
             int64_t sequence, int64_t now_us) override;
  void Touch(storage::Connection& writer, absl::Span<BookAccount* const> known,
             int64_t sequence) override;
  void EndGroup(storage::Connection& writer) override;
  FeedPage ReadPage(storage::Connection& reader, int vendor, int64_t after, int64_t newest,
                    int limit) override;
  void Disclose(storage::Connection& writer, int64_t sequence, int vendor, const FeedPage& page,
                int64_t now_us) override;
  Handle GivePermit(storage::Connection& writer, int vendor, const PermitRequest& request,
                    int64_t now_us) override;
  void ReleasePermit(storage::Connection& writer, int vendor, const Handle& permit) override;
  void LookUp(storage::Connection& writer, int vendor, absl::Span<OutcomeReport> piece,
              int64_t day) override;
  void Insert(storage::Connection& writer, int vendor, absl::Span<const OutcomeReport> reports,
              int64_t sequence, int64_t day) override;
  int64_t WalkLive(storage::Connection& reader, int vendor) override;
  int64_t CountDue(storage::Connection& reader, int64_t now_us) override;

 private:
  const Indexes indexes_;
  // Of the group's assignments.
  std::string first_id_;
  std::string last_id_;
  int64_t expire_time_us_ = 0;
};

}  // namespace switchboard::bench
