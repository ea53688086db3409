#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/contracts/contracts.h"
#include "hub/contracts/routing_plans.h"
#include "hub/assignments/assignments.h"
#include "hub/routing/router.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/account.pb.h"

namespace switchboard::ingest {

// Places the accounts of one unit of work: reads what routing must know from rows, lets it decide,
// and keeps the counters in rows. REQUIRES: Flush() is called before the unit returns OK.
class Placer {
 public:
  // `changes` outlives the placer and is flushed by the caller, after it.
  Placer(storage::Transaction& transaction, assignments::Changes& changes, contracts::Contracts& contracts,
         contracts::RoutingPlans& plans, std::string actor)
      : transaction_(transaction),
        changes_(changes),
        contracts_(contracts),
        plans_(plans),
        actor_(std::move(actor)) {}

  // Reads at once what Place will ask of these accounts and their owners: for a batch, whose every
  // account would otherwise be a few journeys to the database.
  absl::Status Expect(const std::vector<std::string>& person_ids,
                      const std::vector<std::string>& account_ids);

  // Places an account, or keeps it where it is, or moves it when it calls for other work. Empty
  // when it is in a vendor's hands afterwards, else the reason: STOPPED, NO_PLAN, or one of
  // routing/router.h.
  absl::StatusOr<std::string> Place(const v1::Person& person, const v1::Account& account);

  // What is known of the owner changed with this account: the vendors that work the owner's other
  // accounts are to see it too.
  absl::Status TouchOthers(const v1::Account& account);

  // The assignments of a person were changed without the placer.
  void Forget(const std::string& person_id) { histories_.erase(person_id); }

  // Whether a stop lies on it. Of this unit: asked for once, until it is lifted.
  absl::StatusOr<bool> Stopped(const stops::StopSubject& subject);
  // A stop was lifted from it; there may be others.
  void StopLifted(const stops::StopSubject& subject) { stopped_.erase(KeyOf(subject)); }

  absl::Status Flush();

 private:
  using History = std::vector<assignments::Assignment>;  // of one person

  absl::StatusOr<std::string> Decide(const v1::Person& person, const v1::Account& account,
                                     const History& history);
  absl::StatusOr<bool> KeepOrEnd(const v1::Account& account, History& history,
                                 const std::optional<routing::Router::Match>& match);
  routing::Situation SituationOf(const v1::Account& account, const History& history,
                                 const routing::Router::Match& match, int64_t position);
  absl::StatusOr<int64_t*> Position(const std::string& segment_and_stratum);
  absl::Status Store(const routing::Decision& decision, const v1::Person& person,
                     const v1::Account& account, const History& history);
  absl::StatusOr<History*> HistoryOf(const std::string& person_id);
  absl::Status LookForStops(const std::vector<stops::StopSubject>& subjects);
  using StopKey = std::pair<stops::StopSubject::Kind, std::string>;
  static StopKey KeyOf(const stops::StopSubject& subject) { return {subject.kind, subject.id}; }

  storage::Transaction& transaction_;
  assignments::Changes& changes_;
  contracts::Contracts& contracts_;
  contracts::RoutingPlans& plans_;
  const std::string actor_;
  bool prepared_ = false;
  std::shared_ptr<const routing::Router> router_;
  std::unordered_map<std::string, History>
      histories_;                             // by person, this unit's placements included
  std::map<StopKey, bool> stopped_;           // of what was asked for
  std::map<std::string, int64_t> positions_;  // by segment and stratum
};

}  // namespace switchboard::ingest
