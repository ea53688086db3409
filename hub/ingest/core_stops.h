#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/rule_packs.h"
#include "hub/ingest/stop_ends.h"
#include "hub/stops/stops.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::ingest {

void CheckPlaceStop(const v1::CoreEvent::PlaceStop& stop, absl::Time now, FieldCheck& check);

// Places what the core stops, and does to work and permits what the stop says. Thread-safe apart
// from the transactions passed in.
class CoreStops {
 public:
  using Receipt = v1::PostEventsResponse::Receipt;

  // `rule_pack_elsewhere`: as Config has it.
  CoreStops(const book::Book& book, contracts::RulePacks& rule_packs,
            std::string rule_pack_elsewhere, storage::Sealer& sealer, IdMint& ids)
      : book_(book),
        ends_(rule_packs, std::move(rule_pack_elsewhere)),
        sealer_(sealer),
        ids_(ids) {}

  // Also writes it into the audit log. REQUIRES: CheckPlaceStop found nothing.
  absl::Status Place(storage::Transaction& transaction, std::string_view actor,
                     std::string_view event_id, const v1::CoreEvent::PlaceStop& stop,
                     Receipt& receipt) const;

  // A payment or a closure: ends the account's work. `known`: as Book::HoldOwner told in this unit.
  absl::Status EndAccount(storage::Transaction& transaction, std::string_view actor,
                          const stops::NewStop& stop,
                          const std::optional<book::KnownAccount>& known, v1::WithdrawReason shown,
                          Receipt& receipt) const;

 private:
  struct Placing;
  absl::Status PlaceOnAccount(const Placing& placing, const std::string& account_id) const;
  absl::Status PlaceOnPerson(const Placing& placing, const std::string& person_id) const;
  absl::Status PlaceOnContactPoint(const Placing& placing) const;
  absl::Status PlaceOnChannel(const Placing& placing) const;
  absl::StatusOr<int64_t> CeaseNumbers(const Placing& placing, const std::string& person_id,
                                       const stops::StopTerms& terms) const;
  absl::StatusOr<stops::StopTerms> TermsFor(const Placing& placing,
                                            const std::string& person_id) const;

  const book::Book& book_;
  const StopEnds ends_;
  storage::Sealer& sealer_;
  IdMint& ids_;
};

}  // namespace switchboard::ingest
