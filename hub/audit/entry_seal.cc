#include "hub/audit/entry_seal.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr size_t kSealBytes = 16;

}  // namespace

EntrySeal::EntrySeal(const storage::Sealer& sealer) : keyed_(sealer.DeriveKey("audit/entry")) {}

std::string EntrySeal::Of(std::string_view entry_hash) const {
  return keyed_.TextOf(entry_hash).substr(0, kSealBytes);
}

absl::Status EntrySeal::Check(std::string_view chain_id, int64_t sequence,
                              std::string_view entry_hash, std::string_view seal) const {
  if (Fits(entry_hash, seal)) return absl::OkStatus();
  return Error(absl::StatusCode::kDataLoss, "AUDIT_FORGED",
               absl::StrCat("chain ", absl::string_view(chain_id.data(), chain_id.size()),
                            ", entry ", sequence, ": no hub that has this database's key made it"));
}

}  // namespace switchboard::audit
