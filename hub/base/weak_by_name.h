#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/mutex.h"

namespace switchboard {

// What others own, by name, any number under one: streams by vendor. Forgets what is gone when it
// is looked for. Thread-safe; holds no lock while the caller has what it returned.
template <typename T>
class WeakByName {
 public:
  void Add(const std::string& name, const std::shared_ptr<T>& one) {
    MutexLock lock(mutex_);
    all_.emplace(name, one);
  }

  std::vector<std::shared_ptr<T>> Of(const std::string& name) {
    MutexLock lock(mutex_);
    const auto [begin, end] = all_.equal_range(name);
    return Between(begin, end);
  }

  std::vector<std::shared_ptr<T>> All() {
    MutexLock lock(mutex_);
    return Between(all_.begin(), all_.end());
  }

 private:
  using Map = std::multimap<std::string, std::weak_ptr<T>>;

  std::vector<std::shared_ptr<T>> Between(typename Map::iterator begin, typename Map::iterator end)
      SWITCHBOARD_REQUIRES(mutex_) {
    std::vector<std::shared_ptr<T>> found;
    while (begin != end) {
      if (auto one = begin->second.lock()) {
        found.push_back(std::move(one));
        ++begin;
      } else {
        begin = all_.erase(begin);
      }
    }
    return found;
  }

  Mutex mutex_;
  Map all_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard
