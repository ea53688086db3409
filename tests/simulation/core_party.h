#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "switchboard/v1/core_service.pb.h"
#include "tests/simulation/world.h"

namespace switchboard::simulation {

// The issuer's core: sends batches of two sources, posts events until they are answered, and keeps
// outcomes in sequence.
class CoreParty {
 public:
  explicit CoreParty(World& world);

  // One thing, drawn by the dice.
  void Act();
  // Goes on with what is under way, without anything new.
  void Settle();
  bool Quiet() const;

 private:
  struct Source {
    std::string name;
    int64_t newest = 0;
    v1::ImportAccountsRequest unanswered;  // empty: none
    v1::ImportAccountsRequest before;
    bool under_way = false;
  };
  struct Event {
    v1::CoreEvent event;
    bool answered = false;
    bool under_way = false;
    int64_t lift_sent_at = INT64_MAX;
    size_t stop = SIZE_MAX;  // its place in the ledger once acknowledged
  };

  void DrawBatch(Source& source);
  void SendBatch(Source& source, const v1::ImportAccountsRequest& batch);
  void TakeReceipts(Source& source, const v1::ImportAccountsRequest& batch,
                    const v1::ImportAccountsResponse& response);
  void DrawEvent();
  void DrawStop(v1::CoreEvent& event);
  void DrawLift(v1::CoreEvent& event);
  void SendEvents(const std::vector<size_t>& events);
  void TakeEventReceipt(Event& event, const v1::PostEventsResponse::Receipt& receipt);
  // What is sent now may end a stop that was or will be acknowledged.
  void MayLift(Event& event);
  bool MayBePlacedAnew(const std::string& account_id) const;
  void Read();
  void Keep(const v1::ReadOutcomesResponse& response);

  World& world_;
  std::vector<Source> sources_;
  std::map<int, int> owner_;  // account → person
  std::vector<Event> events_;
  std::set<int> closed_;
  bool reading_ = false;
  int64_t kept_through_ = 0;
  int64_t newest_ = 0;
};

}  // namespace switchboard::simulation
