#include "hub/identity/grpc_status.h"

#include <grpcpp/support/status.h>

#include <map>
#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/status.pb.h"

namespace switchboard::identity {
namespace {

constexpr size_t kMessageMaxBytes = 1024;
constexpr size_t kDetailsMaxBytes = 4096;

std::string Shortened(absl::string_view message) {
  if (message.size() <= kMessageMaxBytes) return std::string(message);
  size_t end = kMessageMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  return std::string(message.substr(0, end));
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string message = Shortened(status.message());
  // ForEachPayload promises no order; sorted, the same error is the same bytes, and ErrorInfo comes
  // first.
  std::map<std::string, std::string> payloads;
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    payloads[std::string(url)] = std::string(payload);
  });
  const auto code = static_cast<grpc::StatusCode>(status.code());
  if (payloads.empty()) return grpc::Status(code, message);

  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  size_t bytes = 0;
  for (auto& [url, payload] : payloads) {
    bytes += url.size() + payload.size();
    if (bytes > kDetailsMaxBytes) break;
    auto* detail = details.add_details();
    detail->set_type_url(url);
    detail->set_value(std::move(payload));
  }
  return grpc::Status(code, message, details.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) {
    return result;
  }
  for (const auto& detail : details.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

}  // namespace switchboard::identity
