#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddCodes(CommandTree& root) {
  CommandTree codes =
      root.Group("codes", "Code maps: what the codes mean under which a vendor reports outcomes.",
                 "codes lint codes/*.yaml\ncodes diff codes/sakura.yaml\n"
                 "codes propose codes/sakura.yaml\n"
                 "codes release 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\ncodes list\ncodes show sakura\n"
                 "codes unmapped sakura");
  AddLint(codes, v1::TEXT_KIND_CODE_MAP,
          "Checks code maps without a hub; names file, line and field. Each code that the vendor "
          "declared must have one meaning.",
          CodesLint);
  AddReleases(codes, v1::TEXT_KIND_CODE_MAP);
  codes.Online("list", "Lists every version of every vendor's code map, and which are in force.",
               "codes list\ncodes list --json -", CodesList);
  auto compared = std::make_shared<std::string>();
  AddText(
      codes.Online("diff",
                   "Says which codes of a file are new, gone or mean something else than in the "
                   "highest version that was released. Changes nothing; ends with code 1 if one "
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
