#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/routing_plans.h"
#include "hub/routing/router.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/account.pb.h"

namespace switchboard::ingest {

// Work that ends when the account is current; what a campaign offers has nothing to do with that.
bool IsCollections(v1::WorkType work_type);

// Places the accounts of one unit of work: reads what routing must know from rows, lets it decide,
// and leaves the counters with the transaction.
class Placer {
 public:
  // What outlives every placer.
  struct Parts {
    contracts::Contracts& contracts;
    contracts::RoutingPlans& plans;
  };

  // Whether a vendor is shown anew what it keeps: not where nothing of the account changed.
  enum class Kept { kShownAnew, kLeftAlone };

  // `changes` outlives the placer.
  Placer(storage::Transaction& transaction, assignments::Changes& changes, const Parts& parts,
         std::string actor, Kept kept = Kept::kShownAnew)
      : transaction_(transaction),
        changes_(changes),
        parts_(parts),
        actor_(std::move(actor)),
        kept_(kept) {}

  // Reads at once what Place will ask of these accounts and their owners: for a batch, whose every
  // account would otherwise be a few journeys to the database.
  absl::Status Expect(const std::vector<std::string>& person_ids,
                      const std::vector<std::string>& account_ids);

  // Places an account, or keeps it where it is, or moves it when it calls for other work or its
  // vendor may hold it no longer. `known`: what the book knows of it; work from before it was
  // current last, or before anything that is due now fell due, is another story (K18). Unspecified
  // when it is in a vendor's hands afterwards. REQUIRES: `placement` and the person are held.
  absl::StatusOr<v1::NotPlacedReason> Place(const v1::Person& person, const v1::Account& account,
                                            const book::KnownAccount& known);

  // Whether the vendor of a live assignment may go on holding it: its contract in force lists the
  // work type and the language, and it is not stopped, unless the stop lets it keep its work.
  absl::StatusOr<bool> MayHold(const assignments::Assignment& assignment, const v1::Person& person);

  // Whether work may go to a vendor that routing did not choose: its contract in force lists the
  // work type and the language and has room, it is not stopped, and no stop lies on the person or
  // the account but at the place of work; and if it comes back to it, the term that it had for it
  // is not over, and it was not being recalled from it. Whether its group had it before is not
  // asked. REQUIRES: `placement` and the person are held.
  absl::StatusOr<bool> MayTake(const std::string& vendor_id, const assignments::Assignment& work,
                               const v1::Person& person);
  // Places with a vendor what another one had; returns it as placed. What comes back to it ends no
  // later than it would have before. REQUIRES: MayTake said so, and `former` is withdrawn.
  absl::StatusOr<assignments::Assignment> PlaceWith(const std::string& vendor_id,
                                                    const assignments::Assignment& former,
                                                    const v1::PlacementReason& why,
                                                    const v1::Person& person);

  // The owner's other accounts that are in a vendor's hands, by id.
  absl::StatusOr<std::vector<std::string>> OthersInWork(const v1::Account& account);

  // The contract may show something else of the person than before: sets when the row is to be
  // shown anew by itself, and shows it where that differs. REQUIRES: it is live.
  absl::Status FollowReview(const assignments::Assignment& assignment, const v1::Person& person);

  // The assignments of a person were changed without the placer.
  void Forget(const std::string& person_id) { histories_.erase(person_id); }

  // Whether a stop lies on it. Read once in a unit, and again when its stops have changed.
  absl::StatusOr<bool> Stopped(const stops::StopSubject& subject);
  // A stop was placed on it or lifted from it; there may be others.
  void StopsChanged(const stops::StopSubject& subject) { stopped_.erase(subject); }

 private:
  using History = std::vector<assignments::Assignment>;  // of one person

  absl::Status Prepare();
  absl::StatusOr<v1::NotPlacedReason> Decide(const v1::Person& person, const v1::Account& account,
                                             const book::KnownAccount& known);
  // Since when earlier work counts, by which a vendor group "had" an account.
  struct Story {
    int64_t placed_after_us = 0;  // what was placed until then does not …
    int64_t ended_before_us = 0;  // … nor what ended before anything that is due now fell due
  };
  absl::StatusOr<bool> KeepOrEnd(const v1::Person& person, const v1::Account& account,
                                 const book::KnownAccount& known, History& history,
                                 const std::optional<routing::Router::Match>& match);
  absl::StatusOr<bool> SomebodyElseMay(const v1::Person& person, const v1::Account& account,
                                       const book::KnownAccount& known,
                                       const assignments::Assignment& assignment,
                                       const routing::Router::Match& match);
  // What a vendor had of work which it handed over and which comes back to it, from hand to hand,
  // by `former`, as far as that is still kept.
  struct Before {
    int64_t end_us = 0;     // when its term for it is over; 0: it had none
    bool recalled = false;  // a recall was pending when it handed it over
  };
  absl::StatusOr<Before> BeforeAt(const std::string& vendor_id,
                                  const assignments::Assignment& former);
  absl::Status ShowAnew(assignments::Assignment& assignment, const v1::Person& person);
  absl::StatusOr<int64_t> ReviewTimeOf(const assignments::Assignment& assignment,
                                       const v1::Person& person);
  routing::Situation SituationOf(const v1::Account& account, const History& history,
                                 const routing::Router::Match& match, int64_t position,
                                 const Story& story);
  Story StoryOf(v1::WorkType work_type, const v1::Account& account,
                const book::KnownAccount& known) const;
  int64_t PlanCountsSince() const;
  absl::StatusOr<assignments::Assignment> Store(assignments::Assignment assignment,
                                                const v1::PlacementReason& why,
                                                const v1::Person& person);
  // Live assignments of a vendor in a segment, or with no segment in all.
  absl::StatusOr<int64_t> LiveAt(const std::string& vendor_id, const std::string& segment);
  absl::StatusOr<History*> HistoryOf(const std::string& person_id);
  absl::StatusOr<contracts::Contracts::Compiled> ContractOf(const std::string& vendor_id);
  // What the stops on a subject do.
  struct StopsFound {
    bool any = false;
    bool holds_work = false;  // nothing is placed …
    bool ends_work = false;   // … and nothing is kept
  };
  absl::StatusOr<StopsFound> StopsFor(const stops::StopSubject& subject);
  absl::Status LookForStops(const std::vector<stops::StopSubject>& subjects);

  storage::Transaction& transaction_;
  assignments::Changes& changes_;
  const Parts parts_;
  const std::string actor_;
  const Kept kept_;
  bool prepared_ = false;
  absl::Time now_;  // by which contracts are judged, the same for the whole unit
  std::shared_ptr<const routing::Router> router_;
  std::map<std::string, bool> vendor_stops_;  // stopped vendors; whether they keep their work
  std::map<std::string, contracts::Contracts::Compiled> contracts_in_force_;  // null: none
  std::unordered_map<std::string, History>
      histories_;                                     // by person, this unit's placements included
  std::map<stops::StopSubject, StopsFound> stopped_;  // of what was asked for
  // What was live by the rows, by vendor and segment (none: in all): summed once, as only who holds
  // `placement` adds to it.
  std::map<std::pair<std::string, std::string>, int64_t> live_;
};

}  // namespace switchboard::ingest
