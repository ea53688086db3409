#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hub/audit/quarantine.h"
#include "hub/base/field_problem.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/ingest/core_stops.h"
#include "hub/ingest/said_words.h"
#include "hub/permits/permits.h"
#include "hub/promises/promises.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::ingest {

// Takes payments, stops, lifts, closures, words and contacts of the issuer's own team from the
// core. Owns the table core_event. Thread-safe apart from the transactions passed in.
class CoreEvents {
 public:
  // `rule_pack_elsewhere`: as Config has it.
  CoreEvents(const book::Book& book, contracts::RulePacks& rule_packs,
             std::string rule_pack_elsewhere, const permits::Permits& permits,
             const promises::Promises& promises, storage::Sealer& sealer, IdMint& ids,
             const audit::Quarantine& quarantine)
      : book_(book),
        permits_(permits),
        promises_(promises),
        stops_(book, rule_packs, std::move(rule_pack_elsewhere), sealer, ids),
        sealer_(sealer),
        quarantine_(quarantine) {}

  // Applies one event, given as its serialized bytes, in the unit's transaction. What is refused is
  // quarantined and reported in the receipt; only storage errors fail the call.
  absl::StatusOr<v1::PostEventsResponse::Receipt> Apply(storage::Transaction& transaction,
                                                        std::string_view actor,
                                                        std::string_view bytes) const;

 private:
  using Receipt = v1::PostEventsResponse::Receipt;

  // What is known of what an event is about.
  struct Basis {
    HeardWord heard;                            // of a word
    std::string contact;                        // of a contact: under which event the ledger has it
    std::optional<book::KnownAccount> account;  // of a payment and a closure; held
  };

  absl::StatusOr<std::optional<FieldProblem>> LookUp(storage::Transaction& transaction,
                                                     std::string_view actor,
                                                     const v1::CoreEvent& event,
                                                     Basis& basis) const;
  absl::Status Refuse(storage::Transaction& transaction, std::string_view actor,
                      std::string_view bytes, Receipt& receipt) const;
  absl::StatusOr<bool> Known(storage::Transaction& transaction, std::string_view actor,
                             std::string_view digest, Receipt& receipt) const;
  absl::Status LiftAgain(storage::Transaction& transaction, std::string_view actor,
                         const v1::CoreEvent::LiftStop& lift, Receipt& receipt) const;
  absl::Status Dispatch(storage::Transaction& transaction, std::string_view actor,
                        const v1::CoreEvent& event, Basis& basis, Receipt& receipt) const;
  absl::Status Pay(storage::Transaction& transaction, std::string_view actor,
                   const std::string& event_id, const v1::CoreEvent::Payment& payment,
                   const Basis& basis, Receipt& receipt) const;
  absl::Status Enter(storage::Transaction& transaction, std::string_view contact,
                     const v1::CoreEvent::MadeContact& made, Receipt& receipt) const;
  absl::Status EnterAgain(storage::Transaction& transaction, std::string_view actor,
                          const v1::CoreEvent& event, Receipt& receipt) const;
  absl::Status HearAgain(storage::Transaction& transaction, std::string_view actor,
                         const v1::CoreEvent& event, Receipt& receipt) const;

  const book::Book& book_;
  const permits::Permits& permits_;
  const promises::Promises& promises_;
  const CoreStops stops_;
  storage::Sealer& sealer_;
  const audit::Quarantine& quarantine_;
};

}  // namespace switchboard::ingest
