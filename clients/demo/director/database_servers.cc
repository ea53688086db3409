#include "clients/demo/director/database_servers.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr char kDatabase[] = "switchboard";

}  // namespace

absl::StatusOr<std::unique_ptr<DatabaseServers>> DatabaseServers::Start(const WorkFolder& folder) {
  if (geteuid() == 0) RETURN_IF_ERROR(folder.LetOthersPass());
  servers::PostgresOptions options;
  options.parent_folder = folder.path();
  options.fsync = true;
  ASSIGN_OR_RETURN(auto pair, servers::PostgresPair::Create(std::move(options)));
  std::unique_ptr<DatabaseServers> made(new DatabaseServers(folder, std::move(pair)));
  ASSIGN_OR_RETURN(made->url_, made->pair_->CreateDatabase(kDatabase));
  return made;
}

DatabaseServers::~DatabaseServers() {
  namespace fs = std::filesystem;
  std::error_code ignored;  // a log that is missing changes no result
  fs::create_directory(folder_.Of("database"), ignored);
  fs::permissions(folder_.Of("database"), fs::perms::owner_all, ignored);
  for (servers::PostgresServer* server : {&pair_->primary(), &pair_->standby()}) {
    fs::copy_file(server->log_file(), folder_.Of("database") + "/" + server->name() + ".log",
                  ignored);
  }
}

absl::Status DatabaseServers::CheckAlive() {
  return pair_->primary().Running() ? absl::OkStatus() : pair_->primary().Ended();
}

}  // namespace switchboard::demo
