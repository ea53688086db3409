#include "tests/invariants/promise_story.h"

namespace switchboard::invariants {
namespace {

// Of two parts, 200 by the first day and 300 by the next one.
const PromiseCase kPlans[] = {
    {"kept part by part",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kOpen);
       s.Pay(70, 200);
       s.TellPlan("o-1", kOpen, kOpen, 200, {{kKept, 200}});
       s.Pay(kDay + 10, 300);
       s.TellPlan("o-1", kOpen, kKept, 500, {{kKept, 200}, {kKept, 300}});
     },
     ""},
    {"kept by its first part alone",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Pay(70, 200);
       s.TellPlan("o-1", kNew, kKept, 200, {{kKept, 200}});
     },
     "KEPT, and not PROMISE_STANDING_PARTLY_KEPT"},
    {"broken at its first part, whatever comes behind",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Pay(kDay, 500);
       s.TellPlan("o-1", kNew, kBroken, 0, {{kBroken, 0}});
     },
     ""},
    {"kept by what came behind its first part",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kOpen);
       s.Pay(kDay, 500);
       s.TellPlan("o-1", kOpen, kKept, 500, {{kKept, 200}, {kKept, 300}});
     },
     "KEPT, and not PROMISE_STANDING_BROKEN"},
    {"ended in the middle of its first part",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Pay(70, 199);
       s.Pay(kDay, 301);
       s.TellPlan("o-1", kNew, kPartly, 199, {{kPartly, 199}});
     },
     ""},
    {"told to have more than it had when it ended",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Pay(70, 199);
       s.Pay(kDay, 301);
       s.TellPlan("o-1", kNew, kPartly, 500, {{kPartly, 199}});
     },
     "has 500 paid, and not 199"},
    {"ended at its second part",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Pay(70, 450);
       s.TellPlan("o-1", kNew, kPartly, 450, {{kKept, 200}, {kPartly, 250}});
     },
     ""},
    {"a part is open that is not",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Pay(70, 200);
       s.TellPlan("o-1", kNew, kPartly, 200, {{kKept, 200}, {kOpen, 0}});
     },
     "part 2 of the promise of sakura's outcome o-1 stands PROMISE_STANDING_OPEN, and not "
     "PROMISE_STANDING_BROKEN"},
    {"a part has what the next one should",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Pay(70, 450);
       s.TellPlan("o-1", kNew, kPartly, 450, {{kKept, 450}, {kPartly, 0}});
     },
     "part 1 of the promise of sakura's outcome o-1 has 450 paid, and not 200"},
    {"a part behind the one that ended it is broken",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kBroken, 0, {{kBroken, 0}, {kBroken, 0}});
     },
     "part 2 of the promise of sakura's outcome o-1 stands PROMISE_STANDING_BROKEN, and not "
     "PROMISE_STANDING_OPEN"},
    {"open until its second part",
     [](Story& s) {
       s.ledger.end_us -= 3 * kDay * 500'000;
       s.Plan("o-1", 60);
       s.Pay(70, 200);
       s.TellPlan("o-1", kNew, kOpen, 0, {{kKept, 200}});
     },
     ""},
    {"open until a part that is kept",
     [](Story& s) {
       s.ledger.end_us -= 3 * kDay * 500'000;
       s.Plan("o-1", 60);
       s.Pay(70, 200);
       s.TellPlan("o-1", kNew, kOpen, 0, {{kKept, 200}})
           .mutable_since_time()
           ->set_seconds(kBegin + kDay);
     },
     "open until another time"},
    {"replaced, with what it had until then",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kOpen);
       s.Pay(70, 250);
       s.Promise("o-2", 80);
       s.Pay(90, 250);
       s.TellPlan("o-1", kOpen, kReplaced, 250, {{kKept, 200}, {kOpen, 50}});
       s.Tell("o-2", kNew, kPartly, 250);
     },
     ""},
    {"told with other parts",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kBroken, 0, {{kBroken, 0}})
           .mutable_instalments()
           ->SwapElements(0, 1);
     },
     "other terms than were agreed"},
    {"told without its only part",
     [](Story& s) {
       s.Plan("o-1", 60, 1, {500});
       s.Tell("o-1", kNew, kBroken);
     },
     "other terms than were agreed"},
    {"told without its parts",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Tell("o-1", kNew, kBroken);
     },
     "other terms than were agreed"},
    {"binds nobody, for no reason",
     [](Story& s) {
       s.ledger.without_contract = {"sakura"};
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kUnbound);
     },
     "binds nobody, for no reason"},
    {"one too many",
     [](Story& s) {
       s.ledger.with_promise_terms = {"sakura"};
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kUnbound);
     },
     ""},
    {"one too many, and has what was paid",
     [](Story& s) {
       s.ledger.with_promise_terms = {"sakura"};
       s.Plan("o-1", 60);
       s.Pay(70, 200);
       s.TellPlan("o-1", kNew, kUnbound, 200);
     },
     "has 200 paid, and not 0"},
};

TEST(PromisedTest, PlansAreJudgedAgain) { ExpectComplaints(kPlans); }

// The same plan, which head office must agree to.
const PromiseCase kWaiting[] = {
    {"waits beside the one that lives",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Plan("o-2", 70);
       s.TellBeyond("o-2", kNew, kPending);
       s.Tell("o-1", kOpen, kBroken);
     },
     ""},
    {"waits, and takes the place of the one that lives",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kOpen);
       s.Plan("o-2", 70);
       s.TellBeyond("o-2", kNew, kPending);
       s.Tell("o-1", kOpen, kReplaced);
     },
     "REPLACED, and not PROMISE_STANDING_BROKEN"},
    {"gives up what was said",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       s.Pay(70, 500);
       s.TellPlan("o-1", kNew, kKept, 500, {{kKept, 200}, {kKept, 300}});
     },
     ""},
    {"gives up more than was said",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       SetYen(81, *s.TellBeyond("o-1", kNew, kPending).mutable_waivers(0)->mutable_amount());
     },
     "other terms than were agreed"},
    {"gives up nothing any more once it is broken",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       s.TellPlan("o-1", kNew, kOpen);
       s.TellPlan("o-1", kOpen, kBroken, 0, {{kBroken, 0}});
     },
     ""},
    {"gives up though it is broken",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       *s.TellPlan("o-1", kNew, kBroken, 0, {{kBroken, 0}}).mutable_waivers() =
           s.said["o-1"].promise().plan().waivers();
     },
     "is said to give something up, and does not stand so any more"},
    {"gives up though another one took its place",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       s.Promise("o-2", 80);
       *s.TellPlan("o-1", kNew, kReplaced).mutable_waivers() =
           s.said["o-1"].promise().plan().waivers();
       s.Tell("o-2", kNew, kBroken);
     },
     "is said to give something up, and does not stand so any more"},
    {"gives up something else than was said",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       s.TellBeyond("o-1", kNew, kPending)
           .mutable_waivers(0)
           ->set_kind(v1::PaymentPlan::Waiver::KIND_PRINCIPAL);
     },
     "other terms than were agreed"},
    {"does not tell what is given up",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       s.TellBeyond("o-1", kNew, kPending).clear_waivers();
     },
     "other terms than were agreed"},
    {"waits for no reason",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kPending);
     },
     "waits for head office, for no reason"},
    {"binds, and nobody has agreed",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kBroken, 0, {{kBroken, 0}});
     },
     "head office has not agreed"},
    {"binds, and its contract lets nobody agree to it",
     [](Story& s) {
       s.ledger.plan_terms["sakura"] = {};
       s.Plan("o-1", 60);
       s.TellPlan("o-1", kNew, kBroken, 0, {{kBroken, 0}});
     },
     "is BEYOND_LEVEL, and nobody says so"},
    {"a promise is no plan",
     [](Story& s) {
       s.Promise("o-1", 60);
       s.Tell("o-1", kNew, kPending).add_beyond(v1::PaymentPlan::BEYOND_LEVEL);
     },
     "and is no plan"},
    {"does not wait any more, and says the same",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.TellPlan("o-1", kPending, kBroken, 0, {{kBroken, 0}});
     },
     "is beyond something else than before"},
    {"does not wait any more once it was agreed to at another time",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Plan("o-1", 61, 2);
       s.TellPlan("o-1", kPending, kBroken, 0, {{kBroken, 0}});
     },
     ""},
    {"does not wait any more once it says something else",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Plan("o-1", 60, 2, {100, 50});
       s.TellPlan("o-1", kPending, kBroken, 0, {{kBroken, 0}});
     },
     ""},
    {"replaced by what bound later",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Promise("o-2", 61);
       s.Tell("o-2", kNew, kBroken);
       s.TellBeyond("o-1", kPending, kReplaced);
     },
     ""},
    {"waits on though something bound later",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Promise("o-2", 61);
       s.Tell("o-2", kNew, kBroken);
     },
     "PENDING, and not PROMISE_STANDING_REPLACED"},
    {"replaced by what bound in the same moment",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.Promise("o-2", 60);
       s.Tell("o-2", kNew, kBroken);
       s.TellBeyond("o-1", kNew, kReplaced);
     },
     "REPLACED, and not PROMISE_STANDING_PENDING"},
    {"does not bind by itself",
     [](Story& s) {
       s.ledger.with_promise_terms = {"sakura"};
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kUnbound);
     },
     "that is head office's to say"},
};

TEST(PromisedTest, PlansThatWaitBindNobody) { ExpectComplaints(kWaiting); }

const PromiseCase kDecided[] = {
    {"approved, and paid from the contact on",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Pay(70, 500);
       Decided(s.TellBeyond("o-1", kPending, kKept, 500, {{kKept, 200}, {kKept, 300}}), 100);
     },
     ""},
    {"approved, and takes the place of the one that lives, from then on",
     [](Story& s) {
       s.Promise("o-1", 50);
       s.Tell("o-1", kNew, kOpen);
       s.Plan("o-2", 60);
       s.TellBeyond("o-2", kNew, kPending);
       s.Pay(90, 200);
       Decided(s.TellBeyond("o-2", kPending, kOpen, 200, {{kKept, 200}}), 100);
       s.Tell("o-1", kOpen, kReplaced, 200, /*same_commit=*/true);
       s.Pay(110, 100);
       Decided(s.TellBeyond("o-2", kOpen, kPartly, 300, {{kKept, 200}, {kPartly, 100}}), 100);
     },
     ""},
    {"approved, and the other one goes on",
     [](Story& s) {
       s.Promise("o-1", 50);
       s.Tell("o-1", kNew, kOpen);
       s.Plan("o-2", 60);
       s.TellBeyond("o-2", kNew, kPending);
       s.Tell("o-1", kOpen, kBroken);
       Decided(s.TellBeyond("o-2", kPending, kBroken, 0, {{kBroken, 0}}), 100);
     },
     "BROKEN, and not PROMISE_STANDING_REPLACED"},
    {"approved later than a promise that was made behind it",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Promise("o-2", 80);
       s.Tell("o-2", kNew, kReplaced);
       Decided(s.TellBeyond("o-1", kOpen, kBroken, 0, {{kBroken, 0}}), 100);
     },
     ""},
    {"approved, and counted as of the contact",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Promise("o-2", 80);
       s.Tell("o-2", kNew, kOpen);
       Decided(s.TellBeyond("o-1", kOpen, kReplaced), 100);
       s.Tell("o-2", kOpen, kBroken);
     },
     "REPLACED, and not PROMISE_STANDING_BROKEN"},
    {"refused",
     [](Story& s) {
       s.Promise("o-1", 50);
       s.Tell("o-1", kNew, kOpen);
       s.Plan("o-2", 60);
       s.TellBeyond("o-2", kNew, kPending);
       Decided(s.TellBeyond("o-2", kPending, kRefused), 100, Decision::VERDICT_REFUSED);
       s.Tell("o-1", kOpen, kBroken);
     },
     ""},
    {"refused, and it binds",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kBroken), 100, Decision::VERDICT_REFUSED);
     },
     "was refused and does not stand so"},
    {"refused, and stands replaced",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kReplaced), 100, Decision::VERDICT_REFUSED);
     },
     "was refused and does not stand so"},
    {"refused by nobody",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kRefused);
     },
     "nobody has refused it"},
    {"decided, and still waits",
     [](Story& s) {
       s.Plan("o-1", 60);
       Decided(s.TellBeyond("o-1", kNew, kPending), 100);
     },
     "which has decided"},
    {"decided without need",
     [](Story& s) {
       s.Plan("o-1", 60);
       Decided(s.TellPlan("o-1", kNew, kBroken, 0, {{kBroken, 0}}), 100);
     },
     "though it had not to wait"},
    {"kept as head office changed it",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Pay(70, 200);
       InTwoOf(Decided(s.TellBeyond("o-1", kPending, kKept, 200, {{kKept, 100}, {kKept, 100}}), 100,
                       Decision::VERDICT_CHANGED),
               100);
     },
     ""},
    {"kept as the vendor said it, though head office changed it",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Pay(70, 500);
       InTwoOf(Decided(s.TellBeyond("o-1", kPending, kKept, 500, {{kKept, 400}, {kKept, 100}}), 100,
                       Decision::VERDICT_CHANGED),
               400);
     },
     "KEPT, and not PROMISE_STANDING_PARTLY_KEPT"},
    {"approved, and other terms bind",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       InTwoOf(Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}}), 100), 100);
     },
     "other terms than were agreed"},
    {"gives up what head office says",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       s.Pay(70, 500);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kKept, 500, {{kKept, 200}, {kKept, 300}}), 100,
               Decision::VERDICT_CHANGED)
           .clear_waivers();
     },
     ""},
    {"approved, and something else is given up",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.GiveUp("o-1", 80);
       s.Pay(70, 500);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kKept, 500, {{kKept, 200}, {kKept, 300}}), 100)
           .clear_waivers();
     },
     "other terms than were agreed"},
    {"changed into two parts of one day",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       v1::PromiseChange& change =
           Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}, {kBroken, 0}}), 100,
                   Decision::VERDICT_CHANGED);
       SetDay(1, *change.mutable_instalments(0)->mutable_due_date());
     },
     "other terms than were agreed"},
    {"changed into what does not add up",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       SetYen(1, *Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}}), 100,
                          Decision::VERDICT_CHANGED)
                      .mutable_amount());
     },
     "other terms than were agreed"},
};

TEST(PromisedTest, HeadOfficeIsHeard) { ExpectComplaints(kDecided); }

}  // namespace
}  // namespace switchboard::invariants
