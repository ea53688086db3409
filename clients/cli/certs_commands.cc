#include <openssl/bio.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/identity/certificate.h"
#include "hub/identity/development_certificates.h"

namespace switchboard::cli {
namespace {

using identity::DevelopmentPeer;
using identity::Peer;

identity::DevelopmentOptions OptionsOf(const CertsArguments& arguments) {
  identity::DevelopmentOptions options;
  options.directory = arguments.directory;
  options.trust_domain = arguments.trust_domain;
  options.leaf_validity = absl::Hours(24 * arguments.days);
  options.authority_validity = std::max(options.authority_validity, options.leaf_validity);
  options.force = arguments.force;
  for (const std::string& hub : arguments.hubs) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(hub, absl::MaxSplits('=', 1));
    DevelopmentPeer peer{{Peer::Role::kHub, parts.first}, {}};
    if (!parts.second.empty()) peer.hosts = absl::StrSplit(parts.second, ',');
    options.peers.push_back(std::move(peer));
  }
  const auto add = [&](Peer::Role role, const std::vector<std::string>& names) {
    for (const std::string& name : names) options.peers.push_back({{role, name}, {}});
  };
  add(Peer::Role::kCore, arguments.cores);
  add(Peer::Role::kVendor, arguments.vendors);
  add(Peer::Role::kOperator, arguments.operators);
  return options;
}

Result MadeFolders(const std::vector<std::string>& folders, const CertsArguments& arguments) {
  Result result;
  for (const std::string& folder : folders) absl::StrAppend(&result.text, "  ", folder, "\n");
  result.summary =
      absl::StrCat(Counted(static_cast<int64_t>(folders.size()), "folder"), " made under ",
                   arguments.directory, ", valid for ", Counted(arguments.days, "day"));
  result.json = nlohmann::json{{"folders", folders}, {"days", arguments.days}}.dump();
  return result;
}

std::string SubjectOf(X509* certificate) {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), BIO_free);
  if (memory == nullptr) return {};
  // UTF-8 as it is, special characters escaped: a name in a certificate is somebody else's text.
  X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &text);
  return length > 0 ? std::string(text, static_cast<size_t>(length)) : std::string();
}

struct Shown {
  std::string file, subject, names;
  absl::Time from, until;
};

absl::Status ShowFile(const std::filesystem::path& path, const std::string& name,
                      std::vector<Shown>& shown) {
  ASSIGN_OR_RETURN(const std::string pem, ReadTextFile(path.string()));
  auto certificates = identity::ParseCertificates(pem);
  if (!certificates.ok()) return Annotate(certificates.status(), path.string());
  for (const auto& certificate : *certificates) {
    shown.push_back({name, SubjectOf(certificate.get()),
                     absl::StrJoin(identity::UriNames(certificate.get()), " "),
                     identity::NotBefore(certificate.get()),
                     identity::NotAfter(certificate.get())});
  }
  return absl::OkStatus();
}

absl::Status NotRead(const std::filesystem::path& path, const std::error_code& error) {
  return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path.string() + ": " + error.message());
}

// Whether it is there; whoever may not look is told.
absl::StatusOr<bool> Exists(const std::filesystem::path& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (error) return NotRead(path, error);
  return there;
}

// Folders in it that hold a tls.crt, in order. None when it is no folder.
absl::StatusOr<std::vector<std::filesystem::path>> FoldersBelow(
    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> below;
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return below;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ASSIGN_OR_RETURN(const bool there, Exists(entry->path() / "tls.crt"));
    if (there) below.push_back(entry->path());
  }
  if (error) return NotRead(folder, error);
  std::sort(below.begin(), below.end());
  return below;
}

// tls.crt and ca.crt of the folder itself, and tls.crt of the folders in it.
absl::StatusOr<std::vector<Shown>> ReadFolder(const std::filesystem::path& folder) {
  std::vector<Shown> shown;
  for (const char* name : {"ca.crt", "tls.crt"}) {
    ASSIGN_OR_RETURN(const bool there, Exists(folder / name));
    if (there) RETURN_IF_ERROR(ShowFile(folder / name, name, shown));
  }
  ASSIGN_OR_RETURN(const auto below, FoldersBelow(folder));
  for (const auto& path : below) {
    RETURN_IF_ERROR(ShowFile(path / "tls.crt", (path.filename() / "tls.crt").string(), shown));
  }
  if (shown.empty()) {
    return Error(absl::StatusCode::kNotFound, "FILE_MISSING",
                 folder.string() + ": holds no ca.crt, no tls.crt and no folder with one");
  }
  return shown;
}

}  // namespace

absl::StatusOr<Result> CertsInit(Session& session, const CertsArguments& arguments) {
  ASSIGN_OR_RETURN(const auto folders,
                   identity::MakeDevelopmentCertificates(OptionsOf(arguments), session.clock));
  return MadeFolders(folders, arguments);
}

absl::StatusOr<Result> CertsAdd(Session& session, const CertsArguments& arguments) {
  ASSIGN_OR_RETURN(const auto folders,
                   identity::AddDevelopmentCertificates(OptionsOf(arguments), session.clock));
  return MadeFolders(folders, arguments);
}

absl::StatusOr<Result> CertsShow(Session& session, const std::string& directory) {
  ASSIGN_OR_RETURN(const auto shown, ReadFolder(directory));
  const absl::Time now = session.clock.Now();
  TextTable table({{"file", TextTable::Align::kLeft},
                   {"subject", TextTable::Align::kLeft, 40},
                   {"SPIFFE id", TextTable::Align::kLeft},
                   {"valid from (UTC)"},
                   {"until (UTC)"},
                   {"now"}});
  nlohmann::json json = nlohmann::json::array();
  Result result;
  int64_t bad = 0;
  for (const Shown& one : shown) {
    const bool valid = one.from <= now && now < one.until;
    const int64_t days = absl::ToInt64Hours(one.until - now) / 24;
    const std::string state = valid            ? Counted(days, "day") + " left"
                              : now < one.from ? "not yet"
                                               : "EXPIRED";
    bad += valid ? 0 : 1;
    table.Add({one.file, one.subject, one.names, UtcText(one.from), UtcText(one.until), state});
    json.push_back({{"file", one.file},
                    {"subject", one.subject},
                    {"spiffe_id", one.names},
                    {"not_before", UtcText(one.from)},
                    {"not_after", UtcText(one.until)},
                    {"valid", valid}});
  }
  result.holds = bad == 0;
  result.text = table.Render();
  result.summary = Counted(static_cast<int64_t>(shown.size()), "certificate") +
                   (bad == 0 ? ", all valid now" : ", " + std::to_string(bad) + " not valid now");
  result.json = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return result;
}

}  // namespace switchboard::cli
