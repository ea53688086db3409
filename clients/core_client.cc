#include "clients/core_client.h"

#include <algorithm>
#include <utility>

#include "adapters/retry.h"
#include "clients/core_wire.h"
#include "clients/import_run.h"
#include "hub/base/error.h"

namespace switchboard::clients {
namespace {

absl::Status Check(const CoreClientOptions& options) {
  if (options.attempts_max >= 1 && options.call_timeout > absl::ZeroDuration() &&
      options.backoff.initial > absl::ZeroDuration() && options.backoff.factor >= 1) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
               "attempts_max: at least 1; call_timeout and backoff.initial: positive; "
               "backoff.factor: at least 1");
}

}  // namespace

// --- What the calls share
// -----------------------------------------------------------------------------

CoreClient::Wire::Wire(CoreClientOptions options, IdMint& ids,
                       std::unique_ptr<adapters::ChannelSource> source,
                       const adapters::Channels& channels)
    : options_(std::move(options)), ids_(ids), source_(std::move(source)), hubs_(channels) {}

void CoreClient::Wire::Attempts::Progressed() {
  progressed_ = true;
  backoff_.Reset();
}

absl::Status CoreClient::Wire::Attempts::WaitAfter(const absl::Status& failure, size_t hub) {
  if (wire_.cancelled()) return adapters::ClientStopped();
  // A hub that shuts down cancels what is under way.
  const bool may_retry =
      adapters::MayRetry(failure) || failure.code() == absl::StatusCode::kCancelled;
  without_progress_ = std::exchange(progressed_, false) ? 0 : without_progress_ + 1;
  if (!may_retry || without_progress_ >= wire_.options_.attempts_max) return failure;
  wire_.hubs_.TurnFrom(hub);
  // A certificate that has run out shows as a failure; if it was renewed, that is all it takes.
  const auto renewed = wire_.source_->Renew();
  if (renewed.ok() && renewed->has_value()) wire_.hubs_.Replace(**renewed);
  wire_.hubs_.DropUnused();
  const absl::Duration delay =
      std::max(backoff_.Next(wire_.ids_.Random()), adapters::RequestedDelay(failure));
  std::unique_lock lock(wire_.mutex_);
  wire_.cancel_.wait_for(lock, absl::ToChronoNanoseconds(delay),
                         [this] { return wire_.cancelled_; });
  return wire_.cancelled_ ? adapters::ClientStopped() : absl::OkStatus();
}

void CoreClient::Wire::See(std::string_view method, const grpc::Status& status,
                           const google::protobuf::MessageLite& response) const {
  if (!options_.tap) return;
  options_.tap(method, status.ok() ? response.SerializeAsString()
                                   : status.error_message() + status.error_details());
}

void CoreClient::Wire::Cancel() {
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  cancel_.notify_all();
  calls_.CancelAll();
}

bool CoreClient::Wire::cancelled() const {
  std::lock_guard lock(mutex_);
  return cancelled_;
}

// --- The client
// ---------------------------------------------------------------------------------------

CoreClient::CoreClient(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
CoreClient::~CoreClient() { Cancel(); }

absl::StatusOr<std::unique_ptr<CoreClient>> CoreClient::Create(CoreClientOptions options,
                                                               Clock& clock, IdMint& ids) {
  RETURN_IF_ERROR(Check(options));
  auto source = std::make_unique<adapters::ChannelSource>(
      options.hub_addresses, options.tls_directory, options.make_channel, clock);
  ASSIGN_OR_RETURN(const adapters::Channels channels, source->Make());
  return std::unique_ptr<CoreClient>(
      new CoreClient(std::make_unique<Wire>(std::move(options), ids, std::move(source), channels)));
}

absl::StatusOr<ImportSummary> CoreClient::ImportAccounts(std::string_view source, RecordReader read,
                                                         AnswerVisitor on_answer) {
  return ImportRun(*wire_, source, read, on_answer).Run();
}

absl::StatusOr<ImportSummary> CoreClient::ImportAccounts(std::string_view source,
                                                         RecordReader read) {
  return ImportAccounts(source, read, [](const v1::ImportAccountsResponse&) {});
}

absl::StatusOr<int64_t> CoreClient::ImportedThrough(std::string_view source) {
  const auto no_records = [](v1::AccountRecord&) -> absl::StatusOr<bool> { return false; };
  const auto nobody = [](const v1::ImportAccountsResponse&) {};
  return ImportRun(*wire_, source, no_records, nobody).AskThrough();
}

absl::StatusOr<v1::PostEventsResponse> CoreClient::PostEvents(
    const v1::PostEventsRequest& request) {
  return wire_->Call("PostEvents", &v1::CoreService::Stub::PostEvents, request,
                     wire_->options().call_timeout);
}

absl::StatusOr<v1::ReadOutcomesResponse> CoreClient::ReadOutcomes(
    const v1::ReadOutcomesRequest& request) {
  const absl::Duration wait =
      absl::Seconds(request.max_wait().seconds()) + absl::Nanoseconds(request.max_wait().nanos());
  return wire_->Call("ReadOutcomes", &v1::CoreService::Stub::ReadOutcomes, request,
                     wire_->options().call_timeout + wait);
}

void CoreClient::Cancel() { wire_->Cancel(); }

// --- The reader
// ---------------------------------------------------------------------------------------

OutcomeReader::OutcomeReader(CoreClient& client, const OutcomeReaderOptions& options)
    : client_(client), options_(options) {}

absl::Status OutcomeReader::Run(int64_t after, Keep keep) {
  const int64_t wait_ns =
      options_.stop_when_caught_up ? 0 : absl::ToInt64Nanoseconds(options_.max_wait);
  while (true) {
    v1::ReadOutcomesRequest request;
    request.set_after(after);
    request.set_max_outcomes(options_.max_outcomes);
    request.mutable_max_wait()->set_seconds(wait_ns / 1'000'000'000);
    request.mutable_max_wait()->set_nanos(static_cast<int32_t>(wait_ns % 1'000'000'000));
    ASSIGN_OR_RETURN(const v1::ReadOutcomesResponse response, client_.ReadOutcomes(request));
    int64_t last = after;
    for (const auto& outcome : response.outcomes()) {
      if (outcome.sequence() != ++last) {
        return Error(
            absl::StatusCode::kDataLoss, "SEQUENCE_GAP",
            "the outcomes do not follow on from what was kept",
            {{"expected", std::to_string(last)}, {"received", std::to_string(outcome.sequence())}});
      }
    }
    if (!response.outcomes().empty()) RETURN_IF_ERROR(keep(response));
    after = last;
    if (options_.stop_when_caught_up && response.outcomes().empty()) return absl::OkStatus();
  }
}

}  // namespace switchboard::clients
