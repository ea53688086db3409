#include "clients/demo/parties/issuer_core.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/demo/parties/monotonic.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr int64_t kIdleNanos = 2'000'000'000;

}  // namespace

IssuerCore::IssuerCore(clients::CoreClient& client, const Population& population, uint64_t seed,
                       std::string folder)
    : client_(client),
      population_(population),
      folder_(std::move(folder)),
      plan_(PlanEvents(population, seed)) {}

absl::Status IssuerCore::Open() {
  ASSIGN_OR_RETURN(outcomes_, AppendFile::Open(folder_ + "/outcomes"));
  ASSIGN_OR_RETURN(events_, AppendFile::Open(folder_ + "/events"));
  RETURN_IF_ERROR(ForEachLine(folder_ + "/outcomes", [this](const LedgerCells& cells) {
    kept_ = NumberIn(cells[0]);
    return absl::OkStatus();
  }));
  return ForEachLine(folder_ + "/events", [this](const LedgerCells& cells) {
    if (cells[0] == "imported") {
      imported_ = true;
    } else if (cells[0] != "receipt") {
      ++posted_;
    }
    return absl::OkStatus();
  });
}

absl::Status IssuerCore::Import() {
  if (imported_) return absl::OkStatus();
  const int64_t sent = MonotonicNanos();
  int64_t next = 0;
  const auto read = [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
    if (next == population_.size()) return false;
    record = population_.Record(next++);
    return true;
  };
  std::string lines;
  const auto on_answer = [&](const v1::ImportAccountsResponse& answer) {
    for (const auto& receipt : answer.receipts()) {
      lines += LedgerLine({"receipt", absl::StrCat(receipt.sequence()),
                           v1::ImportAccountsResponse::Status_Name(receipt.status())});
    }
  };
  ASSIGN_OR_RETURN(const clients::ImportSummary summary,
                   client_.ImportAccounts(kBookSource, read, on_answer));
  lines += LedgerLine({"imported", absl::StrCat(sent), absl::StrCat(MonotonicNanos()),
                       absl::StrCat(summary.through), absl::StrCat(summary.streams)});
  RETURN_IF_ERROR(events_->Append(lines));
  last_kept_ns_ = MonotonicNanos();
  imported_ = true;
  return absl::OkStatus();
}

absl::Status IssuerCore::Keep(const v1::ReadOutcomesResponse& response) {
  std::string lines;
  for (const v1::RecordedOutcome& recorded : response.outcomes()) {
    const std::string marks = absl::StrJoin(recorded.marks(), ",", [](std::string* out, int mark) {
      absl::StrAppend(out,
                      v1::RecordedOutcome::Mark_Name(static_cast<v1::RecordedOutcome::Mark>(mark)));
    });
    lines += LedgerLine(
        {absl::StrCat(recorded.sequence()), recorded.vendor_id(), recorded.outcome().outcome_id(),
         absl::StrCat(recorded.outcome().version()), recorded.account_id(),
         v1::Disposition_Name(recorded.outcome().disposition()), marks, MessageCell(recorded)});
  }
  RETURN_IF_ERROR(outcomes_->Append(lines));
  RETURN_IF_ERROR(outcomes_->Sync());
  if (response.outcomes_size() > 0) {
    kept_ = response.outcomes(response.outcomes_size() - 1).sequence();
    last_kept_ns_ = MonotonicNanos();
    MutexLock lock(mutex_);
    kept_more_.NotifyAll();
  }
  return absl::OkStatus();
}

absl::Status IssuerCore::ReadOutcomes() {
  clients::OutcomeReaderOptions options;
  options.max_wait = absl::Seconds(1);
  clients::OutcomeReader reader(client_, options);
  const absl::Status status = reader.Run(
      kept_, [this](const v1::ReadOutcomesResponse& response) { return Keep(response); });
  return absl::IsCancelled(status) ? absl::OkStatus() : status;
}

bool IssuerCore::Due(const PlannedEvent& planned) const {
  if (kept_ >= planned.after_outcomes) return true;
  return imported_ && MonotonicNanos() - last_kept_ns_ > kIdleNanos;
}

absl::Status IssuerCore::Post(const PlannedEvent& planned) {
  v1::PostEventsRequest request;
  *request.add_events() = planned.event;
  const int64_t sent = MonotonicNanos();
  ASSIGN_OR_RETURN(const v1::PostEventsResponse response, client_.PostEvents(request));
  const int64_t acked = MonotonicNanos();
  if (response.receipts_size() != 1) {
    return Error(absl::StatusCode::kInternal, "RECEIPT_MISSING",
                 "an event was answered without a receipt");
  }
  const auto& receipt = response.receipts(0);
  return events_->Append(LedgerLine(
      {planned.event.event_id(), KindOf(planned.event), planned.account_id, planned.person_id,
       planned.contact_point_id, absl::StrCat(sent), absl::StrCat(acked),
       v1::PostEventsResponse::Status_Name(receipt.status()),
       absl::StrCat(receipt.withdrawn_assignments()), absl::StrCat(receipt.voided_permits())}));
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

ChildStatus IssuerCore::status() const {
  return {{"kept", kept_},
          {"imported", imported_ ? 1 : 0},
          {"events_planned", static_cast<int64_t>(plan_.size())},
          {"events_posted", posted_}};
}

}  // namespace switchboard::demo
