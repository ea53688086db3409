#include "hub/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/yaml.h"
#include "hub/retention/policy.h"

namespace switchboard {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::uintmax_t kFileBytesMax = 1024 * 1024;

void MakeAbsolute(const std::filesystem::path& folder, std::string* path) {
  if (!path->empty()) *path = (folder / *path).lexically_normal().string();
}

void FillDefaults(v1::Config& config) {
  auto& limits = *config.mutable_limits();
  auto duration = [](google::protobuf::Duration* span, int64_t seconds) {
    if (TimeUtil::DurationToMicroseconds(*span) <= 0) *span = TimeUtil::SecondsToDuration(seconds);
  };
  duration(limits.mutable_heartbeat_interval(), 10);
  duration(limits.mutable_stream_lifetime(), 45 * 60);
  duration(limits.mutable_shutdown_grace(), 5);
  if (limits.connections_max() <= 0) limits.set_connections_max(2000);
  if (limits.write_queue_max() <= 0) limits.set_write_queue_max(10'000);
  if (config.hub_id().empty()) config.set_hub_id("hub-1");
  if (config.storage().lanes() == 0) config.mutable_storage()->set_lanes(4);
  if (limits.reader_threads() <= 0) limits.set_reader_threads(2);
}

// Empty stands for the default.
bool IsHubId(const std::string& id) {
  return id.size() <= 32 && std::all_of(id.begin(), id.end(), [](unsigned char letter) {
           return absl::ascii_isalnum(letter) || letter == '-';
         });
}

absl::Status Check(const v1::Config& config, const YamlPlaces& places) {
  auto require = [&](bool holds, const char* field, const char* problem) {
    return holds ? absl::OkStatus() : places.ErrorAt(field, "CONFIG_INVALID", problem);
  };
  RETURN_IF_ERROR(require(!config.listen().empty(), "listen",
                          "must say where to listen, such as 127.0.0.1:8443"));
  RETURN_IF_ERROR(require(!config.tls().directory().empty(), "tls.directory",
                          "must name the folder with tls.crt, tls.key and ca.crt"));
  RETURN_IF_ERROR(require(!config.tls().trust_domain().empty(), "tls.trust_domain",
                          "must name the SPIFFE trust domain, such as issuer.example"));
  const auto& storage = config.storage();
  RETURN_IF_ERROR(
      require(storage.sqlite_path().empty() != storage.postgres_url().empty(),
              storage.postgres_url().empty() ? "storage.sqlite_path" : "storage.postgres_url",
              "must be the one place of the database: sqlite_path or postgres_url"));
  RETURN_IF_ERROR(require(storage.postgres_url().empty() ||
                              storage.postgres_url().starts_with("postgresql://") ||
                              storage.postgres_url().starts_with("postgres://"),
                          "storage.postgres_url", "must begin with postgresql://"));
  RETURN_IF_ERROR(require(storage.postgres_url().empty() || storage.backup_folder().empty(),
                          "storage.backup_folder",
                          "is for sqlite_path; PostgreSQL is backed up by its own means"));
  RETURN_IF_ERROR(require(storage.lanes() >= 0 && storage.lanes() <= 64, "storage.lanes",
                          "must be at most 64"));
  RETURN_IF_ERROR(
      require(IsHubId(config.hub_id()), "hub_id", "must be 1 to 32 letters, digits and dashes"));
  RETURN_IF_ERROR(
      require(!config.storage().key_file().empty(), "storage.key_file", "must name the key file"));
  RETURN_IF_ERROR(require(config.limits().reader_threads() <= 64, "limits.reader_threads",
                          "must be at most 64"));
  if (const auto problem = retention::CheckSettings(config.retention()); problem.has_value())
    return places.ErrorAt("retention." + problem->field, "CONFIG_INVALID", problem->problem);
  return require(config.limits().write_queue_max() <= 1'000'000, "limits.write_queue_max",
                 "must be at most 1,000,000");
}

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error)
    return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": " + error.message());
  if (size > kFileBytesMax)
    return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE", path + ": at most 1 MiB");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": cannot be read");
  return std::move(text).str();
}

absl::StatusOr<v1::Config> ReadConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  v1::Config config;
  RETURN_IF_ERROR(ReadYaml(text, path, &config));
  RETURN_IF_ERROR(Check(config, YamlPlaces(text, path)));
  FillDefaults(config);
  const auto folder = std::filesystem::absolute(path).parent_path();
  MakeAbsolute(folder, config.mutable_tls()->mutable_directory());
  MakeAbsolute(folder, config.mutable_storage()->mutable_sqlite_path());
  MakeAbsolute(folder, config.mutable_storage()->mutable_key_file());
  MakeAbsolute(folder, config.mutable_storage()->mutable_backup_folder());
  MakeAbsolute(folder, config.mutable_routing_plan());
  MakeAbsolute(folder, config.mutable_ports_file());
  for (std::string& contract : *config.mutable_contracts()) MakeAbsolute(folder, &contract);
  return config;
}

}  // namespace switchboard
