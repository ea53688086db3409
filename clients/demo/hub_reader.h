#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::demo {

// Reads the hub as an operator does. Blocking; a call waits for the hub to be there, at most ten
// seconds. Not thread-safe.
class HubReader {
 public:
  // Errors: those of identity::MakeClientCredentials.
  static absl::StatusOr<std::unique_ptr<HubReader>> Connect(const std::string& address,
                                                            const std::string& tls, Clock& clock);
  ~HubReader();

  absl::StatusOr<v1::ListVendorsResponse> Vendors();
  absl::Status ForEachPlacement(
      const std::function<void(const v1::ListPlacementsResponse::Placement&)>& visit);
  absl::Status ForEachDisclosure(
      const std::function<void(const v1::ListDisclosuresResponse::Disclosure&)>& visit);
  absl::Status ForEachQuarantined(
      const std::function<void(const v1::ListQuarantineResponse::Item&)>& visit);
  // Every entry of every chain, in chain order; a status that `visit` returns ends the reading.
  absl::Status ForEachAuditEntry(const std::function<absl::Status(const v1::AuditEntry&)>& visit);

 private:
  struct Connection;
  explicit HubReader(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

}  // namespace switchboard::demo
