#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/identity/peer.h"
#include "switchboard/v1/core_service.pb.h"
#include "tests/simulation/issuer_book.h"
#include "tests/simulation/world.h"

namespace switchboard::simulation {

// The issuer's systems: two cores that read one book and send what they have read sooner or later,
// some of it again, from two sources each; events, posted until they are answered; and two readers
// of the core feed, the first of which keeps what it reads in sequence.
class CoreParty {
 public:
  explicit CoreParty(World& world);

  // One thing, drawn by the dice.
  void Act();
  // Goes on with what is under way, without anything new.
  void Settle();
  bool Quiet() const;

 private:
  // What was read at one time, or sent again.
  struct Batch {
    v1::ImportAccountsRequest request;
    std::vector<size_t> records;  // their places in the ledger
    int64_t first_step = 0;       // not sent before
  };
  struct Source {
    identity::Peer core;
    std::string name;
    int64_t newest = 0;         // sequence
    std::deque<Batch> waiting;  // the first one is sent until it is answered
    std::vector<Batch> before;
    bool under_way = false;

    std::string key() const { return core.Actor() + " " + name; }
  };
  struct Event {
    identity::Peer core;
    v1::CoreEvent event;
    bool answered = false;
    bool under_way = false;
    int64_t sent_at = 0;           // the moment when it was first sent, …
    int64_t received_from_us = 0;  // … by the hub's clock
    bool told = false;             // it is in the ledger
  };
  struct Reader {
    identity::Peer core;
    std::string name;
    bool keeps = false;
    bool under_way = false;
    int64_t kept_through = 0;
    int64_t newest = 0;
  };

  // core_imports.cc
  void DrawBatch(Source& source);
  void AddRecord(Batch& batch, int account, absl::Time as_of, int64_t sequence, bool spoilt);
  void ReuseSequence(Source& source);
  void SendBatch(Source& source);
  void TakeReceipts(Source& source, const Batch& batch, int64_t call_at,
                    const v1::ImportAccountsResponse& response);

  // core_events.cc
  void DrawEvent();
  void DrawPayment(int account, int64_t amount, v1::CoreEvent& event);
  void PayAsAgreed();
  int64_t DrawShare(const std::vector<int64_t>& parts);
  void DrawStop(v1::CoreEvent& event);
  void DrawLift(v1::CoreEvent& event);
  void DrawMadeContact(int account, Event& drawn);
  void DrawWord(v1::CoreEvent::Said& said);
  void SendEvents(const std::vector<size_t>& events);
  void TakeEventReceipt(Event& event, const v1::PostEventsResponse::Receipt& receipt);
  void TakeContactReceipt(const Event& event, v1::PostEventsResponse::Status answer);
  // The number that the hub knew of a contact point when it met a stop that was sent at this
  // moment. Empty: it may have known none, or another.
  std::string NumberOf(const v1::CoreEvent::PersonContactPoint& point, int64_t sent_at) const;

  // core_reading.cc
  void Read(Reader& reader);
  void Keep(Reader& reader, const v1::ReadCoreFeedResponse& response);
  void NotePromise(const v1::PromiseChange& change);

  World& world_;
  IssuerBook book_;
  std::vector<Source> sources_;
  std::vector<Event> events_;
  std::vector<Reader> readers_;
  std::set<int> closed_;
  std::map<int, std::vector<int64_t>> next_parts_;  // see NotePromise; by account, in minor units
  std::vector<size_t> made_;  // contacts of its own team: their places in the ledger
};

}  // namespace switchboard::simulation
