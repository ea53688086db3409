#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/api/file_name_check.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/permits/explanation.h"
#include "hub/reports/permit_report.h"
#include "hub/rules/pack_check.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

template <typename Request>
absl::StatusOr<v1::RulePack> ReadPack(const Request& request) {
  RETURN_IF_ERROR(CheckFileName(request.file_name()));
  return rules::ParseRulePack(request.yaml(), request.file_name());
}

void CheckRange(int32_t value, int32_t most, const std::string& field, FieldCheck& check) {
  check.Require(value >= 0 && value <= most, field,
                absl::StrCat("must be 1 to ", most, ", or 0 for the default"));
}

v1::ListRulePacksResponse::Line LineOf(const contracts::ReleasedText& released,
                                       const v1::RulePack& pack, const rules::Packs& in_force) {
  v1::ListRulePacksResponse::Line line;
  line.set_pack_id(released.id);
  line.set_version(static_cast<int32_t>(released.version));
  line.set_title(pack.title());
  line.set_country(pack.country());
  line.set_region(pack.region());
  line.set_rules(pack.rules_size());
  line.set_unverified_rules(static_cast<int32_t>(
      std::count_if(pack.rules().begin(), pack.rules().end(), [](const auto& rule) {
        return rule.verification() == v1::RulePack::VERIFICATION_UNVERIFIED;
      })));
  if (pack.has_effective_from()) *line.mutable_effective_from() = pack.effective_from();
  if (pack.has_effective_to()) *line.mutable_effective_to() = pack.effective_to();
  const auto is_this = [&](const auto& heard) {
    return heard->pack().pack_id() == released.id && heard->pack().version() == released.version;
  };
  line.set_in_force(released.usable.ok() && std::any_of(in_force.begin(), in_force.end(), is_this));
  *line.mutable_release_time() = TimestampOf(released.release.time);
  line.set_released_by(released.release.released_by);
  line.set_proposed_by(released.release.proposed_by);
  return line;
}

}  // namespace

void OperatorApi::ListRulePacks(const identity::Peer& caller, v1::ListRulePacksRequest,
                                Done<v1::ListRulePacksResponse> done) {
  ReadFor<v1::ListRulePacksResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this](storage::Connection& reader) -> absl::StatusOr<v1::ListRulePacksResponse> {
        v1::ListRulePacksResponse response;
        // Where no version of a pack can be used none is heard, and all are listed.
        const auto in_force = parts_.rule_packs.InForce(reader, parts_.clock.Now());
        if (!in_force.ok() && !contracts::IsUnusableText(in_force.status()))
          return in_force.status();
        const rules::Packs heard = in_force.ok() ? **in_force : rules::Packs();
        ASSIGN_OR_RETURN(const auto released, parts_.rule_packs.List(reader));
        for (const contracts::ReleasedText& one : released) {
          v1::RulePack pack;
          if (one.usable.ok()) {
            ASSIGN_OR_RETURN(pack, rules::ParseRulePack(one.yaml, "stored rule pack"));
          }
          *response.add_packs() = LineOf(one, pack, heard);
        }
        return response;
      },
      std::move(done));
}

void OperatorApi::ExplainPermits(const identity::Peer& caller, v1::ExplainPermitsRequest request,
                                 Done<v1::ExplainPermitsResponse> done) {
  FieldCheck check;
  check.CoreId(request.account_id(), "account_id");
  if (request.has_at_time()) check.Time(request.at_time(), "at_time");
  check.Require(v1::Channel_IsValid(request.channel()), "channel",
                "must be one of the channels that this version knows");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ExplainPermitsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return permits::ExplainPermits(reader, parts_.book, parts_.contracts,
                                       parts_.permits.judge(), request, parts_.clock.Now());
      },
      std::move(done));
}

void OperatorApi::ReportPermits(const identity::Peer& caller, v1::ReportPermitsRequest request,
                                Done<v1::ReportPermitsResponse> done) {
  FieldCheck check;
  if (request.has_from_day()) check.Day(request.from_day(), "from_day");
  if (request.has_through_day()) check.Day(request.through_day(), "through_day");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ReportPermitsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return reports::ReportPermits(reader, request, parts_.clock.Now());
      },
      std::move(done));
}

void OperatorApi::PreviewRules(const identity::Peer& caller, v1::PreviewRulesRequest request,
                               Done<v1::PreviewRulesResponse> done) {
  FieldCheck check;
  CheckRange(request.hours(), 168, "hours", check);
  CheckRange(request.assignments_max(), 100'000, "assignments_max", check);
  check.Require(v1::Channel_IsValid(request.channel()), "channel",
                "must be one of the channels that this version knows");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  std::shared_ptr<const rules::CompiledPack> tried;
  if (!request.yaml().empty()) {
    auto pack = ReadPack(request);
    if (!pack.ok()) return done(pack.status());
    tried = rules::CompiledPack::Compile(*std::move(pack));
  }
  ReadFor<v1::PreviewRulesResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, tried, request = std::move(request)](storage::Connection& reader) {
        return permits::PreviewRules(OutlookOf(reader, tried), request);
      },
      std::move(done));
}

void OperatorApi::ReplayRules(const identity::Peer& caller, v1::ReplayRulesRequest request,
                              Done<v1::ReplayRulesResponse> done) {
  FieldCheck check;
  check.Time(request.from_time(), "from_time");
  check.Time(request.to_time(), "to_time");
  CheckRange(request.samples_max(), 500, "samples_max", check);
  CheckRange(request.contacts_max(), 100'000, "contacts_max", check);
  if (check.ok()) {
    check.Require(TimeOf(request.from_time()) < TimeOf(request.to_time()), "to_time",
                  "must lie after from_time");
  }
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  auto pack = ReadPack(request);
  if (!pack.ok()) return done(pack.status());
  // Each contact is judged at its own time, on whichever days the text is to hold.
  pack->clear_effective_from();
  pack->clear_effective_to();
  auto tried = rules::CompiledPack::Compile(*std::move(pack));
  ReadFor<v1::ReplayRulesResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, tried = std::move(tried), request = std::move(request)](storage::Connection& reader) {
        return permits::ReplayRules(OutlookOf(reader, tried), request);
      },
      std::move(done));
}

permits::RulesOutlook OperatorApi::OutlookOf(
    storage::Connection& reader, std::shared_ptr<const rules::CompiledPack> pack) const {
  return {reader,
          parts_.book,
          parts_.contracts,
          parts_.rule_packs,
          parts_.permits.judge(),
          std::move(pack),
          parts_.clock.Now()};
}

}  // namespace switchboard::api
