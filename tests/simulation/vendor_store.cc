#include "tests/simulation/vendor_store.h"

#include <filesystem>
#include <system_error>

#include "hub/base/error.h"

namespace switchboard::simulation {
namespace {

void CopyFiles(const std::string& from, const std::string& to) {
  std::error_code ignored;  // not every suffix exists at every moment
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::remove(to + suffix, ignored);
    std::filesystem::copy_file(from + suffix, to + suffix, ignored);
  }
}

}  // namespace

absl::Status VendorStore::Open() {
  ASSIGN_OR_RETURN(auto connection, DyingConnection::Open(path_));
  connection_ = connection.get();
  ASSIGN_OR_RETURN(file_, adapters::VendorFile::Adopt(std::move(connection)));
  ASSIGN_OR_RETURN(mirror_, adapters::Mirror::Open(*file_));
  ASSIGN_OR_RETURN(outbox_, adapters::Outbox::Open(*file_, ids_));
  return absl::OkStatus();
}

void VendorStore::Close() {
  outbox_.reset();
  mirror_.reset();
  file_.reset();
}

void VendorStore::Backup() {
  CopyFiles(path_, path_ + ".backup");
  backed_up_ = true;
}

bool VendorStore::Restore() {
  if (!backed_up_) return false;
  Lose();
  CopyFiles(path_ + ".backup", path_);
  return true;
}

void VendorStore::Lose() {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix, ignored);
}

}  // namespace switchboard::simulation
