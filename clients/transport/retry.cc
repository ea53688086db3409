#include "clients/transport/retry.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "hub/base/error.h"

namespace switchboard::transport {
namespace {

// A hub that asks for more is mistaken: no outage is known that far ahead.
constexpr absl::Duration kRequestedDelayMax = absl::Minutes(5);

std::optional<google::rpc::RetryInfo> RetryInfoOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryInfoUrl);
  google::rpc::RetryInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) return std::nullopt;
  return info;
}

}  // namespace

bool MayRetry(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return RetryInfoOf(status).has_value();
    case absl::StatusCode::kUnauthenticated: {
      const std::string reason = ErrorReason(status);
      return reason == "CERTIFICATE_EXPIRED" || reason == "CERTIFICATE_NOT_TRUSTED";
    }
    default:
      return false;
  }
}

bool AnotherHubMayDo(const absl::Status& status) {
  return MayRetry(status) && status.code() != absl::StatusCode::kAborted;
}

absl::Duration RequestedDelay(const absl::Status& status) {
  const auto info = RetryInfoOf(status);
  if (!info.has_value()) return absl::ZeroDuration();
  const absl::Duration delay =
      absl::Seconds(info->retry_delay().seconds()) + absl::Nanoseconds(info->retry_delay().nanos());
  return std::clamp(delay, absl::ZeroDuration(), kRequestedDelayMax);
}

}  // namespace switchboard::transport
