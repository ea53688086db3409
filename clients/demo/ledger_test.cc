#include "clients/demo/ledger.h"

#include <unistd.h>

#include "clients/demo/child_status.h"
#include "clients/demo/tap_file.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using ::switchboard::testing::WriteFile;
using ::testing::ElementsAre;

TEST(Ledger, KeepsWhatWasAppendedAndLeavesOutALineCutShort) {
  const TemporaryFolder folder;
  for (const char* id : {"a", "b"}) {
    ASSERT_OK_AND_ASSIGN(const auto file, AppendFile::Open(folder / "ledger"));
    EXPECT_OK(file->Append(LedgerLine({"done", id})));
    EXPECT_OK(file->Sync());
  }
  WriteFile(folder / "ledger", ReadFile(folder / "ledger") + "done\tc");
  ASSERT_OK_AND_ASSIGN(const auto lines, ReadLedger(folder / "ledger"));
  EXPECT_THAT(lines, ElementsAre(ElementsAre("done", "a"), ElementsAre("done", "b")));
  ASSERT_OK_AND_ASSIGN(const auto none, ReadLedger(folder / "none"));
  EXPECT_TRUE(none.empty());
}

TEST(TapFile, GivesFramesBackAndSaysWhatWasCut) {
  const TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto tap, TapFile::Open(folder / "tap"));
  tap->Write("Sync", std::string("a\0b", 3));
  tap->Write("", "");
  tap->Write("RequestPermit", "last");
  const std::string bytes = ReadFile(folder / "tap");
  for (size_t kept = 0; kept <= bytes.size(); ++kept) {
    std::string seen;
    const size_t cut =
        ForEachFrame(std::string_view(bytes).substr(0, kept), [&](const TapFrame& frame) {
          seen += std::string(frame.method) + "=" + std::string(frame.message) + ";";
          EXPECT_GT(frame.time_ns, 0);
        });
    const std::string all = std::string("Sync=a\0b;=;RequestPermit=last;", 30);
    EXPECT_EQ(seen, kept == bytes.size() ? all
                    : kept >= 39         ? all.substr(0, 11)
                    : kept >= 23         ? all.substr(0, 9)
                                         : "");
    EXPECT_LE(cut, kept);
  }
}

TEST(ChildStatus, ComesBackWithThePid) {
  const TemporaryFolder folder;
  EXPECT_TRUE(ReadChildStatus(folder / "status").empty());
  ASSERT_OK(WriteChildStatus(folder / "status", {{"done", 7}}));
  const ChildStatus status = ReadChildStatus(folder / "status");
  EXPECT_EQ(status.at("done"), 7);
  EXPECT_EQ(status.at("pid"), getpid());
}

}  // namespace
}  // namespace switchboard::demo
