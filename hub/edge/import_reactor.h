#pragma once

#include <memory>
#include <string>

#include "hub/edge/answering_reactor.h"
#include "hub/ingest/import_stream.h"

namespace switchboard::edge {

// One ImportAccounts stream: up to kUnderWayMax batches at the hub at a time.
class ImportReactor final : public AnsweringReactor {
 public:
  static constexpr size_t kUnderWayMax = 4;

  ImportReactor(const EdgeParts& parts, const api::Method& method,
                grpc::CallbackServerContext* context);

 private:
  void Take(std::string request, Done<std::string> done) override;

  std::shared_ptr<ingest::ImportStream> import_;  // constant after construction; null when refused
};

}  // namespace switchboard::edge
