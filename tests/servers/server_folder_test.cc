#include "tests/servers/server_folder.h"

#include <unistd.h>

#include <filesystem>

#include "tests/testing.h"

namespace switchboard::servers {
namespace {

namespace fs = std::filesystem;
using ::switchboard::testing::FailsWith;
using ::switchboard::testing::TemporaryFolder;
using ::testing::HasSubstr;

// A user that every system has and that owns nothing here.
constexpr char kUser[] = "nobody";

TEST(ServerFolder, BelowOneThatItsUserCannotPassSaysSo) {
  if (geteuid() != 0) GTEST_SKIP() << "only root hands folders over";
  const TemporaryFolder above;
  fs::permissions(above.path(), fs::perms::owner_all);
  const auto folder = ServerFolder::Make(above.path().string(), kUser);
  EXPECT_THAT(folder, FailsWith(absl::StatusCode::kFailedPrecondition, "FOLDER_NOT_PASSABLE"));
  EXPECT_THAT(folder.status().message(), HasSubstr(above.path().string()));
  EXPECT_TRUE(fs::is_empty(above.path()));
  fs::permissions(above.path(), fs::perms::others_exec, fs::perm_options::add);
  EXPECT_OK(ServerFolder::Make(above.path().string(), kUser).status());
}

TEST(ServerFolder, IsGoneWithTheObject) {
  const TemporaryFolder above;
  fs::permissions(above.path(), fs::perms::others_exec, fs::perm_options::add);
  {
    ASSERT_OK_AND_ASSIGN(const ServerFolder folder,
                         ServerFolder::Make(above.path().string(), kUser));
    ASSERT_OK(folder.Write("file", "content"));
    EXPECT_EQ(fs::status(folder.path()).permissions(), fs::perms::owner_all);
  }
  EXPECT_TRUE(fs::is_empty(above.path()));
}

}  // namespace
}  // namespace switchboard::servers
