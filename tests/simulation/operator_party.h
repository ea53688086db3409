#pragma once

#include <map>
#include <string>

#include "tests/simulation/world.h"

namespace switchboard::simulation {

// The operations desk: recalls, decisions, changed contracts and plans, stops.
class OperatorParty {
 public:
  explicit OperatorParty(World& world) : world_(world) {}

  // Puts the first contracts and the first plan in force, without the network.
  absl::Status SetUp();
  // One thing, drawn by the dice.
  void Act();

 private:
  template <typename Request, typename Response>
  void Call(Request request,
            void (api::OperatorApi::*method)(std::string, Request, Done<Response>));
  void Recall();
  void Decide();
  void ChangeContract();
  void ToggleStop();

  World& world_;
  int plan_version_ = 0;
  std::map<std::string, bool> stopped_;  // by vendor
  bool work_type_stopped_ = false;
};

}  // namespace switchboard::simulation
