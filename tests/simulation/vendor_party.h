#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/client/outcome_sender.h"
#include "adapters/client/sync_protocol.h"
#include "tests/simulation/stream_link.h"
#include "tests/simulation/vendor_store.h"
#include "tests/simulation/world.h"

namespace switchboard::simulation {

// A vendor on the real mirror, outbox, sender and protocol, with everything that may happen to one.
class VendorParty {
 public:
  VendorParty(World& world, std::string vendor_id);

  absl::Status Start();
  // One thing, drawn by the dice.
  absl::Status Act();
  // Goes on with what is under way, without anything new.
  absl::Status Settle();
  // Nothing waits and, while there is a contract, the copy is caught up; otherwise nothing streams.
  bool Quiet(bool has_contract) const;
  // The hub died: its streams are gone.
  void HubIsGone();
  // Writes what became of the vendor into the ledger.
  absl::Status Report(invariants::Feed& feed);

  const std::string& vendor_id() const { return vendor_id_; }

 private:
  using Actions = adapters::SyncProtocol::Actions;

  // vendor_stream.cc
  absl::Status Do(Actions actions);
  absl::Status Run(adapters::SyncProtocol::Connect&, Actions& next);
  absl::Status Run(adapters::SyncProtocol::Send& action, Actions& next);
  absl::Status Run(adapters::SyncProtocol::Read&, Actions& next);
  absl::Status Run(adapters::SyncProtocol::Adopt& action, Actions& next);
  absl::Status Run(adapters::SyncProtocol::Store& action, Actions& next);
  absl::Status Run(adapters::SyncProtocol::End& action, Actions& next);
  absl::Status Run(adapters::SyncProtocol::Disconnect& action, Actions& next);
  absl::Status StoreCursorFirst(const v1::SyncResponse::Batch& batch);
  absl::Status Receive();
  void DisturbWithdrawal();
  absl::Status BringBack(const v1::SyncResponse::Batch& batch);
  absl::Status LookForUndone();
  void DeliverAck();
  void WorkGhosts();
  void DropLink(bool at_once);
  void Spoil(v1::SyncResponse& response);
  void ShowOnceMore(v1::SyncResponse::Batch& batch);

  bool Streams() const;
  absl::Status Fail();
  absl::Status Restart();
  absl::Status Forget(bool everything);
  void FindLostOutcomes();

  // vendor_calls.cc: permits and outcomes
  absl::Status Business();
  absl::Status AskPermit();
  void NameAsShown(v1::RequestPermitRequest& request);
  void SendPermitRequest(v1::RequestPermitRequest request);
  void SendPlanRequest(v1::RequestPermitRequest contact, int attempts);
  void TakePermit(const v1::RequestPermitRequest& request, const v1::Permit& given, int attempts,
                  int64_t asked_at);
  absl::Status MakeOutcome();
  absl::Status CorrectOutcome();
  std::string StopIdOf(const v1::Outcome& outcome, const char* reason) const;
  v1::Outcome::Result DrawResult(const v1::Outcome& outcome);
  void DrawWords(v1::Outcome& outcome);
  v1::Outcome::Promise DrawPromise(const v1::Outcome& outcome);
  v1::Outcome::Promise DrawPlan(const std::string& assignment_id);
  int64_t DueOn(const std::string& assignment_id);
  void MayRecord(v1::Outcome& outcome);
  v1::Channel ChannelOf(const v1::Outcome& outcome) const;
  static void SayByCode(v1::Outcome& outcome);
  absl::Status Put(v1::Outcome outcome);
  absl::Status SendOutcomes();
  void TakeReceipts(const v1::ReportOutcomesResponse& response);
  void ReleasePermit();
  absl::Status Object();
  absl::Status HandOver();
  void SendHandOver(const v1::HandOverRequest& request);
  absl::StatusOr<std::string> DrawAssignment();

  // vendor_deletions.cc
  void AskForOrders();
  absl::Status Confirm(const v1::ListDeletionOrdersResponse& orders);

  // vendor_unmaskings.cc
  absl::Status AskUnmasking();
  void SendUnmaskingRequest(const v1::RequestUnmaskingRequest& request);

  void AddStopOfNumber(const v1::Outcome& outcome);

  struct OpenPermit {
    std::string permit_id;
    std::string assignment_id;
    std::string number;  // to be dialled; empty where the vendor does not learn it
    int attempts = 1;    // that are left
    v1::Channel channel = v1::CHANNEL_PHONE;
    int64_t expire_us = 0;
  };

  World& world_;
  const std::string vendor_id_;
  const identity::Peer peer_;
  VendorStore store_;
  std::unique_ptr<adapters::SyncProtocol> protocol_;
  std::unique_ptr<adapters::OutcomeSender> sender_;
  std::unique_ptr<StreamLink> link_;
  struct Ghost {
    std::unique_ptr<StreamLink> link;
    bool acknowledges;  // a replaced process goes on; otherwise only what was under way arrives
  };
  std::vector<Ghost> ghosts_;
  bool reads_ = false;     // the protocol waits for a message
  int stalled_steps_ = 0;  // does not read
  int64_t life_ = 0;       // counts processes: answers to a dead one are not heard
  bool went_back_ = false;
  std::set<std::string> ended_;  // ahead of the feed, in this generation
  int calls_under_way_ = 0;
  int64_t losses_ = 0;
  std::vector<OpenPermit> open_permits_;
  std::vector<v1::RequestPermitRequest> asked_;                // the latest
  std::vector<v1::RequestUnmaskingRequest> unmaskings_asked_;  // the latest
  std::map<std::string, std::string> named_;                   // the core's ids, by tokens it used
  std::map<std::string, OpenPermit> permits_;                  // all that it ever got
  absl::Time next_orders_ = absl::InfinitePast();              // when to ask for orders to delete
  std::set<std::string> stops_told_;                        // ids of stops that its outcomes placed
  std::map<std::pair<std::string, int>, size_t> reported_;  // id and version → place in the ledger
};

}  // namespace switchboard::simulation
