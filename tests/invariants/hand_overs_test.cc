#include "tests/invariants/hand_overs.h"

#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Step = v1::AuditEvent::Recall;

constexpr int64_t kThen = 50;

v1::AuditEvent Logged() {
  v1::AuditEvent event = EventAt(kThen, v1::AuditEvent::KIND_HANDED_OVER, "as-2");
  event.set_assignment_id("as-1");
  event.set_vendor_id("sakura");
  event.mutable_hand_over()->set_to_vendor_id("jade");
  event.mutable_hand_over()->set_reason(v1::HAND_OVER_REASON_LANGUAGE);
  return event;
}

v1::CoreItem Told() {
  v1::CoreItem item;
  item.set_sequence(2);
  v1::HandOver& told = *item.mutable_hand_over();
  told.set_account_id("A-1");
  told.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  told.set_from_vendor_id("sakura");
  told.set_to_vendor_id("jade");
  told.set_former_assignment_id("as-1");
  told.set_assignment_id("as-2");
  told.set_reason(v1::HAND_OVER_REASON_LANGUAGE);
  return item;
}

// "sakura" has handed over what it had, and was told so.
Ledger HandedOver() {
  Ledger ledger = Good();
  ledger.placements = {Placed("as-1", "sakura", 10, kThen), Placed("as-2", "jade", kThen, 0)};
  ledger.hand_overs = {{"sakura", "as-1", "jade"}};
  ledger.items_read.push_back(Told());
  Append(ledger, Logged());
  v1::Assignment row;
  row.set_assignment_id("as-2");
  row.mutable_handed_over()->set_reason(v1::HAND_OVER_REASON_LANGUAGE);
  ledger.shown.emplace_back("jade", row);
  return ledger;
}

// It was recalled before.
void Recall(Ledger& ledger, const std::vector<v1::AuditEvent::Recall::Step>& steps,
            v1::AuditEvent handed_over = Logged()) {
  ledger.audit.pop_back();
  for (const auto step : steps) {
    v1::AuditEvent event = EventAt(kThen - 1, v1::AuditEvent::KIND_RECALL, "");
    event.set_assignment_id("as-1");
    event.mutable_recall()->set_step(step);
    Append(ledger, event);
  }
  Append(ledger, handed_over);
}

// The issuer, who was handed it after these steps, hands it back.
void ComeBack(Ledger& ledger, const std::vector<v1::AuditEvent::Recall::Step>& steps,
              bool erased = false) {
  ledger.collector_kinds["jade"] = v1::COLLECTOR_KIND_ISSUER;
  Recall(ledger, steps);
  if (erased) {
    v1::AuditEvent event = EventAt(kThen + 1, v1::AuditEvent::KIND_ERASED, "");
    event.set_assignment_id("as-1");
    event.set_vendor_id("sakura");
    event.mutable_erased()->set_what(v1::AuditEvent::Erased::WHAT_ASSIGNMENT);
    Append(ledger, event);
  }
  constexpr int64_t kBack = kThen + 10;
  ledger.placements[1] = Placed("as-2", "jade", kThen, kBack);
  ledger.placements.push_back(Placed("as-3", "sakura", kBack, 0));
  v1::AuditEvent event = EventAt(kBack, v1::AuditEvent::KIND_HANDED_OVER, "as-3");
  event.set_assignment_id("as-2");
  event.set_vendor_id("jade");
  event.mutable_hand_over()->set_to_vendor_id("sakura");
  event.mutable_hand_over()->set_reason(v1::HAND_OVER_REASON_RETURNED);
  Append(ledger, event);
  v1::CoreItem item = Told();
  item.set_sequence(3);
  item.mutable_hand_over()->set_from_vendor_id("jade");
  item.mutable_hand_over()->set_to_vendor_id("sakura");
  item.mutable_hand_over()->set_former_assignment_id("as-2");
  item.mutable_hand_over()->set_assignment_id("as-3");
  item.mutable_hand_over()->set_reason(v1::HAND_OVER_REASON_RETURNED);
  ledger.items_read.push_back(item);
}

struct HandOverCase {
  const char* name;
  std::function<void(Ledger&)> spoil;
  const char* complaint;  // "": none
};

const HandOverCase kCases[] = {
    {"as it is", [](Ledger&) {}, ""},
    {"it stays", [](Ledger& l) { l.placements[0].clear_withdraw_time(); }, "in two hands"},
    {"it stays, and the core is told", [](Ledger& l) { l.placements[0].clear_withdraw_time(); },
     "left it with who had it"},
    {"it is nobody's for a while",
     [](Ledger& l) { l.placements[1].mutable_place_time()->set_seconds(kThen + 2); },
     "left it with nobody for a while"},
    {"somebody else has it", [](Ledger& l) { l.placements[1].set_vendor_id("pine"); },
     "is not between those who held it"},
    {"it is other work",
     [](Ledger& l) { l.placements[1].set_work_type(v1::WORK_TYPE_LATE_COLLECTIONS); },
     "made other work of it"},
    {"nothing began", [](Ledger& l) { l.placements.pop_back(); }, "never placed"},
    {"the log says nothing", [](Ledger& l) { l.audit.pop_back(); }, "the log does not name it"},
    {"the log says something else",
     [](Ledger& l) {
       l.audit.pop_back();
       v1::AuditEvent event = Logged();
       event.mutable_hand_over()->set_reason(v1::HAND_OVER_REASON_LEGAL);
       Append(l, event);
     },
     "the log does not name it"},
    {"the core was not told", [](Ledger& l) { l.items_read.pop_back(); }, "the core was not told"},
    {"the core was told twice",
     [](Ledger& l) {
       l.items_read.push_back(Told());
       l.items_read.back().set_sequence(3);
     },
     "was told twice"},
    {"the core read it twice", [](Ledger& l) { l.items_read.push_back(Told()); }, ""},
    {"the vendor was told otherwise", [](Ledger& l) { l.hand_overs[0].to_vendor_id = "pine"; },
     "was acknowledged"},
    {"another vendor was told", [](Ledger& l) { l.hand_overs[0].vendor_id = "jade"; },
     "was acknowledged"},
    {"shown to whoever had it", [](Ledger& l) { l.shown.back().first = "sakura"; },
     "was shown, and never was"},
    {"shown of other work", [](Ledger& l) { l.shown.back().second.set_assignment_id("as-1"); },
     "was shown, and never was"},
    {"shown for another reason",
     [](Ledger& l) {
       l.shown.back().second.mutable_handed_over()->set_reason(v1::HAND_OVER_REASON_LEGAL);
     },
     "was shown, and never was"},
    {"its recall is pending", [](Ledger& l) { Recall(l, {Step::STEP_ANNOUNCED}); },
     "undid its recall"},
    {"its vendor has objected",
     [](Ledger& l) {
       Recall(l, {Step::STEP_ANNOUNCED, Step::STEP_OBJECTED});
     },
     "undid its recall"},
    {"its recall was cancelled",
     [](Ledger& l) {
       Recall(l, {Step::STEP_ANNOUNCED, Step::STEP_CANCELLED});
     },
     ""},
    {"the issuer gets what is recalled",
     [](Ledger& l) {
       l.collector_kinds["jade"] = v1::COLLECTOR_KIND_ISSUER;
       Recall(l, {Step::STEP_ANNOUNCED});
     },
     ""},
    {"the hub hands over what is recalled",
     [](Ledger& l) {
       v1::AuditEvent by_hub = Logged();
       by_hub.set_actor("hub");
       Recall(l, {Step::STEP_ANNOUNCED}, by_hub);
     },
     "undid its recall"},
    {"what was recalled comes back from the issuer",
     [](Ledger& l) { ComeBack(l, {Step::STEP_ANNOUNCED}); }, "assignment as-2 undid its recall"},
    {"what was recalled comes back once that is cancelled",
     [](Ledger& l) {
       ComeBack(l, {Step::STEP_ANNOUNCED, Step::STEP_CANCELLED});
     },
     ""},
    {"what was recalled comes back once nobody knows that any more",
     [](Ledger& l) { ComeBack(l, {Step::STEP_ANNOUNCED}, /*erased=*/true); }, ""},
    {"a group gets it once more, by a hand-over",
     [](Ledger& l) { l.placements.insert(l.placements.begin(), Placed("as-0", "jade", 5, 10)); },
     ""},
    {"a group gets it once more, by the plan",
     [](Ledger& l) { l.placements.insert(l.placements.begin(), Placed("as-0", "sakura", 5, 10)); },
     "came twice to group sakura"},
};

TEST(HandOversTest, ComplainsWhenItDoesNotHold) {
  for (const HandOverCase& one : kCases) {
    Ledger ledger = HandedOver();
    one.spoil(ledger);
    const Violations violations = OneHand(ledger);
    if (one.complaint[0] == '\0') {
      EXPECT_THAT(violations, IsEmpty()) << one.name;
    } else {
      EXPECT_THAT(violations, ::testing::Contains(HasSubstr(one.complaint))) << one.name;
    }
  }
}

}  // namespace
}  // namespace switchboard::invariants
