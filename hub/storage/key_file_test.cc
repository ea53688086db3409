#include "hub/storage/key_file.h"

#include <malloc.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "hub/base/clock.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

// Digits of a key; null: nothing is looked for.
std::atomic<const std::string*> looked_for = nullptr;
std::atomic<int> freed_with_digits = 0;

// Counts what goes back to the heap with digits in it.
void Free(void* memory) noexcept {
  const std::string* const digits = looked_for;
  if (memory != nullptr && digits != nullptr) {
    const std::string_view bytes(static_cast<const char*>(memory), malloc_usable_size(memory));
    if (bytes.find(*digits) != bytes.npos) ++freed_with_digits;
  }
  std::free(memory);
}

}  // namespace
}  // namespace switchboard::storage

void* operator new(size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { switchboard::storage::Free(memory); }
void operator delete(void* memory, size_t) noexcept { switchboard::storage::Free(memory); }

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReadFile;
using testing::WriteFile;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr char kPlace[] = "data_key|7";

class KeyFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<KeyWrapping>> Open(const std::string& name, bool may_make) {
    return OpenKeyFile(folder_ / name, "storage.key_file", may_make, ids_);
  }
  void Write(const std::string& name, const std::string& content, mode_t mode) {
    WriteFile(folder_ / name, content);
    ASSERT_EQ(chmod((folder_ / name).c_str(), mode), 0);
  }

  static Secret DataKey() { return Secret(std::string_view("0123456789abcdef0123456789ABCDEF")); }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  IdMint ids_{clock_, 7};
};

TEST_F(KeyFileTest, IsMadeForTheOwnerOnlyAndFoundAgain) {
  ASSERT_OK_AND_ASSIGN(const auto made, Open("hub.key", true));
  struct stat facts {};
  ASSERT_EQ(stat((folder_ / "hub.key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const std::string text = ReadFile(folder_ / "hub.key");
  EXPECT_EQ(text.size(), 65u);
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), 64u);

  ASSERT_OK_AND_ASSIGN(const std::string wrapped, made->Wrap(kPlace, DataKey()));
  ASSERT_OK_AND_ASSIGN(const auto found, Open("hub.key", true));
  EXPECT_EQ(ReadFile(folder_ / "hub.key"), text);
  EXPECT_EQ(found->id(), made->id());
  ASSERT_OK_AND_ASSIGN(const Secret key, found->Unwrap(kPlace, wrapped));
  EXPECT_EQ(key.view(), DataKey().view());
  ASSERT_OK_AND_ASSIGN(const std::string again, found->Wrap(kPlace, DataKey()));
  EXPECT_NE(again.substr(0, 12), wrapped.substr(0, 12)) << "one nonce twice";
}

TEST_F(KeyFileTest, ItsIdSaysWhichItIsAndNothingOfTheKey) {
  ASSERT_OK_AND_ASSIGN(const auto one, Open("one.key", true));
  ASSERT_OK_AND_ASSIGN(const auto other, Open("other.key", true));
  EXPECT_NE(one->id(), other->id());
  EXPECT_TRUE(one->id().starts_with("file:"));
  EXPECT_EQ(one->id().size(), 5u + 12u);
  EXPECT_EQ(ReadFile(folder_ / "one.key").find(one->id().substr(5)), std::string::npos);
}

TEST_F(KeyFileTest, WhatWasAlteredOrMovedOrIsAnothersOpensNot) {
  ASSERT_OK_AND_ASSIGN(const auto key, Open("hub.key", true));
  ASSERT_OK_AND_ASSIGN(const std::string wrapped, key->Wrap(kPlace, DataKey()));
  const auto wrong = FailsWith(kPrecondition, "KEY_FILE_WRONG");
  for (size_t i = 0; i < wrapped.size(); ++i) {
    std::string altered = wrapped;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_THAT(key->Unwrap(kPlace, altered), wrong) << "byte " << i;
    EXPECT_THAT(key->Unwrap(kPlace, wrapped.substr(0, i)), wrong) << "cut at " << i;
  }
  EXPECT_THAT(key->Unwrap("data_key|8", wrapped), wrong);
  ASSERT_OK_AND_ASSIGN(const auto other, Open("other.key", true));
  EXPECT_THAT(other->Unwrap(kPlace, wrapped), wrong);
}

TEST_F(KeyFileTest, FilesThatAreRefused) {
  ASSERT_OK(Open("hub.key", true));
  const std::string key = ReadFile(folder_ / "hub.key");
  const struct {
    const char* what;
    std::string content;
    mode_t mode;
  } rows[] = {
      {"group may write", key, 0660},
      {"all may read", key, 0604},
      {"empty", "", 0600},
      {"too short", key.substr(0, 63), 0600},
      {"no hexadecimal", "g" + key.substr(1), 0600},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    Write("try.key", row.content, row.mode);
    const auto opened = Open("try.key", true);
    EXPECT_THAT(opened, FailsWith(kPrecondition, "KEY_FILE_INVALID"));
    EXPECT_THAT(std::string(opened.status().message()), HasSubstr("storage.key_file: "));
    EXPECT_EQ(std::string(opened.status().message()).find(key.substr(0, 16)), std::string::npos)
        << "shows the key";
    EXPECT_NE(KeyFileProblem(folder_ / "try.key"), "");
  }
  Write("try.key", key, 0400);
  EXPECT_OK(Open("try.key", false));
  EXPECT_EQ(KeyFileProblem(folder_ / "try.key"), "");
  EXPECT_NE(KeyFileProblem(folder_ / "nowhere.key"), "");
}

// Makes the same key each time.
std::string DigitsOfNew(const std::string& path) {
  ManualClock clock;
  IdMint ids(clock, 1913);
  EXPECT_OK(OpenKeyFile(path, "storage.key_file", true, ids));
  return ReadFile(path).substr(0, 64);
}

TEST_F(KeyFileTest, OneThatIsMadeLeavesNoDigitsInMemory) {
  std::string digits = DigitsOfNew(folder_ / "first.key");
  ManualClock clock;
  IdMint ids(clock, 1913);
  freed_with_digits = 0;
  looked_for = &digits;
  const auto made = OpenKeyFile(folder_ / "second.key", "storage.key_file", true, ids);
  looked_for = nullptr;
  EXPECT_OK(made);
  EXPECT_EQ(ReadFile(folder_ / "second.key"), digits + "\n") << "it looked for another key";
  EXPECT_EQ(freed_with_digits, 0);
  looked_for = &digits;
  std::string* volatile copy = new std::string(digits);
  delete copy;
  looked_for = nullptr;
  EXPECT_EQ(freed_with_digits, 1) << "it finds none";
}

// A lost key file must not be replaced: the database's keys could never be opened again.
TEST_F(KeyFileTest, AMissingOneOfAFilledDatabaseIsRefusedAndNoneMade) {
  EXPECT_THAT(Open("lost.key", false), FailsWith(kPrecondition, "KEY_FILE_MISSING"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "lost.key"));
}

}  // namespace
}  // namespace switchboard::storage
