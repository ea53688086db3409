#include "hub/contracts/routing_plans.h"

#include <limits>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/canonical.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/base/yaml.h"
#include "hub/book/holds.h"
#include "hub/routing/plan_check.h"
#include "hub/stops/stops.h"

namespace switchboard::contracts {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectNewest[] =
    "SELECT version, digest FROM routing_plan ORDER BY version DESC LIMIT 1";
constexpr char kSelectApplied[] =
    "SELECT version, plan_id, yaml, actor, apply_time FROM routing_plan ORDER BY version DESC "
    "LIMIT "
    "1";
constexpr char kSelectBefore[] =
    "SELECT version, digest, yaml, actor FROM routing_plan WHERE version < $1 "
    "ORDER BY version DESC LIMIT 1";
constexpr char kInsert[] =
    "INSERT INTO routing_plan (version, plan_id, digest, yaml, actor, apply_time) VALUES ($1, $2, "
    "$3, $4, $5, $6)";

constexpr int64_t kBehindAll = std::numeric_limits<int64_t>::max();  // a version
constexpr char kOperators[] = "operator/";
constexpr size_t kUncoveredMax = 20;

struct NewestPlan {
  int64_t version = 0;
  std::string digest;
};

absl::StatusOr<NewestPlan> FindNewest(storage::Connection& connection) {
  NewestPlan newest;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {}, [&](const Row& row) {
    newest = {row.Integer(0), std::string(row.Blob(1))};
    return absl::OkStatus();
  }));
  return newest;
}

// As with contracts, the texts are asked each time.
bool Means(std::string_view yaml, v1::RoutingPlan plan) {
  auto stored = routing::ParseRoutingPlan(yaml, "stored routing plan");
  return stored.ok() && CanonicalBytes(*stored) == CanonicalBytes(plan);
}

}  // namespace

// Who may be given work, and a key that changes with it.
struct RoutingPlans::Eligible {
  std::vector<routing::VendorFacts> vendors;
  std::string key;
};

absl::StatusOr<RoutingPlans::Eligible> RoutingPlans::EligibleAt(storage::Connection& connection,
                                                                absl::Time now) {
  ASSIGN_OR_RETURN(const auto contracts, contracts_.AllInForce(connection, now));
  ASSIGN_OR_RETURN(const auto stops, stops::StoppedVendors(connection, now));
  std::set<std::string, std::less<>> stopped;
  for (const stops::Stop& stop : stops) stopped.insert(stop.subject.id);
  Eligible eligible;
  for (const auto& compiled : contracts) {
    if (stopped.contains(compiled->contract.vendor_id())) continue;
    eligible.vendors.push_back(routing::VendorFactsOf(compiled->contract));
    absl::StrAppend(&eligible.key, "|", compiled->contract.vendor_id(), "=", compiled->version);
  }
  return eligible;
}

absl::StatusOr<bool> RoutingPlans::Apply(storage::Transaction& transaction, std::string_view actor,
                                         const v1::RoutingPlan& plan, std::string_view yaml) const {
  const storage::Key placement = book::PlacementKey();
  RETURN_IF_ERROR(transaction.Hold({&placement, 1}));
  const std::string digest = Sha256Of(yaml);
  ASSIGN_OR_RETURN(const NewestPlan newest, FindNewest(transaction.connection()));
  if (newest.version != 0) {
    ASSIGN_OR_RETURN(const AppliedPlan applied, Newest(transaction.connection()));
    if (newest.digest == digest || Means(applied.yaml, plan)) return false;
  }
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {newest.version + 1, plan.plan_id(), Value::Blob(digest),
                                         yaml, actor, transaction.now_us()})
                      .status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_ROUTING_PLAN, actor);
  event.set_subject_id(plan.plan_id());
  event.set_digest(digest);
  event.set_count(newest.version + 1);
  audit::Record(transaction, std::move(event));
  return true;
}

absl::StatusOr<AppliedPlan> RoutingPlans::Newest(storage::Connection& connection) const {
  absl::StatusOr<AppliedPlan> applied =
      Error(absl::StatusCode::kNotFound, "NO_PLAN", "no routing plan is in force");
  RETURN_IF_ERROR(connection.Query(kSelectApplied, {}, [&](const Row& row) {
    applied = AppliedPlan{row.Integer(0), std::string(row.Text(1)), std::string(row.Text(2)),
                          std::string(row.Text(3)), absl::FromUnixMicros(row.Integer(4))};
    return absl::OkStatus();
  }));
  return applied;
}

absl::StatusOr<FileVerdict> RoutingPlans::JudgeFile(storage::Connection& connection,
                                                    const v1::RoutingPlan& plan,
                                                    std::string_view yaml) const {
  const std::string digest = Sha256Of(yaml);
  FileVerdict verdict;
  int64_t before = kBehindAll;
  while (verdict.kind == FileVerdict::Kind::kNew && before != 0) {
    int64_t version = 0;
    RETURN_IF_ERROR(connection.Query(kSelectBefore, {before}, [&](const Row& row) {
      version = row.Integer(0);
      if (before == kBehindAll) {
        verdict.newest_version = version;
        verdict.is_of_operator = row.Text(3).starts_with(kOperators);
      }
      if (row.Blob(1) == digest || Means(row.Text(2), plan)) {
        verdict.kind = version == verdict.newest_version ? FileVerdict::Kind::kNewest
                                                         : FileVerdict::Kind::kOlder;
      }
      return absl::OkStatus();
    }));
    before = version;
  }
  return verdict;
}

absl::StatusOr<std::vector<absl::Status>> RoutingPlans::Uncovered(storage::Connection& connection,
                                                                  absl::Time now) const {
  std::vector<absl::Status> uncovered;
  const auto applied = Newest(connection);
  if (absl::IsNotFound(applied.status())) return uncovered;
  RETURN_IF_ERROR(applied.status());
  const std::string name = absl::StrCat("routing plan ", applied->plan_id);
  auto plan = routing::ParseRoutingPlan(applied->yaml, name);
  if (!plan.ok()) return std::vector<absl::Status>{plan.status()};
  ASSIGN_OR_RETURN(const auto compiled, contracts_.AllToCome(connection, now));
  std::vector<v1::Contract> contracts;
  for (const auto& one : compiled) contracts.push_back(one->contract);
  const YamlPlaces places(applied->yaml, name);
  // The check ends at the first share that is not covered: so each segment is shown to it alone, at
  // its own place.
  v1::RoutingPlan alone = *plan;
  for (auto& segment : *alone.mutable_segments()) segment.clear_shares();
  for (int i = 0; i < plan->segments_size() && uncovered.size() < kUncoveredMax; ++i) {
    alone.mutable_segments(i)->mutable_shares()->Swap(plan->mutable_segments(i)->mutable_shares());
    absl::Status status = routing::CheckPlanAgainstContracts(alone, contracts, places);
    if (!status.ok()) uncovered.push_back(std::move(status));
    alone.mutable_segments(i)->clear_shares();
  }
  return uncovered;
}

absl::StatusOr<std::shared_ptr<const routing::Router>> RoutingPlans::RouterAt(
    storage::Connection& connection, absl::Time now) {
  ASSIGN_OR_RETURN(const NewestPlan newest, FindNewest(connection));
  if (newest.version == 0) return nullptr;
  ASSIGN_OR_RETURN(auto eligible, EligibleAt(connection, now));
  // The digest stands in the key beside the version: a version that was rolled back may be given
  // again.
  const std::string key = absl::StrCat(newest.version, ":", newest.digest, eligible.key);
  MutexLock lock(mutex_);
  if (key == key_) return router_;
  ASSIGN_OR_RETURN(const AppliedPlan applied, Newest(connection));
  ASSIGN_OR_RETURN(const v1::RoutingPlan plan,
                   routing::ParseRoutingPlan(applied.yaml, "stored routing plan"));
  router_ = std::make_shared<const routing::Router>(plan, eligible.vendors);
  key_ = key;
  return router_;
}

absl::StatusOr<std::shared_ptr<const routing::Router>> RoutingPlans::RouterFor(
    storage::Connection& connection, const v1::RoutingPlan& plan, absl::Time now) {
  ASSIGN_OR_RETURN(const auto eligible, EligibleAt(connection, now));
  return std::make_shared<const routing::Router>(plan, eligible.vendors);
}

}  // namespace switchboard::contracts
