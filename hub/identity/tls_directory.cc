#include "hub/identity/tls_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/time/time.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/identity/material_files.h"

namespace switchboard::identity {
namespace {

absl::Status NotWritten(const std::string& path, int error) {
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               path + ": cannot be made: " + strerror(error), {{"file", path}});
}

std::string ParentOf(const TlsDirectoryOptions& options) {
  if (!options.published_parent.empty()) return options.published_parent;
  // systemd lists several with colons; the first will do.
  if (const char* runtime = getenv("RUNTIME_DIRECTORY"); runtime != nullptr && *runtime == '/') {
    return std::string(runtime, strcspn(runtime, ":"));
  }
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  return error ? "/tmp" : folder.string();
}

// gRPC's watcher reads key and certificate one after the other and believes them to be a pair when
// their times, in whole seconds, did not change in between. Two generations of one second would
// look alike, so each gets a second of its own.
absl::Status StampWith(const std::string& path, int generation) {
  timespec times[2] = {{generation, 0}, {generation, 0}};
  return utimensat(AT_FDCWD, path.c_str(), times, 0) == 0 ? absl::OkStatus()
                                                          : NotWritten(path, errno);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsDirectory>> TlsDirectory::Open(TlsDirectoryOptions options,
                                                                 Clock& clock) {
  if (options.poll_interval < absl::Seconds(1)) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 "the TLS directory's poll interval must be 1 s or more");
  }
  std::string published = ParentOf(options) + "/switchboard-tls-XXXXXX";
  if (mkdtemp(published.data()) == nullptr) return NotWritten(published, errno);
  std::unique_ptr<TlsDirectory> directory(
      new TlsDirectory(std::move(options), std::move(published), clock));
  {
    MutexLock lock(directory->mutex_);
    RETURN_IF_ERROR(directory->RefreshLocked());
  }
  directory->watcher_ = std::thread(&TlsDirectory::Watch, directory.get());
  return directory;
}

TlsDirectory::TlsDirectory(TlsDirectoryOptions options, std::string published, Clock& clock)
    : options_(std::move(options)),
      published_(std::move(published)),
      live_directory_(published_ + "/live"),
      clock_(clock) {}

TlsDirectory::~TlsDirectory() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  if (watcher_.joinable()) watcher_.join();
  RemovePublished();
}

void TlsDirectory::RemovePublished() {
  std::error_code ignored;  // nobody is left to tell
  std::filesystem::remove_all(published_, ignored);
}

absl::Time TlsDirectory::not_after() const {
  MutexLock lock(mutex_);
  return live_->not_after;
}

absl::Time TlsDirectory::roots_not_after() const {
  MutexLock lock(mutex_);
  return live_->roots_not_after;
}

std::shared_ptr<const LiveRoots> TlsDirectory::roots() const {
  MutexLock lock(roots_mutex_);
  return roots_;
}

absl::Status TlsDirectory::Refresh() {
  absl::Status status;
  bool tell = false;
  {
    MutexLock lock(mutex_);
    const int before = generation_;
    status = RefreshLocked();
    // A problem that was told and has gone without new material (the operator took the wrong file
    // back) is told as OK too.
    const std::string problem(status.message());
    tell = generation_ != before || problem != reported_;
    reported_ = problem;
  }
  if (tell && options_.on_change) options_.on_change(status);
  return status;
}

absl::Status TlsDirectory::RefreshLocked() {
  ASSIGN_OR_RETURN(TlsMaterial material,
                   CheckTlsMaterial(options_.directory, TlsUse::kServer, clock_));
  if (live_ == material) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto fresh, RootsLocked(material));
  RETURN_IF_ERROR(PublishLocked(material));
  live_ = std::move(material);
  MutexLock lock(roots_mutex_);
  roots_ = std::move(fresh);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const LiveRoots>> TlsDirectory::RootsLocked(
    const TlsMaterial& material) const {
  const auto before = roots();
  if (live_.has_value() && live_->roots_pem == material.roots_pem) return before;
  auto fresh = std::make_shared<LiveRoots>();
  fresh->generation = before == nullptr ? 1 : before->generation + 1;
  ASSIGN_OR_RETURN(fresh->certificates, ParseCertificates(material.roots_pem));
  return fresh;
}

absl::Status TlsDirectory::PublishLocked(const TlsMaterial& material) {
  const int next = generation_ + 1;
  const std::string folder = published_ + "/" + std::to_string(next);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return NotWritten(folder, errno);
  const std::pair<const char*, const std::string*> files[] = {
      {kCertificateFile, &material.certificate_pem},
      {kKeyFile, &material.key_pem},
      {kRootsFile, &material.roots_pem}};
  for (const auto& [name, content] : files) {
    const std::string path = folder + "/" + name;
    RETURN_IF_ERROR(WriteMaterial(path, *content, 0600));
    RETURN_IF_ERROR(StampWith(path, next));
  }
  const std::string fresh_link = live_directory_ + ".new";
  unlink(fresh_link.c_str());
  if (symlink(std::to_string(next).c_str(), fresh_link.c_str()) != 0 ||
      rename(fresh_link.c_str(), live_directory_.c_str()) != 0) {
    return NotWritten(live_directory_, errno);
  }
  generation_ = next;
  // The one before stays: the watcher may be in the middle of reading it.
  std::error_code ignored;
  std::filesystem::remove_all(published_ + "/" + std::to_string(next - 2), ignored);
  return absl::OkStatus();
}

void TlsDirectory::Watch() {
  MutexLock lock(mutex_);
  while (!wake_.WaitFor(mutex_, options_.poll_interval,
                        [this]() SWITCHBOARD_REQUIRES(mutex_) { return stopping_; })) {
    lock.Unlock();
    (void)Refresh();  // told through the callback
    lock.Lock();
  }
}

}  // namespace switchboard::identity
