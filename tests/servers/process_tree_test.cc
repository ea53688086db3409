#include "tests/servers/process_tree.h"

#include <signal.h>

#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/testing.h"

namespace switchboard::servers {
namespace {

using ::switchboard::testing::Eventually;
using ::switchboard::testing::ReadFileIfThere;

// Beside it one with a session of its own, as a daemon has; both write their pids.
constexpr char kDaemon[] =
    "setsid -f sh -c 'echo $$ > daemon; exec sleep 1000'; echo $$ > first; exec sleep 1000";

// The letter of /proc/<pid>/stat; '-' without such a process.
char StateOf(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');
  return name_end == std::string::npos ? '-' : line[name_end + 2];
}

class ProcessTrees : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = ServerFolder::Make("", "postgres");
    ASSERT_OK(made);
    folder_.emplace(*std::move(made));
  }

  pid_t PidIn(const std::string& file) {
    int pid = 0;
    EXPECT_TRUE(Eventually([&] {
      const auto text = ReadFileIfThere(*folder_ / file);
      return text.has_value() && absl::SimpleAtoi(*text, &pid);
    }));
    return pid;
  }

  std::optional<ServerFolder> folder_;
};

TEST_F(ProcessTrees, AreFrozenThawedAndKilledWithTheirDaemons) {
  ASSERT_OK_AND_ASSIGN(ProcessTree tree,
                       ProcessTree::Start(*folder_, {"/bin/sh", "-c", kDaemon}, "log"));
  const pid_t first = PidIn("first"), daemon = PidIn("daemon");
  EXPECT_TRUE(tree.Running());
  tree.Freeze();
  EXPECT_TRUE(Eventually([&] { return StateOf(first) == 'T' && StateOf(daemon) == 'T'; }));
  tree.Thaw();
  EXPECT_TRUE(Eventually([&] { return StateOf(first) != 'T' && StateOf(daemon) != 'T'; }));
  // The first alone: the daemon lost its parent, and is found all the same.
  kill(first, SIGKILL);
  EXPECT_TRUE(Eventually([&] { return StateOf(first) == '-'; }));
  EXPECT_TRUE(tree.Running());
  tree.Kill();
  EXPECT_FALSE(tree.Running());
  EXPECT_EQ(StateOf(daemon), '-');
}

// Frozen or not.
TEST_F(ProcessTrees, EndWithTheThreadThatStartedThem) {
  for (const bool frozen : {false, true}) {
    pid_t first = 0, daemon = 0;
    std::optional<ProcessTree> tree;
    std::thread([&] {
      auto started = ProcessTree::Start(*folder_, {"/bin/sh", "-c", kDaemon}, "log");
      ASSERT_OK(started);
      tree.emplace(*std::move(started));
      first = PidIn("first");
      daemon = PidIn("daemon");
      if (frozen) tree->Freeze();
    }).join();
    ASSERT_GT(daemon, 0);
    EXPECT_TRUE(Eventually([&] { return StateOf(first) == '-' && StateOf(daemon) == '-'; }));
    EXPECT_TRUE(Eventually([&] { return !tree->Running(); }));
    for (const char* file : {"first", "daemon"}) ASSERT_OK(folder_->Write(file, ""));
  }
}

}  // namespace
}  // namespace switchboard::servers
