#include "hub/storage/sealer.h"

#include <sys/stat.h>
#include <filesystem>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/database_fixture.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::ReadFile;
using testing::TestDatabase;
using testing::WriteFile;

constexpr size_t kOverheadBytes = 8 + 12 + 16;  // key number, nonce, tag

class SealerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Open(Sealer& sealer, const std::string& place,
                                   const std::string& box) {
    absl::StatusOr<std::string> opened = absl::InternalError("not read");
    EXPECT_OK(test_.readers->Run([&](Connection& reader) {
      opened = sealer.Open(place, box, reader);
      return absl::OkStatus();
    }));
    return opened;
  }
  // Another start of a hub on the same database.
  absl::StatusOr<std::unique_ptr<Sealer>> Start(const std::string& key_file = "hub.key") {
    absl::StatusOr<std::unique_ptr<Sealer>> sealer = absl::InternalError("not opened");
    EXPECT_OK(test_.Run([&](Transaction& transaction) {
      sealer = Sealer::Open(test_.folder / key_file, transaction.connection(), test_.ids,
                            transaction.now_us());
      return absl::OkStatus();
    }));
    return sealer;
  }

  TestDatabase test_;
};

TEST_F(SealerTest, OpensWhatItSealed) {
  for (const std::string& text : {std::string(), std::string("山田太郎"), std::string("a\0b", 3),
                                  std::string(100'000, 'x')}) {
    const std::string box = test_.sealer->Seal("person|P-1", text);
    EXPECT_EQ(box.size(), text.size() + kOverheadBytes);
    EXPECT_TRUE(text.size() < 4 || box.find(text.substr(0, 4)) == std::string::npos);
    ASSERT_OK_AND_ASSIGN(const std::string opened, Open(*test_.sealer, "person|P-1", box));
    EXPECT_EQ(opened, text);
  }
}

TEST_F(SealerTest, BrokenBoxesAreDataLoss) {
  const std::string box = test_.sealer->Seal("person|P-1", "山田太郎");
  const auto broken = FailsWith(absl::StatusCode::kDataLoss, "BOX_BROKEN");
  for (size_t i = 0; i < box.size(); ++i) {
    std::string altered = box;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_THAT(Open(*test_.sealer, "person|P-1", altered), broken) << "byte " << i;
    EXPECT_THAT(Open(*test_.sealer, "person|P-1", box.substr(0, i)), broken) << "cut at " << i;
  }
  EXPECT_THAT(Open(*test_.sealer, "person|P-1", box + "x"), broken);
  EXPECT_THAT(Open(*test_.sealer, "person|P-2", box), broken);   // moved to another row
  EXPECT_THAT(Open(*test_.sealer, "account|P-1", box), broken);  // or another table
  EXPECT_THAT(Open(*test_.sealer, "", box), broken);
  EXPECT_OK(Open(*test_.sealer, "person|P-1", box));
}

TEST_F(SealerTest, NoncesNeverRepeatOverThreads) {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& own : made) {
    threads.emplace_back([this, &own] {
      for (int i = 0; i < 500; ++i) own.push_back(test_.sealer->Seal("p", "same"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> nonces, boxes;
  for (const auto& own : made) {
    for (const std::string& box : own) {
      nonces.insert(box.substr(0, 20));  // key number and nonce
      boxes.insert(box);
    }
  }
  EXPECT_EQ(nonces.size(), 2000u);
  EXPECT_EQ(boxes.size(), 2000u);
}

TEST_F(SealerTest, StartsReadEachOthersBoxesAndNeverShareANonce) {
  ASSERT_OK_AND_ASSIGN(const auto second, Start());
  const std::string box = test_.sealer->Seal("p", "first");
  const std::string other = second->Seal("p", "second");
  EXPECT_NE(box.substr(0, 20), other.substr(0, 20));
  ASSERT_OK_AND_ASSIGN(std::string opened, Open(*second, "p", box));
  EXPECT_EQ(opened, "first");
  // The first one meets a key that was added after it started.
  ASSERT_OK_AND_ASSIGN(opened, Open(*test_.sealer, "p", other));
  EXPECT_EQ(opened, "second");
}

TEST_F(SealerTest, KeysOfOnePurposeStayAndDiffer) {
  ASSERT_OK_AND_ASSIGN(const auto second, Start());
  EXPECT_EQ(test_.sealer->DeriveKey("token/sakura"), second->DeriveKey("token/sakura"));
  EXPECT_EQ(test_.sealer->DeriveKey("token/sakura").size(), 32u);
  EXPECT_NE(second->DeriveKey("token/sakura"), second->DeriveKey("token/fuji"));
  EXPECT_EQ(test_.sealer->Digest("x"), second->Digest("x"));
  EXPECT_NE(second->Digest("x"), second->Digest("y"));
  EXPECT_NE(second->Digest("token/sakura"), second->DeriveKey("token/sakura"));
}

TEST_F(SealerTest, AnotherDatabaseHasOtherKeys) {
  IdMint other_ids(test_.clock, 99);
  const testing::TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(testing::NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1));
  ASSERT_OK_AND_ASSIGN(const auto other,
                       Sealer::Open(test_.folder / "other.key", *writer, other_ids, 1));
  EXPECT_NE(other->Digest("x"), test_.sealer->Digest("x"));
  EXPECT_NE(other->DeriveKey("token/sakura"), test_.sealer->DeriveKey("token/sakura"));
  EXPECT_THAT(Open(*test_.sealer, "p", other->Seal("p", "text")),
              FailsWith(absl::StatusCode::kDataLoss, "BOX_BROKEN"));
}

TEST_F(SealerTest, KeyFileIsMadeForTheOwnerOnly) {
  struct stat facts {};
  ASSERT_EQ(stat((test_.folder / "hub.key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const std::string text = ReadFile(test_.folder / "hub.key");
  EXPECT_EQ(text.size(), 65u);
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), 64u);
}

TEST_F(SealerTest, KeyFilesThatAreRefused) {
  const std::string key = ReadFile(test_.folder / "hub.key");
  const struct {
    const char* what;
    std::string content;
    mode_t mode;
    const char* reason;
  } rows[] = {
      {"group may write", key, 0660, "KEY_FILE_INVALID"},
      {"all may read", key, 0604, "KEY_FILE_INVALID"},
      {"empty", "", 0600, "KEY_FILE_INVALID"},
      {"too short", key.substr(0, 63), 0600, "KEY_FILE_INVALID"},
      {"no hexadecimal", "g" + key.substr(1), 0600, "KEY_FILE_INVALID"},
      {"another key", std::string(64, 'a'), 0600, "KEY_FILE_WRONG"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    WriteFile(test_.folder / "try.key", row.content);
    ASSERT_EQ(chmod((test_.folder / "try.key").c_str(), row.mode), 0);
    EXPECT_THAT(Start("try.key"), FailsWith(absl::StatusCode::kFailedPrecondition, row.reason));
  }
  WriteFile(test_.folder / "try.key", key);
  ASSERT_EQ(chmod((test_.folder / "try.key").c_str(), 0400), 0);
  EXPECT_OK(Start("try.key"));
}

// A lost key file must not be replaced: the database's keys could never be opened again.
TEST_F(SealerTest, MissingKeyFileOfAFilledDatabaseIsRefusedAndNoneMade) {
  EXPECT_THAT(Start("lost.key"),
              FailsWith(absl::StatusCode::kFailedPrecondition, "KEY_FILE_MISSING"));
  EXPECT_FALSE(std::filesystem::exists(test_.folder / "lost.key"));
}

TEST_F(SealerTest, KeyFileErrorsDoNotShowTheKey) {
  const std::string key = ReadFile(test_.folder / "hub.key");
  WriteFile(test_.folder / "try.key", key.substr(0, 60));
  ASSERT_EQ(chmod((test_.folder / "try.key").c_str(), 0600), 0);
  const auto sealer = Start("try.key");
  EXPECT_EQ(std::string(sealer.status().message()).find(key.substr(0, 16)), std::string::npos);
}

TEST_F(SealerTest, AlteredKeysInTheDatabaseAreRefused) {
  EXPECT_OK(test_.Run([](Transaction& transaction) {
    return transaction.Execute("UPDATE data_key SET key_number = key_number + 10", {}).status();
  }));
  EXPECT_THAT(Start(), FailsWith(absl::StatusCode::kFailedPrecondition, "KEY_FILE_WRONG"));
}

}  // namespace
}  // namespace switchboard::storage
