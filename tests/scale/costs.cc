#include "tests/scale/costs.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace switchboard::scale {
namespace {

using nlohmann::json;

// A number, or an object with the number and where it is from.
double NumberOf(const json& value) {
  return value.is_object() ? value.at("value").get<double>() : value.get<double>();
}

double Find(const json& object, const char* name) {
  return object.contains(name) ? NumberOf(object.at(name)) : 0;
}

Part PartOf(const json& object, const char* name) {
  if (!object.contains(name)) return {};
  return {Find(object.at(name), "batch"), Find(object.at(name), "record")};
}

StepCosts StepOf(const json& object) {
  StepCosts costs;
  costs.generator = PartOf(object, "generator");
  costs.edge = PartOf(object, "edge");
  costs.executor = PartOf(object, "executor");
  costs.lane = PartOf(object, "lane");
  costs.writer = PartOf(object, "writer");
  costs.reader = PartOf(object, "reader");
  costs.journeys = PartOf(object, "journeys");
  costs.reader_journeys = PartOf(object, "reader_journeys");
  costs.log = PartOf(object, "log");
  costs.closing = Find(object, "closing");
  costs.generator_waking = Find(object, "generator_waking");
  costs.edge_waking = Find(object, "edge_waking");
  return costs;
}

EngineCosts EngineOf(const json& object) {
  EngineCosts costs;
  costs.import = StepOf(object.at("import"));
  costs.feed = StepOf(object.at("feed"));
  costs.report = StepOf(object.at("report"));
  costs.core_feed = StepOf(object.at("core_feed"));
  costs.permit = StepOf(object.at("permit"));
  costs.payment = StepOf(object.at("payment"));
  costs.group_lane = Find(object, "group_lane");
  costs.group_writer = Find(object, "group_writer");
  costs.group_journeys = Find(object, "group_journeys");
  costs.lane_waking = Find(object, "lane_waking");
  costs.writer_waking = Find(object, "writer_waking");
  costs.row_lane = Find(object, "row_lane");
  costs.row_writer = Find(object, "row_writer");
  costs.sync_us = Find(object, "sync_us");
  costs.byte_us = Find(object, "byte_us");
  costs.crowding = std::max(1.0, Find(object, "crowding"));
  costs.idle_cpu = Find(object, "idle_cpu");
  return costs;
}

}  // namespace

Costs ReadCosts(const std::string& path) {
  try {
    std::ifstream file(path);
    const json read = json::parse(file);
    Costs costs;
    costs.sqlite = EngineOf(read.at("sqlite"));
    costs.postgres = EngineOf(read.at("postgres"));
    costs.slice_us = Find(read, "slice_us");
    for (const auto& [name, value] : read.at("measured").items())
      costs.measured[name] = NumberOf(value);
    return costs;
  } catch (const json::exception& problem) {
    std::cerr << "scale: " << path << ": " << problem.what() << std::endl;
    std::exit(2);
  }
}

}  // namespace switchboard::scale
