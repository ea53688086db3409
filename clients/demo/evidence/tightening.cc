#include "clients/demo/evidence/tightening.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "clients/demo/evidence/byte_scan.h"
#include "clients/demo/evidence/raw_values.h"
#include "clients/demo/evidence/samples.h"
#include "clients/demo/parties/ledger.h"
#include "clients/demo/parties/tap_file.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/contract_check.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::demo {
namespace {

constexpr char kFile[] = "sakura-tightened.yaml";

bool IsSync(const TapFrame& frame, v1::SyncResponse* response) {
  return frame.method == "Sync" &&
         response->ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size()));
}

// What both contracts make of the values of one vendor's accounts.
struct Values {
  std::set<std::string> former;  // shown by the former alone
  std::string still;             // whatever the tightened one shows, a line each
};

Values ValuesOf(const Tightening& tightening, const Population& population,
                const Evidence& evidence) {
  const std::string& vendor_id = tightening.contract.vendor_id();
  const v1::Contract& former = evidence.vendors.at(vendor_id).contract;
  std::set<std::string> gone, still;
  absl::flat_hash_set<std::string> seen;
  for (const auto& placement : evidence.ledger.placements) {
    if (placement.vendor_id() != vendor_id || !seen.insert(placement.account_id()).second) continue;
    const int64_t index = population.IndexOf(placement.account_id());
    if (index < 0) continue;
    const v1::AccountRecord record = population.Record(index);
    for (const RawValue& value : RawValuesOf(record.person(), record.account())) {
      if (Shows(TermsOf(tightening.contract, placement.work_type()), value)) {
        still.insert(value.written);
      } else if (Shows(TermsOf(former, placement.work_type()), value) &&
                 value.text.size() >= ByteScan::kValueBytesMin) {
        gone.insert(value.text);
      }
    }
  }
  Values values;
  for (const std::string& one : still) absl::StrAppend(&values.still, one, "\n");
  for (const std::string& one : gone) {
    if (values.still.find(one) == std::string::npos) values.former.insert(one);
  }
  return values;
}

// Until the copy had caught up in the new generation.
void SeeRowsComeAgain(const Tightening& tightening, std::string_view tap, TighteningSeen* seen) {
  absl::flat_hash_set<std::string> rows;
  ForEachFrame(tap, [&](const TapFrame& frame) {
    v1::SyncResponse response;
    if (seen->all_again_ns != 0 || !IsSync(frame, &response)) return;
    for (const auto& change : response.batch().changes()) {
      if (change.has_assigned()) rows.insert(change.assigned().assignment_id());
    }
    if (response.batch().caught_up()) seen->all_again_ns = frame.time_ns - tightening.asked_ns;
  });
  seen->rows_again = static_cast<int64_t>(rows.size());
}

// The row that has most to compare: no campaign, and shown both before and after.
const v1::Assignment* PickRow(const VendorEvidence& vendor) {
  for (const auto& [id, row] : vendor.scan.samples) {
    if (row.work_type() == v1::WORK_TYPE_CAMPAIGN) continue;
    if (vendor.tightened.scan.samples.contains(id)) return &row;
  }
  return nullptr;
}

void Show(const v1::Assignment& before, const v1::Assignment& after,
          const v1::AccountRecord& record, TighteningResult* result) {
  const auto was = Compare(record, before, AddressAs::kOneLine);
  const auto is = Compare(record, after, AddressAs::kOneLine);
  for (size_t i = 0; i < was.size(); ++i)
    result->row.push_back({was[i].name, was[i].core, {was[i].vendor, is[i].vendor}});
}

}  // namespace

absl::StatusOr<Tightening> ReadTightening(const std::string& demo_folder) {
  Tightening tightening;
  tightening.path = demo_folder + "/" + kFile;
  ASSIGN_OR_RETURN(tightening.yaml, ReadWholeFile(tightening.path));
  ASSIGN_OR_RETURN(tightening.contract, contracts::ParseContract(tightening.yaml, kFile));
  return tightening;
}

size_t TightenedFrom(std::string_view tap, const Tightening& tightening) {
  size_t from = tap.size();
  std::string generation;
  ForEachFrame(tap, [&](const TapFrame& frame) {
    v1::SyncResponse response;
    if (from != tap.size() || !IsSync(frame, &response) || !response.has_opened()) return;
    const std::string& opened = response.opened().cursor().generation();
    if (frame.time_ns >= tightening.asked_ns && opened != generation)
      from = static_cast<size_t>(frame.method.data() - tap.data()) - kFrameHeadBytes;
    generation = opened;
  });
  return from;
}

TighteningSeen LookBehind(const Tightening& tightening, std::string_view tap, size_t from,
                          const Population& population, const Evidence& evidence) {
  const std::string_view behind = tap.substr(from);
  TighteningSeen seen;
  SeeRowsComeAgain(tightening, behind, &seen);
  const Values values = ValuesOf(tightening, population, evidence);
  seen.values_searched = static_cast<int64_t>(values.former.size());
  ByteScan({values.former.begin(), values.former.end()}).Find(behind, [&](size_t, size_t) {
    ++seen.values_found;
  });
  seen.scan = ScanForLeaks(
      {&population, &tightening.contract, &evidence.ledger.placements, &evidence.permits}, behind);
  return seen;
}

void CountTightening(const Evidence& evidence, const Population& population, RunResult* result) {
  if (!evidence.tightening.has_value()) return;
  const Tightening& tightening = *evidence.tightening;
  const VendorEvidence& vendor = evidence.vendors.at(tightening.contract.vendor_id());
  const TighteningSeen& seen = vendor.tightened;
  TighteningResult& out = result->tightening.emplace();
  out.vendor_id = tightening.contract.vendor_id();
  out.plan = tightening.plan;
  out.history = tightening.history;
  out.contract_version = tightening.contract_version;
  out.seconds = static_cast<double>(seen.all_again_ns) / 1e9;
  out.rows_again = seen.rows_again;
  out.bytes = seen.scan.bytes;
  out.rows_compared = seen.scan.assignments_read;
  out.values_searched = seen.values_searched;
  out.found = seen.values_found + seen.scan.raw_values_found;
  absl::Time first_tightened = absl::InfiniteFuture();
  for (const auto& page : evidence.ledger.disclosures) {
    if (page.vendor_id() == out.vendor_id && page.contract_version() >= out.contract_version)
      first_tightened = std::min(first_tightened, TimeOf(page.time()));
  }
  for (const auto& page : evidence.ledger.disclosures) {
    const bool former = page.contract_version() < out.contract_version;
    if (page.vendor_id() == out.vendor_id && former && TimeOf(page.time()) > first_tightened)
      ++out.former_pages;
  }
  const v1::Assignment* row = PickRow(vendor);
  if (row == nullptr) return;
  for (const auto& placement : evidence.ledger.placements) {
    if (placement.assignment_id() != row->assignment_id()) continue;
    out.work_type = v1::WorkType_Name(row->work_type());
    Show(*row, seen.scan.samples.at(row->assignment_id()),
         population.Record(population.IndexOf(placement.account_id())), &out);
    return;
  }
}

}  // namespace switchboard::demo
