#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace switchboard::edge_test {

// One call with bytes of the test's own choosing, unary or streaming: on the wire they are the
// same. Blocks; ends after 60 s, so that a test that fails does not hang.
class RawCall {
 public:
  // `metadata`: a header of this many bytes goes along.
  RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
          size_t metadata = 0);
  ~RawCall();
  RawCall(const RawCall&) = delete;
  RawCall& operator=(const RawCall&) = delete;

  // False when the call is over.
  bool Write(const std::string& bytes);
  bool Write(const google::protobuf::MessageLite& message) {
    return Write(message.SerializeAsString());
  }
  // No more writes.
  void HalfClose();
  // The next message; none when the call is over.
  std::optional<std::string> Read();
  // The same, parsed; none as well when it cannot be.
  template <typename Message>
  std::optional<Message> ReadAs() {
    const auto bytes = Read();
    Message message;
    if (!bytes.has_value() || !message.ParseFromString(*bytes)) return std::nullopt;
    return message;
  }
  // Reads what is left, and the status. Once.
  absl::Status Finish();
  void Cancel() { context_.TryCancel(); }

 private:
  bool Wait();

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  bool finished_ = false;
};

// A unary call.
absl::StatusOr<std::string> Ask(const std::shared_ptr<grpc::Channel>& channel,
                                const std::string& method, const std::string& request);

template <typename Response>
absl::StatusOr<Response> AskFor(const std::shared_ptr<grpc::Channel>& channel,
                                const std::string& method, const std::string& request) {
  const auto bytes = Ask(channel, method, request);
  if (!bytes.ok()) return bytes.status();
  Response response;
  if (!response.ParseFromString(*bytes)) return absl::InternalError("the answer does not parse");
  return response;
}

template <typename Response>
absl::StatusOr<Response> AskFor(const std::shared_ptr<grpc::Channel>& channel,
                                const std::string& method,
                                const google::protobuf::MessageLite& request) {
  return AskFor<Response>(channel, method, request.SerializeAsString());
}

}  // namespace switchboard::edge_test
