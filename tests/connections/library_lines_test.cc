#include "hub/edge/library_lines.h"

#include <grpc/support/log.h>

#include <memory>
#include <string>
#include <vector>

#include "switchboard/v1/core_service.pb.h"
#include "tests/testing.h"

namespace switchboard::edge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LibraryLinesTest : public ::testing::Test {
 protected:
  ManualClock clock_;
  std::vector<std::string> lines_;
  const std::unique_ptr<telemetry::Log> log_ = telemetry::Log::ToSink(
      clock_, [this](std::string_view line) { lines_.emplace_back(line); }, {.burst_max = 10});
};

TEST_F(LibraryLinesTest, ThoseOfGrpcAreLinesOfTheLogAndBounded) {
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  {
    const LibraryLines library_lines(*log_);
    for (int i = 0; i < 1000; ++i) gpr_log(GPR_ERROR, "handshake of 090-1234-5678 failed: %d", i);
    gpr_log(GPR_INFO, "not asked for");
  }
  ASSERT_EQ(lines_.size(), 10u);
  EXPECT_THAT(lines_[0], HasSubstr("\"event\":\"grpc_error\""));
  EXPECT_THAT(lines_[0], HasSubstr("library_lines_test.cc:"));
  EXPECT_THAT(lines_[0], Not(HasSubstr("1234")));
}

// Any peer can make protobuf write one with each message.
TEST_F(LibraryLinesTest, ThoseOfProtobufAreToo) {
  const std::string not_utf8 = std::string("\x0a\x02\xc3\x28", 4);
  {
    const LibraryLines library_lines(*log_);
    for (int i = 0; i < 1000; ++i) EXPECT_FALSE(v1::CoreEvent().ParseFromString(not_utf8));
  }
  ASSERT_EQ(lines_.size(), 10u);
  EXPECT_THAT(lines_[0], HasSubstr("\"event\":\"protobuf_error\""));
  EXPECT_THAT(lines_[0], HasSubstr("CoreEvent.event_id"));
  v1::CoreEvent().ParseFromString(not_utf8);
  EXPECT_EQ(lines_.size(), 10u);
}

}  // namespace
}  // namespace switchboard::edge
