#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/identity/certificate.h"
#include "hub/identity/revocations.h"
#include "hub/identity/tls_material.h"

namespace switchboard::identity {

struct TlsDirectoryOptions {
  // The operator's directory with tls.crt, tls.key, ca.crt and, if any, crl.pem. Files may be
  // replaced one by one.
  std::string directory;
  // How often the directory is looked at, 1 s or more.
  absl::Duration poll_interval = absl::Seconds(10);
  // Told OK when new material went live, and why when what lies there is not used: once per change
  // of mind, not per look. Called from the watching thread or from Refresh; must not call back.
  std::function<void(const absl::Status&)> on_change;
};

// One consistent set of checked material. Immutable.
struct LiveTls {
  int64_t generation = 0;  // from 1; another one whenever anything changed
  TlsMaterial material;
  // Whom to believe: another number whenever these changed, from 1.
  int64_t trust_generation = 0;
  std::vector<Certificate> roots;
  Revocations revocations;
};

// Watches the operator's directory. What lies there is checked before it is used, whole: a new key
// beside the old certificate, as it lies there between two copies, would take every handshake down.
// What is wrong is reported and the last good material stays, even when it has expired since: the
// peers then say so, and nothing else would be better. Keys stay in memory; no copy is made in any
// folder.
//
// Thread-safe. Owns a thread.
class TlsDirectory {
 public:
  // Checks and takes what is there. Errors: as CheckTlsMaterial with kServer; INVALID_ARGUMENT,
  // OPTION_INVALID.
  static absl::StatusOr<std::unique_ptr<TlsDirectory>> Open(TlsDirectoryOptions options,
                                                            Clock& clock);

  ~TlsDirectory();
  TlsDirectory(const TlsDirectory&) = delete;
  TlsDirectory& operator=(const TlsDirectory&) = delete;

  // Looks now. OK when what lies there is live now; else why not.
  absl::Status Refresh();

  std::shared_ptr<const LiveTls> live() const;

 private:
  TlsDirectory(TlsDirectoryOptions options, Clock& clock);

  absl::Status RefreshLocked() SWITCHBOARD_REQUIRES(mutex_);
  void Watch();

  const TlsDirectoryOptions options_;
  Clock& clock_;

  mutable Mutex mutex_;
  CondVar wake_;
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::string reported_ SWITCHBOARD_GUARDED_BY(mutex_);  // the problem last told
  std::thread watcher_;

  // A lock of its own: every call asks, and looking at files may take its time.
  mutable Mutex live_mutex_;                                                 // taken after mutex_
  std::shared_ptr<const LiveTls> live_ SWITCHBOARD_GUARDED_BY(live_mutex_);  // set once open
};

}  // namespace switchboard::identity
