#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using Import = v1::ImportAccountsResponse;
using Occurrence = v1::AuditEvent::Occurrence;

constexpr int64_t kSecondUs = 1'000'000;

// The log names a payment that nothing true before second 40 may settle.
void Pay(Ledger& ledger) {
  v1::AuditEvent payment = Occurred(40, "ev-1", Occurrence::WHAT_PAYMENT);
  payment.set_account_id("A-1");
  payment.mutable_occurrence()->set_settled_until_us(40 * kSecondUs);
  Append(ledger, payment);
}

// The hub takes it for settled by data as of this second, and gives a permit.
void Open(Ledger& ledger, int64_t as_of_second, const char* actor = "core/main") {
  v1::AuditEvent settled = Occurred(60, "", Occurrence::WHAT_PAYMENT_SETTLED);
  settled.set_actor(actor);
  settled.set_account_id("A-1");
  settled.mutable_occurrence()->set_settled_until_us(as_of_second * kSecondUs);
  Append(ledger, settled);
  Append(ledger, Permit(70, "pm-2"));
}

// The core was told at moment 90, ten before the permit was asked for.
void AcknowledgePayment(Ledger& ledger) {
  AcknowledgedStop& payment = ledger.stops.emplace_back();
  payment.event_id = "ev-1";
  payment.account_id = "A-1";
  payment.acknowledged_at = 90;
  payment.settled_until_us = 40 * kSecondUs;
}

// What the hub would send sakura for the one assignment.
void ShowAmount(Ledger& ledger, int64_t amount) {
  v1::Assignment row;
  row.mutable_account()->mutable_amount_due()->set_currency_code("JPY");
  row.mutable_account()->mutable_amount_due()->set_minor_units(amount);
  row.mutable_account()->set_bucket("M1");
  row.mutable_person()->set_language("ja");
  ledger.feeds[0].live["as-1"] = ledger.feeds[0].workable["as-1"] = row.SerializeAsString();
}

v1::ContactPoint& SendNumber(Ledger& ledger, int64_t as_of_second, int64_t moment,
                             const char* number) {
  v1::ContactPoint* point =
      Send(ledger, as_of_second, moment).content.mutable_person()->add_contact_points();
  point->set_contact_point_id("mobile-1");
  point->set_phone(number);
  return *point;
}

void HoldUp(SentRecord& record) {
  record.answer = Import::STATUS_NOT_PLACED;
  record.not_placed = v1::NOT_PLACED_REASON_STOPPED;
}

const Case kCases[] = {
    {"OpenedByTheLogBeforeAnythingSettledThePayment", "I12 Ordered",
     [](Ledger& l) {
       Pay(l);
       Append(l, Permit(500, "pm-2"));
     }},
    {"OpenedByTheLogByDataFromBeforeThePayment", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 39, 70);
       Pay(l);
       Open(l, 39);
     }},
    {"OpenedByTheLogByDataThatNobodySent", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 39, 70);
       Pay(l);
       Open(l, 41);
     }},
    {"OpenedByTheLogByDataThatWasRefused", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 39, 70);
       Send(l, 50, 71).answer = Import::STATUS_INVALID;
       Pay(l);
       Open(l, 50);
     }},
    {"OpenedByTheLogByDataThatCameLater", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 70 + 61, 70);  // the log's second is 70, and a clock may be a minute ahead
       Pay(l);
       Open(l, 70 + 61);
     }},
    {"OpenedByTheLogByYoungerData", "",
     [](Ledger& l) {
       Send(l, 39, 1);
       Send(l, 41, 70);
       Pay(l);
       Open(l, 41);
     }},
    {"ForgottenAndOpenedByDataFromBeforeThePayment", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 39, 70);
       Pay(l);
       Open(l, 45, "hub");
     }},
    {"ForgottenAndOpenedByYoungerData", "",
     [](Ledger& l) {
       Send(l, 46, 70);
       Pay(l);
       Open(l, 45, "hub");
     }},
    {"PermitAfterAPaymentAndNothingYoungerSent", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 40, 1);
       AcknowledgePayment(l);
     }},
    {"PermitAfterAPaymentAndYoungerDataSentTooLate", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 41, 111);
       AcknowledgePayment(l);
     }},
    {"PermitAfterAPaymentAndYoungerDataSent", "",
     [](Ledger& l) {
       Send(l, 41, 105);
       AcknowledgePayment(l);
     }},
    {"PermitAskedForBeforeThePayment", "",
     [](Ledger& l) {
       AcknowledgePayment(l);
       l.stops.back().acknowledged_at = 101;
     }},
    {"OlderAcceptedBehindNewer", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 50, 1);
       Send(l, 49, 5);
     }},
    {"OlderOvertakenOnItsWay", "",
     [](Ledger& l) {
       Send(l, 50, 1);
       Send(l, 49, 1);
     }},
    {"OlderSentAgainAndKnown", "",
     [](Ledger& l) {
       Send(l, 50, 1);
       Send(l, 49, 5).answer = Import::STATUS_REPEATED;
     }},
    {"OlderAnsweredAsOutdated", "",
     [](Ledger& l) {
       Send(l, 50, 1);
       Send(l, 49, 5).answer = Import::STATUS_OUTDATED;
     }},
    {"NewestAnsweredAsOutdated", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 50, 1);
       Send(l, 51, 5).answer = Import::STATUS_OUTDATED;
     }},
    {"TooOldForAHubThatForgets", "",
     [](Ledger& l) {
       l.remembers_us = kMinuteUs;
       SentRecord& record = Send(l, 50, 1);
       record.answer = Import::STATUS_OUTDATED;
       record.answered_us = record.as_of_us + kMinuteUs + 1;
     }},
    {"NewestHeldUpByNothing", "I12 Ordered", [](Ledger& l) { HoldUp(Send(l, 50, 1)); }},
    {"NewestHeldUpByAnOlderPayment", "I12 Ordered",
     [](Ledger& l) {
       Pay(l);
       HoldUp(Send(l, 50, 1));
     }},
    {"OlderHeldUpByAPayment", "",
     [](Ledger& l) {
       Pay(l);
       Withdraw(l, 40);
       HoldUp(Send(l, 39, 1));
     }},
    {"NewestHeldUpByAStop", "",
     [](Ledger& l) {
       AddStop(l, 40, Occurrence::WHAT_STOP, "", "P-1");
       Withdraw(l, 40);
       HoldUp(Send(l, 50, 1));
     }},
    {"NumberThatAContactPointHadNoMore", "I12 Ordered",
     [](Ledger& l) {
       SendNumber(l, 15, 1, "+81900000001");
       SendNumber(l, 16, 5, "+81900000002");
       l.permits[0].number = "+81900000001";
     }},
    {"NumberThatWasReplacedMeanwhile", "",
     [](Ledger& l) {
       SendNumber(l, 15, 1, "+81900000001");
       SendNumber(l, 16, 100, "+81900000002");
       l.permits[0].number = "+81900000001";
     }},
    {"NumberOfTheNewestTruth", "",
     [](Ledger& l) {
       SendNumber(l, 15, 1, "+81900000001");
       SendNumber(l, 16, 5, "+81900000002");
       l.permits[0].number = "+81900000002";
     }},
    {"NumberThatIsBad", "I12 Ordered",
     [](Ledger& l) {
       SendNumber(l, 16, 5, "+81900000002").set_state(v1::ContactPoint::STATE_BAD);
       l.permits[0].number = "+81900000002";
     }},
    {"RowSaysTheNewest", "",
     [](Ledger& l) {
       Send(l, 49, 1, 10'000);
       Send(l, 50, 5, 20'000);
       ShowAmount(l, 20'000);
     }},
    {"RowSaysTheOlder", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 49, 1, 10'000);
       Send(l, 50, 5, 20'000);
       ShowAmount(l, 10'000);
     }},
    {"RowSaysWhatMayHaveComeInBetween", "",
     [](Ledger& l) {
       Send(l, 49, 1, 10'000);
       Send(l, 50, 5, 20'000).answered_at = 0;
       ShowAmount(l, 20'000);
     }},
    {"RowSaysTheOlderLanguage", "I12 Ordered",
     [](Ledger& l) {
       Send(l, 49, 1);
       Send(l, 50, 5).content.mutable_person()->set_language("fr");
       ShowAmount(l, 50'000);
     }},
    {"RowOfAnAccountThatWasForgottenInBetween", "",
     [](Ledger& l) {
       Send(l, 50, 1, 20'000);
       Send(l, 49, 5, 10'000);
       ShowAmount(l, 10'000);
       v1::AuditEvent erased = EventAt(70, v1::AuditEvent::KIND_ERASED, "");
       erased.set_account_id("A-1");
       erased.mutable_erased()->set_what(v1::AuditEvent::Erased::WHAT_ACCOUNT);
       Append(l, erased);
     }},
};

class OrderedTest : public ::testing::TestWithParam<Case> {};

TEST_P(OrderedTest, ComplainsWhenItDoesNotHold) { ExpectComplaint(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, OrderedTest, ::testing::ValuesIn(kCases), NameOf);

}  // namespace
}  // namespace switchboard::invariants
