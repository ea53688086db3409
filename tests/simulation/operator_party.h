#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace switchboard::simulation {

// The operations desk: recalls, decisions about them and about payment plans, changed and ended
// contracts, rule packs, routing plans, stops, readers that are retired. What it changes about
// contracts, packs and stops it does one call after the other.
class OperatorParty {
 public:
  explicit OperatorParty(World& world) : world_(world) {}

  // Puts the first packs, contracts and plan in force, without the network.
  absl::Status SetUp();
  // One thing, drawn by the dice.
  void Act();
  // Before the end: begins most of the contracts that are ended, without faults.
  absl::Status ComeBack();

 private:
  template <typename Request, typename Response>
  using Method = void (api::OperatorApi::*)(const identity::Peer&, Request, Done<Response>);

  template <typename Request, typename Response>
  void Call(Request request, Method<Request, Response> method);
  // As Call, on its way once at most and alone; `told` hears of success only.
  template <typename Request, typename Response>
  void CallAlone(Request request, Method<Request, Response> method, std::function<void()> told);
  void Recall();
  void Decide();
  void ChangeContract();
  void ChangePack();
  // Another version of the code map, or what waits for one is taken again, with corrections of it.
  void ChangeCodes();
  void RetryCoded();
  // A pack that the hub is going to be told of, for who counts again.
  absl::Status KeepRules(const std::string& yaml);
  void EndContract();
  // Looks at payment plans that wait and decides about some of them, or says once more what it has
  // said.
  void LookForPlans();
  void DecideAbout(const v1::ListProposedPlansResponse::Line& plan);
  // `outdated`: it names a version that the plan's outcome had before.
  void SendDecision(const v1::DecidePlanRequest& request, bool outdated);
  static bool IsTooLate(const v1::DecidePlanRequest& request,
                        const absl::StatusOr<v1::DecidePlanResponse>& response);
  void TakeDecision(const v1::DecidePlanRequest& request, bool outdated,
                    const absl::StatusOr<v1::DecidePlanResponse>& response);
  void ToggleStop();
  void RetireReader();
  // Somebody was told that this is stopped: an entry of the ledger, by its name.
  void Note(const std::string& name, const std::string& vendor_id, int work_type);
  // What is sent now ends it.
  void Forget(const std::string& name);

  World& world_;
  int plan_version_ = 0;
  int pack_version_ = 1;  // of the run's own pack
  int codes_version_ = 0;
  bool alone_ = false;                   // a call that goes alone is under way
  std::map<std::string, bool> stopped_;  // by vendor
  bool work_type_stopped_ = false;
  v1::ListProposedPlansRequest next_plans_;
  std::vector<v1::DecidePlanRequest> decided_;
  std::map<std::string, size_t> notes_;  // places in the ledger
};

}  // namespace switchboard::simulation
