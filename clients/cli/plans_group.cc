#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/plan_options.h"

namespace switchboard::cli {
namespace {

using Verdict = v1::PlanDecision::Verdict;

// What the examples are about.
constexpr char kKey[] = "--account C-1041 --vendor sakura --outcome o-7";

void AddKey(CLI::App& command, PlanKey& key) {
  command.add_option("--account", key.account_id, "the account, by the core's id")
      ->required()
      ->type_name("ID");
  command.add_option("--vendor", key.vendor_id, "who proposed it")->required()->type_name("VENDOR");
  command.add_option("--outcome", key.outcome_id, "by which of the vendor's outcomes")
      ->required()
      ->type_name("ID");
}

// A command that decides; its options for the plan, why and a note.
CLI::App& AddDecision(CommandTree& plans, const std::string& word, Verdict verdict,
                      const std::string& description, const std::string& examples,
                      const std::shared_ptr<PlanDecisionArguments>& arguments) {
  auto reason = std::make_shared<std::string>();
  arguments->verdict = verdict;
  CLI::App& command =
      plans.Online(word, description, examples, [arguments, reason](Session& session) {
        v1::PlanDecision::Reason_Parse("REASON_" + *reason, &arguments->reason);
        return PlansDecide(session, *arguments);
      });
  AddKey(command, arguments->key);
  AddNumber(command, "--version", arguments->version, 1,
            "version of the outcome that is decided on, as 'plans list' shows it")
      ->required();
  AddEnum(command, "--reason", *reason, v1::PlanDecision::Reason_descriptor(), "why")
      ->required(verdict == v1::PlanDecision::VERDICT_REFUSED);
  command
      .add_option("--note", arguments->note,
                  "in words, for the core: at most 500 bytes, and nothing that need not be known")
      ->type_name("TEXT");
  return command;
}

// Either parts that are written out, or equal ones.
void AddHow(CLI::App& change, PlanTermsArguments& terms) {
  CLI::Option_group* how = change.add_option_group("How");
  how->require_option(1);
  how->add_option("--part", terms.parts,
                  "a part: the day by which it is due, and how much in minor units; give one for "
                  "each, by their days. They sum up to --amount")
      ->check(CLI::Validator(ProblemOfInstalment, ""))
      ->type_name("YYYY-MM-DD=N");
  CLI::Option* first =
      how->add_option("--first", terms.first, "equal parts: by which day the first payment is due")
          ->check(CLI::Validator(ProblemOfDay, ""))
          ->type_name("YYYY-MM-DD");
  CLI::Option* every =
      AddEnum(change, "--every", terms.every, v1::PaymentPlan::Interval_descriptor(),
              "with --first: how far apart they are");
  CLI::Option* count = AddNumber(change, "--count", terms.count, 1,
                                 "with --first: how many, without what is paid down; the last "
                                 "takes what cannot be divided");
  CLI::Option* down = AddNumber(change, "--down", terms.down, 1,
                                "with --first: what is paid on that day before the parts, in minor "
                                "units (default: nothing)");
  first->needs(every);
  first->needs(count);
  for (CLI::Option* option : {every, count, down}) option->needs(first);
}

void AddChange(CommandTree& plans) {
  auto arguments = std::make_shared<PlanDecisionArguments>();
  const std::string key = std::string(kKey) + " --version 1 --amount 12000 --currency JPY ";
  PlanTermsArguments& terms = arguments->terms;
  CLI::App& change = AddDecision(
      plans, "change", v1::PlanDecision::VERDICT_CHANGED,
      "Other terms bind in the place of those that were proposed, from now on. Amounts are whole "
      "minor units of the currency: 12000 is JPY 12,000 and USD 120.00.",
      "plans change " + key + "--part 2026-12-31=4000 --part 2027-01-31=8000\nplans change " + key +
          "--first 2026-12-31 --every month --count 3 --down 1000 --waive late-fees=500 "
          "--reason too-long",
      arguments);
  AddNumber(change, "--amount", terms.amount, 1, "what is to be paid in all, in minor units")
      ->required();
  change.add_option("--currency", terms.currency, "of all amounts; that of the plan")
      ->required()
      ->check(CLI::Validator(ProblemOfCurrency, ""))
      ->type_name("CODE");
  AddHow(change, terms);
  change
      .add_option(
          "--waive", terms.waivers,
          "what is given up: LATE_FEES, INTEREST or PRINCIPAL, and how much in minor units; "
          "each kind once. What was proposed to be given up is not, unless it is said here")
      ->check(CLI::Validator(ProblemOfWaiver, ""))
      ->type_name("NAME=N");
}

}  // namespace

void AddPlans(CommandTree& root) {
  const std::string key = kKey;
  CommandTree plans = root.Group(
      "plans", "Payment plans beyond what their vendors may agree to, which wait for head office.",
      "plans list\nplans show " + key + "\nplans approve " + key + " --version 1\nplans refuse " +
          key + " --version 1 --reason MEANS\nplans change --help");
  auto listed = std::make_shared<ListArguments>();
  AddLimit(plans.Online("list",
                        "Lists plans that wait, and why each does. What is shown is told in the "
                        "audit log.",
                        "plans list\nplans list --limit 20 --json plans.json",
                        [listed](Session& session) { return PlansList(session, *listed); }),
           listed->limit, "rows");
  auto shown = std::make_shared<PlanKey>();
  AddKey(plans.Online("show",
                      "Shows one of them with its parts and its proofs of means, which lie "
                      "elsewhere. That it was shown is told in the audit log.",
                      "plans show " + key + "\nplans show " + key + " --json plan.json",
                      [shown](Session& session) { return PlansShow(session, *shown); }),
         *shown);
  AddDecision(plans, "approve", v1::PlanDecision::VERDICT_APPROVED,
              "A plan binds as it was proposed, from now on.",
              "plans approve " + key + " --version 1\nplans approve " + key +
                  " --version 1 --note 'as agreed by phone'",
              std::make_shared<PlanDecisionArguments>());
  AddDecision(plans, "refuse", v1::PlanDecision::VERDICT_REFUSED,
              "A plan does not bind; whoever has the account learns it, and why.",
              "plans refuse " + key + " --version 1 --reason MEANS",
              std::make_shared<PlanDecisionArguments>());
  AddChange(plans);
}

}  // namespace switchboard::cli
