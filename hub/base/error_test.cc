#include "hub/base/error.h"

#include <memory>

#include "google/rpc/error_details.pb.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST(ErrorTest, CarriesCodeReasonDomainMessageAndMetadata) {
  const absl::Status status = Error(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN", "no such permit",
                                    {{"field", "permit_id"}, {"line", "3"}});
  EXPECT_THAT(status, FailsWith(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN"));
  EXPECT_EQ(status.message(), "no such permit");
  EXPECT_EQ(ErrorMetadata(status, "field"), "permit_id");
  EXPECT_EQ(ErrorMetadata(status, "line"), "3");
  EXPECT_EQ(ErrorMetadata(status, "column"), "");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(std::string(*status.GetPayload(kErrorInfoUrl))));
  EXPECT_EQ(info.domain(), "switchboard");
}

TEST(ErrorTest, OtherStatusesHaveNoReason) {
  EXPECT_EQ(ErrorReason(absl::OkStatus()), "");
  EXPECT_EQ(ErrorReason(absl::InternalError("x")), "");
  EXPECT_EQ(ErrorMetadata(absl::InternalError("x"), "field"), "");
  absl::Status broken = absl::InternalError("x");
  broken.SetPayload(kErrorInfoUrl, absl::Cord("\xff\xff not a message"));
  EXPECT_EQ(ErrorReason(broken), "");
}

TEST(ErrorTest, OverloadSaysWhenToTryAgain) {
  const struct {
    absl::Duration delay;
    int64_t seconds;
    int32_t nanos;
  } rows[] = {
      {absl::Milliseconds(200), 0, 200'000'000},
      {absl::Seconds(2), 2, 0},
      {absl::Milliseconds(1500), 1, 500'000'000},
      {absl::ZeroDuration(), 0, 0},
  };
  for (const auto& row : rows) {
    const absl::Status status = OverloadedError("too many", row.delay);
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kResourceExhausted, "OVERLOADED"));
    google::rpc::RetryInfo retry;
    ASSERT_TRUE(status.GetPayload(kRetryInfoUrl).has_value());
    ASSERT_TRUE(retry.ParseFromString(std::string(*status.GetPayload(kRetryInfoUrl))));
    EXPECT_EQ(retry.retry_delay().seconds(), row.seconds);
    EXPECT_EQ(retry.retry_delay().nanos(), row.nanos);
  }
}

TEST(ErrorTest, AnnotatedStatusKeepsCodeAndPayloads) {
  const absl::Status status =
      Annotate(OverloadedError("too many writes", absl::Seconds(1)), "while importing");
  EXPECT_THAT(status, FailsWith(absl::StatusCode::kResourceExhausted, "OVERLOADED"));
  EXPECT_EQ(status.message(), "while importing: too many writes");
  EXPECT_TRUE(status.GetPayload(kRetryInfoUrl).has_value());
  EXPECT_OK(Annotate(absl::OkStatus(), "nothing happened"));
}

absl::StatusOr<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) return Error(absl::StatusCode::kInvalidArgument, "ODD", "is odd");
  return std::make_unique<int>(number / 2);
}

absl::StatusOr<int> Quarter(int number) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(number));
  ASSIGN_OR_RETURN(auto quarter, Half(*half));
  RETURN_IF_ERROR(absl::OkStatus());
  return *quarter;
}

TEST(ErrorTest, MacrosReturnTheFirstErrorAndMoveValues) {
  EXPECT_THAT(Quarter(3), FailsWith(absl::StatusCode::kInvalidArgument, "ODD"));
  EXPECT_THAT(Quarter(6), FailsWith(absl::StatusCode::kInvalidArgument, "ODD"));
  ASSERT_OK_AND_ASSIGN(const int quarter, Quarter(8));
  EXPECT_EQ(quarter, 2);
}

TEST(AssertDeathTest, EndsTheProcessAndNamesTheCondition) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(SWITCHBOARD_ASSERT(1 + 1 == 3), "assertion failed: 1 \\+ 1 == 3");
  SWITCHBOARD_ASSERT(1 + 1 == 2);
}

}  // namespace
}  // namespace switchboard
