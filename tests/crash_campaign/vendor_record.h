#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/parties/tap_file.h"
#include "switchboard/v1/outcome.pb.h"
#include "tests/invariants/invariants.h"

namespace switchboard::crash {

// What a vendor did and was told, in files that survive its processes, one for each: every byte
// from the hub before anything else sees it, and between them
//   begins   an outcome, before it goes into the outbox
//   taken    its id and version, once the outbox says that it is durable
//   permit   the time when it was asked for, assignment, contact point and id, joined by tabs
// Thread-safe.
class VendorRecord {
 public:
  // `start`: 1, 2, 3 … for the processes of a vendor. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
  static absl::StatusOr<std::unique_ptr<VendorRecord>> Open(const std::string& folder, int start);

  void Received(std::string_view method, std::string_view bytes) { file_->Write(method, bytes); }
  void Begins(const v1::Outcome& outcome);
  void Taken(std::string_view outcome_id, int version);
  void Permitted(int64_t asked_ns, std::string_view assignment_id,
                 std::string_view contact_point_id, std::string_view permit_id);

 private:
  explicit VendorRecord(std::unique_ptr<demo::TapFile> file) : file_(std::move(file)) {}
  const std::unique_ptr<demo::TapFile> file_;
};

// Puts what the files say into the ledger.
// Errors: UNAVAILABLE, FILE_UNREADABLE; DATA_LOSS, RECORD_DAMAGED.
absl::Status ReadVendorRecord(const std::string& folder, const std::string& vendor_id,
                              invariants::Ledger& ledger);

}  // namespace switchboard::crash
