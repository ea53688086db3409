#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {
namespace {

void AddFind(CommandTree& person) {
  auto found = std::make_shared<PersonFindArguments>();
  CLI::App& find = person.Online(
      "find",
      "Looks for a person by what they say of themselves, through the whole book; 100 times a day "
      "at most. Who looked and whom that found is in the audit log. With - the value is read from "
      "standard input, so that no shell remembers it.",
      "person find --phone -\nperson find --email - < address.txt",
      [found](Session& session) { return PersonFind(session, *found); });
  CLI::Option_group* by = find.add_option_group("By");
  by->require_option(1);
  by->add_option("--phone", found->phone, "a number, as +81312345678")->type_name("NUMBER");
  by->add_option("--email", found->email, "an e-mail address")->type_name("ADDRESS");
  by->add_option("--card", found->card, "a card number")->type_name("NUMBER");
}

// A command that opens a request.
CLI::App& AddOpening(CommandTree& person, const std::string& word, v1::PersonRequest::Kind kind,
                     const std::string& description, const std::string& more) {
  auto opened = std::make_shared<PersonRequestArguments>();
  opened->kind = kind;
  const std::string example =
      "person " + word + " letter-2026-117 --person P-7 --reference 'letter of 3 May'" + more;
  CLI::App& command = person.Online(word, description, example, [opened](Session& session) {
    return PersonOpen(session, *opened);
  });
  AddText(command, "REQUEST", opened->request_id, "its id, which is yours to choose");
  command.add_option("--person", opened->person_id, "who asks, by the core's id")
      ->required()
      ->type_name("PERSON");
  command.add_option("--reference", opened->reference, "where it is written: one line")
      ->required()
      ->type_name("TEXT");
  if (kind == v1::PersonRequest::KIND_CORRECTION) {
    command
        .add_option("--field", opened->fields,
                    "what is wrong, as family_name or address.city; give one for each")
        ->required()
        ->allow_extra_args(false)
        ->type_name("PATH");
  }
  return command;
}

void AddDecision(CommandTree& person, const std::string& word, bool agreed,
                 const std::string& description) {
  auto request_id = std::make_shared<std::string>();
  CLI::App& command = person.Online(word, description, "person " + word + " letter-2026-117",
                                    [request_id, agreed](Session& session) {
                                      return PersonDecide(session, *request_id, agreed);
                                    });
  AddText(command, "REQUEST", *request_id, "the request's id");
}

}  // namespace

void AddPersons(CommandTree& root) {
  CommandTree person = root.Group(
      "person", "What persons ask of what is kept of them. It takes two operators.",
      "person find --phone -\nperson access letter-2026-117 --person P-7 --reference 'letter of 3 "
      "May'\nperson agree letter-2026-117\nperson read letter-2026-117 --out P-7.json\nperson "
      "list");
  AddFind(person);
  AddOpening(
      person, "access", v1::PersonRequest::KIND_ACCESS,
      "Opens a request to know what is kept. Once another operator agrees you may read it for "
      "24 hours.",
      "");
  AddOpening(
      person, "correct", v1::PersonRequest::KIND_CORRECTION,
      "Opens a request to have something put right. Once another operator agrees the core is "
      "told; it is done with the next record of the person that is true as of later.",
      " --field family_name --field address.city");
  AddOpening(person, "erase", v1::PersonRequest::KIND_DELETION,
             "Opens a request to have it deleted, sooner than retention would. Recall what vendors "
             "hold first. 'person list' shows what it waits for.",
             "");
  AddDecision(person, "agree", true, "Agrees to a request that another operator opened.");
  AddDecision(person, "refuse", false, "Refuses one: nothing is done.");
  auto listed = std::make_shared<PersonListArguments>();
  CLI::App& list = person.Online(
      "list", "Lists requests that are open or agreed to, by id, with what a deletion waits for.",
      "person list\nperson list --closed --json requests.json",
      [listed](Session& session) { return PersonList(session, *listed); });
  list.add_flag("--closed", listed->closed_too, "those that are done or refused as well");
  AddLimit(list, listed->listed.limit, "requests");
  auto read = std::make_shared<PersonReadArguments>();
  CLI::App& reading = person.Online(
      "read",
      "Writes all that is kept of a person to a file, as JSON, which nobody but you may read. Each "
      "page is told in the audit log.",
      "person read letter-2026-117 --out P-7.json",
      [read](Session& session) { return PersonRead(session, *read); });
  AddText(reading, "REQUEST", read->request_id, "the request's id, of one that you opened");
  reading.add_option("--out", read->out, "a file that is not there yet")
      ->required()
      ->type_name("FILE");
}

}  // namespace switchboard::cli
