#include "tests/bench/floor_server.h"

#include <grpcpp/grpcpp.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hub/base/mutex.h"
#include "hub/contracts/contract_check.h"
#include "hub/identity/tls_material.h"
#include "hub/masking/masker.h"
#include "switchboard/v1/core_service.grpc.pb.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/bench/floor_guard.h"
#include "tests/bench/measure.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

constexpr int kRecordsPerMessage = 100;
constexpr int kPreparedMessages = 64;

// What the hub would send: the same records under the same contract.
std::vector<v1::SyncResponse> PrepareMessages() {
  auto contract = contracts::ParseContract(ContractYaml(0), "contract");
  Require(contract.status(), "contract");
  const masking::Masker masker(*contract, v1::WORK_TYPE_EARLY_COLLECTIONS, std::string(32, 'k'));
  std::vector<v1::SyncResponse> messages(kPreparedMessages);
  v1::AccountRecord record;
  int64_t number = 0;
  for (v1::SyncResponse& message : messages) {
    for (int i = 0; i < kRecordsPerMessage; ++i) {
      FillAccount(number++, &record);
      auto* assignment = message.mutable_batch()->add_changes()->mutable_assigned();
      assignment->set_assignment_id(absl::StrCat("01JDABCDEFGHJKMNPQRS", 100'000 + number));
      assignment->set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
      assignment->mutable_expire_time()->set_seconds(1'800'000'000);
      masker.Mask(record.person(), record.account(), absl::FromUnixSeconds(1'795'305'600),
                  assignment);
    }
  }
  return messages;
}

class Stream;

// The streams that wait for withdrawals, by vendor.
struct Watchers {
  Mutex mutex;
  std::array<std::set<Stream*>, kVendors> streams SWITCHBOARD_GUARDED_BY(mutex);
};

class Stream final : public grpc::ServerBidiReactor<v1::SyncRequest, v1::SyncResponse> {
 public:
  Stream(const std::vector<v1::SyncResponse>& messages, Watchers& watchers)
      : messages_(messages), watchers_(watchers) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End();
    if (request_.has_open()) Open(request_.open().adapter());
    StartRead(&request_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End();
    MutexLock lock(mutex_);
    if (left_ > 0) return SendNext();
    if (vendor_ < 0) return;
    waiting_.pop_front();
    if (!waiting_.empty()) StartWrite(&waiting_.front());
  }
  void OnCancel() override { End(); }
  void OnDone() override { delete this; }

  void Push(v1::SyncResponse response) {
    MutexLock lock(mutex_);
    waiting_.push_back(std::move(response));
    if (waiting_.size() == 1) StartWrite(&waiting_.front());
  }

 private:
  void Open(absl::string_view adapter) {
    if (absl::ConsumePrefix(&adapter, "stream:")) {
      MutexLock lock(mutex_);
      if (!absl::SimpleAtoi(adapter, &left_) || left_ <= 0) left_ = 1;
      return SendNext();
    }
    int vendor = 0;
    if (!absl::ConsumePrefix(&adapter, "watch:") || !absl::SimpleAtoi(adapter, &vendor)) return;
    vendor_ = vendor;
    {
      MutexLock lock(watchers_.mutex);
      watchers_.streams[static_cast<size_t>(vendor)].insert(this);
    }
    // Says that it watches, so that nobody posts too early.
    Push(v1::SyncResponse());
  }
  void SendNext() SWITCHBOARD_REQUIRES(mutex_) {
    left_ -= kRecordsPerMessage;
    StartWrite(&messages_[next_++ % messages_.size()]);
  }
  void End() {
    if (const int vendor = vendor_; vendor >= 0) {
      MutexLock lock(watchers_.mutex);
      watchers_.streams[static_cast<size_t>(vendor)].erase(this);
    }
    MutexLock lock(mutex_);
    if (!std::exchange(ended_, true)) Finish(grpc::Status::OK);
  }

  const std::vector<v1::SyncResponse>& messages_;
  Watchers& watchers_;
  v1::SyncRequest request_;
  Mutex mutex_;
  std::deque<v1::SyncResponse> waiting_ SWITCHBOARD_GUARDED_BY(mutex_);
  int64_t left_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  size_t next_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  bool ended_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::atomic<int> vendor_{-1};
};

class Vendors final : public v1::VendorService::CallbackService {
 public:
  Vendors(Watchers& watchers, RawSqlite& database, Mutex& database_mutex)
      : messages_(PrepareMessages()),
        watchers_(watchers),
        database_(database),
        database_mutex_(database_mutex) {}

  grpc::ServerBidiReactor<v1::SyncRequest, v1::SyncResponse>* Sync(
      grpc::CallbackServerContext*) override {
    return new Stream(messages_, watchers_);
  }

  grpc::ServerUnaryReactor* ReportOutcomes(grpc::CallbackServerContext* context,
                                           const v1::ReportOutcomesRequest* request,
                                           v1::ReportOutcomesResponse* response) override {
    for (const v1::Outcome& outcome : request->outcomes()) {
      auto* receipt = response->add_receipts();
      receipt->set_outcome_id(outcome.outcome_id());
      receipt->set_version(1);
      receipt->set_status(v1::ReportOutcomesResponse::STATUS_RECORDED);
    }
    return Finished(context);
  }

  grpc::ServerUnaryReactor* RequestPermit(grpc::CallbackServerContext* context,
                                          const v1::RequestPermitRequest* request,
                                          v1::RequestPermitResponse* response) override {
    if (request->request_id().starts_with("stored")) {
      MutexLock lock(database_mutex_);
      database_.Insert(/*outcome=*/true, request->request_id(), 0, request->SerializeAsString());
    }
    response->mutable_permit()->set_permit_id(request->request_id());
    response->mutable_permit()->mutable_expire_time()->set_seconds(1'800'000'000);
    response->mutable_permit()->set_dial("+819012345678");
    return Finished(context);
  }

 private:
  static grpc::ServerUnaryReactor* Finished(grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const std::vector<v1::SyncResponse> messages_;
  Watchers& watchers_;
  RawSqlite& database_;
  Mutex& database_mutex_;
};

class Core final : public v1::CoreService::CallbackService {
 public:
  Core(Watchers& watchers, RawSqlite& database, Mutex& database_mutex)
      : watchers_(watchers), database_(database), database_mutex_(database_mutex) {}

  grpc::ServerUnaryReactor* PostEvents(grpc::CallbackServerContext* context,
                                       const v1::PostEventsRequest* request,
                                       v1::PostEventsResponse* response) override {
    const v1::CoreEvent& event = request->events(0);
    const auto vendor = static_cast<size_t>(event.event_id().back() - '0');
    {
      MutexLock lock(database_mutex_);
      database_.Insert(/*outcome=*/false, event.event_id(), 0, event.SerializeAsString());
    }
    v1::SyncResponse pushed;
    auto* withdrawn = pushed.mutable_batch()->add_changes()->mutable_withdrawn();
    withdrawn->set_assignment_id(event.payment().account_id());
    withdrawn->set_reason(v1::WITHDRAW_REASON_PAID);
    {
      MutexLock lock(watchers_.mutex);
      for (Stream* stream : watchers_.streams[vendor % kVendors]) stream->Push(pushed);
    }
    response->add_receipts()->set_status(v1::PostEventsResponse::STATUS_ACCEPTED);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  Watchers& watchers_;
  RawSqlite& database_;
  Mutex& database_mutex_;
};

std::shared_ptr<grpc::ServerCredentials> Credentials(const std::string& directory, Clock& clock) {
  auto material = identity::CheckTlsMaterial(directory, identity::TlsUse::kServer, clock);
  Require(material.status(), "certificates");
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = material->roots_pem;
  options.pem_key_cert_pairs.push_back({std::string(material->key()), material->certificate_pem});
  return grpc::SslServerCredentials(options);
}

}  // namespace

void ServeFloor(const std::string& folder, const std::string& tls_directory, bool guarded,
                Clock& clock) {
  Watchers watchers;
  RawSqlite database(folder + "/floor.db");
  Mutex database_mutex;
  Vendors vendors(watchers, database, database_mutex);
  Core core(watchers, database, database_mutex);
  grpc::ServerBuilder builder;
  int port = 0;
  std::optional<FloorGuard> guard;
  if (guarded) {
    guard.emplace(tls_directory, clock);
    guard->AddTo(builder);
    port = guard->port();
  } else {
    builder.AddListeningPort("127.0.0.1:0", Credentials(tls_directory, clock), &port);
  }
  builder.RegisterService(&vendors);
  builder.RegisterService(&core);
  auto server = builder.BuildAndStart();
  if (server == nullptr) GiveUp("the floor server cannot listen");
  if (guard.has_value()) guard->Start();
  const std::string ports = folder + "/ports";
  std::ofstream(ports + ".new") << "grpc=" << port << "\n";
  if (std::rename((ports + ".new").c_str(), ports.c_str()) != 0) GiveUp("cannot write " + ports);
  server->Wait();
  std::_Exit(0);
}

}  // namespace switchboard::bench
