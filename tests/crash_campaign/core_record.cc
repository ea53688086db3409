#include "tests/crash_campaign/core_record.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/demo/parties/monotonic.h"

namespace switchboard::crash {
namespace {

using demo::MonotonicNanos;
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
  for (v1::AccountRecord& record : records) file.push_back({std::move(record)});
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
  MutexLock lock(mutex_);
  for (size_t i = part.from; i < part.from + part.count; ++i) {
    const std::string& account_id = files_[part.source][i].record.account().account_id();
    under_way_.insert(account_id);
    LiftPaymentsOf(account_id);
  }
}

void CoreRecord::ImportEnds(const FilePart& part) {
  MutexLock lock(mutex_);
  for (size_t i = part.from; i < part.from + part.count; ++i) {
    under_way_.erase(under_way_.find(files_[part.source][i].record.account().account_id()));
  }
}

void CoreRecord::LiftPaymentsOf(const std::string& account_id) {
  const auto [begin, end] = payments_.equal_range(account_id);
  for (auto payment = begin; payment != end; ++payment) {
    int64_t& lift_sent_at = events_[payment->second].lift_sent_at;
    lift_sent_at = std::min(lift_sent_at, MonotonicNanos());
  }
}

void CoreRecord::Answered(const FilePart& part, const v1::ImportAccountsResponse& response,
                          bool again) {
  MutexLock lock(mutex_);
  std::vector<Import::Status> statuses(part.count, Import::STATUS_UNSPECIFIED);
  for (const auto& receipt : response.receipts()) {
    if (receipt.index() < 0 || static_cast<size_t>(receipt.index()) >= part.count) {
      Say(absl::StrCat("source ", part.source, ": a receipt for record ", receipt.index(), " of ",
                       part.count));
      continue;
    }
    statuses[static_cast<size_t>(receipt.index())] = receipt.status();
  }
  for (size_t i = 0; i < part.count; ++i)
    Judge(files_[part.source][part.from + i], statuses[i], again);
  int64_t& through = through_[part.source];
  if (response.through() < through) {
    Say(absl::StrCat("source ", part.source, " went back from ", through, " to ",
                     response.through()));
  }
  through = std::max(through, response.through());
}

void CoreRecord::Judge(Line& line, v1::ImportAccountsResponse::Status status, bool again) {
  const std::string& account_id = line.record.account().account_id();
  const auto unexpected = [&] {
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
  if (event.has_payment()) payments_.emplace(event.payment().account_id(), number);
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
  for (const size_t number : numbers) {
    const v1::CoreEvent& event = events_[number].event;
    // An account under way already may reach the hub behind its payment.
    if (event.has_payment() && under_way_.contains(event.payment().account_id()))
      LiftPaymentsOf(event.payment().account_id());
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

void CoreRecord::Judge(Posting& posting, v1::PostEventsResponse::Status status, bool again) {
  const auto unexpected = [&] {
    Say(absl::StrCat("event ", posting.event.event_id(), " was answered ",
                     Post::Status_Name(status), again ? " when it was posted again" : ""));
  };
  switch (status) {
    case Post::STATUS_ACCEPTED:
    case Post::STATUS_UNKNOWN_SUBJECT:
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

void CoreRecord::Kept(const v1::ReadOutcomesResponse& response) {
  MutexLock lock(mutex_);
  outcomes_.insert(outcomes_.end(), response.outcomes().begin(), response.outcomes().end());
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
    for (Line& line : file) line.found = false;
  }
  for (Posting& posting : events_) posting.found = false;
}

void CoreRecord::FillIn(invariants::Ledger& ledger) const {
  MutexLock lock(mutex_);
  for (const auto& [source, file] : files_) {
    for (const Line& line : file) {
      if (line.placed) ledger.placed_accounts.push_back(line.record.account().account_id());
    }
  }
  ledger.through = through_;
  for (const Posting& posting : events_) {
    if (!posting.acknowledged) continue;
    ledger.acknowledged_events.push_back(posting.event.event_id());
    auto stop = StopOf(posting.event);
    if (!stop.has_value()) continue;
    stop->acknowledged_at = posting.acknowledged_at;
    stop->lift_sent_at = posting.lift_sent_at;
    ledger.stops.push_back(*std::move(stop));
  }
  ledger.outcomes_read = outcomes_;
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
      count.acknowledged += line.acknowledged ? 1 : 0;
      count.found += line.acknowledged && line.found ? 1 : 0;
    }
  }
  return count;
}

CoreRecord::Count CoreRecord::posted_events() const {
  MutexLock lock(mutex_);
  Count count;
  for (const Posting& posting : events_) {
    count.acknowledged += posting.acknowledged ? 1 : 0;
    count.found += posting.acknowledged && posting.found ? 1 : 0;
  }
  return count;
}

}  // namespace switchboard::crash
