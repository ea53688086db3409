#include "hub/identity/tls_directory.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::identity {

absl::StatusOr<std::unique_ptr<TlsDirectory>> TlsDirectory::Open(TlsDirectoryOptions options,
                                                                 Clock& clock) {
  if (options.poll_interval < absl::Seconds(1)) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 "the TLS directory's poll interval must be 1 s or more");
  }
  std::unique_ptr<TlsDirectory> directory(new TlsDirectory(std::move(options), clock));
  {
    MutexLock lock(directory->mutex_);
    RETURN_IF_ERROR(directory->RefreshLocked());
  }
  directory->watcher_ = std::thread(&TlsDirectory::Watch, directory.get());
  return directory;
}

TlsDirectory::TlsDirectory(TlsDirectoryOptions options, Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

TlsDirectory::~TlsDirectory() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  if (watcher_.joinable()) watcher_.join();
}

std::shared_ptr<const LiveTls> TlsDirectory::live() const {
  MutexLock lock(live_mutex_);
  return live_;
}

absl::Status TlsDirectory::Refresh() {
  absl::Status status;
  bool tell = false;
  {
    MutexLock lock(mutex_);
    const int64_t before = live()->generation;
    status = RefreshLocked();
    // A problem that was told and has gone without new material (the operator took the wrong file
    // back) is told as OK too.
    const std::string problem(status.message());
    tell = live()->generation != before || problem != reported_;
    reported_ = problem;
  }
  if (tell && options_.on_change) options_.on_change(status);
  return status;
}

absl::Status TlsDirectory::RefreshLocked() {
  ASSIGN_OR_RETURN(TlsMaterial material,
                   CheckTlsMaterial(options_.directory, TlsUse::kServer, clock_));
  const auto before = live();
  if (before != nullptr && before->material == material) return absl::OkStatus();
  auto fresh = std::make_shared<LiveTls>();
  fresh->generation = before == nullptr ? 1 : before->generation + 1;
  fresh->trust_generation = before == nullptr ? 1 : before->trust_generation;
  if (before != nullptr && (before->material.roots_pem != material.roots_pem ||
                            before->material.revocations_pem != material.revocations_pem)) {
    ++fresh->trust_generation;
  }
  ASSIGN_OR_RETURN(fresh->roots, ParseCertificates(material.roots_pem));
  ASSIGN_OR_RETURN(fresh->revocations, Revocations::Parse(material.revocations_pem, fresh->roots));
  fresh->material = std::move(material);
  MutexLock lock(live_mutex_);
  live_ = std::move(fresh);
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
