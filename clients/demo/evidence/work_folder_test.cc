#include "clients/demo/evidence/work_folder.h"

#include <filesystem>

#include "clients/demo/parties/demo_day.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/proto_time.h"
#include "hub/base/yaml.h"
#include "switchboard/v1/config.pb.h"
#include "switchboard/v1/rule_pack.pb.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

namespace fs = std::filesystem;
using ::testing::SizeIs;

v1::Config ConfigAt(const std::string& path) {
  v1::Config config;
  const auto text = ReadWholeFile(path);
  EXPECT_OK(text.status());
  EXPECT_OK(ReadYaml(*text, path, &config));
  return config;
}

fs::perms ModeOf(const std::string& path) { return fs::status(path).permissions(); }

TEST(WorkFolder, ConfiguresAHubOnAFile) {
  SystemClock clock;
  ASSERT_OK_AND_ASSIGN(const WorkFolder folder, WorkFolder::Make("", "clients/demo", clock));
  ASSERT_OK(folder.WriteHubConfig({"hub-1", 4711, ""}));
  const v1::Config config = ConfigAt(folder.ConfigOf("hub-1"));
  EXPECT_EQ(config.hub_id(), "hub-1");
  EXPECT_EQ(config.listen(), "127.0.0.1:4711");
  EXPECT_EQ(config.storage().sqlite_path(), "hub.db");
  EXPECT_EQ(config.storage().postgres_url(), "");
  EXPECT_THAT(config.contracts(), SizeIs(4));
  EXPECT_FALSE(config.has_rehearsal());
  // A folder that is there, apart from the hub's.
  ASSERT_THAT(config.audit().places(), SizeIs(1));
  const fs::path kept = fs::path(folder.Of("hub")) / config.audit().places(0).folder();
  EXPECT_EQ(kept.lexically_normal(), folder.OfCheckpoints());
  EXPECT_TRUE(fs::is_directory(kept));
  for (const char* name : {kFirstOperator, kSecondOperator})
    EXPECT_TRUE(fs::exists(folder.TlsOfOperator(name) + "/tls.crt")) << name;
}

TEST(WorkFolder, ConfiguresAHubForTheDay) {
  SystemClock clock;
  ASSERT_OK_AND_ASSIGN(const WorkFolder folder, WorkFolder::Make("", "clients/demo", clock));
  const Rehearsal day = DemoDayFrom(absl::FromUnixMicros(1'780'000'000'250'000));
  ASSERT_OK(folder.WriteHubConfig({"hub-1", 4711, "", day}));
  const v1::Config config = ConfigAt(folder.ConfigOf("hub-1"));
  EXPECT_EQ(TimeOf(config.rehearsal().begin_time()), day.begin);
  EXPECT_EQ(TimeOf(config.rehearsal().clock_time()), day.clock);
  EXPECT_EQ(config.rehearsal().speed(), day.speed);
  // Each pack that it names is there, and the house's own is one.
  EXPECT_THAT(config.rule_packs(), SizeIs(6));
  for (const std::string& pack : config.rule_packs()) {
    const std::string path = folder.Of("hub") + "/" + pack;
    v1::RulePack read;
    EXPECT_OK(ReadYaml(ReadWholeFile(path).value_or(""), path, &read));
  }
}

TEST(WorkFolder, ConfiguresHubsThatShareADatabaseAndAKey) {
  const std::string url =
      "postgresql://hub@/d?host=%2Fa,/b&port=1,2&target_session_attrs=read-write";
  SystemClock clock;
  ASSERT_OK_AND_ASSIGN(const WorkFolder folder, WorkFolder::Make("", "clients/demo", clock));
  ASSERT_OK(folder.WriteHubConfig({"hub-1", 1, url}));
  ASSERT_OK(folder.WriteHubConfig({"hub-2", 2, url}));
  const v1::Config one = ConfigAt(folder.ConfigOf("hub-1"));
  const v1::Config two = ConfigAt(folder.ConfigOf("hub-2"));
  EXPECT_EQ(one.storage().postgres_url(), url);
  EXPECT_EQ(one.storage().sqlite_path(), "");
  EXPECT_EQ(one.storage().DebugString(), two.storage().DebugString());
  EXPECT_EQ(two.hub_id(), "hub-2");
  EXPECT_NE(one.listen(), two.listen());
  // Each says where it listens in a file of its own, which is the one that is waited for.
  EXPECT_NE(one.ports_file(), two.ports_file());
  EXPECT_EQ(folder.Of("hub") + "/" + two.ports_file(), folder.PortsOf("hub-2"));
}

TEST(WorkFolder, LetsOthersPassAndNotLook) {
  SystemClock clock;
  ASSERT_OK_AND_ASSIGN(const WorkFolder folder, WorkFolder::Make("", "clients/demo", clock));
  EXPECT_EQ(ModeOf(folder.path()), fs::perms::owner_all);
  ASSERT_OK(folder.LetOthersPass());
  EXPECT_EQ(ModeOf(folder.path()),
            fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  for (const auto& entry : fs::directory_iterator(folder.path()))
    EXPECT_EQ(ModeOf(entry.path().string()), fs::perms::owner_all) << entry.path();
}

}  // namespace
}  // namespace switchboard::demo
