#include "hub/reports/gauges.h"

#include <string>
#include <vector>

#include "hub/retention/pause.h"
#include "switchboard/v1/deletion.pb.h"
#include "switchboard/v1/unmasking.pb.h"
#include "tests/database_fixture.h"

namespace switchboard::reports {
namespace {

using storage::Value;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::TestDatabase;

class GaugesTest : public ::testing::Test {
 protected:
  void Execute(const char* sql, std::vector<Value> parameters = {}) {
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return transaction.Execute(sql, parameters).status();
    }));
  }

  void AddVendor(const std::string& vendor_id, int64_t live, int64_t acknowledged) {
    Execute(
        "INSERT INTO vendor (vendor_id, contract_version, generation, generation_floor, "
        "acknowledged_sequence, session, held_to, loosened_from, loosened_through) VALUES ($1, "
        "1, 'g', 0, $2, 0, '', 0, 0)",
        {vendor_id, acknowledged});
    // As two lanes counted it.
    Execute(
        "INSERT INTO vendor_tally (vendor_id, segment, lane, placed, withdrawn, permits_given, "
        "permits_refused, outcomes) VALUES ($1, 's', 'hub-1', $2, 0, 0, 0, 0), ($1, 's', "
        "'hub-1.2', 4, 4, 0, 0, 0)",
        {vendor_id, live});
  }
  void AddContract(const std::string& vendor_id, int64_t version, const Value& to_day,
                   const Value& from_day = nullptr) {
    Execute(
        "INSERT INTO contract (vendor_id, version, digest, yaml, proposed_by, released_by, "
        "proposal_id, release_time, from_day, to_day, ended_by) VALUES ($1, $2, $3, 'y', 'hub', "
        "'hub', '', $4, $5, $6, '')",
        {vendor_id, version, Value::Blob("d"), absl::ToUnixMicros(now_), from_day, to_day});
  }
  void AddRow(const std::string& vendor_id, int64_t change_sequence) {
    const std::string id = "A-" + std::to_string(change_sequence);
    Execute(
        "INSERT INTO assignment (assignment_id, vendor_id, vendor_group, change_sequence, "
        "person_id, account_id, work_type, placement, ended, segment, country, why, place_time, "
        "withdraw_reason, recall_reason, recall_objected, recall_place_again, rejected, "
        "former_assignment_id, deletion_order_id) VALUES ($1, $2, 'g', $3, $4, $5, 1, 1, 0, 's', "
        "'JP', $6, 0, 0, 0, 0, 0, 0, '', '')",
        {id, vendor_id, change_sequence, "P-" + id, id, Value::Blob("w")});
  }
  void AddEnded(const std::string& vendor_id, int64_t change_sequence) {
    AddRow(vendor_id, change_sequence);
    Execute("UPDATE assignment SET ended = 1 WHERE vendor_id = $1 AND change_sequence = $2",
            {vendor_id, change_sequence});
  }
  void AddOrder(const std::string& order_id, const std::string& vendor_id, absl::Time due,
                int state) {
    Execute(
        "INSERT INTO deletion_order (order_id, vendor_id, cause, open_time, due_time, count, "
        "digest, state, refused, statement, signature, chain, closed_by, reason) VALUES ($1, $2, "
        "3, 0, $3, 1, $4, $5, 0, $4, $4, $4, '', '')",
        {order_id, vendor_id, absl::ToUnixMicros(due), Value::Blob("d"), state});
  }
  // Items 1 to `newest`, each recorded an hour after the one before.
  void AddItems(int64_t newest) {
    Execute("INSERT INTO counter (name, value) VALUES ('core_item', $1)", {newest});
    for (int64_t sequence = 1; sequence <= newest; ++sequence) {
      Execute(
          "INSERT INTO core_item (sequence, kind, place, record_time, facts, box, hidden, "
          "of_assignment) VALUES ($1, 3, 'p', $2, $3, $3, $3, '')",
          {sequence, sequence * 3'600'000'000, Value::Blob("b")});
    }
  }
  void AddReader(const std::string& core, const std::string& reader, int64_t confirmed) {
    Execute(
        "INSERT INTO core_cursor (actor, reader, confirmed, confirm_time) VALUES ($1, $2, $3, 0)",
        {core, reader, confirmed});
  }

  std::string Look() {
    EXPECT_OK(test_.readers->Run(
        [&](storage::Connection& reader) { return LookAtGauges(reader, now_, metrics_); }));
    return metrics_.Text();
  }
  std::vector<WaitedFor> Readers() {
    std::vector<WaitedFor> readers;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(readers, ReadersWaitedFor(reader));
      return absl::OkStatus();
    }));
    return readers;
  }

  TestDatabase test_;
  telemetry::Metrics metrics_;
  const absl::Time now_ = absl::UnixEpoch() + absl::Hours(24 * 20'100 + 15);
};

TEST_F(GaugesTest, AnEmptyDatabaseSaysSo) {
  const std::string text = Look();
  for (const char* line : {
           "switchboard_audit_unsigned_seconds 0\n",
           "switchboard_core_feed_newest 0\n",
           "switchboard_quarantine_items{kind=\"account\"} 0\n",
           "switchboard_quarantine_items{kind=\"outcome\"} 0\n",
           "switchboard_quarantined_total{kind=\"event\"} 0\n",
           "switchboard_retention_paused 0\n",
           "switchboard_accounts_imported_total{status=\"accepted\"} 0\n",
           "switchboard_rows_erased_total{kind=\"person\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(GaugesTest, ARestoredDatabaseErasesNothingUntilItIsResumed) {
  EXPECT_OK(test_.Run(&retention::Pause));
  EXPECT_THAT(Look(), HasSubstr("switchboard_retention_paused 1\n"));
  EXPECT_OK(test_.Run([](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool was_paused, retention::Resume(transaction));
    EXPECT_TRUE(was_paused);
    ASSIGN_OR_RETURN(const bool is_paused, retention::Resume(transaction));
    EXPECT_FALSE(is_paused);
    return absl::OkStatus();
  }));
  EXPECT_THAT(Look(), HasSubstr("switchboard_retention_paused 0\n"));
  EXPECT_OK(test_.Run(&retention::Pause));  // restored once more
  EXPECT_THAT(Look(), HasSubstr("switchboard_retention_paused 1\n"));
}

TEST_F(GaugesTest, OrdersToDeleteThatNobodyConfirmed) {
  AddVendor("sakura", 0, 0);
  AddVendor("jade", 0, 0);
  AddOrder("o-1", "sakura", now_, v1::DeletionOrder::STATE_OPEN);
  AddOrder("o-2", "sakura", now_ + absl::Microseconds(1), v1::DeletionOrder::STATE_OPEN);
  AddOrder("o-3", "jade", now_ - absl::Hours(1), v1::DeletionOrder::STATE_CONFIRMED_LATE);
  const std::string text = Look();
  for (const char* line : {
           "switchboard_deletion_orders_open{vendor_id=\"sakura\"} 2\n",
           "switchboard_deletion_orders_overdue{vendor_id=\"sakura\"} 1\n",
           "switchboard_deletion_orders_open{vendor_id=\"jade\"} 0\n",
           "switchboard_deletion_orders_overdue{vendor_id=\"jade\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(GaugesTest, UnmaskingsThatWaitForAWord) {
  AddVendor("sakura", 0, 0);
  AddVendor("jade", 0, 0);
  const auto add = [&](const char* id, const char* vendor_id, int state) {
    Execute(
        "INSERT INTO unmasking (unmasking_id, vendor_id, assignment_id, request_id, person_id, "
        "account_id, classes, reason, contract_version, state, ask_time, decided_by, box) VALUES "
        "($1, $2, 'a', $1, 'p', 'c', 4, 1, 1, $3, $4, '', $5)",
        {id, vendor_id, state, absl::ToUnixMicros(now_), Value::Blob("b")});
  };
  add("u-1", "sakura", v1::RequestUnmaskingResponse::STATE_WAITING);
  add("u-2", "sakura", v1::RequestUnmaskingResponse::STATE_WAITING);
  add("u-3", "jade", v1::RequestUnmaskingResponse::STATE_REFUSED);
  const std::string text = Look();
  EXPECT_THAT(text, HasSubstr("switchboard_unmaskings_waiting{vendor_id=\"sakura\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("switchboard_unmaskings_waiting{vendor_id=\"jade\"} 0\n"));
}

// What a hub knows right after a restart, before anything has happened.
TEST_F(GaugesTest, VendorsHaveTheirGaugesAndTheirCounters) {
  AddVendor("sakura", 3, 2);
  AddVendor("jade", 0, 9);
  for (int64_t sequence : {1, 2, 3, 4, 9}) AddRow("sakura", sequence);
  AddContract("sakura", 1, 100);
  AddContract("sakura", 2, nullptr);
  AddContract("jade", 1, 20'000);
  const std::string text = Look();
  for (const char* line : {
           "switchboard_live_assignments{vendor_id=\"sakura\"} 3\n",
           "switchboard_live_assignments{vendor_id=\"jade\"} 0\n",
           "switchboard_feed_backlog{vendor_id=\"sakura\"} 3\n",
           "switchboard_feed_backlog{vendor_id=\"jade\"} 0\n",
           "switchboard_contract_expiry_seconds{vendor_id=\"sakura\"} +Inf\n",
           "switchboard_contract_expiry_seconds{vendor_id=\"jade\"} 1728000000\n",
           "switchboard_permits_given_total{vendor_id=\"sakura\"} 0\n",
           "switchboard_streams_open{vendor_id=\"jade\"} 0\n",
           "switchboard_feed_pages_sent_total{vendor_id=\"jade\"} 0\n",
           "switchboard_permits_refused_total{reason=\"REASON_STOPPED\",vendor_id=\"jade\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// The newest version's last day was told, whatever was in force before it.
TEST_F(GaugesTest, ContractsExpireOnTheFirstDayThatHasNone) {
  AddContract("ended", 1, 20'000);
  AddContract("gap", 1, 20'200);
  AddContract("gap", 2, nullptr, 20'300);
  AddContract("in-time", 1, 20'200);
  AddContract("in-time", 2, nullptr, 20'200);
  AddContract("not-begun", 1, nullptr, 20'200);
  const std::string text = Look();
  for (const char* line : {
           "switchboard_contract_expiry_seconds{vendor_id=\"ended\"} 1728000000\n",
           "switchboard_contract_expiry_seconds{vendor_id=\"gap\"} 1745280000\n",
           "switchboard_contract_expiry_seconds{vendor_id=\"in-time\"} +Inf\n",
           "switchboard_contract_expiry_seconds{vendor_id=\"not-begun\"} 1736640000\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// B5: a core that confirmed once held up every later erasure, and nothing said so.
TEST_F(GaugesTest, WhoHoldsUpErasureIsNamed) {
  AddItems(5);
  AddReader("core/main", "", 5);
  AddReader("core/migration-test", "nightly", 1);
  AddReader("core/other", "", 3);
  const std::string text = Look();
  for (const char* line : {
           "switchboard_core_feed_newest 5\n",
           "backlog{core=\"core/main\",reader=\"[unnamed]\"} 0\n",
           "backlog{core=\"core/migration-test\",reader=\"nightly\"} 4\n",
           "backlog{core=\"core/other\",reader=\"[unnamed]\"} 2\n",
           "erasure_waits_for{core=\"core/migration-test\",reader=\"nightly\"} 4\n",
           "erasure_waits_for{core=\"core/other\",reader=\"[unnamed]\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  const auto readers = Readers();
  ASSERT_EQ(readers.size(), 3u);
  EXPECT_FALSE(readers[0].holds_up_erasure);
  EXPECT_TRUE(readers[1].holds_up_erasure);
  EXPECT_EQ(readers[1].waiting_since_us, 2 * 3'600'000'000);
  // Retired, it is waited for no more.
  Execute("DELETE FROM core_cursor WHERE actor = 'core/migration-test'");
  EXPECT_THAT(Look(),
              HasSubstr("erasure_waits_for{core=\"core/migration-test\",reader=\"nightly\"} 0\n"));
  EXPECT_TRUE(Readers()[1].holds_up_erasure);
}

// Without a reader erasure stopped for ever, and nothing said so.
TEST_F(GaugesTest, ThatThereIsNoReaderIsNamed) {
  constexpr char kWaits[] = "erasure_waits_for{core=\"[nobody]\",reader=\"[nobody]\"} ";
  EXPECT_THAT(Readers(), IsEmpty());
  EXPECT_THAT(Look(), Not(HasSubstr("[nobody]"))) << "nothing waits";
  AddItems(5);
  Execute("DELETE FROM core_item WHERE sequence < 3");  // read and erased while there was one
  EXPECT_THAT(Look(), HasSubstr(std::string(kWaits) + "3\n"));
  EXPECT_THAT(Look(), Not(HasSubstr("core_feed_confirmed{")));
  ASSERT_EQ(Readers().size(), 1u);
  EXPECT_TRUE(Readers()[0].is_nobody());
  EXPECT_TRUE(Readers()[0].holds_up_erasure);
  EXPECT_EQ(Readers()[0].waiting_since_us, 3 * 3'600'000'000);
  AddReader("core/main", "", 4);
  EXPECT_THAT(Look(), HasSubstr(std::string(kWaits) + "0\n"));
  ASSERT_EQ(Readers().size(), 1u);
  EXPECT_FALSE(Readers()[0].is_nobody());
}

// A vendor that never acknowledges holds up erasure as well.
TEST_F(GaugesTest, WithdrawalsThatAVendorHasNotAcknowledgedAreCounted) {
  AddVendor("sakura", 1, 2);
  AddVendor("jade", 0, 9);
  AddVendor("anew", 0, 0);
  Execute("UPDATE vendor SET generation_floor = 14 WHERE vendor_id = 'anew'");
  for (int64_t sequence : {2, 3, 4}) AddEnded("sakura", sequence);
  AddRow("sakura", 5);
  AddEnded("jade", 9);
  for (int64_t sequence : {14, 15}) AddEnded("anew", sequence);
  const std::string text = Look();
  for (const char* line : {
           "switchboard_feed_ended_unacknowledged{vendor_id=\"sakura\"} 2\n",
           "switchboard_feed_ended_unacknowledged{vendor_id=\"jade\"} 0\n",
           "switchboard_feed_ended_unacknowledged{vendor_id=\"anew\"} 2\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(GaugesTest, NobodyIsWaitedForWhereNothingIsLeft) {
  Execute("INSERT INTO counter (name, value) VALUES ('core_item', 100)");  // left out by a restore
  AddReader("core/main", "", 5);
  EXPECT_FALSE(Readers()[0].holds_up_erasure);
  EXPECT_THAT(Look(), HasSubstr("erasure_waits_for{core=\"core/main\",reader=\"[unnamed]\"} 0\n"));
}

TEST_F(GaugesTest, AnEntryThatNobodySignsIsSeen) {
  for (const int64_t sequence : {1, 2}) {
    Execute(
        "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, events_root, "
        "hash, events, written, seal) VALUES ('hub-1', $1, 1, $2, $3, $3, $3, $3, $3)",
        {sequence, absl::ToUnixMicros(now_ - absl::Seconds(100) + absl::Seconds(10) * sequence),
         Value::Blob("h")});
  }
  EXPECT_THAT(Look(), HasSubstr("switchboard_audit_unsigned_seconds 90\n"));
  Execute(
      "INSERT INTO audit_range (first_position, chain_id, first_sequence, count) VALUES (0, "
      "'hub-1', 1, 1)");
  EXPECT_THAT(Look(), HasSubstr("switchboard_audit_unsigned_seconds 80\n"));
  Execute("UPDATE audit_range SET count = 2");
  EXPECT_THAT(Look(), HasSubstr("switchboard_audit_unsigned_seconds 0\n"));
}

TEST_F(GaugesTest, QuarantineAndChainsAreCounted) {
  for (int64_t i = 0; i < 3; ++i) {
    const std::string id = "Q-" + std::to_string(i);
    Execute(
        "INSERT INTO quarantine (quarantine_id, actor, kind, source, as_of, status, field, "
        "quarantine_time, count, size, taken, card_removed, digest, box) VALUES ($1, 'core/main', "
        "'account', 's', 0, 'S', 'f', 0, 1, 1, 1, 0, $2, $2)",
        {id, Value::Blob(id)});
    Execute(
        "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, events_root, "
        "hash, events, written, seal) VALUES ('hub-2.3', $1, 1, 0, $2, $2, $2, $2, $2)",
        {i + 1, Value::Blob(id)});
  }
  const std::string text = Look();
  EXPECT_THAT(text, HasSubstr("switchboard_quarantine_items{kind=\"account\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("switchboard_audit_head_sequence{chain_id=\"hub-2.3\"} 3\n"));
}

}  // namespace
}  // namespace switchboard::reports
