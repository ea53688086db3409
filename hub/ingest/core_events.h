#pragma once

#include <string_view>

#include "hub/audit/quarantine.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/stops/stops.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::ingest {

// Takes payments, stops, lifts, closures and contacts of the issuer's own team from the core. Owns
// the table core_event. Thread-safe apart from the transactions passed in.
class CoreEvents {
 public:
  CoreEvents(const book::Book& book, storage::Sealer& sealer, IdMint& ids,
             const audit::Quarantine& quarantine)
      : book_(book), sealer_(sealer), ids_(ids), quarantine_(quarantine) {}

  // Applies one event, given as its serialized bytes, in the unit's transaction. What is refused is
  // quarantined and reported in the receipt; only storage errors fail the call.
  absl::StatusOr<v1::PostEventsResponse::Receipt> Apply(storage::Transaction& transaction,
                                                        std::string_view actor,
                                                        std::string_view bytes) const;

 private:
  using Receipt = v1::PostEventsResponse::Receipt;

  absl::Status Refuse(storage::Transaction& transaction, std::string_view actor,
                      std::string_view bytes, Receipt& receipt) const;
  absl::StatusOr<bool> Known(storage::Transaction& transaction, std::string_view actor,
                             std::string_view digest, Receipt& receipt) const;
  absl::Status LiftAgain(storage::Transaction& transaction, std::string_view actor,
                         const v1::CoreEvent::LiftStop& lift, Receipt& receipt) const;
  absl::Status Dispatch(storage::Transaction& transaction, std::string_view actor,
                        const v1::CoreEvent& event, Receipt& receipt) const;
  absl::Status Enter(storage::Transaction& transaction, std::string_view event_id,
                     const v1::CoreEvent::MadeContact& made, Receipt& receipt) const;
  absl::Status Place(storage::Transaction& transaction, std::string_view actor,
                     std::string_view event_id, const v1::CoreEvent::PlaceStop& stop,
                     Receipt& receipt) const;
  absl::Status StopAccount(storage::Transaction& transaction, std::string_view actor,
                           const stops::NewStop& stop, v1::WithdrawReason shown,
                           Receipt& receipt) const;
  absl::Status StopPerson(storage::Transaction& transaction, std::string_view actor,
                          std::string_view event_id, std::string_view person_id,
                          v1::StopReason reason, Receipt& receipt) const;
  absl::Status StopContactPoint(storage::Transaction& transaction, std::string_view actor,
                                std::string_view event_id,
                                const v1::CoreEvent::PersonContactPoint& contact_point,
                                v1::StopReason reason, Receipt& receipt) const;

  const book::Book& book_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const audit::Quarantine& quarantine_;
};

}  // namespace switchboard::ingest
