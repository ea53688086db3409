#include "tests/stages/circle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/open_pack.h"

namespace switchboard::bench {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kBatch = 1'000;
constexpr int kWindow = 2'000;
constexpr size_t kReport = 500;
constexpr absl::Duration kCall = absl::Seconds(60);

template <typename T>
T Must(absl::StatusOr<T> answer) {
  SWITCHBOARD_ASSERT(answer.ok());
  return *std::move(answer);
}

v1::Date DayBehind(absl::Time time) {
  const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone()) + 2;
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

// Where the messages of one stream go.
class Received final : public sync::Outlet {
 public:
  void Send(masking::ToVendor<v1::SyncResponse> message) override {
    const v1::SyncResponse response = message.Read();
    if (response.has_opened()) cursor = response.opened().cursor();
    if (!response.has_batch()) return;
    cursor = response.batch().through();
    caught_up = response.batch().caught_up();
    for (const auto& change : response.batch().changes())
      assignments.push_back(change.assigned().assignment_id());
  }
  void Finish(const absl::Status&) override {}

  v1::Cursor cursor;
  bool caught_up = false;
  std::vector<std::string> assignments;
};

}  // namespace

Circle::Circle() : fed_(kVendors), cursors_(kVendors) {
  // The records are of that day.
  world_.clock.Advance(absl::FromCivil(absl::CivilDay(2026, 11, 2), absl::UTCTimeZone()) -
                       world_.clock.Now());
  world_.ApplyPack(testing::OpenPackYaml());
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    Must(world_.PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml(vendor)));
  }
  world_.ApplyPlan(RoutingPlanYaml());
}

void Circle::Import(int accounts) {
  SWITCHBOARD_ASSERT(accounts % kBatch == 0);
  for (int left = accounts; left > 0; left -= kBatch) {
    std::vector<v1::AccountRecord> records(kBatch);
    for (v1::AccountRecord& record : records) FillAccount(accounts_++, &record);
    const auto response = Must(world_.Import(records));
    SWITCHBOARD_ASSERT(response.accepted() == kBatch && response.receipts().empty());
  }
}

void Circle::Feed() {
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    const auto place = static_cast<size_t>(vendor);
    Received received;
    const auto stream =
        world_.hub().vendor_api().OpenStream(testing::VendorPeer(VendorId(vendor)), &received);
    v1::SyncRequest request;
    request.mutable_open()->set_window(kWindow);
    *request.mutable_open()->mutable_cursor() = cursors_[place];
    stream->OnRequest(request);
    world_.Settle();
    while (true) {
      request.Clear();
      *request.mutable_ack()->mutable_cursor() = received.cursor;
      stream->OnRequest(request);
      world_.Settle();
      if (received.caught_up) break;
    }
    stream->Detach();
    world_.Settle();
    cursors_[place] = received.cursor;
    auto& fed = fed_[place];
    fed.insert(fed.end(), received.assignments.begin(), received.assignments.end());
    if (vendor == 0)
      known_.insert(known_.end(), received.assignments.begin(), received.assignments.end());
  }
}

void Circle::Report() {
  world_.clock.Advance(kCall);
  const absl::Time start = world_.clock.Now() - kCall;
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    auto& fed = fed_[static_cast<size_t>(vendor)];
    for (size_t first = 0; first < fed.size(); first += kReport) {
      std::vector<v1::Outcome> outcomes(std::min(kReport, fed.size() - first));
      for (size_t i = 0; i < outcomes.size(); ++i) {
        FillOutcome(vendor, outcomes_++, fed[first + i], &outcomes[i]);
        *outcomes[i].mutable_start_time() =
            TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(start));
        *outcomes[i].mutable_end_time() = outcomes[i].start_time();
        *outcomes[i].mutable_promise()->mutable_due_date() = DayBehind(start);
      }
      const auto response = Must(world_.Report(VendorId(vendor), outcomes));
      for (const auto& receipt : response.receipts())
        SWITCHBOARD_ASSERT(receipt.status() == v1::ReportOutcomesResponse::STATUS_RECORDED);
    }
    fed.clear();
  }
}

void Circle::ReadCoreFeed() {
  while (true) {
    v1::ReadCoreFeedRequest request;
    request.set_after(read_through_);
    request.set_max_items(kBatch);
    const auto page = Must(world_.Await<v1::ReadCoreFeedResponse>(
        [&](auto done) { world_.hub().core_api().ReadCoreFeed(testing::Core(), request, done); }));
    if (page.items().empty()) return;
    read_through_ = page.items().rbegin()->sequence();
  }
}

void Circle::AskPermits(int permits) {
  for (int i = 0; i < permits; ++i) {
    const std::string& assignment_id = known_.at(static_cast<size_t>(permits_));
    const auto response = Must(
        world_.Ask(VendorId(0), absl::StrCat("request-", permits_++), assignment_id, "mobile-1"));
    SWITCHBOARD_ASSERT(response.has_permit());
  }
}

}  // namespace switchboard::bench
