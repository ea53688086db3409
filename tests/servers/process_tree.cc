#include "tests/servers/process_tree.h"

#include <csignal>
#include <set>

#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

constexpr char kPython[] = "/usr/bin/python3";
constexpr int kEndMilliseconds = 60'000;

// 36 is PR_SET_CHILD_SUBREAPER. SIGTERM comes when our process is gone: the first is killed, who
// would start a server again; that gets SIGQUIT, on which it frees its shared memory, and time for
// it.
constexpr char kKeeper[] = R"(
import ctypes, os, signal, subprocess, sys, time

first = []

def below():
    found = []
    for name in os.listdir('/proc'):
        try:
            with open(f'/proc/{name}/stat') as file:
                if name.isdigit() and int(file.read().rpartition(')')[2].split()[1]) == os.getpid():
                    found.append(int(name))
        except OSError:
            pass
    return found

def tell(number, pids):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
        return True
    except ChildProcessError:
        return False

def end(*_):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if first:
        first[0].kill()
    give_up = time.monotonic() + 8
    while reap():
        late = time.monotonic() > give_up
        tell(signal.SIGKILL if late else signal.SIGQUIT, below())
        tell(signal.SIGCONT, below())
        time.sleep(0.02)
    os._exit(0)

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
signal.signal(signal.SIGTERM, end)
first.append(subprocess.Popen(sys.argv[1:]))
try:
    while True:
        os.waitpid(-1, 0)
except ChildProcessError:
    os._exit(0)
)";

void AddBelow(pid_t parent, std::set<pid_t>& found) {
  for (const pid_t child : ChildrenOf(parent)) {
    if (found.insert(child).second) AddBelow(child, found);
  }
}

}  // namespace

absl::StatusOr<ProcessTree> ProcessTree::Start(const ServerFolder& folder,
                                               const std::vector<std::string>& command,
                                               const std::string& log) {
  std::vector<std::string> whole = {kPython, "-c", kKeeper};
  whole.insert(whole.end(), command.begin(), command.end());
  ASSIGN_OR_RETURN(ChildProcess keeper, folder.Start(whole, log, SIGTERM));
  return ProcessTree(std::move(keeper));
}

ProcessTree& ProcessTree::operator=(ProcessTree&& other) noexcept {
  Kill();
  keeper_ = std::move(other.keeper_);
  return *this;
}

pid_t ProcessTree::pid() const {
  if (keeper_.pid() < 0) return -1;
  // Whatever else the keeper has was started later, by what it started.
  const std::vector<pid_t> below = ChildrenOf(keeper_.pid());
  return below.empty() ? -1 : below.front();
}

// Until a look finds none that it has not stopped: what is stopped starts nothing more.
std::vector<pid_t> ProcessTree::Stop() {
  std::set<pid_t> stopped;
  for (size_t before = 1; before != stopped.size() && Running();) {
    before = stopped.size();
    std::set<pid_t> found;
    AddBelow(keeper_.pid(), found);
    for (const pid_t pid : found) {
      if (stopped.insert(pid).second) kill(pid, SIGSTOP);
    }
  }
  return {stopped.begin(), stopped.end()};
}

void ProcessTree::Thaw() {
  if (!Running()) return;
  std::set<pid_t> found;
  AddBelow(keeper_.pid(), found);
  for (const pid_t pid : found) kill(pid, SIGCONT);
}

void ProcessTree::Kill() {
  if (!Running()) return;
  const std::vector<pid_t> stopped = Stop();
  for (const pid_t pid : stopped) kill(pid, SIGKILL);
  // The keeper ends once it has seen the last of them off, unless it has not started the first yet.
  if (stopped.empty() || !keeper_.EndsWithin(kEndMilliseconds)) keeper_.Stop(kEndMilliseconds);
}

}  // namespace switchboard::servers
