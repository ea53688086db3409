#include <algorithm>
#include <string_view>

#include "adapters/client/mirror.h"
#include "adapters/client/vendor_file.h"
#include "clients/demo/evidence/evidence.h"
#include "clients/demo/parties/ledger.h"
#include "clients/demo/parties/tap_file.h"
#include "clients/demo/people/identity.h"
#include "hub/base/error.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::demo {
namespace {

constexpr int kRowsPerPage = 1'000;

template <typename Message>
bool Parse(std::string_view bytes, Message* message) {
  return message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// One vendor: what it wrote down, what it received, what it holds.
class VendorReader {
 public:
  VendorReader(const std::string& vendor_id, Evidence* evidence)
      : vendor_id_(vendor_id),
        ledger_(evidence->ledger),
        vendor_(evidence->vendors[vendor_id]),
        first_stream_(evidence->ledger.streams.size()),
        first_permit_(evidence->ledger.permits.size()) {}

  absl::Status ReadDesk(const std::string& path) {
    return ForEachLine(path, [this](const LedgerCells& cells) { return ReadLine(cells); });
  }

  absl::Status ReadReceived(const std::string& path) {
    ASSIGN_OR_RETURN(const std::string tap, ReadWholeFile(path));
    ForEachFrame(tap, [this](const TapFrame& frame) {
      if (frame.method == "Sync") ReadSync(frame.message);
      if (frame.method == "ReportOutcomes") ReadReceipts(frame.message);
    });
    for (size_t i = first_permit_; i < ledger_.permits.size(); ++i) {
      std::string& point_id = ledger_.permits[i].contact_point_id;
      if (const auto found = points_.find(point_id); found != points_.end())
        point_id = found->second;
    }
    return absl::OkStatus();
  }

  absl::Status ReadMirror(const std::string& path) {
    ASSIGN_OR_RETURN(const auto file, adapters::VendorFile::Open(path));
    ASSIGN_OR_RETURN(const auto mirror, adapters::Mirror::Open(*file));
    invariants::Feed feed;
    feed.vendor_id = vendor_id_;
    feed.cursor = mirror->cursor().sequence();
    feed.stored_rows = mirror->stored_rows();
    std::string after;
    for (int rows = kRowsPerPage; rows == kRowsPerPage;) {
      ASSIGN_OR_RETURN(const auto page,
                       mirror->NextWorkable(after, kRowsPerPage, absl::InfinitePast()));
      for (const v1::Assignment& row : page) feed.workable[row.assignment_id()];
      rows = static_cast<int>(page.size());
      if (rows > 0) after = page.back().assignment_id();
    }
    ledger_.feeds.push_back(std::move(feed));
    return absl::OkStatus();
  }

 private:
  absl::Status ReadLine(const LedgerCells& cells) {
    if (cells[0] == "withdrawn" && cells.size() == 4)
      vendor_.withdrawn_ns.emplace(cells[2], NumberIn(cells[1]));
    if (cells[0] == "permit" && cells.size() == 6) {
      ledger_.permits.push_back({vendor_id_, std::string(cells[5]), std::string(cells[3]),
                                 std::string(cells[4]), NumberIn(cells[1]), NumberIn(cells[2]),
                                 ""});
    }
    if (cells[0] == "handed" && cells.size() == 3)
      ledger_.hand_overs.push_back({vendor_id_, std::string(cells[1]), std::string(cells[2])});
    if (cells[0] == "denied" && cells.size() == 6) ++vendor_.refusals[std::string(cells[5])];
    if (cells[0] == "report" && cells.size() == 3) {
      invariants::ReportedOutcome reported;
      reported.vendor_id = vendor_id_;
      // Until a line says that the outbox had it.
      reported.lost_by_vendor = true;
      RETURN_IF_ERROR(ReadMessage(cells, 2, &reported.outcome));
      reported_[cells[1]] = ledger_.outcomes_reported.size();
      ledger_.outcomes_reported.push_back(std::move(reported));
    }
    if (cells[0] == "outcome" && cells.size() == 6) {
      if (const auto found = reported_.find(cells[1]); found != reported_.end())
        ledger_.outcomes_reported[found->second].lost_by_vendor = false;
    }
    return absl::OkStatus();
  }

  void ReadSync(std::string_view message) {
    v1::SyncResponse response;
    if (!Parse(message, &response)) return;
    if (response.has_withdrawn_now()) ++vendor_.withdrawn_ahead;
    if (response.has_opened())
      ledger_.streams.push_back({vendor_id_, response.opened().window(), 0});
    // The client sends its ack of a batch before it reads the next, so one batch is all that ever
    // lies beyond the last ack.
    if (ledger_.streams.size() > first_stream_) {
      int64_t& most = ledger_.streams.back().in_flight_max;
      most = std::max<int64_t>(most, response.batch().changes_size());
    }
    for (const auto& change : response.batch().changes()) {
      if (!change.has_assigned()) continue;
      for (const auto& point : change.assigned().person().contact_points())
        points_[point.contact_point_id()] = ContactPointIdOf(point.kind());
      v1::Assignment& row = ledger_.shown.emplace_back(vendor_id_, v1::Assignment()).second;
      row.set_assignment_id(change.assigned().assignment_id());
      row.mutable_person()->set_person_token(change.assigned().person().person_token());
      row.mutable_account()->set_account_token(change.assigned().account().account_token());
      if (change.assigned().has_handed_over())
        row.mutable_handed_over()->set_reason(change.assigned().handed_over().reason());
    }
  }

  void ReadReceipts(std::string_view message) {
    v1::ReportOutcomesResponse response;
    if (!Parse(message, &response)) return;
    for (const auto& receipt : response.receipts()) {
      const auto found = reported_.find(receipt.outcome_id());
      if (found != reported_.end())
        ledger_.outcomes_reported[found->second].receipt = receipt.status();
    }
  }

  const std::string vendor_id_;
  invariants::Ledger& ledger_;
  VendorEvidence& vendor_;
  const size_t first_stream_;
  const size_t first_permit_;
  absl::flat_hash_map<std::string, size_t> reported_;  // outcome → place; all are first versions
  absl::flat_hash_map<std::string, std::string> points_;  // the core's id of each, by its token
};

}  // namespace

absl::Status ReadVendor(const std::string& vendor_id, const std::string& folder,
                        Evidence* evidence) {
  VendorReader reader(vendor_id, evidence);
  RETURN_IF_ERROR(reader.ReadDesk(folder + "/ledger"));
  RETURN_IF_ERROR(reader.ReadReceived(folder + "/received"));
  return reader.ReadMirror(folder + "/mirror.db");
}

}  // namespace switchboard::demo
