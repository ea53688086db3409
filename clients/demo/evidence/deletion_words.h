#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/run_result.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::demo {

// A vendor's signed word that it carried out an order to delete, read as anybody reads it who has
// it, without asking the hub: from the bytes that were signed and the certificate that they carry.
struct DeletionWord {
  std::string signed_by;  // "spiffe://issuer.example/vendor/sakura"
  std::string serial;     // of its certificate
  absl::Time deleted;
  // Empty: the signature stands, it is the vendor's, and what was signed is about the very
  // assignments of the order.
  std::string problem;
};

// REQUIRES: `line` was asked for by its id, and is confirmed.
DeletionWord ReadWord(const v1::FindDeletionOrdersResponse::Line& line);

// Counts orders by vendor, and picks the one that the report shows: the first that was confirmed of
// the vendor whose contract was tightened, else the first.
void CountDeletions(const Evidence& evidence, RunResult* result);

// Sentences; empty: every word stands, and nobody was late.
std::vector<std::string> DeletionMistakes(const Evidence& evidence);

}  // namespace switchboard::demo
