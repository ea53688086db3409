#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "switchboard/v1/core_service.pb.h"
#include "tests/invariants/invariants.h"

namespace switchboard::crash {

// Records of one source, as they lie in the core's file: from `from` on, `count` of them.
struct FilePart {
  std::string source;
  size_t from = 0;
  size_t count = 0;
};

// What the core has sent and what it was answered. Outlives every hub. Thread-safe.
class CoreRecord {
 public:
  // `clock` is that of the hub's machine, and must outlive the record.
  explicit CoreRecord(Clock& clock) : clock_(clock) {}

  // Appends to the file of a source, as read now; the part that is new. However late a record is
  // sent, and however often, it stays true as of then.
  FilePart Append(const std::string& source, std::vector<v1::AccountRecord> records);
  v1::AccountRecord At(const std::string& source, size_t place) const;
  // Everything that was appended.
  FilePart Whole(const std::string& source) const;

  // Before each import of a part.
  void ImportBegins(const FilePart& part);
  // One answer to `part`. `again`: all of it was sent and answered before, so that nothing in it
  // may be news.
  void Answered(const FilePart& part, const v1::ImportAccountsResponse& response, bool again);
  // What the hub says when asked how far a source is.
  void AnsweredThrough(const std::string& source, int64_t through);

  // A new event; its number.
  size_t Append(const v1::CoreEvent& event);
  v1::CoreEvent Event(size_t number) const;
  size_t events() const;
  void PostBegins(const std::vector<size_t>& numbers);
  // `again`: all of them were posted and answered before.
  void Posted(const std::vector<size_t>& numbers, const v1::PostEventsResponse& response,
              bool again);
  // How many posts were answered so far. One is under way at a time: the second answer after a
  // moment is to one that was sent after it.
  int64_t posts_answered() const;

  void Kept(const v1::ReadCoreFeedResponse& response);
  int64_t kept_through() const;

  // Something that the core may never hear.
  void Complain(std::string what);

  // From now on everything is sent once more: what is known then counts as found. What was not
  // acknowledged before owes nothing, however it is answered now.
  void BeginLastCount();

  // Puts what the core was told into the ledger.
  void FillIn(invariants::Ledger& ledger) const;
  invariants::Violations complaints() const;

  // What was acknowledged, and how much of it was known at the last count.
  struct Count {
    int64_t acknowledged = 0;
    int64_t found = 0;
  };
  Count accounts() const;
  Count posted_events() const;

 private:
  struct Line {
    v1::AccountRecord record;  // with its own as_of_time
    int64_t sent_at = 0;       // first, …
    int64_t call_at = 0;       // … and last before it was first answered
    int64_t answered_at = 0;
    v1::ImportAccountsResponse::Receipt answer;  // the first one
    bool acknowledged = false;                   // accepted, or known
    bool owed = false;                           // acknowledged before the last count
    bool placed = false;                         // accepted and placed
    bool refused = false;
    bool found = false;
  };
  struct Posting {
    v1::CoreEvent event;
    bool acknowledged = false;
    bool owed = false;
    bool refused = false;
    bool found = false;
    int64_t lift_sent_at = INT64_MAX;
    int64_t acknowledged_at = 0;
    int64_t received_from_us = 0;  // by the hub's clock: it was first sent then
  };

  static invariants::SentRecord SentRecordOf(const Line& line);
  void Judge(Line& line, v1::ImportAccountsResponse::Status status, bool again)
      SWITCHBOARD_REQUIRES(mutex_);
  void Judge(Posting& posting, v1::PostEventsResponse::Status status, bool again)
      SWITCHBOARD_REQUIRES(mutex_);
  void Say(std::string what) SWITCHBOARD_REQUIRES(mutex_) {
    complaints_.push_back(std::move(what));
  }

  Clock& clock_;
  mutable Mutex mutex_;
  std::map<std::string, std::vector<Line>> files_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> through_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> through_owed_ SWITCHBOARD_GUARDED_BY(mutex_);  // likewise
  std::vector<Posting> events_ SWITCHBOARD_GUARDED_BY(mutex_);
  int64_t posts_answered_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  std::map<std::string, size_t> event_numbers_ SWITCHBOARD_GUARDED_BY(mutex_);  // by event id
  std::vector<v1::CoreItem> outcomes_ SWITCHBOARD_GUARDED_BY(mutex_);           // as kept
  invariants::Violations complaints_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::crash
