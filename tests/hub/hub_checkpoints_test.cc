// Checkpoints of the whole log, what is proved to who has one, and a hub that does not start on a
// database which is not the one that made them.
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/audit/chain.h"
#include "hub/audit/event_proof.h"
#include "hub/restore.h"
#include "hub/storage/open_database.h"
#include "hub/upkeep/checkpoint_folder.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;

constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

class HubCheckpointsTest : public ::testing::Test {
 protected:
  static HubOptions Options() {
    HubOptions options = HubWorld::Options();
    options.log_origin = "issuer.example/switchboard";
    return options;
  }
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    Import(3);
    Pass();
  }

  // So many more accounts, a commit each.
  void Import(int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(++imported_);
      ASSERT_OK(world_.Import(
          {MakeRecord(imported_, {.account_id = "A-" + number, .person_id = "P-" + number})}));
    }
  }
  // Until what was written, also by other duties at the same time, is signed.
  void Pass() {
    for (int times = 0; times < 2; ++times) world_.Advance(absl::Minutes(1));
  }

  api::OperatorApi& api() { return world_.hub().operator_api(); }
  v1::ListCheckpointsResponse List(const v1::ListCheckpointsRequest& request = {}) {
    const auto listed = world_.Await<v1::ListCheckpointsResponse>(
        [&](auto done) { api().ListCheckpoints(Operator(), request, done); });
    EXPECT_OK(listed);
    return listed.ok() ? *listed : v1::ListCheckpointsResponse();
  }
  std::string NewestNote() {
    v1::ListCheckpointsRequest request;
    request.set_newest(true);
    const auto listed = List(request);
    return listed.notes_size() == 1 ? listed.notes(0) : "";
  }
  std::vector<audit::VerifierKey> Keys() {
    auto key = audit::ParseVerifierKey(List().key());
    EXPECT_OK(key);
    return key.ok() ? std::vector<audit::VerifierKey>{*std::move(key)}
                    : std::vector<audit::VerifierKey>();
  }
  audit::Checkpoint Opened(const std::string& note) {
    const auto opened = audit::OpenCheckpoint(note, Keys());
    EXPECT_OK(opened);
    return opened.ok() ? *opened : audit::Checkpoint();
  }
  v1::ReadAuditTreeResponse Tree(int64_t after = 0) {
    v1::ReadAuditTreeRequest request;
    request.set_after(after);
    const auto read = world_.Await<v1::ReadAuditTreeResponse>(
        [&](auto done) { api().ReadAuditTree(Operator(), request, done); });
    EXPECT_OK(read);
    return read.ok() ? *read : v1::ReadAuditTreeResponse();
  }
  std::vector<std::string> Chains() {
    const auto page = world_.Await<v1::ReadAuditResponse>(
        [&](auto done) { api().ReadAudit(Operator(), {}, done); });
    EXPECT_OK(page);
    if (!page.ok()) return {};
    return {page->chain_ids().begin(), page->chain_ids().end()};
  }
  std::vector<v1::AuditEntry> Entries(const std::string& chain_id) {
    std::vector<v1::AuditEntry> entries;
    v1::ReadAuditRequest request;
    request.set_chain_id(chain_id);
    while (true) {
      const auto page = world_.Await<v1::ReadAuditResponse>(
          [&](auto done) { api().ReadAudit(Operator(), request, done); });
      EXPECT_OK(page);
      if (!page.ok() || page->entries().empty()) return entries;
      entries.insert(entries.end(), page->entries().begin(), page->entries().end());
      request.set_after(entries.back().sequence());
    }
  }
  absl::StatusOr<std::string> Prove(const v1::ProveAuditRequest& request) {
    ASSIGN_OR_RETURN(const auto proved, world_.Await<v1::ProveAuditResponse>([&](auto done) {
      api().ProveAudit(Operator(), request, done);
    }));
    return proved.file();
  }
  absl::StatusOr<std::string> ProveEvent(const std::string& chain_id, int64_t sequence,
                                         int64_t index, int64_t size = 0) {
    v1::ProveAuditRequest request;
    request.set_size(size);
    request.mutable_event()->set_chain_id(chain_id);
    request.mutable_event()->set_sequence(sequence);
    request.mutable_event()->set_index(index);
    return Prove(request);
  }
  absl::StatusOr<std::string> ProveContinued(int64_t old_size, int64_t size = 0) {
    v1::ProveAuditRequest request;
    request.set_size(size);
    request.set_old_size(old_size);
    return Prove(request);
  }
  void Run(const char* sql, std::vector<storage::Value> parameters = {}) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) {
          return transaction.Execute(sql, parameters).status();
        },
        [&](const absl::Status& status) { result = status; });
    world_.Settle();
    EXPECT_OK(result);
  }

  HubWorld world_{Options()};
  int64_t imported_ = 0;
};

TEST_F(HubCheckpointsTest, ACheckpointCoversEveryEntryOfEveryChain) {
  const v1::ReadAuditTreeResponse tree = Tree();
  EXPECT_EQ(tree.origin(), "issuer.example/switchboard");
  audit::CompactRange recomputed;
  std::map<std::string, int64_t> last;  // by chain
  for (const auto& range : tree.ranges()) {
    EXPECT_EQ(range.first_position(), recomputed.size());
    EXPECT_EQ(range.first_sequence(), last[range.chain_id()] + 1);
    const auto entries = Entries(range.chain_id());
    for (int64_t i = 0; i < range.count(); ++i) {
      const v1::AuditEntry& entry = entries[static_cast<size_t>(range.first_sequence() + i - 1)];
      EXPECT_EQ(audit::EntryHash(entry), entry.hash());
      recomputed.Add(*audit::HashOf(entry.hash()));
    }
    last[range.chain_id()] += range.count();
  }
  // Behind them there is only what the checkpoint itself wrote.
  for (const std::string& chain_id : Chains()) {
    const auto entries = Entries(chain_id);
    for (auto i = static_cast<size_t>(last[chain_id]); i < entries.size(); ++i)
      EXPECT_EQ(entries[i].events_size(), 0) << chain_id;
  }
  EXPECT_EQ(tree.size(), recomputed.size());
  EXPECT_EQ(tree.root(), recomputed.Root().text());
  const audit::Checkpoint newest = Opened(NewestNote());
  EXPECT_EQ(newest.origin, tree.origin());
  EXPECT_EQ(newest.size, tree.size());
  EXPECT_EQ(newest.root.text(), tree.root());
}

TEST_F(HubCheckpointsTest, TheTreeIsReadFromWhereItWasReadTo) {
  const int64_t size = Tree().size();
  ASSERT_GT(size, 2);
  const auto rest = Tree(2);
  ASSERT_GT(rest.ranges_size(), 0);
  EXPECT_EQ(rest.ranges(0).first_position(), 2);
  int64_t leaves = 2;
  for (const auto& range : rest.ranges()) leaves += range.count();
  EXPECT_EQ(leaves, size);
  EXPECT_EQ(Tree(size).ranges_size(), 0);
  EXPECT_EQ(Tree(size).size(), size);
}

TEST_F(HubCheckpointsTest, EveryEventOfTheLogIsProved) {
  std::set<std::pair<int64_t, int64_t>> proved;  // by leaf and place within it
  int64_t events = 0;
  const int64_t size = Tree().size();
  for (const std::string& chain_id : Chains()) {
    for (const v1::AuditEntry& entry : Entries(chain_id)) {
      for (int index = 0; index < entry.events_size(); ++index) {
        ASSERT_OK_AND_ASSIGN(const std::string file,
                             ProveEvent(entry.chain_id(), entry.sequence(), index));
        ASSERT_OK_AND_ASSIGN(const auto found, audit::CheckEventProof(file, Keys()));
        EXPECT_EQ(found.proof.event(), entry.events(index));
        EXPECT_EQ(found.checkpoint.size, size);
        proved.insert({found.position, index});
        ++events;
      }
    }
  }
  EXPECT_GT(events, 5);
  EXPECT_EQ(proved.size(), static_cast<size_t>(events));
}

TEST_F(HubCheckpointsTest, AProofLeadsToTheCheckpointThatWasAskedFor) {
  const int64_t before = Tree().size();
  Import(3);
  Pass();
  ASSERT_GT(Tree().size(), before);
  const auto first = Tree().ranges(0);
  ASSERT_OK_AND_ASSIGN(const std::string file,
                       ProveEvent(first.chain_id(), first.first_sequence(), 0, before));
  ASSERT_OK_AND_ASSIGN(const auto found, audit::CheckEventProof(file, Keys()));
  EXPECT_EQ(found.checkpoint.size, before);
}

TEST_F(HubCheckpointsTest, WhatCannotBeProvedIsSaid) {
  const auto first = Tree().ranges(0);
  const int64_t size = Tree().size();
  EXPECT_THAT(ProveEvent("nobody", 1, 0), FailsWith(kNotFound, "CHAIN_UNKNOWN"));
  for (const int64_t sequence :
       {int64_t{0}, int64_t{-1}, int64_t{1'000'000}, std::numeric_limits<int64_t>::min()})
    EXPECT_THAT(ProveEvent(first.chain_id(), sequence, 0), FailsWith(kNotFound, "ENTRY_UNKNOWN"));
  for (const int64_t index : {int64_t{-1}, int64_t{1'000'000}})
    EXPECT_THAT(ProveEvent(first.chain_id(), 1, index), FailsWith(kNotFound, "EVENT_UNKNOWN"));
  EXPECT_THAT(ProveEvent(first.chain_id(), 1, 0, size + 1),
              FailsWith(kNotFound, "CHECKPOINT_UNKNOWN"));
  EXPECT_THAT(ProveEvent(first.chain_id(), 1, 0, -1), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Prove({}), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(ProveContinued(-1), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(ProveContinued(size + 1), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(ProveContinued(1, size + 1), FailsWith(kNotFound, "CHECKPOINT_UNKNOWN"));
}

TEST_F(HubCheckpointsTest, AnEventWaitsForItsCheckpoint) {
  Import(1);
  std::string chain_id;
  int64_t sequence = 0;
  for (const std::string& one : Chains()) {
    const v1::AuditEntry last = Entries(one).back();
    if (last.commit_time_us() != absl::ToUnixMicros(world_.clock.Now())) continue;
    if (last.events_size() == 0) continue;  // of the checkpoint before
    chain_id = one;
    sequence = last.sequence();
  }
  ASSERT_NE(chain_id, "");
  EXPECT_THAT(ProveEvent(chain_id, sequence, 0),
              FailsWith(kPrecondition, "NOT_YET_IN_A_CHECKPOINT"));
  const int64_t before = Tree().size();
  Pass();
  EXPECT_OK(ProveEvent(chain_id, sequence, 0));
  EXPECT_THAT(ProveEvent(chain_id, sequence, 0, before),
              FailsWith(kPrecondition, "NOT_YET_IN_A_CHECKPOINT"));
}

TEST_F(HubCheckpointsTest, EachCheckpointIsProvedToContinueThoseBefore) {
  const audit::Checkpoint old = Opened(NewestNote());
  Import(3);
  Pass();
  ASSERT_OK_AND_ASSIGN(const std::string file, ProveContinued(old.size));
  ASSERT_OK_AND_ASSIGN(const auto newer, audit::CheckConsistencyFile(file, old, Keys()));
  EXPECT_GT(newer.size, old.size);
  audit::Checkpoint forked = old;
  forked.root = audit::LeafHash("another tree");
  EXPECT_THAT(audit::CheckConsistencyFile(file, forked, Keys()),
              FailsWith(absl::StatusCode::kDataLoss, "PROOF_BROKEN"));
}

// Whoever can write the database can make an entry anew, and not what was signed of it.
TEST_F(HubCheckpointsTest, AnAlteredEntryIsNotProved) {
  const auto first = Tree().ranges(0);
  const v1::AuditEntry entry = Entries(first.chain_id())[0];
  v1::AuditEntry events;
  events.add_events("something else");
  v1::AuditEntry forged = entry;
  *forged.mutable_events() = events.events();
  forged.set_events_root(audit::MerkleRoot({"something else"}));
  forged.set_hash(audit::EntryHash(forged));
  const std::string bytes = events.SerializeAsString();
  Run("UPDATE audit_entry SET events = $1, events_root = $2, hash = $3 WHERE chain_id = $4 AND "
      "sequence = 1",
      {storage::Value::Blob(bytes), storage::Value::Blob(forged.events_root()),
       storage::Value::Blob(forged.hash()), first.chain_id()});
  ASSERT_OK_AND_ASSIGN(const std::string file, ProveEvent(first.chain_id(), 1, 0));
  EXPECT_THAT(audit::CheckEventProof(file, Keys()),
              FailsWith(absl::StatusCode::kDataLoss, "PROOF_BROKEN"));
}

TEST_F(HubCheckpointsTest, CheckpointsAreListedInPages) {
  for (int round = 0; round < 3; ++round) {
    Import(1);
    Pass();
  }
  const auto all = List();
  ASSERT_GE(all.notes_size(), 4);
  EXPECT_EQ(all.notes(all.notes_size() - 1), NewestNote());
  v1::ListCheckpointsRequest request;
  request.set_max_checkpoints(2);
  std::vector<std::string> paged;
  for (auto page = List(request); !page.notes().empty(); page = List(request)) {
    EXPECT_LE(page.notes_size(), 2);
    paged.insert(paged.end(), page.notes().begin(), page.notes().end());
    request.set_after_size(Opened(paged.back()).size);
  }
  EXPECT_EQ(paged, std::vector<std::string>(all.notes().begin(), all.notes().end()));
  request.set_newest(true);
  EXPECT_THAT(List(request).notes(), IsEmpty()) << "none is larger";
  request.set_max_checkpoints(1'001);
  EXPECT_THAT(world_.Await<v1::ListCheckpointsResponse>(
                  [&](auto done) { api().ListCheckpoints(Operator(), request, done); }),
              FailsWith(kInvalid, "FIELD_INVALID"));
}

// A folder that keeps checkpoints, and the hub's database in other hands.
class HubPlacesTest : public HubCheckpointsTest {
 protected:
  void SetUp() override {
    HubCheckpointsTest::SetUp();
    std::filesystem::create_directory(place_.folder);
  }

  // What the hub's own thread does, which does not run here.
  void Deliver() {
    const audit::Checkpoint newest = Opened(NewestNote());
    const auto generation = world_.hub().log().GenerationOf(newest.origin);
    ASSERT_TRUE(generation.has_value());
    ASSERT_OK(upkeep::WriteCheckpointFile(
        place_.folder, upkeep::CheckpointFileName(*generation, newest.size), NewestNote()));
  }
  HubOptions WithPlace(HubOptions options) const {
    options.checkpoint_places = {place_};
    return options;
  }
  // A start with the place on the database as it is.
  absl::Status Start(const HubOptions& options) {
    return Hub::Open(WithPlace(options), world_.clock, world_.ids, world_.executor, world_.metrics)
        .status();
  }
  // Runs a statement in the database that nobody serves; what it reads first.
  static int64_t Do(const HubOptions& options, const char* sql, bool reads = false) {
    int64_t number = 0;
    const auto database = storage::OpenDatabase(options.storage);
    EXPECT_OK(database);
    if (!database.ok()) return number;
    const auto writer = (*database)->OpenWriter();
    EXPECT_OK(writer);
    if (!writer.ok()) return number;
    EXPECT_OK((*writer)->Begin());
    if (reads) {
      EXPECT_OK((*writer)->Query(sql, {}, [&](const storage::Row& row) {
        number = row.Integer(0);
        return absl::OkStatus();
      }));
    } else {
      EXPECT_OK((*writer)->Execute(sql, {}));
    }
    EXPECT_OK((*writer)->Commit());
    return number;
  }
  // A database that ends with an earlier checkpoint, or as it is again.
  static constexpr char kShorten[] =
      "UPDATE audit_range SET count = count - 1 WHERE first_position = (SELECT MAX(first_position) "
      "FROM audit_range)";
  static constexpr char kLengthen[] =
      "UPDATE audit_range SET count = count + 1 WHERE first_position = (SELECT MAX(first_position) "
      "FROM audit_range)";

  const upkeep::CheckpointPlace place_{"vault", (world_.folder() / "vault").string()};
};

TEST_F(HubPlacesTest, AHubStartsOnTheDatabaseThatMadeTheCheckpoints) {
  Deliver();
  world_.WhileClosed([&](const HubOptions& options) { EXPECT_OK(Start(options)); });
}

TEST_F(HubPlacesTest, AHubDoesNotStartOnAnOlderDatabaseAndLeavesItAsItIs) {
  Deliver();
  world_.WhileClosed([&](const HubOptions& options) {
    const int64_t epoch = Do(options, "SELECT MAX(epoch) FROM hub", /*reads=*/true);
    Do(options, kShorten);
    EXPECT_THAT(Start(options), FailsWith(kPrecondition, "LOG_BEHIND_CHECKPOINT"));
    EXPECT_EQ(Do(options, "SELECT MAX(epoch) FROM hub", /*reads=*/true), epoch);
    Do(options, kLengthen);
    EXPECT_OK(Start(options));
  });
}

TEST_F(HubPlacesTest, AHubDoesNotStartOnAnotherLogOfItsName) {
  Deliver();
  // As if the tree had been computed anew since.
  Import(1);
  Pass();
  audit::Checkpoint other = Opened(NewestNote());
  other.root = audit::LeafHash("another tree");
  ASSERT_OK(upkeep::WriteCheckpointFile(place_.folder, upkeep::CheckpointFileName(1, other.size),
                                        world_.hub().log().Sign(other)));
  world_.WhileClosed([&](const HubOptions& options) {
    EXPECT_THAT(Start(options), FailsWith(kPrecondition, "LOG_BEHIND_CHECKPOINT"));
  });
}

TEST_F(HubPlacesTest, APlaceThatIsAwayKeepsNobodyFromStarting) {
  std::filesystem::remove(place_.folder);
  world_.WhileClosed([&](const HubOptions& options) { EXPECT_OK(Start(options)); });
}

// What was acknowledged after the backup is lost, and the log is another one.
TEST_F(HubPlacesTest, BehindARestoreAHubStartsOnTheOlderDatabase) {
  Deliver();
  std::string key;
  world_.WhileClosed([&](const HubOptions& options) {
    Do(options, kShorten);
    const auto restored =
        RestoreDatabase({WithPlace(options), "", 0, {}}, world_.clock, [](std::string_view) {});
    ASSERT_OK(restored);
    key = restored->log_key;
    EXPECT_OK(Start(options));
    Do(options, kLengthen);
  });
  EXPECT_EQ(List().key(), key);
  EXPECT_EQ(Tree().origin(), "issuer.example/switchboard/2");
  Pass();
  EXPECT_EQ(Opened(NewestNote()).origin, "issuer.example/switchboard/2");
  Deliver();
  world_.WhileClosed([&](const HubOptions& options) {
    EXPECT_OK(Start(options));
    // The same again begins a third one, for the second is known to the place.
    const auto restored =
        RestoreDatabase({WithPlace(options), "", 0, {}}, world_.clock, [](std::string_view) {});
    ASSERT_OK(restored);
    EXPECT_THAT(restored->log_key, ::testing::HasSubstr("issuer.example/switchboard/3+"));
  });
}

// Two hubs over one database sign in turn.
TEST_F(HubPlacesTest, SeveralHubsSignOneTree) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "SQLite is of one hub";
  HubWorld second(world_, "hub-2", /*seed=*/12);
  second.clock.Advance(world_.clock.Now() - second.clock.Now());
  for (int64_t round = 1; round <= 6; ++round) {
    const std::string number = std::to_string(round);
    Import(1);
    ASSERT_OK(second.Import(
        {MakeRecord(round, {.account_id = "B-" + number, .person_id = "Q-" + number})}, "other"));
    // Longer than a lease.
    for (HubWorld* world : {&world_, &second}) world->clock.Advance(absl::Minutes(2));
    HubWorld& signing = round % 2 == 0 ? world_ : second;
    signing.hub().Tick();
    signing.Settle();
  }
  const auto listed = List();
  EXPECT_GE(listed.notes_size(), 7);
  audit::Checkpoint before;
  before.origin = Tree().origin();
  before.root = audit::CompactRange().Root();
  for (const std::string& note : listed.notes()) {
    const audit::Checkpoint one = Opened(note);
    ASSERT_OK_AND_ASSIGN(const std::string file, ProveContinued(before.size, one.size));
    EXPECT_OK(audit::CheckConsistencyFile(file, before, Keys()));
    before = one;
  }
  EXPECT_EQ(before.size, Tree().size());
  std::set<std::string> hubs;
  const auto tree = Tree();
  for (const auto& range : tree.ranges())
    hubs.insert(range.chain_id().substr(0, range.chain_id().find('.')));
  EXPECT_EQ(hubs, (std::set<std::string>{"hub-1", "hub-2"}));
}

}  // namespace
}  // namespace switchboard
