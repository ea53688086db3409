#include "hub/base/secret_file.h"

#include <sys/stat.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace switchboard {
namespace {

using ::testing::HasSubstr;

constexpr uid_t kHub = 1000;
constexpr uid_t kSomebody = 2000;
constexpr gid_t kGroup = 3000;
constexpr gid_t kOtherGroup = 4000;

std::string Problem(mode_t mode, uid_t user, gid_t group, uid_t hub = kHub) {
  struct stat facts {};
  facts.st_mode = S_IFREG | mode;
  facts.st_uid = user;
  facts.st_gid = group;
  return SecretFileProblem(facts, {hub, {1, kGroup}});
}

TEST(SecretFile, TheOwnerAloneIsFine) {
  for (const mode_t mode : {0600, 0400, 0700}) EXPECT_EQ(Problem(mode, kHub, kOtherGroup), "");
}

// Kubernetes with fsGroup: root's file, the pod's group, mode 0440 or 0640.
TEST(SecretFile, TheHubsGroupMayReadWhatSomebodyElseOwns) {
  for (const mode_t mode : {0640, 0440, 0040}) {
    EXPECT_EQ(Problem(mode, 0, kGroup), "");
    EXPECT_EQ(Problem(mode, kSomebody, kGroup), "");
    EXPECT_EQ(Problem(mode, 0, kGroup, /*hub=*/0), "") << "a hub that runs as root";
  }
}

TEST(SecretFile, ReadableByMoreThanNeededIsRefusedWithTheWayOut) {
  for (const mode_t mode : {0640, 0440}) {
    EXPECT_THAT(Problem(mode, kHub, kGroup), HasSubstr("the hub's user owns it; run chmod 600"));
    EXPECT_THAT(Problem(mode, 0, kOtherGroup), HasSubstr("none of the hub's"));
  }
  for (const mode_t mode : {0604, 0602, 0601, 0644, 0444, 0666, 0777})
    EXPECT_THAT(Problem(mode, 0, kGroup),
                HasSubstr("others may read or write this key; run chmod"));
  for (const mode_t mode : {0660, 0620, 0610, 0650, 0670})
    EXPECT_THAT(Problem(mode, 0, kGroup), HasSubstr("its group may write or run this key"));
}

TEST(SecretFile, ThisProcessHasAGroup) {
  EXPECT_FALSE(ProcessOwner::OfThisProcess().groups.empty());
}

}  // namespace
}  // namespace switchboard
