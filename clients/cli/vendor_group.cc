#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {
namespace {

v1::WorkType WorkTypeOf(const std::string& name) {
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  v1::WorkType_Parse("WORK_TYPE_" + name, &work_type);
  return work_type;
}

void AddUntil(CLI::App& stop, std::string& until) {
  stop.add_option("--until", until,
                  "it goes on by itself at this moment to come (RFC 3339, with offset; default: "
                  "when it is let go on)")
      ->type_name("TIME");
}

void AddVendorStops(CommandTree& vendor) {
  auto stopped = std::make_shared<VendorStopArguments>();
  CLI::App& stop = vendor.Online(
      "stop",
      "No permit is given any more and open ones are void. What the vendor holds is withdrawn and "
      "placed elsewhere as far as others may take it.",
      "vendor stop sakura\nvendor stop sakura --keep-work --until 2026-11-30T09:00:00+09:00",
      [stopped](Session& session) { return VendorStop(session, *stopped); });
  AddText(stop, "VENDOR", stopped->vendor_id, "the vendor's id");
  stop.add_flag("--keep-work", stopped->keep_work,
                "the vendor keeps what it holds: for a short stop");
  AddUntil(stop, stopped->until);
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
  AddScorecard(vendor);
  AddVendorRetire(vendor);

  CommandTree work_type = root.Group("work-type", "Work types: stopping one at every vendor.",
                                     "work-type stop CAMPAIGN\nwork-type resume CAMPAIGN");
  auto stopped = std::make_shared<std::string>();
  auto until = std::make_shared<std::string>();
  CLI::App& stop = work_type.Online("stop", "No permit is given any more and open ones are void.",
                                    "work-type stop CAMPAIGN\n"
                                    "work-type stop CAMPAIGN --until 2026-11-30T09:00:00+09:00",
                                    [stopped, until](Session& session) {
                                      return WorkTypeStop(session, WorkTypeOf(*stopped), *until);
                                    });
  AddEnum(stop, "WORK_TYPE", *stopped, v1::WorkType_descriptor(), "the work type")->required();
  AddUntil(stop, *until);
  auto resumed = std::make_shared<std::string>();
  CLI::App& resume = work_type.Online(
      "resume", "Permits may be given again.", "work-type resume CAMPAIGN",
      [resumed](Session& session) { return WorkTypeResume(session, WorkTypeOf(*resumed)); });
  AddEnum(resume, "WORK_TYPE", *resumed, v1::WorkType_descriptor(), "the work type")->required();
}

}  // namespace switchboard::cli
