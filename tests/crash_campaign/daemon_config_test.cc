// The daemon and its configuration: judged before it acts, by --check as well; and what a running
// daemon does when it is asked to look again.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "clients/demo/parties/child_status.h"
#include "hub/identity/material_files.h"
#include "tests/crash_campaign/stage.h"
#include "tests/servers/child_process.h"
#include "tests/servers/web_page.h"
#include "tests/testing.h"

namespace switchboard::crash {
namespace {

namespace fs = std::filesystem;

using testing::Eventually;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

constexpr int kEndMilliseconds = 60'000;

class DaemonConfig : public ::testing::Test {
 protected:
  void SetUp() override {
    Stage::Options options;
    options.programs = FolderOfThisProgram();
    options.keep = folder_ / "stage";
    program_ = options.programs + "/switchboardd";
    ASSERT_OK_AND_ASSIGN(stage_, Stage::Make(options, clock_));
    ASSERT_OK(stage_->BeginRound(1));
  }

  std::string File(const std::string& name) const { return stage_->HubFolder() + "/" + name; }
  std::string Log() const { return fs::exists(File("log")) ? ReadFile(File("log")) : ""; }
  size_t LinesWith(const std::string& text) const {
    size_t count = 0;
    for (const absl::string_view line : absl::StrSplit(Log(), '\n'))
      count += absl::StrContains(line, text) ? 1 : 0;
    return count;
  }

  void Change(const std::string& from, const std::string& to) {
    std::string text = ReadFile(File("hub.yaml"));
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
    WriteFile(File("hub.yaml"), text);
  }

  // Runs the daemon with these arguments to its end; its exit code.
  int Run(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {program_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    auto process = servers::ChildProcess::Start(command, File("log"));
    EXPECT_OK(process);
    EXPECT_TRUE(process->EndsWithin(kEndMilliseconds));
    return process->exit_code();
  }
  int Check() { return Run({"--config", File("hub.yaml"), "--check"}); }

  void Serve() {
    auto started =
        servers::ChildProcess::Start({program_, "--config", File("hub.yaml")}, File("log"));
    ASSERT_OK(started);
    hub_ = std::make_unique<servers::ChildProcess>(*std::move(started));
    ASSERT_TRUE(Eventually([&] { return fs::exists(File("ports")); })) << Log();
  }
  std::string Metrics() {
    demo::ChildStatus ports = demo::ReadChildStatus(File("ports"));
    const auto page = servers::ReadPage(static_cast<int>(ports["metrics"]), "/metrics");
    EXPECT_OK(page);
    return page.ok() ? page->body : "";
  }

  SystemClock clock_;
  TemporaryFolder folder_;
  std::string program_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<servers::ChildProcess> hub_;
};

TEST_F(DaemonConfig, CheckFindsNothingAndDoesNothing) {
  EXPECT_EQ(Check(), 0) << Log();
  EXPECT_THAT(Log(), HasSubstr("hub.yaml: good"));
  for (const char* file : {"hub.db", "hub.key", "ports"}) EXPECT_FALSE(fs::exists(File(file)));
}

// N5: contracts and plan were in force before the rest was looked at.
TEST_F(DaemonConfig, EverythingIsToldBeforeAnythingIsDone) {
  Change("listen: 127.0.0.1:0", "listen: 8443");
  Change("metrics_listen: 127.0.0.1:0", "metrics_listen: nonsense");
  Change("ports_file: ports", "ports_file: nowhere/ports");
  Change("plan.yaml", "missing.yaml");
  for (const bool check : {true, false}) {
    WriteFile(File("log"), "");
    EXPECT_EQ(check ? Check() : Run({"--config", File("hub.yaml")}), 1);
    const std::string log = Log();
    for (const char* problem :
         {":2:9: listen: \"8443\" is not an address", ":3:17: metrics_listen: must be HOST:PORT",
          ":4:13: ports_file: the folder ", "routing_plan: ", "missing.yaml: No such file"})
      EXPECT_THAT(log, HasSubstr(problem));
    EXPECT_EQ(LinesWith("switchboardd: " + File("hub.yaml") + ":"), 4u) << log;
    EXPECT_THAT(log, Not(HasSubstr("in_force")));
    EXPECT_FALSE(fs::exists(File("hub.db")));
    EXPECT_FALSE(fs::exists(File("hub.key")));
  }
}

// C7.
TEST_F(DaemonConfig, AnAddressInBracketsIsToBeQuoted) {
  Change("listen: 127.0.0.1:0", "listen: [::]:8443");
  EXPECT_EQ(Check(), 1);
  EXPECT_THAT(Log(), HasSubstr("quote it, as \"[::]:8443\""));
}

TEST_F(DaemonConfig, ExitCodesAndVersion) {
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_THAT(Log(), HasSubstr("switchboardd 0."));
  EXPECT_EQ(Run({}), 2);
  EXPECT_EQ(Run({"--config", File("hub.yaml"), "--chek"}), 2);
  EXPECT_EQ(Run({"--config", File("none.yaml")}), 1);
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(Log(), HasSubstr("Exit codes: 0 ended as asked"));
}

// N6: SIGHUP killed the hub. C2: a rotation that was refused showed in one log line only.
TEST_F(DaemonConfig, AHangUpLooksForCertificates) {
  ASSERT_NO_FATAL_FAILURE(Serve());
  EXPECT_THAT(Metrics(), HasSubstr("switchboard_certificates_refused_total 0\n"));
  ASSERT_EQ(kill(hub_->pid(), SIGHUP), 0);
  EXPECT_TRUE(Eventually([&] { return LinesWith("certificates_looked_for") == 1; }));
  const std::string tls = stage_->TlsOf("hub-crash");
  const std::string key = ReadFile(tls + "/tls.key");
  ASSERT_OK(identity::WriteMaterial(tls + "/tls.key", key, 0666));
  ASSERT_EQ(kill(hub_->pid(), SIGHUP), 0);
  EXPECT_TRUE(Eventually([&] { return LinesWith("certificates_refused") == 1; }));
  EXPECT_TRUE(Eventually([&] { return LinesWith("certificates_looked_for") == 2; }));
  const std::string refused = Metrics();
  EXPECT_THAT(refused, HasSubstr("switchboard_certificates_refused_total 1\n"));
  EXPECT_THAT(refused, HasSubstr("switchboard_certificates_stale 1\n"));
  ASSERT_OK(identity::WriteMaterial(tls + "/tls.key", key, 0600));
  ASSERT_EQ(kill(hub_->pid(), SIGHUP), 0);
  EXPECT_TRUE(Eventually([&] { return LinesWith("certificates_in_use") == 1; }));
  EXPECT_THAT(Metrics(), HasSubstr("switchboard_certificates_stale 0\n"));
  EXPECT_TRUE(hub_->Stop(kEndMilliseconds)) << "gracefully, with exit code 0";
  EXPECT_EQ(LinesWith("\"stopped\""), 1u);
}

// switchboardd | logger, and the logger is gone.
TEST_F(DaemonConfig, ALogThatNobodyReadsEndsNothing) {
  ASSERT_EQ(mkfifo(File("pipe").c_str(), 0600), 0);
  const int reader = open(File("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  ASSERT_OK_AND_ASSIGN(auto hub, servers::ChildProcess::Start(
                                     {program_, "--config", File("hub.yaml")}, File("pipe")));
  ASSERT_TRUE(Eventually([&] { return fs::exists(File("ports")); }));
  close(reader);
  ASSERT_EQ(kill(hub.pid(), SIGHUP), 0);  // of which the log tells
  EXPECT_TRUE(hub.Stop(kEndMilliseconds)) << hub.exit_text();
}

// Monitoring speaks from the first scrape on, also after a restart.
TEST_F(DaemonConfig, GaugesAndHeadsAreThereBeforeAnythingHappens) {
  for (int start = 1; start <= 2; ++start) {
    fs::remove(File("ports"));
    ASSERT_NO_FATAL_FAILURE(Serve());
    const std::string metrics = Metrics();
    for (const char* line :
         {"switchboard_live_assignments{vendor_id=\"asahi\"} 0\n",
          "switchboard_feed_backlog{vendor_id=\"asahi\"} 0\n",
          "switchboard_contract_expiry_seconds{vendor_id=\"asahi\"} +Inf\n",
          "switchboard_permits_given_total{vendor_id=\"asahi\"} 0\n",
          "switchboard_streams_open{vendor_id=\"asahi\"} 0\n",
          "switchboard_certificate_expiry_seconds{file=\"tls.crt\"} ",
          "switchboard_certificate_expiry_seconds{file=\"ca.crt\"} ",
          "switchboard_audit_head_sequence{chain_id=\"hub-1\"} ",
          "switchboard_connections_refused_total{reason=\"address_rate\"} 0\n",
          "switchboard_rpcs_total{code=\"OK\",method=\"/switchboard.v1.VendorService/Sync\"} 0\n"})
      EXPECT_THAT(metrics, HasSubstr(line));
    EXPECT_TRUE(Eventually([&] { return LinesWith("\"audit_heads\"") == size_t(start); }));
    EXPECT_TRUE(hub_->Stop(kEndMilliseconds));
  }
}

}  // namespace
}  // namespace switchboard::crash
