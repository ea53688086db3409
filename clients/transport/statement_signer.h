#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/identity/certificate.h"
#include "switchboard/v1/deletion.pb.h"

namespace switchboard::transport {

// Signs what a vendor confirms, as the one whose certificate lies in its folder. Reads the folder
// once: make a new one for each round, so that a renewed certificate is used. Thread-compatible.
class StatementSigner {
 public:
  // Errors: as CheckTlsMaterial with kClient; FAILED_PRECONDITION, TLS_MATERIAL_INVALID also where
  // the certificate names no vendor.
  static absl::StatusOr<StatementSigner> Read(const std::string& tls_directory, Clock& clock);

  // The vendor's id, as the certificate says it.
  const std::string& vendor_id() const { return vendor_id_; }

  // The statement as ConfirmDeletion takes it; its vendor_id is set to the own one. Errors: as
  // identity::SignStatement.
  absl::StatusOr<v1::ConfirmDeletionRequest> Sign(v1::DeletionStatement statement) const;

 private:
  StatementSigner(std::string vendor_id, identity::Key key,
                  std::vector<identity::Certificate> chain);

  std::string vendor_id_;
  identity::Key key_;
  std::vector<identity::Certificate> chain_;
};

}  // namespace switchboard::transport
