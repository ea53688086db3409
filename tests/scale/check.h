#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/scale/costs.h"

namespace switchboard::scale {

// A figure of the simulation beside the measured one of the same sitting.
struct Comparison {
  std::string name;
  std::string unit;
  double simulated = 0;
  std::optional<double> measured;
  bool must_agree = true;  // before the simulation speaks of many hubs

  std::optional<double> Deviation() const;
};

// How far a figure of one hub may be from the measured one.
inline constexpr double kDeviationMax = 0.2;

std::vector<Comparison> CompareWithMeasured(const Costs& costs);

// Whether every figure of one hub agrees.
bool Agrees(const std::vector<Comparison>& comparisons);

}  // namespace switchboard::scale
