#include "tests/scale/parties.h"

#include <algorithm>

namespace switchboard::scale {
namespace {

// As in hub/ingest/import_stream.h, hub/api/vendor_api.h and hub/sync/vendor_session.h.
constexpr int64_t kImportPiece = 250;
constexpr int64_t kOutcomesPiece = 250;
constexpr int64_t kPageMax = 250;
// As the benchmark's generators have it.
constexpr int64_t kBatch = 1'000;
constexpr int kBatchesUnderWay = 4;
constexpr int64_t kWindow = 2'000;
constexpr int64_t kOutcomesPerCall = 500;
constexpr int kCallsMax = 2;
constexpr int64_t kItemsPerCall = 1'000;

// A task that does next to nothing.
constexpr double kHopUs = 1;

double Half(const Part& part) { return part.batch / 2; }

}  // namespace

ImportingCore::ImportingCore(World& world, int64_t accounts) : world_(world), left_(accounts) {
  for (int i = 0; i < kBatchesUnderWay; ++i) Run();
}

Process ImportingCore::Run() {
  const StepCosts& costs = world_.costs().import;
  HubModel& hub = world_.HubOf(0);
  while (left_ > 0) {
    const int64_t count = std::min(left_, kBatch);
    left_ -= count;
    const auto records = static_cast<double>(count);
    co_await world_.Generate(costs.generator.Of(records));
    co_await hub.ServeEdge(costs.edge.Of(records) - Half(costs.edge), 0);
    co_await hub.ServeExecutor(costs.executor.Of(records));
    Signal answered(loop());
    int64_t pieces_left = (count + kImportPiece - 1) / kImportPiece;
    for (int64_t from = 0; from < count; from += kImportPiece) {
      const int64_t piece = std::min(kImportPiece, count - from);
      const int database = static_cast<int>(dealt_++ % world_.layout().databases);
      hub.Submit(world_.ImportUnit(static_cast<double>(piece), database,
                                   [this, piece, &pieces_left, &answered] {
                                     Deal(piece);
                                     if (--pieces_left == 0) answered.Set();
                                   }),
                 database);
    }
    co_await answered;
    co_await hub.ServeEdge(Half(costs.edge), 0);
    answered_ += count;
  }
}

void ImportingCore::Deal(int64_t records) {
  const int vendors = world_.vendors();
  for (int vendor = 0; vendor < vendors; ++vendor) {
    const int64_t more = records / vendors + (vendor < records % vendors ? 1 : 0);
    if (more == 0) break;
    world_.Commit(world_.FeedOf(vendor), more, &world_.HubOf(vendor) != &world_.HubOf(0));
  }
}

ReadingCore::ReadingCore(World& world) : world_(world), advanced_(world.loop()) {
  world_.core_feed().advanced = [this] { advanced_.Set(); };
  Run();
}

Process ReadingCore::Run() {
  const StepCosts& costs = world_.costs().core_feed;
  HubModel& hub = world_.HubOf(0);
  while (true) {
    co_await world_.Generate(Half(costs.generator));
    co_await hub.ServeEdge(Half(costs.edge), 0);
    int64_t items = 0;
    while (true) {
      items = std::min(kItemsPerCall, world_.core_feed().newest - read_);
      co_await hub.Read(costs, static_cast<double>(items));
      if (items > 0) break;
      co_await advanced_;
    }
    // Nobody waits for the confirmation of what came before.
    Unit confirm = world_.VendorUnit(Urgency::kBulk, costs, 0, 0, nullptr);
    confirm.party = "core/main";
    hub.Submit(std::move(confirm));
    const auto records = static_cast<double>(items);
    co_await hub.ServeEdge(costs.edge.Of(records) - Half(costs.edge), 0);
    co_await world_.Generate(costs.generator.Of(records) - Half(costs.generator));
    read_ += items;
  }
}

VendorModel::VendorModel(World& world, int number, bool reports)
    : world_(world), number_(number), reports_(reports) {
  world_.FeedOf(number).advanced = [this] {
    more_ = true;
    Advance();
  };
}

void VendorModel::Advance() {
  const int64_t free = kWindow - in_flight_;
  const bool worth_it = in_flight_ == 0 || free >= std::min(kWindow, kPageMax) / 2;
  if (reading_ || !more_ || free <= 0 || !worth_it) return;
  reading_ = true;
  more_ = false;
  ServePage(std::min(free, kPageMax));
}

Process VendorModel::ServePage(int64_t rows_max) {
  const StepCosts& costs = world_.costs().feed;
  World::Feed& feed = world_.FeedOf(number_);
  const int64_t rows = std::min(rows_max, feed.newest - sent_);
  const auto records = static_cast<double>(rows);
  co_await hub().Read(costs, records);
  if (rows > 0 && discloses_) {
    Signal disclosed(loop());
    // One of the two units of a page: the other stores the ack.
    Unit unit = world_.VendorUnit(Urgency::kUrgent, costs, number_, records,
                                  [&disclosed] { disclosed.Set(); });
    unit.rows = {world_.DisclosureRow(number_)};
    hub().Submit(std::move(unit));
    co_await disclosed;
    // What is loaded goes on on an executor thread, behind whatever is parsed there.
    co_await hub().ServeExecutor(kHopUs);
  }
  reading_ = false;
  sent_ += rows;
  in_flight_ += rows;
  more_ = more_ || feed.newest > sent_;
  Advance();
  if (rows == 0) co_return;
  co_await hub().ServeEdge(costs.edge.Of(records) - Half(costs.edge), costs.edge_waking);
  co_await world_.Generate(costs.generator.Of(records), costs.generator_waking);
  if (on_batch) on_batch(sent_);
  if (reports_) Work(rows);
  Ack(rows);
}

Process VendorModel::Ack(int64_t rows) {
  const StepCosts& costs = world_.costs().feed;
  co_await hub().ServeEdge(Half(costs.edge), 0);
  in_flight_ -= rows;
  Advance();
  hub().Submit(world_.VendorUnit(Urgency::kBulk, costs, number_, 0, nullptr));
}

void VendorModel::Work(int64_t rows) {
  to_report_ += rows;
  while (to_report_ >= kOutcomesPerCall && calls_ < kCallsMax) Report(kOutcomesPerCall);
  if (to_report_ > 0 && calls_ == 0) Report(std::min(to_report_, kOutcomesPerCall));
}

Process VendorModel::Report(int64_t outcomes) {
  const StepCosts& costs = world_.costs().report;
  to_report_ -= outcomes;
  ++calls_;
  const auto records = static_cast<double>(outcomes);
  co_await world_.Generate(costs.generator.Of(records));
  co_await hub().ServeEdge(costs.edge.Of(records) - Half(costs.edge), 0);
  co_await hub().ServeExecutor(costs.executor.Of(records));
  Signal answered(loop());
  int64_t pieces_left = (outcomes + kOutcomesPiece - 1) / kOutcomesPiece;
  for (int64_t from = 0; from < outcomes; from += kOutcomesPiece) {
    const int64_t piece = std::min(kOutcomesPiece, outcomes - from);
    Unit unit = world_.VendorUnit(Urgency::kBulk, costs, number_, static_cast<double>(piece),
                                  [this, piece, &pieces_left, &answered] {
                                    const bool other_hub = &hub() != &world_.HubOf(0);
                                    world_.Commit(world_.core_feed(), piece, other_hub);
                                    if (--pieces_left == 0) answered.Set();
                                  });
    unit.rows = {world_.VendorRow(number_, number_ % world_.layout().hubs, 0),
                 world_.CoreFeedRow(0)};
    hub().Submit(std::move(unit));
  }
  co_await answered;
  co_await hub().ServeEdge(Half(costs.edge), 0);
  --calls_;
  if (to_report_ > 0) Report(std::min(to_report_, kOutcomesPerCall));
}

Process PermitAsker::Ask(int vendor, int database) {
  const StepCosts& costs = world_.costs().permit;
  HubModel& hub = world_.HubOf(vendor);
  const double began = loop().now();
  co_await world_.Generate(Half(costs.generator), costs.generator_waking / 2);
  co_await hub.ServeEdge(Half(costs.edge), costs.edge_waking / 2);
  Signal answered(loop());
  Unit unit =
      world_.VendorUnit(Urgency::kUrgent, costs, vendor, 0, [&answered] { answered.Set(); });
  unit.rows = {world_.VendorRow(vendor, vendor % world_.layout().hubs, database)};
  if (!world_.layout().permits_by_party) unit.person = ++persons_;
  hub.Submit(std::move(unit), database);
  co_await answered;
  co_await hub.ServeEdge(Half(costs.edge), costs.edge_waking / 2);
  co_await world_.Generate(Half(costs.generator), costs.generator_waking / 2);
  done_(loop().now() - began);
}

Process PaymentPoster::Post(int vendor) {
  const StepCosts& costs = world_.costs().payment;
  HubModel& hub = world_.HubOf(0);
  co_await world_.Generate(Half(costs.generator), costs.generator_waking / 2);
  co_await hub.ServeEdge(Half(costs.edge), costs.edge_waking / 2);
  Signal answered(loop());
  Unit unit = world_.VendorUnit(Urgency::kStop, costs, vendor, 0, [this, vendor, &answered] {
    world_.Commit(world_.FeedOf(vendor), 1, &world_.HubOf(vendor) != &world_.HubOf(0));
    answered.Set();
  });
  unit.party.clear();
  unit.rows = {world_.VendorRow(vendor, 0, 0)};
  hub.Submit(std::move(unit));
  co_await answered;
  co_await hub.ServeEdge(Half(costs.edge), costs.edge_waking / 2);
  co_await world_.Generate(Half(costs.generator), costs.generator_waking / 2);
}

}  // namespace switchboard::scale
