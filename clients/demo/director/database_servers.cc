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

absl::StatusOr<std::unique_ptr<DatabaseServers>> DatabaseServers::Start(const WorkFolder& folder,
                                                                        FailOver fail_over) {
  if (geteuid() == 0) RETURN_IF_ERROR(folder.LetOthersPass());
  std::unique_ptr<DatabaseServers> made(new DatabaseServers(folder));
  RETURN_IF_ERROR(fail_over == FailOver::kPatroni ? made->StartCluster() : made->StartPair());
  return made;
}

absl::Status DatabaseServers::StartPair() {
  servers::PostgresOptions options;
  options.parent_folder = folder_.path();
  options.fsync = true;
  ASSIGN_OR_RETURN(pair_, servers::PostgresPair::Create(std::move(options)));
  ASSIGN_OR_RETURN(url_, pair_->CreateDatabase(kDatabase));
  return absl::OkStatus();
}

absl::Status DatabaseServers::StartCluster() {
  servers::PatroniOptions options;
  options.parent_folder = folder_.path();
  options.fsync = true;
  options.poolers = true;
  ASSIGN_OR_RETURN(cluster_, servers::PatroniCluster::Create(std::move(options)));
  ASSIGN_OR_RETURN(url_, cluster_->CreateDatabase(kDatabase));
  ASSIGN_OR_RETURN(primary_, cluster_->AwaitPrimary());
  return absl::OkStatus();
}

DatabaseServers::~DatabaseServers() {
  namespace fs = std::filesystem;
  std::error_code ignored;  // a log that is missing changes no result
  fs::create_directory(folder_.Of("database"), ignored);
  fs::permissions(folder_.Of("database"), fs::perms::owner_all, ignored);
  const auto keep = [&](const std::string& log, const std::string& name) {
    fs::copy_file(log, folder_.Of("database") + "/" + name + ".log", ignored);
  };
  if (pair_ != nullptr) {
    for (servers::PostgresServer* server : {&pair_->primary(), &pair_->standby()})
      keep(server->log_file(), server->name());
  }
  if (cluster_ != nullptr) {
    for (size_t place = 0; place < 2; ++place)
      keep(cluster_->node(place).log_file(), cluster_->node(place).name());
  }
}

std::string DatabaseServers::primary() const {
  return cluster_ == nullptr ? pair_->primary().name() : primary_->name();
}

pid_t DatabaseServers::primary_pid() const {
  return cluster_ == nullptr ? pair_->primary().pid() : primary_->pid();
}

void DatabaseServers::KillPrimary() {
  if (cluster_ == nullptr) {
    pair_->primary().Kill();
  } else {
    primary_->Kill();
  }
}

absl::Status DatabaseServers::AwaitPromotion() {
  if (cluster_ == nullptr) return pair_->Promote();
  ASSIGN_OR_RETURN(primary_, cluster_->AwaitPrimary(/*other=*/primary_));
  return absl::OkStatus();
}

absl::Status DatabaseServers::Rejoin() {
  if (cluster_ == nullptr) return pair_->Rejoin();
  RETURN_IF_ERROR(cluster_->Other(*primary_).Start());
  return cluster_->AwaitBoth();
}

absl::Status DatabaseServers::CheckAlive() {
  if (cluster_ != nullptr) return primary_->Running() ? absl::OkStatus() : primary_->Ended();
  return pair_->primary().Running() ? absl::OkStatus() : pair_->primary().Ended();
}

}  // namespace switchboard::demo
