#include "hub/watch.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/heads.h"
#include "hub/audit/kept_checkpoints.h"
#include "hub/identity/development_certificates.h"
#include "hub/storage/writer.h"
#include "hub/upkeep/checkpoint_folder.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;

constexpr absl::Duration kDay = absl::Hours(24);

class WatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    identity::DevelopmentOptions certificates;
    certificates.directory = folder_ / "tls";
    certificates.trust_domain = "issuer.example";
    certificates.peers.push_back({{identity::Peer::Role::kHub, "one"}, {}});
    ASSERT_OK(identity::MakeDevelopmentCertificates(certificates, clock_));
    identity::TlsDirectoryOptions tls;
    tls.directory = folder_ / "tls/hub-one";
    ASSERT_OK_AND_ASSIGN(tls_, identity::TlsDirectory::Open(tls, clock_));
    HubOptions options;
    options.storage = testing::NewStorage(folder_.path().string());
    options.wrapping.key_file = folder_ / "hub.key";
    options.checkpoint_places = {{"vault", folder_ / "vault"}};
    ASSERT_OK_AND_ASSIGN(hub_, Hub::Open(options, clock_, ids_, executor_, metrics_));
    config_.mutable_retention()->set_quarantine_keep_days(1);
    watch_.emplace(Watch::Parts{config_, *hub_, *tls_, executor_, clock_, clock_, metrics_, *log_,
                                [](bool) {}});
  }

  // Runs the unit in one commit, which is written into the audit log.
  void Commit(const storage::Writer::Unit& unit) {
    absl::Status result = absl::InternalError("not run");
    hub_->writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) -> absl::Status {
          audit::Record(transaction, audit::Event(v1::AuditEvent::KIND_EVENT, "hub"));
          return unit(transaction);
        },
        [&](const absl::Status& status) { result = status; });
    while (hub_->writer().RunGroup()) {
    }
    ASSERT_OK(result);
  }
  // An outcome that waits to be read.
  void AddItem() {
    Commit([](storage::Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(
          transaction.Execute("INSERT INTO counter (name, value) VALUES ('core_item', 1)", {})
              .status());
      return transaction
          .Execute(
              "INSERT INTO core_item (sequence, kind, place, record_time, facts, box, hidden, "
              "of_assignment) VALUES (1, 3, 'p', $1, $2, $2, $2, '')",
              {transaction.now_us(), storage::Value::Blob("b")})
          .status();
    });
  }
  // An outcome of whose content that much is kept.
  void AddUnmapped(const std::string& id, int64_t taken) {
    Commit([&](storage::Transaction& transaction) -> absl::Status {
      return transaction
          .Execute(
              "INSERT INTO quarantine (quarantine_id, actor, kind, source, as_of, status, field, "
              "quarantine_time, count, size, taken, card_removed, digest, box) VALUES ($1, "
              "'vendor/sakura', 'outcome', '', 0, 'STATUS_UNMAPPED', 'vendor_code', $2, 1, 1, $3, "
              "0, $4, $4)",
              {id, transaction.now_us(), taken, storage::Value::Blob(id)})
          .status();
    });
  }
  audit::KeptCheckpoint NewestCheckpoint() {
    audit::KeptCheckpoint found;
    EXPECT_OK(hub_->readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto newest, audit::NewestCheckpoint(reader));
      if (newest.has_value()) found = *newest;
      return absl::OkStatus();
    }));
    return found;
  }
  void SetReader(const char* reader) {
    Commit([reader](storage::Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(transaction.Execute("DELETE FROM core_cursor", {}).status());
      if (reader == nullptr) return absl::OkStatus();
      return transaction
          .Execute(
              "INSERT INTO core_cursor (actor, reader, confirmed, confirm_time) VALUES "
              "('core/main', $1, 0, 0)",
              {reader})
          .status();
    });
  }

  // The lines of an event that a look writes.
  std::vector<std::string> Look(const std::string& event) {
    lines_.clear();
    watch_->LookAtOnce();
    std::vector<std::string> found;
    for (const std::string& line : lines_) {
      if (line.find("\"event\":\"" + event + "\"") != std::string::npos) found.push_back(line);
    }
    return found;
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  IdMint ids_{clock_, 7};
  ManualExecutor executor_;
  telemetry::Metrics metrics_;
  std::vector<std::string> lines_;
  const std::unique_ptr<telemetry::Log> log_ = telemetry::Log::ToSink(
      clock_, [this](std::string_view line) { lines_.emplace_back(line); }, {});
  std::unique_ptr<identity::TlsDirectory> tls_;
  std::unique_ptr<Hub> hub_;
  v1::Config config_;
  std::optional<Watch> watch_;
};

// The log's lines are the only heads that are kept without anybody's doing: what they say can be
// expected of the log later, as it stands there.
TEST_F(WatchTest, HeadsInTheLogCanBeExpected) {
  for (int i = 0; i < 3; ++i) Commit([](storage::Transaction&) { return absl::OkStatus(); });
  const auto lines = Look("audit_heads");
  ASSERT_FALSE(lines.empty());
  std::string log = "something else on standard error\n";
  for (const std::string& line : lines) log += line + "\n";
  ASSERT_OK_AND_ASSIGN(const auto noted, audit::ReadHeads(log));
  std::vector<v1::AuditHead> heads;
  ASSERT_OK(hub_->readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(heads, audit::Heads(reader));
    return absl::OkStatus();
  }));
  ASSERT_EQ(noted.size(), heads.size());
  for (size_t i = 0; i < heads.size(); ++i)
    EXPECT_EQ(noted[i].SerializeAsString(), heads[i].SerializeAsString());
  EXPECT_THAT(Look("audit_heads"), IsEmpty()) << "once a day";
  clock_.Advance(kDay);
  EXPECT_EQ(Look("audit_heads").size(), lines.size());
}

// As after many hubs with names that come and go.
TEST_F(WatchTest, EveryHeadIsToldHoweverManyChains) {
  // A log that wrote nothing yet looks at all heads first, and these no hub made.
  Commit([](storage::Transaction&) { return absl::OkStatus(); });
  Commit([](storage::Transaction& transaction) -> absl::Status {
    for (int chain = 0; chain < 130; ++chain) {
      RETURN_IF_ERROR(
          transaction
              .Execute("INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, "
                       "events_root, hash, events, written, seal) VALUES ($1, 1, 1, 0, $2, $2, $2, "
                       "$2, $2)",
                       {absl::StrCat("pod-", chain), storage::Value::Blob(std::string(32, 'h'))})
              .status());
    }
    return absl::OkStatus();
  });
  std::set<std::string> told;
  for (int look = 0; look < 4; ++look) {
    for (const std::string& line : Look("audit_heads"))
      told.insert(line.substr(line.find("chain_id")));
    clock_.Advance(absl::Seconds(5));
  }
  EXPECT_GE(told.size(), 130u);
  EXPECT_THAT(Look("audit_heads"), IsEmpty());
}

// Without a reader erasure stopped for ever, and no line said so.
TEST_F(WatchTest, WhomErasureWaitsForIsToldOnceADay) {
  constexpr char kEvent[] = "erasure_held_up";
  EXPECT_THAT(Look(kEvent), IsEmpty()) << "nothing waits";
  AddItem();
  clock_.Advance(kDay);
  EXPECT_THAT(Look(kEvent), IsEmpty()) << "a day is not long";
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(
      Look(kEvent),
      ElementsAre(AllOf(HasSubstr("\"core\":\"[nobody]\""), HasSubstr("\"reader\":\"[nobody]\""),
                        HasSubstr("\"unconfirmed\":1"), HasSubstr("NO_READER"))));
  EXPECT_THAT(Look(kEvent), IsEmpty());
  clock_.Advance(kDay);
  EXPECT_EQ(Look(kEvent).size(), 1u);
  SetReader("");
  EXPECT_THAT(Look(kEvent),
              ElementsAre(AllOf(HasSubstr("\"core\":\"core/main\",\"reader\":\"[unnamed]\""),
                                HasSubstr("READER_BEHIND"))));
  clock_.Advance(kDay);
  SetReader(nullptr);
  EXPECT_THAT(Look(kEvent), ElementsAre(HasSubstr("[nobody]"))) << "retired";
  // Where nothing is ever erased nobody is waited for.
  clock_.Advance(kDay);
  config_.clear_retention();
  EXPECT_THAT(Look(kEvent), IsEmpty());
}

TEST_F(WatchTest, OverdueOrdersToDeleteAreToldOnceADayAndVendor) {
  constexpr char kEvent[] = "deletion_overdue";
  const auto add = [&](const char* order_id, const char* vendor_id, absl::Duration due_in) {
    Commit([&](storage::Transaction& transaction) {
      return transaction
          .Execute(
              "INSERT INTO deletion_order (order_id, vendor_id, cause, open_time, due_time, count, "
              "digest, state, refused, statement, signature, chain, closed_by, reason) VALUES ($1, "
              "$2, 1, 0, $3, 1, $4, 1, 0, $4, $4, $4, '', '')",
              {order_id, vendor_id, absl::ToUnixMicros(clock_.Now() + due_in),
               storage::Value::Blob("d")})
          .status();
    });
  };
  add("o-1", "sakura", absl::Hours(1));
  EXPECT_THAT(Look(kEvent), IsEmpty());
  clock_.Advance(absl::Hours(2));
  add("o-2", "sakura", absl::ZeroDuration());
  EXPECT_THAT(
      Look(kEvent),
      ElementsAre(AllOf(HasSubstr("\"vendor_id\":\"sakura\""), HasSubstr("\"count\":2"),
                        HasSubstr("switchboard deletion list --overdue --vendor sakura)"))));
  EXPECT_THAT(Look(kEvent), IsEmpty());
  add("o-3", "jade", absl::ZeroDuration());
  EXPECT_THAT(Look(kEvent), ElementsAre(HasSubstr("jade")));
  clock_.Advance(kDay);
  EXPECT_EQ(Look(kEvent).size(), 2u);
}

TEST_F(WatchTest, UnmaskingsThatWaitAreToldOnceAnHourAndVendor) {
  constexpr char kEvent[] = "unmaskings_wait";
  const auto add = [&](const char* id, const char* vendor_id, int state) {
    Commit([&](storage::Transaction& transaction) {
      return transaction
          .Execute(
              "INSERT INTO unmasking (unmasking_id, vendor_id, assignment_id, request_id, "
              "person_id, account_id, classes, reason, contract_version, state, ask_time, "
              "decided_by, box) VALUES ($1, $2, 'a', $1, 'p', 'c', 4, 1, 1, $3, $4, '', $5)",
              {id, vendor_id, state, transaction.now_us(), storage::Value::Blob("b")})
          .status();
    });
  };
  add("u-1", "sakura", v1::RequestUnmaskingResponse::STATE_WAITING);
  add("u-2", "jade", v1::RequestUnmaskingResponse::STATE_SHOWN);
  clock_.Advance(absl::Minutes(15));
  EXPECT_THAT(Look(kEvent), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  add("u-3", "sakura", v1::RequestUnmaskingResponse::STATE_WAITING);
  EXPECT_THAT(Look(kEvent),
              ElementsAre(AllOf(HasSubstr("\"vendor_id\":\"sakura\""), HasSubstr("\"count\":2"))));
  EXPECT_THAT(Look(kEvent), IsEmpty());
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Look(kEvent).size(), 1u);
  clock_.Advance(kDay);
  EXPECT_THAT(Look(kEvent), IsEmpty()) << "nobody waits for a word any longer";
}

// The line leads on: to the codes, and to a retry that leaves no correction behind.
TEST_F(WatchTest, AProofThatWaitsIsToldOnceAnHour) {
  Commit([](storage::Transaction& transaction) -> absl::Status {
    return transaction
        .Execute(
            "INSERT INTO key_rotation (through, actor, start_time, step, step_time, "
            "table_name, after, seen, sealed, broken) VALUES (1, 'operator/ito', $1, 3, $1, "
            "'person.box', $2, 0, 0, '')",
            {transaction.now_us(), storage::Value::Blob("")})
        .status();
  });
  clock_.Advance(absl::Minutes(9));
  EXPECT_THAT(Look("key_proof_waits"), IsEmpty());
  clock_.Advance(absl::Minutes(2));
  EXPECT_THAT(Look("key_proof_waits"), ElementsAre(HasSubstr("pg_prepared_xacts")));
  EXPECT_THAT(metrics_.Text(), HasSubstr("switchboard_key_proof_wait_seconds 660\n"));
  EXPECT_THAT(Look("key_proof_waits"), IsEmpty());
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Look("key_proof_waits").size(), 1u);
  Commit([](storage::Transaction& transaction) {
    return transaction.Execute("UPDATE key_rotation SET seen = 1", {}).status();
  });
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Look("key_proof_waits"), IsEmpty());
  EXPECT_THAT(metrics_.Text(), HasSubstr("switchboard_key_proof_wait_seconds 0\n"));
}

TEST_F(WatchTest, ProposalsThatWaitAreCountedByKind) {
  ASSERT_OK_AND_ASSIGN(
      const auto text,
      releases::Read(v1::TEXT_KIND_SCRIPT,
                     "script_id: reminder\nversion: 1\ntitle: A reminder\nsteps:\n  - step_id: "
                     "greeting\n    wordings: [{language: ja, text: はい}]\n",
                     "reminder.yaml"));
  Commit([&](storage::Transaction& transaction) {
    return hub_->releases().Propose(transaction, "operator/ito", text).status();
  });
  watch_->LookAtOnce();
  EXPECT_THAT(metrics_.Text(), HasSubstr("proposals_open{kind=\"script\"} 1\n"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("proposals_open{kind=\"contract\"} 0\n"));
  clock_.Advance(releases::kProposalLife);
  watch_->LookAtOnce();
  EXPECT_THAT(metrics_.Text(), HasSubstr("proposals_open{kind=\"script\"} 0\n"));
}

TEST_F(WatchTest, CodesWithoutAMeaningAreToldOnceADayWithTheWayOut) {
  constexpr char kEvent[] = "outcomes_unmapped";
  EXPECT_THAT(Look(kEvent), IsEmpty());
  // What is not kept, or only counted, waits at the vendor, which sends it again by the hour.
  Commit([](storage::Transaction& transaction) -> absl::Status {
    return transaction
        .Execute(
            "INSERT INTO quarantine_rest (actor, kind, status, field, count, first_time, "
            "last_time) VALUES ('vendor/sakura', 'outcome', 'STATUS_UNMAPPED', 'vendor_code', 3, "
            "$1, $1)",
            {transaction.now_us()})
        .status();
  });
  AddUnmapped("q-1", /*taken=*/0);
  EXPECT_THAT(Look(kEvent), IsEmpty());
  AddUnmapped("q-2", /*taken=*/1);
  EXPECT_THAT(Look(kEvent),
              ElementsAre(AllOf(HasSubstr("\"vendor_id\":\"sakura\""), HasSubstr("\"count\":1"),
                                HasSubstr("switchboard codes unmapped sakura)"),
                                HasSubstr("switchboard quarantine retry --vendor sakura)"))));
  EXPECT_THAT(Look(kEvent), IsEmpty());
  clock_.Advance(kDay);
  EXPECT_EQ(Look(kEvent).size(), 1u);
}

// A place that is away, and one that another database writes to as well.
TEST_F(WatchTest, PlacesOfCheckpointsAreToldOfOnceADay) {
  for (const char* event : {"checkpoint_undelivered", "checkpoint_conflict"})
    EXPECT_THAT(Look(event), IsEmpty());
  EXPECT_THAT(metrics_.Text(), HasSubstr("checkpoint_conflict{place=\"vault\"} 0\n"));
  Commit([](storage::Transaction&) { return absl::OkStatus(); });
  hub_->Tick();
  while (executor_.RunOne() || hub_->writer().RunGroup()) {
  }
  const audit::KeptCheckpoint newest = NewestCheckpoint();
  ASSERT_GT(newest.size, 0);
  // Its threads begin, and bring that to the folder, which is not there.
  hub_->Start();
  const auto state = [&] { return hub_->checkpoint_places().States()[0]; };
  ASSERT_TRUE(testing::Eventually([&] { return !state().last.ok(); }));
  clock_.Advance(absl::Seconds(90));
  EXPECT_THAT(Look("checkpoint_undelivered"),
              ElementsAre(AllOf(HasSubstr("\"place\":\"vault\""), HasSubstr("\"waiting\":90"),
                                HasSubstr("PLACE_UNUSABLE"))));
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("switchboard_checkpoint_undelivered_seconds{place=\"vault\"} 90\n"));
  EXPECT_THAT(Look("checkpoint_undelivered"), IsEmpty());
  clock_.Advance(kDay);
  EXPECT_EQ(Look("checkpoint_undelivered").size(), 1u);
  // In its place lies another one.
  std::filesystem::create_directory(folder_ / "mounted");
  testing::WriteFile(folder_ / ("mounted/" + upkeep::CheckpointFileName(1, newest.size)),
                     "another");
  std::filesystem::rename(folder_ / "mounted", folder_ / "vault");
  clock_.Advance(absl::Minutes(10));
  ASSERT_TRUE(testing::Eventually([&] { return !state().conflict.ok(); }));
  EXPECT_THAT(Look("checkpoint_conflict"), ElementsAre(HasSubstr("CHECKPOINT_CONFLICT")));
  EXPECT_THAT(metrics_.Text(), HasSubstr("checkpoint_conflict{place=\"vault\"} 1\n"));
  EXPECT_THAT(Look("checkpoint_conflict"), IsEmpty());
  clock_.Advance(kDay);
  EXPECT_EQ(Look("checkpoint_conflict").size(), 1u);
  EXPECT_THAT(Look("checkpoint_undelivered"), IsEmpty()) << "it is told as what it is";
  hub_->BeginShutdown();
  hub_->writer().Stop();
}

// As when the duty finds a gap and can sign nothing.
TEST_F(WatchTest, EntriesThatNobodySignsAreToldOfOnceADay) {
  constexpr char kEvent[] = "checkpoint_overdue";
  Commit([](storage::Transaction&) { return absl::OkStatus(); });
  clock_.Advance(absl::Minutes(61));
  EXPECT_THAT(Look(kEvent), ElementsAre(HasSubstr("\"waiting\":3660")));
  EXPECT_THAT(Look(kEvent), IsEmpty());
  clock_.Advance(kDay);
  EXPECT_EQ(Look(kEvent).size(), 1u);
}

}  // namespace
}  // namespace switchboard
