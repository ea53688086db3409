#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/server_folder.h"

namespace switchboard::servers {

// A SoftHSM token in a temporary folder: what keys are wrapped by, without the hardware. Its module
// finds it by SOFTHSM2_CONF, which Create sets in this process, and of which a child needs the same
// value: one token at a time.
class SoftHsm {
 public:
  static constexpr char kTokenLabel[] = "switchboard";

  // Whether the program is there. Errors: NOT_FOUND, PACKAGE_MISSING, naming Debian's package.
  static absl::Status Available();

  // Errors: as Available and ServerFolder.
  static absl::StatusOr<std::unique_ptr<SoftHsm>> Create();
  ~SoftHsm();

  SoftHsm(const SoftHsm&) = delete;
  SoftHsm& operator=(const SoftHsm&) = delete;

  static std::string module();
  std::string pin_file() const { return folder_ / "pin"; }
  // The value of SOFTHSM2_CONF.
  std::string configuration_file() const { return folder_ / "softhsm2.conf"; }

  // What a key on it may be that no hub makes.
  struct KeyKind {
    bool extractable = false;
    int bytes = 32;
  };
  // Makes an AES key by this label. Errors: INTERNAL, TOKEN_FAILED.
  absl::Status MakeKey(const std::string& label, KeyKind kind) const;

  // The token is out: whoever has a session on it meets errors from now on.
  void TakeOut() const;
  void PutBack() const;

 private:
  explicit SoftHsm(ServerFolder folder);

  const ServerFolder folder_;
};

}  // namespace switchboard::servers
