#include "hub/guard/address_budget.h"

#include <arpa/inet.h>

namespace switchboard::guard {
namespace {

std::string KeyOf(const std::string& address) {
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
  return std::string(reinterpret_cast<const char*>(v6.s6_addr), 8);
}

}  // namespace

bool AddressBudget::Take(const std::string& address) {
  return buckets_.Take(KeyOf(address), clock_.Now());
}

}  // namespace switchboard::guard
