// One party's refused items take a share of the disk, and no more.
#include <set>
#include <string>

#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using Quarantine = v1::ListQuarantineResponse;
using Reported = v1::ReportOutcomesResponse;

class QuarantineShareTest : public ::testing::Test {
 protected:
  static HubOptions Options(const audit::QuarantineQuota& quota) {
    HubOptions options = HubWorld::Options();
    options.quarantine = quota;
    options.retention = retention::Policy([] {
      v1::Config::Retention settings;
      settings.set_quarantine_keep_days(8);
      return settings;
    }());
    return options;
  }
  void Open(const audit::QuarantineQuota& quota) {
    world_ = std::make_unique<HubWorld>(Options(quota));
    world_->SetUpVendors({"sakura", "jade"});
  }

  // A record that is refused, unlike any other.
  v1::AccountRecord Broken(int64_t sequence) {
    auto record = MakeRecord(sequence);
    record.mutable_person()->clear_given_name();
    return record;
  }
  // An outcome of an assignment that is none.
  void ReportNonsense(const std::string& vendor_id, const std::string& id) {
    ASSERT_OK(world_->Report(vendor_id, {MakeOutcome(id, "no-such-assignment")}));
  }
  // An account for whichever vendor it falls to.
  void Place() {
    ASSERT_OK(world_->Import({MakeRecord(1)}));
    const auto live = world_->Live("A-1");
    vendor_id_ = live.vendor_id();
    assignment_id_ = live.assignment_id();
  }
  // Of this version; a second one is refused until the first is there, and recorded then.
  v1::Outcome OfVersion(int32_t version, const std::string& id) const {
    auto outcome = MakeOutcome(id, assignment_id_, adapters::CallCode::kNoAnswer, version);
    outcome.set_note(std::string(1'000, 'x'));
    return outcome;
  }
  Reported::Receipt ReceiptOf(int32_t version, const std::string& id) {
    const auto response = world_->Report(vendor_id_, {OfVersion(version, id)});
    EXPECT_OK(response);
    return response.ok() ? response->receipts(0) : Reported::Receipt();
  }
  Quarantine List() {
    const auto listed = world_->Await<Quarantine>(
        [&](auto done) { world_->hub().operator_api().ListQuarantine(Operator(), {}, done); });
    EXPECT_OK(listed);
    return listed.ok() ? *listed : Quarantine();
  }
  std::string Replayed(const std::string& id) {
    v1::ReplayQuarantineRequest request;
    request.add_quarantine_ids(id);
    const auto response = world_->Await<v1::ReplayQuarantineResponse>([&](auto done) {
      world_->hub().operator_api().ReplayQuarantine(Operator(), request, done);
    });
    EXPECT_OK(response);
    return response.ok() ? response->receipts(0).status() : "";
  }
  int QuarantineEvents() {
    int count = 0;
    for (const auto& event : world_->AuditEvents())
      count += event.kind() == v1::AuditEvent::KIND_QUARANTINED ? 1 : 0;
    return count;
  }
  int TakenAgainEvents() {
    int count = 0;
    for (const auto& event : world_->AuditEvents()) {
      const bool again =
          event.occurrence().what() == v1::AuditEvent::Occurrence::WHAT_QUARANTINE_REPLAYED;
      count += again ? 1 : 0;
    }
    return count;
  }

  std::unique_ptr<HubWorld> world_;
  std::string vendor_id_, assignment_id_;
};

TEST_F(QuarantineShareTest, BeyondItsBytesOnlyTheContentIsNotKept) {
  const auto size = static_cast<int64_t>(Broken(1).ByteSizeLong());
  Open({.rows_max = 100, .bytes_max = 2 * size + 100});
  for (int i = 1; i <= 4; ++i) ASSERT_OK(world_->Import({Broken(i)}));
  ASSERT_OK(world_->Import({Broken(4)}));
  const Quarantine listed = List();
  ASSERT_EQ(listed.items_size(), 4);
  EXPECT_FALSE(listed.items(0).content_not_kept());
  const auto& last = listed.items(3);
  EXPECT_TRUE(last.content_not_kept());
  EXPECT_EQ(last.bytes(), size);
  EXPECT_EQ(last.field(), "person.given_name");
  EXPECT_EQ(last.count(), 2) << "its digest is kept";
  EXPECT_EQ(listed.rest_size(), 0);
  EXPECT_EQ(Replayed(last.quarantine_id()), "CONTENT_NOT_KEPT");
  v1::VouchForQuarantineRequest vouch;
  vouch.set_quarantine_id(last.quarantine_id());
  for (const char* name : {"ito", "sato"}) {
    ASSERT_OK(world_->Await<v1::VouchForQuarantineResponse>([&](auto done) {
      world_->hub().operator_api().VouchForQuarantine(Operator(name), vouch, done);
    }));
  }
  v1::ReadQuarantineRequest read;
  read.set_quarantine_id(last.quarantine_id());
  EXPECT_THAT(world_->Await<v1::ReadQuarantineResponse>([&](auto done) {
    world_->hub().operator_api().ReadQuarantine(Operator(), read, done);
  }),
              FailsWith(absl::StatusCode::kFailedPrecondition, "CONTENT_NOT_KEPT"));
}

// Whoever sent it is told, so that it is not forgotten there too.
TEST_F(QuarantineShareTest, ReceiptsSayWhatIsNotKept) {
  Open({.rows_max = 1});
  const auto outcome = [&](const std::string& id) {
    const auto response = world_->Report("sakura", {MakeOutcome(id, "no-such-assignment")});
    EXPECT_OK(response);
    return response->receipts(0);
  };
  EXPECT_FALSE(outcome("O-1").not_kept());
  const auto beyond = outcome("O-2");
  EXPECT_TRUE(beyond.not_kept());
  EXPECT_EQ(beyond.status(), v1::ReportOutcomesResponse::STATUS_UNKNOWN_ASSIGNMENT);
  EXPECT_FALSE(outcome("O-1").not_kept()) << "it is there";
  ASSERT_OK_AND_ASSIGN(const auto records, world_->Import({Broken(1), Broken(2), MakeRecord(3)}));
  ASSERT_EQ(records.receipts_size(), 2);
  EXPECT_FALSE(records.receipts(0).not_kept());
  EXPECT_TRUE(records.receipts(1).not_kept());
  v1::CoreEvent event;
  event.set_event_id("E-1");
  ASSERT_OK_AND_ASSIGN(const auto refused, world_->Post({event}));
  EXPECT_EQ(refused.receipts(0).status(), v1::PostEventsResponse::STATUS_INVALID);
  EXPECT_TRUE(refused.receipts(0).not_kept()) << "the core has one share of all that it sends";
  ASSERT_OK_AND_ASSIGN(const auto taken, world_->Post({testing::Closure("E-2", "A-1")}));
  EXPECT_FALSE(taken.receipts(0).not_kept());
}

// What is too large for a row of its own comes again with the same answer.
TEST_F(QuarantineShareTest, ReceiptsSayThatTheContentIsNotKept) {
  Open({});
  auto outcome = MakeOutcome("O-1", "no-such-assignment");
  outcome.set_note(std::string(20'000, 'x'));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto response, world_->Report("sakura", {outcome}));
    EXPECT_TRUE(response.receipts(0).not_kept()) << i;
  }
}

// The client sends it until it is kept: that has to come to an end.
TEST_F(QuarantineShareTest, WhatIsSentAgainIsKeptOnceThereIsRoom) {
  Open({.bytes_max = 2'000});
  Place();
  EXPECT_FALSE(ReceiptOf(2, "O-1").not_kept());
  for (int i = 0; i < 2; ++i) {
    const auto receipt = ReceiptOf(2, "O-2");
    EXPECT_EQ(receipt.status(), Reported::STATUS_VERSION_GAP);
    EXPECT_TRUE(receipt.not_kept()) << i;
  }
  EXPECT_EQ(ReceiptOf(1, "O-1").status(), Reported::STATUS_RECORDED);
  ASSERT_EQ(List().items_size(), 2);
  EXPECT_EQ(Replayed(List().items(0).quarantine_id()), "STATUS_RECORDED");

  EXPECT_FALSE(ReceiptOf(2, "O-2").not_kept()) << "there is room now";
  const Quarantine listed = List();
  ASSERT_EQ(listed.items_size(), 1);
  EXPECT_FALSE(listed.items(0).content_not_kept());
  EXPECT_EQ(listed.items(0).count(), 3);
  EXPECT_EQ(QuarantineEvents(), 2) << "each content once";
  const std::string id = listed.items(0).quarantine_id();
  EXPECT_EQ(Replayed(id), "STATUS_VERSION_GAP") << "it is there whole";
  EXPECT_TRUE(ReceiptOf(2, "O-3").not_kept()) << "the share is charged";
  EXPECT_EQ(ReceiptOf(1, "O-2").status(), Reported::STATUS_RECORDED);
  EXPECT_EQ(Replayed(id), "STATUS_RECORDED");
  EXPECT_FALSE(ReceiptOf(2, "O-3").not_kept()) << "and given back";
}

// Nobody takes it from quarantine, since it is not there whole: it would wait there for ever.
TEST_F(QuarantineShareTest, WhatIsRecordedAtLastLeavesNoEmptyItem) {
  Open({.rows_max = 2, .bytes_max = 0});
  Place();
  for (const char* id : {"O-1", "O-2", "O-3"}) EXPECT_TRUE(ReceiptOf(2, id).not_kept()) << id;
  EXPECT_EQ(List().items_size(), 2);
  EXPECT_EQ(ReceiptOf(1, "O-1").status(), Reported::STATUS_RECORDED);
  EXPECT_EQ(List().items_size(), 2) << "the first version is another content";
  EXPECT_EQ(ReceiptOf(2, "O-1").status(), Reported::STATUS_RECORDED);
  EXPECT_EQ(TakenAgainEvents(), 1);
  EXPECT_EQ(List().items_size(), 1);
  EXPECT_TRUE(ReceiptOf(2, "O-3").not_kept());
  EXPECT_EQ(List().items_size(), 2) << "its place in the share was given back";
  ASSERT_EQ(List().rest_size(), 1);
  EXPECT_EQ(List().rest(0).count(), 1);
  ASSERT_OK(world_->Report(vendor_id_, {OfVersion(1, "O-2"), OfVersion(2, "O-2"),
                                        OfVersion(1, "O-3"), OfVersion(2, "O-3")}));
  EXPECT_EQ(List().items_size(), 0);
  EXPECT_EQ(TakenAgainEvents(), 3);
}

TEST_F(QuarantineShareTest, BeyondItsRowsItemsAreCounted) {
  Open({.rows_max = 3});
  for (int i = 0; i < 10; ++i) ReportNonsense("sakura", "O-" + std::to_string(i));
  const Quarantine listed = List();
  EXPECT_EQ(listed.items_size(), 3);
  ASSERT_EQ(listed.rest_size(), 1);
  EXPECT_EQ(listed.rest(0).actor(), "vendor/sakura");
  EXPECT_EQ(listed.rest(0).kind(), "outcome");
  EXPECT_EQ(listed.rest(0).field(), listed.items(0).field());
  EXPECT_EQ(listed.rest(0).count(), 7);
  EXPECT_LT(listed.rest(0).first_time().seconds(), 1LL << 40);
  EXPECT_EQ(QuarantineEvents(), 4) << "three items, and one that says that counting began";
}

TEST_F(QuarantineShareTest, OthersHaveTheirOwn) {
  Open({.rows_max = 2});
  for (int i = 0; i < 5; ++i) ReportNonsense("sakura", "O-" + std::to_string(i));
  ReportNonsense("jade", "O-9");
  ASSERT_OK(world_->Import({Broken(1)}));
  std::multiset<std::string> actors;
  const Quarantine listed = List();
  for (const auto& item : listed.items()) actors.insert(item.actor());
  EXPECT_EQ(actors, (std::multiset<std::string>{"core/main", "vendor/jade", "vendor/sakura",
                                                "vendor/sakura"}));
}

TEST_F(QuarantineShareTest, AnItemThatIsFarTooLargeIsNotKeptWhole) {
  Open({});
  auto outcome = MakeOutcome("O-1", "no-such-assignment");
  outcome.set_note(std::string(900'000, 'x'));
  ASSERT_OK(world_->Report("sakura", {outcome}));
  const Quarantine listed = List();
  ASSERT_EQ(listed.items_size(), 1);
  EXPECT_TRUE(listed.items(0).content_not_kept());
  EXPECT_GT(listed.items(0).bytes(), 900'000);
}

TEST_F(QuarantineShareTest, WhatGoesGivesItsShareBack) {
  Open({.rows_max = 2});
  for (int i = 0; i < 5; ++i) ReportNonsense("sakura", "O-" + std::to_string(i));
  world_->Advance(absl::Hours(24 * 9));
  for (int i = 0; i < 5; ++i) {
    world_->hub().Tick();
    world_->Settle();
    world_->Advance(absl::Minutes(10));
  }
  const Quarantine empty = List();
  EXPECT_EQ(empty.items_size(), 0);
  EXPECT_EQ(empty.rest_size(), 0);
  ReportNonsense("sakura", "O-7");
  ReportNonsense("sakura", "O-8");
  EXPECT_EQ(List().items_size(), 2);
  EXPECT_EQ(List().rest_size(), 0);
}

}  // namespace
}  // namespace switchboard
