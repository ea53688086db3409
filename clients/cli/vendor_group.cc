#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {
namespace {

void AddVendorStops(CommandTree& vendor) {
  struct Asked {
    std::string vendor_id;
    bool keep_work = false;
  };
  auto stopped = std::make_shared<Asked>();
  CLI::App& stop = vendor.Online(
      "stop",
      "No permit is given any more and open ones are void. What the vendor holds is withdrawn and "
      "placed elsewhere as far as others may take it.",
      "vendor stop sakura\nvendor stop sakura --keep-work", [stopped](Session& session) {
        return VendorStop(session, stopped->vendor_id, stopped->keep_work);
      });
  AddText(stop, "VENDOR", stopped->vendor_id, "the vendor's id");
  stop.add_flag("--keep-work", stopped->keep_work,
                "the vendor keeps what it holds: for a short stop");
  auto resumed = std::make_shared<std::string>();
  AddText(vendor.Online("resume", "Permits may be given again.", "vendor resume sakura",
                        [resumed](Session& session) { return VendorResume(session, *resumed); }),
          "VENDOR", *resumed, "the vendor's id");
}

}  // namespace

void AddVendors(CommandTree& root) {
  CommandTree vendor = root.Group("vendor", "Vendors: numbers, and stopping one at once.",
                                  "vendor list\nvendor stop sakura\nvendor resume sakura");
  vendor.Online("list",
                "Lists vendors with their contracts, feeds and numbers. 'behind' counts changes "
                "that the vendor has not acknowledged.",
                "vendor list\nvendor list --json vendors.json", VendorList);
  AddVendorStops(vendor);

  CommandTree work_type = root.Group("work-type", "Work types: stopping one at every vendor.",
                                     "work-type stop CAMPAIGN\nwork-type resume CAMPAIGN");
  for (const bool stopped : {true, false}) {
    const std::string word = stopped ? "stop" : "resume";
    auto type = std::make_shared<std::string>();
    CLI::App& command =
        work_type.Online(word,
                         stopped ? "No permit is given any more and open ones are void."
                                 : "Permits may be given again.",
                         "work-type " + word + " CAMPAIGN", [type, stopped](Session& session) {
                           v1::WorkType value = v1::WORK_TYPE_UNSPECIFIED;
                           v1::WorkType_Parse("WORK_TYPE_" + *type, &value);
                           return WorkTypeStop(session, value, stopped);
                         });
    AddEnum(command, "WORK_TYPE", *type, v1::WorkType_descriptor(), "the work type")->required();
  }
}

}  // namespace switchboard::cli
