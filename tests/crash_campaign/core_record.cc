#include "tests/crash_campaign/core_record.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/demo/parties/monotonic.h"
#include "google/protobuf/util/time_util.h"

namespace switchboard::crash {
namespace {

using demo::MonotonicNanos;
using google::protobuf::util::TimeUtil;
using Import = v1::ImportAccountsResponse;
using Post = v1::PostEventsResponse;

// Whom an event stops; nothing for a lift.
std::optional<invariants::AcknowledgedStop> StopOf(const v1::CoreEvent& event) {
  invariants::AcknowledgedStop stop;
  stop.event_id = event.event_id();
  switch (event.event_case()) {
    case v1::CoreEvent::kPayment:
      stop.account_id = event.payment().account_id();
      return stop;
    case v1::CoreEvent::kClosure:
      stop.account_id = event.closure().account_id();
      return stop;
    case v1::CoreEvent::kPlaceStop: {
      const auto& placed = event.place_stop();
      stop.account_id = placed.account_id();
      stop.person_id =
          placed.has_contact_point() ? placed.contact_point().person_id() : placed.person_id();
      stop.contact_point_id = placed.contact_point().contact_point_id();
      return stop;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

FilePart CoreRecord::Append(const std::string& source, std::vector<v1::AccountRecord> records) {
  MutexLock lock(mutex_);
  auto& file = files_[source];
  const FilePart part{source, file.size(), records.size()};
  const auto as_of = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(clock_.Now()));
  for (v1::AccountRecord& record : records) {
    *record.mutable_as_of_time() = as_of;
    file.emplace_back().record = std::move(record);
  }
  return part;
}

v1::AccountRecord CoreRecord::At(const std::string& source, size_t place) const {
  MutexLock lock(mutex_);
  return files_.at(source)[place].record;
}

FilePart CoreRecord::Whole(const std::string& source) const {
  MutexLock lock(mutex_);
  const auto file = files_.find(source);
  return {source, 0, file == files_.end() ? 0 : file->second.size()};
}

void CoreRecord::ImportBegins(const FilePart& part) {
  const int64_t now = MonotonicNanos();
  MutexLock lock(mutex_);
  for (size_t i = part.from; i < part.from + part.count; ++i) {
    Line& line = files_[part.source][i];
    if (line.sent_at == 0) line.sent_at = now;
    // The client tries again by itself, so any of its attempts may be the one that was answered.
    if (line.answered_at == 0) line.call_at = line.sent_at;
  }
}

void CoreRecord::Answered(const FilePart& part, const v1::ImportAccountsResponse& response,
                          bool again) {
  const int64_t now = MonotonicNanos();
  MutexLock lock(mutex_);
  std::vector<Import::Receipt> receipts(part.count);
  for (const auto& receipt : response.receipts()) {
    if (receipt.index() < 0 || static_cast<size_t>(receipt.index()) >= part.count) {
      Say(absl::StrCat("source ", part.source, ": a receipt for record ", receipt.index(), " of ",
                       part.count));
      continue;
    }
    receipts[static_cast<size_t>(receipt.index())] = receipt;
  }
  for (size_t i = 0; i < part.count; ++i) {
    Line& line = files_[part.source][part.from + i];
    Judge(line, receipts[i].status(), again);
    if (line.answered_at != 0) continue;
    line.answered_at = now;
    line.answer = receipts[i];
  }
  int64_t& through = through_[part.source];
  if (response.through() < through) {
    Say(absl::StrCat("source ", part.source, " went back from ", through, " to ",
                     response.through()));
  }
  through = std::max(through, response.through());
}

void CoreRecord::Judge(Line& line, v1::ImportAccountsResponse::Status status, bool again) {
  const std::string& account_id = line.record.account().account_id();
  const auto unexpected = [&]() SWITCHBOARD_REQUIRES(mutex_) {
    Say(absl::StrCat(
        "record ", line.record.sequence(), " of account ", account_id, " was answered ",
        status == Import::STATUS_UNSPECIFIED ? "as accepted" : Import::Status_Name(status),
        again ? " when it was sent again" : ""));
  };
  switch (status) {
    case Import::STATUS_UNSPECIFIED:
    case Import::STATUS_NOT_PLACED:
      // What was acknowledged before is no news any more, unless the hub has lost it.
      if (line.acknowledged || line.refused) unexpected();
      line.acknowledged = true;
      line.placed = line.placed || status == Import::STATUS_UNSPECIFIED;
      break;
    case Import::STATUS_REPEATED:
      if (line.refused) unexpected();
      line.acknowledged = true;
      line.found = line.found || again;
      break;
    case Import::STATUS_INVALID:
      if (line.acknowledged) unexpected();
      line.refused = true;
      break;
    default:
      unexpected();
  }
}

void CoreRecord::AnsweredThrough(const std::string& source, int64_t through) {
  MutexLock lock(mutex_);
  int64_t& known = through_[source];
  if (through < known) {
    Say(absl::StrCat("source ", source, " was answered through ", known, " and stands at ",
                     through));
  }
  known = std::max(known, through);
}

size_t CoreRecord::Append(const v1::CoreEvent& event) {
  MutexLock lock(mutex_);
  const size_t number = events_.size();
  event_numbers_[event.event_id()] = number;
  events_.push_back({event});
  return number;
}

v1::CoreEvent CoreRecord::Event(size_t number) const {
  MutexLock lock(mutex_);
  return events_[number].event;
}

size_t CoreRecord::events() const {
  MutexLock lock(mutex_);
  return events_.size();
}

void CoreRecord::PostBegins(const std::vector<size_t>& numbers) {
  MutexLock lock(mutex_);
  const int64_t now_us = absl::ToUnixMicros(clock_.Now());
  for (const size_t number : numbers) {
    const v1::CoreEvent& event = events_[number].event;
    if (events_[number].received_from_us == 0) events_[number].received_from_us = now_us;
    if (!event.has_lift_stop()) continue;
    const auto lifted = event_numbers_.find(event.lift_stop().stop_event_id());
    if (lifted == event_numbers_.end()) continue;
    int64_t& lift_sent_at = events_[lifted->second].lift_sent_at;
    lift_sent_at = std::min(lift_sent_at, MonotonicNanos());
  }
}

void CoreRecord::Posted(const std::vector<size_t>& numbers, const v1::PostEventsResponse& response,
                        bool again) {
  const int64_t now = MonotonicNanos();
  MutexLock lock(mutex_);
  ++posts_answered_;
  if (response.receipts_size() != static_cast<int>(numbers.size())) {
    return Say(absl::StrCat(numbers.size(), " events were answered with ", response.receipts_size(),
                            " receipts"));
  }
  for (size_t i = 0; i < numbers.size(); ++i) {
    Posting& posting = events_[numbers[i]];
    Judge(posting, response.receipts(static_cast<int>(i)).status(), again);
    if (posting.acknowledged_at == 0) posting.acknowledged_at = now;
  }
}

int64_t CoreRecord::posts_answered() const {
  MutexLock lock(mutex_);
  return posts_answered_;
}

void CoreRecord::Judge(Posting& posting, v1::PostEventsResponse::Status status, bool again) {
  const auto unexpected = [&]() SWITCHBOARD_REQUIRES(mutex_) {
    Say(absl::StrCat("event ", posting.event.event_id(), " was answered ",
                     Post::Status_Name(status), again ? " when it was posted again" : ""));
  };
  switch (status) {
    case Post::STATUS_ACCEPTED:
    case Post::STATUS_UNKNOWN_SUBJECT:
      // A lift that came before its stop ends it when it is sent again.
      if (again && posting.acknowledged && posting.event.has_lift_stop()) {
        posting.found = true;
        break;
      }
      if (posting.acknowledged || posting.refused) unexpected();
      posting.acknowledged = true;
      break;
    case Post::STATUS_REPEATED:
      if (posting.refused) unexpected();
      posting.acknowledged = true;
      posting.found = posting.found || again;
      break;
    case Post::STATUS_INVALID:
      if (posting.acknowledged) unexpected();
      posting.refused = true;
      break;
    default:
      unexpected();
  }
}

void CoreRecord::Kept(const v1::ReadCoreFeedResponse& response) {
  MutexLock lock(mutex_);
  outcomes_.insert(outcomes_.end(), response.items().begin(), response.items().end());
}

int64_t CoreRecord::kept_through() const {
  MutexLock lock(mutex_);
  return outcomes_.empty() ? 0 : outcomes_.back().sequence();
}

void CoreRecord::Complain(std::string what) {
  MutexLock lock(mutex_);
  Say(std::move(what));
}

void CoreRecord::BeginLastCount() {
  MutexLock lock(mutex_);
  for (auto& [source, file] : files_) {
    for (Line& line : file) {
      line.owed = line.acknowledged;
      line.found = false;
    }
  }
  for (Posting& posting : events_) {
    posting.owed = posting.acknowledged;
    posting.found = false;
  }
  through_owed_ = through_;
}

invariants::SentRecord CoreRecord::SentRecordOf(const Line& line) {
  invariants::SentRecord record;
  record.account_id = line.record.account().account_id();
  record.person_id = line.record.person().person_id();
  record.as_of_us = TimeUtil::TimestampToMicroseconds(line.record.as_of_time());
  record.sent_at = line.sent_at;
  record.call_at = line.call_at;
  record.answered_at = line.answered_at;
  record.answer = line.answer.status();
  record.not_placed = line.answer.not_placed_reason();
  record.content = line.record;
  return record;
}

void CoreRecord::FillIn(invariants::Ledger& ledger) const {
  MutexLock lock(mutex_);
  for (const auto& [source, file] : files_) {
    for (const Line& line : file) {
      if (line.placed) ledger.placed_accounts.push_back(line.record.account().account_id());
      if (line.sent_at != 0) ledger.records.push_back(SentRecordOf(line));
    }
  }
  ledger.through = through_owed_;
  for (const Posting& posting : events_) {
    if (!posting.owed) continue;
    ledger.acknowledged_events.push_back(posting.event.event_id());
    auto stop = StopOf(posting.event);
    if (!stop.has_value()) continue;
    stop->acknowledged_at = posting.acknowledged_at;
    stop->lift_sent_at = posting.lift_sent_at;
    if (posting.event.has_payment()) {
      stop->settled_until_us =
          std::max(TimeUtil::TimestampToMicroseconds(posting.event.payment().pay_time()),
                   posting.received_from_us);
    }
    ledger.stops.push_back(*std::move(stop));
  }
  ledger.items_read = outcomes_;
}

invariants::Violations CoreRecord::complaints() const {
  MutexLock lock(mutex_);
  return complaints_;
}

CoreRecord::Count CoreRecord::accounts() const {
  MutexLock lock(mutex_);
  Count count;
  for (const auto& [source, file] : files_) {
    for (const Line& line : file) {
      count.acknowledged += line.owed ? 1 : 0;
      count.found += line.owed && line.found ? 1 : 0;
    }
  }
  return count;
}

CoreRecord::Count CoreRecord::posted_events() const {
  MutexLock lock(mutex_);
  Count count;
  for (const Posting& posting : events_) {
    count.acknowledged += posting.owed ? 1 : 0;
    count.found += posting.owed && posting.found ? 1 : 0;
  }
  return count;
}

}  // namespace switchboard::crash
