#include "hub/telemetry/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace switchboard::telemetry {
namespace {

// What hardening left undone, as bits; runs in a child, so that the test program stays as it is.
int Undone(const std::string& path) {
  rlimit files = {64, 128};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < 128) return 64;
  files = {64, 128};
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) return 64;
  umask(0);

  const absl::StatusOr<int64_t> files_max = HardenProcess();
  int undone = files_max.ok() && *files_max == 128 ? 0 : 1;
  rlimit core = {1, 1};
  if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0) undone |= 2;
  if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) undone |= 4;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur != 128) undone |= 8;
  const int file = open(path.c_str(), O_CREAT | O_WRONLY, 0666);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0 || (facts.st_mode & 0777) != 0600) undone |= 16;
  int ends[2];
  if (pipe(ends) != 0 || close(ends[0]) != 0) return 64;
  if (write(ends[1], "x", 1) != -1 || errno != EPIPE) undone |= 32;
  return undone;
}

TEST(ProcessTest, NoCoreNoDebuggerPrivateFilesManyDescriptorsNoEndByAPipe) {
  testing::TemporaryFolder folder;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(Undone(folder / "file"));
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ProcessTest, SwapIsThereUnlessAGroupForbidsIt) {
  testing::TemporaryFolder root;
  const auto write = [&](const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root / path).parent_path());
    testing::WriteFile(root / path, text);
  };
  const auto swapped = [&] { return MayBeSwapped(root.path().string()); };
  EXPECT_FALSE(swapped()) << "no such files";
  write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
  EXPECT_FALSE(swapped()) << "no swap is on";
  write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2\tpartition\t1\t0\t-2\n");
  EXPECT_TRUE(swapped()) << "nobody says which group";

  write("proc/self/cgroup", "1:memory:/other\n0::/system.slice/switchboardd.service\n");
  EXPECT_TRUE(swapped()) << "the groups have no limit";
  const std::string slice = "sys/fs/cgroup/system.slice/";
  write(slice + "switchboardd.service/memory.swap.max", "max\n");
  EXPECT_TRUE(swapped());
  write(slice + "switchboardd.service/memory.swap.max", "0\n");
  EXPECT_FALSE(swapped());
  write(slice + "switchboardd.service/memory.swap.max", "4096\n");
  EXPECT_TRUE(swapped());
  write(slice + "memory.swap.max", "0\n");
  EXPECT_FALSE(swapped()) << "a group above counts as well";
  write("proc/self/cgroup", "0::/\n");
  EXPECT_TRUE(swapped()) << "it is in neither";
  write("sys/fs/cgroup/memory.swap.max", "0\n");
  EXPECT_FALSE(swapped()) << "a container's own group";
}

}  // namespace
}  // namespace switchboard::telemetry
