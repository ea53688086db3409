#include "clients/demo/evidence/work_folder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"
#include "hub/identity/development_certificates.h"

namespace switchboard::demo {
namespace {

namespace fs = std::filesystem;

absl::Status NotWritten(const fs::path& path) {
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               absl::StrCat(path.string(), ": cannot be written"));
}

constexpr char kHousePack[] = "house-jp";

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

absl::Status MakeCertificates(const std::string& folder, Clock& clock) {
  identity::DevelopmentOptions options;
  options.directory = folder;
  options.trust_domain = "issuer.example";
  options.peers.push_back({{identity::Peer::Role::kHub, "demo"}, {}});
  options.peers.push_back({{identity::Peer::Role::kCore, "main"}, {}});
  for (const char* name : {kFirstOperator, kSecondOperator})
    options.peers.push_back({{identity::Peer::Role::kOperator, name}, {}});
  for (const DemoVendor& vendor : DemoVendors())
    options.peers.push_back({{identity::Peer::Role::kVendor, vendor.id}, {}});
  return identity::MakeDevelopmentCertificates(options, clock).status();
}

}  // namespace

absl::StatusOr<std::string> MakeRunFolder(const std::string& keep, const std::string& name) {
  std::error_code error;
  if (keep.empty()) {
    std::string pattern =
        (fs::temp_directory_path(error) / ("switchboard-" + name + "-XXXXXX")).string();
    if (error || mkdtemp(pattern.data()) == nullptr) return NotWritten(pattern);
    return pattern;
  }
  fs::create_directories(keep, error);
  if (error) return NotWritten(keep);
  if (!fs::is_empty(keep, error) || error) {
    return Error(absl::StatusCode::kAlreadyExists, "FOLDER_NOT_EMPTY",
                 absl::StrCat(keep, ": is not empty; name a new folder, or empty it"));
  }
  fs::permissions(keep, fs::perms::owner_all, error);
  return fs::absolute(keep).string();
}

const std::vector<DemoVendor>& DemoVendors() {
  // Enough calls at a time that all four are at work for most of the run.
  static const std::vector<DemoVendor> kVendors = {{"head-office", 6, false, ""},
                                                   {"sakura", 6, true, "head-office"},
                                                   {"jade", 4, false, ""},
                                                   {"bright", 32, false, ""}};
  return kVendors;
}

const std::vector<std::string>& DemoPacks() {
  static const std::vector<std::string> kPacks = {"jp", "cn", "us", "us-ma", "us-nyc", kHousePack};
  return kPacks;
}

absl::StatusOr<WorkFolder> WorkFolder::Make(const std::string& keep, const std::string& demo_folder,
                                            Clock& clock) {
  ASSIGN_OR_RETURN(std::string path, MakeRunFolder(keep, "demo"));
  WorkFolder folder(path, keep.empty());
  std::error_code error;
  std::vector<std::string> processes = {"hub", "core", "checkpoints"};
  for (const DemoVendor& vendor : DemoVendors()) processes.push_back(vendor.id);
  for (const std::string& name : processes) {
    fs::create_directory(folder.Of(name), error);
    fs::permissions(folder.Of(name), fs::perms::owner_all, error);
    if (error) return NotWritten(folder.Of(name));
  }
  fs::copy(demo_folder + "/contracts", path + "/hub/contracts", fs::copy_options::recursive, error);
  if (error) return NotWritten(path + "/hub/contracts");
  fs::create_directory(path + "/hub/packs", error);
  const std::string shipped = demo_folder + "/../../hub/rules/packs/";
  for (const std::string& pack : DemoPacks()) {
    const bool is_own = pack == kHousePack;
    fs::copy_file((is_own ? demo_folder + "/" : shipped) + pack + ".yaml",
                  path + "/hub/packs/" + pack + ".yaml", error);
    if (error) return NotWritten(path + "/hub/packs/" + pack + ".yaml");
  }
  fs::copy_file(demo_folder + "/routing_plan.yaml", path + "/hub/routing_plan.yaml", error);
  if (error) return NotWritten(path + "/hub/routing_plan.yaml");
  RETURN_IF_ERROR(MakeCertificates(path + "/tls", clock));
  return folder;
}

WorkFolder::WorkFolder(WorkFolder&& other) noexcept
    : path_(std::exchange(other.path_, "")), remove_(std::exchange(other.remove_, false)) {}

WorkFolder::~WorkFolder() {
  std::error_code error;
  if (remove_ && !path_.empty()) fs::remove_all(path_, error);
}

std::string HubConfigOf(const HubPlace& place) {
  std::string text = absl::StrCat(
      "# Written by the demo.\nhub_id: ", place.hub_id, "\nlisten: 127.0.0.1:", place.port,
      "\nmetrics_listen: 127.0.0.1:0\nports_file: ", place.hub_id,
      ".ports\n"
      "tls:\n  directory: ../tls/hub-demo\n  trust_domain: issuer.example\nstorage:\n  ",
      place.postgres_url.empty() ? "sqlite_path: hub.db"
                                 : absl::StrCat("postgres_url: \"", place.postgres_url, "\""),
      "\n  key_file: hub.key\nrouting_plan: routing_plan.yaml\nrule_packs:\n");
  for (const std::string& pack : DemoPacks()) absl::StrAppend(&text, "  - packs/", pack, ".yaml\n");
  absl::StrAppend(&text, "contracts:\n");
  for (const DemoVendor& vendor : DemoVendors())
    absl::StrAppend(&text, "  - contracts/", vendor.id, ".yaml\n");
  absl::StrAppend(&text, "proxies: [", kProxyAddress, "]\n",
                  "audit:\n  checkpoint_interval: 2s\n"
                  "  places: [{name: kept, folder: ../checkpoints}]\n");
  if (place.day.has_value()) {
    absl::StrAppend(&text, "rehearsal:\n  begin_time: ", Rfc3339(place.day->begin),
                    "\n  clock_time: ", Rfc3339(place.day->clock), "\n  speed: ", place.day->speed,
                    "\n");
  }
  return text;
}

absl::Status WorkFolder::WriteHubConfig(const HubPlace& place) const {
  return ReplaceFile(ConfigOf(place.hub_id), HubConfigOf(place));
}

absl::Status WorkFolder::LetOthersPass() const {
  std::error_code error;
  fs::permissions(path_, fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add,
                  error);
  return error ? NotWritten(path_) : absl::OkStatus();
}

}  // namespace switchboard::demo
