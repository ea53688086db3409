#pragma once

#include <memory>
#include <string>

#include "hub/api/permit_streams.h"
#include "hub/edge/answering_reactor.h"

namespace switchboard::edge {

// One RequestPermits stream: up to kUnderWayMax requests at the hub at a time, and what becomes
// void of what was given.
class PermitReactor final : public AnsweringReactor, public api::PermitStream::Outlet {
 public:
  static constexpr size_t kUnderWayMax = 64;

  PermitReactor(const EdgeParts& parts, const api::Method& method,
                grpc::CallbackServerContext* context);

  // The stream's side.
  void Tell(masking::ToVendor<v1::RequestPermitsResponse> message) override;
  void End(const absl::Status& status) override;

 private:
  void Take(std::string request, Done<std::string> done) override;
  void Closed() override;

  std::shared_ptr<api::PermitStream> stream_;  // constant after construction; null when refused
};

}  // namespace switchboard::edge
