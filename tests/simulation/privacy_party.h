#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace switchboard::simulation {

// The privacy and compliance officers, two of them: legal holds, words on what vendors ask to see,
// persons' own requests, now and then other keys.
class PrivacyParty {
 public:
  explicit PrivacyParty(World& world) : world_(world) {}

  // One thing, drawn by the dice.
  void Act();
  // Whether keys are being changed.
  absl::StatusOr<bool> KeysChange();

 private:
  template <typename Request, typename Response>
  using Method = void (api::PrivacyApi::*)(const identity::Peer&, Request, Done<Response>);
  template <typename Response>
  using Told = std::function<void(const Response&)>;

  // `told` hears of success only. `once`: the request arrives once at most.
  template <typename Request, typename Response>
  void Call(const identity::Peer& caller, const Request& request, Method<Request, Response> method,
            Told<Response> told, bool once = false);
  void PlaceHold();
  void EndHold();
  void DecideUnmaskings();
  void OpenRequest();
  void LookAtRequests();
  void ReadData(const std::string& request_id, const std::string& after);
  void RotateKeys();

  World& world_;
  int holds_ = 0;
  int requests_ = 0;
  std::vector<std::string> in_force_;  // holds that nobody was told to end
};

}  // namespace switchboard::simulation
