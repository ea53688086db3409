#include "tests/invariants/promise_story.h"

namespace switchboard::invariants {
namespace {

// All outcomes so far are of this work.
v1::ListPlacementsResponse::Placement& OfOneWork(Story& s) {
  for (v1::CoreItem& item : s.ledger.items_read)
    if (item.has_outcome()) item.mutable_outcome()->mutable_outcome()->set_assignment_id("a-1");
  auto& placement = s.ledger.placements.emplace_back();
  placement.set_assignment_id("a-1");
  placement.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  return placement;
}

// A promise at a minute before the first day, in work that the vendor had until then.
void PromiseOfLostWork(Story& s, int64_t lost_at) {
  s.Promise("o-1", -60);
  OfOneWork(s).mutable_withdraw_time()->set_seconds(kBegin + lost_at);
}

// It was made under a permit of that work, which ended then.
void UnderPermit(Story& s, int64_t end) {
  for (v1::CoreItem& item : s.ledger.items_read)
    if (item.has_outcome()) item.mutable_outcome()->mutable_outcome()->set_permit_id("p-1");
  v1::AuditEvent event;
  event.set_kind(v1::AuditEvent::KIND_PERMIT_GIVEN);
  event.set_subject_id("p-1");
  event.set_assignment_id("a-1");
  event.mutable_time()->set_seconds(kBegin - kDay);
  event.mutable_permit_given()->set_expire_us((kBegin + end) * 1'000'000);
  s.ledger.audit.emplace_back().add_events(event.SerializeAsString());
}

void PromiseWithoutAct(Story& s) {
  s.Promise("o-1", -60);
  OfOneWork(s);
  s.ledger.takes_none_in["sakura"] = {v1::WORK_TYPE_EARLY_COLLECTIONS};
}

const PromiseCase kPromises[] = {
    {"kept",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Pay(70, 500);
       s.Tell("o-1", kOpen, kKept, 500);
     },
     ""},
    {"kept by what was paid before it was made",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Pay(50, 500);
       s.Tell("o-1", kOpen, kKept, 500);
     },
     "KEPT, and not PROMISE_STANDING_BROKEN"},
    {"kept by what came too late",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Pay(2 * kDay, 500);
       s.Tell("o-1", kOpen, kKept, 500);
     },
     "KEPT, and not PROMISE_STANDING_BROKEN"},
    {"still open when its time is up",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
     },
     "OPEN, and not PROMISE_STANDING_BROKEN"},
    {"partly kept",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Pay(70, 499);
       s.Tell("o-1", kOpen, kPartly, 499);
     },
     ""},
    {"kept by money of another kind",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Pay(70, 500);
       s.ledger.payments[0].mutable_payment()->mutable_amount()->set_currency_code("TWD");
       s.Tell("o-1", kNew, kKept, 500);
     },
     "KEPT, and not PROMISE_STANDING_BROKEN"},
    {"kept by what is booked ahead",
     [](Story& s) {
       s.ledger.end_us = (kBegin + 80) * 1'000'000;
       s.Promise("o-1", 60);
       s.Pay(90, 500);
       s.Tell("o-1", kNew, kKept, 500);
     },
     "KEPT, and not PROMISE_STANDING_OPEN"},
    {"kept by more than it is, and told as much",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Pay(70, 700);
       s.Tell("o-1", kOpen, kKept, 700);
     },
     "has 700 paid, and not 500"},
    {"open, and told as more than was paid",
     [](Story& s) {
       s.ledger.end_us -= 3 * kDay * 1'000'000 - 90'000'000;
       s.Promise("o-1", 60);
       s.Pay(70, 100);
       s.Tell("o-1", kNew, kOpen, 101);
     },
     "has 101 paid, and not 100"},
    {"two that live",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Promise("o-2", 70);
       s.Tell("o-2", kNew, kOpen);
     },
     "two live promises"},
    {"one in the place of the other, told the other way round",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Promise("o-2", 70);
       s.Tell("o-2", kNew, kOpen);
       s.Tell("o-1", kOpen, kReplaced, 0, /*same_commit=*/true);
       s.Tell("o-2", kOpen, kBroken);
     },
     ""},
    {"never told", [](Story& s) { s.Promise("o-1", 60); }, "told nothing"},
    {"taken back, and it stays",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Promise("o-1", 60, 2, 0);
     },
     "although no outcome makes it"},
    {"taken back",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Promise("o-1", 60, 2, 0);
       s.Tell("o-1", kOpen, kTakenBack);
     },
     ""},
    {"taken back, and said anew by another clock",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen).mutable_since_time()->set_seconds(kBegin + 14 * 3'600);
       s.Promise("o-1", 60, 2, 0);
       s.Tell("o-1", kOpen, kTakenBack);
       s.Pay(20 * 3'600, 500);
       s.Promise("o-1", 60, 3);
       s.Tell("o-1", kNew, kKept, 500);
     },
     ""},
    {"changed from what it was not",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Tell("o-1", kKept, kBroken);
     },
     "from what it was not"},
    {"corrected, and told as before",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kBroken);
       s.Promise("o-1", 60, 2, 400);
       s.said["o-1"].set_version(1);
       s.Tell("o-1", kBroken, kBroken);
     },
     "in another version than the newest"},
    {"told with another amount",
     [](Story& s) {
       s.Promise("o-1", 60);
       SetYen(400, *s.Tell("o-1", kNew, kBroken).mutable_amount());
     },
     "other terms than were agreed"},
    {"no day ends then",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kBroken).mutable_since_time()->set_seconds(kBegin + 2 * kDay);
     },
     "no day ends when"},
    {"binds nobody, for no reason",
     [](Story& s) {
       s.Promise("o-1", -60);
       s.Tell("o-1", kNew, kUnbound);
     },
     "binds nobody, for no reason"},
    {"binds nobody by its contract",
     [](Story& s) {
       s.ledger.with_promise_terms = {"sakura"};
       s.Promise("o-1", -60);
       s.Tell("o-1", kNew, kUnbound);
     },
     ""},
    {"binds nobody, for its vendor had lost the work",
     [](Story& s) {
       PromiseOfLostWork(s, -3'661);
       s.Tell("o-1", kNew, kUnbound);
     },
     ""},
    {"binds nobody, and its vendor had lost the work an hour before",
     [](Story& s) {
       PromiseOfLostWork(s, -3'660);
       s.Tell("o-1", kNew, kUnbound);
     },
     "binds nobody, for no reason"},
    {"binds, and its vendor had lost the work an hour before",
     [](Story& s) {
       PromiseOfLostWork(s, -3'660);
       s.Tell("o-1", kNew, kBroken);
     },
     ""},
    {"binds, and its vendor had lost the work",
     [](Story& s) {
       PromiseOfLostWork(s, -3'661);
       s.Tell("o-1", kNew, kBroken);
     },
     "binds, and its vendor had lost the work"},
    {"binds by a permit of its time",
     [](Story& s) {
       PromiseOfLostWork(s, -3'661);
       UnderPermit(s, -59);
       s.Tell("o-1", kNew, kBroken);
     },
     ""},
    {"binds nobody in spite of a permit of its time",
     [](Story& s) {
       PromiseOfLostWork(s, -3'661);
       UnderPermit(s, -59);
       s.Tell("o-1", kNew, kUnbound);
     },
     "binds nobody, for no reason"},
    {"binds by a permit that had ended",
     [](Story& s) {
       PromiseOfLostWork(s, -3'661);
       UnderPermit(s, -60);
       s.Tell("o-1", kNew, kBroken);
     },
     "binds, and its vendor had lost the work"},
    {"binds nobody in work for which no contract lists the act",
     [](Story& s) {
       PromiseWithoutAct(s);
       s.Tell("o-1", kNew, kUnbound);
     },
     ""},
    {"binds in work for which no contract lists the act",
     [](Story& s) {
       PromiseWithoutAct(s);
       s.Tell("o-1", kNew, kBroken);
     },
     "lets its vendor take none in such work"},
    {"binds in work for which one of its contracts lists the act",
     [](Story& s) {
       PromiseWithoutAct(s);
       s.ledger.takes_promises_in = s.ledger.takes_none_in;
       s.Tell("o-1", kNew, kBroken);
     },
     ""},
    {"binds nobody in work for which each of its contracts lists the act",
     [](Story& s) {
       PromiseWithoutAct(s);
       s.ledger.takes_promises_in.swap(s.ledger.takes_none_in);
       s.Tell("o-1", kNew, kUnbound);
     },
     "binds nobody, for no reason"},
};

TEST(PromisedTest, PromisesAreJudgedAgain) { ExpectComplaints(kPromises); }

}  // namespace
}  // namespace switchboard::invariants
