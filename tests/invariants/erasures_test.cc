#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using Occurrence = v1::AuditEvent::Occurrence;

v1::AuditEvent Confirmed(const std::string& core, int64_t through) {
  v1::AuditEvent event = EventAt(50, v1::AuditEvent::KIND_OUTCOMES_CONFIRMED, "");
  event.set_actor(core);
  event.set_count(through);
  return event;
}

v1::AuditEvent Erased(int64_t second) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_ERASED, "");
  event.set_vendor_id("sakura");
  event.set_account_id("A-1");
  event.set_person_id("P-1");
  event.set_assignment_id("as-1");
  event.mutable_erased()->set_what(v1::AuditEvent::Erased::WHAT_ASSIGNMENT);
  event.mutable_erased()->set_work_type(v1::WORK_TYPE_CAMPAIGN);
  event.set_count(3);
  return event;
}

// The one assignment ends at second 30, is kept a minute and erased at `second`; another one is
// there.
void EraseAll(Ledger& ledger, int64_t second) {
  ledger.keeps_us = {{{v1::WORK_TYPE_CAMPAIGN, "JP"}, kMinuteUs}};
  ledger.countries = {{"P-1", "JP"}};
  Withdraw(ledger, 30);
  Append(ledger, Confirmed("core/main", 1));
  Append(ledger, Erased(second));
  v1::AuditEvent placed = EventAt(second, v1::AuditEvent::KIND_PLACED, "");
  placed.set_assignment_id("as-2");
  placed.set_account_id("A-1");
  Append(ledger, placed);
  ledger.placements = {Placed("as-2", "jade", second, 0)};
}

// A promise made in the one assignment, as the log says that it stands from then on.
void Promise(Ledger& ledger, int64_t second, v1::PromiseStanding standing) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_PROMISE, "oc-1");
  event.set_vendor_id("sakura");
  event.set_account_id("A-1");
  event.set_assignment_id("as-1");
  event.mutable_promise()->set_standing(standing);
  Append(ledger, event);
}

// A plan that waits, and whose last instalment is over then, as the core was told.
v1::CoreItem Waiting(int64_t second) {
  v1::CoreItem item;
  item.set_sequence(2);
  v1::PromiseChange& told = *item.mutable_promise();
  told.set_vendor_id("sakura");
  told.set_account_id("A-1");
  told.set_outcome_id("oc-1");
  told.set_outcome_version(1);
  told.set_standing(v1::PROMISE_STANDING_PENDING);
  told.add_beyond(v1::PaymentPlan::BEYOND_MONTHS);
  told.add_instalments()->mutable_since_time()->set_seconds(second - 10);
  told.add_instalments()->mutable_since_time()->set_seconds(second);
  return item;
}

// A legal hold was placed, or ended.
v1::AuditEvent Hold(int64_t second, const std::string& person_id, bool ended,
                    const std::string& account_id = "") {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_LEGAL_HOLD, "h-1");
  event.set_person_id(person_id);
  event.set_account_id(account_id);
  event.mutable_legal_hold()->set_ended(ended);
  return event;
}

// The person asked to be deleted, and it was agreed to at `second`.
void AgreeToDelete(Ledger& ledger, int64_t second) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_PERSON_REQUEST, "pr-1");
  event.set_person_id("P-1");
  event.mutable_person_request()->set_kind(v1::PersonRequest::KIND_DELETION);
  event.mutable_person_request()->set_state(v1::PersonRequest::STATE_AGREED);
  Append(ledger, event);
}

// The vendor was told to delete the one assignment.
void Order(Ledger& ledger, bool confirmed) {
  ledger.ordered_within_us = kMinuteUs;
  ledger.orders_told = {{"as-1", "do-1"}};
  for (const auto state : {v1::DeletionOrder::STATE_OPEN, v1::DeletionOrder::STATE_CONFIRMED}) {
    if (state == v1::DeletionOrder::STATE_CONFIRMED && !confirmed) continue;
    v1::AuditEvent event = EventAt(40, v1::AuditEvent::KIND_DELETION_ORDER, "do-1");
    event.set_actor("vendor/sakura");
    event.set_vendor_id("sakura");
    event.mutable_deletion()->set_state(state);
    Append(ledger, event);
  }
}

const Case kCases[] = {
    {"ErasedWhenItsTimeWasUp", "", [](Ledger& l) { EraseAll(l, 30 + 61); }},
    {"ErasedTooEarly", "I8 Evident", [](Ledger& l) { EraseAll(l, 30 + 59); }},
    {"ErasedSoonerOnRequest", "",
     [](Ledger& l) {
       AgreeToDelete(l, 31);
       EraseAll(l, 30 + 59);
     }},
    {"ErasedSoonerWhatEndedBehindTheRequest", "I8 Evident",
     [](Ledger& l) {
       AgreeToDelete(l, 29);
       EraseAll(l, 30 + 59);
     }},
    {"ErasedOnceItsOrderWasConfirmed", "",
     [](Ledger& l) {
       Order(l, true);
       EraseAll(l, 30 + 61);
     }},
    {"ErasedBeforeItsOrderWasConfirmed", "I8 Evident",
     [](Ledger& l) {
       Order(l, false);
       EraseAll(l, 30 + 61);
     }},
    {"ErasedAndNeverOrdered", "I8 Evident",
     [](Ledger& l) {
       Order(l, true);
       l.orders_told.clear();
       EraseAll(l, 30 + 61);
     }},
    {"ErasedTwice", "I8 Evident",
     [](Ledger& l) {
       EraseAll(l, 100);
       Append(l, Erased(101));
     }},
    {"ErasedWhileLive", "I8 Evident",
     [](Ledger& l) {
       Append(l, Confirmed("core/main", 1));
       Append(l, Erased(100));
       l.placements = {Placed("as-2", "jade", 12, 15)};
     }},
    {"ErasedAndThere", "I8 Evident",
     [](Ledger& l) {
       const auto placements = l.placements;
       EraseAll(l, 100);
       l.placements = placements;
     }},
    {"ErasedWithoutATrace", "I8 Evident",
     [](Ledger& l) { l.placements = {Placed("as-2", "jade", 12, 15)}; }},
    {"ErasedAndNeverPlaced", "I8 Evident",
     [](Ledger& l) {
       v1::AuditEvent erased = Erased(100);
       erased.set_assignment_id("as-7");
       Append(l, erased);
     }},
    {"ErasedWhileAPromiseWasOpen", "I8 Evident",
     [](Ledger& l) {
       Promise(l, 31, v1::PROMISE_STANDING_OPEN);
       EraseAll(l, 100);
     }},
    {"ErasedOnceAPromiseWasBroken", "",
     [](Ledger& l) {
       Promise(l, 31, v1::PROMISE_STANDING_OPEN);
       Promise(l, 90, v1::PROMISE_STANDING_BROKEN);
       EraseAll(l, 100);
     }},
    {"ErasedWhileAPlanCouldBeAgreedTo", "I8 Evident",
     [](Ledger& l) {
       l.items_read.push_back(Waiting(101));
       Promise(l, 31, v1::PROMISE_STANDING_PENDING);
       EraseAll(l, 100);
     }},
    {"ErasedOnceAPlanHadWaitedInVain", "",
     [](Ledger& l) {
       l.items_read.push_back(Waiting(100));
       Promise(l, 31, v1::PROMISE_STANDING_PENDING);
       EraseAll(l, 100);
     }},
    {"ErasedUnderALegalHold", "I8 Evident",
     [](Ledger& l) {
       Append(l, Hold(31, "P-1", false));
       EraseAll(l, 100);
     }},
    {"ErasedUnderALegalHoldOnTheAccountThatMoved", "I8 Evident",
     [](Ledger& l) {
       Append(l, Hold(31, "P-2", false, "A-1"));
       EraseAll(l, 100);
     }},
    {"ErasedUnderAnotherOnesLegalHold", "",
     [](Ledger& l) {
       Append(l, Hold(31, "P-2", false, "A-2"));
       EraseAll(l, 100);
     }},
    {"ErasedOnceTheLegalHoldHadEnded", "",
     [](Ledger& l) {
       Append(l, Hold(31, "P-1", false));
       Append(l, Hold(90, "P-1", true));
       EraseAll(l, 100);
     }},
    {"PersonErasedUnderALegalHold", "I8 Evident",
     [](Ledger& l) {
       Append(l, Hold(31, "P-1", false));
       v1::AuditEvent erased = EventAt(100, v1::AuditEvent::KIND_ERASED, "");
       erased.set_person_id("P-1");
       erased.mutable_erased()->set_what(v1::AuditEvent::Erased::WHAT_PERSON);
       erased.set_count(1);
       Append(l, erased);
     }},
    {"ErasedBeforeConfirmed", "I2 Once",
     [](Ledger& l) {
       Append(l, Confirmed("core/second", 0));
       EraseAll(l, 100);
     }},
    {"RefusedAndErasedLater", "",
     [](Ledger& l) {
       Report(l, Recorded(0, "oc-3", ""), Receipts::STATUS_INVALID);
       v1::AuditEvent erased = EventAt(100, v1::AuditEvent::KIND_ERASED, "");
       erased.mutable_erased()->set_what(v1::AuditEvent::Erased::WHAT_QUARANTINE);
       erased.set_count(1);
       Append(l, erased);
     }},
    {"DisclosureErased", "",
     [](Ledger& l) {
       l.disclosures.clear();
       v1::AuditEvent erased = EventAt(100, v1::AuditEvent::KIND_ERASED, "1");
       erased.mutable_erased()->set_what(v1::AuditEvent::Erased::WHAT_DISCLOSURE);
       erased.set_count(1);
       Append(l, erased);
     }},
    {"AnswersErasedAreNoDisclosures", "",
     [](Ledger& l) {
       v1::AuditEvent erased = EventAt(100, v1::AuditEvent::KIND_ERASED, "");
       erased.mutable_erased()->set_what(v1::AuditEvent::Erased::WHAT_DISCLOSURE);
       erased.set_count(3);
       Append(l, erased);
     }},
    {"DisclosureErasedWithoutATrace", "I8 Evident", [](Ledger& l) { l.disclosures.clear(); }},
    {"ErasedOnceTheReaderThatLaggedWasRetired", "",
     [](Ledger& l) {
       v1::AuditEvent lagging = Confirmed("core/main", 0);
       lagging.set_subject_id("audit");
       Append(l, lagging);
       Append(l, Occurred(51, "core/main/audit", Occurrence::WHAT_CORE_RETIRED));
       EraseAll(l, 100);
     }},
    {"ErasedBeforeASecondReaderHadConfirmed", "I2 Once",
     [](Ledger& l) {
       v1::AuditEvent lagging = Confirmed("core/main", 0);
       lagging.set_subject_id("audit");
       Append(l, lagging);
       EraseAll(l, 100);
     }},
};

class ErasuresTest : public ::testing::TestWithParam<Case> {};

TEST_P(ErasuresTest, ComplainsWhenItDoesNotHold) { ExpectComplaint(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, ErasuresTest, ::testing::ValuesIn(kCases), NameOf);

}  // namespace
}  // namespace switchboard::invariants
