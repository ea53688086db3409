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
  stream_->Take(request, std::move(done));
}

void PermitReactor::Tell(const v1::RequestPermitsResponse& response) {
  AnsweringReactor::Tell(response.SerializeAsString());
}

void PermitReactor::End(const absl::Status& status) { EndBehindAnswers(status); }

void PermitReactor::Closed() {
  if (stream_ != nullptr) stream_->Detach();
}

}  // namespace switchboard::edge
