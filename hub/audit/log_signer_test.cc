#include "hub/audit/log_signer.h"

#include <string>

#include "hub/audit/kept_checkpoints.h"
#include "tests/database_fixture.h"

namespace switchboard::audit {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::TestDatabase;

constexpr char kOrigin[] = "issuer.example/switchboard";

class LogSignerTest : public ::testing::Test {
 protected:
  int64_t Generation() {
    int64_t generation = 0;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(generation, LogSigner::Generation(reader));
      return absl::OkStatus();
    }));
    return generation;
  }

  TestDatabase test_;
  const LogSigner log_{*test_.sealer, kOrigin};
};

TEST_F(LogSignerTest, ARestoreMakesItAnotherLog) {
  EXPECT_EQ(Generation(), 1);
  EXPECT_EQ(log_.NameOf(1), kOrigin);
  ASSERT_OK(test_.Run(
      [](storage::Transaction& transaction) { return LogSigner::Begin(transaction, 3); }));
  EXPECT_EQ(Generation(), 3);
  EXPECT_EQ(log_.NameOf(3), std::string(kOrigin) + "/3");
  ASSERT_OK(test_.Run(
      [](storage::Transaction& transaction) { return LogSigner::Begin(transaction, 2); }));
  EXPECT_EQ(Generation(), 3) << "never goes back";
}

TEST_F(LogSignerTest, KnowsItsOwnNames) {
  for (const int64_t generation : {int64_t{1}, int64_t{2}, int64_t{10}, int64_t{1} << 40})
    EXPECT_EQ(log_.GenerationOf(log_.NameOf(generation)), generation);
  for (const char* other :
       {"", "issuer.example", "issuer.example/switchboard/1", "issuer.example/switchboard/0",
        "issuer.example/switchboard/02", "issuer.example/switchboard/-2",
        "issuer.example/switchboard/2 ", "issuer.example/switchboard/",
        "issuer.example/switchboard/2/3", "other.example/switchboard/2"})
    EXPECT_EQ(log_.GenerationOf(other), std::nullopt) << other;
}

TEST_F(LogSignerTest, SignsUnderTheNameOfTheCheckpoint) {
  Checkpoint checkpoint;
  checkpoint.origin = log_.NameOf(2);
  checkpoint.size = 812;
  const std::string note = log_.Sign(checkpoint);
  const VerifierKey first = log_.KeyOf(1), second = log_.KeyOf(2);
  EXPECT_EQ(first.public_key, second.public_key) << "the database's";
  EXPECT_THAT(second.Text(), HasSubstr("issuer.example/switchboard/2+"));
  ASSERT_OK_AND_ASSIGN(const Checkpoint opened, OpenCheckpoint(note, {&second, 1}));
  EXPECT_EQ(opened.size, 812);
  EXPECT_THAT(OpenCheckpoint(note, {&first, 1}),
              FailsWith(absl::StatusCode::kUnauthenticated, "NOTE_UNKNOWN"));
}

TEST_F(LogSignerTest, EveryStartSignsByTheSameKeyWhichIsForNothingElse) {
  std::unique_ptr<storage::Sealer> again;
  ASSERT_OK(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(again, testing::OpenSealer(test_.folder / "hub.key", transaction.connection(),
                                                test_.ids, transaction.now_us()));
    return absl::OkStatus();
  }));
  EXPECT_EQ(LogSigner(*again, kOrigin).KeyOf(1).Text(), log_.KeyOf(1).Text());
  EXPECT_EQ(storage::SigningKey(*test_.sealer, "audit/checkpoint").public_key(),
            log_.KeyOf(1).public_key);
  EXPECT_NE(storage::SigningKey(*test_.sealer, "audit/receipt").public_key(),
            log_.KeyOf(1).public_key);
}

// Two hubs deliver: what is further on stays.
TEST(KeptCheckpointsTest, ADeliveryNeverGoesBack) {
  TestDatabase test;
  const auto note = [&](int64_t size, const std::string& problem) {
    ASSERT_OK(test.Run([&](storage::Transaction& transaction) {
      return NoteDelivery(transaction, {"vault", size, test.now_us(), problem});
    }));
  };
  const auto noted = [&] {
    std::vector<std::string> texts;
    EXPECT_OK(test.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto deliveries, Deliveries(reader));
      for (const Delivery& one : deliveries)
        texts.push_back(one.place + " " + std::to_string(one.size) + one.problem);
      return absl::OkStatus();
    }));
    return texts;
  };
  note(10, "");
  note(8, " slower");
  EXPECT_THAT(noted(), ElementsAre("vault 10"));
  note(10, " failed since");
  EXPECT_THAT(noted(), ElementsAre("vault 10 failed since"));
  note(12, "");
  EXPECT_THAT(noted(), ElementsAre("vault 12"));
}

}  // namespace
}  // namespace switchboard::audit
