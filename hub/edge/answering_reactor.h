#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "hub/base/done.h"
#include "hub/base/mutex.h"
#include "hub/edge/edge_parts.h"

namespace switchboard::edge {

// A stream on which each request has one answer, in the order of the requests, and on which the hub
// may say something of its own between them. A stream that drains reads no further request, answers
// those it has, and ends. Who the peer is is asked again with each message.
class AnsweringReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public Call {
 public:
  void OnReadDone(bool ok) final;
  void OnWriteDone(bool ok) final;
  void OnCancel() final;
  void OnDone() final;

  void Drain() final;
  void End() final;

 protected:
  // `method` and `parts` outlive the call; gRPC owns it. At most `under_way_max` requests wait for
  // their answer; further ones are not read.
  AnsweringReactor(const EdgeParts& parts, const api::Method& method,
                   grpc::CallbackServerContext* context, size_t under_way_max);
  virtual ~AnsweringReactor() = default;

  // Last call of the constructor: lets the peer in, or ends the call. `open` is what serves it.
  template <typename Open>
  void Begin(Open open) {
    if (const auto caller = Admit(); caller.has_value()) {
      open(*caller);
      Start();
    }
  }

  // Serves one request. `done` may be called at once; an error ends the stream.
  virtual void Take(std::string request, Done<std::string> done) = 0;
  // The call is over, and nothing more may be told.
  virtual void Closed() {}

  // Says something of the hub's own, behind the answers to all requests that were read so far.
  void Tell(const std::string& message);
  // Reads nothing more, and ends once everything is answered, or when the peer has left that unread
  // for EdgeParts::unread_end_max.
  void EndBehindAnswers(const absl::Status& status);

 private:
  // A request at the hub, or what waits to be sent.
  struct Turn {
    std::optional<absl::StatusOr<std::string>> answer;
    MemoryBudget::Share memory;  // until it is answered
  };

  // The call as far as it still is one; outlives the reactor in the alarm.
  struct UnderWay {
    Mutex mutex;  // taken last
    // Null once the call is over.
    grpc::CallbackServerContext* context SWITCHBOARD_GUARDED_BY(mutex) = nullptr;
  };

  std::optional<identity::Peer> Admit();
  void Start();
  void Answer(const std::shared_ptr<Turn>& turn, absl::StatusOr<std::string> answer);
  void Pump() SWITCHBOARD_REQUIRES(mutex_);
  void FinishOnce(const absl::Status& status) SWITCHBOARD_REQUIRES(mutex_);
  void Release();

  const EdgeParts& parts_;
  const api::Method& method_;
  const size_t under_way_max_;
  const absl::Time begin_;
  grpc::CallbackServerContext* const context_;
  const std::shared_ptr<UnderWay> call_;
  bool entered_ = false;  // constant after construction

  Mutex mutex_;                // taken after Calls' own
  grpc::ByteBuffer request_;   // of the read under way
  grpc::ByteBuffer response_;  // of the write under way
  std::deque<std::shared_ptr<Turn>> turns_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool started_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool reading_ SWITCHBOARD_GUARDED_BY(mutex_) = false;  // or handing over what was read
  bool writing_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool half_closed_ SWITCHBOARD_GUARDED_BY(mutex_) = false;  // the peer sends no more
  // The hub takes no more, and then ends with this.
  std::optional<absl::Status> end_status_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool finished_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  grpc::Alarm unread_ SWITCHBOARD_GUARDED_BY(mutex_);  // ends a call whose peer does not read
  int holders_ SWITCHBOARD_GUARDED_BY(mutex_) = 1;     // gRPC, and one per request at the hub
};

}  // namespace switchboard::edge
