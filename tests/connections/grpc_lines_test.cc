#include "hub/edge/grpc_lines.h"

#include <grpc/support/log.h>

#include <string>
#include <vector>

#include "tests/testing.h"

namespace switchboard::edge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(GrpcLinesTest, AreLinesOfTheLogAndBounded) {
  ManualClock clock;
  std::vector<std::string> lines;
  telemetry::Log::Options options;
  options.burst_max = 10;
  const auto log = telemetry::Log::ToSink(
      clock, [&](std::string_view line) { lines.emplace_back(line); }, options);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  {
    const GrpcLines grpc_lines(*log);
    for (int i = 0; i < 1000; ++i) gpr_log(GPR_ERROR, "handshake of 090-1234-5678 failed: %d", i);
    gpr_log(GPR_INFO, "not asked for");
  }
  ASSERT_EQ(lines.size(), 10u);
  EXPECT_THAT(lines[0], HasSubstr("\"event\":\"grpc_error\""));
  EXPECT_THAT(lines[0], HasSubstr("grpc_lines_test.cc:"));
  EXPECT_THAT(lines[0], Not(HasSubstr("1234")));
}

}  // namespace
}  // namespace switchboard::edge
