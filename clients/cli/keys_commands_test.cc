// Keys: what there is, and changing them.

#include <string>
#include <vector>

#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/privacy_keys.pb.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using Keys = v1::ListKeysResponse;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kDay = 1767225600;  // 2026-01-01 00:00:00 UTC

class KeysCommandsTest : public ::testing::Test {
 protected:
  static void Fill(Keys::Rotation& rotation, int64_t through, Keys::Rotation::Step step) {
    rotation.set_through_key_number(through);
    rotation.set_actor("operator/ito");
    *rotation.mutable_start_time() = TimeUtil::SecondsToTimestamp(kDay);
    rotation.set_step(step);
    if (step == Keys::Rotation::STEP_DONE)
      *rotation.mutable_end_time() = TimeUtil::SecondsToTimestamp(kDay + 300);
  }
  // One more look at the rotation through key 3.
  Keys::Rotation& Seen(Keys::Rotation::Step step) {
    Keys::Rotation& rotation = *script_.Answer<Keys>().mutable_rotation();
    Fill(rotation, 3, step);
    return rotation;
  }
  void AnswerRotation(Keys::Rotation::Step step) {
    Fill(*script_.Answer<v1::RotateKeysResponse>().mutable_rotation(), 3, step);
  }

  Script script_;
};

TEST_F(KeysCommandsTest, ListShowsKeysHubsAndHowFarARotationIs) {
  Keys& keys = script_.Answer<Keys>();
  auto& root = *keys.add_keys();
  root.set_key_number(1);
  root.set_purpose(Keys::PURPOSE_ROOT);
  root.set_wrapped_by("pkcs11:hub-2026");
  *root.mutable_create_time() = TimeUtil::SecondsToTimestamp(kDay);
  auto& old = *keys.add_keys();
  old.set_key_number(2);
  old.set_purpose(Keys::PURPOSE_DATA);
  old.set_hub_id("hub-2");
  old.set_wrapped_by("file:9f86d081884c");
  *old.mutable_create_time() = TimeUtil::SecondsToTimestamp(kDay);
  *old.mutable_retire_time() = TimeUtil::SecondsToTimestamp(kDay + 60);
  *old.mutable_destroy_time() = TimeUtil::SecondsToTimestamp(kDay + 120);
  auto& hub = *keys.add_hubs();
  hub.set_hub_id("hub-1");
  hub.set_sealing_key(4);
  hub.add_wrapping_keys("pkcs11:hub-2026");
  hub.add_wrapping_keys("file:9f86d081884c");
  *hub.mutable_start_time() = TimeUtil::SecondsToTimestamp(kDay);
  Fill(*keys.mutable_rotation(), 3, Keys::Rotation::STEP_SEALING);
  keys.mutable_rotation()->set_table("account");
  keys.mutable_rotation()->set_boxes_seen(1200);
  keys.mutable_rotation()->set_boxes_sealed(800);
  keys.mutable_rotation()->add_broken_boxes("person 2");

  const Ran ran = RunOnline({"keys", "list"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("1  ROOT +pkcs11:hub-2026 +2026-01-01 00:00:00"));
  EXPECT_THAT(ran.out, ContainsRegex("2  DATA  hub-2  file:9f86d081884c  2026-01-01 00:00:00  "
                                     "2026-01-01 00:01:00  2026-01-01 00:02:00\n"));
  EXPECT_THAT(ran.out, ContainsRegex("hub-1 +4  pkcs11:hub-2026 file:9f86d081884c  2026-01-01"));
  EXPECT_THAT(
      ran.out,
      AllOf(HasSubstr("rotation of data keys up to 3, asked for by operator/ito at 2026-01-01 "
                      "00:00:00: SEALING at account, boxes looked at: 1,200, sealed anew: 800\n"),
            HasSubstr("boxes that no key opens, and whose keys stay: person 2\n"),
            HasSubstr("2 keys, 1 of them not destroyed\n")));
}

TEST_F(KeysCommandsTest, RotateReturnsAtOnceUnlessItIsToWait) {
  AnswerRotation(Keys::Rotation::STEP_SWITCHING);
  script_.Answer<Keys>();
  const Ran ran = RunOnline({"keys", "rotate", "--without", "hub-3", "hub-4"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("data keys up to 3 are being rotated; 'switchboard keys list'"));
  EXPECT_EQ(script_.Unasked<Keys>(), 1u);
  const auto asked = script_.Asked<v1::RotateKeysRequest>();
  EXPECT_EQ(asked.which(), v1::RotateKeysRequest::WHICH_DATA);
  EXPECT_THAT(asked.without_hubs(), ElementsAre("hub-3", "hub-4"));
}

TEST_F(KeysCommandsTest, RotateWaitsUntilTheOldKeysAreDestroyed) {
  AnswerRotation(Keys::Rotation::STEP_SWITCHING);
  Seen(Keys::Rotation::STEP_SWITCHING).add_waits_for_hubs("hub-2");
  Seen(Keys::Rotation::STEP_SEALING);
  Seen(Keys::Rotation::STEP_PROVING);
  Seen(Keys::Rotation::STEP_DONE).set_boxes_sealed(5);
  const Ran ran = RunOnline({"keys", "rotate", "--wait"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script_.Unasked<Keys>(), 0u);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("DONE since 2026-01-01 00:05:00"), HasSubstr("sealed anew: 5\n"),
                    HasSubstr("data keys up to 3 are destroyed, and no box is left")));
}

TEST_F(KeysCommandsTest, BoxesThatDoNotOpenAreAnExitCode) {
  AnswerRotation(Keys::Rotation::STEP_SWITCHING);
  Seen(Keys::Rotation::STEP_DONE).add_broken_boxes("person 1");
  const Ran ran = RunOnline({"keys", "rotate", "--wait"}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("destroyed but for those of boxes that do not open"));
}

// The one that was waited for is over, or the next could not have begun.
TEST_F(KeysCommandsTest, ANewerRotationEndsTheWait) {
  AnswerRotation(Keys::Rotation::STEP_SWITCHING);
  Fill(*script_.Answer<Keys>().mutable_rotation(), 9, Keys::Rotation::STEP_SEALING);
  const Ran ran = RunOnline({"keys", "rotate", "--wait"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("data keys up to 3 are destroyed"));
}

TEST_F(KeysCommandsTest, WrappingIsDoneAtOnce) {
  script_.Answer<v1::RotateKeysResponse>().set_keys_wrapped(4);
  Ran ran = RunOnline({"keys", "rotate", "--wrapping"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script_.Asked<v1::RotateKeysRequest>().which(), v1::RotateKeysRequest::WHICH_WRAPPING);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("4 keys wrapped anew; "), HasSubstr("still opens the")));
  script_.Answer<v1::RotateKeysResponse>();
  ran = RunOnline({"keys", "rotate", "--wrapping"}, script_);
  EXPECT_THAT(ran.out, HasSubstr("no key had to be wrapped anew\n"));

  for (const std::string other : {"--wait", "--without"}) {
    std::vector<std::string> words = {"keys", "rotate", "--wrapping", other};
    if (other == "--without") words.push_back("hub-2");
    EXPECT_EQ(RunOnline(words, script_).code, kExitUsage) << other;
  }
}

}  // namespace
}  // namespace switchboard::cli
