#include "tests/edge/raw_call.h"

#include <chrono>

#include "hub/identity/grpc_status.h"

namespace switchboard::edge_test {

RawCall::RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                 size_t metadata)
    : stub_(channel) {
  if (metadata > 0) context_.AddMetadata("x-filler", std::string(metadata, 'x'));
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  stream_ = stub_.PrepareCall(&context_, method, &queue_);
  stream_->StartCall(this);
  Wait();
}

RawCall::~RawCall() {
  if (!finished_) {
    Cancel();
    Finish().IgnoreError();
  }
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool RawCall::Wait() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

bool RawCall::Write(const std::string& bytes) {
  grpc::Slice slice(bytes);
  stream_->Write(grpc::ByteBuffer(&slice, 1), this);
  return Wait();
}

void RawCall::HalfClose() {
  stream_->WritesDone(this);
  Wait();
}

std::optional<std::string> RawCall::Read() {
  grpc::ByteBuffer buffer;
  stream_->Read(&buffer, this);
  if (!Wait()) return std::nullopt;
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

absl::Status RawCall::Finish() {
  while (Read().has_value()) {
  }
  grpc::Status status;
  stream_->Finish(&status, this);
  Wait();
  finished_ = true;
  return identity::FromGrpc(status);
}

absl::StatusOr<std::string> Ask(const std::shared_ptr<grpc::Channel>& channel,
                                const std::string& method, const std::string& request) {
  RawCall call(channel, method);
  if (call.Write(request)) call.HalfClose();
  auto answer = call.Read();
  const absl::Status status = call.Finish();
  if (!status.ok()) return status;
  if (!answer.has_value()) return absl::InternalError("OK without an answer");
  return *std::move(answer);
}

}  // namespace switchboard::edge_test
