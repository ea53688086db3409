#include "tests/servers/patroni_node.h"

#include <sys/un.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/error.h"
#include "tests/servers/postgres_programs.h"
#include "tests/servers/web_page.h"

namespace switchboard::servers {
namespace {

constexpr char kProgram[] = "/usr/bin/patroni";
constexpr char kLog[] = "patroni.log";
constexpr char kConfiguration[] = "patroni.yaml";
constexpr char kRoleChanged[] = "role_changed";  // a script
constexpr char kLongestSocket[] = ".s.PGSQL.65535";
constexpr size_t kWiresHere = 2;

// The quickest that Patroni's documentation allows. Who holds the lease gives up writing
// before it ends: loop_wait + 2 * retry_timeout <= ttl.
//
// synchronous_mode without synchronous_mode_strict: a standby that does not answer is taken out of
// the key /sync in etcd before the primary stops waiting for it, and who does not stand there is
// never promoted. So nothing that was acknowledged is lost while either server's disk is left, and
// work goes on while the standby is away; strict would let every commit wait for its return.
//
// Enough log for a primary that was away to find what it missed: nobody keeps it for one that is
// not there. Not much more, because pg_rewind copies all of it.
constexpr char kBootstrap[] = R"(
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 1
    retry_timeout: 3
    synchronous_mode: true
    synchronous_mode_strict: false
    postgresql:
      use_pg_rewind: true
      parameters:
        max_connections: 100
        wal_keep_size: 512MB
        min_wal_size: 32MB
        max_wal_size: 64MB
  initdb:
    - encoding: UTF8
    - locale: C
    - data-checksums
    - no-sync
)";

}  // namespace

absl::StatusOr<std::unique_ptr<PatroniNode>> PatroniNode::Make(const std::string& name,
                                                               const PatroniOptions& options,
                                                               const PatroniSecrets& secrets,
                                                               const EtcdCluster& etcd) {
  ASSIGN_OR_RETURN(ServerFolder folder, ServerFolder::Make(options.parent_folder, "postgres"));
  if ((folder / kLongestSocket).size() >= sizeof(sockaddr_un::sun_path)) {
    return Error(absl::StatusCode::kInvalidArgument, "FOLDER_PATH_TOO_LONG",
                 absl::StrCat(folder.path(), ": too long a path for the server's socket"));
  }
  ASSIGN_OR_RETURN(ReservedPort postgres, ReservedPort::Take());
  ASSIGN_OR_RETURN(ReservedPort rest, ReservedPort::Take());
  std::unique_ptr<PatroniNode> made(new PatroniNode(name, options, secrets, std::move(folder),
                                                    std::move(postgres), std::move(rest)));
  ASSIGN_OR_RETURN(made->postgres_for_others_, made->Lay(made->postgres_.address()));
  ASSIGN_OR_RETURN(made->rest_for_others_, made->Lay(made->rest_.address()));
  for (size_t member = 0; member < EtcdCluster::kMembers; ++member) {
    ASSIGN_OR_RETURN(std::string place, made->Lay(etcd.address(member)));
    made->etcd_.push_back(std::move(place));
  }
  return made;
}

// A new wire to there; its near end.
absl::StatusOr<std::string> PatroniNode::Lay(const std::string& target) {
  ASSIGN_OR_RETURN(ReservedPort port, ReservedPort::Take());
  auto relay = std::make_unique<Relay>(port.address(), target);
  wires_.push_back({std::move(port), std::move(relay)});
  return wires_.back().port.address();
}

std::string PatroniNode::Configuration(const std::string& programs) const {
  return absl::StrCat(
      "# Written by the tests.\nscope: switchboard\nname: ", name_,
      "\nrestapi:\n  listen: ", rest_.address(), "\n  connect_address: ", rest_for_others_,
      // Otherwise it would learn from etcd where the members really are. Not etcd3: with that
      // protocol Debian 12's Patroni, 3.0.2, loses what was acknowledged. A primary that stood
      // still until its lease was over writes itself into the key /leader again without looking,
      // over the one that had taken its place (mended in 3.0.3, patroni/patroni pull request 2689).
      "\netcd:\n  use_proxies: true\n  hosts: [", absl::StrJoin(etcd_, ", "), "]", kBootstrap,
      "postgresql:\n  listen: ", postgres_.address(), "\n  connect_address: ", postgres_for_others_,
      "\n  callbacks:\n    on_role_change: /bin/sh ", folder_ / kRoleChanged,
      "\n  use_unix_socket: true\n  data_dir: ", folder_ / "data", "\n  bin_dir: ", programs,
      "\n  pgpass: ", folder_ / "pgpass", "\n  remove_data_directory_on_rewind_failure: true\n",
      "  basebackup:\n    - checkpoint: fast\n    - no-sync\n", "  authentication:\n",
      "    superuser: {username: hub, password: ", secrets_.superuser, "}\n",
      "    replication: {username: standby, password: ", secrets_.replication, "}\n",
      "  pg_hba:\n    - local all all trust\n", "    - host all all 127.0.0.1/32 scram-sha-256\n",
      "    - host replication standby 127.0.0.1/32 scram-sha-256\n", "  parameters:\n",
      "    unix_socket_directories: ", folder_.path(),
      "\n    fsync: ", options_.fsync ? "on" : "off",
      "\n    shared_buffers: 32MB\n    dynamic_shared_memory_type: mmap\n",
      // A standby that vanishes without a word is missed after so long.
      "    wal_sender_timeout: 5s\n    wal_receiver_timeout: 5s\n",
      "    password_encryption: scram-sha-256\n");
}

absl::Status PatroniNode::Start() {
  ASSIGN_OR_RETURN(const std::string programs, FindPostgresPrograms());
  RETURN_IF_ERROR(folder_.Write(kConfiguration, Configuration(programs)));
  if (pooler_ == nullptr) RETURN_IF_ERROR(folder_.Write(kRoleChanged, ""));
  ASSIGN_OR_RETURN(ProcessTree tree,
                   ProcessTree::Start(folder_, {kProgram, folder_ / kConfiguration}, kLog));
  tree_ = std::move(tree);
  return pooler_ == nullptr ? absl::OkStatus() : pooler_->Start();
}

// PgBouncer tells clients what the first session of the server had said of itself; one that has
// become the primary would for ever be called a standby, in which nobody writes. Patroni calls this
// whenever the server changes its role, which may be before it has: a session that is opened then
// would say once more that it is a standby.
absl::Status PatroniNode::StartPooler() {
  ASSIGN_OR_RETURN(pooler_, PgBouncer::Create(folder_.path(), postgres_.number(), "session"));
  return folder_.Write(
      kRoleChanged,
      absl::StrCat(
          "tries=0\nwhile [ \"$2\" != replica ] && [ $tries -lt 600 ] && [ \"$(/usr/bin/psql -X "
          "-A -t -h ",
          folder_.path(), " -p ", postgres_.number(),
          " -U hub -d postgres -c 'SELECT pg_is_in_recovery()')\" != f ]; do\n"
          "  tries=$((tries + 1))\n  sleep 0.1\ndone\n"
          "/usr/bin/psql -X -q -c RECONNECT '",
          pooler_->Uri("pgbouncer"), "'\n"));
}

void PatroniNode::Freeze() {
  if (pooler_ != nullptr) pooler_->Freeze();
  tree_->Freeze();
}

void PatroniNode::Thaw() {
  tree_->Thaw();
  if (pooler_ != nullptr) pooler_->Thaw();
}

void PatroniNode::Kill() {
  if (!Running()) return;
  if (pooler_ != nullptr) pooler_->Kill();
  tree_->Kill();
  FreeSharedMemory(folder_ / "data");
}

void PatroniNode::FreezeWiresToEtcd() {
  for (size_t wire = kWiresHere; wire < wires_.size(); ++wire) wires_[wire].relay->Freeze();
}

void PatroniNode::FreezeWiresFromTheOther() {
  for (size_t wire = 0; wire < kWiresHere; ++wire) wires_[wire].relay->Freeze();
}

void PatroniNode::MendWires() {
  for (const Wire& wire : wires_) wire.relay->Mend();
}

bool PatroniNode::Says(const std::string& path, const std::string& text) const {
  const auto page = ReadPage(rest_.number(), path);
  return page.ok() && page->status == 200 && absl::StrContains(page->body, text);
}

bool PatroniNode::IsPrimary() const { return Says("/primary", ""); }
bool PatroniNode::IsSynchronousStandby() const { return Says("/synchronous", ""); }
bool PatroniNode::SeesSynchronousStandby() const { return Says("/cluster", "\"sync_standby\""); }

std::string PatroniNode::Uri(const std::string& database) const {
  return absl::StrCat("postgresql://hub@/", database, "?host=", folder_.path(),
                      "&port=", postgres_.number());
}

}  // namespace switchboard::servers
