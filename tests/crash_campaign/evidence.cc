#include "tests/crash_campaign/evidence.h"

#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/client/mirror.h"
#include "adapters/client/vendor_file.h"
#include "clients/demo/evidence/hub_reader.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/monotonic.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"
#include "tests/crash_campaign/vendor_client.h"
#include "tests/crash_campaign/vendor_record.h"
#include "tests/simulation/scenery.h"

namespace switchboard::crash {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(3);
constexpr int kRowsMax = 1'000'000;
// Above every start of a process, so that it is read last.
constexpr int kLastStart = 99'999;

// Asks the hub until `vendor_id` has acknowledged all that its feed holds.
absl::Status WaitUntilAcknowledged(demo::HubReader& hub, const std::string& vendor_id) {
  const int64_t deadline = demo::MonotonicNanos() + absl::ToInt64Nanoseconds(kPatience);
  while (demo::MonotonicNanos() < deadline) {
    ASSIGN_OR_RETURN(const auto vendors, hub.Vendors());
    for (const auto& vendor : vendors.vendors()) {
      if (vendor.vendor_id() == vendor_id &&
          vendor.acknowledged_sequence() == vendor.newest_sequence()) {
        return absl::OkStatus();
      }
    }
    if (demo::WaitForStop(5))
      return Error(absl::StatusCode::kAborted, "INTERRUPTED", "interrupted");
  }
  return Error(absl::StatusCode::kDeadlineExceeded, "NO_REST",
               absl::StrCat("the feed of ", vendor_id, " does not come to rest"));
}

// The vendor starts once more, without agents, reports what is left and takes what has come since.
absl::Status CatchUp(const Stage& stage, const std::string& vendor_id, demo::HubReader& hub,
                     Clock& clock) {
  const std::string folder = stage.VendorFolder(vendor_id);
  IdMint ids(clock);
  ASSIGN_OR_RETURN(const auto record, VendorRecord::Open(folder, kLastStart));
  adapters::SyncClientOptions options;
  options.mirror_path = MirrorIn(folder);
  options.tap = [&record = *record](std::string_view method, std::string_view bytes) {
    record.Received(method, bytes);
  };
  ASSIGN_OR_RETURN(const auto client,
                   MakeVendorClient(std::move(options), stage.hub_address(),
                                    stage.TlsOf("vendor-" + vendor_id), clock, ids));
  client->Start();
  RETURN_IF_ERROR(client->WaitUntilCaughtUp(kPatience));
  RETURN_IF_ERROR(client->WaitUntilDrained(kPatience));
  RETURN_IF_ERROR(WaitUntilAcknowledged(hub, vendor_id));
  client->Stop();
  return absl::OkStatus();
}

absl::Status ReadCopy(const std::string& path, invariants::Feed& feed) {
  ASSIGN_OR_RETURN(const auto file, adapters::VendorFile::Open(path));
  ASSIGN_OR_RETURN(const auto mirror, adapters::Mirror::Open(*file));
  ASSIGN_OR_RETURN(const auto rows, mirror->NextWorkable("", kRowsMax, absl::InfinitePast()));
  for (const v1::Assignment& row : rows)
    feed.workable[row.assignment_id()] = row.SerializeAsString();
  feed.stored_rows = mirror->stored_rows();
  feed.cursor = mirror->cursor().sequence();
  return absl::OkStatus();
}

// What the hub sends a vendor that has nothing.
absl::Status LoadAnew(const Stage& stage, Clock& clock, invariants::Feed& feed) {
  IdMint ids(clock);
  adapters::SyncClientOptions options;
  options.mirror_path = stage.VendorFolder(feed.vendor_id) + "/anew.db";
  ASSIGN_OR_RETURN(const auto client,
                   MakeVendorClient(std::move(options), stage.hub_address(),
                                    stage.TlsOf("vendor-" + feed.vendor_id), clock, ids));
  client->Start();
  RETURN_IF_ERROR(client->WaitUntilCaughtUp(kPatience));
  return client->ForEachWorkable([&](const v1::Assignment& row) {
    feed.live[row.assignment_id()] = row.SerializeAsString();
    return absl::OkStatus();
  });
}

absl::Status ReadHub(demo::HubReader& hub, invariants::Ledger& ledger) {
  RETURN_IF_ERROR(
      hub.ForEachPlacement([&](const auto& placement) { ledger.placements.push_back(placement); }));
  RETURN_IF_ERROR(hub.ForEachDisclosure(
      [&](const auto& disclosure) { ledger.disclosures.push_back(disclosure); }));
  RETURN_IF_ERROR(
      hub.ForEachQuarantined([&](const auto& item) { ledger.quarantine.push_back(item); },
                             [&](const auto& rest) { ledger.quarantine_rest.push_back(rest); }));
  return hub.ForEachAuditEntry([&](const v1::AuditEntry& entry) {
    ledger.audit.push_back(entry);
    return absl::OkStatus();
  });
}

// Both ends of every feed.
absl::Status ReadFeeds(const Stage& stage, demo::HubReader& hub, Clock& clock,
                       invariants::Ledger& ledger) {
  ASSIGN_OR_RETURN(const auto vendors, hub.Vendors());
  for (const auto& vendor : vendors.vendors()) {
    invariants::Feed feed;
    feed.vendor_id = vendor.vendor_id();
    feed.newest = vendor.newest_sequence();
    feed.acknowledged = vendor.acknowledged_sequence();
    RETURN_IF_ERROR(ReadCopy(MirrorIn(stage.VendorFolder(feed.vendor_id)), feed));
    RETURN_IF_ERROR(LoadAnew(stage, clock, feed));
    // A placement that the load left out is missed all the same.
    for (const auto& placement : ledger.placements) {
      if (placement.vendor_id() == feed.vendor_id && !placement.has_withdraw_time())
        feed.live.emplace(placement.assignment_id(), "");
    }
    ledger.feeds.push_back(std::move(feed));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status GatherEvidence(const Stage& stage, Clock& clock, invariants::Ledger& ledger) {
  ASSIGN_OR_RETURN(
      const auto hub,
      demo::HubReader::Connect({stage.hub_address()}, stage.TlsOf("operator-checker"), clock));
  for (const char* vendor_id : simulation::kVendors) {
    RETURN_IF_ERROR(CatchUp(stage, vendor_id, *hub, clock));
    RETURN_IF_ERROR(ReadVendorRecord(stage.VendorFolder(vendor_id), vendor_id, ledger));
    ledger.vendor_groups[vendor_id] = vendor_id;
  }
  RETURN_IF_ERROR(ReadHub(*hub, ledger));
  return ReadFeeds(stage, *hub, clock, ledger);
}

}  // namespace switchboard::crash
