#include "hub/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/id_text.h"
#include "hub/base/locale_codes.h"
#include "hub/base/yaml.h"
#include "hub/base/yaml_tree.h"
#include "hub/retention/policy.h"

namespace switchboard {
namespace {

using google::protobuf::Duration;
using google::protobuf::util::TimeUtil;

constexpr std::uintmax_t kFileBytesMax = 1024 * 1024;
constexpr size_t kTrustDomainBytesMax = 255;
constexpr size_t kVendorBytesMax = 32;
constexpr size_t kOriginBytesMax = 100;
constexpr int kPlacesMax = 10;
constexpr size_t kPlaceBytesMax = 32;
constexpr size_t kTokenLabelBytesMax = 32;  // as PKCS #11 has it
constexpr size_t kKeyLabelBytesMax = 64;

void MakeAbsolute(const std::filesystem::path& folder, std::string* path) {
  if (!path->empty()) *path = (folder / *path).lexically_normal().string();
}

void MakePathsAbsolute(const std::filesystem::path& folder, v1::Config& config) {
  MakeAbsolute(folder, config.mutable_tls()->mutable_directory());
  MakeAbsolute(folder, config.mutable_storage()->mutable_sqlite_path());
  MakeAbsolute(folder, config.mutable_storage()->mutable_key_file());
  MakeAbsolute(folder, config.mutable_storage()->mutable_former_key_file());
  if (config.storage().has_token()) {
    MakeAbsolute(folder, config.mutable_storage()->mutable_token()->mutable_module());
    MakeAbsolute(folder, config.mutable_storage()->mutable_token()->mutable_pin_file());
  }
  MakeAbsolute(folder, config.mutable_storage()->mutable_backup_folder());
  MakeAbsolute(folder, config.mutable_redaction()->mutable_japanese_dictionary());
  MakeAbsolute(folder, config.mutable_routing_plan());
  MakeAbsolute(folder, config.mutable_ports_file());
  for (std::string& contract : *config.mutable_contracts()) MakeAbsolute(folder, &contract);
  for (std::string& pack : *config.mutable_rule_packs()) MakeAbsolute(folder, &pack);
  for (std::string& map : *config.mutable_code_maps()) MakeAbsolute(folder, &map);
  for (std::string& script : *config.mutable_scripts()) MakeAbsolute(folder, &script);
  for (auto& place : *config.mutable_audit()->mutable_places()) {
    if (place.has_folder()) MakeAbsolute(folder, place.mutable_folder());
  }
}

bool IsZero(const Duration& span) { return span.seconds() == 0 && span.nanos() == 0; }

void FillDefaults(v1::Config& config) {
  auto& limits = *config.mutable_limits();
  auto duration = [](Duration* span, int64_t seconds) {
    if (IsZero(*span)) *span = TimeUtil::SecondsToDuration(seconds);
  };
  duration(limits.mutable_heartbeat_interval(), 10);
  duration(limits.mutable_stream_lifetime(), 45 * 60);
  duration(limits.mutable_shutdown_grace(), 5);
  if (limits.connections_max() == 0) limits.set_connections_max(2000);
  if (limits.connections_per_peer_max() == 0) limits.set_connections_per_peer_max(64);
  if (limits.connections_reserved() == 0) limits.set_connections_reserved(100);
  if (limits.new_connections_per_second() == 0) limits.set_new_connections_per_second(64);
  if (limits.offences_per_minute() == 0) limits.set_offences_per_minute(12);
  if (limits.outcomes_per_assignment_day() == 0) limits.set_outcomes_per_assignment_day(100);
  if (limits.quarantine_items_per_party() == 0) limits.set_quarantine_items_per_party(10'000);
  if (limits.quarantine_mib_per_party() == 0) limits.set_quarantine_mib_per_party(16);
  if (limits.late_words_per_vendor_day() == 0) limits.set_late_words_per_vendor_day(20);
  if (limits.request_memory_mib() == 0) limits.set_request_memory_mib(256);
  if (limits.disk_floor_mib() == 0) limits.set_disk_floor_mib(512);
  if (limits.disk_reserve_mib() == 0) limits.set_disk_reserve_mib(64);
  if (limits.write_queue_max() == 0) limits.set_write_queue_max(10'000);
  if (config.hub_id().empty()) config.set_hub_id("hub-1");
  v1::Config::Audit& audit = *config.mutable_audit();
  if (audit.origin().empty()) audit.set_origin(config.tls().trust_domain() + "/switchboard");
  duration(audit.mutable_checkpoint_interval(), 60);
  v1::Config::Storage& storage = *config.mutable_storage();
  if (storage.lanes() == 0) storage.set_lanes(4);
  if (storage.sqlite_cache_mib() == 0) storage.set_sqlite_cache_mib(64);
  if (limits.reader_threads() == 0) limits.set_reader_threads(2);
}

// Empty stands for the default.
bool IsHubId(const std::string& id) {
  return id.size() <= 32 && std::all_of(id.begin(), id.end(), [](unsigned char letter) {
           return absl::ascii_isalnum(letter) || letter == '-';
         });
}

// SPIFFE-ID standard, section 2.1.
bool IsTrustDomain(const std::string& domain) {
  return !domain.empty() && domain.size() <= kTrustDomainBytesMax &&
         std::all_of(domain.begin(), domain.end(), [](unsigned char letter) {
           return absl::ascii_islower(letter) || absl::ascii_isdigit(letter) || letter == '.' ||
                  letter == '_' || letter == '-';
         });
}

void CheckWrapping(const v1::Config::Storage& storage, ConfigProblems& problems) {
  const std::string& key_file = storage.key_file();
  problems.Require(!key_file.empty() || storage.has_token(), "storage.key_file",
                   "must name the key file, or storage.token the token in its place");
  problems.Require(key_file.empty() || storage.former_key_file() != key_file,
                   "storage.former_key_file", "must be another file than storage.key_file");
  if (!storage.has_token()) return;
  const auto& token = storage.token();
  problems.Require(key_file.empty(), "storage.token",
                   "takes the place of storage.key_file: leave that one out, or name it in "
                   "storage.former_key_file");
  problems.Require(!token.module().empty(), "storage.token.module",
                   "must name the token's module: \"/usr/lib/softhsm/libsofthsm2.so\"");
  problems.Require(!token.pin_file().empty(), "storage.token.pin_file",
                   "must name the file with the user's PIN");
  const size_t token_label = token.token_label().size();
  problems.Require(token_label > 0 && token_label <= kTokenLabelBytesMax,
                   "storage.token.token_label", "must be the token's label, of 32 bytes at most");
  // Lists of wrapping keys have a blank between (hub.opens).
  const std::string& key_label = token.key_label();
  problems.Require(!key_label.empty() && key_label.size() <= kKeyLabelBytesMax &&
                       std::all_of(key_label.begin(), key_label.end(),
                                   [](unsigned char one) { return absl::ascii_isgraph(one); }),
                   "storage.token.key_label",
                   "must be 1 to 64 letters, digits and signs without blanks: \"hub-2026\"");
}

void CheckStorage(const v1::Config::Storage& storage, ConfigProblems& problems) {
  problems.Require(!storage.sqlite_path().empty() || !storage.postgres_url().empty(),
                   "storage.sqlite_path",
                   "must be the one place of the database: sqlite_path or postgres_url");
  problems.Require(storage.sqlite_path().empty() || storage.postgres_url().empty(),
                   "storage.postgres_url",
                   "must be the one place of the database: sqlite_path or postgres_url, not both");
  problems.Require(storage.postgres_url().empty() ||
                       storage.postgres_url().starts_with("postgresql://") ||
                       storage.postgres_url().starts_with("postgres://"),
                   "storage.postgres_url", "must begin with postgresql://");
  problems.Require(storage.postgres_url().empty() || storage.backup_folder().empty(),
                   "storage.backup_folder",
                   "is for sqlite_path; PostgreSQL is backed up by its own means");
  problems.Require(storage.lanes() >= 0 && storage.lanes() <= 64, "storage.lanes",
                   "must be 1 to 64, or 0 for the default");
  const int cache_mib = storage.sqlite_cache_mib();
  problems.Require(cache_mib == 0 || (cache_mib >= 8 && cache_mib <= 65'536),
                   "storage.sqlite_cache_mib", "must be 8 to 65536, or 0 for the default");
  problems.Require(storage.postgres_url().empty() || cache_mib == 0, "storage.sqlite_cache_mib",
                   "is for sqlite_path; PostgreSQL has a configuration of its own");
  CheckWrapping(storage, problems);
}

// 0 or absent stands for the default.
void CheckSpan(const Duration& value, int64_t least_ms, int64_t most_s, const char* field,
               const char* text, ConfigProblems& problems) {
  // Seconds first: the rest would overflow.
  const bool near = value.seconds() >= 0 && value.seconds() <= most_s;
  const int64_t nanos = near ? TimeUtil::DurationToNanoseconds(value) : -1;
  problems.Require(
      IsZero(value) || (nanos >= least_ms * 1'000'000 && nanos <= most_s * 1'000'000'000), field,
      absl::StrCat("must be ", text, ", or 0s for the default"));
}

// 0 or absent stands for the default.
void CheckLimits(const v1::Config::Limits& limits, ConfigProblems& problems) {
  const auto number = [&](int64_t value, int64_t most, const char* field, const char* most_text) {
    problems.Require(value >= 0 && value <= most, field,
                     absl::StrCat("must be 1 to ", most_text, ", or 0 for the default"));
  };
  number(limits.connections_max(), 1'000'000, "limits.connections_max", "1,000,000");
  number(limits.connections_per_peer_max(), 1'000'000, "limits.connections_per_peer_max",
         "1,000,000");
  number(limits.connections_reserved(), 1'000'000, "limits.connections_reserved", "1,000,000");
  number(limits.new_connections_per_second(), 1'000'000, "limits.new_connections_per_second",
         "1,000,000");
  number(limits.offences_per_minute(), 1'000'000, "limits.offences_per_minute", "1,000,000");
  number(limits.quarantine_items_per_party(), 1'000'000, "limits.quarantine_items_per_party",
         "1,000,000");
  number(limits.quarantine_mib_per_party(), 1'000'000, "limits.quarantine_mib_per_party",
         "1,000,000");
  number(limits.outcomes_per_assignment_day(), 1'000'000, "limits.outcomes_per_assignment_day",
         "1,000,000");
  number(limits.late_words_per_vendor_day(), 1'000'000, "limits.late_words_per_vendor_day",
         "1,000,000");
  number(limits.request_memory_mib(), 1'000'000, "limits.request_memory_mib", "1,000,000");
  number(limits.disk_floor_mib(), 1'000'000'000, "limits.disk_floor_mib", "1,000,000,000");
  number(limits.disk_reserve_mib(), 1'000'000, "limits.disk_reserve_mib", "1,000,000");
  number(limits.write_queue_max(), 1'000'000, "limits.write_queue_max", "1,000,000");
  number(limits.reader_threads(), 64, "limits.reader_threads", "64");
  CheckSpan(limits.heartbeat_interval(), 100, 3'600, "limits.heartbeat_interval", "100ms to 1h",
            problems);
  CheckSpan(limits.stream_lifetime(), 1'000, 30 * 86'400, "limits.stream_lifetime", "1s to 30d",
            problems);
  CheckSpan(limits.shutdown_grace(), 1, 3'600, "limits.shutdown_grace", "1ms to 1h", problems);
}

// Empty stands for the default. What ends with a number could be the log of another one behind a
// restore (audit/log_signer.h).
bool IsOrigin(const std::string& origin) {
  const size_t end = origin.find_last_not_of("0123456789");
  const bool ends_with_number =
      end != std::string::npos && end + 1 < origin.size() && origin[end] == '/';
  return origin.size() <= kOriginBytesMax && !ends_with_number &&
         std::all_of(origin.begin(), origin.end(), [](unsigned char letter) {
           return absl::ascii_isgraph(letter) && letter != '+';
         });
}

void CheckAudit(const v1::Config::Audit& audit, ConfigProblems& problems) {
  problems.Require(IsOrigin(audit.origin()), "audit.origin",
                   "must be at most 100 printable ASCII characters without blanks and \"+\", and "
                   "not end with a slash and a number, such as issuer.example/switchboard");
  CheckSpan(audit.checkpoint_interval(), 1'000, 86'400, "audit.checkpoint_interval", "1s to 1d",
            problems);
  problems.Require(audit.places_size() <= kPlacesMax, "audit.places",
                   absl::StrCat("may hold ", kPlacesMax, " at most"));
  std::set<std::string> seen;
  for (int i = 0; i < audit.places_size(); ++i) {
    const auto& place = audit.places(i);
    const std::string path = absl::StrCat("audit.places[", i, "]");
    problems.Require(IsLabel(place.name(), 1, kPlaceBytesMax), path + ".name",
                     "must be 1 to 32 characters of a-z, 0-9 and \"-\"");
    problems.Require(seen.insert(place.name()).second, path + ".name",
                     "stands here twice; each place has a name of its own");
    problems.Require(!place.folder().empty(), path + ".folder",
                     "must name the folder that checkpoints go to");
  }
}

// Part by part, so that the first problem of each is told, and then all of it together.
void CheckRetention(const v1::Config::Retention& all, ConfigProblems& problems) {
  const auto check = [&](const v1::Config::Retention& part, int first_class) {
    const auto problem = retention::CheckSettings(part);
    if (!problem.has_value()) return;
    absl::string_view field = problem->field;
    const bool of_one = first_class >= 0 && absl::ConsumePrefix(&field, "classes[0]");
    problems.AddAt(of_one ? absl::StrCat("retention.classes[", first_class, "]", field)
                          : absl::StrCat("retention.", problem->field),
                   problem->problem);
  };
  v1::Config::Retention part;
  part.set_accounts_keep_days(all.accounts_keep_days());
  check(part, -1);
  part.Clear();
  part.set_quarantine_keep_days(all.quarantine_keep_days());
  check(part, -1);
  for (int i = 0; i < all.classes_size(); ++i) {
    part.Clear();
    *part.add_classes() = all.classes(i);
    check(part, i);
  }
  check(all, -1);
}

void CheckRehearsal(const v1::Config& config, ConfigProblems& problems) {
  if (!config.has_rehearsal()) return;
  const v1::Config::Rehearsal& rehearsal = config.rehearsal();
  problems.Require(rehearsal.has_begin_time(), "rehearsal.begin_time",
                   "must say when it begins, such as 2026-11-30T09:00:00Z");
  problems.Require(rehearsal.has_clock_time(), "rehearsal.clock_time",
                   "must say what the clock says then, such as 2026-12-01T22:00:00Z");
  const auto near = [](const google::protobuf::Timestamp& time) {
    return time.seconds() >= 946'684'800 && time.seconds() < 4'102'444'800;  // 2000 to 2099
  };
  problems.Require(near(rehearsal.begin_time()), "rehearsal.begin_time",
                   "must lie in the years 2000 to 2099");
  problems.Require(near(rehearsal.clock_time()), "rehearsal.clock_time",
                   "must lie in the years 2000 to 2099");
  problems.Require(rehearsal.speed() >= 1 && rehearsal.speed() <= 10'000, "rehearsal.speed",
                   "must be 1 to 10000");
}

void CheckPromises(const v1::Config::PromisePolicy& policy, ConfigProblems& problems) {
  const auto days = [&](int value, const char* field) {
    problems.Require(value >= 0 && value <= 60, field, "must be 0 to 60");
  };
  days(policy.grace_days(), "promises.grace_days");
  days(policy.reminder_days(), "promises.reminder_days");
  std::set<std::string> seen;
  for (int i = 0; i < policy.tolerances_size(); ++i) {
    const auto& one = policy.tolerances(i);
    const std::string path = absl::StrCat("promises.tolerances[", i, "].");
    problems.Require(IsCurrencyCode(one.currency_code()), path + "currency_code",
                     "must be a currency of ISO 4217 that is in use, such as JPY");
    problems.Require(seen.insert(one.currency_code()).second, path + "currency_code",
                     "stands here twice; keep one");
    problems.Require(one.minor_units() >= 0 && one.minor_units() <= 1'000'000, path + "minor_units",
                     "must be 0 to 1,000,000");
  }
  const bool handed_over =
      policy.broken_plan() == v1::Config::PromisePolicy::BROKEN_PLAN_HANDED_OVER;
  problems.Require(handed_over || policy.broken_plan_to().empty(), "promises.broken_plan_to",
                   "goes with broken_plan: HANDED_OVER alone; leave it out");
  problems.Require(!handed_over || IsLabel(policy.broken_plan_to(), 1, kVendorBytesMax),
                   "promises.broken_plan_to",
                   "must name who gets the work, 1 to 32 characters of a-z, 0-9 and \"-\"");
}

void CheckFiles(const google::protobuf::RepeatedPtrField<std::string>& files, const char* field,
                ConfigProblems& problems) {
  for (int i = 0; i < files.size(); ++i)
    problems.Require(!files.Get(i).empty(), absl::StrCat(field, "[", i, "]"), "must name a file");
}

void Check(const v1::Config& config, ConfigProblems& problems) {
  problems.Require(!config.listen().empty(), "listen",
                   "must say where to listen, such as 127.0.0.1:8443");
  problems.Require(!config.tls().directory().empty(), "tls.directory",
                   "must name the folder with tls.crt, tls.key and ca.crt");
  problems.Require(!config.tls().trust_domain().empty(), "tls.trust_domain",
                   "must name the SPIFFE trust domain, such as issuer.example");
  problems.Require(
      config.tls().trust_domain().empty() || IsTrustDomain(config.tls().trust_domain()),
      "tls.trust_domain",
      "must be 1 to 255 of a-z, 0-9, dot, dash and underscore, such as "
      "issuer.example, without spiffe://");
  CheckStorage(config.storage(), problems);
  problems.Require(IsHubId(config.hub_id()), "hub_id",
                   "must be 1 to 32 letters, digits and dashes");
  CheckLimits(config.limits(), problems);
  CheckFiles(config.contracts(), "contracts", problems);
  CheckFiles(config.rule_packs(), "rule_packs", problems);
  CheckFiles(config.code_maps(), "code_maps", problems);
  CheckFiles(config.scripts(), "scripts", problems);
  CheckRetention(config.retention(), problems);
  CheckRehearsal(config, problems);
  CheckPromises(config.promises(), problems);
  CheckAudit(config.audit(), problems);
}

}  // namespace

storage::WrappingOptions WrappingOf(const v1::Config::Storage& storage) {
  storage::WrappingOptions options{storage.key_file(), std::nullopt, storage.former_key_file()};
  const auto& token = storage.token();
  if (storage.has_token())
    options.token = {token.module(), token.token_label(), token.key_label(), token.pin_file()};
  return options;
}

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
  // An empty file leaves the stream failed; whoever parses says that it is empty.
  if (!file.is_open() || (!file && size > 0))
    return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": cannot be read");
  return std::move(text).str();
}

v1::Config ParseConfig(const std::string& text, const std::string& path, ConfigProblems& problems) {
  v1::Config config;
  const auto tree = ReadYamlTree(text, path);
  for (const auto& one : ReadYamlThrough(text, path, ConfigProblems::kTold + 1, &config))
    problems.Add(one);
  // Of a text that is no map nothing more can be said.
  if (tree.ok() && tree->kind == YamlNode::Kind::kMap) Check(config, problems);
  FillDefaults(config);
  std::error_code ignored;  // the working folder went away: paths stay as they are
  MakePathsAbsolute(std::filesystem::absolute(path, ignored).parent_path(), config);
  return config;
}

absl::StatusOr<v1::Config> ReadConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  ConfigProblems problems(text, path);
  v1::Config config = ParseConfig(text, path, problems);
  if (!problems.empty()) return problems.InOrder().front();
  return config;
}

}  // namespace switchboard
