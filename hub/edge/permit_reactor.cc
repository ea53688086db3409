#include "hub/edge/permit_reactor.h"

#include <utility>

namespace switchboard::edge {

PermitReactor::PermitReactor(const EdgeParts& parts, const api::Method& method,
                             grpc::CallbackServerContext* context)
    : AnsweringReactor(parts, method, context, kUnderWayMax) {
  Begin([this, &method](const identity::Peer& caller) {
    stream_ = std::get<api::Method::Permits>(method.serve)(caller, this);
  });
}

void PermitReactor::Take(std::string request, Done<std::string> done) {
  using Answer = masking::ToVendor<v1::RequestPermitsResponse>;
  stream_->Take(request, [done = std::move(done)](absl::StatusOr<Answer> answer) {
    if (!answer.ok()) return done(answer.status());
    done(std::move(*answer).TakeBytes());
  });
}

void PermitReactor::Tell(masking::ToVendor<v1::RequestPermitsResponse> message) {
  AnsweringReactor::Tell(message.bytes());
}

void PermitReactor::End(const absl::Status& status) { EndBehindAnswers(status); }

void PermitReactor::Closed() {
  if (stream_ != nullptr) stream_->Detach();
}

}  // namespace switchboard::edge
