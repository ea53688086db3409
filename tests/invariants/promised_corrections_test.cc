#include "tests/invariants/promise_story.h"

namespace switchboard::invariants {
namespace {

// What is decided is decided about what an outcome says.
const PromiseCase kCorrected[] = {
    {"said the same once more",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Plan("o-1", 60, 2);
       Decided(s.TellBeyond("o-1", kOpen, kBroken, 0, {{kBroken, 0}}), 100);
     },
     ""},
    {"dated back, and counts from when head office saw it to be made",
     [](Story& s) {
       s.Pay(50, 200);
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Plan("o-1", 40, 2);
       MadeAt(Decided(s.TellBeyond("o-1", kOpen, kBroken, 0, {{kBroken, 0}}), 100), 60);
     },
     ""},
    {"dated back, and counts the money from before",
     [](Story& s) {
       s.Pay(50, 200);
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Plan("o-1", 40, 2);
       Decided(s.TellBeyond("o-1", kOpen, kPartly, 200, {{kKept, 200}, {kBroken, 0}}), 100);
     },
     "was decided, and counts from another time than then"},
    {"counts from when nobody says it was made",
     [](Story& s) {
       s.Plan("o-1", 60);
       MadeAt(s.TellBeyond("o-1", kNew, kPending), 30);
       MadeAt(Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}}), 100), 30);
     },
     "counts from when no version says that the plan was made"},
    {"counts from when only other words say it was made",
     [](Story& s) {
       s.Plan("o-1", 30, 1, {100, 100});
       s.Plan("o-1", 60, 2);
       s.ledger.items_read.back().mutable_record_time()->set_seconds(kBegin + 61);
       MadeAt(s.TellBeyond("o-1", kNew, kPending), 30);
       MadeAt(Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}}), 100), 30);
     },
     "counts from when no version says that the plan was made"},
    {"lay in the future, and counts from when it was recorded",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.ledger.items_read.back().mutable_record_time()->set_seconds(kBegin + 20);
       MadeAt(s.TellBeyond("o-1", kNew, kPending), 20);
       MadeAt(Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}}), 100), 20);
     },
     ""},
    {"said the same once more, and the decision is lost",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Plan("o-1", 60, 2);
       s.TellBeyond("o-1", kOpen, kPending);
     },
     "lost what was decided of it"},
    {"said otherwise",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Plan("o-1", 60, 2, {100, 100});
       s.TellBeyond("o-1", kOpen, kPending);
     },
     ""},
    {"said otherwise, and the decision stays",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       s.Plan("o-1", 60, 2, {100, 100});
       Decided(s.TellBeyond("o-1", kOpen, kBroken, 0, {{kBroken, 0}}), 100);
     },
     "keeps a decision about what it does not say any more"},
    {"told and logged",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kOpen), 100);
       Decided(s.TellBeyond("o-1", kOpen, kBroken, 0, {{kBroken, 0}}), 100);
       s.Log("o-1", Decision::VERDICT_APPROVED);
     },
     ""},
    {"told as another decision than is logged",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}}), 100);
       s.Log("o-1", Decision::VERDICT_REFUSED);
     },
     "was told to the core, and the log does not name it"},
    {"logged and never told",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       s.Log("o-1", Decision::VERDICT_APPROVED);
     },
     "is named by the log, and the core was not told"},
    {"logged twice",
     [](Story& s) {
       s.Plan("o-1", 60);
       s.TellBeyond("o-1", kNew, kPending);
       Decided(s.TellBeyond("o-1", kPending, kBroken, 0, {{kBroken, 0}}), 100);
       s.Log("o-1", Decision::VERDICT_APPROVED);
       s.Log("o-1", Decision::VERDICT_APPROVED);
     },
     "is named by the log, and the core was not told"},
};

TEST(PromisedTest, DecisionsGoWithWhatWasSaid) { ExpectComplaints(kCorrected); }

}  // namespace
}  // namespace switchboard::invariants
