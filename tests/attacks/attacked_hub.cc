#include "tests/attacks/attacked_hub.h"

#include <string.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"
#include "hub/identity/development_authority.h"
#include "hub/identity/development_certificates.h"
#include "hub/identity/material_files.h"

namespace switchboard::attacks {
namespace {

namespace fs = std::filesystem;

std::string Text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// The scenery's vendors may have any number of permits.
std::string WithoutBudgets(std::string contract) {
  for (const char* budget : {", per_hour: ", ", per_account_day: ", ", unused_per_hour: ",
                             ", unused_per_account_day: "}) {
    for (size_t at = contract.find(budget); at != std::string::npos; at = contract.find(budget)) {
      const size_t end = contract.find_first_not_of("0123456789", at + strlen(budget));
      contract.erase(at, end - at);
    }
  }
  return contract;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AttackedHub>> AttackedHub::Start(const std::string& more_config,
                                                                Clock& clock,
                                                                const std::string& folder) {
  std::unique_ptr<AttackedHub> made(new AttackedHub(clock));
  crash::Stage::Options options;
  options.programs = crash::FolderOfThisProgram();
  options.keep = folder;
  options.more_config = more_config;
  ASSIGN_OR_RETURN(made->stage_, crash::Stage::Make(options, clock));
  RETURN_IF_ERROR(made->stage_->BeginRound(1));
  const std::string contract = made->stage_->HubFolder() + "/beni.yaml";
  RETURN_IF_ERROR(demo::ReplaceFile(contract, WithoutBudgets(Text(contract))));
  RETURN_IF_ERROR(made->StartProcess());
  RETURN_IF_ERROR(made->stage_->FixPort());  // for later starts
  return made;
}

absl::Status AttackedHub::StartProcess() {
  const std::string folder = stage_->HubFolder();
  std::error_code error;
  fs::remove(folder + "/ports", error);
  ASSIGN_OR_RETURN(process_,
                   servers::ChildProcess::Start({crash::FolderOfThisProgram() + "/switchboardd",
                                                 "--config", folder + "/hub.yaml"},
                                                folder + "/log"));
  while (!fs::exists(folder + "/ports", error)) {
    if (!process_->Running()) return process_->Ended("the hub");
    demo::WaitForStop(5);
  }
  const demo::ChildStatus ports = demo::ReadChildStatus(folder + "/ports");
  port_ = static_cast<int>(ports.at("grpc"));
  metrics_port_ = static_cast<int>(ports.at("metrics"));
  address_ = absl::StrCat("127.0.0.1:", port_);
  return absl::OkStatus();
}

absl::Status AttackedHub::KillAndStart() {
  process_->Kill();
  return StartProcess();
}

absl::StatusOr<std::string> AttackedHub::AddVendor(const std::string& vendor_id,
                                                   absl::Duration validity) {
  identity::DevelopmentOptions options;
  options.directory = stage_->path() + "/tls";
  options.trust_domain = crash::kTrustDomain;
  options.leaf_validity = validity;
  options.peers.push_back({{identity::Peer::Role::kVendor, vendor_id}, {}});
  ASSIGN_OR_RETURN(const auto folders, identity::AddDevelopmentCertificates(options, clock_));
  return folders.front();
}

absl::Status AttackedHub::Revoke(const std::string& peer) {
  ASSIGN_OR_RETURN(const auto authority,
                   identity::DevelopmentAuthority::Load(stage_->path() + "/tls"));
  const absl::Time now = clock_.Now();
  ASSIGN_OR_RETURN(const std::string list,
                   authority.Revoke({Text(TlsOf(peer) + "/tls.crt")}, now, now + absl::Hours(24)));
  return identity::WriteMaterial(TlsOf("hub-crash") + "/crl.pem", list, 0644);
}

std::string AttackedHub::Log() const { return Text(stage_->HubFolder() + "/log"); }

absl::StatusOr<HubUse> AttackedHub::Use() {
  if (!process_->Running()) return process_->Ended("the hub");
  HubUse use;
  ASSIGN_OR_RETURN(static_cast<ProcessUse&>(use), UseOf(process_->pid()));
  std::error_code error;
  for (const char* part : {"hub.db", "hub.db-wal"}) {
    const auto size = fs::file_size(stage_->HubFolder() + "/" + part, error);
    if (!error) use.file_bytes += static_cast<int64_t>(size);
  }
  return use;
}

absl::Status AttackedHub::Stop() {
  return process_->Stop(60'000) ? absl::OkStatus() : process_->Ended("the hub");
}

}  // namespace switchboard::attacks
