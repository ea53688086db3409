#include "hub/upkeep/sealed_tables.h"

#include "hub/assignments/sealed_tables.h"
#include "hub/audit/sealed_tables.h"
#include "hub/book/sealed_tables.h"
#include "hub/core_feed/sealed_tables.h"
#include "hub/legal_holds/sealed_tables.h"
#include "hub/outcomes/sealed_tables.h"
#include "hub/person_requests/sealed_tables.h"
#include "hub/promises/sealed_tables.h"
#include "hub/unmasking/sealed_tables.h"

namespace switchboard::upkeep {

const std::vector<const storage::SealedTable*>& SealedTables() {
  static const auto& tables = *new std::vector<const storage::SealedTable*>{
      &audit::kSealedQuarantine,
      &book::kSealedPersons,
      &book::kSealedAccounts,
      &book::kSealedWords,
      &book::kSealedPast,
      &assignments::kSealedReasons,
      &assignments::kSealedHandOvers,
      &core_feed::kSealedItems,
      &core_feed::kSealedHidden,
      &promises::kSealedPromises,
      &promises::kSealedHidden,
      &promises::kSealedPayments,
      &outcomes::kSealedAgentTimes,
      &legal_holds::kSealedHolds,
      &unmasking::kSealedUnmaskings,
      &person_requests::kSealedRequests,
  };
  return tables;
}

}  // namespace switchboard::upkeep
