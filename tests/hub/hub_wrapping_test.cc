// What data keys are wrapped by, and changing that while a hub works.
#include <sys/stat.h>

#include <set>
#include <string>
#include <vector>

#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"
#include "tests/servers/soft_hsm.h"

namespace switchboard {
namespace {

using servers::SoftHsm;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

class HubWrappingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1, {.account_id = "A-1", .person_id = "P-1"})}));
    old_ = world_.options().wrapping;
  }

  absl::StatusOr<v1::RotateKeysResponse> Rotate(v1::RotateKeysRequest::Which which,
                                                const std::vector<std::string>& without = {}) {
    v1::RotateKeysRequest request;
    request.set_which(which);
    request.mutable_without_hubs()->Assign(without.begin(), without.end());
    return world_.Await<v1::RotateKeysResponse>(
        [&](auto done) { world_.hub().privacy_api().RotateKeys(Operator(), request, done); });
  }
  absl::StatusOr<v1::RotateKeysResponse> WrapAnew() {
    return Rotate(v1::RotateKeysRequest::WHICH_WRAPPING);
  }
  v1::ListKeysResponse List() {
    const auto listed = world_.Await<v1::ListKeysResponse>(
        [&](auto done) { world_.hub().privacy_api().ListKeys(Operator(), {}, done); });
    EXPECT_OK(listed);
    return listed.value_or(v1::ListKeysResponse());
  }
  // What all keys are wrapped by.
  std::set<std::string> WrappedBy() {
    std::set<std::string> ids;
    const v1::ListKeysResponse listed = List();
    for (const auto& key : listed.keys()) ids.insert(key.wrapped_by());
    return ids;
  }
  std::vector<std::string> Opens() {
    const auto listed = List();
    EXPECT_EQ(listed.hubs_size(), 1);
    if (listed.hubs_size() == 0) return {};
    return {listed.hubs(0).wrapping_keys().begin(), listed.hubs(0).wrapping_keys().end()};
  }
  std::vector<v1::AuditEvent> KeyEvents() {
    auto events = world_.AuditEvents();
    std::erase_if(events, [](const v1::AuditEvent& event) {
      return event.kind() != v1::AuditEvent::KIND_KEYS;
    });
    return events;
  }
  // A key file as an operator makes it.
  std::string NewKeyFile() {
    const std::string path = (world_.folder() / "new.key").string();
    testing::WriteFile(path, std::string(64, 'b'));
    EXPECT_EQ(chmod(path.c_str(), 0600), 0);
    return path;
  }
  void ExpectAllReadable() {
    EXPECT_OK(world_.Import({MakeRecord(1, {.account_id = "A-1", .person_id = "P-1"})}));
    EXPECT_FALSE(world_.Live("A-1").assignment_id().empty());
  }
  void ExpectRefused(const storage::WrappingOptions& wrapping, const char* reason) {
    world_.WhileClosed([&](HubOptions options) {
      options.wrapping = wrapping;
      EXPECT_THAT(
          Hub::Open(options, world_.clock, world_.ids, world_.executor, world_.metrics).status(),
          FailsWith(kPrecondition, reason));
    });
  }

  // From what the database is wrapped by to another wrapping key, and without the former one.
  void ExpectMoves(const storage::WrappingOptions& both, const storage::WrappingOptions& after) {
    const std::set<std::string> before = WrappedBy();
    ASSERT_EQ(before.size(), 1u);
    world_.RestartWith(both);
    EXPECT_EQ(WrappedBy(), before) << "also what is new since, for hubs that have no other yet";
    const std::vector<std::string> opens = Opens();
    ASSERT_EQ(opens.size(), 2u);
    EXPECT_EQ(opens[1], *before.begin());

    const int keys = List().keys_size();
    ASSERT_OK_AND_ASSIGN(const auto wrapped, WrapAnew());
    EXPECT_EQ(wrapped.keys_wrapped(), keys);
    EXPECT_EQ(WrappedBy(), std::set<std::string>{opens[0]});
    const auto events = KeyEvents();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].keys().step(), v1::KeyStep::STEP_WRAPPED);
    EXPECT_EQ(events[0].keys().wrapped_by(), opens[0]);
    EXPECT_EQ(events[0].count(), keys);
    ASSERT_OK_AND_ASSIGN(const auto again, WrapAnew());
    EXPECT_EQ(again.keys_wrapped(), 0);
    EXPECT_EQ(KeyEvents().size(), 1u) << "nothing was changed";

    world_.RestartWith(after);
    EXPECT_EQ(WrappedBy(), std::set<std::string>{opens[0]});
    ExpectAllReadable();
  }

  HubWorld world_;
  storage::WrappingOptions old_;
};

TEST_F(HubWrappingTest, FromAKeyFileToAnother) {
  storage::WrappingOptions both{NewKeyFile(), std::nullopt, old_.key_file};
  const storage::WrappingOptions after{both.key_file, std::nullopt, ""};
  ExpectRefused(after, "KEY_FILE_WRONG");
  ExpectMoves(both, after);
  ExpectRefused(old_, "KEY_FILE_WRONG");
  ExpectAllReadable();
}

TEST_F(HubWrappingTest, FromAKeyFileToATokenAndToItsNextKey) {
  if (const absl::Status available = SoftHsm::Available(); !available.ok())
    GTEST_SKIP() << available.message();
  ASSERT_OK_AND_ASSIGN(const auto token, SoftHsm::Create());
  const storage::TokenOptions first{SoftHsm::module(), SoftHsm::kTokenLabel, "hub-2026",
                                    token->pin_file()};
  ExpectRefused({"", first, old_.key_file}, "TOKEN_INVALID");  // made by no hub: there are keys
  ASSERT_OK(token->MakeKey("hub-2026", {}));
  ExpectRefused({"", first, ""}, "KEY_FILE_WRONG");
  ExpectMoves({"", first, old_.key_file}, {"", first, ""});
  ExpectRefused(old_, "TOKEN_INVALID");

  // Of one token all keys are found by their labels.
  ASSERT_OK(token->MakeKey("hub-2027", {}));
  storage::TokenOptions next = first;
  next.key_label = "hub-2027";
  world_.RestartWith(storage::WrappingOptions{"", next, ""});
  EXPECT_EQ(WrappedBy(), std::set<std::string>{"pkcs11:hub-2026"});
  ASSERT_OK(WrapAnew());
  EXPECT_EQ(WrappedBy(), std::set<std::string>{"pkcs11:hub-2027"});
  ExpectAllReadable();

  token->TakeOut();
  ExpectAllReadable();
  EXPECT_THAT(Rotate(v1::RotateKeysRequest::WHICH_DATA), IsOk());
  token->PutBack();
}

TEST_F(HubWrappingTest, ATokenThatIsAwayIsToldAndNothingIsWrapped) {
  if (const absl::Status available = SoftHsm::Available(); !available.ok())
    GTEST_SKIP() << available.message();
  ASSERT_OK_AND_ASSIGN(const auto token, SoftHsm::Create());
  ASSERT_OK(token->MakeKey("hub-2026", {}));
  const storage::TokenOptions first{SoftHsm::module(), SoftHsm::kTokenLabel, "hub-2026",
                                    token->pin_file()};
  const std::set<std::string> before = WrappedBy();
  world_.RestartWith(storage::WrappingOptions{"", first, old_.key_file});
  token->TakeOut();
  EXPECT_THAT(WrapAnew(), FailsWith(absl::StatusCode::kUnavailable, "KEY_STORE_AWAY"));
  EXPECT_EQ(WrappedBy(), before);
  token->PutBack();
  EXPECT_OK(WrapAnew());
  EXPECT_EQ(WrappedBy(), std::set<std::string>{"pkcs11:hub-2026"});
}

TEST_F(HubWrappingTest, AHubWithoutTheNewWrappingKeyKeepsItBackUnlessItIsGone) {
  // As one that was started with the old configuration.
  auto join = [](storage::Transaction& transaction) {
    return transaction
        .Execute(
            "INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) SELECT 'hub-9', "
            "1, 1, 1, opens FROM hub WHERE hub_id = 'hub-1'",
            {})
        .status();
  };
  absl::Status joined = absl::InternalError("not answered");
  world_.hub().writer().Submit(storage::Urgency::kUrgent, join,
                               [&](const absl::Status& status) { joined = status; });
  world_.Settle();
  ASSERT_OK(joined);
  world_.RestartWith(storage::WrappingOptions{NewKeyFile(), std::nullopt, old_.key_file});
  EXPECT_THAT(WrapAnew(), FailsWith(kPrecondition, "WRAPPING_KEY_NOT_EVERYWHERE"));
  ASSERT_OK(Rotate(v1::RotateKeysRequest::WHICH_DATA, {"hub-9"}));
  EXPECT_OK(WrapAnew());
  EXPECT_EQ(List().hubs_size(), 1) << "who was evicted has no place";
}

TEST_F(HubWrappingTest, WhatAsksForNothingOrForTooMuchIsRefused) {
  const auto refused = FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_THAT(Rotate(v1::RotateKeysRequest::WHICH_UNSPECIFIED), refused);
  EXPECT_THAT(Rotate(v1::RotateKeysRequest::WHICH_DATA, {"hub-1"}), refused);
  EXPECT_THAT(Rotate(v1::RotateKeysRequest::WHICH_DATA, {"hub-7"}), refused);
  EXPECT_THAT(Rotate(v1::RotateKeysRequest::WHICH_WRAPPING, {"hub-7"}), refused);
  EXPECT_FALSE(List().has_rotation());
}

}  // namespace
}  // namespace switchboard
