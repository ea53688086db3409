#include <algorithm>

#include "absl/time/civil_time.h"
#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/file_name_check.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/assignments/assignments.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/base/yaml.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"
#include "hub/routing/preview.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Transaction;
using storage::Urgency;

absl::StatusOr<v1::Contract> ReadContract(const v1::ApplyContractRequest& request) {
  RETURN_IF_ERROR(CheckFileName(request.file_name()));
  return contracts::ParseContract(request.yaml(), request.file_name());
}

absl::StatusOr<v1::RoutingPlan> ReadPlan(std::string_view yaml, std::string_view file_name) {
  RETURN_IF_ERROR(CheckFileName(file_name));
  return routing::ParseRoutingPlan(yaml, file_name);
}

// What the plan in force will lack on a day, as the answer of who changed a contract under it.
template <typename Response>
absl::Status AddWarnings(storage::Connection& connection, const contracts::RoutingPlans& plans,
                         absl::CivilDay day, Response& response) {
  ASSIGN_OR_RETURN(const auto uncovered,
                   plans.Uncovered(connection, absl::FromCivil(day, absl::UTCTimeZone())));
  for (const absl::Status& one : uncovered) response.add_warnings(std::string(one.message()));
  return absl::OkStatus();
}

// The contracts that a plan may count on: those that will be in force.
absl::StatusOr<std::vector<v1::Contract>> ContractsToCome(storage::Connection& connection,
                                                          contracts::Contracts& contracts,
                                                          absl::Time now) {
  ASSIGN_OR_RETURN(const auto compiled, contracts.AllToCome(connection, now));
  std::vector<v1::Contract> all;
  for (const auto& one : compiled) all.push_back(one->contract);
  return all;
}

}  // namespace

void OperatorApi::ApplyContract(const identity::Peer& caller, v1::ApplyContractRequest request,
                                Done<v1::ApplyContractResponse> done) {
  auto contract = ReadContract(request);
  if (!contract.ok()) return done(contract.status());
  storage::SubmitFor<v1::ApplyContractResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), contract = *std::move(contract), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ApplyContractResponse> {
        const std::string& vendor_id = contract.vendor_id();
        ASSIGN_OR_RETURN(const auto applied,
                         parts_.contracts.Apply(transaction, actor, contract, request.yaml()));
        ASSIGN_OR_RETURN(const bool new_generation,
                         parts_.feed.FollowContract(transaction, vendor_id, actor));
        v1::ApplyContractResponse response;
        response.set_vendor_id(vendor_id);
        response.set_contract_version(applied.version);
        response.set_changed(applied.changed);
        response.set_new_generation(new_generation);
        if (contract.has_effective_from())
          *response.mutable_effective_from() = contract.effective_from();
        if (contract.has_effective_to()) *response.mutable_effective_to() = contract.effective_to();
        storage::Connection& connection = transaction.connection();
        const absl::Time now = transaction.now();
        ASSIGN_OR_RETURN(const auto in_force, parts_.contracts.FindAt(connection, vendor_id, now));
        response.set_in_force(in_force != nullptr && in_force->version == applied.version);
        RETURN_IF_ERROR(AddWarnings(connection, parts_.plans,
                                    absl::ToCivilDay(now, absl::UTCTimeZone()), response));
        return response;
      },
      std::move(done));
}

void OperatorApi::ShowContract(const identity::Peer& caller, v1::ShowContractRequest request,
                               Done<v1::ShowContractResponse> done) {
  ReadFor<v1::ShowContractResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ShowContractResponse> {
        const std::string& vendor_id = request.vendor_id();
        contracts::Contracts& contracts = parts_.contracts;
        ASSIGN_OR_RETURN(const auto in_force,
                         contracts.FindAt(reader, vendor_id, parts_.clock.Now()));
        v1::ShowContractResponse response;
        ASSIGN_OR_RETURN(const auto versions, contracts.Versions(reader, vendor_id));
        for (const contracts::ContractVersion& one : versions) {
          auto& version = *response.add_versions();
          version.set_contract_version(one.version);
          *version.mutable_apply_time() =
              TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(one.apply_time));
          version.set_actor(one.actor);
          if (one.from_day) *version.mutable_effective_from() = DateOf(*one.from_day);
          if (one.to_day) *version.mutable_effective_to() = DateOf(*one.to_day);
          version.set_in_force(in_force != nullptr && in_force->version == one.version);
        }
        int64_t asked = request.contract_version();
        if (asked == 0 && in_force != nullptr) asked = in_force->version;
        if (asked == 0 && !versions.empty()) asked = versions.back().version;
        ASSIGN_OR_RETURN(*response.mutable_yaml(), contracts.Text(reader, vendor_id, asked));
        response.set_contract_version(asked);
        return response;
      },
      std::move(done));
}

void OperatorApi::EndContract(const identity::Peer& caller, v1::EndContractRequest request,
                              Done<v1::EndContractResponse> done) {
  const absl::CivilDay today = absl::ToCivilDay(parts_.clock.Now(), absl::UTCTimeZone());
  absl::CivilDay first_day_out = today;
  if (request.has_first_day_out()) {
    FieldCheck check;
    check.Day(request.first_day_out(), "first_day_out");
    const v1::Date& day = request.first_day_out();
    first_day_out = absl::CivilDay(day.year(), day.month(), day.day());
    check.Require(first_day_out >= today, "first_day_out",
                  "must be today or later, in UTC: what was done before was done under it");
    if (!check.ok()) return done(FieldInvalid(*check.problem()));
  }
  storage::SubmitFor<v1::EndContractResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), first_day_out, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::EndContractResponse> {
        v1::EndContractResponse response;
        ASSIGN_OR_RETURN(
            const bool changed,
            parts_.contracts.End(transaction, actor, request.vendor_id(), first_day_out));
        response.set_changed(changed);
        *response.mutable_first_day_out() = DateOf(first_day_out);
        ASSIGN_OR_RETURN(const int64_t live,
                         assignments::CountLive(transaction.connection(), request.vendor_id()));
        response.set_live_assignments(live);
        RETURN_IF_ERROR(
            AddWarnings(transaction.connection(), parts_.plans, first_day_out, response));
        // Streams look again, and end if it has ended.
        transaction.Announce(Topic::Feed(request.vendor_id()));
        return response;
      },
      std::move(done));
}

void OperatorApi::ApplyRoutingPlan(const identity::Peer& caller,
                                   v1::ApplyRoutingPlanRequest request,
                                   Done<v1::ApplyRoutingPlanResponse> done) {
  auto plan = ReadPlan(request.yaml(), request.file_name());
  if (!plan.ok()) return done(plan.status());
  storage::SubmitFor<v1::ApplyRoutingPlanResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), plan = *std::move(plan), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ApplyRoutingPlanResponse> {
        ASSIGN_OR_RETURN(
            const auto contracts,
            ContractsToCome(transaction.connection(), parts_.contracts, transaction.now()));
        RETURN_IF_ERROR(routing::CheckPlanAgainstContracts(
            plan, contracts, YamlPlaces(request.yaml(), request.file_name())));
        ASSIGN_OR_RETURN(const bool changed,
                         parts_.plans.Apply(transaction, actor, plan, request.yaml()));
        v1::ApplyRoutingPlanResponse response;
        response.set_plan_id(plan.plan_id());
        response.set_changed(changed);
        return response;
      },
      std::move(done));
}

void OperatorApi::ShowRoutingPlan(const identity::Peer& caller, v1::ShowRoutingPlanRequest,
                                  Done<v1::ShowRoutingPlanResponse> done) {
  ReadFor<v1::ShowRoutingPlanResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this](storage::Connection& reader) -> absl::StatusOr<v1::ShowRoutingPlanResponse> {
        ASSIGN_OR_RETURN(const auto applied, parts_.plans.Newest(reader));
        v1::ShowRoutingPlanResponse response;
        response.set_yaml(applied.yaml);
        response.set_plan_id(applied.plan_id);
        *response.mutable_apply_time() =
            TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(applied.apply_time));
        response.set_actor(applied.actor);
        return response;
      },
      std::move(done));
}

void OperatorApi::PreviewRouting(const identity::Peer& caller, v1::PreviewRoutingRequest request,
                                 Done<v1::PreviewRoutingResponse> done) {
  if (absl::Status named = CheckFileName(request.file_name()); !named.ok()) return done(named);
  ReadFor<v1::PreviewRoutingResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::PreviewRoutingResponse> {
        const absl::Time now = parts_.clock.Now();
        std::shared_ptr<const routing::Router> router;
        if (request.yaml().empty()) {
          ASSIGN_OR_RETURN(router, parts_.plans.RouterAt(reader, now));
          if (router == nullptr)
            return FieldInvalid({"yaml", "must hold a plan, since none is in force"});
        } else {
          ASSIGN_OR_RETURN(const auto plan,
                           routing::ParseRoutingPlan(request.yaml(), request.file_name()));
          ASSIGN_OR_RETURN(router, parts_.plans.RouterFor(reader, plan, now));
        }
        routing::Preview preview(*router);
        RETURN_IF_ERROR(
            parts_.book.ForEach(reader, [&](const v1::Person& person, const v1::Account& account) {
              preview.Add(routing::FactsOf(person, account));
              return absl::OkStatus();
            }));
        return preview.Response();
      },
      std::move(done));
}

}  // namespace switchboard::api
