#include <algorithm>
#include <cmath>

#include "tests/scale/hub_model.h"

namespace switchboard::scale {
namespace {

// As in hub/storage/lane.h, lane.cc and postgres.cc.
constexpr double kGroupTimeMaxUs = 4'000;
constexpr size_t kGroupMaxSqlite = 256;
constexpr size_t kGroupMaxPostgres = 60;
constexpr size_t kBulkMax = 16;
constexpr size_t kBulkLoad = 1'000;

}  // namespace

LaneModel::LaneModel(const EngineCosts& costs, const Layout& layout, Processor& processor,
                     DatabaseModel& database)
    : costs_(costs),
      layout_(layout),
      processor_(processor),
      database_(database),
      work_(processor.loop()) {
  Run();
}

LaneModel::Queue& LaneModel::QueueOf(Urgency urgency) {
  if (urgency == Urgency::kStop) return stops_;
  return urgency == Urgency::kUrgent ? urgent_ : bulk_;
}

void LaneModel::Submit(Unit unit) {
  Queue& queue = QueueOf(unit.urgency);
  const std::string party = unit.party;
  queue.PushBack(party, std::move(unit));
  work_.Set();
}

std::vector<Unit> LaneModel::TakeGroup() {
  std::vector<Unit> group;
  const size_t group_max = layout_.postgres ? kGroupMaxPostgres : kGroupMaxSqlite;
  const bool any_urgent = !stops_.empty() || !urgent_.empty();
  const bool take_urgent = any_urgent && (bulk_.empty() || !urgent_had_turn_);
  urgent_had_turn_ = take_urgent;
  while (take_urgent && group.size() < group_max && !(stops_.empty() && urgent_.empty())) {
    if (!stops_.empty()) group.push_back(stops_.Pop());
    if (!urgent_.empty() && group.size() < group_max) group.push_back(urgent_.Pop());
  }
  while (!take_urgent && group.size() < kBulkMax && !bulk_.empty()) group.push_back(bulk_.Pop());
  return group;
}

void LaneModel::PutBack(std::vector<Unit>& group, size_t from) {
  while (group.size() > from) {
    Unit& last = group.back();
    const std::string party = last.party;
    Queue& queue = QueueOf(last.urgency);
    queue.PutBack(party, std::move(last));
    group.pop_back();
  }
}

Process LaneModel::Run() {
  while (true) {
    std::vector<Unit> group = TakeGroup();
    if (group.empty()) {
      co_await work_;
      if (!processor_.HasIdleCore()) continue;
      co_await processor_.Use(costs_.lane_waking);
      if (layout_.postgres) co_await database_.processor.Use(costs_.writer_waking);
      continue;
    }
    running_ = group.front().urgency == Urgency::kBulk ? kBulkLoad : group.size();
    const double begin = loop().now();
    for (size_t i = 0; i < group.size(); ++i) {
      if (i > 0 && loop().now() - begin > kGroupTimeMaxUs) {
        PutBack(group, i);
        break;
      }
      co_await RunUnit(group[i]);
      if (group[i].ends_group) PutBack(group, i + 1);
    }
    co_await Close(group);
    co_await Commit(group);
    running_ = 0;
    for (Unit& unit : group) {
      if (unit.done) unit.done();
    }
  }
}

Step LaneModel::RunUnit(const Unit& unit) {
  for (const std::string& key : unit.keys) co_await Hold(key);
  const double rest = 1 - unit.closing;
  const double closing_journeys = layout_.row_statements
                                      ? static_cast<double>(unit.rows.size()) * unit.row_journeys
                                      : unit.row_journeys;
  co_await Talk(std::max(1.0, unit.journeys.Of(unit.records) - closing_journeys),
                unit.lane.Of(unit.records) * rest, unit.writer.Of(unit.records) * rest);
}

// In the order of names, as ClosingPlace has one for all groups: what the units leave for a row is
// written once.
Step LaneModel::Close(const std::vector<Unit>& group) {
  struct Left {
    double journeys = 0, lane = 0, writer = 0;
  };
  std::map<std::string, Left> left;
  for (const Unit& unit : group) {
    const auto rows = static_cast<double>(unit.rows.size());
    for (const std::string& row : unit.rows) {
      Left& of_row = left[row];
      of_row.journeys = std::max(of_row.journeys, unit.row_journeys);
      of_row.lane += (unit.lane.Of(unit.records) * unit.closing + unit.closing_lane) / rows;
      of_row.writer += (unit.writer.Of(unit.records) * unit.closing + unit.closing_writer) / rows;
    }
  }
  Left all;
  for (const auto& [row, work] : left) {
    co_await Hold(row);
    if (layout_.row_statements) {
      co_await Talk(work.journeys, work.lane, work.writer);
      continue;
    }
    all = {std::max(all.journeys, work.journeys), all.lane + work.lane, all.writer + work.writer};
  }
  if (all.journeys > 0) co_await Talk(all.journeys, all.lane, all.writer);
}

Step LaneModel::Commit(const std::vector<Unit>& group) {
  co_await Talk(costs_.group_journeys, costs_.group_lane, costs_.group_writer);
  double bytes = 0;
  for (const Unit& unit : group) bytes += unit.log.Of(unit.records);
  co_await database_.log.Flush(bytes);
  ++groups_;
  for (const std::string& key : held_) database_.locks.Give(key);
  held_.clear();
}

Step LaneModel::Hold(const std::string& key) {
  if (!layout_.postgres) co_return;  // one lane holds everything
  if (std::find(held_.begin(), held_.end(), key) != held_.end()) co_return;
  co_await database_.locks.Take(key);
  held_.push_back(key);
}

// So many journeys to the database and back, which share what both ends have to do.
Step LaneModel::Talk(double journeys, double lane_us, double writer_us) {
  if (!layout_.postgres) {
    co_await processor_.Use(lane_us);
    co_return;
  }
  const double whole = std::max(1.0, std::round(journeys));
  for (double i = 0; i < whole; ++i) {
    co_await processor_.Use(lane_us / whole);
    co_await loop().Sleep(layout_.network_us / 2);
    co_await database_.processor.Use(writer_us / whole);
    co_await loop().Sleep(layout_.network_us / 2);
  }
}

}  // namespace switchboard::scale
