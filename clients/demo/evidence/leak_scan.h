#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clients/demo/evidence/raw_values.h"
#include "clients/demo/parties/tap_file.h"
#include "clients/demo/people/population.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::demo {

// What a permit was given for, by the audit log.
struct PermitSubject {
  std::string account_id;
  std::string contact_point_id;
};

struct LeakScanInput {
  const Population* population = nullptr;
  const v1::Contract* contract = nullptr;  // of the vendor whose bytes are scanned
  // All placements, with whatever vendor.
  const std::vector<v1::ListPlacementsResponse::Placement>* placements = nullptr;
  // Permits by id, of all vendors.
  const absl::flat_hash_map<std::string, PermitSubject>* permits = nullptr;
};

struct LeakScanResult {
  int64_t bytes = 0;
  int64_t frames = 0;
  int64_t values_searched = 0;   // distinctive ones, each in every byte
  int64_t assignments_read = 0;  // messages compared with their own person's values
  int64_t raw_values_found = 0;
  std::map<std::string, int64_t> by_field;
  std::vector<std::string> examples;  // "phone of SYN-A-000007 in RequestPermit", at most ten
  std::map<std::string, v1::Assignment>
      samples;  // newest version of an assignment, for up to 200 of them
};

// Scans every byte of `tap`, the frames that one vendor received, in two ways:
// - all bytes, undecoded, for the distinctive values (ids, phones, mailboxes, card numbers,
// internal
//   reasons) of every account of the book, whether placed with this vendor or not;
// - each assignment for everything else that its own person has, and for fields beyond the
// contract. A distinctive value is in order only if the contract shows it for a work type that the
// very account was placed with this vendor for, or if it is the number of the very contact point
// that the permit in the same frame was given for, and the contract says that permits carry
// numbers.
LeakScanResult ScanForLeaks(const LeakScanInput& input, std::string_view tap);

// Adds what was found in a later part of the same tap; `all` keeps its own samples.
void AddTo(const LeakScanResult& later, LeakScanResult* all);

}  // namespace switchboard::demo
