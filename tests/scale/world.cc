#include "tests/scale/world.h"

#include <algorithm>
#include <set>

namespace switchboard::scale {
namespace {

// Callers of a benchmark share two threads of gRPC; on machines of their own each has what it
// wants.
constexpr int kGeneratorThreads = 2;
constexpr int kManyThreads = 100'000;
constexpr double kManyCores = 1'000;
// The numbers, the rows, the counts: for each vendor in the hub that was measured, since then for
// all of them (VendorCounters::Run).
constexpr double kJourneysOfPlacingVendor = 3;
constexpr int kVendorsMeasured = 4;

}  // namespace

World::World(EventLoop& loop, const Costs& costs, const Layout& layout, int vendors)
    : loop_(loop),
      layout_(layout),
      costs_(layout.postgres ? costs.postgres : costs.sqlite),
      vendors_(vendors),
      feeds_(static_cast<size_t>(vendors)) {
  const bool one_machine = layout.generator_cores == 0;
  const double idle = costs_.idle_cpu * (one_machine ? layout.hubs : 1);
  Processor& first = NewMachine(layout.hub_cores - idle);
  generators_ = one_machine ? &first : &NewMachine(kManyCores);
  generator_threads_ =
      std::make_unique<Threads>(*generators_, one_machine ? kGeneratorThreads : kManyThreads);
  const double sync_us = layout.sync_us < 0 ? costs_.sync_us : layout.sync_us;
  for (int i = 0; i < layout.databases; ++i) {
    Processor& machine = layout.database_cores > 0 ? NewMachine(layout.database_cores) : first;
    database_machines_.push_back(&machine);
    databases_.push_back(std::make_unique<DatabaseModel>(loop, machine, sync_us, costs_.byte_us));
  }
  for (int hub = 0; hub < layout.hubs; ++hub) {
    Processor& machine = one_machine || hub == 0 ? first : NewMachine(layout.hub_cores - idle);
    hub_machines_.push_back(&machine);
    hubs_.push_back(std::make_unique<HubModel>(costs, layout_, machine, databases_));
  }
}

Processor& World::NewMachine(double cores) {
  machines_.push_back(std::make_unique<Processor>(loop_, cores, layout_.slice_us, costs_.crowding));
  return *machines_.back();
}

Step World::Generate(double micros, double waking_us) {
  return generator_threads_->Serve(micros, waking_us);
}

std::string World::VendorRow(int vendor, int hub, int database) const {
  const std::string row = "1 vendor " + std::to_string(vendor);
  return layout_.vendor_rows ? row
                             : row + " " + std::to_string(hub) + "." + std::to_string(database);
}

std::string World::CoreFeedRow(int database) const {
  return layout_.core_feed_row ? "2 core feed" : "2 core feed " + std::to_string(database);
}

std::string World::DisclosureRow(int vendor) const {
  return layout_.disclosure_row ? "3 disclosure" : "3 disclosure " + std::to_string(vendor);
}

// All vendors have a part of each piece, as the plan of the benchmark deals them.
Unit World::ImportUnit(double records, int database, std::function<void()> done) {
  Unit unit;
  unit.party = "core/main";
  unit.lane = costs_.import.lane;
  unit.writer = costs_.import.writer;
  unit.journeys = costs_.import.journeys;
  unit.log = costs_.import.log;
  unit.closing = costs_.import.closing;
  unit.records = records;
  if (layout_.placement_key) unit.keys.push_back("0 placement");
  const int in_piece = std::min(vendors_, static_cast<int>(records));
  for (int i = 0; i < in_piece; ++i) unit.rows.push_back(VendorRow(i, 0, database));
  unit.ends_group = true;
  unit.done = std::move(done);
  unit.row_journeys = kJourneysOfPlacingVendor;
  const double more_rows = std::max(0, in_piece - kVendorsMeasured);
  if (!layout_.row_statements) return unit;
  unit.closing_lane = more_rows * costs_.row_lane;
  unit.closing_writer = more_rows * costs_.row_writer;
  unit.journeys.batch += more_rows * unit.row_journeys;
  return unit;
}

Unit World::VendorUnit(Urgency urgency, const StepCosts& costs, int vendor, double records,
                       std::function<void()> done) {
  Unit unit;
  unit.urgency = urgency;
  unit.party = "vendor/v" + std::to_string(vendor);
  unit.lane = costs.lane;
  unit.writer = costs.writer;
  unit.journeys = costs.journeys;
  unit.log = costs.log;
  unit.closing = costs.closing;
  unit.records = records;
  unit.done = std::move(done);
  return unit;
}

void World::Commit(Feed& feed, int64_t records, bool other_hub) {
  feed.newest += records;
  if (!feed.advanced) return;
  // Of another hub's commit a hub hears over the database.
  loop_.Call(other_hub ? layout_.network_us : 0, feed.advanced);
}

double World::hub_busy() const {
  double busy = 0;
  for (Processor* machine : std::set<Processor*>(hub_machines_.begin(), hub_machines_.end()))
    busy += machine->busy();
  return busy;
}

double World::database_busy() const {
  double busy = 0;
  for (Processor* machine :
       std::set<Processor*>(database_machines_.begin(), database_machines_.end()))
    busy += machine->busy();
  return busy;
}

double World::groups() const {
  double groups = 0;
  for (const auto& hub : hubs_) groups += hub->groups();
  return groups;
}

}  // namespace switchboard::scale
