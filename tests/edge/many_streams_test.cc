// A vendor that opens streams without end.

#include <thread>

#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

constexpr char kSync[] = "/switchboard.v1.VendorService/Sync";
constexpr int kConnections = 10;
constexpr int kStreamsEach = 50;

std::string Open() {
  v1::SyncRequest request;
  request.mutable_open()->set_window(1000);
  return request.SerializeAsString();
}

// At the same time and over many connections, reading nothing: each ends those before it, one is
// left, and everybody else is served meanwhile.
TEST(ManyStreams, OneIsLeftAndNobodyElseIsHurt) {
  EdgeHub hub(/*unread_end_max=*/absl::Milliseconds(10));
  hub.Import(1, 500);
  std::vector<std::vector<std::unique_ptr<RawCall>>> opened(kConnections);
  std::vector<std::thread> greedy;
  for (auto& own : opened) {
    greedy.emplace_back([&hub, &own] {
      const auto channel = hub.Connect(kVendor);
      for (int i = 0; i < kStreamsEach; ++i) {
        own.push_back(std::make_unique<RawCall>(channel, kSync));
        own.back()->Write(Open());
      }
    });
  }
  for (int64_t next = 501; next <= 510; ++next) {
    hub.Import(next, 1);
    EXPECT_OK(Ask(hub.Connect(kOperator), "/switchboard.v1.OperatorService/ListVendors", ""));
  }
  for (std::thread& thread : greedy) thread.join();
  EXPECT_TRUE(Eventually([&] { return hub.hub().streams().Counts()["sakura"] <= 1; }))
      << hub.hub().streams().Counts()["sakura"];
  // The vendor itself is served too, once it asks sensibly.
  RawCall sensible(hub.Connect(kVendor), kSync);
  ASSERT_TRUE(sensible.Write(Open()));
  int changes = 0;
  while (changes < 510) {
    const auto response = sensible.ReadAs<v1::SyncResponse>();
    ASSERT_TRUE(response.has_value()) << changes;
    changes += response->batch().changes_size();
  }
  EXPECT_EQ(changes, 510);
}

}  // namespace
}  // namespace switchboard::edge_test
