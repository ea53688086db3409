#include "hub/startup.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/guard/accept_loop.h"
#include "hub/guard/refusals.h"
#include "hub/identity/development_certificates.h"
#include "tests/servers/soft_hsm.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::WriteFile;

constexpr char kHub[] = R"(listen: 127.0.0.1:0
metrics_listen: 127.0.0.1:0
ports_file: ports
tls: {directory: tls/hub-one, trust_domain: issuer.example}
storage:
  sqlite_path: hub.db
  key_file: hub.key
  backup_folder: backups
contracts: [sakura.yaml, jade.yaml]
routing_plan: plan.yaml
)";

std::string ContractOf(const std::string& vendor_id, const std::string& work_type) {
  return absl::StrCat("vendor_id: ", vendor_id,
                      "\nlanguages: [ja]\nwork_types:\n  - work_type: ", work_type, "\n");
}

constexpr char kPlan[] = R"(plan_id: plan-1
segments:
  - name: all
    work_type: EARLY_COLLECTIONS
    shares: [{vendor_id: sakura, percent: 50}, {vendor_id: jade, percent: 50}]
)";

class StartupTest : public ::testing::Test {
 protected:
  StartupTest() {
    identity::DevelopmentOptions options;
    options.directory = folder_ / "tls";
    options.trust_domain = "issuer.example";
    options.peers.push_back({{identity::Peer::Role::kHub, "one"}, {}});
    EXPECT_OK(identity::MakeDevelopmentCertificates(options, clock_).status());
    WriteFile(folder_ / "sakura.yaml", ContractOf("sakura", "EARLY_COLLECTIONS"));
    WriteFile(folder_ / "jade.yaml", ContractOf("jade", "EARLY_COLLECTIONS"));
    WriteFile(folder_ / "plan.yaml", kPlan);
    WriteHub({});
  }

  // The good configuration with parts replaced.
  void WriteHub(const std::vector<std::pair<std::string, std::string>>& changes) {
    std::string text = kHub;
    for (const auto& [from, to] : changes) {
      const size_t at = text.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    }
    WriteFile(folder_ / "hub.yaml", text);
  }

  Judgement Judge(JudgedFor what = JudgedFor::kStart) {
    return JudgeStartup(folder_ / "hub.yaml", what, clock_);
  }

  // Messages with the folder's name left out.
  std::vector<std::string> Problems(JudgedFor what = JudgedFor::kStart) {
    return Texts(Judge(what).problems);
  }
  std::vector<std::string> Texts(const std::vector<absl::Status>& problems) const {
    std::vector<std::string> texts;
    for (const absl::Status& problem : problems) {
      std::string text(problem.message());
      const std::string prefix = folder_.path().string() + "/";
      for (size_t at = 0; (at = text.find(prefix)) != std::string::npos;)
        text.erase(at, prefix.size());
      texts.push_back(text);
    }
    return texts;
  }

  void ExpectProblem(const std::string& from, const std::string& to, const std::string& problem) {
    SCOPED_TRACE(to + " for " + from);
    WriteHub({{from, to}});
    EXPECT_THAT(Problems(), ElementsAre(HasSubstr(problem)));
  }

  SystemClock clock_;
  TemporaryFolder folder_;
};

TEST_F(StartupTest, GivesWhatAHubStartsFrom) {
  const Judgement judgement = Judge();
  EXPECT_THAT(Texts(judgement.problems), IsEmpty());
  EXPECT_TRUE(judgement.open_questions.empty());
  EXPECT_EQ(judgement.untold, 0u);
  EXPECT_EQ(judgement.startup.config.hub_id(), "hub-1");
  ASSERT_EQ(judgement.startup.contracts.size(), 2u);
  EXPECT_EQ(judgement.startup.contracts[1].path, folder_ / "jade.yaml");
  EXPECT_EQ(judgement.startup.contracts[1].contract.vendor_id(), "jade");
  EXPECT_EQ(judgement.startup.contracts[1].yaml, ContractOf("jade", "EARLY_COLLECTIONS"));
  ASSERT_TRUE(judgement.startup.plan.has_value());
  EXPECT_EQ(judgement.startup.plan->plan.plan_id(), "plan-1");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "hub.db")) << "only looks";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "hub.key"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "backups"));
}

TEST_F(StartupTest, EveryProblemIsToldAtOnceInTheOrderOfTheText) {
  WriteFile(folder_ / "sakura.yaml", "vendor_id: sakura\nlanguages: ja\nwork_typs: []\n");
  WriteHub({{"listen: 127.0.0.1:0", "listen: 8443"},
            {"metrics_listen: 127.0.0.1:0", "metrics_listen: nonsense"},
            {"ports_file: ports", "ports_file: nowhere/ports"},
            {"tls/hub-one", "tls/hub-two"},
            {"hub.key", "nowhere/hub.key"},
            {"jade.yaml]", "missing.yaml]"},
            {"plan.yaml",
             "plan.yml\nhub_id: hub 1\nlimits: {shutdown_grace: -5s, reader_threads: -1}"}});
  EXPECT_THAT(
      Problems(),
      ElementsAre(
          AllOf(StartsWith("hub.yaml:1:9: listen: \"8443\" is not an address"), HasSubstr(":8443")),
          StartsWith("hub.yaml:2:17: metrics_listen: must be HOST:PORT"),
          StartsWith("hub.yaml:3:13: ports_file: the folder nowhere is not there; make it first"),
          StartsWith("hub.yaml:4:18: tls.directory: tls/hub-two: is no folder"),
          StartsWith("hub.yaml:7:13: storage.key_file: the folder nowhere is not there"),
          StartsWith("hub.yaml:9:26: contracts[1]: missing.yaml: No such file"),
          StartsWith("hub.yaml:10:15: routing_plan: plan.yml: No such file"),
          StartsWith("hub.yaml:11:9: hub_id: must be 1 to 32 letters"),
          StartsWith("hub.yaml:12:26: limits.shutdown_grace: must be 1ms to 1h"),
          StartsWith("hub.yaml:12:47: limits.reader_threads: must be 1 to 64"),
          StartsWith("sakura.yaml:2:12: languages: expects a list"),
          StartsWith("sakura.yaml:3:1: unknown key \"work_typs\"; did you mean \"work_types\"?")));
}

TEST_F(StartupTest, TwentyAreToldAndTheRestCounted) {
  std::string text = kHub;
  for (int i = 0; i < 25; ++i) absl::StrAppend(&text, "nonsense_", i, ": 1\n");
  WriteFile(folder_ / "hub.yaml", text);
  const Judgement judgement = Judge();
  EXPECT_EQ(judgement.problems.size(), 20u);
  EXPECT_GE(judgement.untold, 1u);
}

TEST_F(StartupTest, AddressesHaveTheirPlaceAndTheWayOut) {
  for (const char* bad : {"8443", ":8443", "\"\"", "127.0.0.1", "127.0.0.1:65536", "\"::1:8443\"",
                          "127.0.0.1:port", "http://127.0.0.1:80"})
    ExpectProblem("listen: 127.0.0.1:0", absl::StrCat("listen: ", bad), "hub.yaml:1:9: listen: ");
  for (const char* bad : {"9464", "nonsense", "hub.example:9464", "\"::1:9464\"", "\"127.0.0.1:\""})
    ExpectProblem("metrics_listen: 127.0.0.1:0", absl::StrCat("metrics_listen: ", bad),
                  "hub.yaml:2:17: metrics_listen: must be HOST:PORT");
  ExpectProblem("listen: 127.0.0.1:0", "listen: [::]:8443", "quote it, as \"[::]:8443\"");
  ExpectProblem("listen: 127.0.0.1:0", "listen: [::]",
                "a text that begins with a bracket is quoted");
}

TEST_F(StartupTest, AStartTriesTheAddressesAndACheckDoesNot) {
  guard::RefusalTally tally(nullptr, clock_);
  guard::AcceptOptions options;
  options.address = "127.0.0.1:0";
  ASSERT_OK_AND_ASSIGN(const auto taken, guard::AcceptLoop::Bind(options, tally));
  const std::string address = absl::StrCat("127.0.0.1:", taken->port());
  ExpectProblem("listen: 127.0.0.1:0", "listen: " + address,
                "hub.yaml:1:9: listen: cannot listen on " + address);
  ExpectProblem("metrics_listen: 127.0.0.1:0", "metrics_listen: " + address,
                "hub.yaml:2:17: metrics_listen: cannot listen on " + address);
  EXPECT_THAT(Problems(JudgedFor::kCheck), IsEmpty());
  // As it is used: localhost is 127.0.0.1 there, whatever else the machine calls so.
  ExpectProblem("metrics_listen: 127.0.0.1:0",
                absl::StrCat("metrics_listen: localhost:", taken->port()),
                "hub.yaml:2:17: metrics_listen: cannot listen on " + address);
}

TEST_F(StartupTest, MetricsHaveAPortOfTheirOwn) {
  const struct {
    const char* listen;
    const char* metrics;
    bool good;
  } cases[] = {
      {"127.0.0.1:7443", "127.0.0.1:7443", false}, {"0.0.0.0:7443", "127.0.0.1:7443", false},
      {"\"[::]:7443\"", "127.0.0.1:07443", false}, {"localhost:7443", "\"[::1]:7443\"", false},
      {"0.0.0.0:7443", "127.0.0.1:7444", true},    {"127.0.0.1:0", "127.0.0.1:0", true},
      {"0.0.0.0:0", "127.0.0.1:7443", true},
  };
  for (const auto& [listen, metrics, good] : cases) {
    SCOPED_TRACE(absl::StrCat(listen, " ", metrics));
    WriteHub({{"metrics_listen: 127.0.0.1:0", absl::StrCat("metrics_listen: ", metrics)},
              {"listen: 127.0.0.1:0", absl::StrCat("listen: ", listen)}});
    const auto problems = Problems(JudgedFor::kCheck);
    if (good) {
      EXPECT_THAT(problems, IsEmpty());
    } else {
      EXPECT_THAT(problems,
                  ElementsAre("hub.yaml:2:17: metrics_listen: must be another port than listen"));
    }
  }
}

TEST_F(StartupTest, ProxiesAreAddresses) {
  ExpectProblem("ports_file: ports", "proxies: [192.0.2.7, 10.1.0.1/16]",
                "3:22: proxies[1]: '10.1.0.1/16' is no address or range of addresses");
}

TEST_F(StartupTest, PlacesOfFilesAreLookedAt) {
  std::filesystem::create_directory(folder_ / "folder");
  WriteFile(folder_ / "file", "x");
  ExpectProblem("ports_file: ports", "ports_file: folder", "3:13: ports_file: folder is a folder");
  ExpectProblem("ports_file: ports", "ports_file: file/ports",
                "3:13: ports_file: file is no folder");
  ExpectProblem("sqlite_path: hub.db", "sqlite_path: folder",
                "6:16: storage.sqlite_path: folder is a folder");
  ExpectProblem("sqlite_path: hub.db", "sqlite_path: data/hub.db",
                "6:16: storage.sqlite_path: the folder data is not there");
  ExpectProblem("backup_folder: backups", "backup_folder: file/backups",
                "8:18: storage.backup_folder: file is no folder");
  ExpectProblem("sakura.yaml,", "folder,", "9:13: contracts[0]: folder: ");
  ExpectProblem("routing_plan: plan.yaml", "routing_plan: folder", "10:15: routing_plan: folder: ");
  WriteHub({{"sqlite_path: hub.db", "postgres_url: \"postgresql://a/%zz\""},
            {"  backup_folder: backups\n", ""}});
  EXPECT_THAT(Problems(),
              ElementsAre(HasSubstr("6:17: storage.postgres_url: is no connection URI of libpq")));
}

// A mount that is away keeps nobody from starting; who asks is told.
TEST_F(StartupTest, APlaceOfCheckpointsThatIsAwayIsAWarning) {
  WriteHub({{"routing_plan: plan.yaml\n",
             "routing_plan: plan.yaml\naudit: {places: [{name: vault, folder: kept}]}\n"}});
  for (const JudgedFor what : {JudgedFor::kStart, JudgedFor::kCheck}) {
    EXPECT_THAT(Problems(what), IsEmpty());
    EXPECT_THAT(Texts(Judge(what).warnings),
                ElementsAre(AllOf(HasSubstr("audit.places[0].folder: "),
                                  HasSubstr("the folder kept is not there; make it first"))));
  }
  std::filesystem::create_directory(folder_ / "kept");
  EXPECT_THAT(Judge().warnings, IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "kept")) << "only looks";
}

TEST_F(StartupTest, TheKeyFileIsLookedAt) {
  const std::string key(64, 'a');
  WriteFile(folder_ / "hub.key", key);
  ASSERT_EQ(chmod((folder_ / "hub.key").c_str(), 0600), 0);
  EXPECT_THAT(Problems(), IsEmpty());
  ASSERT_EQ(chmod((folder_ / "hub.key").c_str(), 0644), 0);
  EXPECT_THAT(Problems(),
              ElementsAre(HasSubstr("7:13: storage.key_file: hub.key: others may read")));
  WriteFile(folder_ / "hub.key", "short");
  ASSERT_EQ(chmod((folder_ / "hub.key").c_str(), 0600), 0);
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("hub.key: must hold 64 hexadecimal digits")));
  std::filesystem::remove(folder_ / "hub.key");
  std::filesystem::create_directory(folder_ / "hub.key");
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("hub.key: is not a regular file")));
  std::filesystem::remove(folder_ / "hub.key");
  WriteFile(folder_ / "hub.db", "a database");
  ASSERT_EQ(chmod((folder_ / "hub.db").c_str(), 0600), 0);
  EXPECT_THAT(
      Problems(),
      ElementsAre(HasSubstr("hub.key is not there, but the database is: put back the key file")));
}

TEST_F(StartupTest, TheFormerKeyFileIsLookedAt) {
  WriteHub({{"key_file: hub.key", "key_file: hub.key\n  former_key_file: old.key"}});
  EXPECT_THAT(Problems(),
              ElementsAre(AllOf(HasSubstr("8:20: storage.former_key_file: old.key: cannot be read"),
                                HasSubstr("it can be left out"))));
  WriteFile(folder_ / "old.key", std::string(64, 'a'));
  ASSERT_EQ(chmod((folder_ / "old.key").c_str(), 0600), 0);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(StartupTest, ATokenIsAskedForASession) {
  if (const absl::Status available = servers::SoftHsm::Available(); !available.ok())
    GTEST_SKIP() << available.message();
  ASSERT_OK_AND_ASSIGN(const auto token, servers::SoftHsm::Create());
  WriteFile(folder_ / "hsm.pin", testing::ReadFile(token->pin_file()));
  ASSERT_EQ(chmod((folder_ / "hsm.pin").c_str(), 0600), 0);
  const std::string good = absl::StrCat("token: {module: ", servers::SoftHsm::module(),
                                        ", token_label: ", servers::SoftHsm::kTokenLabel,
                                        ", key_label: hub-2026, pin_file: hsm.pin}");
  WriteHub({{"key_file: hub.key", good}});
  for (const JudgedFor what : {JudgedFor::kStart, JudgedFor::kCheck})
    EXPECT_THAT(Problems(what), IsEmpty()) << "its key is made at a start";
  token->TakeOut();
  EXPECT_THAT(Problems(), ElementsAre(AllOf(HasSubstr("7:3: storage.token: "),
                                            AnyOf(HasSubstr("no token of this token_label"),
                                                  HasSubstr("the token does not answer")))));
  token->PutBack();
  WriteFile(folder_ / "hsm.pin", "000001");
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("7:3: storage.token: the token refuses the PIN")));
}

TEST_F(StartupTest, NobodyElseMayReadTheBookOrItsBackups) {
  WriteFile(folder_ / "hub.db", "");
  std::filesystem::create_directory(folder_ / "backups");
  const auto modes = [&](mode_t database, mode_t backups) {
    ASSERT_EQ(chmod((folder_ / "hub.db").c_str(), database), 0);
    ASSERT_EQ(chmod((folder_ / "backups").c_str(), backups), 0);
  };
  modes(0640, 0750);
  EXPECT_THAT(Problems(), IsEmpty());
  modes(0644, 0777);
  EXPECT_THAT(Problems(),
              ElementsAre(HasSubstr("6:16: storage.sqlite_path: hub.db is open to everybody on "
                                    "this machine; run chmod 600 on it"),
                          HasSubstr("8:18: storage.backup_folder: backups is open to everybody on "
                                    "this machine; run chmod 700 on it")));
}

TEST_F(StartupTest, CertificatesAreLookedAtFileByFile) {
  std::filesystem::copy_file(folder_ / "tls/ca.key", folder_ / "tls/hub-one/tls.key",
                             std::filesystem::copy_options::overwrite_existing);
  WriteFile(folder_ / "tls/hub-one/ca.crt", "");
  EXPECT_THAT(
      Problems(),
      ElementsAre(
          StartsWith("hub.yaml:4:18: tls.directory: tls/hub-one/ca.crt: is empty"),
          StartsWith("hub.yaml:4:18: tls.directory: tls/hub-one/tls.key: does not belong")));
}

TEST_F(StartupTest, OneContractFilePerVendor) {
  WriteFile(folder_ / "jade.yaml", ContractOf("sakura", "EARLY_COLLECTIONS"));
  EXPECT_THAT(Problems(),
              ElementsAre("hub.yaml:9:26: contracts[1]: is a contract of vendor 'sakura' "
                          "as sakura.yaml is; keep one file per vendor"));
  WriteHub({{"sakura.yaml, jade.yaml", "sakura.yaml, sakura.yaml"}});
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("contracts[1]: is a contract of vendor 'sakura'")));
}

TEST_F(StartupTest, RulesOfContractsAndPlansHaveTheirPlaceInTheirFile) {
  WriteFile(folder_ / "sakura.yaml", "vendor_id: sakura\nlanguages: [JA]\n");
  WriteFile(folder_ / "plan.yaml", "plan_id: p\nsegments: []\n");
  EXPECT_THAT(Problems(), ElementsAre(StartsWith("sakura.yaml:2:13: languages[0]: must be"),
                                      StartsWith("plan.yaml:2:1: segments: a plan needs")));
}

TEST_F(StartupTest, RulePacksAreReadAFilePerVersion) {
  const auto pack = [](const std::string& id, int version) {
    return absl::StrCat(
        "pack_id: ", id, "\nversion: ", version,
        "\ntitle: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n  - rule_id: ", id,
        ".one\n    strength: LAW\n    source: a law\n",
        "    verification: CONFIRMED\n    forbid: {}\n");
  };
  WriteFile(folder_ / "us.yaml", pack("us", 1));
  WriteFile(folder_ / "jp-2.yaml", pack("jp", 2));
  WriteFile(folder_ / "jp-1.yaml", pack("jp", 1));
  const std::string plan = "routing_plan: plan.yaml";
  WriteHub({{plan, plan + "\nrule_packs: [us.yaml, jp-2.yaml, jp-1.yaml]"}});
  const Judgement judgement = Judge();
  EXPECT_THAT(Texts(judgement.problems), IsEmpty());
  ASSERT_EQ(judgement.startup.rule_packs.size(), 3u);
  EXPECT_EQ(judgement.startup.rule_packs[0].path, folder_ / "jp-1.yaml") << "in order of versions";
  EXPECT_EQ(judgement.startup.rule_packs[1].yaml, pack("jp", 2));
  EXPECT_EQ(judgement.startup.rule_packs[2].pack.pack_id(), "us");
  ExpectProblem(plan, plan + "\nrule_packs: [us.yaml, us.yaml]",
                "hub.yaml:11:23: rule_packs[1]: is version 1 of pack 'us' as us.yaml is; keep one "
                "file of each version");
  ExpectProblem(plan, plan + "\nrule_packs: [tw.yaml]", "rule_packs[0]: tw.yaml: No such file");
  WriteFile(folder_ / "us.yaml", pack("us", 0));
  ExpectProblem(plan, plan + "\nrule_packs: [us.yaml]", "us.yaml:2:10: version: must be 1 or more");
  WriteFile(folder_ / "us.yaml", pack("us", 1) + "regoin: MA\n");
  ExpectProblem(plan, plan + "\nrule_packs: [us.yaml]", "us.yaml:12:1: unknown key \"regoin\"");
}

std::string CodeMapOf(const std::string& vendor_id, int version) {
  return absl::StrCat("vendor_id: ", vendor_id, "\nversion: ", version,
                      "\ntitle: A dialler\ndeclared_codes: [NA]\nmeanings:\n  - codes: [NA]\n"
                      "    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}\n");
}

TEST_F(StartupTest, CodeMapsAreReadAFilePerVersion) {
  WriteFile(folder_ / "codes-2.yaml", CodeMapOf("sakura", 2));
  WriteFile(folder_ / "codes-1.yaml", CodeMapOf("sakura", 1));
  WriteFile(folder_ / "jade-codes.yaml", CodeMapOf("jade", 5));
  const std::string plan = "routing_plan: plan.yaml";
  WriteHub({{plan, plan + "\ncode_maps: [codes-2.yaml, jade-codes.yaml, codes-1.yaml]"}});
  const Judgement judgement = Judge();
  EXPECT_THAT(Texts(judgement.problems), IsEmpty());
  ASSERT_EQ(judgement.startup.code_maps.size(), 3u);
  EXPECT_EQ(judgement.startup.code_maps[0].map.vendor_id(), "jade");
  EXPECT_EQ(judgement.startup.code_maps[1].path, folder_ / "codes-1.yaml")
      << "in order of versions";
  EXPECT_EQ(judgement.startup.code_maps[2].yaml, CodeMapOf("sakura", 2));
  ExpectProblem(plan, plan + "\ncode_maps: [codes-1.yaml, codes-1.yaml]",
                "hub.yaml:11:27: code_maps[1]: is version 1 of the code map of 'sakura' as "
                "codes-1.yaml is; keep one file of each version");
  ExpectProblem(plan, plan + "\ncode_maps: [codes.yaml]", "code_maps[0]: codes.yaml: No such file");
  WriteFile(folder_ / "codes-1.yaml", CodeMapOf("sakura", 0));
  ExpectProblem(plan, plan + "\ncode_maps: [codes-1.yaml]",
                "codes-1.yaml:2:10: version: must be 1 or more");
}

TEST_F(StartupTest, ScriptsAreReadAFilePerVersion) {
  const auto script = [](int version) {
    return absl::StrCat("script_id: reminder\nversion: ", version,
                        "\ntitle: A reminder\nsteps:\n  - step_id: greeting\n    wordings: "
                        "[{language: ja, text: はい}]\n");
  };
  WriteFile(folder_ / "reminder-2.yaml", script(2));
  WriteFile(folder_ / "reminder-1.yaml", script(1));
  const std::string plan = "routing_plan: plan.yaml";
  WriteHub({{plan, plan + "\nscripts: [reminder-2.yaml, reminder-1.yaml]"}});
  const Judgement judgement = Judge();
  EXPECT_THAT(Texts(judgement.problems), IsEmpty());
  ASSERT_EQ(judgement.startup.scripts.size(), 2u);
  EXPECT_EQ(judgement.startup.scripts[0].path, folder_ / "reminder-1.yaml");
  EXPECT_EQ(judgement.startup.scripts[1].script.version(), 2);
  ExpectProblem(plan, plan + "\nscripts: [reminder-1.yaml, reminder-1.yaml]",
                "scripts[1]: is version 1 of script 'reminder' as reminder-1.yaml is; keep one "
                "file of each version");
  WriteFile(folder_ / "reminder-1.yaml", "script_id: reminder\n");
  ExpectProblem(plan, plan + "\nscripts: [reminder-1.yaml]", "reminder-1.yaml:");
}

// A vendor of which operators have released a contract is one that only the database knows.
TEST_F(StartupTest, CodeMapsAreOfVendorsWithContracts) {
  WriteFile(folder_ / "codes.yaml", CodeMapOf("sakrua", 1));
  const std::string plan = "routing_plan: plan.yaml";
  ExpectProblem(plan, plan + "\ncode_maps: [codes.yaml]",
                "codes.yaml:1:12: vendor_id: vendor 'sakrua' has no contract; name its file");
  WriteFile(folder_ / "hub.db", "");
  ASSERT_EQ(chmod((folder_ / "hub.db").c_str(), 0600), 0);
  const Judgement judgement = Judge();
  EXPECT_THAT(Texts(judgement.problems), IsEmpty());
  EXPECT_THAT(Texts(judgement.open_questions),
              ElementsAre(HasSubstr("vendor 'sakrua' has no contract")));
}

TEST_F(StartupTest, ThePlanIsHeldToTheContracts) {
  WriteFile(folder_ / "jade.yaml", ContractOf("jade", "LATE_COLLECTIONS"));
  EXPECT_THAT(Problems(),
              ElementsAre(AllOf(StartsWith("plan.yaml:5:"), HasSubstr("segments[0].shares[1]"),
                                HasSubstr("the contract of vendor 'jade' does not list"))));
  WriteHub({{"sakura.yaml, jade.yaml", "sakura.yaml"}});
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("vendor 'jade' has no contract")));
}

// An operator may have applied another contract to the database that is there.
TEST_F(StartupTest, WhatOnlyTheDatabaseKnowsIsAQuestion) {
  WriteHub({{"sakura.yaml, jade.yaml", "sakura.yaml"}});
  WriteFile(folder_ / "hub.db", "");
  ASSERT_EQ(chmod((folder_ / "hub.db").c_str(), 0600), 0);
  const Judgement judgement = Judge();
  EXPECT_THAT(Texts(judgement.problems), IsEmpty());
  EXPECT_THAT(Texts(judgement.open_questions),
              ElementsAre(HasSubstr("vendor 'jade' has no contract")));
}

TEST_F(StartupTest, AConfigurationThatIsNotThere) {
  std::filesystem::remove(folder_ / "hub.yaml");
  EXPECT_THAT(Problems(), ElementsAre(StartsWith("hub.yaml: No such file")));
  WriteFile(folder_ / "hub.yaml", "");
  EXPECT_THAT(Problems(), ElementsAre("hub.yaml:1:1: the document is empty"));
  WriteFile(folder_ / "hub.yaml", "hello");
  EXPECT_THAT(Problems(), ElementsAre(StartsWith("hub.yaml:1:1: expects keys and values")));
}

}  // namespace
}  // namespace switchboard
