#include "hub/storage/token_wrapping.h"

#include <p11-kit/pkcs11.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/servers/soft_hsm.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using servers::SoftHsm;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::WriteFile;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr char kLabel[] = "hub-2026";
constexpr char kPlace[] = "data_key|7";

class TokenWrappingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = SoftHsm::Available(); !available.ok())
      GTEST_SKIP() << available.message();
    ASSERT_OK_AND_ASSIGN(token_, SoftHsm::Create());
    options_ = {SoftHsm::module(), SoftHsm::kTokenLabel, kLabel, token_->pin_file()};
  }

  // A hub that finds its key, or makes it.
  struct Opened {
    std::unique_ptr<TokenStore> store;
    std::unique_ptr<KeyWrapping> key;
  };
  Opened Open(bool may_make) {
    Opened opened;
    auto store = TokenStore::Open(options_);
    EXPECT_OK(store);
    if (!store.ok()) return opened;
    opened.store = *std::move(store);
    auto key = opened.store->Key(kLabel, may_make);
    EXPECT_OK(key);
    if (key.ok()) opened.key = *std::move(key);
    return opened;
  }

  static Secret DataKey() { return Secret(std::string_view("0123456789abcdef0123456789ABCDEF")); }

  std::unique_ptr<SoftHsm> token_;
  TokenOptions options_;
};

TEST_F(TokenWrappingTest, TheFirstHubMakesTheKeyAndTheSecondOpensWhatItWrapped) {
  const Opened first = Open(true);
  ASSERT_NE(first.key, nullptr);
  EXPECT_EQ(first.key->id(), "pkcs11:hub-2026");
  ASSERT_OK_AND_ASSIGN(const std::string wrapped, first.key->Wrap(kPlace, DataKey()));
  EXPECT_EQ(wrapped.size(), 12u + 32u + 16u);
  EXPECT_EQ(wrapped.find("0123456789"), std::string::npos);
  ASSERT_OK_AND_ASSIGN(const std::string again, first.key->Wrap(kPlace, DataKey()));
  EXPECT_NE(wrapped.substr(0, 12), again.substr(0, 12)) << "one nonce twice";

  const Opened second = Open(true);  // finds it, and makes no other
  ASSERT_NE(second.key, nullptr);
  ASSERT_OK_AND_ASSIGN(const Secret key, second.key->Unwrap(kPlace, wrapped));
  EXPECT_EQ(key.view(), DataKey().view());
  EXPECT_OK(CheckToken(options_)) << "beside the hubs that run";
}

TEST_F(TokenWrappingTest, WhatWasAlteredOrMovedOpensNot) {
  const Opened hub = Open(true);
  ASSERT_NE(hub.key, nullptr);
  ASSERT_OK_AND_ASSIGN(const std::string wrapped, hub.key->Wrap(kPlace, DataKey()));
  const auto refused = FailsWith(kPrecondition, "TOKEN_INVALID");
  EXPECT_THAT(hub.key->Unwrap("data_key|8", wrapped), refused);
  for (const size_t at : {size_t{0}, size_t{11}, size_t{12}, size_t{43}, wrapped.size() - 1}) {
    std::string altered = wrapped;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_THAT(hub.key->Unwrap(kPlace, altered), refused) << "byte " << at;
  }
  EXPECT_THAT(hub.key->Unwrap(kPlace, wrapped.substr(1)), refused);
  EXPECT_THAT(hub.key->Unwrap(kPlace, ""), refused);
  EXPECT_OK(hub.key->Unwrap(kPlace, wrapped));

  ASSERT_OK(token_->MakeKey("hub-2027", {}));
  ASSERT_OK_AND_ASSIGN(const auto other, hub.store->Key("hub-2027", false));
  EXPECT_THAT(other->Unwrap(kPlace, wrapped), refused);
}

TEST_F(TokenWrappingTest, NoKeyIsMadeWhereADatabaseHasKeys) {
  EXPECT_OK(CheckToken(options_)) << "a start may make it";
  ASSERT_OK_AND_ASSIGN(const auto store, TokenStore::Open(options_));
  EXPECT_THAT(store->Key(kLabel, false), FailsWith(kPrecondition, "TOKEN_INVALID"));
  ASSERT_OK_AND_ASSIGN(const bool there, store->Has(kLabel));
  EXPECT_FALSE(there);
}

TEST_F(TokenWrappingTest, KeysThatAreUnsafeOrUselessAreRefused) {
  ASSERT_OK(token_->MakeKey("leaves", {.extractable = true}));
  ASSERT_OK(token_->MakeKey("short", {.bytes = 16}));
  ASSERT_OK(token_->MakeKey("twice", {}));
  ASSERT_OK(token_->MakeKey("twice", {}));
  ASSERT_OK_AND_ASSIGN(const auto store, TokenStore::Open(options_));
  const struct {
    const char* label;
    const char* says;
  } rows[] = {{"leaves", "can leave the token"},
              {"short", "is no AES key of 256 bits"},
              {"twice", "two keys on it are labelled twice"}};
  for (const auto& row : rows) {
    const auto key = store->Key(row.label, true);
    EXPECT_THAT(key, FailsWith(kPrecondition, "TOKEN_INVALID")) << row.label;
    EXPECT_THAT(std::string(key.status().message()), HasSubstr(row.says));
    options_.key_label = row.label;
    EXPECT_THAT(CheckToken(options_), FailsWith(kPrecondition, "TOKEN_INVALID")) << row.label;
  }
}

TEST_F(TokenWrappingTest, AnotherTokenModuleOrPinIsRefusedWithTheWayOut) {
  const std::string pin_file = token_->pin_file();
  const struct {
    const char* what;
    std::string module, token_label, pin;
    mode_t mode;
    const char* says;
  } rows[] = {
      {"no module", "/nowhere.so", SoftHsm::kTokenLabel, "483920", 0600, "cannot be loaded"},
      {"no PKCS #11", "/bin/true", SoftHsm::kTokenLabel, "483920", 0600, "cannot be loaded"},
      {"wrong PIN", SoftHsm::module(), SoftHsm::kTokenLabel, "483921", 0600, "refuses the PIN"},
      {"no PIN", SoftHsm::module(), SoftHsm::kTokenLabel, "\n", 0600, "the PIN in its first line"},
      {"open PIN", SoftHsm::module(), SoftHsm::kTokenLabel, "483920", 0644, "others may read"},
      {"long PIN", SoftHsm::module(), SoftHsm::kTokenLabel, std::string(300, '1'), 0600,
       "too long"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    WriteFile(pin_file, row.pin);
    ASSERT_EQ(chmod(pin_file.c_str(), row.mode), 0);
    const absl::Status status = CheckToken({row.module, row.token_label, kLabel, pin_file});
    EXPECT_THAT(status, FailsWith(kPrecondition, "TOKEN_INVALID"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.says));
    EXPECT_EQ(status.message().find(row.pin), absl::string_view::npos) << "tells the PIN";
  }
  std::filesystem::remove(pin_file);
  EXPECT_THAT(CheckToken(options_), FailsWith(kPrecondition, "TOKEN_INVALID"));
  WriteFile(pin_file, "483920\n");
  ASSERT_EQ(chmod(pin_file.c_str(), 0600), 0);
  options_.token_label = "another";
  EXPECT_THAT(CheckToken(options_), FailsWith(absl::StatusCode::kUnavailable, "KEY_STORE_AWAY"));
}

TEST_F(TokenWrappingTest, ATokenThatWasAwayIsFoundAgain) {
  const Opened hub = Open(true);
  ASSERT_NE(hub.key, nullptr);
  ASSERT_OK_AND_ASSIGN(const std::string wrapped, hub.key->Wrap(kPlace, DataKey()));
  const auto away = FailsWith(absl::StatusCode::kUnavailable, "KEY_STORE_AWAY");
  token_->TakeOut();
  EXPECT_THAT(hub.key->Wrap(kPlace, DataKey()), away);
  EXPECT_THAT(hub.key->Unwrap(kPlace, wrapped), away);
  EXPECT_THAT(hub.store->Key(kLabel, true), away) << "none is made while the token is away";
  token_->PutBack();
  ASSERT_OK_AND_ASSIGN(const Secret key, hub.key->Unwrap(kPlace, wrapped));
  EXPECT_EQ(key.view(), DataKey().view());
  EXPECT_OK(hub.key->Wrap(kPlace, DataKey()));
}

// A token locks itself after a few.
TEST_F(TokenWrappingTest, APinThatWasRefusedIsNotTriedAgain) {
  const Opened hub = Open(true);
  ASSERT_NE(hub.key, nullptr);
  ASSERT_OK_AND_ASSIGN(const std::string wrapped, hub.key->Wrap(kPlace, DataKey()));
  token_->TakeOut();
  EXPECT_FALSE(hub.key->Wrap(kPlace, DataKey()).ok());
  token_->PutBack();
  WriteFile(token_->pin_file(), "483921");
  // Not TOKEN_INVALID: nothing is wrong with what it wrapped, and no box may pass for broken.
  const auto away = FailsWith(absl::StatusCode::kUnavailable, "KEY_STORE_AWAY");
  EXPECT_THAT(hub.key->Unwrap(kPlace, wrapped), away);
  WriteFile(token_->pin_file(), "483920");
  const auto again = hub.key->Unwrap(kPlace, wrapped);
  EXPECT_THAT(again, away);
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("not tried again"));
  EXPECT_OK(CheckToken(options_)) << "a hub that starts anew tries it";
}

// … and a supervisor that starts a hub with a wrong one again and again would see to that.
TEST_F(TokenWrappingTest, NoPinIsTheLastTryBeforeTheTokenLocks) {
  options_.module = FEW_TRIES_MODULE;
  const struct {
    CK_FLAGS flags;
    const char* says;
  } rows[] = {{CKF_USER_PIN_FINAL_TRY, "is not tried"},
              {CKF_USER_PIN_LOCKED, "security officer"},
              {CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY, "security officer"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.flags);
    setenv("TOKEN_FLAGS", std::to_string(row.flags).c_str(), 1);
    for (const char* pin : {"483920", "483921"}) {
      WriteFile(token_->pin_file(), pin);
      const absl::Status status = CheckToken(options_);
      EXPECT_THAT(status, FailsWith(kPrecondition, "TOKEN_INVALID"));
      EXPECT_THAT(std::string(status.message()), HasSubstr(row.says));
    }
  }
  setenv("TOKEN_FLAGS", std::to_string(CKF_USER_PIN_COUNT_LOW).c_str(), 1);
  EXPECT_THAT(std::string(CheckToken(options_).message()), HasSubstr("refuses the PIN"));
  WriteFile(token_->pin_file(), "483920");
  EXPECT_OK(CheckToken(options_));
  unsetenv("TOKEN_FLAGS");
}

}  // namespace
}  // namespace switchboard::storage
