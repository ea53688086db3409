#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {
namespace {

// Those that ask a hub.
void AddHubRules(CommandTree& rules) {
  rules.Online("list", "Lists every version of every rule pack, and which are in force.",
               "rules list\nrules list --json -", RulesList);
  auto compared = std::make_shared<std::string>();
  AddText(
      rules.Online("diff",
                   "Says which rules of a file differ from the highest version of its pack that "
                   "was released. Changes nothing; ends with code 1 if one differs.",
                   "rules diff packs/jp.yaml\nrules diff packs/jp.yaml --json -",
                   [compared](Session& session) { return RulesDiff(session, *compared); }),
      "FILE", *compared, "a YAML file");
}

void AddOutlooks(CommandTree& rules) {
  auto preview = std::make_shared<RulesPreviewArguments>();
  auto channel = std::make_shared<std::string>();
  CLI::App& previewed = rules.Online(
      "preview",
      "Says how much of the work that vendors have now may be contacted in each hour to come, and "
      "which rules stand in the way. Changes nothing.",
      "rules preview\nrules preview --pack packs/jp.yaml --hours 72 --channel SMS",
      [preview, channel](Session& session) {
        v1::Channel_Parse("CHANNEL_" + *channel, &preview->channel);
        return RulesPreview(session, *preview);
      });
  previewed
      .add_option("--pack", preview->pack,
                  "with this text, on its own days, in the place of its pack's versions")
      ->type_name("FILE");
  AddNumber(previewed, "--hours", preview->hours, 1, "hours to look ahead (default: 48)");
  AddNumber(previewed, "--assignments", preview->assignments_max, 1,
            "assignments to look at (default: 10,000)");
  AddEnum(previewed, "--channel", *channel, v1::Channel_descriptor(),
          "by this channel (default: PHONE)");

  auto replay = std::make_shared<RulesReplayArguments>();
  CLI::App& replayed = rules.Online(
      "replay",
      "Says which contacts of a time that has passed a pack would have refused, as if it had been "
      "in force then: its own first and last day are not looked at, those of its rules are. A "
      "contact is judged by what was known when it was made; only the product is that of the "
      "account today. Changes nothing.",
      "rules replay --pack packs/jp.yaml --from 2026-11-01T00:00:00+09:00 "
      "--to 2026-12-01T00:00:00+09:00",
      [replay](Session& session) { return RulesReplay(session, *replay); });
  replayed.add_option("--pack", replay->pack, "the pack")->required()->type_name("FILE");
  replayed.add_option("--from", replay->from, "contacts from this moment (RFC 3339, with offset)")
      ->required()
      ->type_name("TIME");
  replayed.add_option("--to", replay->to, "and before this one")->required()->type_name("TIME");
  AddNumber(replayed, "--samples", replay->samples_max, 1,
            "of those that would have been refused, show so many (default: 20)");
  AddNumber(replayed, "--contacts", replay->contacts_max, 1,
            "contacts to look at in one call (default: 100,000)");
}

}  // namespace

void AddRules(CommandTree& root) {
  CommandTree rules =
      root.Group("rules", "Rule packs: when, how often and whom the law lets anybody contact.",
                 "rules lint packs/*.yaml\nrules test --pack packs/jp.yaml --cases cases/jp.yaml\n"
                 "rules diff packs/jp.yaml\nrules propose packs/jp.yaml\n"
                 "rules release 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\nrules list\nrules show jp");
  AddLint(rules, v1::TEXT_KIND_RULE_PACK,
          "Checks rule packs without a hub; names file, line and field. Texts of one pack must not "
          "be in force on the same day.",
          RulesLint);

  auto tested = std::make_shared<RulesTestArguments>();
  CLI::App& test = rules.Offline(
      "test",
      "Asks a rule pack about cases: facts, and what the pack must say to them. Tells each case "
      "that comes out otherwise, and ends with code 1 if one does.",
      "rules test --pack packs/jp.yaml --cases cases/jp.yaml\n"
      "rules test --pack packs/us.yaml --cases cases/us.yaml cases/more.yaml --json result.json",
      [tested](Session& session) { return RulesTest(session, *tested); });
  test.add_option("--pack", tested->pack, "the pack, a YAML file")->type_name("FILE")->required();
  test.add_option("--cases", tested->cases, "the cases, YAML files")->type_name("FILE")->required();
  AddReleases(rules, v1::TEXT_KIND_RULE_PACK);
  AddHubRules(rules);
  AddOutlooks(rules);
}

}  // namespace switchboard::cli
