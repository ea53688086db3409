#include "hub/config.h"

#include <string>
#include <vector>

#include "tests/testing.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::TemporaryFolder;
using testing::WriteFile;

constexpr char kGood[] = R"(listen: 127.0.0.1:0
tls: {directory: tls, trust_domain: issuer.example}
storage:
  sqlite_path: data/hub.db
  key_file: /etc/hub.key
contracts: [sakura.yaml, ../fuji.yaml]
routing_plan: plan.yaml
limits:
  heartbeat_interval: 5s
)";

const std::string kToken =
    "{module: /usr/lib/softhsm/libsofthsm2.so, token_label: switchboard, key_label: hub-2026, "
    "pin_file: hsm.pin}";

TEST(ReadConfigTest, FillsDefaultsAndMakesPathsAbsolute) {
  TemporaryFolder folder;
  WriteFile(folder / "hub.yaml", kGood);
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  EXPECT_EQ(config.tls().directory(), folder / "tls");
  EXPECT_EQ(config.storage().sqlite_path(), folder / "data/hub.db");
  EXPECT_EQ(config.storage().key_file(), "/etc/hub.key");
  EXPECT_EQ(config.contracts(0), folder / "sakura.yaml");
  EXPECT_EQ(config.contracts(1), (folder.path().parent_path() / "fuji.yaml").string());
  EXPECT_EQ(config.ports_file(), "");
  EXPECT_EQ(config.limits().heartbeat_interval().seconds(), 5);
  EXPECT_EQ(config.limits().stream_lifetime().seconds(), 45 * 60);
  EXPECT_EQ(config.limits().shutdown_grace().seconds(), 5);
  EXPECT_EQ(config.limits().connections_max(), 2000);
  EXPECT_EQ(config.limits().write_queue_max(), 10'000);
  EXPECT_EQ(config.limits().reader_threads(), 2);
  EXPECT_EQ(config.audit().origin(), "issuer.example/switchboard");
  EXPECT_EQ(config.audit().checkpoint_interval().seconds(), 60);
  EXPECT_EQ(config.audit().places_size(), 0);
}

TEST(ReadConfigTest, PlacesOfCheckpointsAreFoldersToo) {
  TemporaryFolder folder;
  WriteFile(folder / "hub.yaml",
            std::string(kGood) +
                "audit:\n  origin: log.example/jp-2\n  checkpoint_interval: 1d\n"
                "  places: [{name: vault, folder: kept}, {name: court-2, folder: /mnt/court}]\n");
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  EXPECT_EQ(config.audit().origin(), "log.example/jp-2");
  EXPECT_EQ(config.audit().checkpoint_interval().seconds(), 86'400);
  ASSERT_EQ(config.audit().places_size(), 2);
  EXPECT_EQ(config.audit().places(0).folder(), folder / "kept");
  EXPECT_EQ(config.audit().places(1).folder(), "/mnt/court");
}

// What the README says of checkpoints goes with the rest of a configuration too.
TEST(ReadConfigTest, TheReadmesPlaceOfCheckpointsIsAccepted) {
  const std::string readme = testing::ReadFile("README.md");
  constexpr char kFence[] = "```yaml\n";
  const size_t begin = readme.find(std::string(kFence) + "audit:");
  ASSERT_NE(begin, std::string::npos);
  const std::string behind = readme.substr(begin + sizeof(kFence) - 1);
  TemporaryFolder folder;
  WriteFile(folder / "hub.yaml", kGood + behind.substr(0, behind.find("```")));
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  EXPECT_EQ(config.audit().checkpoint_interval().seconds(), 60);
  ASSERT_EQ(config.audit().places_size(), 1);
  EXPECT_EQ(config.audit().places(0).folder(), "/mnt/vault/switchboard");
}

TEST(ReadConfigTest, RulePacksAreFilesToo) {
  TemporaryFolder folder;
  WriteFile(folder / "hub.yaml",
            std::string(kGood) + "rule_packs: [packs/jp.yaml]\nrule_pack_elsewhere: house\n");
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  EXPECT_EQ(config.rule_packs(0), folder / "packs/jp.yaml");
  EXPECT_EQ(config.rule_pack_elsewhere(), "house");
}

// What stands in the README under `# hub.yaml` goes with the rest of a configuration.
TEST(ReadConfigTest, TheReadmesPolicyOfPromisesIsAccepted) {
  const std::string readme = testing::ReadFile("README.md");
  constexpr char kBegin[] = "```yaml\n# hub.yaml\n";
  const size_t begin = readme.find(kBegin);
  ASSERT_NE(begin, std::string::npos);
  const std::string behind = readme.substr(begin + sizeof(kBegin) - 1);
  TemporaryFolder folder;
  WriteFile(folder / "hub.yaml", kGood + behind.substr(0, behind.find("```")));
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  EXPECT_EQ(config.promises().grace_days(), 3);
  EXPECT_EQ(config.promises().reminder_days(), 2);
  EXPECT_EQ(config.promises().tolerances_size(), 1);
  EXPECT_EQ(config.promises().broken_plan(), v1::Config::PromisePolicy::BROKEN_PLAN_HANDED_OVER);
  EXPECT_EQ(config.promises().broken_plan_to(), "head-office");
}

TEST(ReadConfigTest, CodeMapsAndScriptsAreFilesToo) {
  TemporaryFolder folder;
  WriteFile(folder / "hub.yaml", std::string(kGood) + "code_maps: [codes/sakura.yaml]\n" +
                                     "scripts: [scripts/reminder.yaml]\n");
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  EXPECT_EQ(config.scripts(0), folder / "scripts/reminder.yaml");
  EXPECT_EQ(config.code_maps(0), folder / "codes/sakura.yaml");
}

TEST(ReadConfigTest, ATokenTakesThePlaceOfTheKeyFile) {
  TemporaryFolder folder;
  std::string text = kGood;
  const std::string key_file = "key_file: /etc/hub.key";
  text.replace(text.find(key_file), key_file.size(),
               "former_key_file: hub.key\n  token: " + kToken);
  WriteFile(folder / "hub.yaml", text);
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  const storage::WrappingOptions wrapping = WrappingOf(config.storage());
  EXPECT_EQ(wrapping.key_file, "");
  EXPECT_EQ(wrapping.former_key_file, folder / "hub.key");
  ASSERT_TRUE(wrapping.token.has_value());
  EXPECT_EQ(wrapping.token->module, "/usr/lib/softhsm/libsofthsm2.so");
  EXPECT_EQ(wrapping.token->token_label, "switchboard");
  EXPECT_EQ(wrapping.token->key_label, "hub-2026");
  EXPECT_EQ(wrapping.token->pin_file, folder / "hsm.pin");
}

TEST(ReadConfigTest, ErrorsNameFileLineAndField) {
  TemporaryFolder folder;
  const struct {
    std::string from, to;
    const char* reason;
    const char* line;
    const char* field;
  } rows[] = {
      {"listen: 127.0.0.1:0\n", "", "CONFIG_INVALID", "1", "listen"},
      {"directory: tls, ", "", "CONFIG_INVALID", "2", "tls.directory"},
      {", trust_domain: issuer.example", "", "CONFIG_INVALID", "2", "tls.trust_domain"},
      {"  sqlite_path: data/hub.db\n", "", "CONFIG_INVALID", "3", "storage.sqlite_path"},
      {"  key_file: /etc/hub.key\n", "", "CONFIG_INVALID", "3", "storage.key_file"},
      {"sqlite_path: data/hub.db", "postgres_url: \"postgresql://db/s\"\n  backup_folder: b",
       "CONFIG_INVALID", "5", "storage.backup_folder"},
      {"heartbeat_interval: 5s", "reader_threads: 65", "CONFIG_INVALID", "9",
       "limits.reader_threads"},
      {"heartbeat_interval: 5s", "write_queue_max: 1000001", "CONFIG_INVALID", "9",
       "limits.write_queue_max"},
      {"heartbeat_interval: 5s", "reader_threads: -1", "CONFIG_INVALID", "9",
       "limits.reader_threads"},
      {"heartbeat_interval: 5s", "connections_max: -5", "CONFIG_INVALID", "9",
       "limits.connections_max"},
      {"heartbeat_interval: 5s", "offences_per_minute: 1000001", "CONFIG_INVALID", "9",
       "limits.offences_per_minute"},
      {"heartbeat_interval: 5s", "heartbeat_interval: -5s", "CONFIG_INVALID", "9",
       "limits.heartbeat_interval"},
      {"heartbeat_interval: 5s", "heartbeat_interval: 1ms", "CONFIG_INVALID", "9",
       "limits.heartbeat_interval"},
      {"heartbeat_interval: 5s", "stream_lifetime: 3650000d", "CONFIG_INVALID", "9",
       "limits.stream_lifetime"},
      {"heartbeat_interval: 5s", "shutdown_grace: 61min", "CONFIG_INVALID", "9",
       "limits.shutdown_grace"},
      {"heartbeat_interval: 5s", "shutdown_grace: -1ms", "CONFIG_INVALID", "9",
       "limits.shutdown_grace"},
      {"key_file: /etc/hub.key", "key_file: /etc/hub.key\n  former_key_file: /etc/hub.key",
       "CONFIG_INVALID", "6", "storage.former_key_file"},
      {"key_file: /etc/hub.key", "key_file: /etc/hub.key\n  token: " + kToken, "CONFIG_INVALID",
       "6", "storage.token"},
      {"key_file: /etc/hub.key", "token: {module: m.so, token_label: t, key_label: k}",
       "CONFIG_INVALID", "5", "storage.token.pin_file"},
      {"key_file: /etc/hub.key", "token: {token_label: t, key_label: k, pin_file: p}",
       "CONFIG_INVALID", "5", "storage.token.module"},
      {"key_file: /etc/hub.key", "token: {module: m.so, key_label: k, pin_file: p}",
       "CONFIG_INVALID", "5", "storage.token.token_label"},
      {"key_file: /etc/hub.key",
       "token: {module: m.so, token_label: t, key_label: hub 2026, pin_file: p}", "CONFIG_INVALID",
       "5", "storage.token.key_label"},
      {"key_file: /etc/hub.key", "key_file: /etc/hub.key\n  lanes: -1", "CONFIG_INVALID", "6",
       "storage.lanes"},
      {"key_file: /etc/hub.key", "key_file: /etc/hub.key\n  sqlite_cache_mib: 7", "CONFIG_INVALID",
       "6", "storage.sqlite_cache_mib"},
      {"sqlite_path: data/hub.db", "postgres_url: postgresql://db/s\n  sqlite_cache_mib: 64",
       "CONFIG_INVALID", "5", "storage.sqlite_cache_mib"},
      {"key_file: /etc/hub.key", "key_file: /etc/hub.key\n  postgres_url: postgresql://db/s",
       "CONFIG_INVALID", "6", "storage.postgres_url"},
      {"trust_domain: issuer.example", "trust_domain: \"spiffe://issuer.example\"",
       "CONFIG_INVALID", "2", "tls.trust_domain"},
      {"[sakura.yaml, ../fuji.yaml]", "[sakura.yaml, \"\"]", "CONFIG_INVALID", "6", "contracts[1]"},
      {"plan.yaml", "plan.yaml\nrule_packs: [jp.yaml, \"\"]", "CONFIG_INVALID", "8",
       "rule_packs[1]"},
      {"plan.yaml", "plan.yaml\nrehearsal: {clock_time: 2026-12-01T22:00:00Z, speed: 900}",
       "CONFIG_INVALID", "8", "rehearsal.begin_time"},
      {"plan.yaml", "plan.yaml\nrehearsal: {begin_time: 2026-12-01T22:00:00Z, speed: 900}",
       "CONFIG_INVALID", "8", "rehearsal.clock_time"},
      {"plan.yaml",
       "plan.yaml\nrehearsal: {begin_time: 2026-12-01T22:00:00Z, clock_time: "
       "2026-12-01T22:00:00Z, speed: 10001}",
       "CONFIG_INVALID", "8", "rehearsal.speed"},
      {"plan.yaml", "plan.yaml\npromises: {broken_plan: HANDED_OVER}", "CONFIG_INVALID", "8",
       "promises.broken_plan_to"},
      {"plan.yaml",
       "plan.yaml\npromises: {broken_plan: HANDED_OVER,\n broken_plan_to: Head Office}",
       "CONFIG_INVALID", "9", "promises.broken_plan_to"},
      {"plan.yaml", "plan.yaml\npromises: {broken_plan: RECALLED,\n broken_plan_to: head-office}",
       "CONFIG_INVALID", "9", "promises.broken_plan_to"},
      {"plan.yaml", "plan.yaml\npromises: {\n broken_plan_to: head-office}", "CONFIG_INVALID", "9",
       "promises.broken_plan_to"},
      {"plan.yaml", "plan.yaml\naudit: {origin: two words}", "CONFIG_INVALID", "8", "audit.origin"},
      {"plan.yaml", "plan.yaml\naudit: {origin: issuer.example+jp}", "CONFIG_INVALID", "8",
       "audit.origin"},
      {"plan.yaml", "plan.yaml\naudit: {origin: issuer.example/log/2}", "CONFIG_INVALID", "8",
       "audit.origin"},
      {"plan.yaml", "plan.yaml\naudit: {origin: " + std::string(101, 'x') + "}", "CONFIG_INVALID",
       "8", "audit.origin"},
      {"plan.yaml", "plan.yaml\naudit: {checkpoint_interval: 999ms}", "CONFIG_INVALID", "8",
       "audit.checkpoint_interval"},
      {"plan.yaml", "plan.yaml\naudit: {checkpoint_interval: 25h}", "CONFIG_INVALID", "8",
       "audit.checkpoint_interval"},
      {"plan.yaml", "plan.yaml\naudit:\n  places: [{name: Vault, folder: f}]", "CONFIG_INVALID",
       "9", "audit.places[0].name"},
      {"plan.yaml",
       "plan.yaml\naudit:\n  places:\n  - {name: vault, folder: f}\n  - {name: vault, folder: g}",
       "CONFIG_INVALID", "11", "audit.places[1].name"},
      {"plan.yaml", "plan.yaml\naudit:\n  places: [{name: vault}]", "CONFIG_INVALID", "9",
       "audit.places[0].folder"},
      {"heartbeat_interval: 5s", "heartbeat_interval: soon", "YAML_INVALID", "9",
       "limits.heartbeat_interval"},
      {"heartbeat_interval: 5s", "reader_threads: 3\nretention:\n  accounts_keep_days: 36501",
       "CONFIG_INVALID", "11", "retention.accounts_keep_days"},
      {"heartbeat_interval: 5s",
       "reader_threads: 3\nretention:\n  classes:\n    - {countries: [JP], keep_days: 9}\n"
       "    - {countries: [jp], keep_days: 9}",
       "CONFIG_INVALID", "13", "retention.classes[1].countries[0]"},
      {"heartbeat_interval: 5s",
       "reader_threads: 3\nretention:\n  classes:\n    - {keep_days: 9}\n"
       "    - {countries: [JP], keep_days: 9}",
       "CONFIG_INVALID", "13", "retention.classes[1]"},
      {"heartbeat_interval: 5s",
       "reader_threads: 3\nretention: {classes: [{work_types: [CAMPAIN], keep_days: 9}]}",
       "YAML_INVALID", "10", "retention.classes[0].work_types[0]"},
      {"listen:", "lisen:", "YAML_INVALID", "1", ""},
      {"contracts: [", "contracts: [[", "YAML_INVALID", "6", nullptr},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.to + " for " + row.from);
    std::string text = kGood;
    ASSERT_NE(text.find(row.from), std::string::npos);
    text.replace(text.find(row.from), row.from.size(), row.to);
    WriteFile(folder / "hub.yaml", text);
    const auto config = ReadConfig(folder / "hub.yaml");
    ASSERT_THAT(config, FailsWith(absl::StatusCode::kInvalidArgument, row.reason));
    EXPECT_EQ(ErrorMetadata(config.status(), "file"), folder / "hub.yaml");
    if (row.field == nullptr) continue;  // where a broken text ends is the parser's to say
    EXPECT_EQ(ErrorMetadata(config.status(), "line"), row.line);
    EXPECT_EQ(ErrorMetadata(config.status(), "field"), row.field);
  }
}

TEST(ReadConfigTest, ABrokenPlanMayGoToSomebody) {
  TemporaryFolder folder;
  for (const char* line : {"promises: {broken_plan: LEFT}", "promises: {broken_plan: RECALLED}",
                           "promises: {broken_plan: HANDED_OVER, broken_plan_to: head-office}"}) {
    WriteFile(folder / "hub.yaml", std::string(kGood) + line + "\n");
    EXPECT_OK(ReadConfig(folder / "hub.yaml")) << line;
  }
}

// 0 says the default, in every form.
TEST(ReadConfigTest, ZeroStandsForTheDefault) {
  TemporaryFolder folder;
  std::string text = kGood;
  text.replace(text.find("heartbeat_interval: 5s"), std::string::npos,
               "heartbeat_interval: 0s\n  stream_lifetime: 0d\n  connections_max: 0\n");
  WriteFile(folder / "hub.yaml", text);
  ASSERT_OK_AND_ASSIGN(const v1::Config config, ReadConfig(folder / "hub.yaml"));
  EXPECT_EQ(config.limits().heartbeat_interval().seconds(), 10);
  EXPECT_EQ(config.limits().stream_lifetime().seconds(), 45 * 60);
  EXPECT_EQ(config.limits().connections_max(), 2000);
}

std::vector<std::string> ProblemsOf(const std::string& text) {
  ConfigProblems problems(text, "hub.yaml");
  ParseConfig(text, "hub.yaml", problems);
  std::vector<std::string> fields;
  for (const absl::Status& problem : problems.InOrder())
    fields.push_back(ErrorMetadata(problem, "line") + " " + ErrorMetadata(problem, "field"));
  return fields;
}

TEST(ParseConfigTest, TellsEveryProblemOnceInTheOrderOfTheText) {
  EXPECT_THAT(ProblemsOf("limits: {reader_threads: 65, write_queue_max: many}\n"
                         "tls: {directry: tls}\n"
                         "hub_id: a b\n"
                         "retention:\n"
                         "  accounts_keep_days: -1\n"
                         "  quarantine_keep_days: -1\n"
                         "  classes:\n"
                         "  - {countries: [JP], keep_days: 0}\n"
                         "  - {countries: [jp], keep_days: 1}\n"),
              ::testing::ElementsAre(
                  "1 listen", "1 storage.sqlite_path", "1 storage.key_file",
                  "1 limits.reader_threads", "1 limits.write_queue_max", "2 tls", "3 hub_id",
                  "5 retention.accounts_keep_days", "6 retention.quarantine_keep_days",
                  "8 retention.classes[0].keep_days", "9 retention.classes[1].countries[0]"));
  EXPECT_THAT(ProblemsOf("listen: [::]:8443\nhub_id: a b\n"), ::testing::ElementsAre("1 "))
      << "of what is no YAML nothing more can be said";
}

TEST(ReadConfigTest, MissingFilesAndFilesTooLarge) {
  TemporaryFolder folder;
  EXPECT_THAT(ReadConfig(folder / "none.yaml"),
              FailsWith(absl::StatusCode::kNotFound, "FILE_MISSING"));
  WriteFile(folder / "big.yaml", std::string(1024 * 1024 + 1, '#'));
  EXPECT_THAT(ReadTextFile(folder / "big.yaml"),
              FailsWith(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE"));
  WriteFile(folder / "big.yaml", std::string(1024 * 1024, '#'));
  EXPECT_OK(ReadTextFile(folder / "big.yaml"));
}

}  // namespace
}  // namespace switchboard
