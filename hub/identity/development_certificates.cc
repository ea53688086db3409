#include "hub/identity/development_certificates.h"

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "hub/base/error.h"
#include "hub/identity/development_authority.h"
#include "hub/identity/material_files.h"

namespace switchboard::identity {
namespace {

constexpr absl::Duration kClockTolerance = absl::Minutes(5);

std::string FolderOf(const DevelopmentOptions& options, const Peer& peer) {
  return options.directory + "/" + std::string(RoleName(peer.role)) + "-" + peer.name;
}

absl::Status CheckOptions(const DevelopmentOptions& options) {
  const auto invalid = [](std::string_view problem) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID", problem);
  };
  if (options.directory.empty()) return invalid("a directory is needed");
  if (!IsTrustDomain(options.trust_domain)) {
    return invalid(
        "the trust domain must be 1 to 255 bytes of [a-z0-9._-], such as issuer.example");
  }
  if (options.leaf_validity <= absl::ZeroDuration() ||
      options.authority_validity < options.leaf_validity) {
    return invalid("certificates must be valid for some time, and the authority at least as long");
  }
  std::set<std::string> actors;
  for (const DevelopmentPeer& entry : options.peers) {
    if (!IsPeerName(entry.peer.name)) return invalid("a name must be 1 to 32 bytes of [a-z0-9-]");
    if (!actors.insert(entry.peer.Actor()).second) {
      return invalid(entry.peer.Actor() + " is named twice");
    }
    if (!entry.hosts.empty() && entry.peer.role != Peer::Role::kHub) {
      return invalid("only a hub has hosts");
    }
  }
  return absl::OkStatus();
}

absl::Status RefuseExisting(const DevelopmentOptions& options, const std::string& path) {
  std::error_code ignored;  // what cannot be looked at fails when it is written
  if (options.force || !std::filesystem::exists(path, ignored)) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "CERTIFICATES_EXIST",
               path + " exists; nothing was changed", {{"file", path}});
}

absl::Status MakeFolder(const std::string& path, std::filesystem::perms permissions) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path, permissions, error);
  }
  if (!error) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               path + ": cannot be made: " + error.message(), {{"file", path}});
}

// All certificates are made before the first file is written: a bad host leaves nothing behind.
absl::StatusOr<std::vector<IssuedCertificate>> IssueAll(const DevelopmentAuthority& authority,
                                                        const DevelopmentOptions& options,
                                                        absl::Time now) {
  std::vector<IssuedCertificate> issued;
  for (const DevelopmentPeer& entry : options.peers) {
    const bool hub = entry.peer.role == Peer::Role::kHub;
    LeafRequest request;
    request.common_name = entry.peer.Actor();
    request.uris = {SpiffeId(entry.peer, options.trust_domain)};
    request.hosts = entry.hosts;
    if (hub && entry.hosts.empty()) request.hosts = {"localhost", "127.0.0.1", "::1"};
    request.server = hub;
    request.client = !hub;
    request.not_before = now - kClockTolerance;
    request.not_after = now + options.leaf_validity;
    ASSIGN_OR_RETURN(IssuedCertificate certificate, authority.Issue(request));
    issued.push_back(std::move(certificate));
  }
  return issued;
}

absl::StatusOr<std::vector<std::string>> WriteAll(const std::vector<IssuedCertificate>& issued,
                                                  const DevelopmentOptions& options,
                                                  const std::string& roots_pem) {
  std::vector<std::string> folders;
  for (size_t i = 0; i < issued.size(); ++i) {
    const std::string folder = FolderOf(options, options.peers[i].peer);
    RETURN_IF_ERROR(MakeFolder(folder, std::filesystem::perms::owner_all));
    RETURN_IF_ERROR(WriteMaterial(folder + "/" + kKeyFile, issued[i].key_pem, 0600));
    RETURN_IF_ERROR(
        WriteMaterial(folder + "/" + kCertificateFile, issued[i].certificate_pem, 0644));
    RETURN_IF_ERROR(WriteMaterial(folder + "/" + kRootsFile, roots_pem, 0644));
    folders.push_back(folder);
  }
  return folders;
}

absl::Status RefuseExistingPeers(const DevelopmentOptions& options) {
  for (const DevelopmentPeer& entry : options.peers) {
    RETURN_IF_ERROR(RefuseExisting(options, FolderOf(options, entry.peer)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MakeDevelopmentCertificates(
    const DevelopmentOptions& options, Clock& clock) {
  RETURN_IF_ERROR(CheckOptions(options));
  const std::string certificate_file = options.directory + "/" + kRootsFile;
  const std::string key_file = options.directory + "/ca.key";
  RETURN_IF_ERROR(RefuseExisting(options, certificate_file));
  RETURN_IF_ERROR(RefuseExisting(options, key_file));
  RETURN_IF_ERROR(RefuseExistingPeers(options));
  const absl::Time now = clock.Now();
  ASSIGN_OR_RETURN(
      const DevelopmentAuthority authority,
      DevelopmentAuthority::Create(now - kClockTolerance, now + options.authority_validity));
  ASSIGN_OR_RETURN(const auto issued, IssueAll(authority, options, now));
  RETURN_IF_ERROR(MakeFolder(options.directory, std::filesystem::perms::owner_all));
  RETURN_IF_ERROR(WriteMaterial(key_file, authority.key_pem(), 0600));
  RETURN_IF_ERROR(WriteMaterial(certificate_file, authority.certificate_pem(), 0644));
  return WriteAll(issued, options, authority.certificate_pem());
}

absl::StatusOr<std::vector<std::string>> AddDevelopmentCertificates(
    const DevelopmentOptions& options, Clock& clock) {
  RETURN_IF_ERROR(CheckOptions(options));
  RETURN_IF_ERROR(RefuseExistingPeers(options));
  ASSIGN_OR_RETURN(const DevelopmentAuthority authority,
                   DevelopmentAuthority::Load(options.directory));
  ASSIGN_OR_RETURN(const auto issued, IssueAll(authority, options, clock.Now()));
  return WriteAll(issued, options, authority.certificate_pem());
}

}  // namespace switchboard::identity
