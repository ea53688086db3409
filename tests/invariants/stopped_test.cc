#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using ::testing::SizeIs;
using Occurrence = v1::AuditEvent::Occurrence;

void PlaceAgain(Ledger& ledger, int64_t second) {
  v1::AuditEvent placed = EventAt(second, v1::AuditEvent::KIND_PLACED, "");
  placed.set_account_id("A-1");
  Append(ledger, placed);
}

void StopContactPoint(Ledger& ledger, const char* contact_point_id) {
  v1::AuditEvent stop = Occurred(40, "ev-1", Occurrence::WHAT_CONTACT_POINT_STOP);
  stop.set_person_id("P-1");
  stop.mutable_occurrence()->set_contact_point_id(contact_point_id);
  Append(ledger, stop);
}

void LiftStop(Ledger& ledger, const char* stop_id) {
  v1::AuditEvent lift = Occurred(45, "ev-2", Occurrence::WHAT_LIFT);
  lift.mutable_occurrence()->set_stop_id(stop_id);
  Append(ledger, lift);
}

// A stop on the person that lets the vendors keep the work.
v1::AuditEvent HoldAt(int64_t second, int64_t end_second = 0) {
  v1::AuditEvent stop = Occurred(second, "ev-1", Occurrence::WHAT_STOP);
  stop.set_person_id("P-1");
  stop.mutable_occurrence()->set_holds_work(true);
  stop.mutable_occurrence()->set_end_us(end_second * 1'000'000);
  return stop;
}

v1::AuditEvent EndOfHold(int64_t second, int64_t end_second) {
  v1::AuditEvent end = Occurred(second, "", Occurrence::WHAT_STOP_END);
  end.set_person_id("P-1");
  end.mutable_occurrence()->set_stop_id("ev-1");
  end.mutable_occurrence()->set_end_us(end_second * 1'000'000);
  return end;
}

// What a permit of second 50 says beside the usual.
void GivePermit(Ledger& ledger, v1::Party party, v1::Channel channel) {
  v1::AuditEvent permit = Permit(50, "pm-2");
  permit.mutable_permit_given()->set_party(party);
  permit.mutable_permit_given()->set_channel(channel);
  Append(ledger, permit);
}

void StopChannel(Ledger& ledger, v1::Channel channel) {
  v1::AuditEvent stop = HoldAt(40);
  stop.mutable_occurrence()->set_what(Occurrence::WHAT_CHANNEL_STOP);
  stop.mutable_occurrence()->set_channel(channel);
  Append(ledger, stop);
}

void SpareProxies(Ledger& ledger) {
  v1::AuditEvent stop = HoldAt(40);
  stop.mutable_occurrence()->add_spared_parties(v1::PARTY_PROXY);
  Append(ledger, stop);
}

v1::AuditEvent ByOperator(int64_t second, Occurrence::What what) {
  v1::AuditEvent event = Occurred(second, "sakura", what);
  event.set_actor("operator/ito");
  event.set_vendor_id("sakura");
  return event;
}

// A permit of second 400, used by an outcome of second `told`, of a contact of second `begun`; 0:
// when it was, is not said.
void UseSecondPermit(Ledger& ledger, int64_t told, int64_t begun = 0) {
  Append(ledger, Outcome(told, 2, "oc-2"));
  v1::CoreItem item = Recorded(2, "oc-2", "pm-2");
  if (begun != 0)
    item.mutable_outcome()->mutable_outcome()->mutable_start_time()->set_seconds(begun);
  ledger.items_read.push_back(item);
  Report(ledger, item);
}

AcknowledgedStop OfAccountAt(int64_t acknowledged_at, int64_t lift_sent_at = INT64_MAX) {
  AcknowledgedStop stop;
  stop.event_id = "ev-1";
  stop.account_id = "A-1";
  stop.acknowledged_at = acknowledged_at;
  stop.lift_sent_at = lift_sent_at;
  return stop;
}

// A vendor was told at moment 99 that the number is known to be wrong; at moment 100 one gets a
// permit for it. The core had sent it, in this state, just before.
void ReportWrongNumber(Ledger& ledger, v1::ContactPoint::State state) {
  AcknowledgedStop& stop = ledger.stops.emplace_back();
  stop.person_id = "P-9";
  stop.contact_point_id = "home-1";
  stop.number = "+81900000001";
  stop.acknowledged_at = 99;
  stop.until_good = true;
  ledger.permits[0].number = stop.number;
  auto* point = Send(ledger, 15, 98).content.mutable_person()->add_contact_points();
  point->set_contact_point_id("mobile-1");
  point->set_phone(stop.number);
  point->set_state(state);
}

v1::AuditEvent LiftedBy(const std::string& actor, const std::string& stop_id) {
  v1::AuditEvent lifted = Occurred(45, "", Occurrence::WHAT_LIFT);
  lifted.set_actor(actor);
  lifted.mutable_occurrence()->set_stop_id(stop_id);
  return lifted;
}

const Case kCases[] = {
    {"PermitBehindPayment", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_PAYMENT, "A-1", "");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitBehindPaymentOfAnother", "",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_PAYMENT, "A-2", "");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOncePlacedAnew", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_PAYMENT, "A-1", "");
       PlaceAgain(l, 41);
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOncePaymentIsSettled", "",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_PAYMENT, "A-1", "");
       AddStop(l, 41, Occurrence::WHAT_PAYMENT_SETTLED, "A-1", "");
       PlaceAgain(l, 41);
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitBehindStopPlacedAnew", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_STOP, "", "P-1");
       PlaceAgain(l, 41);
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOnceLifted", "",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_STOP, "", "P-1");
       LiftStop(l, "ev-1");
       Append(l, Permit(500, "pm-2"));
     }},
    {"AVendorLiftsWhatTheCoreHasPlaced", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_STOP, "", "P-1");
       Append(l, LiftedBy("vendor/sakura", "ev-1"));
     }},
    {"AVendorLiftsWhatAnothersOutcomeHasPlaced", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_STOP, "", "P-1");
       Append(l, LiftedBy("vendor/sakura", "outcome:fuji:oc-1/attorney"));
     }},
    {"ACorrectionLiftsWhatACoreKnewOf", "I5 Stopped",
     [](Ledger& l) {
       v1::AuditEvent placed = Occurred(40, "outcome:sakura:oc-1/attorney", Occurrence::WHAT_STOP);
       placed.set_person_id("P-1");
       Append(l, placed);
       l.items_read[0].mutable_outcome()->add_placed_stop_ids("outcome:sakura:oc-1/attorney");
       v1::AuditEvent confirmed = EventAt(42, v1::AuditEvent::KIND_OUTCOMES_CONFIRMED, "");
       confirmed.set_count(l.items_read[0].sequence());
       Append(l, confirmed);
       Append(l, LiftedBy("vendor/sakura", "outcome:sakura:oc-1/attorney"));
     }},
    {"ACorrectionLiftsWhatItStillSays", "I5 Stopped",
     [](Ledger& l) {
       v1::RecordedOutcome& outcome = *l.items_read[0].mutable_outcome();
       outcome.mutable_outcome()->mutable_result()->set_disposition(v1::DISPOSITION_ATTORNEY);
       outcome.add_lifted_stop_ids("outcome:sakura:oc-1/attorney/2");
     }},
    {"PermitOnceACorrectionLifted", "",
     [](Ledger& l) {
       v1::AuditEvent placed = Occurred(40, "outcome:sakura:oc-1/attorney", Occurrence::WHAT_STOP);
       placed.set_person_id("P-1");
       Append(l, placed);
       Append(l, LiftedBy("vendor/sakura", "outcome:sakura:oc-1/attorney"));
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOnceAnotherStopWasLifted", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_STOP, "", "P-1");
       LiftStop(l, "ev-9");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitByStoppedContactPoint", "I5 Stopped",
     [](Ledger& l) {
       StopContactPoint(l, "mobile-1");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitByOtherContactPoint", "",
     [](Ledger& l) {
       StopContactPoint(l, "mail-1");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOfStoppedVendor", "I5 Stopped",
     [](Ledger& l) {
       Append(l, ByOperator(40, Occurrence::WHAT_VENDOR_STOP));
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOfVendorWhoseStopWasGivenAnEnd", "",
     [](Ledger& l) {
       Append(l, ByOperator(40, Occurrence::WHAT_VENDOR_STOP));
       v1::AuditEvent ends = ByOperator(41, Occurrence::WHAT_VENDOR_STOP);
       ends.mutable_occurrence()->set_end_us(int64_t{500} * 1'000'000);
       Append(l, ends);
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOfVendorThatGoesOn", "",
     [](Ledger& l) {
       Append(l, ByOperator(40, Occurrence::WHAT_VENDOR_STOP));
       Append(l, ByOperator(41, Occurrence::WHAT_LIFT));
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOfStoppedWorkType", "I5 Stopped",
     [](Ledger& l) {
       v1::AuditEvent stop = ByOperator(40, Occurrence::WHAT_WORK_TYPE_STOP);
       stop.clear_vendor_id();
       stop.mutable_occurrence()->set_work_type(v1::WORK_TYPE_CAMPAIGN);
       Append(l, stop);
       Append(l, Permit(500, "pm-2"));
     }},
    {"OpenPermitHonouredBehindStop", "I5 Stopped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       AddStop(l, 410, Occurrence::WHAT_PAYMENT, "A-1", "");
       UseSecondPermit(l, 420);
     }},
    {"ContactBegunBehindStopHonoured", "I5 Stopped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       AddStop(l, 410, Occurrence::WHAT_PAYMENT, "A-1", "");
       Withdraw(l, 410);
       UseSecondPermit(l, 420, 411);
     }},
    {"ContactUnderWayWhenTheStopCame", "",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       AddStop(l, 410, Occurrence::WHAT_PAYMENT, "A-1", "");
       Withdraw(l, 410);
       UseSecondPermit(l, 420, 409);
     }},
    {"UsedInItsTimeAndToldLate", "",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       AddStop(l, 600, Occurrence::WHAT_PAYMENT, "A-1", "");
       Withdraw(l, 600);
       UseSecondPermit(l, 620);
     }},
    {"LiveBehindStopOfAccount", "I5 Stopped",
     [](Ledger& l) { AddStop(l, 40, Occurrence::WHAT_CLOSURE, "A-1", ""); }},
    {"LiveBehindStopOfPerson", "I5 Stopped",
     [](Ledger& l) { AddStop(l, 40, Occurrence::WHAT_STOP, "", "P-1"); }},
    {"LiveBehindStopOfAnAccountThatNamesItsOwner", "",
     [](Ledger& l) { AddStop(l, 40, Occurrence::WHAT_CLOSURE, "A-2", "P-1"); }},
    {"WithdrawnBehindStop", "",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_CLOSURE, "A-1", "");
       Withdraw(l, 40);
     }},
    {"LiveBehindHold", "", [](Ledger& l) { Append(l, HoldAt(40)); }},
    {"GivenBehindHold", "I5 Stopped",
     [](Ledger& l) {
       Append(l, HoldAt(40, 51));
       GivePermit(l, v1::PARTY_PERSON, v1::CHANNEL_PHONE);
     }},
    {"GivenOnceAHoldHasEnded", "",
     [](Ledger& l) {
       Append(l, HoldAt(40, 50));
       GivePermit(l, v1::PARTY_PERSON, v1::CHANNEL_PHONE);
     }},
    {"GivenOnceTheEndOfAHoldBecameKnown", "",
     [](Ledger& l) {
       Append(l, HoldAt(40));
       Append(l, EndOfHold(45, 50));
       GivePermit(l, v1::PARTY_PERSON, v1::CHANNEL_PHONE);
     }},
    {"GivenBeforeTheEndThatBecameKnown", "I5 Stopped",
     [](Ledger& l) {
       Append(l, HoldAt(40));
       Append(l, EndOfHold(45, 51));
       GivePermit(l, v1::PARTY_PERSON, v1::CHANNEL_PHONE);
     }},
    {"GivenForASparedParty", "",
     [](Ledger& l) {
       SpareProxies(l);
       GivePermit(l, v1::PARTY_PROXY, v1::CHANNEL_PHONE);
     }},
    {"GivenForAPartyThatIsNotSpared", "I5 Stopped",
     [](Ledger& l) {
       SpareProxies(l);
       GivePermit(l, v1::PARTY_RELATED, v1::CHANNEL_PHONE);
     }},
    {"GivenOnAStoppedChannel", "I5 Stopped",
     [](Ledger& l) {
       StopChannel(l, v1::CHANNEL_SMS);
       GivePermit(l, v1::PARTY_PERSON, v1::CHANNEL_SMS);
     }},
    {"GivenOnAnotherChannel", "",
     [](Ledger& l) {
       StopChannel(l, v1::CHANNEL_SMS);
       GivePermit(l, v1::PARTY_PERSON, v1::CHANNEL_PHONE);
     }},
    {"AskedBehindAcknowledgedStop", "I5 Stopped",
     [](Ledger& l) { l.stops.push_back(OfAccountAt(99)); }},
    {"AskedBeforeAcknowledgedStop", "", [](Ledger& l) { l.stops.push_back(OfAccountAt(101)); }},
    {"AskedOnceALiftWasSent", "", [](Ledger& l) { l.stops.push_back(OfAccountAt(50, 60)); }},
    {"LiftSentWhileAsked", "", [](Ledger& l) { l.stops.push_back(OfAccountAt(50, 105)); }},
    {"LiftSentLater", "I5 Stopped", [](Ledger& l) { l.stops.push_back(OfAccountAt(50, 120)); }},
    {"AskedBehindTheEndOfTheContract", "I5 Stopped",
     [](Ledger& l) {
       AcknowledgedStop& end = l.stops.emplace_back();
       end.vendor_id = "sakura";
       end.acknowledged_at = 99;
     }},
    {"AskedBehindAStoppedWorkType", "I5 Stopped",
     [](Ledger& l) {
       AcknowledgedStop& stop = l.stops.emplace_back();
       stop.work_type = v1::WORK_TYPE_CAMPAIGN;
       stop.acknowledged_at = 99;
     }},
    {"AskedForTheNumberOfAnotherThatIsStopped", "I5 Stopped",
     [](Ledger& l) {
       AcknowledgedStop& stop = l.stops.emplace_back();
       stop.person_id = "P-9";
       stop.contact_point_id = "home-1";
       stop.number = "+81900000001";
       stop.acknowledged_at = 99;
       l.permits[0].number = stop.number;
     }},
    {"AskedForANumberThatIsWrong", "I5 Stopped",
     [](Ledger& l) { ReportWrongNumber(l, v1::ContactPoint::STATE_UNSPECIFIED); }},
    {"AskedForANumberThatTheCoreCalledGood", "",
     [](Ledger& l) { ReportWrongNumber(l, v1::ContactPoint::STATE_GOOD); }},
    {"WrongNumberAndAnotherUnderTheSameId", "",
     [](Ledger& l) {
       v1::AuditEvent stop =
           Occurred(40, "outcome:sakura:oc-1", Occurrence::WHAT_CONTACT_POINT_STOP);
       stop.set_person_id("P-1");
       stop.mutable_occurrence()->set_contact_point_id("mobile-1");
       stop.mutable_occurrence()->set_reason(v1::STOP_REASON_WRONG_NUMBER);
       Append(l, stop);
       Append(l, Permit(500, "pm-2"));
     }},
    {"AskedForAnotherNumber", "",
     [](Ledger& l) {
       AcknowledgedStop& stop = l.stops.emplace_back();
       stop.person_id = "P-9";
       stop.contact_point_id = "mobile-1";
       stop.number = "+81900000001";
       stop.acknowledged_at = 99;
       l.permits[0].number = "+81900000002";
     }},
};

class StoppedTest : public ::testing::TestWithParam<Case> {};

TEST_P(StoppedTest, ComplainsWhenItDoesNotHold) { ExpectComplaint(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, StoppedTest, ::testing::ValuesIn(kCases), NameOf);

TEST(Stopped, BothHalvesAreInTheWhole) {
  Ledger ledger = Good();
  AddStop(ledger, 40, Occurrence::WHAT_CLOSURE, "A-1", "");
  ledger.stops.push_back(OfAccountAt(99));
  EXPECT_THAT(StoppedByLog(ledger), SizeIs(1));
  EXPECT_THAT(StoppedByTimes(ledger), SizeIs(1));
  EXPECT_THAT(Stopped(ledger), SizeIs(2));
}

}  // namespace
}  // namespace switchboard::invariants
