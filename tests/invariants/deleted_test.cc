#include <openssl/sha.h>

#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using Order = v1::DeletionOrder;

constexpr int64_t kSecondUs = 1'000'000;

std::string Sha256(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

v1::AuditEvent Step(int64_t second, Order::State state, const std::string& digest) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_DELETION_ORDER, "do-1");
  event.set_actor(state == Order::STATE_OPEN ? "hub" : "vendor/sakura");
  event.set_vendor_id("sakura");
  event.set_count(1);
  event.set_digest(digest);
  event.mutable_deletion()->set_state(state);
  return event;
}

v1::AuditEvent Hold(int64_t second, bool ended) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_LEGAL_HOLD, "h-1");
  event.set_person_id("P-1");
  event.mutable_legal_hold()->set_ended(ended);
  return event;
}

// The one assignment ended at second 40, and its vendor had it in hand no more.
void End(Ledger& ledger) {
  Withdraw(ledger, 40);
  ledger.feeds[0].live.clear();
  ledger.feeds[0].workable.clear();
  ledger.feeds[0].stored_rows = 0;
  ledger.end_us = 200 * kSecondUs;
  ledger.ordered_within_us = 60 * kSecondUs;
}

v1::FindDeletionOrdersResponse::Line& Open(Ledger& ledger) {
  const std::string digest = Sha256("as-1\n");
  Append(ledger, Step(50, Order::STATE_OPEN, digest));
  auto& line = ledger.deletion_orders.emplace_back();
  line.set_vendor_id("sakura");
  line.add_assignment_ids("as-1");
  Order& order = *line.mutable_deletion_order();
  order.set_order_id("do-1");
  order.set_count(1);
  order.set_digest(digest);
  order.mutable_open_time()->set_seconds(50);
  order.mutable_due_time()->set_seconds(100);
  order.set_state(Order::STATE_OPEN);
  return line;
}

// … was ordered at second 50 and confirmed at second 60.
v1::FindDeletionOrdersResponse::Line& Confirm(Ledger& ledger) {
  auto& line = Open(ledger);
  v1::DeletionStatement statement;
  statement.set_order_id("do-1");
  statement.set_vendor_id("sakura");
  statement.set_count(1);
  statement.set_digest(line.deletion_order().digest());
  v1::ConfirmDeletionRequest& word = *line.mutable_confirmation();
  word.set_statement(statement.SerializeAsString());
  word.set_signature("sakura's");
  ledger.words_signed["sakura"].emplace(word.statement(), word.signature());
  Append(ledger, Step(60, Order::STATE_CONFIRMED, Sha256(word.statement())));
  line.mutable_deletion_order()->set_state(Order::STATE_CONFIRMED);
  line.mutable_confirm_time()->set_seconds(60);
  return line;
}

const Case kCases[] = {
    {"EndedAndConfirmed", "",
     [](Ledger& l) {
       End(l);
       Confirm(l);
     }},
    {"OrderedAndOpen", "",
     [](Ledger& l) {
       End(l);
       Open(l);
     }},
    {"EndedAndForgotten", "I8 Deleted", [](Ledger& l) { End(l); }},
    {"EndedAMomentAgo", "",
     [](Ledger& l) {
       End(l);
       l.end_us = 99 * kSecondUs;
     }},
    {"VendorKeepsByALegalHold", "",
     [](Ledger& l) {
       End(l);
       l.holds_vendors_keep = {"h-1"};
       Append(l, Hold(41, false));
     }},
    {"TheHoldEndedLongAgo", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       l.holds_vendors_keep = {"h-1"};
       Append(l, Hold(41, false));
       Append(l, Hold(100, true));
     }},
    {"OrderedWhatTheVendorKeeps", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       l.holds_vendors_keep = {"h-1"};
       Append(l, Hold(41, false));
       Open(l);
     }},
    {"OpenStillWhenItsVendorKeepsIt", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Open(l);
       l.holds_vendors_keep = {"h-1"};
       Append(l, Hold(55, false));
     }},
    {"TakenBackWhenItsVendorKeepsIt", "",
     [](Ledger& l) {
       End(l);
       auto& line = Open(l);
       l.holds_vendors_keep = {"h-1"};
       Append(l, Hold(55, false));
       Append(l, Step(55, Order::STATE_WAIVED, ""));
       line.mutable_deletion_order()->set_state(Order::STATE_WAIVED);
     }},
    {"OrderedTwice", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Open(l);
       l.deletion_orders.push_back(l.deletion_orders[0]);
     }},
    {"OrderedBeforeItEnded", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Open(l).mutable_deletion_order()->mutable_open_time()->set_seconds(39);
     }},
    {"AnotherOnesWork", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Open(l);
       l.placements[0].set_vendor_id("jade");
     }},
    {"Forged", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Confirm(l).mutable_confirmation()->set_signature("somebody's");
     }},
    {"SignedAboutSomethingElse", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       v1::ConfirmDeletionRequest& word = *Confirm(l).mutable_confirmation();
       v1::DeletionStatement statement;
       statement.ParseFromString(word.statement());
       statement.set_count(2);
       word.set_statement(statement.SerializeAsString());
       l.words_signed["sakura"].emplace(word.statement(), word.signature());
     }},
    {"ConfirmedLate", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Confirm(l).mutable_confirm_time()->set_seconds(101);
     }},
    {"ShownAgainSince", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Confirm(l);
       l.disclosures[0].mutable_time()->set_seconds(61);
     }},
    {"ConfirmedAndInHand", "I8 Deleted",
     [](Ledger& l) {
       End(l);
       Confirm(l);
       l.feeds[0].workable["as-1"] = "row";
     }},
};

class DeletedTest : public ::testing::TestWithParam<Case> {};

TEST_P(DeletedTest, SpoiledIsFound) { ExpectComplaint(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, DeletedTest, ::testing::ValuesIn(kCases), NameOf);

}  // namespace
}  // namespace switchboard::invariants
