#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/client/outbox.h"
#include "clients/transport/backoff.h"
#include "clients/transport/hub_round.h"

namespace switchboard::adapters {

// Drains an outbox, one ReportOutcomes under way at a time. No gRPC, clock or thread: whoever
// drives it sends what Next gives and passes the answer to OnAnswer. Not thread-safe.
//
// A batch that the hub refuses as a whole is sent again in halves; a single outcome that it refuses
// so is set apart with STATUS_INVALID, so that it cannot hold up the others.
//
// What was refused and not kept (Outbox::NextNotKept) is sent again between the others, one batch
// after each delay of kAgain; the delays grow while the hub keeps none of it, and while such calls
// fail.
class OutcomeSender {
 public:
  // vendor_service.proto: at most 500 outcomes in one call.
  static constexpr int kOutcomesMax = 500;
  // A vendor's share of the quarantine does not grow free by the second.
  static constexpr transport::BackoffOptions kAgain = {absl::Minutes(1), absl::Hours(1), 2.0};

  // `outbox` must outlive the sender; `random` gives 64 random bits; `hubs` is how many there are.
  OutcomeSender(Outbox& outbox, const transport::BackoffOptions& backoff,
                std::function<uint64_t()> random, size_t hubs = 1);

  // The request to send now, if something waits, nothing is under way and no delay runs.
  absl::StatusOr<std::optional<v1::ReportOutcomesRequest>> Next(absl::Time now);

  // What became of the request. Returns the receipts that refused an outcome; of one that was sent
  // again, those that bring news.
  // Errors: why nothing was settled; the same outcomes will be sent again when HubRound says.
  absl::StatusOr<std::vector<Outbox::Receipt>> OnAnswer(
      absl::Time now, const absl::StatusOr<v1::ReportOutcomesResponse>& answer);

  bool under_way() const { return under_way_.has_value(); }

 private:
  absl::StatusOr<std::vector<Outbox::Receipt>> OnRefusedCall(absl::Time now,
                                                             const absl::Status& status);
  absl::StatusOr<std::vector<Outbox::Receipt>> Settle(absl::Time now,
                                                      const v1::ReportOutcomesResponse& response);
  absl::Status Fail(absl::Time now, const absl::Status& status);
  absl::Status Delay(absl::Time now, const absl::Status& status);
  void DelayAgain(absl::Time now);
  absl::Status CheckReceipts(const v1::ReportOutcomesResponse& response) const;

  Outbox& outbox_;
  transport::HubRound round_;
  const std::function<uint64_t()> random_;
  std::optional<v1::ReportOutcomesRequest> under_way_;
  int limit_ = kOutcomesMax;
  absl::Time delayed_at_ = absl::InfinitePast();
  absl::Duration delay_;  // runs from delayed_at_

  transport::Backoff again_{kAgain};
  bool again_under_way_ = false;  // of under_way_: it was refused before
  absl::Time again_at_ = absl::InfinitePast();
  absl::Duration again_delay_;  // runs from again_at_; at first none, so that a short run tries too
};

}  // namespace switchboard::adapters
