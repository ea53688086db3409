#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/identity/certificate.h"
#include "hub/identity/tls_material.h"

namespace switchboard::identity {

struct TlsDirectoryOptions {
  // The operator's directory with tls.crt, tls.key and ca.crt. Files may be replaced one by one.
  std::string directory;
  // Where the private folder is made. Empty: $RUNTIME_DIRECTORY if systemd gave one, else the
  // system's folder for temporary files.
  std::string published_parent;
  // How often the directory is looked at, 1 s or more.
  absl::Duration poll_interval = absl::Seconds(10);
  // Told OK when new material went live, and why when what lies there is not used: once per change
  // of mind, not per look. Called from the watching thread or from Refresh; must not call back.
  std::function<void(const absl::Status&)> on_change;
};

// The CAs that peers' certificates must lead to.
struct LiveRoots {
  int64_t generation = 0;  // from 1; another one whenever they changed
  std::vector<Certificate> certificates;
};

// Stands between the operator's directory and gRPC. gRPC's own watcher takes what it finds: a new
// key beside the old certificate, as it lies there between two copies, takes every handshake down.
// So the hub checks the material, copies it into a numbered folder of its own (mode 0700) and flips
// a link; the watcher only sees the link. What is wrong is reported and the last good material
// stays, even when it has expired since: the peers then say so, and nothing else would be better.
//
// Thread-safe. Owns a thread.
class TlsDirectory {
 public:
  // Checks and publishes what is there. Errors: as CheckTlsMaterial with kServer; UNAVAILABLE,
  // FILE_NOT_WRITTEN; INVALID_ARGUMENT, OPTION_INVALID.
  static absl::StatusOr<std::unique_ptr<TlsDirectory>> Open(TlsDirectoryOptions options,
                                                            Clock& clock);

  // Stops the thread and removes the private folder.
  ~TlsDirectory();
  TlsDirectory(const TlsDirectory&) = delete;
  TlsDirectory& operator=(const TlsDirectory&) = delete;

  // Looks now. OK when what lies there is live now; else why not.
  absl::Status Refresh();

  // Folder that always holds one consistent set of checked files.
  const std::string& live_directory() const { return live_directory_; }

  // When the live certificate ends, and the first of the roots: for metrics that warn in time.
  absl::Time not_after() const;
  absl::Time roots_not_after() const;

  // The roots that are live now. New handshakes use them about a second later.
  std::shared_ptr<const LiveRoots> roots() const;

  // Removes the private folder, with its copy of the key, for who ends the process without a
  // destructor. No handshake succeeds after that.
  void RemovePublished();

 private:
  TlsDirectory(TlsDirectoryOptions options, std::string published, Clock& clock);

  absl::Status RefreshLocked() SWITCHBOARD_REQUIRES(mutex_);
  absl::Status PublishLocked(const TlsMaterial& material) SWITCHBOARD_REQUIRES(mutex_);
  // The roots of the material: those there are, if it has the same.
  absl::StatusOr<std::shared_ptr<const LiveRoots>> RootsLocked(const TlsMaterial& material) const
      SWITCHBOARD_REQUIRES(mutex_);
  void Watch();

  const TlsDirectoryOptions options_;
  const std::string published_;
  const std::string live_directory_;
  Clock& clock_;

  mutable Mutex mutex_;
  CondVar wake_;
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::optional<TlsMaterial> live_ SWITCHBOARD_GUARDED_BY(mutex_);  // set once open
  int generation_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;               // number of the newest folder
  std::string reported_ SWITCHBOARD_GUARDED_BY(mutex_);             // the problem last told
  std::thread watcher_;

  // A lock of its own: every call asks for the roots, and looking at files may take its time.
  mutable Mutex roots_mutex_;  // taken after mutex_
  std::shared_ptr<const LiveRoots> roots_ SWITCHBOARD_GUARDED_BY(roots_mutex_);  // of live_
};

}  // namespace switchboard::identity
