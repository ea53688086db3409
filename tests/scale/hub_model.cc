#include "tests/scale/hub_model.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace switchboard::scale {
namespace {

// As the hub has them: two pumps and two of gRPC's, two that read (limits.reader_threads).
constexpr int kEdgeThreads = 2;
constexpr int kExecutorThreads = 2;

}  // namespace

HubModel::HubModel(const Costs& costs, const Layout& layout, Processor& processor,
                   const std::vector<std::unique_ptr<DatabaseModel>>& databases)
    : costs_(layout.postgres ? costs.postgres : costs.sqlite),
      layout_(layout),
      processor_(processor),
      databases_(databases),
      lanes_(databases.size()),
      edge_(processor, kEdgeThreads),
      executor_(processor, kExecutorThreads) {
  for (size_t database = 0; database < databases.size(); ++database) {
    for (int lane = 0; lane < layout.lanes; ++lane) {
      lanes_[database].push_back(
          std::make_unique<LaneModel>(costs_, layout, processor, *databases[database]));
    }
  }
}

void HubModel::Submit(Unit unit, int database) {
  auto& lanes = lanes_[static_cast<size_t>(database)];
  size_t lane = std::hash<std::string_view>()(unit.party) % lanes.size();
  if (unit.person != 0) {
    lane = std::hash<std::string>()(std::to_string(unit.person)) % lanes.size();
  } else if (unit.party.empty()) {
    const auto least =
        std::min_element(lanes.begin(), lanes.end(),
                         [](const auto& a, const auto& b) { return a->load() < b->load(); });
    lane = static_cast<size_t>(least - lanes.begin());
  }
  lanes[lane]->Submit(std::move(unit));
}

Step HubModel::ServeEdge(double micros, double waking_us) { return edge_.Serve(micros, waking_us); }

Step HubModel::ServeExecutor(double micros) { return executor_.Serve(micros); }

Step HubModel::Read(const StepCosts& step, double records, int database) {
  EventLoop& loop = processor_.loop();
  co_await executor_.Take();
  co_await processor_.Use(step.executor.Of(records));
  if (!layout_.postgres) {
    executor_.Give();
    co_return;
  }
  DatabaseModel& server = *databases_[static_cast<size_t>(database)];
  const double journeys = std::max(1.0, std::round(step.reader_journeys.Of(records)));
  for (double i = 0; i < journeys; ++i) {
    co_await loop.Sleep(layout_.network_us);
    co_await server.processor.Use(step.reader.Of(records) / journeys);
  }
  executor_.Give();
}

double HubModel::groups() const {
  double groups = 0;
  for (const auto& lanes : lanes_) {
    for (const auto& lane : lanes) groups += lane->groups();
  }
  return groups;
}

}  // namespace switchboard::scale
