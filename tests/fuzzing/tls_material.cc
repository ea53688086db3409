// Certificates, keys and revocation lists, as they lie in a folder.
#include <cstddef>
#include <cstdint>
#include <string>

#include "hub/identity/certificate.h"
#include "hub/identity/revocations.h"

using switchboard::identity::Certificate;
using switchboard::identity::ParseCertificates;
using switchboard::identity::ParseKey;
using switchboard::identity::Revocations;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string pem(reinterpret_cast<const char*>(data), size);
  (void)ParseKey(pem);
  const auto certificates = ParseCertificates(pem);
  const std::vector<Certificate> none;
  const auto lists = Revocations::Parse(pem, certificates.ok() ? *certificates : none);
  if (lists.ok() && certificates.ok()) (void)lists->Revoke(*certificates);
  return 0;
}
