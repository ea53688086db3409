#include "hub/storage/transaction.h"

#include "hub/base/error.h"

namespace switchboard::storage {

void Transaction::DropUnit(const Mark& mark) {
  records_.resize(mark.records);
  topics_.resize(mark.topics);
  left_by_unit_.clear();
  group_ends_ = false;
}

bool Transaction::KeepUnit() {
  for (auto& [key, work] : left_by_unit_) {
    auto [found, added] = left_.try_emplace(key);
    if (added) {
      found->second = std::move(work);
    } else {
      found->second->Absorb(*work);
    }
  }
  left_by_unit_.clear();
  return group_ends_;
}

absl::Status Transaction::Close() {
  for (auto& [key, work] : left_) RETURN_IF_ERROR(work->Run(*this));
  left_.clear();
  return absl::OkStatus();
}

}  // namespace switchboard::storage
