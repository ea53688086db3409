#include "hub/contracts/routing_plans.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/routing/plan_check.h"

namespace switchboard::contracts {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectNewest[] =
    "SELECT version, digest FROM routing_plan ORDER BY version DESC LIMIT 1";
constexpr char kSelectText[] = "SELECT yaml FROM routing_plan WHERE version = $1";
constexpr char kInsert[] =
    "INSERT INTO routing_plan (version, plan_id, digest, yaml, apply_time) VALUES ($1, $2, $3, $4, "
    "$5)";

struct Newest {
  int64_t version = 0;
  std::string digest;
};

absl::StatusOr<Newest> FindNewest(storage::Connection& connection) {
  Newest newest;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {}, [&](const Row& row) {
    newest = {row.Integer(0), std::string(row.Blob(1))};
    return absl::OkStatus();
  }));
  return newest;
}

std::vector<routing::VendorFacts> FactsAt(
    const std::vector<std::shared_ptr<const CompiledContract>>& contracts, absl::Time now,
    std::string* key) {
  std::vector<routing::VendorFacts> facts;
  for (const auto& compiled : contracts) {
    if (!compiled->InForceAt(now)) continue;
    facts.push_back(routing::VendorFactsOf(compiled->contract));
    absl::StrAppend(key, "|", compiled->contract.vendor_id(), "=", compiled->version);
  }
  return facts;
}

}  // namespace

absl::StatusOr<bool> RoutingPlans::Apply(storage::Transaction& transaction, std::string_view actor,
                                  const v1::RoutingPlan& plan, std::string_view yaml) const {
  const storage::Key placement = book::PlacementKey();
  RETURN_IF_ERROR(transaction.Hold({&placement, 1}));
  const std::string digest = Sha256Of(yaml);
  ASSIGN_OR_RETURN(const Newest newest, FindNewest(transaction.connection()));
  if (newest.digest == digest) return false;
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {newest.version + 1, plan.plan_id(), Value::Blob(digest),
                                         yaml, transaction.now_us()})
                      .status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_ROUTING_PLAN, actor);
  event.set_subject_id(plan.plan_id());
  event.set_digest(digest);
  event.set_count(newest.version + 1);
  audit::Record(transaction, std::move(event));
  return true;
}

absl::StatusOr<std::shared_ptr<const routing::Router>> RoutingPlans::RouterAt(
    storage::Connection& connection, absl::Time now) {
  ASSIGN_OR_RETURN(const Newest newest, FindNewest(connection));
  if (newest.version == 0) return nullptr;
  ASSIGN_OR_RETURN(const auto contracts, contracts_.All(connection));
  // The digest stands in the key beside the version: a version that was rolled back may be given
  // again.
  std::string key = absl::StrCat(newest.version, ":", newest.digest);
  auto facts = FactsAt(contracts, now, &key);
  std::lock_guard lock(mutex_);
  if (key == key_) return router_;
  std::string yaml;
  RETURN_IF_ERROR(connection.Query(kSelectText, {newest.version}, [&](const Row& row) {
    yaml = row.Text(0);
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(v1::RoutingPlan plan, routing::ParseRoutingPlan(yaml, "stored routing plan"));
  router_ = std::make_shared<const routing::Router>(plan, facts);
  key_ = std::move(key);
  return router_;
}

absl::StatusOr<std::shared_ptr<const routing::Router>> RoutingPlans::RouterFor(
    storage::Connection& connection, const v1::RoutingPlan& plan, absl::Time now) {
  ASSIGN_OR_RETURN(const auto contracts, contracts_.All(connection));
  std::string key;
  return std::make_shared<const routing::Router>(plan, FactsAt(contracts, now, &key));
}

}  // namespace switchboard::contracts
