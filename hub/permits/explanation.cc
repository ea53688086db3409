#include "hub/permits/explanation.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"
#include "hub/permits/permit_book.h"

namespace switchboard::permits {
namespace {

using google::protobuf::util::TimeUtil;
using stops::StopSubject;
using Response = v1::ExplainPermitsResponse;

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

const char* NameOf(StopSubject::Kind kind) {
  switch (kind) {
    case StopSubject::Kind::kPerson:
      return "person";
    case StopSubject::Kind::kAccount:
      return "account";
    case StopSubject::Kind::kContactPoint:
      return "contact point";
    case StopSubject::Kind::kVendor:
      return "vendor";
    case StopSubject::Kind::kWorkType:
      return "work type";
    case StopSubject::Kind::kNumber:
    case StopSubject::Kind::kNumberOfPerson:
      return "number";
    case StopSubject::Kind::kChannel:
      return "channel";
  }
  return "";
}

// A place to reach somebody at, and how it can be used.
struct Way {
  std::string contact_point_id;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::Party party = v1::PARTY_PERSON;
  std::string party_id{};
};

template <typename Points>
void AddWays(const Points& points, const Way& of_whom, std::vector<Way>& ways) {
  for (const v1::ContactPoint& point : points) {
    const auto channels = point.has_phone() ? std::vector{v1::CHANNEL_PHONE, v1::CHANNEL_SMS}
                                            : std::vector{v1::CHANNEL_EMAIL};
    for (const v1::Channel channel : channels)
      ways.push_back({point.contact_point_id(), channel, of_whom.party, of_whom.party_id});
  }
}

// Every way to the person, and to those others whom the contract lets its vendor speak to.
std::vector<Way> WaysTo(const v1::Person& person, const v1::Contract& contract) {
  std::vector<Way> ways;
  AddWays(person.contact_points(), Way(), ways);
  if (!person.address().country().empty()) {
    for (const v1::Channel channel : {v1::CHANNEL_LETTER, v1::CHANNEL_VISIT})
      ways.push_back({"", channel});
  }
  const auto& parties = contract.permits().other_parties();
  for (const v1::OtherParty& party : person.other_parties()) {
    if (std::find(parties.begin(), parties.end(), party.party()) == parties.end()) continue;
    AddWays(party.contact_points(), {"", {}, party.party(), party.party_id()}, ways);
  }
  return ways;
}

// What the contract lets be done, and what every contract does.
std::vector<v1::Act> ActsOf(const v1::Contract::WorkTerms& terms) {
  std::vector<v1::Act> acts;
  for (const int act : terms.acts()) acts.push_back(static_cast<v1::Act>(act));
  if (std::find(acts.begin(), acts.end(), v1::ACT_RETURN_CALL) == acts.end())
    acts.push_back(v1::ACT_RETURN_CALL);
  return acts;
}

template <typename Points>
void AddSubjects(const book::Book& book, const std::string& person_id, const Points& points,
                 std::set<StopSubject>& subjects) {
  for (const v1::ContactPoint& point : points) {
    const std::string digest = book.NumberDigest(point);
    subjects.insert(StopSubject::ContactPoint(person_id, point.contact_point_id()));
    subjects.insert(StopSubject::Number(digest));
    subjects.insert(StopSubject::NumberOfPerson(person_id, digest));
  }
}

// Everything that a stop on the person or the account may lie on, whoever has the account.
std::set<StopSubject> SubjectsOf(const book::Book& book, const v1::Person& person,
                                 const std::string& account_id) {
  const std::string& person_id = person.person_id();
  std::set<StopSubject> subjects = {StopSubject::Person(person_id),
                                    StopSubject::Account(account_id)};
  for (const v1::Channel channel : {v1::CHANNEL_PHONE, v1::CHANNEL_SMS, v1::CHANNEL_EMAIL,
                                    v1::CHANNEL_LETTER, v1::CHANNEL_VISIT})
    subjects.insert(StopSubject::Channel(person_id, channel));
  AddSubjects(book, person_id, person.contact_points(), subjects);
  for (const v1::OtherParty& party : person.other_parties())
    AddSubjects(book, person_id, party.contact_points(), subjects);
  return subjects;
}

// Asks about one account, one contact after the other.
class Explaining {
 public:
  Explaining(storage::Connection& connection, const Judge& judge, absl::Time now, absl::Time at)
      : connection_(connection), judge_(judge), now_(now), at_(at) {
    *response_.mutable_at_time() = TimestampOf(at);
  }

  absl::Status AskAbout(const assignments::Assignment& assignment,
                        const contracts::Contracts::Compiled& contract, absl::Time open_until,
                        const Way& way, v1::Act act) {
    v1::RequestPermitRequest request;
    request.set_assignment_id(assignment.assignment_id);
    request.set_contact_point_id(way.contact_point_id);
    request.set_channel(way.channel);
    request.set_act(act);
    request.set_party(way.party);
    request.set_party_id(way.party_id);
    if (at_ > now_) *request.mutable_begin_no_earlier_than() = TimestampOf(at_);
    Judgement judgement{assignment.vendor_id, request, now_, nullptr};
    judgement.contract = contract;
    judgement.assignment = assignment;
    judgement.facts.open_permit_expire_time = open_until;
    judgement.for_operator = true;
    RETURN_IF_ERROR(judge_.Aim(connection_, judgement));
    RETURN_IF_ERROR(judge_.Look(connection_, judgement));
    AddLine(judgement, way);
    return absl::OkStatus();
  }

  // Each of the stops that lie on these once for each kind of what it lies on.
  absl::Status AddStops(const std::set<StopSubject>& subjects) {
    ASSIGN_OR_RETURN(const auto found,
                     stops::StopsOn(connection_, {subjects.begin(), subjects.end()}, now_));
    std::map<std::pair<std::string, std::string>, const stops::Stop*> lines;
    for (const stops::Stop& stop : found)
      lines.emplace(std::pair(stop.stop_id, NameOf(stop.subject.kind)), &stop);
    for (const auto& [key, stop] : lines) {
      auto& line = *response_.add_stops();
      line.set_stop_id(stop->stop_id);
      line.set_reason(stop->reason);
      line.set_subject(key.second);
      line.set_origin(stop->origin);
      *line.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(stop->begin_time_us);
      if (stop->end_time_us != 0)
        *line.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(stop->end_time_us);
      line.set_holds_work(stop->keep_work);
    }
    return absl::OkStatus();
  }

  void SetPacks(const rules::Packs& packs) {
    for (const auto& pack : packs) response_.add_packs(rules::NameOf(*pack));
  }

  Response Answer() && { return std::move(response_); }

 private:
  void AddLine(const Judgement& judgement, const Way& way) {
    auto& line = *response_.add_lines();
    line.set_vendor_id(judgement.assignment.vendor_id);
    line.set_assignment_id(judgement.assignment.assignment_id);
    line.set_contact_point_id(way.contact_point_id);
    line.set_channel(way.channel);
    line.set_act(judgement.request.act());
    line.set_party(way.party);
    line.set_party_id(way.party_id);
    for (const rules::Finding& finding : judgement.facts.decision.warnings)
      *line.add_warnings() = rules::Describe(finding);
    *line.mutable_clocks() = judgement.facts.clocks;
    const auto reasons = rules::ReasonsAgainst(judgement.facts, at_);
    if (!reasons.empty()) {
      *line.mutable_denial() = rules::MakeDenial(reasons, judgement.facts);
    } else {
      *line.mutable_allowed_until() = TimestampOf(judgement.facts.decision.allowed_until);
    }
  }

  storage::Connection& connection_;
  const Judge& judge_;
  const absl::Time now_, at_;
  Response response_;
};

absl::StatusOr<absl::Time> TimeAskedAbout(const v1::ExplainPermitsRequest& request,
                                          absl::Time now) {
  if (!request.has_at_time()) return now;
  const absl::Time at = TimeOf(request.at_time());
  if (at >= now && at <= now + kExplainAheadMax) return at;
  return FieldInvalid({"at_time", "must not have passed, nor lie more than 31 days ahead"});
}

}  // namespace

absl::StatusOr<Response> ExplainPermits(storage::Connection& connection, const book::Book& book,
                                        contracts::Contracts& contracts, const Judge& judge,
                                        const v1::ExplainPermitsRequest& request, absl::Time now) {
  ASSIGN_OR_RETURN(const absl::Time at, TimeAskedAbout(request, now));
  ASSIGN_OR_RETURN(const auto account, book.FindAccount(connection, request.account_id()));
  if (!account.has_value()) {
    return Error(absl::StatusCode::kNotFound, "ACCOUNT_UNKNOWN",
                 "account_id: the book has no such account");
  }
  ASSIGN_OR_RETURN(const v1::Person person, book.ReadPerson(connection, account->person_id));
  ASSIGN_OR_RETURN(const auto assignments,
                   assignments::AssignmentsOfPerson(connection, account->person_id));
  ASSIGN_OR_RETURN(const auto open, OpenPermitsOfPerson(connection, account->person_id));
  absl::Time open_until = absl::InfinitePast();
  for (const PermitRow& permit : open)
    open_until = std::max(open_until, absl::FromUnixMicros(permit.expire_time_us));
  Explaining explaining(connection, judge, now, at);
  ASSIGN_OR_RETURN(const auto where, judge.WhereIs(connection, person, at));
  explaining.SetPacks(where.packs);
  std::set<StopSubject> subjects = SubjectsOf(book, person, request.account_id());
  for (const assignments::Assignment& assignment : assignments) {
    if (!assignment.live || assignment.account_id != request.account_id()) continue;
    if (!request.vendor_id().empty() && assignment.vendor_id != request.vendor_id()) continue;
    subjects.insert(StopSubject::Vendor(assignment.vendor_id));
    subjects.insert(StopSubject::WorkType(assignment.work_type));
    ASSIGN_OR_RETURN(const auto contract, contracts.FindAt(connection, assignment.vendor_id, now));
    // What it held is withdrawn any moment.
    if (contract == nullptr) continue;
    const auto* terms = contract->Terms(assignment.work_type);
    if (terms == nullptr) continue;
    for (const Way& way : WaysTo(person, contract->contract)) {
      const bool wanted =
          request.channel() == v1::CHANNEL_UNSPECIFIED || request.channel() == way.channel;
      if (!wanted) continue;
      for (const v1::Act act : ActsOf(*terms))
        RETURN_IF_ERROR(explaining.AskAbout(assignment, contract, open_until, way, act));
    }
  }
  RETURN_IF_ERROR(explaining.AddStops(subjects));
  return std::move(explaining).Answer();
}

}  // namespace switchboard::permits
