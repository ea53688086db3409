#include "hub/edge/import_reactor.h"

#include <utility>

namespace switchboard::edge {

ImportReactor::ImportReactor(const EdgeParts& parts, const api::Method& method,
                             grpc::CallbackServerContext* context)
    : AnsweringReactor(parts, method, context, kUnderWayMax) {
  Begin([this, &method](const identity::Peer& caller) {
    import_ = std::get<api::Method::Import>(method.serve)(caller);
  });
}

void ImportReactor::Take(std::string request, Done<std::string> done) {
  import_->Take(std::move(request),
                [done = std::move(done)](absl::StatusOr<v1::ImportAccountsResponse> answer) {
                  if (!answer.ok()) return done(answer.status());
                  done(answer->SerializeAsString());
                });
}

}  // namespace switchboard::edge
