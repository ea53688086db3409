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

const Case kCases[] = {
    {"ErasedWhenItsTimeWasUp", "", [](Ledger& l) { EraseAll(l, 30 + 61); }},
    {"ErasedTooEarly", "I8 Evident", [](Ledger& l) { EraseAll(l, 30 + 59); }},
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
