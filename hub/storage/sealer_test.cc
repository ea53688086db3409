#include "hub/storage/sealer.h"

#include <sys/stat.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "hub/storage/data_keys.h"
#include "hub/storage/membership.h"
#include "tests/database_fixture.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::OpenSealer;
using testing::TestDatabase;
using testing::WriteFile;

constexpr size_t kOverheadBytes = 8 + 12 + 16;  // key number, nonce, tag

const BoxPlace kPlace = BoxPlace("person", "box").Key("P-1");

class SealerTest : public ::testing::Test {
 protected:
  std::string Seal(Sealer& sealer, const std::string& text, const BoxPlace& place = kPlace) {
    std::string box;
    EXPECT_OK(test_.Run([&](Transaction& transaction) {
      box = sealer.Seal(transaction, place, text);
      return absl::OkStatus();
    }));
    return box;
  }
  std::string Take(Sealer& sealer, const EarlyBox& early, const BoxPlace& place = kPlace) {
    std::string box;
    EXPECT_OK(test_.Run([&](Transaction& transaction) {
      box = sealer.Take(transaction, place, early);
      return absl::OkStatus();
    }));
    return box;
  }
  absl::StatusOr<std::string> Open(Sealer& sealer, const std::string& box,
                                   const BoxPlace& place = kPlace) {
    absl::StatusOr<std::string> opened = absl::InternalError("not read");
    EXPECT_OK(test_.readers->Run([&](Connection& reader) {
      opened = sealer.Open(place, box, reader);
      return absl::OkStatus();
    }));
    return opened;
  }
  // Another start of a hub on the same database.
  absl::StatusOr<std::unique_ptr<Sealer>> Start(const std::string& key_file = "hub.key",
                                                const char* hub_id = "hub-1") {
    absl::StatusOr<std::unique_ptr<Sealer>> sealer = absl::InternalError("not opened");
    EXPECT_OK(test_.Run([&](Transaction& transaction) {
      sealer = OpenSealer(test_.folder / key_file, transaction.connection(), test_.ids,
                          transaction.now_us(), hub_id);
      return absl::OkStatus();
    }));
    return sealer;
  }
  void Renew(Sealer& sealer) {
    std::shared_ptr<BoxKey> key;
    ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(key, sealer.Renew(transaction.connection(), transaction.now_us()));
      return absl::OkStatus();
    }));
    sealer.SealBy(std::move(key));
  }
  void Destroy(int64_t through) {
    ASSERT_OK(test_.Run([&](Transaction& transaction) {
      return DestroyDataKeys(transaction, through, {}).status();
    }));
  }

  TestDatabase test_;
  const absl::StatusCode kLoss = absl::StatusCode::kDataLoss;
};

TEST_F(SealerTest, OpensWhatItSealed) {
  for (const std::string& text : {std::string(), std::string("山田太郎"), std::string("a\0b", 3),
                                  std::string(100'000, 'x')}) {
    const std::string box = Seal(*test_.sealer, text);
    EXPECT_EQ(box.size(), text.size() + kOverheadBytes);
    EXPECT_EQ(Sealer::KeyOf(box), test_.sealer->sealing_key());
    EXPECT_TRUE(text.size() < 4 || box.find(text.substr(0, 4)) == std::string::npos);
    ASSERT_OK_AND_ASSIGN(const std::string opened, Open(*test_.sealer, box));
    EXPECT_EQ(opened, text);
  }
}

TEST_F(SealerTest, BrokenBoxesAreDataLoss) {
  const std::string box = Seal(*test_.sealer, "山田太郎");
  const auto broken = FailsWith(kLoss, "BOX_BROKEN");
  for (size_t i = 0; i < box.size(); ++i) {
    std::string altered = box;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_THAT(Open(*test_.sealer, altered), broken) << "byte " << i;
    EXPECT_THAT(Open(*test_.sealer, box.substr(0, i)), broken) << "cut at " << i;
  }
  EXPECT_THAT(Open(*test_.sealer, box + "x"), broken);
  EXPECT_THAT(Open(*test_.sealer, ""), broken);
  EXPECT_EQ(Sealer::KeyOf(""), 0);
  for (const BoxPlace& elsewhere :
       {BoxPlace("person", "box").Key("P-2"), BoxPlace("account", "box").Key("P-1"),
        BoxPlace("person", "hidden").Key("P-1"), BoxPlace("person", "box").Key("P-1").With("x"),
        BoxPlace("person", "box")}) {
    EXPECT_THAT(Open(*test_.sealer, box, elsewhere), broken) << elsewhere.bytes();
  }
  EXPECT_OK(Open(*test_.sealer, box));
}

// The root key makes digests, and opens nothing.
TEST_F(SealerTest, ABoxThatNamesTheRootKeyIsBroken) {
  std::string box = Seal(*test_.sealer, "text");
  const int64_t root = 1;
  box.replace(0, sizeof root, reinterpret_cast<const char*>(&root), sizeof root);
  EXPECT_THAT(Open(*test_.sealer, box), FailsWith(kLoss, "BOX_BROKEN"));
}

TEST_F(SealerTest, NoncesNeverRepeatOverThreads) {
  std::vector<std::vector<EarlyBox>> made(4);
  std::vector<std::thread> threads;
  for (auto& own : made) {
    threads.emplace_back([this, &own] {
      for (int i = 0; i < 500; ++i) own.push_back(test_.sealer->SealEarly(kPlace, "same"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> nonces, boxes;
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    for (const auto& own : made) {
      for (const EarlyBox& early : own) {
        const std::string box = test_.sealer->Take(transaction, kPlace, early);
        nonces.insert(box.substr(0, 20));  // key number and nonce
        boxes.insert(box);
      }
    }
    return absl::OkStatus();
  }));
  EXPECT_EQ(nonces.size(), 2000u);
  EXPECT_EQ(boxes.size(), 2000u);
}

TEST_F(SealerTest, StartsReadEachOthersBoxesAndNeverShareANonce) {
  ASSERT_OK_AND_ASSIGN(const auto second, Start());
  const std::string box = Seal(*test_.sealer, "first");
  const std::string other = Seal(*second, "second");
  EXPECT_NE(box.substr(0, 20), other.substr(0, 20));
  ASSERT_OK_AND_ASSIGN(std::string opened, Open(*second, box));
  EXPECT_EQ(opened, "first");
  // The first one meets a key that was added after it started.
  ASSERT_OK_AND_ASSIGN(opened, Open(*test_.sealer, other));
  EXPECT_EQ(opened, "second");
}

TEST_F(SealerTest, KeysOfOnePurposeStayAndDiffer) {
  ASSERT_OK_AND_ASSIGN(const auto second, Start());
  EXPECT_EQ(test_.sealer->DeriveKey("token/sakura").view(),
            second->DeriveKey("token/sakura").view());
  EXPECT_EQ(test_.sealer->DeriveKey("token/sakura").size(), 32u);
  EXPECT_NE(second->DeriveKey("token/sakura").view(), second->DeriveKey("token/fuji").view());
  EXPECT_EQ(test_.sealer->Digest("x"), second->Digest("x"));
  EXPECT_NE(second->Digest("x"), second->Digest("y"));
  EXPECT_NE(second->Digest("token/sakura"), second->DeriveKey("token/sakura").view());
}

TEST_F(SealerTest, IndexesOfTwoKindsSayNothingOfEachOther) {
  ASSERT_OK_AND_ASSIGN(const auto second, Start());
  EXPECT_EQ(test_.sealer->IndexOf(Index::kNumber, "x"), second->IndexOf(Index::kNumber, "x"));
  EXPECT_EQ(second->IndexOf(Index::kNumber, "x").size(), 16u);
  EXPECT_NE(second->IndexOf(Index::kNumber, "x"), second->IndexOf(Index::kNumber, "y"));
  EXPECT_NE(second->IndexOf(Index::kNumber, "x"), second->IndexOf(Index::kAgent, "x"));
  EXPECT_NE(second->IndexOf(Index::kNumber, "x"), second->Digest("x").substr(0, 16));
}

TEST_F(SealerTest, AnotherDatabaseHasOtherKeys) {
  IdMint other_ids(test_.clock, 99);
  const testing::TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(testing::NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1));
  ASSERT_OK_AND_ASSIGN(const auto other,
                       OpenSealer(test_.folder / "other.key", *writer, other_ids, 1));
  EXPECT_NE(other->Digest("x"), test_.sealer->Digest("x"));
  EXPECT_NE(other->DeriveKey("token/sakura").view(),
            test_.sealer->DeriveKey("token/sakura").view());
  EXPECT_THAT(Open(*test_.sealer, Seal(*other, "text")), FailsWith(kLoss, "BOX_BROKEN"));
}

TEST_F(SealerTest, ARenewedKeySealsOnceItIsCommitted) {
  const int64_t former = test_.sealer->sealing_key();
  const std::string before = Seal(*test_.sealer, "before");
  std::shared_ptr<BoxKey> dropped;
  EXPECT_FALSE(test_
                   .Run([&](Transaction& transaction) -> absl::Status {
                     ASSIGN_OR_RETURN(dropped, test_.sealer->Renew(transaction.connection(),
                                                                   transaction.now_us()));
                     return absl::CancelledError("as if it failed");
                   })
                   .ok());
  EXPECT_EQ(test_.sealer->sealing_key(), former);
  Renew(*test_.sealer);
  EXPECT_EQ(test_.sealer->sealing_key(), former + 1);
  const std::string behind = Seal(*test_.sealer, "behind");
  EXPECT_EQ(Sealer::KeyOf(behind), former + 1);
  EXPECT_OK(Open(*test_.sealer, before));
  EXPECT_OK(Open(*test_.sealer, behind));
}

TEST_F(SealerTest, WhatWasSealedEarlyIsStoredUnderTheKeyOfItsTime) {
  const int64_t former = test_.sealer->sealing_key();
  const EarlyBox early = test_.sealer->SealEarly(kPlace, "山田太郎");
  const std::string same = Take(*test_.sealer, early);
  EXPECT_EQ(Sealer::KeyOf(same), former);
  EXPECT_EQ(Take(*test_.sealer, early), same) << "a unit may run twice";
  Renew(*test_.sealer);
  Destroy(former);
  test_.sealer->Forget(former);
  const std::string anew = Take(*test_.sealer, early);
  EXPECT_EQ(Sealer::KeyOf(anew), former + 1);
  ASSERT_OK_AND_ASSIGN(const std::string opened, Open(*test_.sealer, anew));
  EXPECT_EQ(opened, "山田太郎");
  EXPECT_EQ(Take(*test_.sealer, EarlyBox()), "");
}

TEST_F(SealerTest, AKeyThatIsGoneOpensNothingAtAnyHub) {
  ASSERT_OK_AND_ASSIGN(const auto second, Start("hub.key", "hub-2"));
  const int64_t former = test_.sealer->sealing_key();
  const std::string box = Seal(*test_.sealer, "text");
  EXPECT_OK(Open(*second, box));
  Renew(*test_.sealer);
  Destroy(former);
  EXPECT_OK(Open(*second, box)) << "it knows the key still";
  second->Forget(former);
  EXPECT_THAT(Open(*second, box), FailsWith(kLoss, "BOX_BROKEN"));
  ASSERT_OK_AND_ASSIGN(const auto third, Start());
  EXPECT_THAT(Open(*third, box), FailsWith(kLoss, "BOX_BROKEN"));
}

// As where its row was read just before it went.
TEST_F(SealerTest, AForgottenKeyThatIsMetAgainIsNotKept) {
  ASSERT_OK_AND_ASSIGN(const auto second, Start("hub.key", "hub-2"));
  const int64_t former = test_.sealer->sealing_key();
  const std::string box = Seal(*test_.sealer, "text");
  second->Forget(former);
  EXPECT_OK(Open(*second, box)) << "its row is there still";
  Renew(*test_.sealer);
  Destroy(former);
  EXPECT_THAT(Open(*second, box), FailsWith(kLoss, "BOX_BROKEN"));
}

TEST_F(SealerTest, AForgottenKeyThatAHubSealsByGoesWithTheNextOne) {
  const int64_t former = test_.sealer->sealing_key();
  const std::string box = Seal(*test_.sealer, "text");
  test_.sealer->Forget(former);
  EXPECT_OK(Open(*test_.sealer, box));
  Renew(*test_.sealer);
  Destroy(former);
  EXPECT_THAT(Open(*test_.sealer, box), FailsWith(kLoss, "BOX_BROKEN"));
}

TEST_F(SealerTest, AGroupThatSealedBelowTheFloorRunsAgain) {
  const int64_t floor = test_.sealer->sealing_key() + 1;
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    EXPECT_FALSE(transaction.sealed());
    EXPECT_OK(test_.sealer->CheckSealed(transaction, floor)) << "nothing was sealed";
    test_.sealer->Seal(transaction, kPlace, "text");
    EXPECT_TRUE(transaction.sealed());
    EXPECT_OK(test_.sealer->CheckSealed(transaction, floor - 1));
    EXPECT_FALSE(test_.sealer->must_renew());
    EXPECT_THAT(test_.sealer->CheckSealed(transaction, floor),
                FailsWith(absl::StatusCode::kUnavailable, ""));
    return absl::OkStatus();
  }));
  EXPECT_TRUE(test_.sealer->must_renew());
  Renew(*test_.sealer);
  EXPECT_FALSE(test_.sealer->must_renew());
}

// The floor is in the database: a lane finds it at the end of a group, has the key renewed, and
// what its units store is under the new one.
TEST_F(SealerTest, ALaneRenewsTheKeyWhereARotationDidNotWait) {
  Writer::Hooks hooks;
  int renewed = 0;
  hooks.before_commit = [&](Transaction& transaction, int) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const int64_t floor, CheckHubPlace(transaction.connection(), "hub-1", 1));
    RETURN_IF_ERROR(test_.sealer->CheckSealed(transaction, floor));
    return std::string();
  };
  hooks.before_retry = [&](WriterConnection& writer, int) {
    if (!test_.sealer->must_renew()) return;
    ++renewed;
    std::shared_ptr<BoxKey> key;
    ASSERT_OK(RunAlone(writer, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(key, test_.sealer->Renew(writer, 1));
      return absl::OkStatus();
    }));
    test_.sealer->SealBy(std::move(key));
  };
  const int64_t former = test_.sealer->sealing_key();
  ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction
                        .Execute("INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) "
                                 "VALUES ('hub-1', 1, 1, 0, '')",
                                 {})
                        .status());
    return RaiseKeyFloor(transaction, former + 1);
  }));
  test_.writer.reset();
  ASSERT_OK_AND_ASSIGN(test_.writer,
                       Writer::Open(*test_.database, test_.clock, TestDatabase::Options(), hooks));
  std::string box;
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    box = test_.sealer->Seal(transaction, kPlace, "text");
    return absl::OkStatus();
  }));
  EXPECT_EQ(renewed, 1);
  EXPECT_EQ(Sealer::KeyOf(box), former + 1);
  EXPECT_EQ(test_.Number("SELECT sealing_key FROM hub"), former + 1);
}

TEST_F(SealerTest, AnotherKeyFileOpensNothing) {
  WriteFile(test_.folder / "try.key", std::string(64, 'a'));
  ASSERT_EQ(chmod((test_.folder / "try.key").c_str(), 0600), 0);
  EXPECT_THAT(Start("try.key"), FailsWith(absl::StatusCode::kFailedPrecondition, "KEY_FILE_WRONG"));
}

TEST_F(SealerTest, AlteredKeysInTheDatabaseAreRefused) {
  EXPECT_OK(test_.Run([](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(
        transaction
            .Execute("INSERT INTO data_key (key_number, purpose, hub_id, wrapped_by, wrapped, "
                     "create_time) SELECT key_number + 100, purpose, hub_id, wrapped_by, wrapped, "
                     "create_time FROM data_key",
                     {})
            .status());
    return transaction.Execute("DELETE FROM data_key WHERE key_number <= 100", {}).status();
  }));
  EXPECT_THAT(Start(), FailsWith(absl::StatusCode::kFailedPrecondition, "KEY_FILE_WRONG"));
}

}  // namespace
}  // namespace switchboard::storage
