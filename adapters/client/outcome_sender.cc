#include "adapters/client/outcome_sender.h"

#include <algorithm>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::adapters {

OutcomeSender::OutcomeSender(Outbox& outbox, const transport::BackoffOptions& backoff,
                             std::function<uint64_t()> random, size_t hubs)
    : outbox_(outbox), round_(backoff, hubs), random_(std::move(random)) {}

absl::StatusOr<std::optional<v1::ReportOutcomesRequest>> OutcomeSender::Next(absl::Time now) {
  if (under_way_.has_value() || outbox_.pending() + outbox_.not_kept() == 0) return std::nullopt;
  if (now < delayed_at_) delayed_at_ = now;  // the clock stepped back
  if (now < again_at_) again_at_ = now;
  if (now - delayed_at_ < delay_) return std::nullopt;
  v1::ReportOutcomesRequest request;
  if (outbox_.not_kept() > 0 && now - again_at_ >= again_delay_) {
    ASSIGN_OR_RETURN(request, outbox_.NextNotKept(limit_));
  }
  again_under_way_ = !request.outcomes().empty();
  if (!again_under_way_) {
    ASSIGN_OR_RETURN(request, outbox_.NextBatch(limit_));
  }
  if (request.outcomes().empty()) return std::nullopt;
  under_way_ = request;
  return std::optional<v1::ReportOutcomesRequest>(std::move(request));
}

absl::StatusOr<std::vector<Outbox::Receipt>> OutcomeSender::OnAnswer(
    absl::Time now, const absl::StatusOr<v1::ReportOutcomesResponse>& answer) {
  SWITCHBOARD_ASSERT(under_way_.has_value());
  if (!answer.ok()) return OnRefusedCall(now, answer.status());
  const absl::Status believable = CheckReceipts(*answer);
  under_way_.reset();
  if (!believable.ok()) return Fail(now, believable);
  absl::StatusOr<std::vector<Outbox::Receipt>> refused = Settle(now, *answer);
  if (!refused.ok()) return Fail(now, refused.status());
  delay_ = absl::ZeroDuration();
  round_.Reset();
  limit_ = std::min(kOutcomesMax, limit_ * 2);
  return refused;
}

absl::StatusOr<std::vector<Outbox::Receipt>> OutcomeSender::OnRefusedCall(
    absl::Time now, const absl::Status& status) {
  const v1::ReportOutcomesRequest sent = *std::exchange(under_way_, std::nullopt);
  // INVALID_ARGUMENT is about the content: as it is, it will be refused for ever. Everything else
  // is about the way or the vendor's standing, and may change.
  if (status.code() != absl::StatusCode::kInvalidArgument) return Fail(now, status);
  limit_ = std::max(1, sent.outcomes_size() / 2);
  if (sent.outcomes_size() > 1) return Delay(now, status);
  v1::ReportOutcomesResponse response;
  Outbox::Receipt& receipt = *response.add_receipts();
  receipt.set_outcome_id(sent.outcomes(0).outcome_id());
  receipt.set_version(sent.outcomes(0).version());
  receipt.set_status(v1::ReportOutcomesResponse::STATUS_INVALID);
  receipt.set_problem("the hub refused the call: " + ErrorReason(status));
  return Settle(now, response);
}

absl::StatusOr<std::vector<Outbox::Receipt>> OutcomeSender::Settle(
    absl::Time now, const v1::ReportOutcomesResponse& response) {
  const int64_t before = outbox_.not_kept();
  ASSIGN_OR_RETURN(auto refused,
                   again_under_way_ ? outbox_.SettleNotKept(response) : outbox_.Settle(response));
  const bool first = before == 0 && outbox_.not_kept() > 0;
  if (first || outbox_.not_kept() < before) again_.Reset();
  if (first || again_under_way_) DelayAgain(now);
  return refused;
}

// Or what is sent again would be the first to be picked for as long as its calls fail. Its halves
// are sent without that: they come to an end.
absl::Status OutcomeSender::Fail(absl::Time now, const absl::Status& status) {
  if (again_under_way_) DelayAgain(now);
  return Delay(now, status);
}

void OutcomeSender::DelayAgain(absl::Time now) {
  again_at_ = now;
  again_delay_ = again_.Next(random_());
}

absl::Status OutcomeSender::Delay(absl::Time now, const absl::Status& status) {
  delayed_at_ = now;
  delay_ = round_.After(status, random_());
  return status;
}

absl::Status OutcomeSender::CheckReceipts(const v1::ReportOutcomesResponse& response) const {
  bool match = response.receipts_size() == under_way_->outcomes_size();
  for (int i = 0; match && i < response.receipts_size(); ++i) {
    match = response.receipts(i).outcome_id() == under_way_->outcomes(i).outcome_id() &&
            response.receipts(i).version() == under_way_->outcomes(i).version();
  }
  if (match) return absl::OkStatus();
  return Error(absl::StatusCode::kInternal, "RECEIPT_INVALID",
               "the receipts are not those of the outcomes sent");
}

}  // namespace switchboard::adapters
