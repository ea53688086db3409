// The heads of the audit chains, as somebody outside notes them, against a log whose tail is gone.
#include <string>
#include <vector>

#include "hub/audit/chain.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;

class AuditHeadsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    for (int i = 1; i <= 3; ++i) {
      const std::string number = std::to_string(i);
      ASSERT_OK(world_.Import(
          {MakeRecord(i, {.account_id = "A-" + number, .person_id = "P-" + number})}));
    }
  }

  std::vector<v1::AuditHead> Heads() {
    const auto response = world_.Await<v1::ListAuditHeadsResponse>(
        [&](auto done) { world_.hub().operator_api().ListAuditHeads(Operator(), {}, done); });
    EXPECT_OK(response);
    if (!response.ok()) return {};
    return {response->heads().begin(), response->heads().end()};
  }
  // Entry `sequence` of the chain as the log holds it; nothing when it is not there.
  std::vector<v1::AuditEntry> EntryAt(const std::string& chain_id, int64_t sequence) {
    v1::ReadAuditRequest request;
    request.set_chain_id(chain_id);
    request.set_after(sequence - 1);
    request.set_max_entries(1);
    const auto response = world_.Await<v1::ReadAuditResponse>(
        [&](auto done) { world_.hub().operator_api().ReadAudit(Operator(), request, done); });
    EXPECT_OK(response);
    if (!response.ok()) return {};
    return {response->entries().begin(), response->entries().end()};
  }
  // What whoever holds a head finds.
  bool StillThere(const v1::AuditHead& head) {
    const auto found = EntryAt(head.chain_id(), head.sequence());
    return found.size() == 1 && found[0].sequence() == head.sequence() &&
           found[0].hash() == head.hash() && audit::EntryHash(found[0]) == head.hash();
  }
  void Run(const char* sql) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [sql](storage::Transaction& transaction) { return transaction.Execute(sql, {}).status(); },
        [&](const absl::Status& status) { result = status; });
    world_.Settle();
    EXPECT_OK(result);
  }

  HubWorld world_;
};

TEST_F(AuditHeadsTest, AreTheNewestEntriesOfEveryChain) {
  const auto heads = Heads();
  ASSERT_FALSE(heads.empty());
  for (const v1::AuditHead& head : heads) {
    EXPECT_TRUE(StillThere(head)) << head.chain_id();
    EXPECT_TRUE(EntryAt(head.chain_id(), head.sequence() + 1).empty());
    EXPECT_EQ(head.commit_time_us(), EntryAt(head.chain_id(), head.sequence())[0].commit_time_us());
  }
}

TEST_F(AuditHeadsTest, StayPartOfALogThatGoesOn) {
  const auto noted = Heads();
  ASSERT_OK(world_.Post({testing::Payment("e-1", "A-1")}));
  world_.Restart();
  ASSERT_OK(world_.Post({testing::Payment("e-2", "A-2")}));
  for (const v1::AuditHead& head : noted) EXPECT_TRUE(StillThere(head)) << head.chain_id();
  int64_t before = 0, after = 0;
  for (const v1::AuditHead& head : Heads()) after += head.sequence();
  for (const v1::AuditHead& head : noted) before += head.sequence();
  EXPECT_GT(after, before);
}

// What is left verifies in itself; only the noted head tells that more was there.
TEST_F(AuditHeadsTest, TailThatWasDeletedIsSeen) {
  const auto noted = Heads();
  const size_t events = world_.AuditEvents().size();
  Run("DELETE FROM audit_entry WHERE sequence > (SELECT MAX(sequence) - 2 FROM audit_entry WHERE "
      "LENGTH(events) > 0)");
  EXPECT_LT(world_.AuditEvents().size(), events);  // verifies what is there
  bool all = true;
  for (const v1::AuditHead& head : noted) all = all && StillThere(head);
  EXPECT_FALSE(all);
  // Nor does a log that goes on over the gap become the noted one.
  for (int i = 4; i <= 9; ++i) {
    const std::string number = std::to_string(i);
    ASSERT_OK(
        world_.Import({MakeRecord(i, {.account_id = "A-" + number, .person_id = "P-" + number})}));
  }
  all = true;
  for (const v1::AuditHead& head : noted) all = all && StillThere(head);
  EXPECT_FALSE(all);
}

}  // namespace
}  // namespace switchboard
