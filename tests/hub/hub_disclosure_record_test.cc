// What was shown of an account or a person, as the privacy office reads it.
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/masking/shown_fields.h"
#include "tests/hub/deletion_fixture.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;
using testing::Payment;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

using Lines = std::vector<v1::DisclosureLine>;

absl::StatusOr<v1::ReadDisclosuresResponse> Ask(HubWorld& world,
                                                const v1::ReadDisclosuresRequest& request) {
  return world.Await<v1::ReadDisclosuresResponse>(
      [&](auto done) { world.hub().privacy_api().ReadDisclosures(Operator(), request, done); });
}

// All pages of it.
Lines ReadAll(HubWorld& world, v1::ReadDisclosuresRequest request, int* pages = nullptr) {
  Lines lines;
  do {
    const auto page = Ask(world, request);
    EXPECT_OK(page);
    if (!page.ok()) return lines;
    EXPECT_LE(page->ByteSizeLong(), size_t{2} << 20 | size_t{32} << 10);
    lines.insert(lines.end(), page->lines().begin(), page->lines().end());
    request.set_after(page->next());
    if (pages != nullptr) ++*pages;
  } while (!request.after().empty());
  return lines;
}

Lines OfAccount(HubWorld& world, const std::string& account_id, const std::string& vendor_id = "") {
  v1::ReadDisclosuresRequest request;
  request.set_account_id(account_id);
  request.set_vendor_id(vendor_id);
  return ReadAll(world, request);
}

Lines OfPerson(HubWorld& world, const std::string& person_id) {
  v1::ReadDisclosuresRequest request;
  request.set_person_id(person_id);
  return ReadAll(world, request);
}

// "FEED vendor/sakura v1 NAME CLEAR, PHONE LAST_FOUR"; of tokens nothing.
std::string TextOf(const v1::DisclosureLine& line) {
  const auto without = [](const std::string& name, size_t prefix) { return name.substr(prefix); };
  std::string text = absl::StrCat(without(v1::DisclosureLine::Kind_Name(line.kind()), 5), " ",
                                  line.shown_to(), " v", line.contract_version());
  const char* between = " ";
  for (const auto& field : line.fields()) {
    if (field.show() == v1::Contract::SHOW_TOKEN) continue;
    const bool partial = field.show() == v1::Contract::SHOW_PARTIAL;
    absl::StrAppend(&text, between, without(v1::ShownField_Name(field.field()), 12), " ",
                    partial ? without(v1::Contract::Mask_Name(field.mask()), 5)
                            : without(v1::Contract::Show_Name(field.show()), 5));
    between = ", ";
  }
  return text;
}

std::vector<std::string> TextsOf(const Lines& lines) {
  std::vector<std::string> texts;
  for (const auto& line : lines) texts.push_back(TextOf(line));
  return texts;
}

class HubDisclosureRecordTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    Import("A-1", "P-1");
  }

  void Import(const std::string& account_id, const std::string& person_id,
              const std::string& family_name = "山田") {
    auto record = MakeRecord(++sequence_, {.account_id = account_id, .person_id = person_id});
    record.mutable_person()->set_family_name(family_name);
    ASSERT_OK(world_.Import({record}));
  }
  absl::Status Run(storage::Writer::Unit unit) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(storage::Urgency::kUrgent, std::move(unit),
                                 [&](const absl::Status& status) { result = status; });
    world_.Settle();
    return result;
  }
  feed::OpenedFeed Open() {
    feed::OpenedFeed opened;
    EXPECT_OK(Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(opened, world_.hub().feed().Open(transaction, "sakura", cursor_));
      return absl::OkStatus();
    }));
    return opened;
  }
  feed::Page Read(const feed::OpenedFeed& opened, int limit = 100) {
    feed::Page page;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(
          page, world_.hub().feed().ReadPage(reader, "sakura", opened.session, opened.cursor, limit,
                                             world_.clock.Now()));
      return absl::OkStatus();
    }));
    return page;
  }
  // What of it must not leave.
  std::vector<std::string> Disclose(const feed::Page& page) {
    std::vector<std::string> ended;
    EXPECT_OK(Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(ended, world_.hub().feed().Disclose(transaction, page));
      return absl::OkStatus();
    }));
    return ended;
  }

  HubWorld world_;
  int64_t sequence_ = 0;
  v1::Cursor cursor_;
};

TEST_F(HubDisclosureRecordTest, EachRowIsToldFieldByFieldWithItsMaskAndItsAcknowledgement) {
  OpenStream sakura(world_);
  const absl::Time shown = world_.clock.Now();
  const std::string id = world_.Live("A-1").assignment_id();
  Lines lines = OfAccount(world_, "A-1");
  ASSERT_THAT(TextsOf(lines), ElementsAre("FEED vendor/sakura v1 NAME CLEAR, PHONE LAST_FOUR"));
  const v1::DisclosureLine& line = lines[0];
  ASSERT_EQ(line.fields_size(), 4) << "tokens of person and account too";
  EXPECT_EQ(line.fields(0).field(), v1::SHOWN_FIELD_PERSON_TOKEN);
  EXPECT_EQ(line.fields(0).field_class(), v1::DATA_CLASS_REFERENCE);
  EXPECT_EQ(line.fields(1).field_class(), v1::DATA_CLASS_NAME);
  EXPECT_EQ(line.fields(2).field_class(), v1::DATA_CLASS_PHONE);
  EXPECT_EQ(line.fields(3).field(), v1::SHOWN_FIELD_ACCOUNT_TOKEN);
  EXPECT_EQ(line.assignment_id(), id);
  EXPECT_EQ(line.work_type(), v1::WORK_TYPE_EARLY_COLLECTIONS);
  EXPECT_EQ(TimeOf(line.time()), shown);
  EXPECT_EQ(line.digest().size(), 16u);
  EXPECT_TRUE(line.as_of_now());
  EXPECT_FALSE(line.has_acknowledge_time());
  EXPECT_FALSE(line.has_delete_by());
  world_.clock.Advance(absl::Seconds(7));
  sakura.stream->OnRequest(sakura.outlet.Ack());
  world_.Settle();
  lines = OfPerson(world_, "P-1");
  ASSERT_THAT(lines, SizeIs(1));
  ASSERT_TRUE(lines[0].has_acknowledge_time());
  EXPECT_EQ(TimeOf(lines[0].acknowledge_time()), shown + absl::Seconds(7));
}

// By places that the row has no more, by versions that show something else, over generations; a
// version that nobody was shown anything by is not told of.
TEST_F(HubDisclosureRecordTest, WhatWasShownBeforeIsToldAsItWasShown) {
  OpenStream first(world_);
  Import("A-1", "P-1", "佐藤");
  EXPECT_EQ(first.outlet.changes(), 2);
  Lines lines = OfAccount(world_, "A-1");
  ASSERT_THAT(TextsOf(lines), ElementsAre("FEED vendor/sakura v1 NAME CLEAR, PHONE LAST_FOUR",
                                          "FEED vendor/sakura v1 NAME CLEAR, PHONE LAST_FOUR"));
  EXPECT_NE(lines[0].digest(), lines[1].digest());
  EXPECT_FALSE(lines[0].as_of_now());
  EXPECT_TRUE(lines[1].as_of_now());
  world_.ApplyContract({.name_show = "show: ABSENT"});
  world_.ApplyContract(
      {.name_show = "show: PARTIAL, mask: FAMILY_NAME", .shown = {"AMOUNT", "ADDRESS"}});
  OpenStream second(world_);
  EXPECT_EQ(second.outlet.changes(), 1);
  Import("A-1", "P-1");
  lines = OfAccount(world_, "A-1");
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(TextOf(lines[0]), "FEED vendor/sakura v1 NAME CLEAR, PHONE LAST_FOUR");
  const std::string third =
      "FEED vendor/sakura v3 NAME FAMILY_NAME, COUNTRY CLEAR, POSTAL_CODE CLEAR, REGION CLEAR, "
      "CITY CLEAR, DISTRICT CLEAR, STREET CLEAR, PHONE LAST_FOUR, AMOUNT_DUE CLEAR, BALANCE CLEAR";
  EXPECT_EQ(TextOf(lines[2]), third);
  EXPECT_EQ(TextOf(lines[3]), third);
  EXPECT_TRUE(lines[0].as_of_now()) << "the name is as it was";
  EXPECT_FALSE(lines[2].as_of_now());
  EXPECT_TRUE(lines[3].as_of_now());
}

TEST_F(HubDisclosureRecordTest, AnAccountTellsOfAllItsOwnersAndAPersonOfTheirs) {
  OpenStream sakura(world_);
  Import("A-1", "P-2");
  Import("A-2", "P-2");
  EXPECT_THAT(OfAccount(world_, "A-1"), SizeIs(2));
  EXPECT_THAT(OfPerson(world_, "P-1"), SizeIs(1));
  EXPECT_THAT(OfPerson(world_, "P-2"), SizeIs(2));
  EXPECT_THAT(OfAccount(world_, "A-1", "sakura"), SizeIs(2));
  EXPECT_THAT(OfAccount(world_, "A-1", "fuji"), IsEmpty());
}

TEST_F(HubDisclosureRecordTest, NumbersOfPermitsAreTold) {
  const std::string id = world_.Live("A-1").assignment_id();
  ASSERT_OK_AND_ASSIGN(const auto given, world_.Ask("sakura", "r-1", id));
  ASSERT_EQ(given.permit().dial(), "+819012345678");
  ASSERT_OK(world_.Ask("sakura", "r-1", id));
  const Lines lines = OfAccount(world_, "A-1");
  ASSERT_THAT(TextsOf(lines), ElementsAre("PERMIT vendor/sakura v1 DIAL CLEAR"))
      << "once, however often it is asked for";
  EXPECT_EQ(lines[0].subject_id(), given.permit().permit_id());
  EXPECT_EQ(lines[0].fields(0).field_class(), v1::DATA_CLASS_PHONE);
  world_.ApplyContract({.dial = "TRUNK"});
  world_.Advance(absl::Minutes(5));  // the permit's time is up
  ASSERT_OK_AND_ASSIGN(const auto through_trunk, world_.Ask("sakura", "r-2", id));
  EXPECT_TRUE(through_trunk.permit().has_trunk_token());
  EXPECT_THAT(OfAccount(world_, "A-1"), SizeIs(1));
}

TEST_F(HubDisclosureRecordTest, WhatIsAskedForIsOneAccountOrPersonThatIsKnown) {
  const auto reason = [&](const std::string& account_id, const std::string& person_id,
                          const std::string& after = "") {
    v1::ReadDisclosuresRequest request;
    request.set_account_id(account_id);
    request.set_person_id(person_id);
    request.set_after(after);
    return ErrorReason(Ask(world_, request).status());
  };
  EXPECT_EQ(reason("", ""), "FIELD_INVALID");
  EXPECT_EQ(reason("A-1", "P-1"), "FIELD_INVALID");
  for (const char* after : {"as-1", "/1", "as-1/", "as-1/x", "as-1/-1", "as-1/1/2"})
    EXPECT_EQ(reason("A-1", "", after), "FIELD_INVALID") << after;
  EXPECT_EQ(reason("A-9", ""), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(reason("", "P-9"), "PERSON_UNKNOWN");
  EXPECT_EQ(reason("A-1", "", "-/7"), "");
}

TEST_F(HubDisclosureRecordTest, ALongRecordComesInPages) {
  constexpr int kPages = 20'000;
  const std::string id = world_.Live("A-1").assignment_id();
  ASSERT_OK(Run([&](storage::Transaction& transaction) {
    for (int i = 0; i < kPages; ++i) {
      std::string digest = absl::StrCat(1'000'000 + i);
      digest.resize(16, 'd');
      const disclosures::ShownRow row{id, (int64_t{1} << 27) - 2, digest};
      disclosures::DisclosureBook::Write(transaction, {"sakura", 1, "g", 0, 5, {row}});
    }
    return absl::OkStatus();
  }));
  v1::ReadDisclosuresRequest request;
  request.set_account_id("A-1");
  int pages = 0;
  const Lines lines = ReadAll(world_, request, &pages);
  EXPECT_GE(pages, 2);
  std::set<std::string> digests;
  for (const auto& line : lines) digests.insert(line.digest());
  EXPECT_EQ(lines.size(), size_t{kPages});
  EXPECT_EQ(digests.size(), size_t{kPages});
}

// A page that was read before work was taken back would leave behind the withdrawal.
TEST_F(HubDisclosureRecordTest, NothingLeavesThatEndedSinceThePageWasRead) {
  Import("A-2", "P-2");
  const std::string paid = world_.Live("A-1").assignment_id();
  const auto opened = Open();
  feed::Page page = Read(opened);
  ASSERT_THAT(page.rows, SizeIs(2));
  ASSERT_OK(world_.Post({Payment("e-1", "A-1")}));
  EXPECT_THAT(Disclose(page), ElementsAre(paid));
  EXPECT_THAT(OfAccount(world_, "A-1"), IsEmpty());
  EXPECT_THAT(OfAccount(world_, "A-2"), SizeIs(1));
  page.shown.LeaveOut({paid});
  EXPECT_TRUE(page.shown.skips());
  EXPECT_EQ(page.shown.changes(), 1);
}

// The same within one commit, where the withdrawal has no place in the feed yet.
TEST_F(HubDisclosureRecordTest, NothingLeavesThatEndsInTheSameCommit) {
  const std::string id = world_.Live("A-1").assignment_id();
  const auto opened = Open();
  const feed::Page page = Read(opened);
  ASSERT_THAT(page.rows, SizeIs(1));
  std::vector<std::string> ended;
  int answered = 0;
  const auto submit = [&](storage::Writer::Unit unit) {
    world_.hub().writer().Submit(storage::Urgency::kUrgent, "vendor/sakura", std::move(unit),
                                 [&](const absl::Status& status) {
                                   EXPECT_OK(status);
                                   ++answered;
                                 });
  };
  submit([&](storage::Transaction& transaction) -> absl::Status {
    assignments::VendorCounter::Of(transaction, "sakura").touches.push_back(id);
    return transaction
        .Execute(
            "UPDATE assignment SET ended = 1, withdraw_reason = 1, withdraw_time = $1 WHERE "
            "assignment_id = $2",
            {transaction.now_us(), id})
        .status();
  });
  submit([&](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(ended, world_.hub().feed().Disclose(transaction, page));
    return absl::OkStatus();
  });
  world_.Settle();
  EXPECT_EQ(answered, 2);
  EXPECT_THAT(ended, ElementsAre(id));
  EXPECT_THAT(OfAccount(world_, "A-1"), IsEmpty());
}

// Every row that a vendor's tap holds has exactly one line, with the fields that stand in its
// bytes.
TEST_F(HubDisclosureRecordTest, EachRowThatLeftHasItsLine) {
  std::mt19937 random(29);
  const auto below = [&](uint32_t end) { return static_cast<int>(random() % end); };
  const char* kNames[] = {"show: CLEAR", "show: ABSENT", "show: PARTIAL, mask: INITIALS"};
  std::map<std::string, std::vector<std::string>> tapped;  // by account
  std::map<std::string, std::string> account_of;
  constexpr int kAccounts = 6;
  for (int step = 0; step < 60; ++step) {
    const std::string number = std::to_string(1 + below(kAccounts));
    switch (below(6)) {
      case 0:
        world_.ApplyContract({.name_show = kNames[below(3)]});
        break;
      case 1:
        ASSERT_OK(world_.Post({Payment(absl::StrCat("e-", step), "A-" + number)}));
        break;
      default:
        Import("A-" + number, "P-" + number, below(2) == 0 ? "山田" : "佐藤");
    }
    for (const auto& placement : world_.Placements())
      account_of[placement.assignment_id()] = placement.account_id();
    auto opened = Open();
    const feed::Page page = Read(opened, 1 + below(4));
    EXPECT_THAT(Disclose(page), IsEmpty());
    std::map<std::string, std::string> digests;
    for (const auto& row : page.rows) digests[row.assignment_id] = row.digest;
    page.shown.ForEachRow([&](const std::string& id, std::string_view row) {
      tapped[account_of[id]].push_back(absl::StrCat(digests[id], " ", masking::ShownFieldsIn(row)));
    });
    if (below(3) == 0) continue;  // it is read again
    ASSERT_OK(Run([&](storage::Transaction& transaction) {
      cursor_ = page.shown.through();
      return world_.hub().feed().Acknowledge(transaction, "sakura", opened.session, cursor_, {});
    }));
  }
  for (int i = 1; i <= kAccounts; ++i) {
    const std::string account_id = absl::StrCat("A-", i);
    if (world_.Placements(account_id).empty()) continue;
    std::vector<std::string> told;
    for (const auto& line : OfAccount(world_, account_id)) {
      int64_t fields = 0;
      for (const auto& field : line.fields()) fields |= int64_t{1} << field.field();
      told.push_back(absl::StrCat(line.digest(), " ", fields));
    }
    EXPECT_THAT(told, UnorderedElementsAreArray(tapped[account_id])) << account_id;
  }
}

class HubDisclosureDeletionTest : public testing::DeletionsTest {};

TEST_F(HubDisclosureDeletionTest, ALineSaysUntilWhenItWasToBeDeletedAndWhenItWas) {
  const std::string id = Place("A-1", "P-1");
  { const OpenStream sakura(world_); }
  Recall(id);
  const auto order = Only();
  Lines lines = OfAccount(world_, "A-1");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(TimeOf(lines[0].delete_by()), TimeOf(order.deletion_order().due_time()));
  EXPECT_FALSE(lines[0].has_delete_time());
  world_.clock.Advance(absl::Minutes(1));
  ASSERT_OK(Confirm(WordOn(order)));
  lines = OfAccount(world_, "A-1");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(TimeOf(lines[0].delete_time()), world_.clock.Now());
}

TEST_F(HubDisclosureDeletionTest, WhatAVendorPassesOnIsToldByTheSubContractor) {
  const std::string id = Place("A-1", "P-1");
  ASSERT_OK(PassOn("kita", {id}));
  const Lines lines = OfAccount(world_, "A-1");
  ASSERT_THAT(TextsOf(lines), ElementsAre("PASSED_ON vendor/sakura v0"));
  EXPECT_EQ(lines[0].subject_id(), "kita");
  EXPECT_EQ(TimeOf(lines[0].time()), world_.clock.Now());
}

class HubDisclosedPlansTest : public testing::PlanTest {};

TEST_F(HubDisclosedPlansTest, APlanThatAnOperatorIsShownIsTold) {
  Report(testing::Planned("o-1", id_, testing::kThreeParts, Now(), "trainee"));
  ASSERT_OK_AND_ASSIGN(const auto list, List({}));
  ASSERT_EQ(list.plans_size(), 1);
  const Lines lines = OfAccount(world_, "A-1");
  ASSERT_THAT(TextsOf(lines),
              ElementsAre("PLAN operator/ito v0 PROMISED_AMOUNT CLEAR, PROMISED_DAY CLEAR"));
  EXPECT_EQ(lines[0].subject_id(), "o-1");
  EXPECT_EQ(lines[0].assignment_id(), id_);
  EXPECT_FALSE(lines[0].has_delete_by());
}

}  // namespace
}  // namespace switchboard
