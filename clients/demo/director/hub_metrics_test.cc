#include "clients/demo/director/hub_metrics.h"

#include "hub/telemetry/http_endpoint.h"
#include "hub/telemetry/metrics.h"
#include "tests/servers/reserved_port.h"
#include "tests/servers/web_page.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using servers::ReadPage;
using servers::WebPage;
using ::switchboard::testing::FailsWith;

TEST(HubMetrics, SayWhoStreamsThere) {
  telemetry::Metrics metrics;
  metrics.streams_open.Set(1, "jade");
  metrics.streams_open.Set(0, "sakura");  // streamed before
  metrics.streams_open.Set(2, "bright");  // the older one is about to end
  telemetry::HttpEndpoint::Handlers handlers;
  handlers.metrics = [&metrics] { return metrics.Text(); };
  handlers.healthy = handlers.ready = [] { return true; };
  handlers.refused = [] {};
  ASSERT_OK_AND_ASSIGN(const auto endpoint,
                       telemetry::HttpEndpoint::Start("127.0.0.1:0", std::move(handlers), {}));
  ASSERT_OK_AND_ASSIGN(const WebPage page, ReadPage(endpoint->port(), "/metrics"));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(StreamingVendors(page.body), (std::set<std::string>{"bright", "jade"}));
  EXPECT_EQ(ReadPage(endpoint->port(), "/secrets")->status, 404);
}

TEST(HubMetrics, OfAHubThatIsGone) {
  ASSERT_OK_AND_ASSIGN(const auto port, servers::ReservedPort::Take());
  EXPECT_THAT(ReadPage(port.number(), "/metrics"),
              FailsWith(absl::StatusCode::kUnavailable, "PAGE_UNREADABLE"));
}

}  // namespace
}  // namespace switchboard::demo
