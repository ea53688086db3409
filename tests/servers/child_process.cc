#include "tests/servers/child_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

constexpr size_t kEndBytes = 2'000;

// What the child needs after the fork, made before it.
struct Plan {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder = nullptr;
  bool change_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  int log = -1;
  int end_with_parent = SIGKILL;
  pid_t parent = 0;
};

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// System calls without glibc's wrappers, which would ask threads that exist only in the parent.
bool BecomeUser(const Plan& plan) {
  return syscall(SYS_setgroups, 1, &plan.gid) == 0 && syscall(SYS_setgid, plan.gid) == 0 &&
         syscall(SYS_setuid, plan.uid) == 0;
}

// In the child, between fork and exec: only calls that are safe after a fork of a threaded process.
[[noreturn]] void Become(const Plan& plan) {
  if (plan.change_user && !BecomeUser(plan)) _exit(127);
  // After the change of user, which would take it back.
  prctl(PR_SET_PDEATHSIG, plan.end_with_parent);
  if (getppid() != plan.parent) _exit(127);
  setpgid(0, 0);  // Ctrl-C goes to the parent, which ends its children in order
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (plan.folder != nullptr && chdir(plan.folder) != 0) _exit(127);
  dup2(plan.log, STDOUT_FILENO);
  dup2(plan.log, STDERR_FILENO);
  execve(plan.arguments[0], plan.arguments.data(), plan.environment.data());
  _exit(127);
}

// Readable once that process has ended; -1 when there is none.
int Watch(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

// The parent of a process as /proc/<pid>/stat has it: the second word after the name, which stands
// in brackets and may itself hold some.
pid_t ParentOf(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return -1;
  const std::vector<std::string> words =
      absl::StrSplit(line.substr(name_end + 1), ' ', absl::SkipEmpty());
  pid_t parent = -1;
  return words.size() > 1 && absl::SimpleAtoi(words[1], &parent) ? parent : -1;
}

}  // namespace

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  DIR* const processes = opendir("/proc");
  if (processes == nullptr) return children;
  while (const dirent* entry = readdir(processes)) {
    pid_t pid = 0;
    if (absl::SimpleAtoi(entry->d_name, &pid) && ParentOf(pid) == parent) children.push_back(pid);
  }
  closedir(processes);
  return children;
}

std::string EndOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.size() > kEndBytes) text.erase(0, text.size() - kEndBytes);
  return text;
}

absl::StatusOr<ChildProcess> ChildProcess::Start(const std::vector<std::string>& command,
                                                 const ProcessOptions& options) {
  const auto failed = [&](std::string_view why) {
    return Error(absl::StatusCode::kUnavailable, "PROCESS_NOT_STARTED",
                 absl::StrCat(command[0], ": ", absl::string_view(why.data(), why.size())));
  };
  Plan plan;
  plan.arguments = Pointers(command);
  plan.environment = Pointers(options.environment);
  if (options.environment.empty()) {
    plan.environment.clear();
    for (char** variable = environ; *variable != nullptr; ++variable)
      plan.environment.push_back(*variable);
    plan.environment.push_back(nullptr);
  }
  if (!options.folder.empty()) plan.folder = options.folder.c_str();
  if (!options.user.empty()) {
    const passwd* user = getpwnam(options.user.c_str());
    if (user == nullptr) return failed(absl::StrCat("there is no user ", options.user));
    plan.change_user = true;
    plan.uid = user->pw_uid;
    plan.gid = user->pw_gid;
  }
  plan.end_with_parent = options.end_with_parent;
  plan.log = open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (plan.log < 0) return failed("its log cannot be written");
  plan.parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Become(plan);
  close(plan.log);
  if (pid < 0) return failed("cannot be started");
  return ChildProcess(pid, options.log);
}

absl::StatusOr<ChildProcess> ChildProcess::Start(const std::vector<std::string>& command,
                                                 const std::string& log) {
  return Start(command, ProcessOptions{.log = log});
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      log_(std::move(other.log_)),
      exit_code_(other.exit_code_),
      exit_text_(std::move(other.exit_text_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  Kill();
  pid_ = std::exchange(other.pid_, -1);
  log_ = std::move(other.log_);
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

absl::Status ChildProcess::Ended(const std::string& name) const {
  return Error(
      absl::StatusCode::kInternal, "PROCESS_ENDED",
      absl::StrCat(name, " ended: ", exit_text_, "; ", log_, " ends with:\n", EndOfFile(log_)));
}

bool ChildProcess::Running() {
  Reap(WNOHANG);
  return pid_ >= 0;
}

bool ChildProcess::EndsWithin(int milliseconds) {
  if (!Running()) return true;
  pollfd ended = {Watch(pid_), POLLIN, 0};
  if (ended.fd < 0) return !Running();
  poll(&ended, 1, milliseconds);
  close(ended.fd);
  return !Running();
}

void ChildProcess::Kill() {
  if (!Running()) return;
  kill(pid_, SIGKILL);
  Reap(0);
}

void ChildProcess::KillWithChildren() {
  if (!Running()) return;
  // While it stands still it can neither start children nor take notice of their end, so that their
  // pids stay theirs.
  kill(pid_, SIGSTOP);
  siginfo_t stopped;
  waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
  std::vector<pollfd> children;
  for (const pid_t child : ChildrenOf(pid_)) {
    if (const int watch = Watch(child); watch >= 0) children.push_back({watch, POLLIN, 0});
  }
  for (const pollfd& child : children)
    syscall(SYS_pidfd_send_signal, child.fd, SIGKILL, nullptr, 0);
  Kill();
  for (pollfd& child : children) {
    poll(&child, 1, -1);
    close(child.fd);
  }
}

bool ChildProcess::Stop(int milliseconds, int signal) {
  if (Running()) {
    kill(pid_, signal);
    if (!EndsWithin(milliseconds)) {
      Kill();
      exit_text_ = absl::StrCat("no end within ", milliseconds, " ms of signal ", signal);
    }
  }
  return exit_code_ == 0;
}

}  // namespace switchboard::servers
