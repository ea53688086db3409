// What people type tells nobody who somebody is or how to reach them, in whatever field it stands
// (I4). The fields are those of the protocol: a new one fails until it has a test here.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "switchboard/v1/privacy.pb.h"
#include "tests/engine.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/hand_over_fixture.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

namespace pb = ::google::protobuf;
using testing::At;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::HandOverTest;
using testing::HandOverTo;
using ::testing::HasSubstr;
using testing::InTokyo;
using testing::MakeOutcome;
using testing::MakeRecord;
using ::testing::Not;
using testing::OpenStream;
using testing::Operator;
using testing::PlanTest;
using Mark = v1::TextMark;

// Of nobody here: a number, an address and a card; and the name of P-1.
constexpr char kTyped[] =
    "電話 070-4816-2359、hanako@kaisha.jp、カード 4012 8888 8888 1881、山田太郎さんより";
constexpr const char* kRaw[] = {"070-4816",  "4816-2359", "hanako", "kaisha",
                                "8888 8888", "山田",      "太郎"};

// P-1 under another name.
v1::AccountRecord Renamed(int64_t sequence, const std::string& family, const std::string& given) {
  v1::AccountRecord record = InTokyo(MakeRecord(sequence));
  v1::Person& person = *record.mutable_person();
  person.set_family_name(family);
  person.set_given_name(given);
  person.clear_family_name_reading();
  person.clear_given_name_reading();
  return record;
}

void ExpectNothingRaw(const std::string& text, const std::string& where) {
  for (const char* raw : kRaw) EXPECT_EQ(text.find(raw), std::string::npos) << where << ": " << raw;
}

// Neither the core feed, a listing, a metric nor a file of the database has any of it.
void ExpectNothingRawIn(testing::HubWorld& world) {
  const auto read = world.ReadCoreFeed(0);
  ASSERT_OK(read);
  for (const v1::CoreItem& item : read->items())
    ExpectNothingRaw(item.SerializeAsString(), absl::StrCat("item ", item.sequence()));
  for (const auto& placement : world.Placements())
    ExpectNothingRaw(placement.SerializeAsString(), "a placement");
  for (const auto& item : world.Quarantine())
    ExpectNothingRaw(item.SerializeAsString(), "quarantine");
  ExpectNothingRaw(world.metrics.Text(), "metrics");
  for (const std::string& file : testing::StorageFiles(world.folder().string()))
    ExpectNothingRaw(testing::ReadFileIfThere(file).value_or(""), file);
}

// The marks of a cleaned text are where they are said to be, and of these kinds among others.
void ExpectMarks(const std::string& text, const pb::RepeatedPtrField<v1::TextMark>& marks) {
  std::vector<Mark::Kind> kinds;
  for (const v1::TextMark& mark : marks) {
    kinds.push_back(mark.kind());
    ASSERT_LE(mark.end(), static_cast<int>(text.size()));
    ASSERT_LT(mark.begin(), mark.end());
    EXPECT_EQ(text[static_cast<size_t>(mark.begin())], '[');
    EXPECT_EQ(text[static_cast<size_t>(mark.end() - 1)], ']');
  }
  EXPECT_THAT(kinds, Contains(Mark::KIND_PHONE));
  EXPECT_THAT(kinds, Contains(Mark::KIND_EMAIL));
  EXPECT_THAT(kinds, Contains(Mark::KIND_NAME));
  EXPECT_THAT(text, HasSubstr("[OWN NAME 1]"));
}

// "outcomes.note" of each text in a message that people type.
void CollectTyped(const pb::Descriptor& message, const std::string& path, int depth,
                  std::set<std::string>& typed) {
  constexpr int kDepthMax = 12;
  for (int i = 0; depth < kDepthMax && i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    const std::string name = absl::StrCat(path, path.empty() ? "" : ".", field.name());
    if (field.options().GetExtension(v1::data_class) == v1::DATA_CLASS_FREE_TEXT)
      typed.insert(name);
    if (field.message_type() != nullptr)
      CollectTyped(*field.message_type(), name, depth + 1, typed);
  }
}

TEST(HubTypedFieldsTest, EveryFieldThatPeopleTypeIsTriedHere) {
  std::set<std::string> typed;
  for (const char* name : {"CoreService", "VendorService", "OperatorService", "PrivacyService"}) {
    const pb::ServiceDescriptor* service = pb::DescriptorPool::generated_pool()->FindServiceByName(
        absl::StrCat("switchboard.v1.", name));
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      std::set<std::string> of_method;
      CollectTyped(*service->method(i)->input_type(), "", 0, of_method);
      for (const std::string& field : of_method)
        typed.insert(absl::StrCat(service->method(i)->name(), " ", field));
    }
  }
  EXPECT_THAT(typed,
              ElementsAre("DecidePlan note", "HandOver note", "ReportOutcomes outcomes.note"));
}

class HubTypedTextTest : public HandOverTest {
 protected:
  v1::Outcome Noted(const std::string& outcome_id, const std::string& assignment_id) {
    v1::Outcome outcome = At(MakeOutcome(outcome_id, assignment_id), Now() - absl::Minutes(5));
    outcome.set_note(kTyped);
    return outcome;
  }
  // What two operators are shown of all that is in quarantine.
  std::vector<std::string> QuarantineRead() {
    std::vector<std::string> shown;
    for (const auto& item : world_.Quarantine()) {
      v1::VouchForQuarantineRequest word;
      word.set_quarantine_id(item.quarantine_id());
      for (const char* name : {"ito", "sato"}) {
        EXPECT_OK(world_.Await<v1::VouchForQuarantineResponse>([&](auto done) {
          world_.hub().operator_api().VouchForQuarantine(Operator(name), word, done);
        }));
      }
      v1::ReadQuarantineRequest request;
      request.set_quarantine_id(item.quarantine_id());
      const auto read = world_.Await<v1::ReadQuarantineResponse>([&](auto done) {
        world_.hub().operator_api().ReadQuarantine(Operator(), request, done);
      });
      EXPECT_OK(read);
      if (read.ok()) shown.push_back(read->SerializeAsString());
    }
    return shown;
  }
};

TEST_F(HubTypedTextTest, TheNoteOfAnOutcomeIsCleanedBeforeAnybodyReadsIt) {
  const v1::Outcome outcome = Noted("o-1", id_);
  EXPECT_EQ(Report(outcome), "RECORDED");
  const auto read = world_.ReadCoreFeed(0);
  ASSERT_OK(read);
  ASSERT_EQ(read->items_size(), 1);
  const v1::RecordedOutcome& recorded = read->items(0).outcome();
  ExpectMarks(recorded.outcome().note(), recorded.note_marks());
  EXPECT_THAT(recorded.marks(), Contains(v1::RecordedOutcome::MARK_CARD_REMOVED));
  ExpectNothingRawIn(world_);
  // How it is cleaned depends on what is known of the person; whether it is a repeat does not.
  ASSERT_OK(world_.Import({Renamed(4, "佐藤", "花子")}));
  EXPECT_EQ(Report(outcome), "REPEATED");
  world_.Restart();
  EXPECT_EQ(Report(outcome), "REPEATED");
  ExpectNothingRawIn(world_);
}

// Of whom somebody else's work is about nothing is to be learnt, and what is refused tells no more.
TEST_F(HubTypedTextTest, WhatIsRefusedTellsNobodyEither) {
  EXPECT_EQ(Report(Noted("o-1", other_id_)), "UNKNOWN_ASSIGNMENT");
  v1::Outcome bad = Noted("o-2", id_);
  bad.clear_start_time();
  EXPECT_EQ(Report(bad), "INVALID");
  const auto shown = QuarantineRead();
  EXPECT_EQ(shown.size(), 2u);
  for (const std::string& one : shown) ExpectNothingRaw(one, "what is read of quarantine");
  ExpectNothingRawIn(world_);
}

TEST_F(HubTypedTextTest, ANoteOfAHandOverIsTakenAndCleaned) {
  world_.ApplyContract({.vendor_id = "fuji", .shown = {"FREE_TEXT"}});
  const auto request = HandOverTo("fuji", id_, v1::HAND_OVER_REASON_HARDSHIP, kTyped);
  EXPECT_OK(HandOver("sakura", request));
  const std::string begun = world_.Live("A-1").assignment_id();
  {
    OpenStream stream(world_, 0, {}, "fuji");
    const std::string note = stream.outlet.row(begun).handed_over().note();
    ExpectNothingRaw(note, "the receiver's row");
    EXPECT_THAT(note, HasSubstr("[OWN NAME 1]"));
  }
  const auto told = Told();
  ASSERT_EQ(told.size(), 1u);
  ExpectMarks(told[0].note(), told[0].note_marks());
  ExpectNothingRawIn(world_);
  ASSERT_OK(world_.Import({Renamed(4, "佐藤", "花子")}));
  EXPECT_OK(HandOver("sakura", request));
  EXPECT_EQ(Told().size(), 1u);
}

TEST_F(HubTypedTextTest, WhatTheCoreTellsBehindAHandOverDoesNotLeaveWithItsNote) {
  world_.ApplyContract({.vendor_id = "fuji", .shown = {"FREE_TEXT"}});
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_, v1::HAND_OVER_REASON_HARDSHIP,
                                          "asks for Brightwater Olsenova")));
  ASSERT_OK(world_.Import({Renamed(4, "Olsenova", "Brightwater")}));
  OpenStream stream(world_, 0, {}, "fuji");
  const std::string note =
      stream.outlet.row(world_.Live("A-1").assignment_id()).handed_over().note();
  EXPECT_THAT(note, ::testing::StartsWith("asks for ["));
  EXPECT_THAT(note, Not(HasSubstr("Olsenova")));
  EXPECT_THAT(note, Not(HasSubstr("Brightwater")));
}

using HubTypedDecisionTest = PlanTest;

TEST_F(HubTypedDecisionTest, TheNoteOnAPlanIsCleaned) {
  EXPECT_EQ(Report(testing::Planned("o-1", id_, testing::kThreeParts, Now(), "trainee")),
            "RECORDED");
  Changes();
  v1::DecidePlanRequest request = Approval("o-1");
  request.set_note(kTyped);
  EXPECT_EQ(Answer(request), "OPEN");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  ExpectMarks(changes[0].decision().note(), changes[0].decision().note_marks());
  ExpectNothingRawIn(world_);
  // A repeat, though it is not cleaned by what is known of the person any more; another note is
  // none.
  EXPECT_EQ(Answer(request), "OPEN again");
  request.set_note("電話しました");
  EXPECT_EQ(Answer(request), "PLAN_NOT_PENDING");
}

}  // namespace
}  // namespace switchboard
