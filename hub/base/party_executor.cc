#include "hub/base/party_executor.h"

#include <utility>

namespace switchboard {

bool PartyExecutor::Post(const std::string& party, std::function<void()> task) {
  MutexLock lock(mutex_);
  const auto [found, first] = waiting_.try_emplace(party);
  if (found->second.size() >= waiting_max_) return false;
  found->second.push_back(std::move(task));
  if (first && !running_.contains(party)) next_.push_back(party);
  StartSome();
  return true;
}

void PartyExecutor::StartSome() {
  while (static_cast<int>(running_.size()) < at_once_ && !next_.empty()) {
    std::string party = std::move(next_.front());
    next_.pop_front();
    const auto found = waiting_.find(party);
    auto task = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) waiting_.erase(found);
    running_.insert(party);
    executor_.Post([this, party = std::move(party), task = std::move(task)] {
      task();
      Finish(party);
    });
  }
}

void PartyExecutor::Finish(const std::string& party) {
  MutexLock lock(mutex_);
  running_.erase(party);
  if (waiting_.contains(party)) next_.push_back(party);
  StartSome();
}

}  // namespace switchboard
