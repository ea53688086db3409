#include "hub/storage/postgres_bulletin.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "hub/storage/postgres_session.h"

namespace switchboard::storage {
namespace {

constexpr int kReconnectMilliseconds = 500;
constexpr char kChannel[] = "switchboard";

}  // namespace

// One connection that listens. Broken for good once anything fails.
class PostgresBulletin::Session {
 public:
  explicit Session(const std::string& url) {
    auto opened = OpenPostgresSession(url, "switchboard bulletin");
    if (!opened.ok()) return;
    connection_ = *std::move(opened);
    good_ = Done(PQexec(connection_.get(), (std::string("LISTEN ") + kChannel).c_str()));
  }

  bool good() const { return good_; }
  int socket() const { return good_ ? PQsocket(connection_.get()) : -1; }

  void Notify(const std::string& payload) {
    if (!good_) return;
    const char* values[] = {kChannel, payload.c_str()};
    good_ = Done(PQexecParams(connection_.get(), "SELECT pg_notify($1, $2)", 2, nullptr, values,
                              nullptr, nullptr, 0));
  }

  void Hear(const std::function<void(const char*)>& hear) {
    if (!good_) return;
    good_ = PQconsumeInput(connection_.get()) == 1;
    while (PGnotify* heard = PQnotifies(connection_.get())) {
      hear(heard->extra);
      PQfreemem(heard);
    }
  }

 private:
  static bool Done(PGresult* result) {
    const ExecStatusType kind = PQresultStatus(result);
    PQclear(result);
    return kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK;
  }

  PostgresSession connection_;
  bool good_ = false;
};

PostgresBulletin::PostgresBulletin(std::string url, std::string hub_id,
                                   std::function<void(const std::string&)> hear)
    : url_(std::move(url)),
      prefix_(std::move(hub_id) + " "),
      hear_(std::move(hear)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { Loop(); }) {}

PostgresBulletin::~PostgresBulletin() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  eventfd_write(wake_, 1);
  thread_.join();
  close(wake_);
}

void PostgresBulletin::Post(const std::vector<std::string>& topics) {
  {
    MutexLock lock(mutex_);
    posts_.insert(topics.begin(), topics.end());
  }
  eventfd_write(wake_, 1);
}

std::set<std::string> PostgresBulletin::TakePosts() {
  MutexLock lock(mutex_);
  return std::exchange(posts_, {});
}

// Waits for posts or for what the server says; false at the end.
bool PostgresBulletin::WaitForNews(int socket) {
  pollfd waits[] = {{wake_, POLLIN, 0}, {socket, POLLIN, 0}};
  const bool connected = socket >= 0;
  poll(waits, connected ? 2 : 1, connected ? -1 : kReconnectMilliseconds);
  eventfd_t count;
  eventfd_read(wake_, &count);
  MutexLock lock(mutex_);
  return !stopping_;
}

void PostgresBulletin::Loop() {
  auto session = std::make_unique<Session>(url_);
  while (WaitForNews(session->socket())) {
    if (!session->good()) session = std::make_unique<Session>(url_);
    for (const std::string& topic : TakePosts()) session->Notify(prefix_ + topic);
    session->Hear([this](const char* payload) {
      const std::string_view said(payload);
      // "hub-2 feed/sakura"; what other programs say on this channel is none of ours.
      const size_t space = said.find(' ');
      if (space == std::string_view::npos || said.substr(0, space + 1) == prefix_) return;
      hear_(std::string(said.substr(space + 1)));
    });
  }
}

}  // namespace switchboard::storage
