#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddCodes(CommandTree& root) {
  CommandTree codes =
      root.Group("codes", "Code maps: what the codes mean under which a vendor reports outcomes.",
                 "codes check codes/*.yaml\ncodes diff codes/sakura.yaml\n"
                 "codes apply codes/sakura.yaml\ncodes list\ncodes show sakura\n"
                 "codes unmapped sakura");
  auto files = std::make_shared<std::vector<std::string>>();
  codes
      .Offline("check",
               "Checks code maps without a hub; names file, line and field. Each code that the "
               "vendor declared must have one meaning.",
               "codes check codes/*.yaml\ncodes check sakura.yaml --json -",
               [files](Session& session) { return CodesCheck(session, *files); })
      .add_option("FILE", *files, "YAML files")
      ->required();
  auto applied = std::make_shared<std::string>();
  AddText(
      codes.Online("apply",
                   "Puts a code map in force, for contacts from its effective_from on. A version "
                   "that stands is never changed: another text takes a higher one.",
                   "codes apply codes/sakura.yaml",
                   [applied](Session& session) { return CodesApply(session, *applied); }),
      "FILE", *applied, "a YAML file");
  codes.Online("list", "Lists every version of every vendor's code map, and which are in force.",
               "codes list\ncodes list --json -", CodesList);
  auto shown = std::make_shared<CodesShowArguments>();
  CLI::App& show = codes.Online("show", "Shows a code map as it was written, and who put it there.",
                                "codes show sakura\ncodes show sakura --version 2 --json map.json",
                                [shown](Session& session) { return CodesShow(session, *shown); });
  AddText(show, "VENDOR", shown->vendor_id, "whose map");
  AddNumber(show, "--version", shown->version, 1, "this version (default: the highest)");
  auto compared = std::make_shared<std::string>();
  AddText(
      codes.Online("diff",
                   "Says which codes of a file are new, gone or mean something else than in the "
                   "highest version that was applied. Changes nothing; ends with code 1 if one "
                   "differs.",
                   "codes diff codes/sakura.yaml\ncodes diff codes/sakura.yaml --json -",
                   [compared](Session& session) { return CodesDiff(session, *compared); }),
      "FILE", *compared, "a YAML file");
  auto unmapped = std::make_shared<std::string>();
  AddText(codes.Online(
              "unmapped",
              "Lists codes of a vendor for which its map has no meaning, and how many outcomes "
              "wait in quarantine for each. What cannot be a code is shown by its shape: "
              "letters as \"a\", digits as \"9\".",
              "codes unmapped sakura\ncodes unmapped sakura --json -",
              [unmapped](Session& session) { return CodesUnmapped(session, *unmapped); }),
          "VENDOR", *unmapped, "whose codes");
}

}  // namespace switchboard::cli
