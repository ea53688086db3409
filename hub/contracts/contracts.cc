#include "hub/contracts/contracts.h"

#include <algorithm>

#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/contracts/contract_check.h"

namespace switchboard::contracts {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectNewest[] = "SELECT contract_version FROM vendor WHERE vendor_id = $1";
constexpr char kSelectAll[] = "SELECT vendor_id, contract_version FROM vendor ORDER BY vendor_id";
constexpr char kSelectVersion[] = "SELECT yaml FROM contract WHERE vendor_id = $1 AND version = $2";
constexpr char kSelectDigest[] =
    "SELECT digest FROM contract WHERE vendor_id = $1 AND version = $2";
constexpr char kInsertContract[] =
    "INSERT INTO contract (vendor_id, version, digest, yaml, apply_time) VALUES ($1, $2, $3, $4, "
    "$5)";
constexpr char kInsertVendor[] =
    "INSERT INTO vendor (vendor_id, vendor_group, contract_version, generation, generation_floor, "
    "acknowledged_sequence, session) VALUES ($1, $2, $3, $4, 0, 0, 0)";
constexpr char kInsertCounter[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence, live_assignments, placed, withdrawn, "
    "permits_given, permits_refused, outcomes) VALUES ($1, 0, 0, 0, 0, 0, 0, 0)";
constexpr char kUpdateVendor[] =
    "UPDATE vendor SET vendor_group = $1, contract_version = $2 WHERE vendor_id = $3";

absl::StatusOr<int64_t> NewestVersion(storage::Connection& connection, std::string_view vendor_id) {
  int64_t version = 0;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {vendor_id}, [&](const Row& row) {
    version = row.Integer(0);
    return absl::OkStatus();
  }));
  return version;
}

bool MasksDiffer(const CompiledContract& before, const CompiledContract& after) {
  if (before.maskers.size() != after.maskers.size()) return true;
  for (const auto& [work_type, masker] : before.maskers) {
    auto found = after.maskers.find(work_type);
    if (found == after.maskers.end() || masker->DiffersFrom(*found->second)) return true;
    const auto& acts = before.Terms(work_type)->acts();
    const auto& acts_after = after.Terms(work_type)->acts();
    if (!std::equal(acts.begin(), acts.end(), acts_after.begin(), acts_after.end())) return true;
  }
  return false;
}

absl::CivilDay DayOf(const v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

}  // namespace

const v1::Contract::WorkTerms* CompiledContract::Terms(v1::WorkType work_type) const {
  for (const auto& terms : contract.work_types()) {
    if (terms.work_type() == work_type) return &terms;
  }
  return nullptr;
}

bool CompiledContract::InForceAt(absl::Time now) const {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  if (contract.has_effective_from() && today < DayOf(contract.effective_from())) return false;
  return !contract.has_effective_to() || today < DayOf(contract.effective_to());
}

absl::StatusOr<Contracts::Applied> Contracts::Apply(storage::Transaction& transaction,
                                                    std::string_view actor,
                                                    const v1::Contract& contract,
                                                    std::string_view yaml) {
  const std::string digest = Sha256Of(yaml);
  const std::string& vendor_id = contract.vendor_id();
  const storage::Key keys[] = {book::FeedKey(vendor_id), book::PlacementKey(),
                               book::VendorKey(vendor_id)};
  RETURN_IF_ERROR(transaction.Hold(keys));
  Applied applied;
  ASSIGN_OR_RETURN(applied.version, NewestVersion(transaction.connection(), vendor_id));
  bool same = false;
  RETURN_IF_ERROR(
      transaction.Query(kSelectDigest, {vendor_id, applied.version}, [&](const Row& row) {
        same = row.Blob(0) == digest;
        return absl::OkStatus();
      }));
  if (same) return applied;
  const bool first = applied.version == 0;
  const auto after = Compile(contract, applied.version + 1);
  if (!first) {
    ASSIGN_OR_RETURN(auto before,
                     FindVersion(transaction.connection(), vendor_id, applied.version));
    applied.masks_differ = MasksDiffer(*before, *after);
  }
  applied.changed = true;
  ++applied.version;
  RETURN_IF_ERROR(transaction
                      .Execute(kInsertContract, {vendor_id, applied.version, Value::Blob(digest),
                                                 yaml, transaction.now_us()})
                      .status());
  if (first) {
    const std::string generation = ids_.Next();
    RETURN_IF_ERROR(transaction
                        .Execute(kInsertVendor,
                                 {vendor_id, contract.vendor_group(), applied.version, generation})
                        .status());
    RETURN_IF_ERROR(transaction.Execute(kInsertCounter, {vendor_id}).status());
  } else {
    RETURN_IF_ERROR(
        transaction.Execute(kUpdateVendor, {contract.vendor_group(), applied.version, vendor_id})
            .status());
  }
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_CONTRACT, actor);
  event.set_vendor_id(vendor_id);
  event.set_digest(digest);
  event.set_count(applied.version);
  audit::Record(transaction, std::move(event));
  return applied;
}

absl::StatusOr<std::shared_ptr<const CompiledContract>> Contracts::Find(
    storage::Connection& connection, std::string_view vendor_id) {
  ASSIGN_OR_RETURN(const int64_t version, NewestVersion(connection, vendor_id));
  return FindVersion(connection, vendor_id, version);
}

absl::StatusOr<std::shared_ptr<const CompiledContract>> Contracts::FindVersion(
    storage::Connection& connection, std::string_view vendor_id, int64_t version) {
  const std::pair<std::string, int64_t> key(vendor_id, version);
  {
    std::lock_guard lock(mutex_);
    if (auto found = compiled_.find(key); found != compiled_.end()) return found->second;
  }
  std::string yaml;
  RETURN_IF_ERROR(connection.Query(kSelectVersion, {vendor_id, version}, [&](const Row& row) {
    yaml = row.Text(0);
    return absl::OkStatus();
  }));
  if (yaml.empty())
    return Error(absl::StatusCode::kNotFound, "VENDOR_UNKNOWN",
                 "no vendor of this id has a contract");
  ASSIGN_OR_RETURN(v1::Contract contract, ParseContract(yaml, "stored contract"));
  auto compiled = Compile(std::move(contract), version);
  std::lock_guard lock(mutex_);
  compiled_[key] = compiled;
  return compiled;
}

absl::StatusOr<std::vector<std::shared_ptr<const CompiledContract>>> Contracts::All(
    storage::Connection& connection) {
  std::vector<std::pair<std::string, int64_t>> keys;
  RETURN_IF_ERROR(connection.Query(kSelectAll, {}, [&](const Row& row) {
    keys.emplace_back(row.Text(0), row.Integer(1));
    return absl::OkStatus();
  }));
  std::vector<std::shared_ptr<const CompiledContract>> all;
  for (const auto& [vendor_id, version] : keys) {
    ASSIGN_OR_RETURN(auto compiled, FindVersion(connection, vendor_id, version));
    all.push_back(std::move(compiled));
  }
  return all;
}

std::shared_ptr<const CompiledContract> Contracts::Compile(v1::Contract contract,
                                                           int64_t version) const {
  auto compiled = std::make_shared<CompiledContract>();
  compiled->version = version;
  const std::string token_key = sealer_.DeriveKey("token/" + contract.vendor_id());
  for (const auto& terms : contract.work_types()) {
    compiled->maskers[terms.work_type()] =
        std::make_shared<const masking::Masker>(contract, terms.work_type(), token_key);
  }
  compiled->contract = std::move(contract);
  return compiled;
}

}  // namespace switchboard::contracts
