#include "tests/servers/insert_load.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/servers/postgres_session.h"

namespace switchboard::servers {
namespace {

constexpr int64_t kRowsPerSession = 1'000'000'000;
constexpr absl::Duration kPatience = absl::Minutes(2);
constexpr absl::Duration kConnectAgain = absl::Milliseconds(5);

}  // namespace

absl::Status InsertLoad::MakeTable(const std::string& uri) {
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(uri));
  return session.Run("CREATE TABLE load (id bigint PRIMARY KEY)").status();
}

InsertLoad::InsertLoad(std::string uri, int sessions, int first) : uri_(std::move(uri)) {
  for (int session = first; session < first + sessions; ++session)
    threads_.emplace_back([this, session] { Insert(session); });
}

InsertLoad::~InsertLoad() { Stop(); }

void InsertLoad::Insert(int64_t session_number) {
  std::optional<PostgresSession> session;
  int64_t id = session_number * kRowsPerSession;
  while (!Stopping()) {
    if (!session.has_value()) {
      if (auto opened = PostgresSession::Open(uri_); opened.ok()) {
        session = *std::move(opened);
      } else {
        MutexLock lock(mutex_);
        changed_.WaitFor(mutex_, kConnectAgain,
                         [this]() SWITCHBOARD_REQUIRES(mutex_) { return stopping_; });
        continue;
      }
    }
    // A row whose fate is unknown is not tried again.
    ++id;
    if (!session->Run("INSERT INTO load VALUES ($1)", {absl::StrCat(id)}).ok()) {
      session.reset();
      continue;
    }
    MutexLock lock(mutex_);
    acknowledged_.push_back(id);
    changed_.NotifyAll();
  }
}

bool InsertLoad::Stopping() {
  MutexLock lock(mutex_);
  return stopping_;
}

bool InsertLoad::Acknowledges(size_t more) {
  MutexLock lock(mutex_);
  const size_t wanted = acknowledged_.size() + more;
  return changed_.WaitFor(mutex_, kPatience, [&]() SWITCHBOARD_REQUIRES(mutex_) {
    return acknowledged_.size() >= wanted;
  });
}

void InsertLoad::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

size_t InsertLoad::acknowledged() {
  MutexLock lock(mutex_);
  return acknowledged_.size();
}

absl::StatusOr<size_t> InsertLoad::Lost(const std::string& uri) {
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(uri));
  ASSIGN_OR_RETURN(const auto rows, session.Run("SELECT id FROM load"));
  std::unordered_set<std::string> stored;
  for (const PostgresSession::Row& row : rows) stored.insert(row[0]);
  MutexLock lock(mutex_);
  return std::count_if(acknowledged_.begin(), acknowledged_.end(),
                       [&](int64_t id) { return !stored.contains(absl::StrCat(id)); });
}

}  // namespace switchboard::servers
