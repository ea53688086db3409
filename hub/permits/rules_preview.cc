#include "hub/permits/rules_preview.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/rules/decision.h"
#include "hub/rules/pack_timeline.h"

namespace switchboard::permits {
namespace {

using google::protobuf::util::TimeUtil;
using Response = v1::PreviewRulesResponse;

constexpr int kHoursDefault = 48;
constexpr int kAssignmentsDefault = 10'000;
constexpr int kPage = 500;

struct Blocking {
  int64_t hours = 0;
  int64_t alone = 0;
};

// What was found of one vendor.
struct VendorView {
  int64_t assignments = 0;
  int64_t barred = 0;
  std::vector<int64_t> callable;
  std::map<std::string, Blocking> blocking;  // by rule
};

// A way in which a vendor would contact somebody, and what was found out about it last: it holds
// while the same packs are heard.
struct Way {
  v1::RequestPermitRequest request;
  std::optional<Judgement> known = std::nullopt;  // refers to `request`
};

bool IsByAddress(v1::Channel channel) {
  return channel == v1::CHANNEL_LETTER || channel == v1::CHANNEL_VISIT;
}

// Contacts as their vendor would ask for them, at each contact point of the channel: for the first
// act that the contract allows.
std::vector<Way> WaysTo(const v1::Person& person, v1::Channel channel,
                        const v1::Contract::WorkTerms& terms) {
  v1::RequestPermitRequest request;
  request.set_channel(channel);
  if (!terms.acts().empty()) request.set_act(terms.acts(0));
  if (IsByAddress(channel)) return {{request}};
  std::vector<Way> ways;
  for (const v1::ContactPoint& point : person.contact_points()) {
    const bool fits = point.has_phone() == (channel != v1::CHANNEL_EMAIL);
    if (!fits || point.state() == v1::ContactPoint::STATE_BAD) continue;
    request.set_contact_point_id(point.contact_point_id());
    ways.push_back({request});
  }
  return ways;
}

// One preview on its way.
class Preview {
 public:
  Preview(const RulesOutlook& outlook, const rules::PackTimeline& timeline,
          const v1::PreviewRulesRequest& request)
      : outlook_(outlook),
        timeline_(timeline),
        channel_(request.channel() == v1::CHANNEL_UNSPECIFIED ? v1::CHANNEL_PHONE
                                                              : request.channel()),
        hours_(request.hours() == 0 ? kHoursDefault : request.hours()) {}

  absl::Status LookAt(const assignments::Assignment& assignment) {
    VendorView& view = vendors_[assignment.vendor_id];
    view.callable.resize(static_cast<size_t>(hours_));
    ++view.assignments;
    ASSIGN_OR_RETURN(const auto contract, ContractOf(assignment.vendor_id));
    const auto* terms = contract == nullptr ? nullptr : contract->Terms(assignment.work_type);
    const auto person = outlook_.book.ReadPerson(outlook_.reader, assignment.person_id);
    if (!person.ok() && !absl::IsNotFound(person.status())) return person.status();
    if (terms == nullptr || !person.ok()) {
      ++view.barred;
      return absl::OkStatus();
    }
    std::vector<Way> ways = WaysTo(*person, channel_, *terms);
    bool barred = true;
    for (int hour = 0; hour < hours_; ++hour) {
      const absl::Time time = outlook_.now + absl::Hours(hour);
      for (Way& way : ways) RETURN_IF_ERROR(FindOut(assignment, contract, time, way));
      const auto decision = DecideAt(ways, time);
      if (!decision.has_value()) continue;
      barred = false;
      Count(*decision, static_cast<size_t>(hour), view);
    }
    if (barred) ++view.barred;
    return absl::OkStatus();
  }

  void Describe(Response& response) const {
    *response.mutable_begin_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(outlook_.now));
    for (const auto& [vendor_id, view] : vendors_) {
      auto& vendor = *response.add_vendors();
      vendor.set_vendor_id(vendor_id);
      vendor.set_assignments(view.assignments);
      vendor.mutable_callable()->Assign(view.callable.begin(), view.callable.end());
      vendor.set_barred(view.barred);
      for (const auto& [rule_id, blocking] : view.blocking) {
        auto& line = *vendor.add_blocking();
        line.set_rule_id(rule_id);
        line.set_assignment_hours(blocking.hours);
        line.set_alone(blocking.alone);
      }
    }
  }

 private:
  // Asks about a way as of `time`, if what is known of it does not reach so far.
  absl::Status FindOut(const assignments::Assignment& assignment,
                       const contracts::Contracts::Compiled& contract, absl::Time time,
                       Way& way) const {
    if (way.known.has_value() && time < way.known->heard_until) return absl::OkStatus();
    if (time > outlook_.now) {
      *way.request.mutable_begin_no_earlier_than() =
          TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
    }
    Judgement judgement{assignment.vendor_id, way.request, outlook_.now, &timeline_};
    judgement.for_operator = true;
    judgement.contract = contract;
    judgement.assignment = assignment;
    RETURN_IF_ERROR(outlook_.judge.Aim(outlook_.reader, judgement));
    RETURN_IF_ERROR(outlook_.judge.Look(outlook_.reader, judgement));
    way.known.emplace(std::move(judgement));
    return absl::OkStatus();
  }

  // By something else than rules.
  static bool BarredAt(const rules::PermitFacts& facts, absl::Time time) {
    return !facts.allowed || !facts.contact_point_usable || !facts.act_allowed ||
           !facts.has_rules || facts.expire_time <= time || facts.stopped_until > time;
  }

  // What rules say to the first way that they allow, or else to the first that nothing bars;
  // nothing if all are barred.
  static std::optional<rules::Decision> DecideAt(const std::vector<Way>& ways, absl::Time time) {
    std::optional<rules::Decision> first;
    for (const Way& way : ways) {
      const Judgement& judgement = *way.known;
      if (BarredAt(judgement.facts, time)) continue;
      rules::Decision decision = rules::Decide(judgement.where.packs, judgement.rule_facts, time);
      if (decision.allowed()) return decision;
      if (!first.has_value()) first = std::move(decision);
    }
    return first;
  }

  static void Count(const rules::Decision& decision, size_t hour, VendorView& view) {
    if (decision.allowed()) {
      ++view.callable[hour];
      return;
    }
    for (const rules::Finding& refusal : decision.refusals) {
      Blocking& blocking = view.blocking[refusal.rule->rule_id()];
      ++blocking.hours;
      if (decision.refusals.size() == 1) ++blocking.alone;
    }
  }

  absl::StatusOr<contracts::Contracts::Compiled> ContractOf(const std::string& vendor_id) {
    const auto [found, added] = contracts_.try_emplace(vendor_id);
    if (added) {
      ASSIGN_OR_RETURN(found->second,
                       outlook_.contracts.FindAt(outlook_.reader, vendor_id, outlook_.now));
    }
    return found->second;
  }

  const RulesOutlook& outlook_;
  const rules::PackTimeline& timeline_;
  const v1::Channel channel_;
  const int hours_;
  std::map<std::string, contracts::Contracts::Compiled> contracts_;  // null: none in force
  std::map<std::string, VendorView> vendors_;
};

}  // namespace

absl::StatusOr<Response> PreviewRules(const RulesOutlook& outlook,
                                      const v1::PreviewRulesRequest& request) {
  const int most = request.assignments_max() == 0 ? kAssignmentsDefault : request.assignments_max();
  ASSIGN_OR_RETURN(const auto applied, outlook.rule_packs.Timeline(outlook.reader));
  const rules::PackTimeline timeline =
      outlook.pack == nullptr ? *applied : applied->With(outlook.pack);
  Preview preview(outlook, timeline, request);
  Response response;
  std::string after;
  while (response.looked_at() < most) {
    const int page = static_cast<int>(std::min<int64_t>(kPage, most - response.looked_at()));
    ASSIGN_OR_RETURN(const auto live,
                     assignments::LiveAssignmentsAfter(outlook.reader, after, page));
    for (const assignments::Assignment& assignment : live)
      RETURN_IF_ERROR(preview.LookAt(assignment));
    response.set_looked_at(response.looked_at() + std::ssize(live));
    if (std::ssize(live) < page) {
      response.set_all(true);
      break;
    }
    after = live.back().assignment_id;
  }
  preview.Describe(response);
  return response;
}

}  // namespace switchboard::permits
