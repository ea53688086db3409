// What comes before TLS from a listed proxy.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "hub/guard/proxy_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto header = switchboard::guard::ParseProxyHeader(bytes);
  if (header.ok() && header->has_value()) {
    if ((*header)->bytes > size || (*header)->address.size() > 45) abort();
  } else if (header.ok() && size >= switchboard::guard::kProxyHeaderBytesMax) {
    abort();  // it would be waited for for ever
  }
  return 0;
}
