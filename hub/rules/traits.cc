#include "hub/rules/traits.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::rules {
namespace {

// Where the bits of each property begin, and how many there are.
struct Property {
  int first;
  int size;

  constexpr int end() const { return first + size; }
  // Whether an enum's value is one that somebody said, and that this version knows.
  constexpr bool IsKnown(int value) const { return value > 0 && value < size; }
  // Of a value that this version does not know, that of "not known".
  constexpr Traits Bit(int value) const {
    return Traits{1} << (first + (IsKnown(value) ? value : 0));
  }
  // Without a bit no filter keeps it out.
  constexpr Traits BitIfKnown(int value) const { return IsKnown(value) ? Bit(value) : 0; }
  constexpr Traits All() const { return ((Traits{1} << size) - 1) << first; }
};
constexpr Property kDirection{0, v1::Direction_ARRAYSIZE};
constexpr Property kChannel{kDirection.end(), v1::Channel_ARRAYSIZE};
constexpr Property kResult{kChannel.end(), v1::ContactResult_ARRAYSIZE};
constexpr Property kParty{kResult.end(), v1::Party_ARRAYSIZE};
constexpr Property kAct{kParty.end(), v1::Act_ARRAYSIZE};
constexpr Property kContactKind{kAct.end(), v1::ContactKind_ARRAYSIZE};

// Of a property that holds or does not, filters keep out one of the two alone: that has the bit.
struct Mark {
  int place;

  constexpr int end() const { return place + 1; }
  constexpr Traits Bit() const { return Traits{1} << place; }
  constexpr Traits BitIf(bool holds) const { return holds ? Bit() : 0; }
};
constexpr Mark kConsented{kContactKind.end()};
constexpr Mark kNotObjected{kConsented.end()};
constexpr Mark kWrongPoint{kNotObjected.end()};
constexpr Mark kOtherParty{kWrongPoint.end()};
constexpr Mark kOtherAccount{kOtherParty.end()};
constexpr Mark kOtherCollector{kOtherAccount.end()};
constexpr Mark kOtherChannel{kOtherCollector.end()};
constexpr Mark kOtherPoint{kOtherChannel.end()};
constexpr Mark kOtherPerson{kOtherPoint.end()};
// Whether these are not known.
constexpr Mark kUnknownResult{kOtherPerson.end()};
constexpr Mark kUnknownKind{kUnknownResult.end()};
constexpr Mark kUnknownPoint{kUnknownKind.end()};
static_assert(kUnknownPoint.end() <= 64);

// Narrows `allowed` to what is listed; an empty list allows all.
template <typename List>
void AllowOnly(const Property& property, const List& values, Traits* allowed) {
  if (values.empty()) return;
  Traits listed = 0;
  for (const int value : values) listed |= property.Bit(value);
  *allowed &= listed | ~property.All();
}

template <typename List>
void AllowOther(const Property& property, const List& values, Traits* allowed) {
  for (const int value : values) *allowed &= ~property.Bit(value);
}

// That a contact is not the same as what is asked for.
Mark OtherThan(v1::RulePack::Sameness sameness) {
  switch (sameness) {
    case v1::RulePack::SAMENESS_PARTY:
      return kOtherParty;
    case v1::RulePack::SAMENESS_ACCOUNT:
      return kOtherAccount;
    case v1::RulePack::SAMENESS_COLLECTOR:
      return kOtherCollector;
    case v1::RulePack::SAMENESS_CHANNEL:
      return kOtherChannel;
    case v1::RulePack::SAMENESS_CONTACT_POINT:
      return kOtherPoint;
    default:
      break;
  }
  SWITCHBOARD_ASSERT(false);
  return kOtherParty;
}

bool AsksForSamePoint(const v1::RulePack::Contacts& contacts) {
  const auto& same = contacts.same();
  return std::find(same.begin(), same.end(), v1::RulePack::SAMENESS_CONTACT_POINT) != same.end();
}

// Keeps out of whom nothing is known that the filter asks about.
void AllowKnown(const v1::RulePack::Contacts& contacts, Traits* allowed) {
  const auto allow_known = [&](bool asked, Mark unknown) {
    if (asked) *allowed &= ~unknown.Bit();
  };
  allow_known(!contacts.results().empty(), kUnknownResult);
  allow_known(!contacts.contact_kinds().empty() || !contacts.contact_kinds_other_than().empty(),
              kUnknownKind);
  allow_known(AsksForSamePoint(contacts) || contacts.without_wrong_points(), kUnknownPoint);
}

}  // namespace

bool IsSameParty(v1::Party a, const std::string& a_id, v1::Party b, const std::string& b_id) {
  return a == b && (a == v1::PARTY_PERSON || a_id == b_id);
}

Traits TraitsOf(const Contact& contact, const Facts& facts) {
  const Request& request = facts.request;
  const bool same_point = contact.contact_point == request.contact_point;
  const bool unknown_point = contact.contact_point.empty() && !same_point;
  const bool wrong = std::find(facts.wrong_points.begin(), facts.wrong_points.end(),
                               contact.contact_point) != facts.wrong_points.end();
  const bool same_party = !contact.other_person && IsSameParty(contact.party, contact.party_id,
                                                               request.party, request.party_id);
  return kDirection.Bit(contact.direction) | kChannel.Bit(contact.channel) |
         kResult.BitIfKnown(contact.result) | kParty.Bit(contact.party) | kAct.Bit(contact.act) |
         kContactKind.BitIfKnown(contact.contact_kind) | kConsented.BitIf(contact.consented) |
         kNotObjected.BitIf(!contact.objected) | kWrongPoint.BitIf(wrong) |
         kOtherParty.BitIf(!same_party) | kOtherAccount.BitIf(contact.account != request.account) |
         kOtherCollector.BitIf(contact.collector != request.collector) |
         kOtherChannel.BitIf(contact.channel != request.channel) |
         kOtherPoint.BitIf(!unknown_point && !same_point) |
         kOtherPerson.BitIf(contact.other_person) |
         kUnknownResult.BitIf(!kResult.IsKnown(contact.result)) |
         kUnknownKind.BitIf(!kContactKind.IsKnown(contact.contact_kind)) |
         kUnknownPoint.BitIf(unknown_point);
}

Traits AllowedBy(const v1::RulePack::Contacts& contacts, Sense sense) {
  Traits allowed = ~Traits{0};
  AllowOnly(kDirection, contacts.directions(), &allowed);
  AllowOnly(kChannel, contacts.channels(), &allowed);
  AllowOnly(kResult, contacts.results(), &allowed);
  AllowOnly(kParty, contacts.parties(), &allowed);
  AllowOther(kAct, contacts.acts_other_than(), &allowed);
  AllowOnly(kContactKind, contacts.contact_kinds(), &allowed);
  AllowOther(kContactKind, contacts.contact_kinds_other_than(), &allowed);
  for (const int sameness : contacts.same()) {
    allowed &= ~OtherThan(static_cast<v1::RulePack::Sameness>(sameness)).Bit();
  }
  if (!AsksForSamePoint(contacts)) allowed &= ~kOtherPerson.Bit();
  if (contacts.objected()) allowed &= ~kNotObjected.Bit();
  if (contacts.without_consented()) allowed &= ~kConsented.Bit();
  if (contacts.without_wrong_points()) allowed &= ~kWrongPoint.Bit();
  if (sense == Sense::kLetsPass) AllowKnown(contacts, &allowed);
  return allowed;
}

}  // namespace switchboard::rules
