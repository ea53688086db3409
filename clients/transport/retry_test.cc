#include "clients/transport/retry.h"

#include "gtest/gtest.h"
#include "hub/base/error.h"

namespace switchboard::transport {
namespace {

TEST(RetryTest, WhatMayBeTriedAgain) {
  const struct {
    absl::StatusCode code;
    bool may_retry;
  } cases[] = {
      {absl::StatusCode::kUnavailable, true},
      {absl::StatusCode::kAborted, true},
      {absl::StatusCode::kDeadlineExceeded, true},
      {absl::StatusCode::kInternal, true},
      {absl::StatusCode::kUnknown, true},
      {absl::StatusCode::kResourceExhausted, false},
      {absl::StatusCode::kInvalidArgument, false},
      {absl::StatusCode::kUnauthenticated, false},
      {absl::StatusCode::kFailedPrecondition, false},
      {absl::StatusCode::kPermissionDenied, false},
      {absl::StatusCode::kNotFound, false},
      {absl::StatusCode::kCancelled, true},
      {absl::StatusCode::kOk, false},
  };
  for (const auto& [code, may_retry] : cases) {
    EXPECT_EQ(MayRetry(absl::Status(code, "")), may_retry) << static_cast<int>(code);
  }
  EXPECT_TRUE(MayRetry(OverloadedError("full", absl::Seconds(1))));
  // A connection lives longer than its certificate; a renewed one may lie there by now.
  constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;
  EXPECT_TRUE(MayRetry(Error(kUnauthenticated, "CERTIFICATE_EXPIRED", "")));
  EXPECT_TRUE(MayRetry(Error(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED", "")));
  EXPECT_FALSE(MayRetry(Error(kUnauthenticated, "NO_IDENTITY", "")));
}

TEST(RetryTest, WhatAnotherHubMayDo) {
  EXPECT_TRUE(AnotherHubMayDo(absl::UnavailableError("")));
  EXPECT_TRUE(AnotherHubMayDo(absl::DeadlineExceededError("")));
  EXPECT_TRUE(AnotherHubMayDo(OverloadedError("full", absl::Seconds(1))));
  EXPECT_FALSE(AnotherHubMayDo(absl::AbortedError("")));
  EXPECT_FALSE(AnotherHubMayDo(absl::PermissionDeniedError("")));
  EXPECT_FALSE(AnotherHubMayDo(absl::OkStatus()));
}

TEST(RetryTest, RequestedDelay) {
  EXPECT_EQ(RequestedDelay(absl::UnavailableError("")), absl::ZeroDuration());
  EXPECT_EQ(RequestedDelay(OverloadedError("full", absl::Milliseconds(1500))),
            absl::Milliseconds(1500));
  EXPECT_EQ(RequestedDelay(OverloadedError("full", absl::Hours(9))), absl::Minutes(5));
  EXPECT_EQ(RequestedDelay(OverloadedError("full", -absl::Seconds(9))), absl::ZeroDuration());
  absl::Status hostile = absl::UnavailableError("");
  hostile.SetPayload(kRetryInfoUrl, absl::Cord("\xff\xff not a message"));
  EXPECT_EQ(RequestedDelay(hostile), absl::ZeroDuration());
}

}  // namespace
}  // namespace switchboard::transport
