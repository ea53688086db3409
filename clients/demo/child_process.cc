#include "clients/demo/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

// In the child, between fork and exec: only calls that are safe after a fork of a threaded process.
[[noreturn]] void Become(char* const* arguments, int log, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  setpgid(0, 0);  // Ctrl-C goes to the director, which ends its children in order
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

absl::StatusOr<ChildProcess> ChildProcess::Start(const std::vector<std::string>& command,
                                                 const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int descriptor = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const pid_t parent = getpid();
  const pid_t pid = descriptor < 0 ? -1 : fork();
  if (pid == 0) Become(arguments.data(), descriptor, parent);
  if (descriptor >= 0) close(descriptor);
  if (pid < 0) {
    return Error(absl::StatusCode::kUnavailable, "PROCESS_NOT_STARTED",
                 absl::StrCat(command[0], ": cannot be started"));
  }
  return ChildProcess(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      exit_code_(other.exit_code_),
      exit_text_(std::move(other.exit_text_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  Kill();
  pid_ = std::exchange(other.pid_, -1);
  exit_code_ = other.exit_code_;
  exit_text_ = std::move(other.exit_text_);
  return *this;
}

ChildProcess::~ChildProcess() { Kill(); }

void ChildProcess::Reap(int options) {
  int state = 0;
  if (pid_ < 0 || waitpid(pid_, &state, options) != pid_) return;
  pid_ = -1;
  if (WIFEXITED(state)) {
    exit_code_ = WEXITSTATUS(state);
    exit_text_ = absl::StrCat("exit code ", exit_code_);
  } else {
    exit_text_ = absl::StrCat("signal ", WTERMSIG(state));
  }
}

bool ChildProcess::Running() {
  Reap(WNOHANG);
  return pid_ >= 0;
}

void ChildProcess::Kill() {
  if (!Running()) return;
  kill(pid_, SIGKILL);
  Reap(0);
}

bool ChildProcess::Stop(int milliseconds) {
  if (Running()) {
    // A descriptor of the process becomes readable when it ends.
    const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    kill(pid_, SIGTERM);
    pollfd ended = {descriptor, POLLIN, 0};
    if (descriptor >= 0) {
      poll(&ended, 1, milliseconds);
      close(descriptor);
    }
  }
  Kill();
  return exit_code_ == 0;
}

}  // namespace switchboard::demo
