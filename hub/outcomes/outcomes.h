#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/assignments/assignments.h"
#include "hub/audit/quarantine.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/code_maps.h"
#include "hub/contracts/contracts.h"
#include "hub/outcomes/consequences.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/permits/permit_book.h"
#include "hub/permits/permits.h"
#include "hub/promises/promises.h"
#include "hub/redaction/clean_text.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::outcomes {

// How much is taken on one UTC day.
struct OutcomeQuota {
  // Of one assignment; what ends contact as many again.
  int64_t of_assignment_day_max = 100;
  // Of one vendor: words that end contact, of accounts that it has no more (late_words.h).
  int64_t late_words_day_max = 1'000'000;
};

// Records what vendors report and hands it to the core feed: once each (I2). Thread-safe apart from
// the transactions passed in.
class Outcomes {
 public:
  // What it works with. All outlive it.
  struct Parts {
    const book::Book& book;
    contracts::Contracts& contracts;
    const contracts::CodeMaps& code_maps;
    const permits::Permits& permits;
    const promises::Promises& promises;
    storage::Sealer& sealer;
    IdMint& ids;
    const audit::Quarantine& quarantine;
    const redaction::Cleaner& cleaner;
  };
  Outcomes(const Parts& parts, const OutcomeQuota& quota)
      : book_(parts.book),
        contracts_(parts.contracts),
        code_maps_(parts.code_maps),
        permits_(parts.permits),
        promises_(parts.promises),
        sealer_(parts.sealer),
        ids_(parts.ids),
        quarantine_(parts.quarantine),
        cleaner_(parts.cleaner),
        quota_(quota) {}

  // What cleaning the notes would take, told by a pass over their bytes.
  redaction::Cleaner::Work WorkOfNotes(absl::Span<const ReceivedOutcome> received) const;
  // Cleans the notes by what is known of whom they are about, as far as that is the vendor's own
  // work, and seals what is to be recorded. Takes long: for an executor. Only storage errors fail
  // the call.
  absl::Status CleanNotes(storage::Connection& connection, std::string_view vendor_id,
                          absl::Span<ReceivedOutcome> received) const;

  // Records a batch in the unit's transaction; one receipt each, in order. What is refused is
  // quarantined. What ends contact places a stop, and what is promised is judged, in the same unit.
  // Only storage errors fail the call. REQUIRES: CleanNotes was called.
  absl::StatusOr<v1::ReportOutcomesResponse> Report(
      storage::Transaction& transaction, std::string_view vendor_id,
      absl::Span<const ReceivedOutcome> received) const;

 private:
  struct Batch;
  absl::Status Gather(Batch& batch) const;
  absl::Status ReadAssignments(Batch& batch) const;
  absl::Status Take(Batch& batch, const ReceivedOutcome& received) const;
  absl::Status TakeRead(Batch& batch, const ReceivedOutcome& received,
                        v1::ReportOutcomesResponse::Receipt& receipt) const;
  absl::StatusOr<std::optional<ReceivedOutcome>> ReadCode(
      Batch& batch, const ReceivedOutcome& received,
      v1::ReportOutcomesResponse::Receipt& receipt) const;
  bool KnownBefore(const Batch& batch, const ReceivedOutcome& received,
                   v1::ReportOutcomesResponse::Receipt& receipt) const;
  bool Follows(const Batch& batch, const v1::Outcome& outcome,
               v1::ReportOutcomesResponse::Receipt& receipt) const;
  static bool FitsPermit(Batch& batch, const v1::Outcome& outcome,
                         v1::ReportOutcomesResponse::Receipt& receipt);
  absl::StatusOr<bool> FitsContract(const Batch& batch, const v1::Outcome& outcome,
                                    v1::ReportOutcomesResponse::Receipt& receipt) const;
  static bool FitsAccount(const Batch& batch, const v1::Outcome& outcome,
                          const assignments::Assignment& assignment,
                          v1::ReportOutcomesResponse::Receipt& receipt);
  bool WithinDay(const Batch& batch, const v1::Outcome& outcome,
                 v1::ReportOutcomesResponse::Receipt& receipt) const;
  absl::Status Refuse(Batch& batch, const ReceivedOutcome& received,
                      v1::ReportOutcomesResponse::Receipt& receipt) const;
  absl::Status Accept(Batch& batch, const ReceivedOutcome& received,
                      const assignments::Assignment& assignment) const;
  absl::StatusOr<v1::RecordedOutcome> Judge(Batch& batch, const ReceivedOutcome& received,
                                            const assignments::Assignment& assignment,
                                            std::vector<StandingStop>& stops) const;
  absl::StatusOr<Consequences> SetOff(Batch& batch, const v1::Outcome& outcome,
                                      const assignments::Assignment& assignment,
                                      const contracts::CompiledContract* contract,
                                      std::vector<v1::RecordedOutcome::Mark>& marks) const;
  static absl::StatusOr<std::set<std::string>> ConfirmedAmong(
      const Batch& batch, const v1::Outcome& outcome, const std::vector<StandingStop>& stood);
  absl::Status Enter(Batch& batch, const v1::Outcome& outcome,
                     const assignments::Assignment& assignment,
                     const contracts::CompiledContract* contract) const;
  absl::Status CountUnread(Batch& batch, const v1::Outcome& outcome) const;
  absl::StatusOr<bool> StopWaits(Batch& batch, const v1::Outcome& outcome,
                                 const assignments::Assignment& assignment,
                                 const permits::PermitRow* permit) const;
  absl::Status ReviewPermits(const Batch& batch) const;
  absl::Status LookAgain(Batch& batch) const;
  static absl::Status SettlePromises(Batch& batch);

  const book::Book& book_;
  contracts::Contracts& contracts_;
  const contracts::CodeMaps& code_maps_;
  const permits::Permits& permits_;
  const promises::Promises& promises_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const audit::Quarantine& quarantine_;
  const redaction::Cleaner& cleaner_;
  const OutcomeQuota quota_;
};

}  // namespace switchboard::outcomes
