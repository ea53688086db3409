#pragma once

#include <string>

#include "tests/bench/layout/layout.h"

namespace switchboard::bench {

// Persons, accounts, assignments, permits and vendors under numbers; see KeyedByNumbers. A look-up
// of what nobody knows yet ends with the core's text, and what is known is asked for by number.
class NumberLayout final : public Layout {
 public:
  explicit NumberLayout(PublicIds ids) : stores_ids_(ids == PublicIds::kStored) {}

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
  // The number before the first of `count` that are taken.
  static int64_t TakeNumbers(storage::Connection& writer, const char* name, int64_t count);

  const bool stores_ids_;
  int64_t assignment_number_ = 0;  // the newest of those that the piece took
  // Of the group's assignments.
  int64_t first_number_ = 0;
  int64_t expire_time_us_ = 0;
};

}  // namespace switchboard::bench
