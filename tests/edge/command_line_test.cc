// `switchboard` against a whole hub.

#include "clients/cli/command_line.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "hub/audit/chain.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using ::testing::HasSubstr;

class CommandLine : public ::testing::Test {
 protected:
  struct Ran {
    int code;
    std::string out;
    std::string err;
  };

  Ran Run(std::vector<std::string> words, const std::string& peer = kOperator) {
    words.insert(words.begin(), "switchboard");
    words.insert(words.end(), {"--hub", hub_.address(), "--tls", hub_.Folder(peer)});
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    SystemClock clock;
    std::ostringstream out;
    std::ostringstream err;
    cli::Session session(clock, out, err);
    const int code = cli::Run(static_cast<int>(arguments.size()), arguments.data(), session);
    return {code, out.str(), err.str()};
  }
  // The "result" of --json.
  nlohmann::json Result(std::vector<std::string> words) {
    words.insert(words.end(), {"--json", hub_.Folder("result.json")});
    const Ran ran = Run(std::move(words));
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    return nlohmann::json::parse(testing::ReadFile(hub_.Folder("result.json")))["result"];
  }

  EdgeHub hub_;
};

TEST_F(CommandLine, HealthAndDiagnosis) {
  const Ran health = Run({"health"});
  EXPECT_EQ(health.code, 0) << health.err;
  EXPECT_THAT(health.out, HasSubstr(hub_.address() + " serves\n"));
  const Ran diagnosis = Run({"diagnose", "tls"});
  EXPECT_EQ(diagnosis.code, 0) << diagnosis.out;
}

TEST_F(CommandLine, TheNextHubIsAskedWhenOneIsAway) {
  // Of this port, the hub listens at 127.0.0.1 alone.
  const std::string away = "127.0.0.2:" + std::to_string(hub_.server().port());
  const Ran ran = Run({"vendor", "list", "--hub", away});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("sakura"));
  const Ran health = Run({"health", "--hub", away});
  EXPECT_EQ(health.code, 1);
  EXPECT_THAT(health.out, HasSubstr("1 of 2 hubs serve everything\n"));
  const Ran diagnosis = Run({"diagnose", "tls", "--hub", away});
  EXPECT_EQ(diagnosis.code, 1);
  EXPECT_THAT(diagnosis.out, HasSubstr(away + "\n"));
  EXPECT_THAT(diagnosis.out, HasSubstr(hub_.address() + "\n"));
}

TEST_F(CommandLine, ARefusedCertificateIsExplained) {
  SystemClock clock;
  identity::Issuer other(clock);
  other.Write(hub_.Folder("stranger"),
              other.Client(std::string("spiffe://") + identity::kDomain + "/operator/ito"),
              other.roots() + hub_.issuer().roots());
  const Ran refused = Run({"vendor", "list"}, "stranger");
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("reason: UNAVAILABLE"));
  EXPECT_THAT(refused.err, HasSubstr("switchboard diagnose tls --hub " + hub_.address()));
  EXPECT_EQ(Run({"diagnose", "tls"}, "stranger").code, 1);
}

TEST_F(CommandLine, AVendorIsNoOperator) {
  const Ran ran = Run({"vendor", "list"}, kVendor);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("reason: PERMISSION_DENIED, NOT_AN_OPERATOR"));
  EXPECT_THAT(ran.err, HasSubstr("way out: "));
}

TEST_F(CommandLine, PlacementsRecallsAndStops) {
  hub_.Import(1, 2500);  // more than two pages
  const auto placements = Result({"placements"});
  ASSERT_EQ(placements.size(), 2500u);
  const std::string first = placements[0]["assignment_id"];
  EXPECT_EQ(Result({"placements", "--account", "A-7"}).size(), 1u);
  EXPECT_EQ(Result({"routing", "what-if"})["accounts"], 2500);

  EXPECT_EQ(Run({"recall", "announce", "--assignment", first, "--reason", "MOVED"}).code, 0);
  EXPECT_THAT(Run({"placements", "--limit", "1"}).out, HasSubstr("recall final "));
  EXPECT_EQ(Run({"recall", "cancel", first}).code, 0);
  const Ran again = Run({"recall", "cancel", first});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("NO_PENDING_RECALL"));
  EXPECT_EQ(Run({"recall", "announce", "--assignment", "none", "--reason", "MOVED"}).code, 1);
  EXPECT_EQ(
      Result({"recall", "announce", "--vendor", "sakura", "--reason", "NO_EFFORT"})["announced"],
      2500);
  EXPECT_EQ(Run({"recall", "final", first}).code, 0);
  EXPECT_THAT(Run({"placements", "--limit", "1"}).out, HasSubstr("withdrawn "));

  EXPECT_EQ(Run({"vendor", "stop", "sakura"}).code, 0);
  EXPECT_EQ(Result({"vendor", "list"})["vendors"][0]["stopped"], true);
  EXPECT_EQ(Run({"vendor", "resume", "sakura"}).code, 0);
  EXPECT_EQ(Result({"vendor", "list"})["vendors"][0]["stopped"], false);
  EXPECT_THAT(Run({"vendor", "stop", "nobody"}).err, HasSubstr("VENDOR_UNKNOWN"));
}

TEST_F(CommandLine, TheAuditLogVerifiesAndProves) {
  hub_.Import(1, 50);
  const auto chains = Result({"audit", "verify"})["chains"];
  ASSERT_GE(chains.size(), 1u);  // one for each lane that wrote
  int events = 0;
  for (const auto& chain : chains) {
    EXPECT_EQ(chain["verified"], true);
    events += chain["events"].get<int>();
  }
  EXPECT_GE(events, 52);  // the import, 50 placements, the rules
  const auto shown = Result({"audit", "show", "--kind", "PLACED", "--account", "A-7"});
  ASSERT_EQ(shown.size(), 1u);
  const auto proof =
      Result({"audit", "prove", "--chain", shown[0]["chain_id"].get<std::string>(), "--sequence",
              shown[0]["sequence"].dump(), "--event", shown[0]["index"].dump()});
  EXPECT_EQ(proof["holds"], true);
  EXPECT_GE(proof["path"].size(), 5u);
}

TEST_F(CommandLine, QuarantineNamesWhatWasRefused) {
  ASSERT_OK(Ask(hub_.Connect(kCore), "/switchboard.v1.CoreService/ImportAccounts",
                BatchOf("nightly", {"\xff\xff"})));
  const Ran ran = Run({"quarantine", "list"});
  EXPECT_THAT(ran.out, HasSubstr("core/main"));
  EXPECT_THAT(ran.out, HasSubstr("1 item in quarantine\n"));
}

}  // namespace
}  // namespace switchboard::edge_test
