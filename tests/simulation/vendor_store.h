#pragma once

#include <memory>
#include <string>

#include "adapters/client/mirror.h"
#include "adapters/client/outbox.h"
#include "adapters/client/vendor_file.h"
#include "hub/base/ids.h"
#include "tests/dying_connection.h"

namespace switchboard::simulation {

using testing::DyingConnection;

// A vendor's file with what stands on it, and the copies and losses that can befall it.
class VendorStore {
 public:
  VendorStore(std::string path, IdMint& ids) : path_(std::move(path)), ids_(ids) {}

  absl::Status Open();
  // As after a kill: what was not committed is gone. Reopen with Open().
  void Close();
  void Backup();
  // False when there is no copy. REQUIRES: closed.
  bool Restore();
  // REQUIRES: closed.
  void Lose();

  adapters::Mirror& mirror() { return *mirror_; }
  adapters::Outbox& outbox() { return *outbox_; }
  DyingConnection& connection() { return *connection_; }
  adapters::VendorFile& file() { return *file_; }

 private:
  const std::string path_;
  IdMint& ids_;
  bool backed_up_ = false;
  DyingConnection* connection_ = nullptr;  // owned by file_
  std::unique_ptr<adapters::VendorFile> file_;
  std::unique_ptr<adapters::Mirror> mirror_;
  std::unique_ptr<adapters::Outbox> outbox_;
};

}  // namespace switchboard::simulation
