// What the guard on the wire does not let leave: rows that a mistake in what masks would show, and
// answers that say a number among their other words.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using ::testing::Not;
using testing::OpenStream;
using testing::Operator;
using ::testing::UnorderedElementsAre;
using testing::VendorPeer;

class HubWireGuardTest : public ::testing::Test {
 protected:
  // While the mistake is there, every product is shown, whatever the contract's list says.
  HubOptions Options() const {
    HubOptions options = HubWorld::Options();
    options.planted_masks = [planted = planted_](v1::Contract& contract) {
      if (!*planted) return;
      for (auto& terms : *contract.mutable_work_types())
        for (auto& disclosure : *terms.mutable_disclose()) disclosure.clear_values();
    };
    return options;
  }

  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    world_.ApplyContract({.name_show = "show: PARTIAL, mask: FAMILY_NAME",
                          .shown = {"PRODUCT, values: [gold-card]"}});
  }

  void Import(const std::vector<std::string>& products) {
    std::vector<v1::AccountRecord> records;
    for (const std::string& product : products) {
      const size_t number = records.size() + 1;
      records.push_back(MakeRecord(
          static_cast<int64_t>(number),
          {.account_id = absl::StrCat("A-", number), .person_id = absl::StrCat("P-", number)}));
      records.back().mutable_account()->set_product(product);
    }
    ASSERT_OK(world_.Import(records));
  }

  std::string IdOf(const std::string& account_id) {
    return world_.Live(account_id).assignment_id();
  }

  // The assignments that disclosures name, all pages together.
  std::vector<std::string> Disclosed() {
    std::vector<std::string> ids;
    const auto listed = world_.Await<v1::ListDisclosuresResponse>([&](auto done) {
      world_.hub().operator_api().ListDisclosures(Operator(), v1::ListDisclosuresRequest(), done);
    });
    EXPECT_OK(listed);
    if (!listed.ok()) return ids;
    for (const auto& one : listed->disclosures())
      ids.insert(ids.end(), one.assignment_ids().begin(), one.assignment_ids().end());
    return ids;
  }

  std::string Retry() {
    v1::ReplayQuarantineRequest request;
    for (const auto& item : world_.Quarantine()) request.add_quarantine_ids(item.quarantine_id());
    const auto response = world_.Await<v1::ReplayQuarantineResponse>([&](auto done) {
      world_.hub().operator_api().ReplayQuarantine(Operator(), request, done);
    });
    EXPECT_OK(response);
    return response.ok() && response->receipts_size() == 1 && response->receipts(0).taken()
               ? response->receipts(0).status()
               : "";
  }

  const std::shared_ptr<bool> planted_ = std::make_shared<bool>(true);
  HubWorld world_{Options()};
};

TEST_F(HubWireGuardTest, ARowThatShowsTooMuchStaysInsideAndTheOthersLeave) {
  Import({"gold-card", "black-card", "gold-card"});
  OpenStream stream(world_);
  EXPECT_TRUE(stream.outlet.caught_up());
  EXPECT_THAT(stream.outlet.rows(), UnorderedElementsAre(IdOf("A-1"), IdOf("A-3")));
  EXPECT_THAT(Disclosed(), UnorderedElementsAre(IdOf("A-1"), IdOf("A-3")));
  const auto items = world_.Quarantine();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].actor(), "hub");
  EXPECT_EQ(items[0].kind(), "shown");
  EXPECT_EQ(items[0].status(), "WITHHELD_SHAPE");
  EXPECT_EQ(items[0].field(), "account.product");
  EXPECT_FALSE(items[0].content_not_kept());
  std::vector<std::string> told;
  for (const v1::AuditEvent& event : world_.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_QUARANTINED) continue;
    told.push_back(absl::StrCat(event.vendor_id(), " ", event.assignment_id()));
    EXPECT_THAT(event.ShortDebugString(), Not(HasSubstr("black-card")));
  }
  EXPECT_THAT(told, ElementsAre(absl::StrCat("sakura ", IdOf("A-2"))));
  EXPECT_THAT(world_.metrics.Text(),
              HasSubstr("switchboard_wire_withheld_total{class=\"DATA_CLASS_PRODUCT\","
                        "vendor_id=\"sakura\"} 1"));
}

TEST_F(HubWireGuardTest, APageOfWhichAllIsWithheldEndsTheLoad) {
  Import({"black-card", "blue-card"});
  OpenStream stream(world_);
  EXPECT_TRUE(stream.outlet.caught_up());
  EXPECT_EQ(stream.outlet.changes(), 0);
  EXPECT_THAT(stream.outlet.finished(), IsEmpty());
  EXPECT_EQ(stream.outlet.Ack().ack().cursor().sequence(), 2);
  EXPECT_THAT(Disclosed(), IsEmpty());
  EXPECT_EQ(world_.Quarantine().size(), 2u);
  // What comes behind them is told as ever.
  ASSERT_OK(world_.Post({testing::Payment("e-1", "A-1")}));
  EXPECT_EQ(stream.outlet.changes(), 1);
}

TEST_F(HubWireGuardTest, ItIsKeptOnceHoweverOftenItIsRead) {
  Import({"black-card"});
  for (int i = 0; i < 3; ++i) OpenStream stream(world_);
  const auto items = world_.Quarantine();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].count(), 3);
  world_.Crash();
  { OpenStream stream(world_); }
  EXPECT_EQ(world_.Quarantine().size(), 1u);
}

TEST_F(HubWireGuardTest, AHubThatFallsBeforeItIsWrittenDownShowsNothingAndReadsItAgain) {
  Import({"gold-card", "black-card"});
  {
    testing::FakeOutlet outlet;
    const auto stream = world_.hub().vendor_api().OpenStream(VendorPeer("sakura"), &outlet);
    stream->OnRequest(testing::OpenRequest());
    for (int i = 0; i < 3; ++i) {
      world_.executor.RunAll();
      if (i == 0) world_.hub().writer().RunGroup();  // opens the feed, and writes nothing else
    }
    EXPECT_TRUE(outlet.rows().empty());
    stream->Detach();
  }
  world_.Crash();
  EXPECT_THAT(world_.Quarantine(), IsEmpty());
  OpenStream stream(world_);
  EXPECT_THAT(stream.outlet.rows(), ElementsAre(IdOf("A-1")));
  EXPECT_EQ(world_.Quarantine().size(), 1u);
}

TEST_F(HubWireGuardTest, OnceTheMistakeIsMendedARetryShowsTheRow) {
  Import({"gold-card", "black-card"});
  v1::Cursor cursor;
  {
    OpenStream stream(world_);
    cursor = stream.outlet.Ack().ack().cursor();
    // Not mended yet: it comes back.
    EXPECT_EQ(Retry(), "SHOWN_ANEW");
    EXPECT_EQ(world_.Quarantine().size(), 1u);
    EXPECT_THAT(stream.outlet.rows(), ElementsAre(IdOf("A-1")));
  }
  *planted_ = false;
  world_.Restart();
  OpenStream stream(world_, 0, cursor);
  EXPECT_EQ(Retry(), "SHOWN_ANEW");
  EXPECT_THAT(world_.Quarantine(), IsEmpty());
  EXPECT_THAT(stream.outlet.rows(), ElementsAre(IdOf("A-2")));
  EXPECT_FALSE(stream.outlet.row(IdOf("A-2")).account().has_product()) << "not on the list";
}

TEST_F(HubWireGuardTest, WorkThatTheVendorHasNoMoreIsNotShownAnew) {
  Import({"black-card"});
  { OpenStream stream(world_); }
  ASSERT_OK(world_.Post({testing::Payment("e-1", "A-1")}));
  EXPECT_EQ(Retry(), "NOT_ASSIGNED");
  EXPECT_THAT(world_.Quarantine(), IsEmpty());
}

TEST_F(HubWireGuardTest, EachHubGuardsWhatItSends) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "SQLite is of one hub";
  Import({"black-card", "gold-card"});
  { OpenStream stream(world_); }
  HubWorld second(world_, "hub-2", /*seed=*/12);
  OpenStream stream(second);
  EXPECT_THAT(stream.outlet.rows(), ElementsAre(IdOf("A-2")));
  const auto items = second.Quarantine();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].count(), 2);
}

// A rule whose source holds a number, which is the person's own.
std::string PackYaml(int version, const std::string& source) {
  return absl::StrCat("pack_id: open\nversion: ", version,
                      "\ntitle: Warns of calls\ncountry: AQ\nhome_zone: UTC\n"
                      "rules:\n  - rule_id: open.calls\n    strength: SHOULD\n    source: \"",
                      source,
                      "\"\n    verification: CONFIRMED\n    asks: [{channels: [PHONE]}]\n"
                      "    forbid: {}\n");
}

TEST_F(HubWireGuardTest, APermitWhoseOtherWordsReachThePersonIsNotGiven) {
  Import({"gold-card"});
  world_.ApplyPack(PackYaml(2, "ask 090-1234-5678"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(world_.Ask("sakura", "r-1", IdOf("A-1")),
                testing::FailsWith(absl::StatusCode::kInternal, "WITHHELD"));
  }
  const auto items = world_.Quarantine();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].status(), "WITHHELD_RAW_VALUE");
  EXPECT_EQ(items[0].field(), "permit.warnings.source");
  EXPECT_EQ(items[0].count(), 2);
  for (const v1::AuditEvent& event : world_.AuditEvents())
    EXPECT_NE(event.kind(), v1::AuditEvent::KIND_PERMIT_GIVEN);
  EXPECT_THAT(world_.metrics.Text(),
              HasSubstr("switchboard_wire_withheld_total{class=\"DATA_CLASS_PHONE\","
                        "vendor_id=\"sakura\"} 2"));
  world_.ApplyPack(PackYaml(3, "the house"));
  const auto given = world_.Ask("sakura", "r-1", IdOf("A-1"));
  ASSERT_OK(given);
  EXPECT_EQ(given->permit().dial(), "+819012345678");
}

}  // namespace
}  // namespace switchboard
