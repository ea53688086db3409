#include "hub/api/field_error.h"
#include "hub/api/privacy_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/deletions/confirming.h"
#include "hub/legal_holds/held.h"
#include "hub/legal_holds/legal_holds.h"
#include "hub/reports/person_traces.h"
#include "hub/storage/submit.h"

namespace switchboard::api {

using legal_holds::Held;
using legal_holds::LegalHolds;
using storage::Transaction;
using storage::Urgency;

void PrivacyApi::PlaceLegalHold(const identity::Peer& caller, v1::PlaceLegalHoldRequest request,
                                Done<v1::PlaceLegalHoldResponse> done) {
  if (const auto problem = legal_holds::CheckHold(*request.mutable_hold(), parts_.clock.Now()))
    return done(FieldInvalid(*problem));
  storage::SubmitFor<v1::PlaceLegalHoldResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), hold = std::move(*request.mutable_hold())](
          Transaction& transaction) -> absl::StatusOr<v1::PlaceLegalHoldResponse> {
        v1::PlaceLegalHoldResponse response;
        ASSIGN_OR_RETURN(const bool changed,
                         LegalHolds(parts_.book, parts_.sealer, &reports::AnythingKeptOf)
                             .Place(transaction, actor, hold));
        response.set_changed(changed);
        if (!changed || !hold.vendors_keep()) return response;
        ASSIGN_OR_RETURN(const auto held, Held::Read(transaction.connection()));
        RETURN_IF_ERROR(deletions::TakeBack(transaction, held.PersonsOf(hold.hold_id())).status());
        return response;
      },
      std::move(done));
}

void PrivacyApi::EndLegalHold(const identity::Peer& caller, v1::EndLegalHoldRequest request,
                              Done<v1::EndLegalHoldResponse> done) {
  storage::SubmitFor<v1::EndLegalHoldResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), hold_id = request.hold_id()](
          Transaction& transaction) -> absl::StatusOr<v1::EndLegalHoldResponse> {
        RETURN_IF_ERROR(LegalHolds(parts_.book, parts_.sealer).End(transaction, actor, hold_id));
        return v1::EndLegalHoldResponse();
      },
      std::move(done));
}

void PrivacyApi::ListLegalHolds(const identity::Peer& caller, v1::ListLegalHoldsRequest request,
                                Done<v1::ListLegalHoldsResponse> done) {
  ReadFor<v1::ListLegalHoldsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ListLegalHoldsResponse> {
        ASSIGN_OR_RETURN(const auto holds, LegalHolds(parts_.book, parts_.sealer)
                                               .List(reader, request.after(), request.ended_too()));
        v1::ListLegalHoldsResponse response;
        response.mutable_holds()->Assign(holds.begin(), holds.end());
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
