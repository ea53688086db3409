#include "tests/attacks/process_use.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/testing.h"

namespace switchboard::attacks {
namespace {

TEST(ProcessUseTest, CountsWhatThisOneUses) {
  ASSERT_OK_AND_ASSIGN(const ProcessUse use, UseOf(getpid()));
  EXPECT_GT(use.resident_kib, 0);
  EXPECT_GT(use.descriptors, 2);
}

// Else a hub that died would look like one that holds nothing.
TEST(ProcessUseTest, SaysThatAProcessHasEndedThoughNobodyWaitedForIt) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t ended{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(UseOf(child).status().code(), absl::StatusCode::kInternal);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace switchboard::attacks
