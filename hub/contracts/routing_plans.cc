#include "hub/contracts/routing_plans.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
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
constexpr char kSelectOfText[] =
    "SELECT version FROM routing_plan WHERE digest = $1 ORDER BY version DESC LIMIT 1";
constexpr char kInsert[] =
    "INSERT INTO routing_plan (version, plan_id, digest, yaml, actor, apply_time) VALUES ($1, $2, "
    "$3, $4, $5, $6)";

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

}  // namespace

// Who may be given work, and a key that changes with it.
struct RoutingPlans::Eligible {
  std::vector<routing::VendorFacts> vendors;
  std::string key;
};

absl::StatusOr<RoutingPlans::Eligible> RoutingPlans::EligibleAt(storage::Connection& connection,
                                                                absl::Time now) {
  ASSIGN_OR_RETURN(const auto contracts, contracts_.AllInForce(connection, now));
  ASSIGN_OR_RETURN(const auto stops, stops::StoppedVendors(connection));
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
  if (newest.digest == digest) return false;
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
                                                    std::string_view yaml) const {
  ASSIGN_OR_RETURN(const NewestPlan newest, FindNewest(connection));
  FileVerdict verdict;
  verdict.newest_version = newest.version;
  RETURN_IF_ERROR(
      connection.Query(kSelectOfText, {Value::Blob(Sha256Of(yaml))}, [&](const Row& row) {
        verdict.kind = row.Integer(0) == newest.version ? FileVerdict::Kind::kNewest
                                                        : FileVerdict::Kind::kOlder;
        return absl::OkStatus();
      }));
  return verdict;
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
