// Signed statements, as a vendor confirms a deletion: certificates in DER form, and a signature.
// What verifies was signed so and not otherwise.
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "hub/identity/statement_signature.h"
#include "switchboard/v1/deletion.pb.h"

namespace identity = switchboard::identity;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool quiet = google::protobuf::SetLogHandler(nullptr) != nullptr;
  (void)quiet;
  switchboard::v1::ConfirmDeletionRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  identity::SignedStatement statement{
      request.statement(),
      request.signature(),
      {request.certificates().begin(), request.certificates().end()}};
  const auto signer = identity::SignerOf(statement);
  if (!signer.ok()) return 0;
  if (signer->chain().size() != statement.certificates.size()) abort();
  if (signer->serial().empty() || signer->digest().size() != 32) abort();
  (void)identity::PeerOf(*signer, "issuer.example");
  switchboard::v1::DeletionStatement read;
  (void)read.ParseFromString(statement.statement);
  statement.statement += 'x';
  if (identity::SignerOf(statement).ok()) abort();
  return 0;
}
