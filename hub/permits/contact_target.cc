#include "hub/permits/contact_target.h"

#include "absl/algorithm/container.h"
#include "hub/base/proto_time.h"

namespace switchboard::permits {
namespace {

constexpr int kAttemptsMax = 20;
constexpr size_t kSubContractorBytesMax = 32;

// Letters and visits.
bool IsByAddress(const v1::RequestPermitRequest& request) {
  return request.channel() == v1::CHANNEL_LETTER || request.channel() == v1::CHANNEL_VISIT;
}

bool IsForPerson(const v1::RequestPermitRequest& request) {
  return request.party() == v1::PARTY_UNSPECIFIED || request.party() == v1::PARTY_PERSON;
}

bool Concerns(const v1::OtherParty& party, const v1::RequestPermitRequest& request,
              std::string_view account_id, absl::Time now) {
  return party.party_id() == request.party_id() && party.party() == request.party() &&
         (!party.has_until() || now < TimeOf(party.until())) &&
         (party.account_ids().empty() || absl::c_linear_search(party.account_ids(), account_id));
}

bool Fits(v1::Channel channel, const v1::ContactPoint& point) {
  return point.has_phone() ? channel == v1::CHANNEL_PHONE || channel == v1::CHANNEL_SMS
                           : channel == v1::CHANNEL_EMAIL;
}

void AimAt(const book::Book& book, const v1::ContactPoint& point, v1::Channel channel,
           ContactTarget& target) {
  target.contact_point_id = point.contact_point_id();
  target.kind = point.kind();
  target.value = point.has_phone() ? point.phone() : point.email();
  target.number_digest = book.NumberDigest(point);
  target.is_usable = point.state() != v1::ContactPoint::STATE_BAD && Fits(channel, point);
}

}  // namespace

bool IsAtWork(v1::ContactKind kind) {
  return kind == v1::CONTACT_KIND_WORK_PHONE || kind == v1::CONTACT_KIND_WORK_EMAIL ||
         kind == v1::CONTACT_KIND_WORK_ADDRESS;
}

std::optional<FieldProblem> CheckRequest(const v1::RequestPermitRequest& request) {
  FieldCheck check;
  check.Id(request.request_id(), "request_id");
  check.Id(request.assignment_id(), "assignment_id");
  check.Enum(v1::Channel_IsValid(request.channel()), request.channel(), "channel");
  if (!IsByAddress(request)) {
    check.Id(request.contact_point_id(), "contact_point_id");
  } else {
    check.Require(request.contact_point_id().empty(), "contact_point_id",
                  "must be empty for a letter or a visit, which go to the address");
  }
  check.Enum(v1::Act_IsValid(request.act()), request.act(), "act");
  check.Require(v1::Party_IsValid(request.party()), "party",
                "must be one of the parties that this version knows");
  if (IsForPerson(request)) {
    check.Require(request.party_id().empty(), "party_id",
                  "goes with another party than the person only");
  } else {
    check.Id(request.party_id(), "party_id");
  }
  if (!request.sub_contractor_id().empty())
    check.Label(request.sub_contractor_id(), 1, kSubContractorBytesMax, "sub_contractor_id");
  if (request.has_begin_no_later_than())
    check.Time(request.begin_no_later_than(), "begin_no_later_than");
  if (request.has_begin_no_earlier_than())
    check.Time(request.begin_no_earlier_than(), "begin_no_earlier_than");
  return check.problem();
}

std::optional<FieldProblem> CheckRequest(const v1::PlanContactsRequest& request) {
  if (auto problem = CheckRequest(request.contact()); problem.has_value()) {
    problem->field = "contact." + problem->field;
    return problem;
  }
  FieldCheck check;
  check.Require(!request.contact().has_begin_no_earlier_than() &&
                    !request.contact().has_begin_no_later_than(),
                "contact", "has no begin_no_earlier_than or begin_no_later_than: a plan has a day");
  if (request.has_day()) check.Day(request.day(), "day");
  check.Require(request.attempts() >= 1 && request.attempts() <= kAttemptsMax, "attempts",
                "must be 1 to 20");
  return check.problem();
}

ContactTarget FindTarget(const book::Book& book, const contracts::CompiledContract& contract,
                         const v1::Person& person, std::string_view account_id,
                         const v1::RequestPermitRequest& request, absl::Time now) {
  ContactTarget target;
  if (IsForPerson(request)) {
    target.is_party = true;
    if (!IsByAddress(request)) {
      const v1::ContactPoint* point = contract.FindShown(person, request.contact_point_id());
      if (point != nullptr) AimAt(book, *point, request.channel(), target);
    } else if (request.contact_point_id().empty()) {
      target.kind = v1::CONTACT_KIND_HOME_ADDRESS;
      target.is_usable = !person.address().country().empty();
    }
    return target;
  }
  target.party = request.party();
  for (const v1::OtherParty& party : person.other_parties()) {
    if (!Concerns(party, request, account_id, now)) continue;
    target.is_party = true;
    if (party.has_until()) target.until = TimeOf(party.until());
    for (const v1::ContactPoint& point : party.contact_points()) {
      if (point.contact_point_id() == request.contact_point_id())
        AimAt(book, point, request.channel(), target);
    }
  }
  return target;
}

bool HasContactPoint(const book::Book& book, const v1::Person& person,
                     std::string_view contact_point_id, std::string_view number_digest) {
  if (contact_point_id.empty()) return !person.address().country().empty();
  const v1::ContactPoint* point = book::FindContactPoint(person, contact_point_id);
  return point != nullptr && point->state() != v1::ContactPoint::STATE_BAD &&
         book.NumberDigest(*point) == number_digest;
}

}  // namespace switchboard::permits
