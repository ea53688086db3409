#include "hub/guard/token_buckets.h"

namespace switchboard::guard {

TokenBucket& TokenBuckets::BucketOf(const std::string& key, absl::Time now) {
  if (auto found = buckets_.find(key); found != buckets_.end()) return found->second;
  if (buckets_.size() >= keys_max_)
    absl::erase_if(buckets_, [&](auto& entry) { return entry.second.IsFull(now); });
  if (buckets_.size() >= keys_max_) return shared_;
  return buckets_.emplace(key, TokenBucket(rate_, now)).first->second;
}

bool TokenBuckets::Take(const std::string& key, absl::Time now) {
  return BucketOf(key, now).Take(now);
}

bool TokenBuckets::Has(const std::string& key, absl::Time now) {
  const auto found = buckets_.find(key);
  if (found != buckets_.end()) return found->second.Has(now);
  return buckets_.size() < keys_max_ || shared_.Has(now);
}

}  // namespace switchboard::guard
