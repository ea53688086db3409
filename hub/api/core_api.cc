#include "hub/api/core_api.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using storage::Transaction;
using storage::Urgency;

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, reason, message);
}

}  // namespace

std::shared_ptr<ImportStream> CoreApi::OpenImport(std::string actor) {
  return std::make_shared<ImportStream>(ImportStream::Parts{writer_, executor_, intake_},
                                        std::move(actor));
}

void CoreApi::PostEvents(std::string actor, std::string serialized,
                          Done<v1::PostEventsResponse> done) {
  auto request = std::make_shared<v1::ItemBytes>();
  if (!request->ParseFromString(serialized)) {
    return done(Invalid("MESSAGE_MALFORMED", "the bytes are no PostEventsRequest"));
  }
  if (request->items_size() > kEventsMax)
    return done(Invalid("BATCH_TOO_LARGE", "events: at most 500 a call"));
  storage::SubmitFor<v1::PostEventsResponse>(
      writer_, Urgency::kStop, "",
      [this, actor, request](Transaction& transaction) -> absl::StatusOr<v1::PostEventsResponse> {
        v1::PostEventsResponse response;
        for (const std::string& bytes : request->items()) {
          ASSIGN_OR_RETURN(*response.add_receipts(), events_.Apply(transaction, actor, bytes));
        }
        return response;
      },
      std::move(done));
}

void CoreApi::ReadOutcomes(std::string actor, v1::ReadOutcomesRequest request,
                            Done<v1::ReadOutcomesResponse> done) {
  if (request.max_outcomes() <= 0) request.set_max_outcomes(500);
  request.set_max_outcomes(std::min(request.max_outcomes(), kReadOutcomesMax));
  const int64_t wait_us =
      google::protobuf::util::TimeUtil::DurationToMicroseconds(request.max_wait());
  const absl::Duration wait =
      std::clamp(absl::Microseconds(wait_us), absl::ZeroDuration(), kReadWaitMax);
  Wait waiting{std::move(actor), std::move(request), clock_.Now() + wait, std::move(done)};
  executor_.Post([this, waiting = std::move(waiting), wait]() mutable {
    ReadOrWait(std::move(waiting), wait > absl::ZeroDuration());
  });
}

absl::StatusOr<v1::ReadOutcomesResponse> CoreApi::ReadNow(const Wait& wait) {
  v1::ReadOutcomesResponse response;
  RETURN_IF_ERROR(readers_.Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(response,
                     outcomes_.Read(reader, wait.request.after(), wait.request.max_outcomes()));
    ASSIGN_OR_RETURN(const bool news,
                     outcomes_.NeedsConfirming(reader, wait.actor, wait.request.after()));
    if (!news) return absl::OkStatus();
    // Nobody waits for it: a confirmation that is lost in a crash comes again with the next read.
    writer_.Submit(
        Urgency::kBulk, wait.actor,
        [this, actor = wait.actor, after = wait.request.after()](Transaction& transaction) {
          return outcomes_.Confirm(transaction, actor, after);
        },
        [](const absl::Status&) {});
    return absl::OkStatus();
  }));
  return response;
}

void CoreApi::ReadOrWait(Wait wait, bool may_wait) {
  uint64_t announced;
  {
    std::lock_guard lock(mutex_);
    announced = announced_;
  }
  auto response = ReadNow(wait);
  if (!response.ok() || response->outcomes_size() > 0 || !may_wait)
    return wait.done(std::move(response));
  bool look_again = false;
  {
    std::lock_guard lock(mutex_);
    if (!waiting_ends_) {
      look_again = announced_ != announced;
      if (!look_again) {
        waits_.push_back(std::move(wait));
        return;
      }
    }
  }
  if (!look_again) return wait.done(std::move(response));
  // Something was recorded between the read and the wait.
  executor_.Post([this, wait = std::move(wait)]() mutable { ReadOrWait(std::move(wait), true); });
}

void CoreApi::Requeue(std::list<Wait> waits, bool may_wait) {
  for (Wait& wait : waits) {
    executor_.Post([this, wait = std::move(wait), may_wait]() mutable {
      ReadOrWait(std::move(wait), may_wait);
    });
  }
}

void CoreApi::OutcomesAnnounced() {
  std::list<Wait> waits;
  {
    std::lock_guard lock(mutex_);
    ++announced_;
    waits.swap(waits_);
  }
  Requeue(std::move(waits), /*may_wait=*/true);
}

void CoreApi::Tick(absl::Time now) {
  std::list<Wait> over;
  {
    std::lock_guard lock(mutex_);
    for (auto wait = waits_.begin(); wait != waits_.end();) {
      auto next = std::next(wait);
      // No wait is longer than that, unless the clock stepped back.
      const bool is_over = wait->until <= now || wait->until - now > kReadWaitMax;
      if (is_over) over.splice(over.end(), waits_, wait);
      wait = next;
    }
  }
  Requeue(std::move(over), /*may_wait=*/false);
}

void CoreApi::StopWaiting() {
  std::list<Wait> waits;
  {
    std::lock_guard lock(mutex_);
    waiting_ends_ = true;
    waits.swap(waits_);
  }
  Requeue(std::move(waits), /*may_wait=*/false);
}

}  // namespace switchboard::api
