#include "tests/servers/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <string>

#include "tests/servers/server_folder.h"
#include "tests/testing.h"

namespace switchboard::servers {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;

constexpr int kPatienceMilliseconds = 120'000;

TEST(ChildProcess, RunsStopsAndKills) {
  const TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(ChildProcess echo,
                       ChildProcess::Start({"/bin/sh", "-c", "echo hello"}, folder / "log"));
  EXPECT_TRUE(echo.EndsWithin(kPatienceMilliseconds));
  EXPECT_EQ(echo.exit_text(), "exit code 0");
  EXPECT_EQ(ReadFile(folder / "log"), "hello\n");

  const absl::Status ended = echo.Ended("the echo");
  EXPECT_THAT(ended, FailsWith(absl::StatusCode::kInternal, "PROCESS_ENDED"));
  EXPECT_EQ(ended.message(),
            "the echo ended: exit code 0; " + (folder / "log") + " ends with:\nhello\n");

  ASSERT_OK_AND_ASSIGN(ChildProcess stopped,
                       ChildProcess::Start({"/bin/sleep", "1000"}, folder / "log"));
  EXPECT_TRUE(stopped.Running());
  EXPECT_FALSE(stopped.EndsWithin(0));
  EXPECT_FALSE(stopped.Stop(5'000));
  EXPECT_EQ(stopped.exit_text(), "signal 15");

  // Deaf to the signal: what ended it in the end was Stop.
  ASSERT_OK_AND_ASSIGN(ChildProcess deaf,
                       ChildProcess::Start({"/bin/sh", "-c", "trap '' TERM; echo deaf; sleep 1000"},
                                           folder / "deaf"));
  ASSERT_TRUE(
      testing::Eventually([&] { return testing::ReadFileIfThere(folder / "deaf") == "deaf\n"; }));
  EXPECT_FALSE(deaf.Stop(10));
  EXPECT_EQ(deaf.exit_text(), "no end within 10 ms of signal 15");

  ASSERT_OK_AND_ASSIGN(ChildProcess killed,
                       ChildProcess::Start({"/bin/sleep", "1000"}, folder / "log"));
  const pid_t pid = killed.pid();
  killed.Kill();
  EXPECT_EQ(killed.exit_text(), "signal 9");
  EXPECT_EQ(kill(pid, 0), -1);

  ASSERT_OK_AND_ASSIGN(ChildProcess missing,
                       ChildProcess::Start({"/nowhere/program"}, folder / "log"));
  EXPECT_TRUE(missing.EndsWithin(kPatienceMilliseconds));
  EXPECT_EQ(missing.exit_text(), "exit code 127");
}

// The children hold the write end of a pipe that nobody else has: it is closed when all are gone.
TEST(ChildProcess, KillsItsChildrenWithIt) {
  const TemporaryFolder folder;
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  ASSERT_OK_AND_ASSIGN(ChildProcess parent,
                       ChildProcess::Start({"/bin/sh", "-c",
                                            "/bin/sleep 1000 & /bin/sleep 1000 & echo started >&" +
                                                std::to_string(pipe_ends[1]) + "; wait"},
                                           folder / "log"));
  close(pipe_ends[1]);
  char text[16];
  ASSERT_EQ(read(pipe_ends[0], text, sizeof text), 8);
  parent.KillWithChildren();
  EXPECT_EQ(parent.exit_text(), "signal 9");
  EXPECT_EQ(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
  EXPECT_EQ(read(pipe_ends[0], text, sizeof text), 0) << "a child still has the pipe";
  close(pipe_ends[0]);
}

TEST(ChildProcess, RunsAsAskedFor) {
  const TemporaryFolder folder;
  const bool root = geteuid() == 0;
  ASSERT_OK_AND_ASSIGN(
      ChildProcess program,
      ChildProcess::Start({"/bin/sh", "-c", "id -un; pwd; echo $A$HOME"},
                          ProcessOptions{.log = folder / "log",
                                         .user = root ? "nobody" : "",
                                         .folder = "/",
                                         .environment = {"PATH=/usr/bin:/bin", "A=b"}}));
  ASSERT_TRUE(program.EndsWithin(kPatienceMilliseconds));
  const std::string said = ReadFile(folder / "log");
  EXPECT_THAT(said, ::testing::EndsWith("\n/\nb\n"));
  if (root) {
    EXPECT_THAT(said, ::testing::StartsWith("nobody\n"));
  }

  EXPECT_THAT(ChildProcess::Start({"/bin/true"},
                                  ProcessOptions{.log = folder / "log", .user = "no-such-user"}),
              FailsWith(absl::StatusCode::kUnavailable, "PROCESS_NOT_STARTED"));
}

TEST(ServerFolder, RunsProgramsAndSaysWhatWentWrong) {
  std::string path;
  {
    ASSERT_OK_AND_ASSIGN(const ServerFolder folder, ServerFolder::Make("", "nobody"));
    path = folder.path();
    EXPECT_OK(folder.Write("secret", "content"));
    EXPECT_OK(folder.Run({"/bin/cat", "secret"}));
    const absl::Status failed = folder.Run({"/bin/sh", "-c", "echo the reason; exit 3"});
    EXPECT_THAT(failed, FailsWith(absl::StatusCode::kInternal, "PROGRAM_FAILED"));
    EXPECT_THAT(
        std::string(failed.message()),
        ::testing::AllOf(::testing::HasSubstr("exit code 3"), ::testing::HasSubstr("the reason")));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_THAT(ServerFolder::Make("/nowhere", "nobody"),
              FailsWith(absl::StatusCode::kUnavailable, "FOLDER_NOT_MADE"));
}

}  // namespace
}  // namespace switchboard::servers
