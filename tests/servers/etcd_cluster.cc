#include "tests/servers/etcd_cluster.h"

#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/error.h"
#include "tests/servers/web_page.h"

namespace switchboard::servers {
namespace {

constexpr char kProgram[] = "/usr/bin/etcd";
constexpr char kUser[] = "etcd";
constexpr auto kLeaderMax = std::chrono::minutes(1);
constexpr int kTryMilliseconds = 20;
constexpr char kLeads[] = "\netcd_server_is_leader 1\n";

std::string NameOf(size_t member) { return absl::StrCat("etcd", member); }
std::string LogOf(size_t member) { return NameOf(member) + ".log"; }

}  // namespace

absl::Status EtcdCluster::Available() {
  if (access(kProgram, X_OK) == 0 && (geteuid() != 0 || getpwnam(kUser) != nullptr))
    return absl::OkStatus();
  return Error(absl::StatusCode::kNotFound, "PACKAGE_MISSING",
               "there is no etcd here; install Debian's package etcd-server (tests/packages "
               "patroni)");
}

absl::StatusOr<std::unique_ptr<EtcdCluster>> EtcdCluster::Create(const std::string& parent_folder) {
  RETURN_IF_ERROR(Available());
  ASSIGN_OR_RETURN(ServerFolder folder, ServerFolder::Make(parent_folder, kUser));
  std::vector<Member> members;
  for (size_t member = 0; member < kMembers; ++member) {
    ASSIGN_OR_RETURN(ReservedPort client, ReservedPort::Take());
    ASSIGN_OR_RETURN(ReservedPort peer, ReservedPort::Take());
    members.push_back({std::move(client), std::move(peer)});
  }
  std::unique_ptr<EtcdCluster> made(new EtcdCluster(std::move(folder), std::move(members)));
  for (size_t member = 0; member < kMembers; ++member) RETURN_IF_ERROR(made->Start(member));
  if (const auto leader = made->AwaitLeader(); !leader.ok()) {
    return Error(leader.status().code(), "SERVER_NOT_STARTED",
                 absl::StrCat(leader.status().message(), ": ", made->folder_.EndOf(LogOf(0))));
  }
  RETURN_IF_ERROR(made->CheckAlive());
  return made;
}

absl::Status EtcdCluster::Start(size_t member) {
  std::vector<std::string> all;
  for (size_t other = 0; other < kMembers; ++other) {
    all.push_back(absl::StrCat(NameOf(other), "=http://", members_[other].peer.address()));
  }
  const std::string client = "http://" + members_[member].client.address();
  const std::string peer = "http://" + members_[member].peer.address();
  ASSIGN_OR_RETURN(members_[member].process, folder_.Start({kProgram,
                                                            "--name",
                                                            NameOf(member),
                                                            "--data-dir",
                                                            folder_ / NameOf(member),
                                                            "--listen-client-urls",
                                                            client,
                                                            "--advertise-client-urls",
                                                            client,
                                                            "--listen-peer-urls",
                                                            peer,
                                                            "--initial-advertise-peer-urls",
                                                            peer,
                                                            "--initial-cluster",
                                                            absl::StrJoin(all, ","),
                                                            "--initial-cluster-state",
                                                            "new",
                                                            "--enable-v2",
                                                            "--heartbeat-interval",
                                                            "100",
                                                            "--election-timeout",
                                                            "1000",
                                                            "--logger",
                                                            "zap",
                                                            "--log-level",
                                                            "warn"},
                                                           LogOf(member), SIGKILL));
  return absl::OkStatus();
}

absl::StatusOr<size_t> EtcdCluster::Leader() const {
  for (size_t member = 0; member < kMembers; ++member) {
    const auto page = ReadPage(members_[member].client.number(), "/metrics");
    if (page.ok() && absl::StrContains(page->body, kLeads)) return member;
  }
  return Error(absl::StatusCode::kUnavailable, "NO_LEADER", "etcd: no member leads");
}

absl::StatusOr<size_t> EtcdCluster::AwaitLeader() {
  const auto deadline = std::chrono::steady_clock::now() + kLeaderMax;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto leader = Leader();
    if (leader.ok()) return leader;
    // Waits on one that runs; none ends by itself.
    for (Member& member : members_) {
      if (!member.process->Running()) continue;
      member.process->EndsWithin(kTryMilliseconds);
      break;
    }
  }
  return Error(absl::StatusCode::kDeadlineExceeded, "NO_LEADER",
               "etcd: no member leads after a minute");
}

absl::Status EtcdCluster::CheckAlive() {
  for (size_t member = 0; member < kMembers; ++member) {
    if (!members_[member].process->Running())
      return members_[member].process->Ended(NameOf(member));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::servers
