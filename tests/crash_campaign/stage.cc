#include "tests/crash_campaign/stage.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/demo/evidence/work_folder.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"
#include "hub/identity/development_certificates.h"
#include "tests/open_pack.h"
#include "tests/simulation/scenery.h"

namespace switchboard::crash {
namespace {

namespace fs = std::filesystem;

absl::Status NotWritten(const std::string& path) {
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               absl::StrCat(path, ": cannot be written"));
}

}  // namespace

std::string FolderOfThisProgram() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().string();
}

absl::StatusOr<std::unique_ptr<Stage>> Stage::Make(Options options, Clock& clock) {
  if (options.engine != "sqlite" && options.engine != "postgres") {
    return Error(
        absl::StatusCode::kInvalidArgument, "ENGINE_UNKNOWN",
        absl::StrCat("the hub has no engine ", options.engine, "; it has sqlite and postgres"));
  }
  if (options.standby && options.engine != "postgres") {
    return Error(absl::StatusCode::kInvalidArgument, "ENGINE_UNKNOWN",
                 absl::StrCat("engine ", options.engine, " has no standby; postgres has"));
  }
  const bool patroni = options.failover == "patroni";
  if (patroni ? options.engine != "postgres" || options.standby : !options.failover.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "ENGINE_UNKNOWN",
                 "--failover takes patroni, with engine postgres and without --standby");
  }
  if (options.poolers && !patroni) {
    return Error(absl::StatusCode::kInvalidArgument, "ENGINE_UNKNOWN",
                 "--poolers goes with --failover patroni");
  }
  ASSIGN_OR_RETURN(std::string path, demo::MakeRunFolder(options.keep, "crash"));
  std::unique_ptr<Stage> stage(new Stage(std::move(options), std::move(path), clock));
  RETURN_IF_ERROR(stage->MakeCertificates());
  if (stage->options_.engine == "postgres") RETURN_IF_ERROR(stage->StartServers());
  return stage;
}

Stage::~Stage() {
  std::error_code error;
  if (remove_) fs::remove_all(path_, error);
}

absl::Status Stage::StartServers() {
  if (!options_.failover.empty()) {
    servers::PatroniOptions options;
    options.poolers = options_.poolers;
    ASSIGN_OR_RETURN(cluster_, servers::PatroniCluster::Create(options));
  } else if (options_.standby) {
    ASSIGN_OR_RETURN(pair_, servers::PostgresPair::Create());
  } else {
    ASSIGN_OR_RETURN(server_, servers::PostgresServer::Create());
  }
  return absl::OkStatus();
}

absl::Status Stage::MakeCertificates() const {
  identity::DevelopmentOptions options;
  options.directory = path_ + "/tls";
  options.trust_domain = kTrustDomain;
  options.peers.push_back({{identity::Peer::Role::kHub, "crash"}, {}});
  options.peers.push_back({{identity::Peer::Role::kCore, "main"}, {}});
  options.peers.push_back({{identity::Peer::Role::kOperator, "checker"}, {}});
  for (const char* vendor_id : simulation::kVendors)
    options.peers.push_back({{identity::Peer::Role::kVendor, vendor_id}, {}});
  return identity::MakeDevelopmentCertificates(options, clock_).status();
}

// Where the hub of a round keeps everything, as hub.yaml says it.
std::string Stage::StorageYaml() const {
  const std::string place =
      database_url_.empty()
          ? absl::StrCat("sqlite_path: hub.db\n  sqlite_cache_mib: ", options_.sqlite_cache_mib)
          : absl::StrCat("postgres_url: \"", database_url_,
                         // On a machine that builds something else. Who was
                         // killed refuses at once; who is frozen does not.
                         cluster_ == nullptr ? "&connect_timeout=60" : "", "\"");
  return absl::StrCat("storage:\n  ", place, "\n  key_file: hub.key\n", options_.more_storage);
}

absl::Status Stage::WriteHubConfig() const {
  std::string text = absl::StrCat(
      "# Written by the crash campaign.\nlisten: 127.0.0.1:", port_,
      "\nmetrics_listen: 127.0.0.1:0\nports_file: ports\n",
      "tls:\n  directory: ", TlsOf("hub-crash"), "\n  trust_domain: ", kTrustDomain, "\n",
      StorageYaml(),
      "rule_packs: [open.yaml]\nrule_pack_elsewhere: open\nrouting_plan: plan.yaml\ncontracts:\n");
  for (const char* vendor_id : simulation::kVendors)
    absl::StrAppend(&text, "  - ", vendor_id, ".yaml\n");
  text += options_.more_config;
  return demo::ReplaceFile(HubFolder() + "/hub.yaml", text);
}

absl::Status Stage::BeginRound(uint64_t seed) {
  round_ = absl::StrCat(path_, "/seed-", seed);
  seed_ = seed;
  std::error_code error;
  fs::create_directories(HubFolder(), error);
  if (error) return NotWritten(HubFolder());
  if (server_ != nullptr) {
    ASSIGN_OR_RETURN(database_url_, server_->CreateDatabase(DatabaseName()));
  } else if (pair_ != nullptr) {
    ASSIGN_OR_RETURN(database_url_, pair_->CreateDatabase(DatabaseName()));
  } else if (cluster_ != nullptr) {
    ASSIGN_OR_RETURN(database_url_, cluster_->CreateDatabase(DatabaseName()));
  }
  for (const char* vendor_id : simulation::kVendors) {
    fs::create_directory(VendorFolder(vendor_id), error);
    if (error) return NotWritten(VendorFolder(vendor_id));
    RETURN_IF_ERROR(demo::ReplaceFile(
        absl::StrCat(HubFolder(), "/", vendor_id, ".yaml"),
        simulation::ContractYaml(vendor_id,
                                 simulation::ContractTerms(/*shape=*/0, /*capped=*/false))));
  }
  RETURN_IF_ERROR(
      demo::ReplaceFile(HubFolder() + "/plan.yaml", simulation::PlanYaml(/*version=*/1)));
  RETURN_IF_ERROR(demo::ReplaceFile(HubFolder() + "/open.yaml", testing::OpenPackYaml()));
  return WriteHubConfig();
}

void Stage::EndRound() {
  // What cannot be dropped goes with the server.
  if (remove_ && server_ != nullptr) server_->DropDatabase(DatabaseName()).IgnoreError();
  if (remove_ && pair_ != nullptr) pair_->primary().DropDatabase(DatabaseName()).IgnoreError();
  if (remove_ && cluster_ != nullptr) cluster_->DropDatabase(DatabaseName()).IgnoreError();
  std::error_code error;
  if (remove_) fs::remove_all(round_, error);
}

absl::Status Stage::FixPort() {
  if (port_ != 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string text, demo::ReadWholeFile(HubFolder() + "/ports"));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::ConsumePrefix(&line, "grpc=") && absl::SimpleAtoi(line, &port_))
      return WriteHubConfig();
  }
  return NotWritten(HubFolder() + "/ports");
}

std::string Stage::DatabaseName() const { return absl::StrCat("seed_", seed_); }

std::vector<std::unique_ptr<Victim>> Stage::MakeServers() {
  std::vector<std::unique_ptr<Victim>> made;
  if (server_ != nullptr) made.push_back(std::make_unique<DatabaseVictim>(*server_));
  if (pair_ != nullptr) made.push_back(std::make_unique<PrimaryVictim>(*pair_));
  return made;
}

std::string Stage::hub_address() const { return absl::StrCat("127.0.0.1:", port_); }

std::unique_ptr<Victim> Stage::MakeHub() const {
  const std::vector<std::string> command = {options_.programs + "/switchboardd", "--config",
                                            HubFolder() + "/hub.yaml"};
  return std::make_unique<ProcessVictim>(
      "hub", [command](int) { return command; }, HubFolder() + "/ports", HubFolder() + "/log");
}

std::unique_ptr<Victim> Stage::MakeVendor(const std::string& vendor_id) const {
  const std::string folder = VendorFolder(vendor_id);
  const std::vector<std::string> command = {options_.programs + "/crash_vendor",
                                            "--hub",
                                            hub_address(),
                                            "--tls",
                                            TlsOf("vendor-" + vendor_id),
                                            "--folder",
                                            folder,
                                            "--seed",
                                            absl::StrCat(seed_)};
  auto nth = [command](int start) {
    std::vector<std::string> whole = command;
    whole.insert(whole.end(), {"--start", absl::StrCat(start)});
    return whole;
  };
  return std::make_unique<ProcessVictim>(vendor_id, nth, folder + "/serving", folder + "/log");
}

}  // namespace switchboard::crash
