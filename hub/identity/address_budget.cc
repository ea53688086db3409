#include "hub/identity/address_budget.h"

#include <algorithm>

namespace switchboard::identity {

AddressBudget::AddressBudget(double per_second, int burst, size_t keys_max, Clock& clock)
    : per_second_(per_second),
      burst_(burst),
      keys_max_(keys_max),
      clock_(clock),
      shared_{burst_, clock.Now()} {}

void AddressBudget::Fill(Bucket& bucket, absl::Time now) const {
  // A clock that steps back adds nothing, and the bucket fills from the new time on.
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket.filled));
  bucket.tokens = std::min(burst_, bucket.tokens + seconds * per_second_);
  bucket.filled = now;
}

AddressBudget::Bucket& AddressBudget::BucketOf(std::string_view key, absl::Time now) {
  const absl::string_view name(key.data(), key.size());
  if (auto found = buckets_.find(name); found != buckets_.end()) return found->second;
  if (buckets_.size() >= keys_max_) {
    absl::erase_if(buckets_, [&](auto& entry) {
      Fill(entry.second, now);
      return entry.second.tokens >= burst_;
    });
  }
  if (buckets_.size() >= keys_max_) return shared_;
  return buckets_.emplace(name, Bucket{burst_, now}).first->second;
}

bool AddressBudget::Take(std::string_view key) {
  const absl::Time now = clock_.Now();
  Bucket& bucket = BucketOf(key, now);
  Fill(bucket, now);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace switchboard::identity
