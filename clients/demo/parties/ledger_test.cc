#include "clients/demo/parties/ledger.h"

#include <unistd.h>

#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/tap_file.h"
#include "switchboard/v1/outcome.pb.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using ::switchboard::testing::WriteFile;
using ::testing::ElementsAre;

absl::Status OddLine() { return Error(absl::StatusCode::kInternal, "ODD_LINE", "odd"); }

TEST(Ledger, KeepsWhatWasAppendedAndLeavesOutALineCutShort) {
  const TemporaryFolder folder;
  for (const char* id : {"a", "b"}) {
    ASSERT_OK_AND_ASSIGN(const auto file, AppendFile::Open(folder / "ledger"));
    EXPECT_OK(file->Append(LedgerLine({"done", id})));
    EXPECT_OK(file->Sync());
  }
  WriteFile(folder / "ledger", ReadFile(folder / "ledger") + "done\tc");
  std::vector<std::vector<std::string>> lines;
  const auto keep = [&](const LedgerCells& cells) {
    lines.emplace_back(cells.begin(), cells.end());
    return absl::OkStatus();
  };
  EXPECT_OK(ForEachLine(folder / "ledger", keep));
  EXPECT_OK(ForEachLine(folder / "none", keep));
  EXPECT_THAT(lines, ElementsAre(ElementsAre("done", "a"), ElementsAre("done", "b")));
  EXPECT_THAT(ForEachLine(folder / "ledger", [](const LedgerCells&) { return OddLine(); }),
              FailsWith(absl::StatusCode::kInternal, "ODD_LINE"));
}

TEST(Ledger, GivesNumbersAndMessagesBack) {
  v1::Outcome outcome, read;
  outcome.set_outcome_id("out-1");
  outcome.set_note("a tab\tand a\nnewline");
  const std::string cell = MessageCell(outcome);
  EXPECT_EQ(cell.find_first_of("\t\n"), std::string::npos);
  ASSERT_OK(ReadMessage({"outcome", cell}, 1, &read));
  EXPECT_EQ(read.SerializeAsString(), outcome.SerializeAsString());
  for (const LedgerCells& cells : {LedgerCells{"outcome"}, {"outcome", "%"}, {"outcome", "/w=="}}) {
    EXPECT_THAT(ReadMessage(cells, 1, &read),
                FailsWith(absl::StatusCode::kDataLoss, "LEDGER_BROKEN"));
  }
  EXPECT_EQ(NumberIn("-42"), -42);
  EXPECT_EQ(NumberIn("x"), 0);
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
