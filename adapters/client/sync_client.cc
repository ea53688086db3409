#include "adapters/client/sync_client.h"

#include <future>
#include <utility>

#include "adapters/client/sync_engine.h"
#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

using Async = class v1::VendorService::Stub::async;

constexpr int kPageRows = 200;  // of ForEachWorkable; the feed goes on between two pages

// Waits for the one answer of a call that takes a callback.
template <typename Response, typename StartCall>
absl::StatusOr<Response> Await(StartCall start) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Response>>>();
  std::future<absl::StatusOr<Response>> answer = promise->get_future();
  start([promise](absl::StatusOr<Response> result) { promise->set_value(std::move(result)); });
  return answer.get();
}

}  // namespace

SyncClient::SyncClient(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
SyncClient::~SyncClient() = default;

absl::StatusOr<std::unique_ptr<SyncClient>> SyncClient::Create(SyncClientOptions options,
                                                               Clock& clock, IdMint& ids) {
  ASSIGN_OR_RETURN(auto engine, Engine::Create(std::move(options), clock, ids));
  return std::unique_ptr<SyncClient>(new SyncClient(std::move(engine)));
}

void SyncClient::Start() { engine_->Start(); }
void SyncClient::Stop() { engine_->Stop(); }

void SyncClient::RequestPermitAsync(v1::RequestPermitRequest request, PermitCallback done) {
  request.set_request_id(engine_->ids().Next());
  engine_->CallHub<v1::RequestPermitResponse>("RequestPermit", &Async::RequestPermit,
                                              std::move(request), std::move(done));
}

absl::StatusOr<v1::RequestPermitResponse> SyncClient::RequestPermit(
    v1::RequestPermitRequest request) {
  return Await<v1::RequestPermitResponse>(
      [&](PermitCallback done) { RequestPermitAsync(std::move(request), std::move(done)); });
}

absl::Status SyncClient::ReleasePermit(std::string_view permit_id) {
  v1::ReleasePermitRequest request;
  request.set_permit_id(std::string(permit_id));
  return Await<v1::ReleasePermitResponse>([&](auto done) {
           engine_->CallHub<v1::ReleasePermitResponse>("ReleasePermit", &Async::ReleasePermit,
                                                       std::move(request), std::move(done));
         })
      .status();
}

absl::StatusOr<absl::Time> SyncClient::ObjectToRecall(std::string_view assignment_id,
                                                      v1::ObjectToRecallRequest::Reason reason) {
  v1::ObjectToRecallRequest request;
  request.set_assignment_id(std::string(assignment_id));
  request.set_reason(reason);
  ASSIGN_OR_RETURN(const auto response, Await<v1::ObjectToRecallResponse>([&](auto done) {
                     engine_->CallHub<v1::ObjectToRecallResponse>(
                         "ObjectToRecall", &Async::ObjectToRecall, std::move(request),
                         std::move(done));
                   }));
  return absl::FromUnixSeconds(response.final_time().seconds()) +
         absl::Nanoseconds(response.final_time().nanos());
}

void SyncClient::HandOverAsync(v1::HandOverRequest request, HandOverCallback done) {
  engine_->CallHub<v1::HandOverResponse>(
      "HandOver", &Async::HandOver, std::move(request),
      [done = std::move(done)](const absl::StatusOr<v1::HandOverResponse>& answer) {
        done(answer.status());
      });
}

absl::Status SyncClient::PassOn(std::string_view sub_contractor_id,
                                const std::vector<std::string>& assignment_ids) {
  v1::PassOnRequest request;
  request.set_sub_contractor_id(std::string(sub_contractor_id));
  for (const std::string& id : assignment_ids) request.add_assignment_ids(id);
  return Await<v1::PassOnResponse>([&](auto done) {
           engine_->CallHub<v1::PassOnResponse>("PassOn", &Async::PassOn, std::move(request),
                                                std::move(done));
         })
      .status();
}

absl::StatusOr<std::string> SyncClient::ReportOutcome(v1::Outcome outcome) {
  return Await<std::string>(
      [&](OutcomeCallback done) { ReportOutcomeAsync(std::move(outcome), std::move(done)); });
}

void SyncClient::ReportOutcomeAsync(v1::Outcome outcome, OutcomeCallback done) {
  engine_->Put(std::move(outcome), std::move(done));
}

void SyncClient::Reject(std::string_view assignment_id, v1::SyncRequest::Rejection::Reason reason) {
  engine_->Reject(assignment_id, reason);
}

absl::StatusOr<v1::Assignment> SyncClient::Workable(std::string_view assignment_id) {
  absl::StatusOr<v1::Assignment> row;
  RETURN_IF_ERROR(engine_->Run(
      [&] { row = engine_->mirror().Workable(assignment_id, engine_->hub_clock().Now()); }));
  return row;
}

absl::StatusOr<std::vector<v1::Assignment>> SyncClient::NextWorkable(std::string_view after_id,
                                                                     int limit) {
  absl::StatusOr<std::vector<v1::Assignment>> rows;
  RETURN_IF_ERROR(engine_->Run(
      [&] { rows = engine_->mirror().NextWorkable(after_id, limit, engine_->hub_clock().Now()); }));
  return rows;
}

absl::Status SyncClient::ForEachWorkable(const RowVisitor& visit) {
  std::string after_id;
  while (true) {
    ASSIGN_OR_RETURN(const auto rows, NextWorkable(after_id, kPageRows));
    for (const v1::Assignment& row : rows) RETURN_IF_ERROR(visit(row));
    if (rows.size() < kPageRows) return absl::OkStatus();
    after_id = rows.back().assignment_id();
  }
}

absl::Status SyncClient::ForEachRefused(
    const std::function<absl::Status(const v1::Outcome&,
                                     const v1::ReportOutcomesResponse::Receipt&)>& visit) {
  absl::Status visited;
  RETURN_IF_ERROR(engine_->Run([&] { visited = engine_->outbox().ForEachRefused(visit); }));
  return visited;
}

absl::Status SyncClient::DropRefused(std::string_view outcome_id, int version) {
  absl::Status dropped;
  RETURN_IF_ERROR(
      engine_->Run([&] { dropped = engine_->outbox().DropRefused(outcome_id, version); }));
  return dropped;
}

absl::Status SyncClient::WaitUntilDrained(absl::Duration timeout) {
  // Behind everything taken so far, so that the state below knows of it.
  RETURN_IF_ERROR(engine_->Run([] {}));
  if (engine_->WaitFor(timeout, [](const auto& state) { return state.pending_outcomes == 0; })) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kDeadlineExceeded, "NOT_DRAINED",
               "outcomes still wait for receipts");
}

absl::Status SyncClient::WaitUntilCaughtUp(absl::Duration timeout) {
  if (engine_->WaitFor(timeout, [](const auto& state) { return state.caught_up; })) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kDeadlineExceeded, "NOT_CAUGHT_UP",
               "the mirror has not caught up with the hub");
}

SyncClientState SyncClient::State() const { return engine_->State(); }

}  // namespace switchboard::adapters
