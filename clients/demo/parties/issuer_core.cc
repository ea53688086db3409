#include "clients/demo/parties/issuer_core.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/demo/parties/demo_day.h"
#include "clients/demo/parties/monotonic.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr int64_t kIdleNanos = 2'000'000'000;

// Its marks, and behind them what a correction changed: "MARK_CORRECTION changed:note".
std::string MarksOf(const v1::RecordedOutcome& recorded) {
  const std::string marks = absl::StrJoin(recorded.marks(), ",", [](std::string* out, int mark) {
    absl::StrAppend(out,
                    v1::RecordedOutcome::Mark_Name(static_cast<v1::RecordedOutcome::Mark>(mark)));
  });
  if (recorded.changed_fields().empty()) return marks;
  return absl::StrCat(marks, " changed:", absl::StrJoin(recorded.changed_fields(), ","));
}

// An item of the feed as the ledger has it.
std::string LineOf(const v1::CoreItem& item) {
  const std::string sequence = absl::StrCat(item.sequence()), message = MessageCell(item);
  if (item.has_promise()) {
    const v1::PromiseChange& change = item.promise();
    return LedgerLine({sequence, change.vendor_id(), change.outcome_id(),
                       absl::StrCat(change.outcome_version()), change.account_id(),
                       v1::PromiseStanding_Name(change.standing()), "", message});
  }
  if (item.has_hand_over()) {
    const v1::HandOver& hand_over = item.hand_over();
    return LedgerLine({sequence, hand_over.from_vendor_id(), hand_over.former_assignment_id(), "",
                       hand_over.account_id(), v1::HandOverReason_Name(hand_over.reason()), "",
                       message});
  }
  if (item.has_person_request()) {
    const v1::PersonRequest& asked = item.person_request();
    return LedgerLine({sequence, "", asked.request_id(), "", asked.person_id(),
                       v1::PersonRequest_Kind_Name(asked.kind()), "", message});
  }
  const v1::RecordedOutcome& recorded = item.outcome();
  return LedgerLine({sequence, recorded.vendor_id(), recorded.outcome().outcome_id(),
                     absl::StrCat(recorded.outcome().version()), recorded.account_id(),
                     v1::Disposition_Name(recorded.outcome().result().disposition()),
                     MarksOf(recorded), message});
}

}  // namespace

IssuerCore::IssuerCore(clients::CoreClient& client, const Population& population, uint64_t seed,
                       std::string folder, Clock& clock)
    : client_(client),
      population_(population),
      folder_(std::move(folder)),
      clock_(clock),
      plan_(PlanEvents(population, seed)),
      payments_(population, plan_) {}

absl::Status IssuerCore::Open() {
  ASSIGN_OR_RETURN(outcomes_, AppendFile::Open(folder_ + "/outcomes"));
  ASSIGN_OR_RETURN(events_, AppendFile::Open(folder_ + "/events"));
  RETURN_IF_ERROR(ForEachLine(folder_ + "/outcomes",
                              [this](const LedgerCells& cells) { return ReadItem(cells); }));
  return ForEachLine(folder_ + "/events", [this](const LedgerCells& cells) {
    ReadLine(cells);
    return absl::OkStatus();
  });
}

// A line of the feed that an earlier run has read.
absl::Status IssuerCore::ReadItem(const LedgerCells& cells) {
  v1::CoreItem item;
  RETURN_IF_ERROR(ReadMessage(cells, 7, &item));
  kept_ = item.sequence();
  outcomes_kept_ += item.has_outcome() ? 1 : 0;
  MutexLock lock(mutex_);
  if (item.has_promise()) payments_.Note(item.promise());
  return absl::OkStatus();
}

// A line of the events of an earlier run.
void IssuerCore::ReadLine(const LedgerCells& cells) {
  MutexLock lock(mutex_);
  if (cells[0] == "read") {
    read_us_[std::string(cells[1])] = NumberIn(cells[2]);
  } else if (cells[0] == "imported") {
    imported_.emplace(cells[1]);
  } else if (cells[0] != "receipt" && IsPromisedPayment(std::string(cells[1]))) {
    payments_.Paid(std::string(cells[2]));
  } else if (cells[0] != "receipt") {
    ++posted_;
  }
}

absl::StatusOr<int64_t> IssuerCore::ReadTime(const std::string& source) {
  int64_t read_us = 0;
  bool first = false;
  {
    MutexLock lock(mutex_);
    const auto found = read_us_.emplace(source, absl::ToUnixMicros(clock_.Now()));
    read_us = found.first->second;
    first = found.second;
  }
  // No other thread asks for the same source.
  if (first) {
    RETURN_IF_ERROR(events_->Append(LedgerLine({"read", source, absl::StrCat(read_us)})));
    RETURN_IF_ERROR(events_->Sync());
  }
  return read_us;
}

absl::Status IssuerCore::Import(const std::string& source, const std::vector<int64_t>& indexes) {
  {
    MutexLock lock(mutex_);
    if (imported_.contains(source)) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const int64_t as_of_us, ReadTime(source));
  const int64_t sent = MonotonicNanos();
  size_t next = 0;
  const auto read = [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
    if (next == indexes.size()) return false;
    record = population_.Record(indexes[next++]);
    return true;
  };
  std::string lines;
  const auto on_answer = [&](const v1::ImportAccountsResponse& answer) {
    for (const auto& receipt : answer.receipts()) {
      lines += LedgerLine({"receipt", source, absl::StrCat(receipt.sequence()),
                           v1::ImportAccountsResponse::Status_Name(receipt.status()),
                           v1::NotPlacedReason_Name(receipt.not_placed_reason())});
    }
  };
  ASSIGN_OR_RETURN(const clients::ImportSummary summary,
                   client_.ImportAccounts(source, absl::FromUnixMicros(as_of_us), read, on_answer));
  lines += LedgerLine({"imported", source, absl::StrCat(sent), absl::StrCat(MonotonicNanos()),
                       absl::StrCat(summary.through)});
  RETURN_IF_ERROR(events_->Append(lines));
  MutexLock lock(mutex_);
  imported_.insert(source);
  return absl::OkStatus();
}

absl::Status IssuerCore::ImportBook() {
  std::vector<int64_t> all(static_cast<size_t>(population_.size()));
  std::iota(all.begin(), all.end(), 0);
  RETURN_IF_ERROR(Import(kBookSource, all));
  last_kept_ns_ = MonotonicNanos();
  // Read now, before anything happens, and kept back until everything has.
  return ReadTime(kLateSource).status();
}

absl::Status IssuerCore::ImportLateFile() {
  std::vector<int64_t> paid;
  for (const PlannedEvent& planned : plan_) {
    if (planned.event.has_payment()) paid.push_back(population_.IndexOf(planned.account_id));
  }
  std::sort(paid.begin(), paid.end());
  return Import(kLateSource, paid);
}

absl::Status IssuerCore::Keep(const v1::ReadCoreFeedResponse& response) {
  std::string lines;
  int64_t outcomes = 0;
  for (const v1::CoreItem& item : response.items()) {
    lines += LineOf(item);
    outcomes += item.has_outcome() ? 1 : 0;
  }
  RETURN_IF_ERROR(outcomes_->Append(lines));
  RETURN_IF_ERROR(outcomes_->Sync());
  if (response.items().empty()) return absl::OkStatus();
  MutexLock lock(mutex_);
  for (const v1::CoreItem& item : response.items()) {
    if (item.has_promise()) payments_.Note(item.promise());
  }
  outcomes_kept_ += outcomes;
  kept_ = response.items().rbegin()->sequence();
  last_kept_ns_ = MonotonicNanos();
  kept_more_.NotifyAll();
  return absl::OkStatus();
}

absl::Status IssuerCore::ReadFeed() {
  clients::CoreFeedReaderOptions options;
  options.max_wait = absl::Seconds(1);
  clients::CoreFeedReader reader(client_, options);
  const absl::Status status = reader.Run(
      kept_, [this](const v1::ReadCoreFeedResponse& response) { return Keep(response); });
  return absl::IsCancelled(status) ? absl::OkStatus() : status;
}

bool IssuerCore::Due(const PlannedEvent& planned) const {
  if (kept_ >= planned.after_outcomes) return true;
  return MonotonicNanos() - last_kept_ns_ > kIdleNanos;
}

absl::Status IssuerCore::Post(const PlannedEvent& planned) {
  v1::PostEventsRequest request;
  v1::CoreEvent& event = *request.add_events();
  event = planned.event;
  // Money is booked when it is first told of: the same time whenever the event is sent again.
  if (event.has_payment()) {
    ASSIGN_OR_RETURN(const int64_t booked_us, ReadTime(event.event_id()));
    *event.mutable_payment()->mutable_pay_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(booked_us);
  }
  const int64_t sent = MonotonicNanos();
  const int64_t sent_us = absl::ToUnixMicros(clock_.Now());
  ASSIGN_OR_RETURN(const v1::PostEventsResponse response, client_.PostEvents(request));
  const int64_t acked = MonotonicNanos();
  if (response.receipts_size() != 1) {
    return Error(absl::StatusCode::kInternal, "RECEIPT_MISSING",
                 "an event was answered without a receipt");
  }
  const auto& receipt = response.receipts(0);
  return events_->Append(LedgerLine(
      {planned.event.event_id(), KindOf(planned), planned.account_id, planned.person_id,
       planned.contact_point_id, absl::StrCat(sent), absl::StrCat(acked),
       v1::PostEventsResponse::Status_Name(receipt.status()),
       absl::StrCat(receipt.withdrawn_assignments()), absl::StrCat(receipt.voided_permits()),
       absl::StrCat(sent_us), MessageCell(event)}));
}

void IssuerCore::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
  kept_more_.NotifyAll();
}

absl::Status IssuerCore::PostEvents() {
  while (posted_ < static_cast<int64_t>(plan_.size())) {
    const PlannedEvent& planned = plan_[static_cast<size_t>(posted_.load())];
    {
      MutexLock lock(mutex_);
      while (!stopped_ && !Due(planned)) kept_more_.WaitFor(mutex_, absl::Milliseconds(100));
      if (stopped_) return absl::OkStatus();
    }
    const absl::Status status = Post(planned);
    if (absl::IsCancelled(status)) return absl::OkStatus();
    RETURN_IF_ERROR(status);
    ++posted_;
  }
  return absl::OkStatus();
}

absl::Status IssuerCore::PayPromises() {
  for (;;) {
    std::optional<PlannedEvent> due;
    {
      MutexLock lock(mutex_);
      while (!stopped_ && !(due = payments_.Next(DayInTokyo(clock_.Now()))).has_value())
        kept_more_.WaitFor(mutex_, absl::Milliseconds(100));
      if (stopped_) return absl::OkStatus();
    }
    const absl::Status status = Post(*due);
    if (absl::IsCancelled(status)) return absl::OkStatus();
    RETURN_IF_ERROR(status);
    MutexLock lock(mutex_);
    payments_.Paid(due->account_id);
  }
}

ChildStatus IssuerCore::status() const {
  MutexLock lock(mutex_);
  return {{"kept", kept_},
          {"outcomes_kept", outcomes_kept_},
          {"imported", static_cast<int64_t>(imported_.size())},
          {"events_planned", static_cast<int64_t>(plan_.size())},
          {"events_posted", posted_},
          {"payments_due", payments_.CountDue(DayInTokyo(clock_.Now()))}};
}

}  // namespace switchboard::demo
