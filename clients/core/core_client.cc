#include "clients/core/core_client.h"

#include <chrono>
#include <optional>
#include <utility>

#include "clients/core/core_wire.h"
#include "clients/core/import_run.h"
#include "clients/transport/retry.h"
#include "hub/base/error.h"

namespace switchboard::clients {
namespace {

// What a google.protobuf.Timestamp can hold.
constexpr absl::Time kAsOfEarliest = absl::FromUnixSeconds(-62135596800);
constexpr absl::Time kAsOfEnd = absl::FromUnixSeconds(253402300800);
// Of a batch without records: any that the hub takes, whatever the clocks of both say.
constexpr absl::Time kAsOfOfNothing = absl::FromUnixSeconds(978307200);  // 2001

absl::Status Check(const CoreClientOptions& options) {
  if (options.attempts_max >= 1 && options.call_timeout > absl::ZeroDuration() &&
      options.connect_timeout >= absl::Milliseconds(100) &&
      options.backoff.initial > absl::ZeroDuration() && options.backoff.factor >= 1) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
               "attempts_max: at least 1; call_timeout and backoff.initial: positive; "
               "connect_timeout: at least 100 ms; backoff.factor: at least 1");
}

// The last sequence of an answer that follows on from what was kept.
absl::StatusOr<int64_t> LastInOrder(const v1::ReadCoreFeedResponse& response, int64_t after) {
  int64_t last = after;
  for (const v1::CoreItem& item : response.items()) {
    const int64_t missing_through = item.sequence() - 1;
    const bool erased = missing_through > last && missing_through <= response.erased_through();
    if (erased) last = missing_through;
    if (item.sequence() != ++last) {
      return Error(
          absl::StatusCode::kDataLoss, "SEQUENCE_GAP",
          "the items do not follow on from what was kept",
          {{"expected", std::to_string(last)}, {"received", std::to_string(item.sequence())}});
    }
  }
  return last;
}

}  // namespace

// --- What the calls share

CoreClient::Wire::Wire(CoreClientOptions options, IdMint& ids,
                       std::unique_ptr<transport::ChannelSource> source,
                       const transport::Channels& channels)
    : options_(std::move(options)),
      ids_(ids),
      source_(std::move(source)),
      hubs_(channels, ids.Random()) {}

void CoreClient::Wire::Attempts::Progressed() {
  progressed_ = true;
  round_.Reset();
}

absl::Status CoreClient::Wire::Attempts::WaitAfter(
    const absl::Status& failure, const transport::Hubs<v1::CoreService>::Hub& hub) {
  if (wire_.cancelled()) return transport::ClientStopped();
  if (!transport::MayRetry(failure)) return failure;
  const absl::Duration delay = round_.After(failure, wire_.ids_.Random());
  if (std::exchange(progressed_, false)) {
    rounds_without_progress_ = 0;
  } else if (round_.is_over()) {
    ++rounds_without_progress_;
  }
  if (rounds_without_progress_ >= wire_.options_.attempts_max) return failure;
  std::optional<transport::Channels> elsewhere;
  if (transport::AnotherHubMayDo(failure)) {
    wire_.hubs_.TurnFrom(hub.number);
    elsewhere = wire_.source_->Elsewhere(*hub.channel);
    if (elsewhere.has_value()) wire_.hubs_.Replace(*elsewhere);
  }
  // A certificate that has run out shows as a failure; if it was renewed, that is all it takes.
  const auto renewed = wire_.source_->Renew();
  if (renewed.ok() && renewed->has_value()) wire_.hubs_.Replace(**renewed);
  wire_.hubs_.DropUnused();
  // That a new way is connected says nothing of the failure.
  Wait(delay, elsewhere.has_value() || transport::RequestedDelay(failure) > absl::ZeroDuration());
  return wire_.cancelled() ? transport::ClientStopped() : absl::OkStatus();
}

// A delay of our own ends when a hub is connected; one that a hub asked for does not.
void CoreClient::Wire::Attempts::Wait(absl::Duration delay, bool requested) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
  while (!wire_.cancelled()) {
    const auto left = absl::FromChrono(end - std::chrono::steady_clock::now());
    if (left <= absl::ZeroDuration()) return;
    const auto connected = transport::AwaitConnection(wire_.hubs_.channels(), left,
                                                      [this] { return wire_.cancelled(); });
    if (!connected.has_value() || requested) continue;
    wire_.hubs_.TurnTo(*connected);
    return;
  }
}

void CoreClient::Wire::See(std::string_view method, const grpc::Status& status,
                           const google::protobuf::MessageLite& response) const {
  if (!options_.tap) return;
  options_.tap(method, status.ok() ? response.SerializeAsString()
                                   : status.error_message() + status.error_details());
}

void CoreClient::Wire::Cancel() {
  cancelled_ = true;
  calls_.CancelAll();
}

// --- The client

CoreClient::CoreClient(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
CoreClient::~CoreClient() { Cancel(); }

absl::StatusOr<std::unique_ptr<CoreClient>> CoreClient::Create(CoreClientOptions options,
                                                               Clock& clock, IdMint& ids) {
  RETURN_IF_ERROR(Check(options));
  transport::ChannelOptions channel_options;
  channel_options.connect_timeout = options.connect_timeout;
  auto source = std::make_unique<transport::ChannelSource>(
      options.hub_addresses, options.tls_directory, options.make_channel, clock, channel_options);
  ASSIGN_OR_RETURN(const transport::Channels channels, source->Make());
  return std::unique_ptr<CoreClient>(
      new CoreClient(std::make_unique<Wire>(std::move(options), ids, std::move(source), channels)));
}

absl::StatusOr<ImportSummary> CoreClient::ImportAccounts(std::string_view source, absl::Time as_of,
                                                         RecordReader read,
                                                         AnswerVisitor on_answer) {
  if (as_of < kAsOfEarliest || as_of >= kAsOfEnd) {
    return Error(absl::StatusCode::kInvalidArgument, "AS_OF_INVALID",
                 "the time as of which the records are true lies in the years 1 to 9999",
                 {{"field", "as_of_time"}});
  }
  return ImportRun(*wire_, source, as_of, read, on_answer).Run();
}

absl::StatusOr<ImportSummary> CoreClient::ImportAccounts(std::string_view source, absl::Time as_of,
                                                         RecordReader read) {
  return ImportAccounts(source, as_of, read, [](const v1::ImportAccountsResponse&) {});
}

absl::StatusOr<int64_t> CoreClient::ImportedThrough(std::string_view source) {
  const auto no_records = [](v1::AccountRecord&) -> absl::StatusOr<bool> { return false; };
  const auto nobody = [](const v1::ImportAccountsResponse&) {};
  return ImportRun(*wire_, source, kAsOfOfNothing, no_records, nobody).AskThrough();
}

absl::StatusOr<v1::PostEventsResponse> CoreClient::PostEvents(
    const v1::PostEventsRequest& request) {
  return wire_->Call("PostEvents", &v1::CoreService::Stub::PostEvents, request,
                     wire_->options().call_timeout);
}

absl::StatusOr<v1::ReadCoreFeedResponse> CoreClient::ReadCoreFeed(
    const v1::ReadCoreFeedRequest& request) {
  const absl::Duration wait =
      absl::Seconds(request.max_wait().seconds()) + absl::Nanoseconds(request.max_wait().nanos());
  return wire_->Call("ReadCoreFeed", &v1::CoreService::Stub::ReadCoreFeed, request,
                     wire_->options().call_timeout + wait);
}

void CoreClient::Cancel() { wire_->Cancel(); }

// --- The reader

CoreFeedReader::CoreFeedReader(CoreClient& client, CoreFeedReaderOptions options)
    : client_(client), options_(std::move(options)) {}

absl::Status CoreFeedReader::Run(int64_t after, Keep keep) {
  const int64_t wait_ns =
      options_.stop_when_caught_up ? 0 : absl::ToInt64Nanoseconds(options_.max_wait);
  while (true) {
    v1::ReadCoreFeedRequest request;
    request.set_after(after);
    request.set_max_items(options_.max_items);
    request.set_reader(options_.reader);
    request.mutable_max_wait()->set_seconds(wait_ns / 1'000'000'000);
    request.mutable_max_wait()->set_nanos(static_cast<int32_t>(wait_ns % 1'000'000'000));
    ASSIGN_OR_RETURN(const v1::ReadCoreFeedResponse response, client_.ReadCoreFeed(request));
    ASSIGN_OR_RETURN(const int64_t last, LastInOrder(response, after));
    if (!response.items().empty()) RETURN_IF_ERROR(keep(response));
    after = last;
    if (options_.stop_when_caught_up && response.items().empty()) return absl::OkStatus();
  }
}

}  // namespace switchboard::clients
