#include "absl/time/civil_time.h"
#include "hub/api/field_error.h"
#include "hub/api/file_name_check.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/assignments/assignments.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/releases/warnings.h"
#include "hub/routing/plan_check.h"
#include "hub/routing/preview.h"
#include "hub/storage/submit.h"

namespace switchboard::api {

using storage::Transaction;
using storage::Urgency;

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
        ASSIGN_OR_RETURN(
            const auto uncovered,
            releases::UncoveredOn(transaction.connection(), parts_.plans,
                                  absl::FromCivil(first_day_out, absl::UTCTimeZone()), nullptr));
        for (const std::string& one : uncovered) response.add_warnings(one);
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
