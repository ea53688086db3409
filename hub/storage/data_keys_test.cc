#include "hub/storage/data_keys.h"

#include <sys/stat.h>

#include <memory>
#include <string>
#include <utility>

#include "hub/storage/schema.h"
#include "tests/database_fixture.h"
#include "tests/servers/soft_hsm.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::TestDatabase;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

Secret SomeKey() { return Secret(std::string_view("0123456789abcdef0123456789ABCDEF")); }

// Beside the root key and the data key of the fixture, 1 and 2.
class DataKeysTest : public ::testing::Test {
 protected:
  std::unique_ptr<Wrappings> OpenWrappings(const WrappingOptions& options) {
    std::unique_ptr<Wrappings> wrappings;
    EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(wrappings, Wrappings::Open(options, transaction.connection(), test_.ids));
      return absl::OkStatus();
    }));
    return wrappings;
  }
  WrappingOptions Old() const { return {test_.folder / "hub.key", std::nullopt, ""}; }
  // A new key file beside the former one.
  WrappingOptions New() const {
    testing::WriteFile(test_.folder / "new.key", std::string(64, 'b'));
    EXPECT_EQ(chmod((test_.folder / "new.key").c_str(), 0600), 0);
    return {test_.folder / "new.key", std::nullopt, test_.folder / "hub.key"};
  }
  absl::StatusOr<int64_t> Add(Wrappings& wrappings, const char* hub_id = "hub-1") {
    absl::StatusOr<int64_t> number = absl::InternalError("not added");
    EXPECT_OK(test_.Run([&](Transaction& transaction) {
      number = AddDataKey(transaction.connection(), wrappings, kDataPurpose, hub_id, SomeKey(),
                          transaction.now_us());
      return number.status();
    }));
    return number;
  }
  DataKey Find(int64_t number) {
    absl::StatusOr<std::optional<DataKey>> key = absl::InternalError("not read");
    EXPECT_OK(test_.readers->Run([&](Connection& reader) {
      key = FindDataKey(reader, number);
      return key.status();
    }));
    EXPECT_TRUE(key.ok() && key->has_value()) << number;
    return key.ok() && key->has_value() ? **key : DataKey();
  }

  TestDatabase test_;
};

TEST_F(DataKeysTest, NumbersGrowAndAKeyOpensAsWhatItIs) {
  const auto wrappings = OpenWrappings(Old());
  ASSERT_OK_AND_ASSIGN(const int64_t number, Add(*wrappings));
  EXPECT_EQ(number, 3);
  DataKey key = Find(number);
  EXPECT_EQ(key.purpose, kDataPurpose);
  EXPECT_EQ(key.hub_id, "hub-1");
  EXPECT_EQ(key.wrapped_by, wrappings->own().id());
  EXPECT_EQ(key.create_us, test_.now_us());
  EXPECT_FALSE(key.retire_us.has_value() || key.destroy_us.has_value());
  ASSERT_OK_AND_ASSIGN(const Secret opened, UnwrapDataKey(*wrappings, key));
  EXPECT_EQ(opened.view(), SomeKey().view());
  key.number = 4;  // moved to another row
  EXPECT_THAT(UnwrapDataKey(*wrappings, key), FailsWith(kPrecondition, "KEY_FILE_WRONG"));
}

TEST_F(DataKeysTest, ANewKeyIsWrappedAsTheRootKeyIsSoThatOlderHubsOpenIt) {
  const auto both = OpenWrappings(New());
  const auto old = OpenWrappings(Old());
  EXPECT_NE(both->own().id(), old->own().id());
  EXPECT_EQ(both->Opens(), both->own().id() + " " + old->own().id());
  ASSERT_OK_AND_ASSIGN(const int64_t number, Add(*both));
  EXPECT_EQ(Find(number).wrapped_by, old->own().id());
  EXPECT_OK(UnwrapDataKey(*old, Find(number)));

  EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const int wrapped, WrapAllAnew(transaction, *both));
    EXPECT_EQ(wrapped, 3);
    return absl::OkStatus();
  }));
  EXPECT_EQ(Find(number).wrapped_by, both->own().id());
  EXPECT_OK(UnwrapDataKey(*both, Find(number)));
  EXPECT_THAT(UnwrapDataKey(*old, Find(number)), FailsWith(kPrecondition, "KEY_FILE_WRONG"));
  ASSERT_OK_AND_ASSIGN(const int64_t next, Add(*both));
  EXPECT_EQ(Find(next).wrapped_by, both->own().id());
}

TEST_F(DataKeysTest, DestroyedKeysHaveNoBytesAndStayGone) {
  const auto wrappings = OpenWrappings(Old());
  ASSERT_OK_AND_ASSIGN(const int64_t third, Add(*wrappings));
  ASSERT_OK_AND_ASSIGN(const int64_t fourth, Add(*wrappings));
  for (const int64_t gone : {1, 0}) {
    EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const int64_t destroyed, DestroyDataKeys(transaction, third, {2}));
      EXPECT_EQ(destroyed, gone) << "the third alone, once";
      return absl::OkStatus();
    }));
  }
  EXPECT_TRUE(Find(third).wrapped.empty());
  EXPECT_TRUE(Find(third).retire_us.has_value() && Find(third).destroy_us.has_value());
  EXPECT_FALSE(Find(1).wrapped.empty()) << "the root key";
  EXPECT_FALSE(Find(2).wrapped.empty()) << "one that is kept";
  EXPECT_FALSE(Find(fourth).wrapped.empty());
  ASSERT_OK_AND_ASSIGN(const int64_t fifth, Add(*wrappings));
  EXPECT_EQ(fifth, fourth + 1);
}

TEST_F(DataKeysTest, AHubThatSealsByANewKeyRetiresItsFormerOnes) {
  const auto wrappings = OpenWrappings(Old());
  ASSERT_OK_AND_ASSIGN(const int64_t mine, Add(*wrappings));
  ASSERT_OK_AND_ASSIGN(const int64_t others, Add(*wrappings, "hub-2"));
  ASSERT_OK_AND_ASSIGN(const int64_t next, Add(*wrappings));
  EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction
                        .Execute("INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) "
                                 "VALUES ('hub-1', 1, 7, 0, '')",
                                 {})
                        .status());
    ASSIGN_OR_RETURN(auto hubs, KeysOfHubs(transaction.connection()));
    EXPECT_TRUE(hubs.empty()) << "one that seals by none has no place";
    RETURN_IF_ERROR(NoteSealingKey(transaction.connection(), "hub-1", next, "file:a file:b", 9));
    ASSIGN_OR_RETURN(hubs, KeysOfHubs(transaction.connection()));
    EXPECT_EQ(hubs.size(), 1u);
    if (hubs.size() != 1) return absl::OkStatus();
    EXPECT_EQ(hubs[0].sealing_key, next);
    EXPECT_EQ(hubs[0].start_us, 7);
    EXPECT_THAT(hubs[0].opens, ::testing::ElementsAre("file:a", "file:b"));
    return absl::OkStatus();
  }));
  EXPECT_EQ(Find(mine).retire_us, 9);
  EXPECT_FALSE(Find(others).retire_us.has_value());
  EXPECT_FALSE(Find(next).retire_us.has_value());
  EXPECT_FALSE(Find(1).retire_us.has_value()) << "the root key";
}

TEST_F(DataKeysTest, HubsWithoutTheNewWrappingKeyAreNamedWithTheWayOut) {
  const auto both = OpenWrappings(New());
  const std::string old = OpenWrappings(Old())->own().id();
  EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    const struct {
      const char* hub_id;
      int64_t sealing_key;
      std::string opens;
    } hubs[] = {{"hub-1", 2, both->Opens()}, {"hub-2", 2, old}, {"hub-3", 2, ""}, {"hub-4", 0, ""}};
    for (const auto& hub : hubs) {
      RETURN_IF_ERROR(
          transaction
              .Execute("INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) VALUES "
                       "($1, 1, 7, $2, $3)",
                       {hub.hub_id, hub.sealing_key, hub.opens})
              .status());
    }
    const auto wrapped = WrapAllAnew(transaction, *both);
    EXPECT_THAT(wrapped, FailsWith(kPrecondition, "WRAPPING_KEY_NOT_EVERYWHERE"));
    EXPECT_THAT(std::string(wrapped.status().message()),
                ::testing::AllOf(::testing::HasSubstr(": hub-2, hub-3;"),
                                 ::testing::HasSubstr("keys rotate --without HUB")));
    return absl::OkStatus();
  }));
}

// Two hubs that begin an empty database one after the other.
TEST_F(DataKeysTest, ATokensKeyIsMadeForADatabaseWithoutKeysAlone) {
  if (const absl::Status available = servers::SoftHsm::Available(); !available.ok())
    GTEST_SKIP() << available.message();
  ASSERT_OK_AND_ASSIGN(const auto token, servers::SoftHsm::Create());
  WrappingOptions options;
  options.token = {servers::SoftHsm::module(), servers::SoftHsm::kTokenLabel, "hub-2026",
                   token->pin_file()};
  const testing::TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(testing::NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1));
  {
    ASSERT_OK_AND_ASSIGN(auto wrappings, Wrappings::Open(options, *writer, test_.ids));
    ASSERT_OK(Sealer::Open(std::move(wrappings), "hub-1", *writer, test_.ids, 1));
  }
  ASSERT_OK_AND_ASSIGN(auto second, Wrappings::Open(options, *writer, test_.ids));
  EXPECT_EQ(second->Opens(), "pkcs11:hub-2026");
  EXPECT_OK(Sealer::Open(std::move(second), "hub-2", *writer, test_.ids, 1));
  options.token->key_label = "hub-2027";
  EXPECT_THAT(Wrappings::Open(options, *writer, test_.ids),
              FailsWith(kPrecondition, "TOKEN_INVALID"));
}

}  // namespace
}  // namespace switchboard::storage
