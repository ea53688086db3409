#include "clients/cli/session.h"

#include "hub/base/mutex.h"

namespace switchboard::cli {

Session::Session(Clock& clock_used, std::ostream& out_used, std::ostream& err_used)
    : clock(clock_used), out(out_used), err(err_used), progress(clock_used, err_used) {
  connect = [](Session& session) {
    return ConnectToHub(session.connection, session.clock, [&session](std::string_view hub) {
      session.progress.Update("waiting for " + std::string(hub));
    });
  };
  wait = [](absl::Duration span) {
    Mutex mutex;
    MutexLock lock(mutex);
    CondVar nobody;
    nobody.WaitFor(mutex, span);
  };
}

Session Session::OfHub(const std::string& address) const {
  Session one(clock, out, err);
  one.connection = connection;
  one.connection.hubs = {address};
  one.connect = connect;
  return one;
}

}  // namespace switchboard::cli
