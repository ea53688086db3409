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

AddressBudget::AddressBudget(Rate rate, size_t keys_max, Clock& clock)
    : rate_(rate), keys_max_(keys_max), clock_(clock), shared_(rate, clock.Now()) {}

TokenBucket& AddressBudget::BucketOf(const std::string& key, absl::Time now) {
  if (auto found = buckets_.find(key); found != buckets_.end()) return found->second;
  if (buckets_.size() >= keys_max_)
    absl::erase_if(buckets_, [&](auto& entry) { return entry.second.IsFull(now); });
  if (buckets_.size() >= keys_max_) return shared_;
  return buckets_.emplace(key, TokenBucket(rate_, now)).first->second;
}

bool AddressBudget::Take(const std::string& address) {
  const absl::Time now = clock_.Now();
  return BucketOf(KeyOf(address), now).Take(now);
}

}  // namespace switchboard::guard
