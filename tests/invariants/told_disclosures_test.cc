#include <initializer_list>

#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using Line = v1::DisclosureLine;
using Response = v1::RequestUnmaskingResponse;

Line LineOf(Line::Kind kind, int64_t second, std::initializer_list<v1::ShownField> fields) {
  Line line;
  line.set_kind(kind);
  line.set_shown_to("vendor/sakura");
  line.set_assignment_id("as-1");
  line.mutable_time()->set_seconds(second);
  for (const v1::ShownField field : fields) line.add_fields()->set_field(field);
  return line;
}

// The one row, and its line.
void Tell(Ledger& ledger) {
  ledger.shown_digests = {"digest"};
  ledger.disclosure_lines = {LineOf(Line::KIND_FEED, 11, {v1::SHOWN_FIELD_PERSON_TOKEN})};
  ledger.disclosure_lines[0].set_digest("digest");
}

v1::AuditEvent Step(int64_t second, const char* actor, Response::State state) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_UNMASKING, "um-1");
  event.set_actor(actor);
  event.set_vendor_id("sakura");
  event.set_assignment_id("as-1");
  event.mutable_unmasking()->set_state(state);
  event.mutable_unmasking()->add_classes(v1::DATA_CLASS_ADDRESS);
  if (state == Response::STATE_SHOWN) event.mutable_unmasking()->set_until_us(80 * 1'000'000);
  return event;
}

// More of it, for which an operator's word is needed, was shown at `second`.
void ShowMore(Ledger& ledger, int64_t second) {
  Tell(ledger);
  ledger.two_persons = {{"sakura", {v1::DATA_CLASS_ADDRESS}}};
  Append(ledger, Step(second, "vendor/sakura", Response::STATE_SHOWN));
  UnmaskedAnswer& more = ledger.unmasked.emplace_back();
  more.vendor_id = "sakura";
  more.assignment_id = "as-1";
  more.answer.mutable_person()->mutable_address()->set_city("Tsu");
  ledger.disclosure_lines.push_back(LineOf(Line::KIND_UNMASKED, second, {v1::SHOWN_FIELD_CITY}));
}

void Agree(Ledger& ledger) {
  Append(ledger, Step(50, "vendor/sakura", Response::STATE_WAITING));
  Append(ledger, Step(51, "operator/ito", Response::STATE_SHOWN));
}

const Case kCases[] = {
    {"Told", "", [](Ledger& l) { Tell(l); }},
    {"NotTold", "I8 Told disclosures",
     [](Ledger& l) {
       Tell(l);
       l.disclosure_lines.clear();
     }},
    {"ToldOnceAndShownTwice", "I8 Told disclosures",
     [](Ledger& l) {
       Tell(l);
       l.shown.push_back(l.shown[0]);
       l.shown_digests.push_back("digest");
     }},
    {"ToldOfOtherBytes", "I8 Told disclosures",
     [](Ledger& l) {
       Tell(l);
       l.disclosure_lines[0].set_digest("other");
     }},
    {"ToldOfOtherFields", "I8 Told disclosures",
     [](Ledger& l) {
       Tell(l);
       l.disclosure_lines[0].add_fields()->set_field(v1::SHOWN_FIELD_STREET);
     }},
    {"ToldOfSomebodyElse", "I8 Told disclosures",
     [](Ledger& l) {
       Tell(l);
       l.disclosure_lines[0].set_shown_to("vendor/jade");
     }},
    {"AllKindsOfFields", "",
     [](Ledger& l) {
       Tell(l);
       v1::Assignment& row = l.shown[0].second;
       row.mutable_person()->set_name("");  // says nothing
       row.mutable_person()->mutable_address()->set_city("Tsu");
       row.mutable_person()->add_contact_points()->set_value("a@b.example");
       row.mutable_person()->add_contact_points()->set_value("+8190");
       row.mutable_account()->mutable_amount_due_band()->set_currency_code("JPY");
       for (const auto field : {v1::SHOWN_FIELD_CITY, v1::SHOWN_FIELD_EMAIL, v1::SHOWN_FIELD_PHONE,
                                v1::SHOWN_FIELD_AMOUNT_DUE})
         l.disclosure_lines[0].add_fields()->set_field(field);
     }},
    {"ShownWhenItHadEnded", "I8 Told disclosures",
     [](Ledger& l) {
       Tell(l);
       Withdraw(l, 10);
     }},
    {"NumberTold", "",
     [](Ledger& l) {
       Tell(l);
       l.permits[0].number = "+8190";
       l.disclosure_lines.push_back(LineOf(Line::KIND_PERMIT, 20, {v1::SHOWN_FIELD_DIAL}));
       l.disclosure_lines.back().set_subject_id("pm-1");
     }},
    {"NumberNotTold", "I8 Told disclosures",
     [](Ledger& l) {
       Tell(l);
       l.permits[0].number = "+8190";
     }},
    {"MoreIsShownBehindAWord", "",
     [](Ledger& l) {
       Agree(l);
       ShowMore(l, 60);
     }},
    {"MoreIsShownAlone", "I4 Unmasked", [](Ledger& l) { ShowMore(l, 60); }},
    {"MoreIsShownThoughRefused", "I4 Unmasked",
     [](Ledger& l) {
       Append(l, Step(51, "operator/ito", Response::STATE_REFUSED));
       ShowMore(l, 60);
     }},
    {"MoreIsShownForTooLong", "I4 Unmasked",
     [](Ledger& l) {
       Agree(l);
       ShowMore(l, 60);
       Append(l, Step(80, "vendor/sakura", Response::STATE_SHOWN));
     }},
    {"MoreIsShownWithoutATrace", "I4 Unmasked",
     [](Ledger& l) {
       Agree(l);
       ShowMore(l, 60);
       l.unmasked[0].vendor_id = "jade";
     }},
    {"MoreIsShownAgainAndToldOnce", "",
     [](Ledger& l) {
       Agree(l);
       ShowMore(l, 60);
       l.unmasked.push_back(l.unmasked[0]);
     }},
    {"MoreIsShownTwiceAndToldOnce", "I8 Told disclosures",
     [](Ledger& l) {
       Agree(l);
       ShowMore(l, 60);
       l.unmasked.push_back(l.unmasked[0]);
       l.unmasked[1].answer.mutable_until_time()->set_seconds(90);
     }},
    {"MoreIsShownAndNotTold", "I8 Told disclosures",
     [](Ledger& l) {
       Agree(l);
       ShowMore(l, 60);
       l.disclosure_lines.pop_back();
     }},
};

class ToldDisclosuresTest : public ::testing::TestWithParam<Case> {};

TEST_P(ToldDisclosuresTest, SpoiledIsFound) { ExpectComplaint(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, ToldDisclosuresTest, ::testing::ValuesIn(kCases), NameOf);

}  // namespace
}  // namespace switchboard::invariants
