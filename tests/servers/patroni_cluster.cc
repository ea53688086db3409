#include "tests/servers/patroni_cluster.h"

#include <unistd.h>

#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"
#include "tests/servers/postgres_programs.h"
#include "tests/servers/postgres_session.h"

namespace switchboard::servers {
namespace {

constexpr char kProgram[] = "/usr/bin/patroni";
constexpr auto kPatience = std::chrono::minutes(3);
constexpr int kTryMilliseconds = 50;

PatroniSecrets NewSecrets() {
  SystemClock clock;
  IdMint mint(clock);
  return {mint.Next(), mint.Next()};
}

}  // namespace

absl::Status PatroniCluster::Available() {
  RETURN_IF_ERROR(FindPostgresPrograms().status());
  RETURN_IF_ERROR(EtcdCluster::Available());
  if (access(kProgram, X_OK) == 0) return absl::OkStatus();
  return Error(absl::StatusCode::kNotFound, "PACKAGE_MISSING",
               "there is no Patroni here; install Debian's package patroni (tests/packages "
               "patroni)");
}

absl::StatusOr<std::unique_ptr<PatroniCluster>> PatroniCluster::Create(PatroniOptions options) {
  RETURN_IF_ERROR(Available());
  ASSIGN_OR_RETURN(auto etcd, EtcdCluster::Create(options.parent_folder));
  std::unique_ptr<PatroniCluster> made(new PatroniCluster(std::move(etcd)));
  const PatroniSecrets secrets = NewSecrets();
  for (size_t place = 0; place < made->nodes_.size(); ++place) {
    ASSIGN_OR_RETURN(made->nodes_[place],
                     PatroniNode::Make(place == 0 ? "a" : "b", options, secrets, *made->etcd_));
  }
  // One after the other, so that "a" is the one that makes the data.
  for (const auto& node : made->nodes_) {
    RETURN_IF_ERROR(node->Start());
    RETURN_IF_ERROR(made->AwaitPrimary().status());
  }
  RETURN_IF_ERROR(made->AwaitBoth());
  for (const auto& node : made->nodes_) {
    if (options.poolers) RETURN_IF_ERROR(node->StartPooler());
  }
  return made;
}

std::string PatroniCluster::Uri(const std::string& database) const {
  std::vector<std::string> hosts;
  std::vector<int> ports;
  for (const auto& node : nodes_) {
    const PgBouncer* const pooler = node->pooler();
    hosts.push_back(pooler == nullptr ? node->socket_folder() : "127.0.0.1");
    ports.push_back(pooler == nullptr ? node->port() : pooler->port().number());
  }
  return absl::StrCat("postgresql://hub@/", database, "?host=", absl::StrJoin(hosts, ","),
                      "&port=", absl::StrJoin(ports, ","),
                      "&target_session_attrs=read-write&connect_timeout=5");
}

absl::StatusOr<std::string> PatroniCluster::CreateDatabase(const std::string& name) {
  ASSIGN_OR_RETURN(PatroniNode * primary, AwaitPrimary());
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(primary->Uri("postgres")));
  RETURN_IF_ERROR(session.Run(absl::StrCat("CREATE DATABASE ", session.Quoted(name))).status());
  return Uri(name);
}

absl::Status PatroniCluster::DropDatabase(const std::string& name) {
  ASSIGN_OR_RETURN(PatroniNode * primary, AwaitPrimary());
  ASSIGN_OR_RETURN(PostgresSession session, PostgresSession::Open(primary->Uri("postgres")));
  return session
      .Run(absl::StrCat("DROP DATABASE IF EXISTS ", session.Quoted(name), " WITH (FORCE)"))
      .status();
}

PatroniNode* PatroniCluster::Primary() {
  for (const auto& node : nodes_) {
    if (node->Running() && node->IsPrimary()) return node.get();
  }
  return nullptr;
}

absl::StatusOr<PatroniNode*> PatroniCluster::AwaitPrimary(const PatroniNode* other) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    PatroniNode* const primary = Primary();
    if (primary != nullptr && primary != other) return primary;
    Wait();
  }
  return Error(absl::StatusCode::kDeadlineExceeded, "NO_PRIMARY",
               absl::StrCat("Patroni: no node has become the primary; ", EndOfLogs()));
}

absl::Status PatroniCluster::AwaitBoth() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    PatroniNode* const primary = Primary();
    // Both, for the standby does not know what happened while it was off the network.
    if (primary != nullptr && primary->SeesSynchronousStandby() && Other(*primary).Running() &&
        Other(*primary).IsSynchronousStandby()) {
      return absl::OkStatus();
    }
    Wait();
  }
  return Error(absl::StatusCode::kDeadlineExceeded, "STANDBY_BEHIND",
               absl::StrCat("Patroni: commits are on one server only; ", EndOfLogs()));
}

// Between two looks.
void PatroniCluster::Wait() {
  for (const auto& node : nodes_) {
    if (!node->Running()) continue;
    node->EndsWithin(kTryMilliseconds);
    return;
  }
}

std::string PatroniCluster::EndOfLogs() const {
  std::string text;
  for (const auto& node : nodes_)
    absl::StrAppend(&text, "log of ", node->name(), " ends with:\n", node->EndOfLog(), "\n");
  return text;
}

void PatroniCluster::CutNetwork(PatroniNode& node) {
  node.FreezeWiresToEtcd();
  node.FreezeWiresFromTheOther();
  Other(node).FreezeWiresFromTheOther();
}

void PatroniCluster::MendNetwork() {
  for (const auto& node : nodes_) node->MendWires();
}

absl::Status PatroniCluster::CheckAlive() {
  RETURN_IF_ERROR(etcd_->CheckAlive());
  for (const auto& node : nodes_) {
    if (!node->Running()) return node->Ended();
  }
  return absl::OkStatus();
}

}  // namespace switchboard::servers
