#pragma once

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/storage/database.h"

namespace switchboard::storage {

// The bulletin over LISTEN and NOTIFY, on a connection of its own and outside of every transaction:
// inside one, NOTIFY would make all commits of the database wait for each other. While the server
// is away, or knows no LISTEN, nothing is heard and nothing breaks. Thread-safe.
class PostgresBulletin final : public Bulletin {
 public:
  PostgresBulletin(std::string url, std::string hub_id,
                   std::function<void(const std::string&)> hear);
  ~PostgresBulletin() override;

  void Post(const std::vector<std::string>& topics) override;

 private:
  class Session;
  void Loop();
  bool WaitForNews(int socket);
  std::set<std::string> TakePosts();

  const std::string url_;
  // Before each topic, so that a hub does not hear itself.
  const std::string prefix_;
  const std::function<void(const std::string&)> hear_;
  const int wake_;  // an eventfd
  Mutex mutex_;
  std::set<std::string> posts_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace switchboard::storage
