#include "tests/servers/haproxy.h"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

constexpr char kProgram[] = "/usr/sbin/haproxy";
constexpr char kUser[] = "haproxy";
constexpr char kLog[] = "haproxy.log";
constexpr char kSocket[] = "state.sock";
constexpr auto kStartMax = std::chrono::minutes(2);
constexpr int kTryMilliseconds = 5;

}  // namespace

absl::Status HaProxy::Available() {
  if (access(kProgram, X_OK) == 0 && (geteuid() != 0 || getpwnam(kUser) != nullptr))
    return absl::OkStatus();
  return Error(absl::StatusCode::kNotFound, "PACKAGE_MISSING",
               "there is no HAProxy here; install Debian's package haproxy (tests/packages proxy)");
}

HaProxy::HaProxy(HaProxyOptions options, ServerFolder folder, ReservedPort port)
    : options_(std::move(options)), folder_(std::move(folder)), port_(std::move(port)) {}

absl::StatusOr<std::unique_ptr<HaProxy>> HaProxy::Create(HaProxyOptions options) {
  RETURN_IF_ERROR(Available());
  ASSIGN_OR_RETURN(ServerFolder folder, ServerFolder::Make(options.parent_folder, kUser));
  ASSIGN_OR_RETURN(ReservedPort port, ReservedPort::Take());
  std::unique_ptr<HaProxy> proxy(
      new HaProxy(std::move(options), std::move(folder), std::move(port)));
  RETURN_IF_ERROR(proxy->Start());
  return proxy;
}

std::string HaProxy::Configuration() const {
  std::string text = absl::StrCat(
      "# Written by the tests.\n"
      "global\n"
      "  maxconn 4000\n"
      "  stats socket ",
      folder_ / kSocket,
      " mode 600 level operator\n"
      "defaults\n"
      "  mode tcp\n"
      "  timeout connect 1s\n"
      "  timeout check 1s\n"
      // Streams may be silent for long; the hub's heartbeats end those that are dead.
      "  timeout client 1h\n"
      "  timeout server 1h\n"
      "  retries 3\n"
      "  option redispatch 1\n"
      "listen hubs\n"
      "  bind ",
      port_.address(),
      // With any other balance HAProxy waits a second before it takes a refused connection
      // elsewhere; so it does when it counts that connection as a check.
      "\n  balance roundrobin\n  default-server check inter ", options_.check_milliseconds,
      "ms fall 2 rise 1\n");
  for (size_t hub = 0; hub < options_.hubs.size(); ++hub)
    absl::StrAppend(&text, "  server hub", hub + 1, " ", options_.hubs[hub],
                    options_.tells_from.empty()
                        ? std::string()
                        : " send-proxy-v2 check-send-proxy source " + options_.tells_from,
                    "\n");
  return text;
}

absl::Status HaProxy::Start() {
  RETURN_IF_ERROR(folder_.Write("haproxy.cfg", Configuration()));
  ASSIGN_OR_RETURN(process_,
                   folder_.Start({kProgram, "-db", "-f", folder_ / "haproxy.cfg"}, kLog, SIGKILL));
  const auto deadline = std::chrono::steady_clock::now() + kStartMax;
  while (!Up().ok()) {
    const bool ended = process_->EndsWithin(kTryMilliseconds);
    if (!ended && std::chrono::steady_clock::now() < deadline) continue;
    process_->Kill();
    return Error(absl::StatusCode::kInternal, "SERVER_NOT_STARTED",
                 absl::StrCat("HAProxy: ", process_->exit_text(), ": ", folder_.EndOf(kLog)));
  }
  return absl::OkStatus();
}

// Empty when nobody answers.
std::string HaProxy::Ask(const std::string& question) const {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = folder_ / kSocket;
  if (path.size() >= sizeof address.sun_path) return "";
  path.copy(address.sun_path, path.size());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string answer;
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(descriptor, question.data(), question.size(), MSG_NOSIGNAL) > 0) {
    char bytes[4096];
    ssize_t size = 0;
    while ((size = recv(descriptor, bytes, sizeof bytes, 0)) > 0)
      answer.append(bytes, static_cast<size_t>(size));
  }
  if (descriptor >= 0) close(descriptor);
  return answer;
}

absl::StatusOr<std::vector<bool>> HaProxy::Up() const {
  // One line per hub: id and name of the group, id and name of the hub, its address, its state.
  static constexpr size_t kState = 5;
  static constexpr char kRunning[] = "2";
  std::vector<bool> up;
  for (const auto& line : absl::StrSplit(Ask("show servers state hubs\n"), '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() > kState && words[0] != "#") up.push_back(words[kState] == kRunning);
  }
  if (up.size() == options_.hubs.size()) return up;
  return Error(absl::StatusCode::kUnavailable, "STATE_UNKNOWN", "HAProxy does not answer");
}

bool HaProxy::Stop(int milliseconds) { return process_->Stop(milliseconds, SIGUSR1); }

}  // namespace switchboard::servers
