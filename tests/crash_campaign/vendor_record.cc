#include "tests/crash_campaign/vendor_record.h"

#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::crash {
namespace {

constexpr char kBegins[] = "begins";
constexpr char kTaken[] = "taken";
constexpr char kPermit[] = "permit";

constexpr char kPrefix[] = "record-";

std::string KeyOf(std::string_view outcome_id, int64_t version) {
  return absl::StrCat(absl::string_view(outcome_id.data(), outcome_id.size()), "\t", version);
}

// Follows the files of one vendor.
class Reader {
 public:
  Reader(const std::string& vendor_id, invariants::Ledger& ledger)
      : vendor_id_(vendor_id), ledger_(ledger) {}

  void Read(const demo::TapFrame& frame) {
    if (frame.method == kBegins) return ReadBegins(frame.message);
    if (frame.method == kTaken) return ReadTaken(frame.message);
    if (frame.method == kPermit) return ReadPermit(frame);
    if (frame.method == "ReportOutcomes") return ReadReceipts(frame.message);
    if (frame.method == "Sync") ReadRows(frame.message);
  }

  absl::Status status() const { return status_; }

 private:
  void Damaged(const char* what) {
    status_.Update(Error(absl::StatusCode::kDataLoss, "RECORD_DAMAGED",
                         absl::StrCat("record of ", vendor_id_, ": ", what)));
  }

  void ReadBegins(std::string_view bytes) {
    invariants::ReportedOutcome reported;
    reported.vendor_id = vendor_id_;
    if (!reported.outcome.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return Damaged("an outcome that is none");
    // Until the outbox has it, a crash may lose it before it was ever sent.
    reported.lost_by_vendor = true;
    outcomes_[KeyOf(reported.outcome.outcome_id(), reported.outcome.version())] =
        ledger_.outcomes_reported.size();
    ledger_.outcomes_reported.push_back(std::move(reported));
  }

  void ReadTaken(std::string_view key) {
    const auto found = outcomes_.find(std::string(key));
    if (found == outcomes_.end()) return Damaged("an outcome that was never begun");
    ledger_.outcomes_reported[found->second].lost_by_vendor = false;
  }

  void ReadPermit(const demo::TapFrame& frame) {
    const std::vector<std::string> cells =
        absl::StrSplit(absl::string_view(frame.message.data(), frame.message.size()), '\t');
    invariants::ReceivedPermit permit;
    if (cells.size() != 4 || !absl::SimpleAtoi(cells[0], &permit.asked_at))
      return Damaged("a permit that is none");
    permit.vendor_id = vendor_id_;
    permit.assignment_id = cells[1];
    permit.contact_point_id = cells[2];
    permit.permit_id = cells[3];
    permit.received_at = frame.time_ns;
    ledger_.permits.push_back(std::move(permit));
  }

  void ReadReceipts(std::string_view bytes) {
    v1::ReportOutcomesResponse response;
    // The same frame holds the text of an error.
    if (!response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    for (const auto& receipt : response.receipts()) {
      const auto found = outcomes_.find(KeyOf(receipt.outcome_id(), receipt.version()));
      if (found == outcomes_.end()) return Damaged("a receipt of an outcome that was never begun");
      ledger_.outcomes_reported[found->second].receipt = receipt.status();
    }
  }

  void ReadRows(std::string_view bytes) {
    v1::SyncResponse response;
    if (!response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    for (const auto& change : response.batch().changes()) {
      if (change.has_assigned()) ledger_.shown.emplace_back(vendor_id_, change.assigned());
    }
  }

  const std::string& vendor_id_;
  invariants::Ledger& ledger_;
  std::map<std::string, size_t> outcomes_;  // place in the ledger by id and version
  absl::Status status_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<VendorRecord>> VendorRecord::Open(const std::string& folder,
                                                                 int start) {
  ASSIGN_OR_RETURN(auto file,
                   demo::TapFile::Open(absl::StrFormat("%s/%s%05d", folder, kPrefix, start)));
  return std::unique_ptr<VendorRecord>(new VendorRecord(std::move(file)));
}

void VendorRecord::Begins(const v1::Outcome& outcome) {
  file_->Write(kBegins, outcome.SerializeAsString());
}

void VendorRecord::Taken(std::string_view outcome_id, int version) {
  file_->Write(kTaken, KeyOf(outcome_id, version));
}

void VendorRecord::Permitted(int64_t asked_ns, std::string_view assignment_id,
                             std::string_view contact_point_id, std::string_view permit_id) {
  const auto cell = [](std::string_view text) {
    return absl::string_view(text.data(), text.size());
  };
  file_->Write(kPermit, absl::StrCat(asked_ns, "\t", cell(assignment_id), "\t",
                                     cell(contact_point_id), "\t", cell(permit_id)));
}

absl::Status ReadVendorRecord(const std::string& folder, const std::string& vendor_id,
                              invariants::Ledger& ledger) {
  std::set<std::string> paths;  // in the order of the starts
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (absl::StartsWith(entry.path().filename().string(), kPrefix)) paths.insert(entry.path());
  }
  Reader reader(vendor_id, ledger);
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const std::string text, demo::ReadWholeFile(path));
    // A last frame that its process did not live to finish was told to nobody.
    demo::ForEachFrame(text, [&](const demo::TapFrame& frame) { reader.Read(frame); });
  }
  return reader.status();
}

}  // namespace switchboard::crash
