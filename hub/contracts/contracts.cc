#include "hub/contracts/contracts.h"

#include <algorithm>
#include <limits>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/canonical.h"
#include "hub/base/day_number.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/base/proto_time.h"
#include "hub/base/topic.h"
#include "hub/book/holds.h"
#include "hub/book/terms_change.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/facts.h"

namespace switchboard::contracts {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectNewest[] =
    "SELECT version, digest, to_day FROM contract WHERE vendor_id = $1 ORDER BY version DESC LIMIT "
    "1";
constexpr char kSelectVendors[] = "SELECT DISTINCT vendor_id FROM contract ORDER BY vendor_id";
constexpr char kSelectText[] =
    "SELECT yaml, digest FROM contract WHERE vendor_id = $1 AND version = $2";
// The newest of those that have begun decides, also when it has ended.
constexpr char kSelectAt[] =
    "SELECT version, to_day, digest, end_time FROM contract WHERE vendor_id = $1 AND (from_day IS "
    "NULL OR from_day <= $2) ORDER BY version DESC LIMIT 1";
constexpr char kSelectThen[] =
    "SELECT version, to_day, digest, end_time FROM contract WHERE vendor_id = $1 AND (from_day IS "
    "NULL OR from_day <= $2) AND release_time <= $3 ORDER BY version DESC LIMIT 1";
constexpr char kSelectDigest[] =
    "SELECT digest FROM contract WHERE vendor_id = $1 AND version = $2";
constexpr char kSelectVersions[] =
    "SELECT version, from_day, to_day, digest, proposed_by, released_by, proposal_id, "
    "release_time, ended_by FROM contract WHERE vendor_id = $1 ORDER BY version";
constexpr char kSelectBefore[] =
    "SELECT version, digest, yaml FROM contract WHERE vendor_id = $1 AND version < $2 ORDER BY "
    "version DESC LIMIT 1";
constexpr char kInsert[] =
    "INSERT INTO contract (vendor_id, version, digest, yaml, proposed_by, released_by, "
    "proposal_id, release_time, from_day, to_day, ended_by) VALUES ($1, $2, $3, $4, $5, $6, $7, "
    "$8, $9, $10, '')";
constexpr char kEnd[] =
    "UPDATE contract SET to_day = $1, end_time = $2, ended_by = $3 WHERE vendor_id = $4 AND "
    "(to_day IS NULL OR to_day > $1)";

constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();
constexpr int64_t kBehindAll = std::numeric_limits<int64_t>::max();  // a version

std::optional<absl::CivilDay> DayFrom(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return DayOfNumber(row.Integer(column));
}

Value NumberOrNull(bool has, const v1::Date& date) {
  return has ? Value(DayNumberOf(CivilDayOf(date))) : Value(nullptr);
}

// The last day that a contract's own text names.
int64_t OwnEnd(const v1::Contract& contract) {
  return contract.has_effective_to() ? DayNumberOf(CivilDayOf(contract.effective_to())) : kOpenEnd;
}

// Asked of the texts each time: a digest of the meaning would be another one as soon as a release
// fills in another default. A stored text that this release does not take means nothing.
bool Means(const std::string& yaml, v1::Contract contract) {
  auto stored = ParseContract(yaml, "stored contract");
  return stored.ok() && CanonicalBytes(*stored) == CanonicalBytes(contract);
}

std::string NameOf(std::string_view vendor_id, int64_t version) {
  return absl::StrCat("version ", version, " of the contract of ", std::string(vendor_id));
}

absl::Status VendorUnknown() {
  return Error(absl::StatusCode::kNotFound, "VENDOR_UNKNOWN",
               "no vendor of this id has such a contract");
}

// A text of the table beside the digest of what was released.
struct StoredText {
  std::string yaml;
  std::string digest;

  // Whether it is unaltered and means what a text of this digest does.
  bool Says(const v1::Contract& contract, std::string_view other_digest) const {
    return IsUnaltered(yaml, digest) && (digest == other_digest || Means(yaml, contract));
  }
};

absl::StatusOr<StoredText> ReadText(storage::Connection& connection, std::string_view vendor_id,
                                    int64_t version) {
  absl::StatusOr<StoredText> text = VendorUnknown();
  RETURN_IF_ERROR(connection.Query(kSelectText, {vendor_id, version}, [&](const Row& row) {
    text = StoredText{std::string(row.Text(0)), std::string(row.Blob(1))};
    return absl::OkStatus();
  }));
  return text;
}

struct NewestRow {
  int64_t version = 0;
  std::string digest;
  int64_t to_day = kOpenEnd;
};

absl::StatusOr<NewestRow> FindNewest(storage::Connection& connection, std::string_view vendor_id) {
  NewestRow newest;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {vendor_id}, [&](const Row& row) {
    newest = {row.Integer(0), std::string(row.Blob(1)), row.IsNull(2) ? kOpenEnd : row.Integer(2)};
    return absl::OkStatus();
  }));
  return newest;
}

// A version that was found for a day.
struct VersionOfDay {
  int64_t version = 0;  // 0: none
  std::string digest;
  int64_t to_day = kOpenEnd;
  int64_t end_time_us = 0;  // when `to_day` was decided on; 0: it is the contract's own
};

absl::StatusOr<VersionOfDay> Select(storage::Connection& connection, const char* sql,
                                    storage::Connection::Parameters parameters) {
  VersionOfDay found;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    found = {row.Integer(0), std::string(row.Blob(2)), row.IsNull(1) ? kOpenEnd : row.Integer(1),
             row.IsNull(3) ? 0 : row.Integer(3)};
    return absl::OkStatus();
  }));
  return found;
}

}  // namespace

absl::Status NoContract() {
  return Error(absl::StatusCode::kPermissionDenied, "NO_CONTRACT",
               "no contract of this vendor is in force");
}

const v1::Contract::WorkTerms* CompiledContract::Terms(v1::WorkType work_type) const {
  for (const auto& terms : contract.work_types()) {
    if (terms.work_type() == work_type) return &terms;
  }
  return nullptr;
}

bool CompiledContract::Allows(v1::WorkType work_type, std::string_view language) const {
  return Terms(work_type) != nullptr &&
         std::any_of(
             contract.languages().begin(), contract.languages().end(),
             [&](const std::string& spoken) { return routing::LanguageCovers(spoken, language); });
}

bool CompiledContract::AllowsContact(v1::WorkType work_type, v1::Act act, v1::Party party) const {
  const auto* terms = Terms(work_type);
  if (terms == nullptr) return false;
  const auto& others = contract.permits().other_parties();
  return (act == v1::ACT_RETURN_CALL || absl::c_linear_search(terms->acts(), act)) &&
         (party == v1::PARTY_PERSON || absl::c_linear_search(others, party));
}

bool CompiledContract::OnlyInforms(v1::WorkType work_type) const {
  const auto* terms = Terms(work_type);
  if (terms == nullptr) return false;
  const auto may = [terms](v1::Act act) { return absl::c_linear_search(terms->acts(), act); };
  return may(v1::ACT_REMIND) && !may(v1::ACT_NEGOTIATE) && !may(v1::ACT_TAKE_PROMISE);
}

bool CompiledContract::TakesPromises(v1::WorkType work_type) const {
  const auto* terms = Terms(work_type);
  return terms != nullptr && absl::c_linear_search(terms->acts(), v1::ACT_TAKE_PROMISE);
}

v1::CollectorKind CompiledContract::CollectorKind() const {
  const v1::CollectorKind kind = contract.collector_kind();
  return kind == v1::COLLECTOR_KIND_UNSPECIFIED ? v1::COLLECTOR_KIND_AGENCY : kind;
}

// Tokens are the vendor's, alike for each of its work types, of which there is one at least.
const v1::ContactPoint* CompiledContract::FindShown(const v1::Person& person,
                                                    std::string_view id) const {
  return maskers.begin()->second->FindShown(person, id);
}

bool CompiledContract::IsShownAs(std::string_view person_id, std::string_view contact_point_id,
                                 std::string_view id) const {
  return maskers.begin()->second->IsShownAs(person_id, contact_point_id, id);
}

masking::Change ShownChange(const CompiledContract& before, const CompiledContract& after,
                            v1::WorkType work_type) {
  using masking::Change;
  const auto* terms = before.Terms(work_type);
  const auto* terms_after = after.Terms(work_type);
  if (terms == nullptr) return terms_after == nullptr ? Change::kSame : Change::kMore;
  if (terms_after == nullptr) return Change::kLess;
  const std::set<int> acts(terms->acts().begin(), terms->acts().end());
  const std::set<int> acts_after(terms_after->acts().begin(), terms_after->acts().end());
  const Change lost = absl::c_includes(acts_after, acts) ? Change::kSame : Change::kLess;
  const Change won = absl::c_includes(acts, acts_after) ? Change::kSame : Change::kMore;
  return Join(before.maskers.at(work_type)->ChangeTo(*after.maskers.at(work_type)),
              Join(lost, won));
}

masking::Change ShownChange(const CompiledContract& before, const CompiledContract& after) {
  masking::Change change = masking::Change::kSame;
  for (const auto& [work_type, masker] : before.maskers)
    change = Join(change, ShownChange(before, after, work_type));
  for (const auto& [work_type, masker] : after.maskers)
    change = Join(change, ShownChange(before, after, work_type));
  return change;
}

absl::StatusOr<ReleasedVersion> Contracts::Release(storage::Transaction& transaction,
                                                   const ReleasedBy& by,
                                                   const v1::Contract& contract,
                                                   std::string_view yaml) {
  const std::string digest = Sha256Of(yaml);
  const std::string& vendor_id = contract.vendor_id();
  const storage::Key keys[] = {book::FeedKey(vendor_id), book::PlacementKey(),
                               book::VendorKey(vendor_id)};
  RETURN_IF_ERROR(transaction.Hold(keys));
  ASSIGN_OR_RETURN(const NewestRow newest, FindNewest(transaction.connection(), vendor_id));
  ASSIGN_OR_RETURN(const bool stands, Stands(transaction.connection(), contract, yaml));
  if (stands) return ReleasedVersion{newest.version, false};
  const ReleasedVersion released{newest.version + 1, true};
  book::NoteTermsChange(transaction);
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert, {vendor_id, released.version, Value::Blob(digest), yaml, by.proposed_by,
                             by.released_by, by.proposal_id, transaction.now_us(),
                             NumberOrNull(contract.has_effective_from(), contract.effective_from()),
                             NumberOrNull(contract.has_effective_to(), contract.effective_to())})
          .status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_CONTRACT, by.released_by);
  event.set_vendor_id(vendor_id);
  event.set_digest(digest);
  event.set_count(released.version);
  *event.mutable_contract()->mutable_step() = StepOf(v1::TEXT_KIND_CONTRACT, by, newest.version);
  audit::Record(transaction, std::move(event));
  transaction.Announce(Topic::Contract(vendor_id));
  return released;
}

absl::StatusOr<bool> Contracts::Stands(storage::Connection& connection,
                                       const v1::Contract& contract, std::string_view yaml) {
  ASSIGN_OR_RETURN(const NewestRow newest, FindNewest(connection, contract.vendor_id()));
  if (newest.version == 0 || newest.to_day != OwnEnd(contract)) return false;
  ASSIGN_OR_RETURN(const StoredText stored,
                   ReadText(connection, contract.vendor_id(), newest.version));
  return stored.Says(contract, Sha256Of(yaml));
}

absl::StatusOr<bool> Contracts::End(storage::Transaction& transaction, std::string_view actor,
                                    std::string_view vendor_id, absl::CivilDay first_day_out) {
  const storage::Key keys[] = {book::FeedKey(vendor_id), book::PlacementKey(),
                               book::VendorKey(vendor_id)};
  RETURN_IF_ERROR(transaction.Hold(keys));
  ASSIGN_OR_RETURN(const NewestRow newest, FindNewest(transaction.connection(), vendor_id));
  if (newest.version == 0) return VendorUnknown();
  ASSIGN_OR_RETURN(const int64_t changed,
                   transaction.Execute(
                       kEnd, {DayNumberOf(first_day_out), transaction.now_us(), actor, vendor_id}));
  if (changed == 0) return false;
  book::NoteTermsChange(transaction);
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_CONTRACT, actor);
  event.set_vendor_id(std::string(vendor_id));
  event.set_digest(newest.digest);
  event.set_count(newest.version);
  event.mutable_contract()->set_ended(true);
  audit::Record(transaction, std::move(event));
  transaction.Announce(Topic::Contract(vendor_id));
  return true;
}

absl::StatusOr<Contracts::Compiled> Contracts::FindAt(storage::Connection& connection,
                                                      std::string_view vendor_id, absl::Time now) {
  auto compiled = CompiledAt(connection, vendor_id, now);
  if (IsUnusableText(compiled.status())) return nullptr;
  return compiled;
}

absl::Status Contracts::CheckAt(storage::Connection& connection, std::string_view vendor_id,
                                absl::Time now) {
  return CompiledAt(connection, vendor_id, now).status();
}

absl::StatusOr<Contracts::Compiled> Contracts::CompiledAt(storage::Connection& connection,
                                                          std::string_view vendor_id,
                                                          absl::Time now) {
  const int64_t day = DayNumberAt(now);
  ASSIGN_OR_RETURN(const VersionOfDay found, Select(connection, kSelectAt, {vendor_id, day}));
  if (found.version == 0 || day >= found.to_day) return nullptr;
  return FindCompiled(connection, vendor_id, found.version, found.digest);
}

absl::StatusOr<Contracts::Compiled> Contracts::FindThen(storage::Connection& connection,
                                                        std::string_view vendor_id,
                                                        absl::Time time) {
  const int64_t day = DayNumberAt(time);
  const int64_t time_us = absl::ToUnixMicros(time);
  ASSIGN_OR_RETURN(const VersionOfDay found,
                   Select(connection, kSelectThen, {vendor_id, day, time_us}));
  if (found.version == 0) return nullptr;
  ASSIGN_OR_RETURN(auto compiled, FindCompiled(connection, vendor_id, found.version, found.digest));
  // An end that was decided later does not reach back, not even into the morning of its own day.
  // Its row keeps the last end only; one before it named a later day, which had not come by then.
  const int64_t to_day = found.end_time_us > time_us ? OwnEnd(compiled->contract) : found.to_day;
  if (day >= to_day) return nullptr;
  return compiled;
}

absl::StatusOr<Contracts::Compiled> Contracts::InForce(storage::Connection& connection,
                                                       std::string_view vendor_id, absl::Time now) {
  ASSIGN_OR_RETURN(auto found, FindAt(connection, vendor_id, now));
  if (found == nullptr) return NoContract();
  return found;
}

absl::StatusOr<int64_t> Contracts::NewestVersion(storage::Connection& connection,
                                                 std::string_view vendor_id) {
  ASSIGN_OR_RETURN(const NewestRow newest, FindNewest(connection, vendor_id));
  return newest.version;
}

absl::Status Contracts::CheckKnown(storage::Connection& connection, std::string_view vendor_id) {
  ASSIGN_OR_RETURN(const int64_t newest, NewestVersion(connection, vendor_id));
  return newest == 0 ? VendorUnknown() : absl::OkStatus();
}

absl::StatusOr<Contracts::Compiled> Contracts::Newest(storage::Connection& connection,
                                                      std::string_view vendor_id) {
  ASSIGN_OR_RETURN(const NewestRow newest, FindNewest(connection, vendor_id));
  return FindVersion(connection, vendor_id, newest.version);
}

absl::StatusOr<Contracts::Compiled> Contracts::NewestUsable(storage::Connection& connection,
                                                            std::string_view vendor_id) {
  ASSIGN_OR_RETURN(const auto versions, Versions(connection, vendor_id));
  for (auto one = versions.rbegin(); one != versions.rend(); ++one) {
    auto compiled = FindVersion(connection, vendor_id, one->days.version);
    if (!IsUnusableText(compiled.status())) return compiled;
  }
  return nullptr;
}

absl::StatusOr<Contracts::Compiled> Contracts::FindVersion(storage::Connection& connection,
                                                           std::string_view vendor_id,
                                                           int64_t version) {
  absl::StatusOr<std::string> digest = VendorUnknown();
  RETURN_IF_ERROR(connection.Query(kSelectDigest, {vendor_id, version}, [&](const Row& row) {
    digest = std::string(row.Blob(0));
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(digest.status());
  return FindCompiled(connection, vendor_id, version, *digest);
}

// The digest stands in the key beside the version: one that was rolled back may be given again.
absl::StatusOr<Contracts::Compiled> Contracts::FindCompiled(storage::Connection& connection,
                                                            std::string_view vendor_id,
                                                            int64_t version,
                                                            const std::string& digest) {
  const Key key{std::string(vendor_id), version, digest};
  {
    MutexLock lock(mutex_);
    if (auto found = compiled_.find(key); found != compiled_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(const std::string yaml, Text(connection, vendor_id, version));
  auto contract = ParseContract(yaml, "stored contract");
  if (!contract.ok()) return NotTaken(NameOf(vendor_id, version), contract.status());
  auto compiled = Compile(*std::move(contract), version);
  MutexLock lock(mutex_);
  compiled_[key] = compiled;
  return compiled;
}

absl::StatusOr<std::vector<Contracts::Compiled>> Contracts::AllInForce(
    storage::Connection& connection, absl::Time now) {
  ASSIGN_OR_RETURN(const auto vendors, Vendors(connection));
  std::vector<Compiled> all;
  for (const std::string& vendor_id : vendors) {
    ASSIGN_OR_RETURN(auto compiled, FindAt(connection, vendor_id, now));
    if (compiled != nullptr) all.push_back(std::move(compiled));
  }
  return all;
}

absl::StatusOr<std::vector<Contracts::Compiled>> Contracts::AllToCome(
    storage::Connection& connection, absl::Time now) {
  ASSIGN_OR_RETURN(const auto vendors, Vendors(connection));
  std::vector<Compiled> all;
  for (const std::string& vendor_id : vendors) {
    ASSIGN_OR_RETURN(const NewestRow newest, FindNewest(connection, vendor_id));
    if (newest.to_day <= DayNumberAt(now)) continue;
    auto compiled = FindVersion(connection, vendor_id, newest.version);
    if (IsUnusableText(compiled.status())) continue;
    RETURN_IF_ERROR(compiled.status());
    all.push_back(*std::move(compiled));
  }
  return all;
}

absl::StatusOr<std::vector<std::string>> Contracts::Vendors(storage::Connection& connection) {
  std::vector<std::string> vendors;
  RETURN_IF_ERROR(connection.Query(kSelectVendors, {}, [&](const Row& row) {
    vendors.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return vendors;
}

absl::StatusOr<std::vector<ContractVersion>> Contracts::Versions(storage::Connection& connection,
                                                                 std::string_view vendor_id) {
  std::vector<ContractVersion> versions;
  RETURN_IF_ERROR(connection.Query(kSelectVersions, {vendor_id}, [&](const Row& row) {
    ContractVersion& one = versions.emplace_back();
    one.days = {row.Integer(0), DayFrom(row, 1), DayFrom(row, 2)};
    one.release = {std::string(row.Blob(3)), std::string(row.Text(4)), std::string(row.Text(5)),
                   std::string(row.Text(6)), absl::FromUnixMicros(row.Integer(7))};
    one.ended_by = row.Text(8);
    return absl::OkStatus();
  }));
  return versions;
}

absl::StatusOr<std::string> Contracts::Text(storage::Connection& connection,
                                            std::string_view vendor_id, int64_t version) {
  ASSIGN_OR_RETURN(StoredText stored, ReadText(connection, vendor_id, version));
  RETURN_IF_ERROR(CheckUnaltered(stored.yaml, stored.digest, NameOf(vendor_id, version)));
  return std::move(stored.yaml);
}

absl::StatusOr<FileVerdict> Contracts::JudgeFile(storage::Connection& connection,
                                                 const v1::Contract& contract,
                                                 std::string_view yaml) {
  const std::string digest = Sha256Of(yaml);
  FileVerdict verdict;
  int64_t before = kBehindAll;
  while (verdict.kind == FileVerdict::Kind::kNew && before != 0) {
    int64_t version = 0;
    RETURN_IF_ERROR(
        connection.Query(kSelectBefore, {contract.vendor_id(), before}, [&](const Row& row) {
          version = row.Integer(0);
          if (before == kBehindAll) verdict.newest_version = version;
          const StoredText stored{std::string(row.Text(2)), std::string(row.Blob(1))};
          if (stored.Says(contract, digest)) {
            verdict.kind = version == verdict.newest_version ? FileVerdict::Kind::kNewest
                                                             : FileVerdict::Kind::kOlder;
          }
          return absl::OkStatus();
        }));
    before = version;
  }
  return verdict;
}

Contracts::Compiled Contracts::Compile(v1::Contract contract, int64_t version) const {
  auto compiled = std::make_shared<CompiledContract>();
  compiled->version = version;
  const Secret token_key = sealer_.DeriveKey("token/" + contract.vendor_id());
  v1::Contract masked_by = contract;
  if (plant_) plant_(masked_by);
  for (const auto& terms : contract.work_types()) {
    const v1::WorkType work_type = terms.work_type();
    compiled->maskers[work_type] =
        std::make_shared<const masking::Masker>(masked_by, work_type, token_key.view());
    compiled->guards[work_type] = std::make_shared<const masking::WireGuard>(contract, work_type);
  }
  compiled->contract = std::move(contract);
  return compiled;
}

}  // namespace switchboard::contracts
