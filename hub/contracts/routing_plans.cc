#include "hub/contracts/routing_plans.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/canonical.h"
#include "hub/base/day_number.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/base/proto_time.h"
#include "hub/base/yaml.h"
#include "hub/book/holds.h"
#include "hub/routing/plan_check.h"
#include "hub/stops/stops.h"

namespace switchboard::contracts {
namespace {

using storage::Row;
using storage::Value;

#define PLAN_COLUMNS \
  "version, from_day, plan_id, digest, proposed_by, released_by, proposal_id, release_time"

constexpr char kSelectAll[] = "SELECT " PLAN_COLUMNS " FROM routing_plan ORDER BY version";
constexpr char kSelectOne[] = "SELECT " PLAN_COLUMNS ", yaml FROM routing_plan WHERE version = $1";
// The newest of those that have begun decides.
constexpr char kSelectAt[] = "SELECT " PLAN_COLUMNS
                             ", yaml FROM routing_plan WHERE from_day IS NULL OR from_day <= $1 "
                             "ORDER BY version DESC LIMIT 1";
constexpr char kSelectKeyAt[] =
    "SELECT version, digest FROM routing_plan WHERE from_day IS NULL OR from_day <= $1 ORDER BY "
    "version DESC LIMIT 1";
constexpr char kSelectBefore[] =
    "SELECT version, digest, yaml FROM routing_plan WHERE version < $1 ORDER BY version DESC LIMIT "
    "1";
constexpr char kInsert[] =
    "INSERT INTO routing_plan (version, plan_id, digest, yaml, proposed_by, released_by, "
    "proposal_id, release_time, from_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

constexpr int kYaml = 8;                                             // a column
constexpr int64_t kBehindAll = std::numeric_limits<int64_t>::max();  // a version
constexpr size_t kUncoveredMax = 20;

PlanVersion VersionFrom(const Row& row) {
  PlanVersion one;
  one.days.version = row.Integer(0);
  if (!row.IsNull(1)) one.days.from = DayOfNumber(row.Integer(1));
  one.plan_id = row.Text(2);
  one.release = {std::string(row.Blob(3)), std::string(row.Text(4)), std::string(row.Text(5)),
                 std::string(row.Text(6)), absl::FromUnixMicros(row.Integer(7))};
  return one;
}

absl::StatusOr<ReleasedPlan> Select(storage::Connection& connection, const char* sql,
                                    int64_t day_or_version) {
  absl::StatusOr<ReleasedPlan> plan =
      Error(absl::StatusCode::kNotFound, "NO_PLAN", "there is no such routing plan");
  RETURN_IF_ERROR(connection.Query(sql, {day_or_version}, [&](const Row& row) {
    plan = ReleasedPlan{VersionFrom(row), std::string(row.Text(kYaml))};
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(plan.status());
  RETURN_IF_ERROR(
      CheckUnaltered(plan->yaml, plan->version.release.digest,
                     absl::StrCat("version ", plan->version.days.version, " of the routing plan")));
  return plan;
}

// As with contracts, the texts are asked each time.
bool Means(const std::string& yaml, v1::RoutingPlan plan) {
  auto stored = routing::ParseRoutingPlan(yaml, "stored routing plan");
  return stored.ok() && CanonicalBytes(*stored) == CanonicalBytes(plan);
}

bool Says(const Row& row, const v1::RoutingPlan& plan, std::string_view digest) {
  const std::string stored(row.Text(2));
  return IsUnaltered(stored, row.Blob(1)) && (row.Blob(1) == digest || Means(stored, plan));
}

struct Newest {
  int64_t version = 0;  // 0: there is none
  bool says_it = false;
};

absl::StatusOr<Newest> JudgeNewest(storage::Connection& connection, const v1::RoutingPlan& plan,
                                   std::string_view digest) {
  Newest newest;
  RETURN_IF_ERROR(connection.Query(kSelectBefore, {kBehindAll}, [&](const Row& row) {
    newest = {row.Integer(0), Says(row, plan, digest)};
    return absl::OkStatus();
  }));
  return newest;
}

// Which versions decide on the day of `now` or later, in the order of their days. `versions`: all,
// oldest first.
std::vector<int64_t> ThatDecide(const std::vector<PlanVersion>& versions, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  std::vector<int64_t> deciding;
  std::optional<absl::CivilDay> replaced;  // from this day on by one that was looked at
  for (auto one = versions.rbegin(); one != versions.rend(); ++one) {
    const auto& from = one->days.from;
    const bool has_begun = !from.has_value() || *from <= today;
    if (!has_begun && replaced.has_value() && *from >= *replaced) continue;
    deciding.push_back(one->days.version);
    if (has_begun) break;
    replaced = from;
  }
  std::reverse(deciding.begin(), deciding.end());
  return deciding;
}

// Segments of a plan that the contracts do not cover, added to `uncovered` while there are fewer
// than kUncoveredMax.
void AddUncovered(const ReleasedPlan& stored, const std::vector<v1::Contract>& contracts,
                  std::vector<absl::Status>& uncovered) {
  const std::string name = absl::StrCat("routing plan ", stored.version.plan_id);
  auto plan = routing::ParseRoutingPlan(stored.yaml, name);
  if (!plan.ok()) return uncovered.push_back(NotTaken(name, plan.status()));
  const YamlPlaces places(stored.yaml, name);
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

absl::StatusOr<ReleasedVersion> RoutingPlans::Release(storage::Transaction& transaction,
                                                      const ReleasedBy& by,
                                                      const v1::RoutingPlan& plan,
                                                      std::string_view yaml) const {
  const storage::Key placement = book::PlacementKey();
  RETURN_IF_ERROR(transaction.Hold({&placement, 1}));
  const std::string digest = Sha256Of(yaml);
  ASSIGN_OR_RETURN(const Newest newest, JudgeNewest(transaction.connection(), plan, digest));
  if (newest.says_it) return ReleasedVersion{newest.version, false};
  const ReleasedVersion released{newest.version + 1, true};
  const Value from_day = plan.has_effective_from()
                             ? Value(DayNumberOf(CivilDayOf(plan.effective_from())))
                             : Value(nullptr);
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {released.version, plan.plan_id(), Value::Blob(digest),
                                         yaml, by.proposed_by, by.released_by, by.proposal_id,
                                         transaction.now_us(), from_day})
                      .status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_ROUTING_PLAN, by.released_by);
  event.set_subject_id(plan.plan_id());
  event.set_digest(digest);
  event.set_count(released.version);
  *event.mutable_text() = StepOf(v1::TEXT_KIND_ROUTING_PLAN, by, newest.version);
  audit::Record(transaction, std::move(event));
  return released;
}

absl::StatusOr<bool> RoutingPlans::Stands(storage::Connection& connection,
                                          const v1::RoutingPlan& plan,
                                          std::string_view yaml) const {
  ASSIGN_OR_RETURN(const Newest newest, JudgeNewest(connection, plan, Sha256Of(yaml)));
  return newest.says_it;
}

absl::StatusOr<ReleasedPlan> RoutingPlans::At(storage::Connection& connection,
                                              absl::Time now) const {
  return Select(connection, kSelectAt, DayNumberAt(now));
}

absl::StatusOr<ReleasedPlan> RoutingPlans::FindVersion(storage::Connection& connection,
                                                       int64_t version) const {
  return Select(connection, kSelectOne, version);
}

absl::StatusOr<std::vector<PlanVersion>> RoutingPlans::Versions(
    storage::Connection& connection) const {
  std::vector<PlanVersion> versions;
  RETURN_IF_ERROR(connection.Query(kSelectAll, {}, [&](const Row& row) {
    versions.push_back(VersionFrom(row));
    return absl::OkStatus();
  }));
  return versions;
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
      if (before == kBehindAll) verdict.newest_version = version;
      if (Says(row, plan, digest)) {
        verdict.kind = version == verdict.newest_version ? FileVerdict::Kind::kNewest
                                                         : FileVerdict::Kind::kOlder;
      }
      return absl::OkStatus();
    }));
    before = version;
  }
  return verdict;
}

absl::StatusOr<std::vector<absl::Status>> RoutingPlans::Uncovered(
    storage::Connection& connection, absl::Time now, const v1::Contract* instead) const {
  ASSIGN_OR_RETURN(const auto compiled, contracts_.AllToCome(connection, now));
  std::vector<v1::Contract> contracts;
  for (const auto& one : compiled) {
    if (instead == nullptr || one->contract.vendor_id() != instead->vendor_id())
      contracts.push_back(one->contract);
  }
  const bool comes =
      instead != nullptr && (!instead->has_effective_to() ||
                             DayNumberOf(CivilDayOf(instead->effective_to())) > DayNumberAt(now));
  if (comes) contracts.push_back(*instead);
  ASSIGN_OR_RETURN(const auto versions, Versions(connection));
  std::vector<absl::Status> uncovered;
  for (const int64_t version : ThatDecide(versions, now)) {
    const auto stored = FindVersion(connection, version);
    if (stored.ok()) {
      AddUncovered(*stored, contracts, uncovered);
    } else if (IsUnusableText(stored.status())) {
      uncovered.push_back(stored.status());
    } else {
      return stored.status();
    }
  }
  return uncovered;
}

absl::StatusOr<std::shared_ptr<const routing::Router>> RoutingPlans::RouterAt(
    storage::Connection& connection, absl::Time now) {
  // The digest stands in the key beside the version: a version that was rolled back may be given
  // again.
  std::string key;
  RETURN_IF_ERROR(connection.Query(kSelectKeyAt, {DayNumberAt(now)}, [&](const Row& row) {
    key = absl::StrCat(row.Integer(0), ":", std::string(row.Blob(1)));
    return absl::OkStatus();
  }));
  if (key.empty()) return nullptr;
  ASSIGN_OR_RETURN(auto eligible, EligibleAt(connection, now));
  absl::StrAppend(&key, eligible.key);
  MutexLock lock(mutex_);
  if (key == key_) return router_;
  ASSIGN_OR_RETURN(const ReleasedPlan stored, At(connection, now));
  ASSIGN_OR_RETURN(const v1::RoutingPlan plan,
                   routing::ParseRoutingPlan(stored.yaml, "stored routing plan"));
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
