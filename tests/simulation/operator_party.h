#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/releases/text.h"
#include "tests/simulation/world.h"

namespace switchboard::simulation {

// Its two operators; what comes into force takes both.
inline const identity::Peer kIto = {identity::Peer::Role::kOperator, "ito"};
inline const identity::Peer kSato = {identity::Peer::Role::kOperator, "sato"};

// The operations desk: recalls, decisions about them and about payment plans, changed and ended
// contracts, rule packs, code maps, routing plans, stops, readers that are retired. What it changes
// about texts and stops it does one call after the other.
class OperatorParty {
 public:
  explicit OperatorParty(World& world) : world_(world) {}

  // Puts the first packs, contracts and plan in force, without the network: as the files that begin
  // the database, or as both operators do.
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
  // As Call, by one of both, on its way once at most and alone; `told` gets what became of it, an
  // absl::StatusOr<Response>.
  template <typename Request, typename Response, typename Told>
  void CallAlone(const identity::Peer& by, Request request, Method<Request, Response> method,
                 Told told);
  template <typename Told>
  void SendAlone(Network::AtHub at_hub, Told told);
  // What spoils the hub before and behind a call, where that is planted.
  void SpoilBefore();
  void SpoilBehind();
  void Recall();
  void Decide();
  void ChangeContract();
  void ChangePack();
  // Another version of the code map, or what waits for one is taken again, with corrections of it.
  void ChangeCodes();
  void RetryCoded();
  void EndContract();

  // operator_texts.cc
  // A text that the hub is going to be told of, for who judges by it.
  absl::StatusOr<releases::ReadText> Keep(v1::TextKind kind, const std::string& yaml);
  absl::StatusOr<std::vector<releases::ReadText>> FirstTexts();
  absl::Status PutInForce(v1::TextKind kind, const std::string& yaml);
  // The hub takes the first texts as files, as at each of its starts.
  void TakeFiles(bool begins);
  absl::Status PutFilesBack(storage::Transaction& transaction);
  void Propose(v1::TextKind kind, const std::string& yaml);
  void LookAtProposals();
  void Decide(const v1::TextProposal& proposal);
  void Release(const v1::TextProposal& proposal);
  void ReleaseWrongly(const v1::TextProposal& proposal);
  void Drop(const v1::TextProposal& proposal);
  void DecideAtOnce(const v1::TextProposal& proposal);
  void ForgetEnd(const v1::TextProposal& proposal);
  void TakeRelease(const v1::TextProposal& proposal,
                   const absl::StatusOr<v1::ReleaseTextResponse>& response);

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
  static std::string NameOfEnd(const std::string& vendor_id) { return "end of " + vendor_id; }
  // Somebody was told that this is stopped: an entry of the ledger, by its name.
  void Note(const std::string& name, const std::string& vendor_id, int work_type);
  // What is sent now ends it.
  void Forget(const std::string& name);

  World& world_;
  int plan_version_ = 0;
  int pack_version_ = 1;  // of the run's own pack
  int codes_version_ = 0;
  std::vector<releases::ReadText> files_;  // the first texts
  std::set<std::string> ended_;            // vendors whose contract an operator ended
  bool alone_ = false;                     // a call that goes alone is under way
  std::map<std::string, bool> stopped_;    // by vendor
  bool work_type_stopped_ = false;
  v1::ListProposedPlansRequest next_plans_;
  std::vector<v1::DecidePlanRequest> decided_;
  std::map<std::string, size_t> notes_;  // places in the ledger
};

template <typename Request, typename Response>
void OperatorParty::Call(Request request, Method<Request, Response> method) {
  auto at_hub = [this, method, bytes = request.SerializeAsString()](Network::Answer answer) {
    Request received;
    received.ParseFromString(bytes);
    (world_.hub.hub().operator_api().*method)(kIto, std::move(received),
                                              AsBytes<Response>(std::move(answer)));
  };
  world_.network.Call(std::move(at_hub), [this](const absl::StatusOr<std::string>& answer) {
    world_.Judge(answer.status());
  });
}

template <typename Request, typename Response, typename Told>
void OperatorParty::CallAlone(const identity::Peer& by, Request request,
                              Method<Request, Response> method, Told told) {
  auto at_hub = [this, by, method, bytes = request.SerializeAsString()](Network::Answer answer) {
    Request received;
    received.ParseFromString(bytes);
    (world_.hub.hub().operator_api().*method)(by, std::move(received),
                                              AsBytes<Response>(std::move(answer)));
  };
  SendAlone(std::move(at_hub), [told](const absl::StatusOr<std::string>& answer) {
    told(FromBytes<Response>(answer));
  });
}

template <typename Told>
void OperatorParty::SendAlone(Network::AtHub at_hub, Told told) {
  alone_ = true;
  auto spoilt = [this, at_hub = std::move(at_hub)](Network::Answer answer) {
    SpoilBefore();
    at_hub(std::move(answer));
    SpoilBehind();
  };
  world_.network.CallOnce(std::move(spoilt),
                          [this, told](const absl::StatusOr<std::string>& answer) {
                            alone_ = false;
                            world_.Judge(answer.status());
                            told(answer);
                          });
}

}  // namespace switchboard::simulation
