#include "tests/bench/permit_load.h"

#include <grpcpp/grpcpp.h>

#include <array>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

constexpr int kReleasesOutstanding = 64;
constexpr int64_t kOutcomesPerCall = 500;

}  // namespace

std::vector<Work> LoadWork(const Server& hub, int64_t people, Importer::Fill fill) {
  const Parties parties = hub.Connect();
  Importer(*parties.core, 0, people, std::move(fill)).Wait();
  std::array<std::vector<std::string>, kVendors> ids;
  std::array<std::unique_ptr<FeedReader>, kVendors> readers;
  Gate loaded(people);
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    auto keep = [&loaded, &of_vendor = ids[vendor]](const v1::SyncResponse::Batch& batch) {
      for (const auto& change : batch.changes())
        of_vendor.push_back(change.assigned().assignment_id());
      loaded.Pass(batch.changes_size());
    };
    readers[vendor] = std::make_unique<FeedReader>(*parties.vendors[vendor], 2'000, "bench", keep);
  }
  loaded.Wait("loading a book");
  for (auto& reader : readers) reader->Stop();
  std::vector<Work> work;
  for (size_t i = 0; work.size() < static_cast<size_t>(people); ++i) {
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      if (i < ids[vendor].size()) work.push_back({vendor, ids[vendor][i], ""});
    }
  }
  return work;
}

Cost Asker::AskAll(int64_t count, int outstanding, Latencies* latencies) {
  ++round_;
  const Meter meter(server_.pids());
  RunOutstanding(count, outstanding, [&](int64_t i, std::function<void()> done) {
    Ask(i, latencies, std::move(done));
  });
  return meter.Stop();
}

void Asker::ReleaseAll(int64_t count) {
  RunOutstanding(count, kReleasesOutstanding, [&](int64_t i, std::function<void()> done) {
    struct Call {
      grpc::ClientContext context;
      v1::ReleasePermitRequest request;
      v1::ReleasePermitResponse response;
    };
    auto call = std::make_shared<Call>();
    call->request.set_permit_id(work_[i].permit_id);
    parties_.vendors[work_[i].vendor]->async()->ReleasePermit(
        &call->context, &call->request, &call->response,
        [call, done = std::move(done)](const grpc::Status& status) {
          if (!status.ok()) GiveUp("ReleasePermit: " + status.error_message());
          done();
        });
  });
}

void Asker::UseAll() {
  std::array<v1::ReportOutcomesRequest, kVendors> requests;
  const int64_t now = absl::ToUnixSeconds(SystemClock().Now());
  for (const Work& work : work_) {
    v1::ReportOutcomesRequest& request = requests[work.vendor];
    v1::Outcome& outcome = *request.add_outcomes();
    FillOutcome(work.vendor, next_outcome_++, work.assignment_id, &outcome);
    outcome.set_permit_id(work.permit_id);
    // Only a contact that began in its permit's time uses it.
    outcome.mutable_start_time()->set_seconds(now);
    outcome.mutable_end_time()->set_seconds(now);
    if (request.outcomes_size() == kOutcomesPerCall) Report(work.vendor, &request);
  }
  for (int vendor = 0; vendor < kVendors; ++vendor) Report(vendor, &requests[vendor]);
}

void Asker::Ask(int64_t i, Latencies* latencies, std::function<void()> done) {
  struct Call {
    grpc::ClientContext context;
    v1::RequestPermitRequest request;
    v1::RequestPermitResponse response;
  };
  auto call = std::make_shared<Call>();
  Work& work = work_[i];
  call->request.set_request_id(absl::StrFormat("%s-%06d-%06d", prefix_, round_, i));
  call->request.set_assignment_id(work.assignment_id);
  call->request.set_contact_point_id("mobile-1");
  call->request.set_channel(v1::CHANNEL_PHONE);
  call->request.set_act(v1::ACT_REMIND);
  const int64_t begin = SteadyNanos();
  parties_.vendors[work.vendor]->async()->RequestPermit(
      &call->context, &call->request, &call->response,
      [call, begin, latencies, &work, done = std::move(done)](const grpc::Status& status) {
        if (latencies != nullptr) latencies->Add(SteadyNanos() - begin);
        if (!status.ok() || !call->response.has_permit())
          GiveUp("no permit: " + status.error_message() + call->response.ShortDebugString());
        work.permit_id = call->response.permit().permit_id();
        done();
      });
}

void Asker::Report(int vendor, v1::ReportOutcomesRequest* request) {
  if (request->outcomes_size() == 0) return;
  grpc::ClientContext context;
  v1::ReportOutcomesResponse response;
  const grpc::Status status =
      parties_.vendors[vendor]->ReportOutcomes(&context, *request, &response);
  if (!status.ok()) GiveUp("ReportOutcomes: " + status.error_message());
  for (const auto& receipt : response.receipts()) {
    if (receipt.status() != v1::ReportOutcomesResponse::STATUS_RECORDED)
      GiveUp("an outcome was refused: " + receipt.ShortDebugString());
  }
  request->Clear();
}

}  // namespace switchboard::bench
