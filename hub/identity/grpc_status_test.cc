#include "hub/identity/grpc_status.h"

#include <grpcpp/support/status.h>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/testing.h"

namespace switchboard::identity {
namespace {

TEST(GrpcStatus, RoundTripKeepsEverything) {
  const absl::Status cases[] = {
      absl::OkStatus(),
      absl::NotFoundError("nothing"),
      absl::UnknownError(""),
      Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "日本語 too",
            {{"field", "a.b[2]"}}),
      Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY", "who?"),
      OverloadedError("later", absl::Milliseconds(1250)),
  };
  for (const absl::Status& status : cases) {
    EXPECT_EQ(FromGrpc(ToGrpc(status)), status) << status;
  }
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status =
        Error(static_cast<absl::StatusCode>(code), "REASON", "text", {{"k", "v"}});
    EXPECT_EQ(ToGrpc(status).error_code(), code);
    EXPECT_EQ(FromGrpc(ToGrpc(status)), status);
  }
}

// What a client in another language reads.
TEST(GrpcStatus, DetailsAreGoogleRpcStatus) {
  const grpc::Status status = ToGrpc(OverloadedError("later", absl::Milliseconds(1250)));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_message(), "later");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 8);
  EXPECT_EQ(details.message(), "later");
  ASSERT_EQ(details.details_size(), 2);
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  ASSERT_TRUE(details.details(1).UnpackTo(&retry));
  EXPECT_EQ(info.reason(), "OVERLOADED");
  EXPECT_EQ(info.domain(), "switchboard");
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(GrpcStatus, StaysWithinATrailer) {
  std::string text;
  while (text.size() < 100'000) text += "あ";
  absl::Status status = Error(absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID", text);
  status.SetPayload("type.googleapis.com/z.Large", absl::Cord(std::string(100'000, 'x')));
  const grpc::Status sent = ToGrpc(status);
  EXPECT_LE(sent.error_message().size(), 1024u);
  EXPECT_GE(sent.error_message().size(), 1000u);
  EXPECT_EQ(sent.error_message().size() % 3, 0u);  // whole characters
  EXPECT_LE(sent.error_details().size(), 6000u);
  EXPECT_EQ(ErrorReason(FromGrpc(sent)), "CONTRACT_INVALID");
}

TEST(GrpcStatus, ForeignDetailsAreNoProblem) {
  for (const std::string& details :
       {std::string(), std::string("\xff\xff\xff garbage"), std::string(5, '\0')}) {
    const absl::Status status =
        FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed", details));
    EXPECT_EQ(status, absl::UnavailableError("Socket closed"));
    EXPECT_EQ(ErrorReason(status), "");
  }
}

}  // namespace
}  // namespace switchboard::identity
